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
// sent, and nobody is listened to. When there is no store yet it begins empty.
func Rehearsal(ctx context.Context, log *slog.Logger, cfg *config.Config, dir string) (*config.Config, error) {
	mine := *cfg
	mine.Storage, mine.Listen = filepath.Join(dir, "dry-run.db"), ""
	err := store.Rehearsal(ctx, log, cfg.Storage, mine.Storage)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("rehearse: %w", err)
	}
	return &mine, nil
}
