package desk

import (
	"context"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// How many alerts last tells of.
const (
	usualLast = 5
	mostLast  = 20
)

// last tells of the newest alerts of the channel that the command was typed in, of all
// channels where that has none.
func (p person) last(ctx context.Context, r slack.Request, args []string) error {
	n := usualLast
	if len(args) > 0 {
		var err error
		if n, err = strconv.Atoi(args[0]); err != nil || n < 1 || n > mostLast {
			return mistaken("%s is no number from 1 to %d.", quoted(args[0]), mostLast)
		}
	}
	channel, err := p.here(ctx, r)
	if err != nil {
		return err
	}
	alerts, err := p.Store.Alerts.Last(ctx, channel, p.Now().AddDate(-10, 0, 0), news.Info, n)
	if err != nil {
		return err
	}
	parts := []notify.Part{line("The last alerts" + in(channel) + ":")}
	if len(alerts) == 0 {
		parts = []notify.Part{line("There was no alert yet" + in(channel) + ".")}
	}
	for _, a := range alerts {
		one, _, err := p.told(ctx, a, channel)
		if err != nil {
			return err
		}
		parts = append(parts, one)
	}
	p.whisper(r, parts...)
	return nil
}

func in(channel string) string {
	if channel == "" {
		return " of all channels"
	}
	return " in #" + channel
}

// here is the channel that a command was typed in, "" where it gets no alerts.
func (p person) here(ctx context.Context, r slack.Request) (string, error) {
	channel, err := p.channelOf(ctx, r)
	if _, none := err.(*mistake); none { //nolint:errorlint // it is never wrapped
		return "", nil
	}
	return channel, err
}

// What became of an alert.
const (
	unanswered = iota
	gotten
	irrelevant
	takenBack
)

// told is an alert in one line, and what became of it, by whom. Its channel is named unless
// it is the one.
func (p person) told(ctx context.Context, a news.Alert, channel string) (part notify.Part, fate int, err error) {
	story, err := p.Store.Stories.Get(ctx, a.Story)
	if err != nil {
		return part, unanswered, err
	}
	runs := []notify.Run{
		{Text: strings.ToUpper(a.Severity.String()), Style: notify.Bold}, {Text: " "},
		{Text: story.Title, Link: story.URL}, {Text: " · "}, {Time: a.Created},
	}
	if channel != a.Channel {
		runs = append(runs, notify.Run{Text: " · #" + a.Channel})
	}
	said := func(what string, by news.Person) { runs = append(runs, notify.Run{Text: " · " + what + by.Name}) }
	wrong, err := p.Store.Answers.Irrelevant(ctx, a.ID)
	if err != nil {
		return part, unanswered, err
	}
	recalls, err := p.Store.Recalls.Of(ctx, a.ID)
	if err != nil {
		return part, unanswered, err
	}
	got, err := p.Store.Answers.Got(ctx, a.ID)
	switch {
	case err != nil:
		return part, unanswered, err
	case got.ID != 0:
		fate = gotten
		said("✅ ", got.By)
	case wrong.ID != 0:
		fate = irrelevant
		said("⚪ not relevant, ", wrong.By)
	case a.TakenBack(recalls):
		fate = takenBack
		said("🧹 taken back, ", recalls[len(recalls)-1].By)
	}
	return notify.Part{Kind: notify.Bullet, Runs: runs}, fate, nil
}
