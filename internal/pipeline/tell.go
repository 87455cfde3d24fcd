package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// Times of what the operators are told.
const (
	tellSoon   = 5 * time.Second  // between two looks at the sources while something waits to be told
	tellOften  = time.Minute      // between two looks otherwise: another daemon may have ended before its turn
	tellGroups = 30 * time.Second // parked channels and dead deliveries of so long are one message after the first
	tellTwice  = 10 * time.Minute // a text that several daemons have to say is said once in it
)

// tellSources tells the ops channel what has become of the sources, unless it
// was looked at only just. What is thought of them and what was told stands in
// the store, so that it does not matter which daemon looks.
func (p *Pipeline) tellSources(ctx context.Context, now time.Time) error {
	if wait := time.UnixMilli(p.tellAt.Load()).Sub(now); wait > 0 && wait <= tellOften || p.plan.Load().OpsChannel == "" {
		return nil
	}
	p.tellAt.Store(now.Add(tellOften).UnixMilli())
	sources, err := p.store.Sources.Watched(ctx)
	if err != nil {
		return err
	}
	told := p.telling(sources, now)
	if told.Again {
		p.tellAt.Store(now.Add(tellSoon).UnixMilli())
	}
	if told.Text == "" && len(told.Told) == 0 && len(told.Ask) == 0 {
		return nil
	}
	return p.store.InTx(ctx, func(tx *store.Tx) error {
		sources, err := tx.Sources.LockWatched(ctx)
		if err != nil {
			return err
		}
		told := p.telling(sources, now) // another daemon may have been faster
		for source, heard := range told.Told {
			if err := tx.Sources.SaveTold(ctx, source, encode(heard)); err != nil {
				return err
			}
		}
		for _, source := range told.Ask {
			if err := tx.Sources.MarkDueIfFree(ctx, source, now); err != nil {
				return err
			}
		}
		return p.opsAll(ctx, tx, now, told.Text)
	})
}

// telling is what the operators are to be told of sources.
func (p *Pipeline) telling(sources []store.WatchedSource, now time.Time) health.Telling {
	watched := make([]health.Watched, len(sources))
	for i, s := range sources {
		watched[i] = health.Watched{Name: s.Name, Host: s.Host, Adaptive: s.Adaptive, Crawled: s.Crawled}
		p.decode(s.Name, s.Health, &watched[i].State)
		p.decode(s.Name, s.Told, &watched[i].Told)
	}
	return health.Tell(now, p.plan.Load().Timezone, watched)
}

// opsAll records messages to the ops channel inside tx, if there is one; those
// that are "" are left out.
func (p *Pipeline) opsAll(ctx context.Context, tx *store.Tx, now time.Time, messages ...string) error {
	for _, m := range messages {
		if m == "" {
			continue
		}
		if err := p.ops(ctx, tx, m, now); err != nil {
			return err
		}
	}
	return nil
}

// ops records a message to the ops channel inside tx, if there is one.
func (p *Pipeline) ops(ctx context.Context, tx *store.Tx, text string, now time.Time) error {
	d, ok := p.opsDelivery(text, now)
	if !ok {
		return nil
	}
	return tx.Deliveries.Add(ctx, d)
}

// opsOneOfMany is ops for a subject of which many messages may come at once:
// the first goes out at once, those of the next moments together.
func (p *Pipeline) opsOneOfMany(ctx context.Context, tx *store.Tx, subject, text string, now time.Time) error {
	d, ok := p.opsDelivery(text, now)
	if !ok {
		return nil
	}
	return tx.Notices.Add(ctx, subject, d, tellGroups)
}

func (p *Pipeline) opsDelivery(text string, now time.Time) (d news.Delivery, ok bool) {
	channel := p.plan.Load().OpsChannel
	d = news.Delivery{
		Channel: channel, Kind: news.DeliverOps, Severity: news.Normal, State: news.StatePending, Text: text, Due: now, Created: now,
	}
	return d, channel != ""
}

// Tell records a message to the ops channel, unless another daemon on the
// store has just said the same.
func (p *Pipeline) Tell(ctx context.Context, text string) error {
	now := p.opt.Now()
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		say, err := tx.Notices.MarkSaid(ctx, "daemons", text, now, tellTwice)
		if err != nil || !say {
			return err
		}
		return p.ops(ctx, tx, text, now)
	})
	if err != nil {
		return fmt.Errorf("tell the ops channel: %w", err)
	}
	p.Wake()
	return nil
}
