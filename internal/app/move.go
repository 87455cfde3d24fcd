package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/store"
)

// Move says what a move of the store has done, or would do.
type Move struct {
	From    string      `json:"from"` // names of the stores, without passwords
	To      string      `json:"to"`
	Tables  []MoveTable `json:"tables"`
	Rows    int64       `json:"rows"`
	Bytes   int64       `json:"bytes"`   // that the store takes that is left
	Seconds float64     `json:"seconds"` // it took; of a dry run it would take about so long
	Open    int64       `json:"open"`    // deliveries that are still to be sent
	Mended  int64       `json:"mended"`  // texts with characters that PostgreSQL does not store
	Resumed int         `json:"resumed"` // how often it had been interrupted
	DryRun  bool        `json:"dry_run"`

	Cancelled bool `json:"cancelled"` // it was given up
}

// MoveTable is a table of a move.
type MoveTable struct {
	Name string `json:"name"`
	Rows int64  `json:"rows"`
	Hash string `json:"hash,omitempty"` // of all rows, the same in both stores
}

// movePace is how many rows a second a move copies and compares, about, from SQLite to
// PostgreSQL on two cores: docs/benchmarks.md.
const movePace = 8_000

// PlanMove says what a move of the config's store to another storage would do.
func PlanMove(ctx context.Context, log *slog.Logger, cfg *config.Config, to string) (Move, error) {
	m, err := store.PlanMove(ctx, log, cfg.Storage, to)
	if err != nil {
		return Move{}, err
	}
	plan := moveOf(&m)
	plan.DryRun, plan.Seconds = true, float64(plan.Rows)/movePace
	return plan, nil
}

// MoveStore moves the config's store to another storage. report is told how many rows of how
// many are copied.
func MoveStore(
	ctx context.Context, log *slog.Logger, cfg *config.Config, to string, report func(done, all int64),
) (Move, error) {
	began := time.Now()
	m, err := store.Relocate(ctx, log, cfg.Storage, to, began, report)
	if err != nil {
		return Move{}, err
	}
	moved := moveOf(&m)
	moved.Seconds = time.Since(began).Seconds()
	return moved, nil
}

// CancelMove gives up a move that has not ended, and returns where it was to.
func CancelMove(ctx context.Context, log *slog.Logger, cfg *config.Config) (to string, err error) {
	return store.CancelMove(ctx, log, cfg.Storage)
}

func moveOf(m *store.Moved) Move {
	v := Move{From: m.From, To: m.To, Tables: make([]MoveTable, len(m.Tables)), Rows: m.Rows(), Bytes: m.Bytes,
		Open: m.Open, Mended: m.Mended, Resumed: m.Resumed}
	for i, t := range m.Tables {
		v.Tables[i] = MoveTable(t)
	}
	return v
}
