package desk

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// actApart is the callback of the window in which somebody says which report tells
// another news.
const actApart = "ct.apart"

// inputStory is its input.
const inputStory = "story"

// mostReports is how many reports are offered: the newest.
const mostReports = 100

// apartView asks which report of an alert's news tells another one.
func (p person) apartView(ctx context.Context, r slack.Request, on news.Alert) (slack.View, error) {
	stories, err := p.reports(ctx, on)
	if err != nil {
		return slack.View{}, err
	}
	var reports []slack.Choice
	for i := len(stories) - 1; i > 0 && len(reports) < mostReports; i-- { // the first one began the news
		piece := notify.PieceOf(&stories[i])
		reports = append(reports, slack.Choice{
			Value: strconv.FormatInt(stories[i].ID, 10), Text: piece.Source + ": " + piece.Headline,
		})
	}
	if len(reports) == 0 {
		return slack.View{}, mistaken("Nothing was added to this news yet.")
	}
	return slack.View{
		Title: "Not the same news", Callback: actApart, Metadata: opened(r, on), Submit: "Take it out",
		Fields: []slack.Field{
			{Parts: []notify.Part{line("The report becomes a news of its own, in all channels, and alerts where it was only counted or " +
				"told in a thread. It is never added to this news again.")}},
			{ID: inputStory, Label: "Which report tells something else?", Kind: slack.Select, Choices: reports},
		},
	}, nil
}

// reports are the stories of an alert's news, the oldest first.
func (p person) reports(ctx context.Context, on news.Alert) ([]news.Story, error) {
	id, err := p.Store.Stories.News(ctx, on.Cluster)
	if err != nil {
		return nil, err
	}
	return p.Store.Stories.OfNews(ctx, id)
}

// submitApart takes the report out of its news that was chosen.
func (p person) submitApart(ctx context.Context, r slack.Request, on news.Alert) (slack.Reply, error) {
	story, err := strconv.ParseInt(first(r.Values[inputStory]), 10, 64)
	if err != nil {
		return slack.Reply{}, mistaken("Choose a report.")
	}
	stories, err := p.reports(ctx, on)
	if err != nil {
		return slack.Reply{}, err
	}
	if !slices.ContainsFunc(stories, func(s news.Story) bool { return s.ID == story }) {
		return slack.Reply{}, mistaken("It does not belong to this news any more.")
	}
	_, err = p.opt.NotSame(ctx, story, p.by.Name)
	switch {
	case errors.Is(err, alert.ErrAlone):
		return slack.Reply{}, mistaken("It is a news of its own already.")
	case errors.Is(err, alert.ErrBegan):
		return slack.Reply{}, mistaken("It began the news: choose what was added to it.")
	}
	return slack.Reply{}, err
}
