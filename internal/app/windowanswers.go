package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/deliver"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
)

// AlertAnswers is what people said of an alert; an answer without an ID is none.
type AlertAnswers struct {
	Got, Irrelevant news.Answer
	Newest          int64 // ID of the newest answer, whatever came of it
}

// AnswersOf returns what people said of an alert.
func (w Window) AnswersOf(ctx context.Context, alert int64) (a AlertAnswers, err error) {
	if a.Got, err = w.app.store.Answers.Got(ctx, alert); err != nil {
		return a, err
	}
	if a.Irrelevant, err = w.app.store.Answers.Irrelevant(ctx, alert); err != nil {
		return a, err
	}
	a.Newest, err = w.app.store.Answers.Newest(ctx, alert)
	return a, err
}

// PageAnswer is what somebody says of an alert on a page.
type PageAnswer struct {
	Kind    news.AnswerKind // AnswerGot, AnswerIrrelevant, or AnswerUndo of the answer Undone
	Alert   int64
	Undone  int64
	Request string // names the form: what one person sends twice is one answer
	By      string
}

// Answer records what somebody says of an alert on a page, as if it were said in Slack.
func (w Window) Answer(ctx context.Context, p PageAnswer) (effect news.AnswerEffect, err error) {
	a := answers.New(w.app.pipeline.Env)
	said := answers.Said{Request: "page/" + p.Request + "/" + p.By, By: news.Person{Name: p.By}}
	var r answers.Result
	switch p.Kind {
	case news.AnswerGot:
		r, err = a.Got(ctx, said, p.Alert)
	case news.AnswerIrrelevant:
		r, err = a.Irrelevant(ctx, said, p.Alert, answers.Irrelevance{})
	case news.AnswerUndo:
		r, err = a.Undo(ctx, said, p.Alert, p.Undone)
	default:
		err = fmt.Errorf("nobody says %s on a page", p.Kind)
	}
	if err == nil {
		w.app.log.Info("answered on a page", "answer", p.Kind, "alert", p.Alert, "effect", r.Answer.Effect, "by", p.By)
	}
	return r.Answer.Effect, err
}

// Apart takes a story out of its news, because somebody on a page says that it tells another one.
func (w Window) Apart(ctx context.Context, link, by string) error {
	_, err := w.app.Apart(ctx, link, by, false)
	return err
}

// Alert returns an alert and its story, or an error that wraps store.ErrNotFound.
func (w Window) Alert(ctx context.Context, id int64) (a news.Alert, story store.NewStory, err error) {
	if a, err = w.app.store.Alerts.AlertOf(ctx, id); err != nil {
		return a, story, err
	}
	story, err = w.app.store.Stories.Get(ctx, a.Story)
	return a, story, err
}

// mostShown is how many messages of a story Messages returns.
const mostShown = 20

// Messages returns what the messages of alerts say by now, by delivery, in the parts that Slack
// shows. Those that cannot be shown any more are left out.
func Messages(ctx context.Context, w Window, alerts []trace.ToldAlert) (map[int64][]notify.Part, error) {
	shown := map[int64][]notify.Part{}
	for i := range alerts {
		for _, told := range alerts[i].Deliveries {
			if told.Kind == news.DeliverEdit || len(shown) == mostShown {
				continue
			}
			d, err := w.app.store.Deliveries.Get(ctx, told.ID)
			if err != nil {
				return nil, err
			}
			m, err := deliver.Shown(ctx, w.app.pipeline.Env, d)
			if err != nil {
				w.app.log.Debug("a message cannot be shown", "delivery", d.ID, "error", err)
				continue
			}
			parts := slices.Clone(m.Parts())
			shown[d.ID] = slices.DeleteFunc(parts, func(p notify.Part) bool { return p.Kind == notify.Buttons })
		}
	}
	return shown, nil
}
