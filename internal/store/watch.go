package store

import (
	"context"
	"time"
)

// WatchedSource is the health of an enabled source, and what the operators have
// been told of it.
type WatchedSource struct {
	Name     string
	Host     string
	Adaptive bool      // it has no schedule
	Crawled  time.Time // last crawl
	Health   string    // JSON of package health: the state
	Told     string    // JSON of package health: what the operators have been told
}

const watchedSources = `
	SELECT name, host, schedule, crawled_at, health, told FROM source WHERE enabled = 1 ORDER BY name`

func scanWatched(scan func(...any) error) (w WatchedSource, err error) {
	var (
		schedule string
		crawled  int64
	)
	err = scan(&w.Name, &w.Host, &schedule, &crawled, &w.Health, &w.Told)
	w.Adaptive, w.Crawled = schedule == "", at(crawled)
	return w, err
}

// Watched returns the enabled sources, ordered by name.
func (s Sources) Watched(ctx context.Context) ([]WatchedSource, error) {
	rows, err := s.db.read.QueryContext(ctx, watchedSources)
	return collect(rows, err, "read watched sources", scanWatched)
}

// LockWatched is Watched in a transaction. Until the transaction ends no other
// daemon gets past LockWatched, so that only one of them tells the operators.
func (s SourcesTx) LockWatched(ctx context.Context) ([]WatchedSource, error) {
	if _, err := s.tx.Notices.lock(ctx, "sources"); err != nil {
		return nil, err
	}
	rows, err := s.tx.QueryContext(ctx, watchedSources)
	return collect(rows, err, "read watched sources", scanWatched)
}

// SaveTold records what the operators have been told of a source.
func (s SourcesTx) SaveTold(ctx context.Context, source, told string) error {
	return exec(ctx, s.tx, "save what was told of source", `
		UPDATE source SET told = $1 WHERE name = $2`, told, source)
}
