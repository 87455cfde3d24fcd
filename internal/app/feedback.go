package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/copytaster/copytaster/internal/feedback"
)

// tellEvery is how often it is looked whether those who edit rules are to be told of a week.
const tellEvery = time.Minute

// tellEditors tells those who edit rules what people said of them, until ctx ends.
func tellEditors(ctx context.Context, log *slog.Logger, teller feedback.Teller) {
	ticker := time.NewTicker(tellEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := teller.Tell(ctx); err != nil && ctx.Err() == nil {
			log.Error("those who edit rules are not told of the week, trying again", "error", err)
		}
	}
}
