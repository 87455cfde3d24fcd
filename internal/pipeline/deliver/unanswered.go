package deliver

import (
	"cmp"
	"context"
	"errors"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// errAnswered says that an alert needs nobody any more of which others were to be told.
var errAnswered = errors.New(store.AnsweredSince)

// unanswered renders what others are told of an alert that nobody answers, as it stands by
// now. While their channel is quiet, or waits for its digest, the delivery waits as well.
func (r *rendering) unanswered(ctx context.Context) (m notify.Message, err error) {
	said, err := notify.UnansweredOf(r.d)
	if err != nil {
		return m, err
	}
	told, err := r.content(ctx)
	if err != nil {
		return m, err
	}
	if r.d.State != news.StateSent {
		done, err := r.Store.Unanswered.Answered(ctx, r.d.Alert)
		if err == nil && done {
			err = errAnswered
		}
		if err != nil {
			return m, err
		}
		if w, _, waits := r.Plan().Waits(r.d.Channel, told.Alert.Severity, r.Now()); waits {
			return m, &news.LaterError{At: w.Until}
		}
	}
	f := notify.Followup{
		Delivery: r.d, Alert: told.Alert, Story: notify.PieceOf(&told.Story), Answerable: r.Plan().Answerable,
	}
	root, _, err := r.Store.Deliveries.Root(ctx, r.d.Alert)
	if err != nil {
		return m, err
	}
	var posted *notify.Chapter
	if root.TS != "" {
		posted = r.chapter(ctx, f.Story.Headline, root)
	}
	got, err := r.Store.Answers.Got(ctx, r.d.Alert)
	by := response(&got, news.Alert{Channel: r.d.Channel})
	m = said.Message(f, posted, by)
	m.Marks = marksOf(r.d, &told)
	return m, err
}

// answeredSince abandons what others were to be told of an alert that somebody answered. An
// answer is waited for again, should that one be taken back.
func (a *attempt) answeredSince(ctx context.Context) error {
	said, err := notify.UnansweredOf(a.d)
	if err != nil {
		return err
	}
	f := news.Fallback{After: cmp.Or(said.After, said.At.Sub(said.Since)), To: said.To, Mentions: said.Mentions}
	if err := a.Store.Unanswered.Again(ctx, a.d.Alert, f, said.Since, a.Now()); err != nil {
		return err
	}
	return a.abandon(ctx, errAnswered)
}
