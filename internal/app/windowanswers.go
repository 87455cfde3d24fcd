package app

import (
	"context"
	"fmt"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
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
