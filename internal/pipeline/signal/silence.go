// Package signal tells the channels of a rule what its matches say as a whole: that
// there are none for longer than expected, or that their number is news itself. Make
// Silences with New and call Tell from the goroutine that dispatches; call Bursts in
// the transaction that adds alerts.
//
// What was told stands in the store, so that it is told once, whatever daemon finds
// it out, and whenever one is restarted.
package signal

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Times of looking for silence.
const (
	lookAgain = time.Minute      // while a rule is silent, or what is due is not done
	lookOften = time.Hour        // at least: the clock may be set
	late      = time.Minute      // work that was due so long ago may hold a match
	patience  = 30 * time.Minute // after the start, for work that is late
)

// Silences tells of rules that match nothing for longer than expected. It serves one
// goroutine.
type Silences struct {
	env     *act.Env
	elapsed func() time.Duration // since the daemon began, by a clock that nobody sets
	plan    *act.Plan            // that due is of
	due     map[string]time.Time // when a rule is looked at next
}

// New makes silences. clock is one that nobody sets.
func New(env *act.Env, clock func() time.Duration) *Silences {
	began := clock()
	return &Silences{env: env, elapsed: func() time.Duration { return clock() - began }}
}

// Tell records a message to the channels of each rule whose silence has lasted too
// long now. It is to be called every few seconds.
func (s *Silences) Tell(ctx context.Context, now time.Time) error {
	plan := s.env.Plan()
	if plan != s.plan {
		s.plan, s.due = plan, map[string]time.Time{}
	}
	for rule, w := range plan.Signals {
		wait := s.due[rule].Sub(now)
		if w.Expect.Within == 0 || wait > 0 && wait <= lookOften || !w.Until.IsZero() && !now.Before(w.Until) {
			continue
		}
		broken, err := s.look(ctx, w, now)
		if err != nil {
			return fmt.Errorf("look for silence of rule %s: %w", rule, err)
		}
		if s.due[rule] = now.Add(lookAgain); now.Before(broken) {
			s.due[rule] = broken
			if broken.Sub(now) > lookOften {
				s.due[rule] = now.Add(lookOften)
			}
		}
	}
	return nil
}

// silence is the time since a rule's last match.
type silence struct {
	since  time.Time
	never  bool       // there was no match: it is the time since the rule was first watched
	story  news.Story // of the last match
	broken time.Time  // when the rule should have matched
}

// look tells of the silence of one rule if it has lasted too long, and returns when it
// does.
func (s *Silences) look(ctx context.Context, w act.Signal, now time.Time) (broken time.Time, err error) {
	watched, err := s.env.Store.Signals.Watch(ctx, w.Match.Rule, now)
	if err != nil {
		return broken, err
	}
	found := s.judge(w, watched)
	is, err := found(s.env.Store.Signals.LastMatch(ctx, w.Match.Rule, now))
	if err != nil || now.Before(is.broken) {
		return is.broken, err
	}
	if done, err := s.upToDate(ctx, now); err != nil || !done {
		return is.broken, err
	}
	return is.broken, s.env.Store.InTx(ctx, func(tx *store.Tx) error {
		is, err := found(tx.Signals.LastMatch(ctx, w.Match.Rule, now)) // it may have matched meanwhile
		if err != nil || now.Before(is.broken) {
			return err
		}
		first, err := tx.Signals.MarkSilent(ctx, w.Match.Rule, is.since)
		if err != nil || !first {
			return err
		}
		s.env.Log.Warn("a rule matches nothing", "rule", w.Match.Rule, "since", is.since)
		return add(ctx, tx, s.plan, w, w.Match.Severity, &is.story, is.signal(w, now))
	})
}

// judge returns a function that makes a silence of a rule's last match.
func (s *Silences) judge(w act.Signal, watched time.Time) func(time.Time, news.Story, error) (silence, error) {
	return func(last time.Time, story news.Story, err error) (silence, error) {
		is := silence{since: watched, never: last.IsZero(), story: story}
		if last.After(watched) {
			is.since = last
		}
		is.broken = schedule.Deadline(w.Expect, is.since, s.plan.Timezone)
		s.plan.SetOrigin(&is.story)
		return is, err
	}
}

// upToDate reports whether all that was due a minute ago is done: after a time in
// which no daemon ran, what came meanwhile is read first. Work that hangs is not
// waited for longer than for half an hour after the start.
func (s *Silences) upToDate(ctx context.Context, now time.Time) (bool, error) {
	if s.elapsed() >= patience {
		return true, nil
	}
	left, err := s.env.Store.Counts.Overdue(ctx, now.Add(-late), nil)
	return left.Lists+left.Pages == 0, err
}

func (is silence) signal(w act.Signal, now time.Time) notify.Signal {
	said := notify.Signal{
		Rule: w.Match.Rule, At: now, Since: is.since, Never: is.never, Expected: notify.Silence(w.Expect),
	}
	if !is.never {
		said.Pieces = []notify.Piece{notify.PieceOf(&is.story)}
	}
	return said
}

// add records the deliveries of a signal, one for each channel. story decides between
// the routes.
func add(
	ctx context.Context, tx *store.Tx, plan *act.Plan, w act.Signal, severity news.Severity, story *news.Story,
	said notify.Signal,
) error {
	for _, t := range plan.Told(w, severity, story) {
		said.Mentions = t.Mentions
		err := tx.Deliveries.Add(ctx, news.Delivery{
			Channel: t.Channel, Kind: news.DeliverSignal, Severity: severity, State: news.StatePending,
			Text: said.Encode(), Due: said.At, Created: said.At,
		})
		if err == nil && said.News > 0 {
			err = head(ctx, tx, said.Rule, t.Channel, said.At)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
