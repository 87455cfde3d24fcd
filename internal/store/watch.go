package store

import (
	"context"
	"time"
)

// WatchedSource is an enabled source, what is thought of it, and what the
// operators have heard of it.
type WatchedSource struct {
	Name     string
	Host     string
	Adaptive bool
	Crawled  time.Time
	Health   string // JSON of the package that judges
	Told     string // JSON of that package, too
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

// WatchedSources returns the enabled sources by name.
func (s Sources) Watched(ctx context.Context) ([]WatchedSource, error) {
	rows, err := s.db.read.QueryContext(ctx, watchedSources)
	return collect(rows, err, "read watched sources", scanWatched)
}

// WatchedSources returns the enabled sources by name, after any other daemon
// that was about to tell of them has done so.
func (s SourcesTx) LockWatched(ctx context.Context) ([]WatchedSource, error) {
	if _, err := s.tx.Notices.lock(ctx, "sources"); err != nil {
		return nil, err
	}
	rows, err := s.tx.QueryContext(ctx, watchedSources)
	return collect(rows, err, "read watched sources", scanWatched)
}

// SaveTold records what the operators have heard of a source.
func (s SourcesTx) SaveTold(ctx context.Context, source, told string) error {
	_, err := s.tx.ExecContext(ctx, `UPDATE source SET told = $1 WHERE name = $2`, told, source)
	return wrap("save what was told of source", err)
}
