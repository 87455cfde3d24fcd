package answers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// ErrRecall says that something cannot be taken back as it was asked for.
var ErrRecall = errors.New("cannot take back")

// TakenIn is what a recall takes back in one channel.
type TakenIn struct {
	Channel string
	Struck  int // messages and lines of digests that are struck
	Unsent  int // alerts that were still to be sent, and are not any more
	Others  int // alerts that stand, because other rules raised them, too
}

// Total is how many alerts it is.
func (t *TakenIn) Total() int { return t.Struck + t.Unsent + t.Others }

// Recall takes back what a rule told since r.Since, in r.Channel or everywhere: messages
// are struck, what was still to be sent is not sent, further reports of these news are not
// told. An alert that another rule raised, too, stands for that rule. Each channel is told
// who did it. The error wraps ErrRecall when there is nothing to take back.
func (a *Recorder) Recall(ctx context.Context, said Said, r news.Recall) (Result, news.Recall, []TakenIn, error) {
	r.By, r.At = said.By, a.Now()
	var taken []TakenIn
	made := r
	out, err := a.say(ctx, said, news.Answer{Kind: news.AnswerRecall, Reason: r.Why},
		func(tx *store.Tx, w *news.Answer) (none news.Answer, err error) {
			made = r
			flood, err := tx.Recalls.Flood(ctx, made)
			if err == nil && len(flood) == 0 {
				err = fmt.Errorf("%w: rule %q has told nothing since %s", ErrRecall, r.Rule, r.Since.UTC().Format("2 Jan 15:04 MST"))
			}
			if err != nil {
				return none, err
			}
			if made.ID, err = tx.Recalls.Add(ctx, made); err != nil {
				return none, err
			}
			w.Target = made.ID
			if taken, err = a.take(ctx, tx, made, flood); err != nil {
				return none, err
			}
			return none, announce(ctx, tx, made, taken, r.At)
		})
	if out.Known {
		made.ID = out.Answer.Target
	}
	return out, made, taken, err
}

// errDry ends a transaction that was to show only what it would do.
var errDry = errors.New("nothing is changed")

// WouldRecall returns what Recall would take back, and changes nothing.
func (a *Recorder) WouldRecall(ctx context.Context, r news.Recall) (taken []TakenIn, err error) {
	err = a.Store.InTx(ctx, func(tx *store.Tx) error {
		flood, err := tx.Recalls.Flood(ctx, r)
		if err == nil {
			r.ID = -1 // no recall has it
			taken, err = a.take(ctx, tx, r, flood)
		}
		if err == nil {
			err = errDry
		}
		return err
	})
	if errors.Is(err, errDry) {
		err = nil
	}
	return taken, err
}

// take takes alerts back, and has their messages show it.
func (a *Recorder) take(
	ctx context.Context, tx *store.Tx, r news.Recall, flood []store.Flooding,
) (taken []TakenIn, err error) {
	for i := range flood {
		f := &flood[i]
		before, err := tx.Recalls.Of(ctx, f.ID)
		if err != nil {
			return nil, err
		}
		in := inChannel(&taken, f.Channel)
		whole := f.TakenBack(append(before, r))
		switch {
		case !whole:
			in.Others++
		case f.Told:
			in.Struck++
		default:
			in.Unsent++
		}
		if err := tx.Recalls.Take(ctx, r.ID, f.ID, whole && f.Digest != 0); err != nil {
			return nil, err
		}
		if err := show(ctx, tx, f.ID, false, r.At); err != nil {
			return nil, err
		}
	}
	return taken, nil
}

// inChannel is what is taken back in a channel.
func inChannel(all *[]TakenIn, channel string) *TakenIn {
	at := slices.IndexFunc(*all, func(t TakenIn) bool { return t.Channel == channel })
	if at < 0 {
		at = len(*all)
		*all = append(*all, TakenIn{Channel: channel})
	}
	return &(*all)[at]
}

// show has the message of an alert show that it was taken back, or stands again.
func show(ctx context.Context, tx *store.Tx, alert int64, again bool, now time.Time) error {
	if err := tx.Recalls.Reconsider(ctx, alert, again, now); err != nil {
		return err
	}
	return tx.Deliveries.Edit(ctx, alert, now, 0)
}

