package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// Restoration is what a store was restored from, and what that has in it.
type Restoration struct {
	File    string     `json:"file"`
	Storage string     `json:"storage"`
	Kept    string     `json:"kept,omitempty"`      // where the store of before is
	Copied  *time.Time `json:"copied_at,omitempty"` // when `copytaster backup` wrote it; absent: it is another copy
	Newest  *time.Time `json:"newest_story,omitempty"`
	Version int64      `json:"version"` // of its tables
	Current int64      `json:"current"` // version of the tables of this binary
	Stories int64      `json:"stories"`
	Alerts  int64      `json:"alerts"`
	Open    int64      `json:"open"`             // messages that were still to be sent
	Pauses  []Paused   `json:"pauses,omitempty"` // that a daemon on the store holds to
	DryRun  bool       `json:"dry_run,omitempty"`
}

// Restore puts a copy of a file in the place of the SQLite store of a config, while no daemon
// runs. With dry it only checks the file, whether one runs or not.
func Restore(
	ctx context.Context, log *slog.Logger, cfg *config.Config, env config.Getenv, file string, dry bool,
) (r Restoration, err error) {
	if store.IsPostgres(cfg.Storage) {
		return r, errors.New("restore: the store is PostgreSQL: use pg_restore; the daemon notices it")
	}
	var c store.Copied
	kept := ""
	if dry {
		c, err = store.Inspect(ctx, log, file, time.Now())
	} else {
		if _, running := Dial(ctx, cfg, env); running {
			return r, errors.New("restore: a daemon runs on the store: stop it")
		}
		if err := cfg.MakeStorageFolder(env); err != nil {
			return r, fmt.Errorf("restore: %w", err)
		}
		c, kept, err = store.Restore(ctx, log, cfg.Storage, file, time.Now())
	}
	var pauses []Paused
	for i := range c.Pauses {
		pauses = append(pauses, pausedOf(&c.Pauses[i].OrderedPause, c.Pauses[i].Waiting))
	}
	return Restoration{
		File: file, Storage: cfg.Storage, Kept: kept, Copied: news.KnownTime(c.At), Newest: news.KnownTime(c.Newest),
		Version: c.Version, Current: c.Current, Stories: c.Stories, Alerts: c.Alerts, Open: c.Open, Pauses: pauses,
		DryRun: dry,
	}, err
}
