package store

import (
	"context"
	"fmt"
	"log/slog"
)

// OpenVersion opens a new store whose tables are of an older version.
func OpenVersion(ctx context.Context, storage string, version int64) (*Store, error) {
	s, err := connect(ctx, slog.New(slog.DiscardHandler), storage)
	if err != nil {
		return nil, err
	}
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	if have, err := p.GetDBVersion(ctx); err != nil || have > 0 {
		return nil, fmt.Errorf("not a new store: version %d (%w)", have, err)
	}
	_, err = p.UpTo(ctx, version)
	return s, err
}

// Exec runs a statement.
func (s *Store) Exec(ctx context.Context, query string, args ...any) error {
	_, err := s.write.ExecContext(ctx, query, args...)
	return err
}
