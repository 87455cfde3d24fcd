// Package answers keeps what people say of alerts: that somebody sees to one, that it
// should not have come, that a news, a rule or an outlet is to be quiet in a channel for
// a time. Make a Recorder with New; Got, Irrelevant, Snooze, EndSnooze and Undo record what
// somebody said, wherever it was said, and have the messages show it. EndOver is to be
// called now and then.
//
// An answer, its effect and the edits that show it are recorded in one transaction. What
// arrives twice under one name is one answer. The state of an alert is what its answers
// come to: nothing else stores it.
package answers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
)

// Recorder records answers. Its methods may be called from many goroutines.
type Recorder struct {
	*act.Env
}

// New makes a recorder that works with an environment.
func New(env *act.Env) *Recorder { return &Recorder{Env: env} }

// Said names what somebody did, and says who did it and where.
type Said struct {
	Request string // names it: what arrives twice is one answer
	By      news.Person
	Channel string    // in which it was said, without "#"; "" when it was said elsewhere
	At      time.Time // when it was said, where that was known only later what to make of it; zero: now
}

// Result is what an answer came to.
type Result struct {
	Answer news.Answer // as it is recorded
	First  news.Answer // of AnswerLate: the answer that was first
	Known  bool        // it was recorded before: who said it has been told what came of it
}

// Got records that somebody sees to the news of an alert, in all its channels. Who comes
// second is told who was first.
func (a *Recorder) Got(ctx context.Context, said Said, alert int64) (Result, error) {
	w := news.Answer{Kind: news.AnswerGot, Alert: alert}
	return a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (news.Answer, error) {
		id, err := newsOf(ctx, tx, alert)
		if err != nil {
			return news.Answer{}, err
		}
		if w.Effect, err = past(ctx, tx, alert, said.At); err != nil || w.Effect != "" {
			return news.Answer{}, err
		}
		first, err := tx.Answers.Got(ctx, alert)
		if err != nil || first.ID != 0 {
			return first, err
		}
		return first, tx.Deliveries.EditNews(ctx, id, w.At, 0)
	})
}

// Irrelevance says why an alert should not have come.
type Irrelevance struct {
	Reason string          // "" when none is given
	Rules  []string        // which of the alert's are meant; none are all of them
	Tell   []news.Delivery // what is proposed, to those who edit the rules
}

// Irrelevant records that some rules of an alert should not have taken its story, for
// the alert's channel. Those that somebody has named before are added; who names no other
// one comes second, and what that one proposes is told all the same.
func (a *Recorder) Irrelevant(ctx context.Context, said Said, alert int64, why Irrelevance) (Result, error) {
	w := news.Answer{Kind: news.AnswerIrrelevant, Alert: alert, Reason: why.Reason, Rules: why.Rules}
	return a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (news.Answer, error) {
		for _, d := range why.Tell {
			if err := tx.Deliveries.Add(ctx, d); err != nil {
				return news.Answer{}, err
			}
		}
		on, err := tx.Alerts.AlertOf(ctx, alert)
		if err != nil {
			return news.Answer{}, err
		}
		if w.Effect, err = past(ctx, tx, alert, said.At); err != nil || w.Effect != "" {
			return news.Answer{}, err
		}
		if len(w.Rules) == 0 {
			w.Rules = on.Rules
		}
		first, err := tx.Answers.Irrelevant(ctx, alert)
		if err != nil {
			return first, err
		}
		more := slices.DeleteFunc(slices.Clone(w.Rules), func(rule string) bool { return slices.Contains(first.Rules, rule) })
		if len(more) == 0 {
			return first, nil
		}
		w.Rules = slices.Concat(first.Rules, more)
		return news.Answer{}, tx.Deliveries.Edit(ctx, alert, w.At, 0)
	})
}

// Undo takes an answer back: that somebody got an alert, or that it is not relevant. The
// answer must be one of the alert's news.
func (a *Recorder) Undo(ctx context.Context, said Said, alert, answer int64) (Result, error) {
	w := news.Answer{Kind: news.AnswerUndo, Alert: alert, Target: answer}
	return a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (none news.Answer, err error) {
		id, err := newsOf(ctx, tx, alert)
		if err != nil {
			return none, err
		}
		target, err := tx.Answers.Get(ctx, answer)
		if err != nil {
			return none, err
		}
		w.Effect = news.AnswerNothing
		if target.Kind != news.AnswerGot && target.Kind != news.AnswerIrrelevant {
			return none, nil
		}
		if of, err := newsOf(ctx, tx, target.Alert); err != nil || of != id {
			return none, err
		}
		undone, err := tx.Answers.Undo(ctx, answer, w.At)
		if err != nil || !undone {
			return none, err
		}
		w.Effect = news.AnswerApplied
		return none, tx.Deliveries.EditNews(ctx, id, w.At, 0)
	})
}

// past is the effect of an answer that was given before its alert was opened again: it is of
// what the alert told then. It is "" of any other one.
func past(ctx context.Context, tx *store.Tx, alert int64, said time.Time) (news.AnswerEffect, error) {
	if said.IsZero() {
		return "", nil
	}
	opened, err := tx.Answers.Reopened(ctx, alert)
	if err != nil || said.After(opened) {
		return "", err
	}
	return news.AnswerNothing, nil
}

// newsOf returns the news that an alert is on.
func newsOf(ctx context.Context, tx *store.Tx, alert int64) (int64, error) {
	on, err := tx.Alerts.AlertOf(ctx, alert)
	if err != nil {
		return 0, err
	}
	return tx.Stories.News(ctx, on.Cluster)
}

// say records an answer, with the effect that apply has. apply returns the answer that was
// first, with an ID of 0 when there is none, and may change the answer: its effect, what
// was meant. Nothing else decides on clusters meanwhile.
func (a *Recorder) say(
	ctx context.Context, said Said, w news.Answer, apply func(tx *store.Tx, w *news.Answer) (news.Answer, error),
) (out Result, err error) {
	w.Request, w.By, w.Channel, w.At = said.Request, said.By, said.Channel, said.At
	if w.At.IsZero() {
		w.At = a.Now()
	}
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.Stories.LockClusters(ctx); err != nil {
			return err
		}
		known, err := tx.Answers.ByRequest(ctx, w.Request)
		if err != nil || known.ID != 0 {
			out = Result{Answer: known, Known: true}
			return err
		}
		now := w // the transaction may be repeated
		first, err := apply(tx, &now)
		if err != nil {
			return err
		}
		if first.ID != 0 {
			now.Effect = news.AnswerLate
		}
		now.Effect = cmp.Or(now.Effect, news.AnswerApplied)
		now.ID, err = tx.Answers.Add(ctx, now)
		out = Result{Answer: now, First: first}
		return err
	})
	if errors.Is(err, ErrSnooze) || errors.Is(err, ErrRecall) { // it says what cannot be done
		return out, err
	}
	if err != nil {
		return out, fmt.Errorf("%s: %w", doing[w.Kind], err)
	}
	a.Wake()
	return out, nil
}

// doing says what somebody was about to do, by the kind of the answer, for what hinders it.
var doing = map[news.AnswerKind]string{
	news.AnswerGot:        "record who got the alert",
	news.AnswerIrrelevant: "record that the alert is not relevant",
	news.AnswerSnooze:     "snooze",
	news.AnswerUnsnooze:   "end the snooze",
	news.AnswerUndo:       "undo the answer",
	news.AnswerSingly:     "end the storm",
	news.AnswerRecall:     "take back what the rule told",
	news.AnswerUnrecall:   "undo the recall",
}

// longest is how long a snooze lasts at the most.
const longest = 7 * 24 * time.Hour