// announce tells each channel who took back what, or undid that.
func announce(ctx context.Context, tx *store.Tx, r news.Recall, taken []TakenIn, now time.Time) error {
	n := notify.RecallNotice{Recall: r, Channels: len(taken)}
	for i := range taken {
		n.All += taken[i].Total()
	}
	for i := range taken {
		n.Here, n.Others = taken[i].Total(), taken[i].Others
		if !r.Undone.IsZero() {
			void, err := takeBack(ctx, tx, taken[i].Channel, news.AboutRecall, now, func(n notify.RecallNotice) bool {
				return n.Recall.ID == r.ID
			})
			if err != nil {
				return err
			}
			if void {
				continue
			}
		}
		err := tx.Deliveries.Add(ctx, news.Delivery{
			Channel: taken[i].Channel, Kind: news.DeliverNotice, About: news.AboutRecall, Severity: news.Normal,
			State: news.StatePending, Text: n.Encode(), Due: now, Created: now,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// UndoRecall undoes a recall as one: its messages stand again, and what was not sent because
// of it is sent. Each channel is told who did it.
func (a *Recorder) UndoRecall(ctx context.Context, said Said, recall int64) (Result, []TakenIn, error) {
	var taken []TakenIn
	w := news.Answer{Kind: news.AnswerUnrecall, Target: recall}
	out, err := a.say(ctx, said, w, func(tx *store.Tx, w *news.Answer) (none news.Answer, err error) {
		taken = nil
		r, err := tx.Recalls.Get(ctx, recall)
		if err != nil {
			return none, err
		}
		undone, err := tx.Recalls.Undo(ctx, recall, said.By, w.At)
		if err != nil {
			return none, err
		}
		if !undone {
			w.Effect = news.AnswerNothing
			return none, nil
		}
		r.Undone, r.UndoneBy = w.At, said.By
		all, err := tx.Recalls.Taken(ctx, recall)
		if err != nil {
			return none, err
		}
		for i := range all {
			inChannel(&taken, all[i].Channel).Struck++
			if err := a.giveBack(ctx, tx, &all[i], w.At); err != nil {
				return none, err
			}
		}
		return none, announce(ctx, tx, r, taken, w.At)
	})
	return out, taken, err
}

// giveBack has an alert stand again, unless another recall took it back.
func (a *Recorder) giveBack(ctx context.Context, tx *store.Tx, f *store.Flooding, now time.Time) error {
	others, err := tx.Recalls.Of(ctx, f.ID)
	if err != nil || f.TakenBack(others) {
		return err
	}
	if !f.Waited || f.Digest != 0 || f.Told {
		return show(ctx, tx, f.ID, true, now)
	}
	in, err := a.regathers(ctx, tx, f, now)
	if err != nil {
		return err
	}
	again := f.Alert
	again.Created = now
	return tx.Alerts.Rejoin(ctx, again, in)
}

// togetherFor is how long a digest of what is given back waits for the rest of it: a digest takes
// nothing more 30 s before it is due.
const togetherFor = 75 * time.Second

// regathers says in which digest an alert is told that one was to tell: nil is none, because it is
// urgent.
//
//  1. While quiet hours, a calendar or a snooze keep it from the channel, the one that tells it then.
//  2. The list of the storm that folded it.
//  3. One of all that is given back.
func (a *Recorder) regathers(
	ctx context.Context, tx *store.Tx, f *store.Flooding, now time.Time,
) (*store.DigestOf, error) {
	snoozes, err := tx.Snoozes.In(ctx, f.Channel, now)
	if err != nil {
		return nil, err
	}
	z, _ := act.SnoozeOf(snoozes, f.Rules, f.Source, func(string) news.Severity { return f.Severity })
	if in, kept := a.Plan().Kept(&f.Alert, z, now); kept {
		return &in, nil
	}
	if f.Severity >= news.Urgent {
		return nil, nil //nolint:nilnil // it is told alone
	}
	for _, rule := range f.Rules {
		st, err := tx.Storms.On(ctx, rule, f.Channel)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if over := !st.Ended.IsZero() && f.Created.After(st.Ended); st.ID != 0 && !over && !f.Created.Before(st.Began) {
			list := store.StormKey(st.ID)
			return &store.DigestOf{About: news.AboutFold, Key: list, Due: now.Add(togetherFor)}, nil
		}
	}
	all := notify.Period{Until: now}.Encode()
	return &store.DigestOf{About: news.AboutDigest, Key: all, Due: now.Add(togetherFor)}, nil
}
