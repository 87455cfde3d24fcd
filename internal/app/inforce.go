package app

import (
	"context"
	"log/slog"

	"github.com/copytaster/copytaster/config"
)

// InForce returns the config that a daemon on the files at path goes by. wrong
// is what is wrong with the files. Then the config is the first of these that
// can be had:
//
//  1. the last good one, which the store keeps and the daemon follows;
//  2. where a daemon runs, one with Path and Storage alone: what that daemon is
//     asked to do is its own to judge;
//  3. nil.
func InForce(ctx context.Context, log *slog.Logger, path string, env config.Getenv) (cfg *config.Config, wrong error) {
	cfg, wrong = config.Load(path, env, config.UseRules)
	if wrong == nil {
		return cfg, nil
	}
	if cfg, err := LastGood(ctx, log, path, env, config.UseRules); err == nil {
		return cfg, wrong
	}
	storage, _ := config.StorageOf(path, env) // "" when it cannot be told
	cfg = &config.Config{Path: path, Storage: storage}
	if _, running := Dial(ctx, cfg, env); !running {
		return nil, wrong
	}
	return cfg, wrong
}
