package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/store"
)

// Rehearsal returns the config with a throwaway store in dir instead of its
// own, for a dry run: what was seen is known there, nothing is left to be
// sent, and nobody is listened to. Of a SQLite store it is a copy; of
// PostgreSQL only what was seen is copied; when there is no store yet it
// begins empty.
func Rehearsal(ctx context.Context, log *slog.Logger, cfg *config.Config, dir string) (*config.Config, error) {
	mine := *cfg
	mine.Storage, mine.Listen = filepath.Join(dir, "dry-run.db"), ""
	from, err := store.OpenReadOnly(ctx, log, cfg.Storage)
	if errors.Is(err, fs.ErrNotExist) {
		return &mine, nil
	}
	if err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	if err := errors.Join(copyStore(ctx, log, from, mine.Storage), from.Close()); err != nil {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	return &mine, nil
}

func copyStore(ctx context.Context, log *slog.Logger, from *store.Store, path string) error {
	if from.Path() != "" {
		if err := from.Copy(ctx, path); err != nil {
			return err
		}
	}
	to, err := store.Open(ctx, log, path)
	if err != nil {
		return err
	}
	if from.Path() != "" {
		err = to.DropOpen(ctx)
	} else {
		err = to.CopySeen(ctx, from)
	}
	return errors.Join(err, to.Close())
}
