package pipeline

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
)

// Times of what the operators are told.
const (
	tellSoon  = 5 * time.Second  // between two looks at the sources while something waits to be told
	tellOften = time.Minute      // between two looks otherwise: another daemon may have ended before its turn
	tellTwice = 10 * time.Minute // a text that several daemons have to say is said once in it
)

// tellSources tells the ops channel what has become of the sources, unless it
// was looked at only just. What is thought of them and what was told stands in
// the store, so that it does not matter which daemon looks.
func (p *Pipeline) tellSources(ctx context.Context, now time.Time) error {
	if wait := time.UnixMilli(p.tellAt.Load()).Sub(now); wait > 0 && wait <= tellOften || p.Plan().OpsChannel == "" {
		return nil
	}
	p.tellAt.Store(now.Add(tellOften).UnixMilli())
	sources, err := p.Store.Sources.Watched(ctx)
	if err != nil {
		return err
	}
	watched := p.watched(sources)
	caught, err := p.caught(ctx, watched)
	if err != nil {
		return err
	}
	told := p.telling(watched, caught, now)
	if told.Again {
		p.tellAt.Store(now.Add(tellSoon).UnixMilli())
	}
	if told.Text == "" && len(told.Told) == 0 && len(told.Ask) == 0 {
		return nil
	}
	return p.Store.InTx(ctx, func(tx *store.Tx) error {
		sources, err := tx.Sources.LockWatched(ctx)
		if err != nil {
			return err
		}
		told := p.telling(p.watched(sources), caught, now) // another daemon may have been faster
		for source, heard := range told.Told {
			if err := tx.Sources.SaveTold(ctx, source, act.Encode(heard)); err != nil {
				return err
			}
		}
		for _, source := range told.Ask {
			if _, err := tx.Sources.MarkDueIfFree(ctx, source, now); err != nil {
				return err
			}
		}
		return p.Ops(ctx, tx, now, told.Text)
	})
}

// telling is what the operators are to be told of sources. caught is what was found of the time
// in which one could not be read, by its name.
func (p *Pipeline) telling(
	watched []health.Watched, caught map[string]health.Caught, now time.Time,
) health.Telling {
	for i := range watched {
		watched[i].Caught = caught[watched[i].Name]
	}
	return health.Tell(now, p.Plan().Timezone, watched)
}

// watched are the sources as package health sees them.
func (p *Pipeline) watched(sources []store.WatchedSource) []health.Watched {
	watched := make([]health.Watched, len(sources))
	for i, s := range sources {
		watched[i] = health.Watched{Name: s.Name, Host: s.Host, Adaptive: s.Adaptive, Crawled: s.Crawled}
		p.Decode(s.Name, s.Health, &watched[i].State)
		p.Decode(s.Name, s.Told, &watched[i].Told)
	}
	return watched
}

// caught is what was found of the time in which sources could not be read that can be read
// again, by their names.
func (p *Pipeline) caught(ctx context.Context, watched []health.Watched) (map[string]health.Caught, error) {
	all := map[string]health.Caught{}
	for i := range watched {
		since, until, ok := watched[i].Down()
		if !ok {
			continue
		}
		c, err := p.Store.Sources.Caught(ctx, watched[i].Name, since, until)
		if err != nil {
			return nil, err
		}
		all[watched[i].Name] = health.Caught(c)
	}
	return all, nil
}

// Tell records a message to the ops channel, unless another daemon on the
// store has just said the same.
func (p *Pipeline) Tell(ctx context.Context, text string) error {
	now := p.Now()
	err := p.Store.InTx(ctx, func(tx *store.Tx) error {
		say, err := tx.Notices.MarkSaid(ctx, "daemons", text, now, tellTwice)
		if err != nil || !say {
			return err
		}
		return p.Ops(ctx, tx, now, text)
	})
	if err != nil {
		return fmt.Errorf("tell the ops channel: %w", err)
	}
	p.Wake()
	return nil
}

// TellBegin tells the ops channel that a trouble of the daemons' surroundings began, unless
// one of them did since the last TellEnd of that name.
func (p *Pipeline) TellBegin(ctx context.Context, name, text string) error {
	return p.tellTurn(ctx, text, func(tx *store.Tx, now time.Time) (bool, error) {
		return tx.Troubles.Begin(ctx, name, text, now)
	})
}

// TellEnd tells the ops channel that a trouble is over, if it was told that it began.
func (p *Pipeline) TellEnd(ctx context.Context, name, text string) error {
	return p.tellTurn(ctx, text, func(tx *store.Tx, _ time.Time) (bool, error) { return tx.Troubles.End(ctx, name) })
}

// ConfigTold is the subject of what the ops channel is told of a config.
const ConfigTold = "config"

// configTold is for how long a config is told of once: for ever.
const configTold = 100 * 365 * 24 * time.Hour

// TellOfConfig tells the ops channel what a config brings, unless a daemon on the store did, or
// found that there is nothing to say: then text is "".
func (p *Pipeline) TellOfConfig(ctx context.Context, config, text string) error {
	return p.tellTurn(ctx, text, func(tx *store.Tx, now time.Time) (bool, error) {
		first, err := tx.Notices.MarkSaid(ctx, ConfigTold, config, now, configTold)
		return first && text != "", err
	})
}

// tellTurn tells the ops channel something in the transaction that finds it new.
func (p *Pipeline) tellTurn(ctx context.Context, text string, isNew func(*store.Tx, time.Time) (bool, error)) error {
	now := p.Now()
	err := p.Store.InTx(ctx, func(tx *store.Tx) error {
		say, err := isNew(tx, now)
		if err != nil || !say {
			return err
		}
		return p.Ops(ctx, tx, now, text)
	})
	if err != nil {
		return fmt.Errorf("tell the ops channel: %w", err)
	}
	p.Wake()
	return nil
}
