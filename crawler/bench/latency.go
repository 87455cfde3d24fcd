package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// printLatency publishes one story in every feed, spread over an interval, and
// sees when each is stored and when its alert is posted.
func (b *bench) printLatency() error {
	r, err := b.newRig(b.feeds, "@every "+b.every.String(), 77)
	if err != nil {
		return err
	}
	stored, posted, err := b.followStories(r)
	if err := errors.Join(err, r.close()); err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%s feeds at @every %s, one story published in each over %s, alerts to %d channels of at most one post a second\n\n",
		thousands(b.feeds), b.every, b.every, desks)
	t := newTable("seconds from published", "p50", "p95", "p99", "longest")
	for _, row := range []struct {
		name string
		took []time.Duration
	}{{"to stored", stored}, {"to posted", posted}} {
		slices.Sort(row.took)
		t.add(row.name, seconds(quantile(row.took, .50)), seconds(quantile(row.took, .95)), seconds(quantile(row.took, .99)), seconds(quantile(row.took, 1)))
	}
	t.write(b.out)
	over := quantile(posted, .95) - b.every
	fmt.Fprintf(b.out, "\np95 to posted is the interval %+.1f s.\n\n", over.Seconds())
	return nil
}

// followStories says how long each story took.
func (b *bench) followStories(r *rig) (stored, posted []time.Duration, err error) {
	ctx := context.Background()
	err = r.until(b.every+time.Minute, func() (bool, error) { // the first crawl, which alerts on nothing
		states, err := r.beside.Sources.List(ctx)
		done := !slices.ContainsFunc(states, func(s store.SourceState) bool { return s.Crawled.IsZero() })
		return done, err
	})
	if err != nil {
		return nil, nil, err
	}
	published := b.publishSpread(r)
	var alerts map[string]time.Time
	err = r.until(2*b.every+time.Minute, func() (bool, error) {
		alerts, err = r.postedAt()
		return len(alerts) >= len(published), err
	})
	if err != nil {
		return nil, nil, err
	}
	for story, err := range r.beside.Archive.Stories(ctx, store.Span{Since: earliest(published).Add(-time.Minute)}) {
		if err != nil {
			return nil, nil, err
		}
		if at, ok := published[marks.FindString(story.Title)]; ok {
			stored = append(stored, story.FirstSeen.Sub(at))
		}
	}
	for m, at := range alerts {
		posted = append(posted, at.Sub(published[m]))
	}
	if len(stored) != len(published) || len(posted) != len(published) {
		return nil, nil, fmt.Errorf("of %d stories %d were stored and %d posted", len(published), len(stored), len(posted))
	}
	return stored, posted, nil
}

// publishSpread publishes a story in every feed, in a shuffled order, evenly
// over an interval, and says when each was.
func (b *bench) publishSpread(r *rig) map[string]time.Time {
	text, published := newWriter(99), map[string]time.Time{}
	feeds := rand.New(rand.NewPCG(5, 5)).Perm(b.feeds) //nolint:gosec // no secret
	began := time.Now()
	for i, f := range feeds {
		pause(time.Until(began.Add(b.every * time.Duration(i) / time.Duration(len(feeds)))))
		now := time.Now()
		published[r.publish(f, text, deskWord(f), now)] = now
	}
	return published
}

// marks finds what mark made.
var marks = regexp.MustCompile(`\bf\d+n\d+\b`)

// postedAt is when each story's alert was posted, by Slack's own clock.
func (r *rig) postedAt() (map[string]time.Time, error) {
	at := map[string]time.Time{}
	for i := range desks {
		for _, m := range r.slack.Messages(fmt.Sprintf("desk-%d", i)) {
			name := marks.FindString(m.Text + " " + string(m.Blocks))
			sec, micro, _ := strings.Cut(m.TS, ".")
			s, err := strconv.ParseInt(sec, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read the time of a message: %w", err)
			}
			us, err := strconv.ParseInt(micro, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("read the time of a message: %w", err)
			}
			if _, twice := at[name]; name == "" || twice {
				return nil, fmt.Errorf("a message of no story, or of one that was posted before: %s", m.Text)
			}
			at[name] = time.Unix(s, us*1000)
		}
	}
	return at, nil
}

func earliest(times map[string]time.Time) time.Time {
	first := time.Now()
	for _, t := range times {
		if t.Before(first) {
			first = t
		}
	}
	return first
}

// quantile is the least of sorted values that so large a part of them does not
// exceed.
func quantile(sorted []time.Duration, q float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	i := int(q*float64(len(sorted))+0.9999) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}
