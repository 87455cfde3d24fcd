package signal

import (
	"context"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// What is usual is the mean of a fortnight, and not known before a day.
const (
	usualOf   = 14 * 24 * time.Hour
	usualFrom = 24 * time.Hour
)

// Bursts records, in the transaction that added the alerts of a story, a message to
// the channels of each of its rules whose news have become a burst by it.
func Bursts(
	ctx context.Context, tx *store.Tx, plan *act.Plan, s *news.Story, matches []news.Match, now time.Time,
) error {
	for _, m := range matches {
		if w, ok := plan.Signals[m.Rule]; ok && w.Burst != nil {
			if err := burst(ctx, tx, plan, w, s, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// burst tells of a burst of one rule, once. It goes on for as long as there are so
// many news in its time, and ends when there were fewer for as long.
func burst(
	ctx context.Context, tx *store.Tx, plan *act.Plan, w act.Signal, s *news.Story, now time.Time,
) error {
	b, rule := w.Burst, w.Match.Rule
	from := now.Add(-b.Over)
	last, err := tx.Signals.Newest(ctx, rule, from, now, b.News-1, 1) // the one that there must be
	if err != nil || len(last) == 0 {
		return err
	}
	first, watched, err := tx.Signals.MarkBurst(ctx, rule, now, last[0].At.Add(2*b.Over), 2*b.Over)
	if err != nil || !first {
		return err
	}
	n, since, err := tx.Signals.Count(ctx, rule, from, now)
	if err != nil {
		return err
	}
	newest, err := tx.Signals.Newest(ctx, rule, from, now, 0, notify.MostSignalled)
	if err != nil {
		return err
	}
	said := notify.Signal{Rule: rule, At: now, Since: since, News: int(n), Over: b.Over}
	for i := range newest {
		plan.SetOrigin(&newest[i].Story)
		said.Pieces = append(said.Pieces, notify.PieceOf(&newest[i].Story))
	}
	if said.Usually, err = usually(ctx, tx, rule, b.Over, watched, from); err != nil {
		return err
	}
	return add(ctx, tx, plan, w, b.Severity, s, said)
}

// usually returns how many news of a rule came in a time, in the mean of the fortnight
// before; less than 0 when that is not known.
func usually(
	ctx context.Context, tx *store.Tx, rule string, over time.Duration, watched, before time.Time,
) (float64, error) {
	n, first, err := tx.Signals.Count(ctx, rule, before.Add(-usualOf), before.Add(-time.Millisecond))
	if err != nil {
		return -1, err
	}
	began := watched
	if n > 0 && first.Before(began) {
		began = first
	}
	known := min(before.Sub(began), usualOf)
	if known < max(usualFrom, over) {
		return -1, nil
	}
	return float64(n) * float64(over) / float64(known), nil
}
