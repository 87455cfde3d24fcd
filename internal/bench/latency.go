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
	"github.com/copytaster/copytaster/internal/text"
)

// printLatency publishes one story in every feed, spread over an interval, and
// sees when each is stored and when its alert is posted.
func (b *bench) printLatency() error {
	r, err := b.newRig(b.feeds, "@every "+b.every.String(), 77)
	if err != nil {
		return err
	}
	followed, err := b.followStories(r)
	if err := errors.Join(err, r.close()); err != nil {
		return err
	}
	b.printf("%s feeds at @every %s, one story published in each over %s, %s rules, alerts to %d channels of at most one post a second\n\n",
		text.Thousands(b.feeds), b.every, b.every, text.Thousands(b.rules+desks), desks)
	t := newTable("seconds", "p50", "p95", "p99", "longest")
	posted := followed.took(func(f following) time.Duration { return f.posted.Sub(f.published) })
	for _, row := range []struct {
		name string
		took []time.Duration
	}{
		{"published to stored", followed.took(func(f following) time.Duration { return f.stored.Sub(f.published) })},
		{"published to posted", posted},
		{"stored to posted", followed.took(func(f following) time.Duration { return f.posted.Sub(f.stored) })},
	} {
		t.add(row.name, seconds(quantile(row.took, .50)), seconds(quantile(row.took, .95)),
			seconds(quantile(row.took, .99)), seconds(quantile(row.took, 1)))
	}
	t.write(b.out)
	over := quantile(posted, .95) - b.every
	b.printf("\np95 of published to posted is the interval %+.1f s.\n\n", over.Seconds())
	return nil
}

// following is when a story came to where it goes.
type following struct{ published, stored, posted time.Time }

// followings are stories by their mark.
type followings map[string]*following

// took returns how long something took each story, the shortest first.
func (all followings) took(of func(following) time.Duration) []time.Duration {
	took := make([]time.Duration, 0, len(all))
	for _, f := range all {
		took = append(took, of(*f))
	}
	slices.Sort(took)
	return took
}

// followStories says when each story came where.
func (b *bench) followStories(r *rig) (followings, error) {
	ctx := context.Background()
	err := r.until(b.every+time.Minute, func() (bool, error) { // the first crawl, which alerts on nothing
		states, err := r.beside.Sources.List(ctx)
		done := !slices.ContainsFunc(states, func(s store.SourceState) bool { return s.Crawled.IsZero() })
		return done, err
	})
	if err != nil {
		return nil, err
	}
	all := b.publishSpread(r)
	var alerts map[string]time.Time
	err = r.until(2*b.every+time.Minute, func() (bool, error) {
		alerts, err = r.postedAt()
		return len(alerts) >= len(all), err
	})
	if err != nil {
		return nil, err
	}
	stored := 0
	for story, err := range r.beside.Archive.Stories(ctx, store.Span{Since: all.earliest().Add(-time.Minute)}) {
		if err != nil {
			return nil, err
		}
		if f, ok := all[marks.FindString(story.Title)]; ok {
			f.stored = story.FirstSeen
			stored++
		}
	}
	for m, at := range alerts {
		if all[m] == nil {
			return nil, fmt.Errorf("story %s was posted, but not published", m)
		}
		all[m].posted = at
	}
	if stored != len(all) || len(alerts) != len(all) {
		return nil, fmt.Errorf("of %d stories %d were stored and %d posted", len(all), stored, len(alerts))
	}
	return all, nil
}

// publishSpread publishes a story in every feed, in a shuffled order, evenly
// over an interval.
func (b *bench) publishSpread(r *rig) followings {
	text, published := newWriter(99), followings{}
	feeds := rand.New(rand.NewPCG(5, 5)).Perm(b.feeds) //nolint:gosec // no secret
	began := time.Now()
	for i, f := range feeds {
		pause(time.Until(began.Add(b.every * time.Duration(i) / time.Duration(len(feeds)))))
		now := time.Now()
		published[r.publish(f, text, deskWord(f), now)] = &following{published: now}
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

func (all followings) earliest() time.Time {
	first := time.Now()
	for _, f := range all {
		if f.published.Before(first) {
			first = f.published
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
