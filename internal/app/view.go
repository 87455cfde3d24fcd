package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/store"
)

// View is what can be read of a daemon's work: from its store, or from the
// daemon itself.
type View interface {
	Status(ctx context.Context) (Status, error)
	Deliveries(ctx context.Context, f store.DeliveryFilter) ([]DeliveryStatus, error)
	Close() error
}

var (
	_ View = (*Reader)(nil)
	_ View = (*Client)(nil)
)

// OpenView opens the store of a config for reading. Who may not read it asks
// the daemon that runs on it. The caller must Close the View.
func OpenView(ctx context.Context, log *slog.Logger, cfg *config.Config, env config.Getenv) (View, error) {
	r, err := OpenReader(ctx, log, cfg)
	if err == nil {
		return r, nil
	}
	if !errors.Is(err, fs.ErrPermission) {
		return nil, err
	}
	if c, ok := Dial(ctx, cfg, env); ok {
		return c, nil
	}
	return nil, fmt.Errorf("%w, and no daemon answers that could be asked (do it as the daemon's user)", err)
}
