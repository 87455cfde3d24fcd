package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Sources reads and changes the sources, a statement at a time.
type Sources struct{ db *Store }

// SourcesTx changes the sources in a transaction.
type SourcesTx struct{ tx *Tx }

// SourceState is what the store knows of a source.
type SourceState struct {
	Name       string
	URL        string
	Schedule   string // as the newest config writes it; "" is adaptive
	KeyedAs    string // the name that goes into the keys of its stories: its first one
	Next       time.Time
	Validators news.Validators
	FirstCrawl time.Time // zero: the next crawl is its first
	Crawled    time.Time
	Succeeded  time.Time
	Read       time.Time // when its list last came whole
	Unmodified int       // answers "not modified" in a row since then
	Failures   int       // in a row
	Health     string    // JSON of the room that judges
	Habit      string    // JSON of the room that plans
	Error      string    // of the last crawl
	Stories    int64     // recorded from it, ever
	Adopts     bool      // what its next whole list shares with the keys of before is known
	Ways       string    // JSON of package identity: how it names its entries
}

const sourceColumns = `name, url, schedule, keyed_as, next_at, etag, last_modified, first_crawled_at, crawled_at, succeeded_at, read_at,
	unmodified, failures, health, habit, error, stories, adopts, ways`

func scanSource(scan func(...any) error) (SourceState, error) {
	var (
		src                                   SourceState
		next, first, crawled, succeeded, read int64
	)
	err := scan(&src.Name, &src.URL, &src.Schedule, &src.KeyedAs, &next, &src.Validators.ETag, &src.Validators.LastModified,
		&first, &crawled, &succeeded, &read, &src.Unmodified, &src.Failures, &src.Health, &src.Habit, &src.Error, &src.Stories, &src.Adopts, &src.Ways)
	src.KeyedAs = cmp.Or(src.KeyedAs, src.Name)
	src.Next, src.FirstCrawl, src.Crawled, src.Succeeded, src.Read = at(next), at(first), at(crawled), at(succeeded), at(read)
	return src, err
}

// Source returns the state of one source.
func (s Sources) Get(ctx context.Context, name string) (SourceState, error) {
	src, err := scanSource(s.db.write.QueryRowContext(ctx, `SELECT `+sourceColumns+` FROM source WHERE name = $1`, name).Scan)
	if err != nil {
		return src, fmt.Errorf("read source %s: %w", name, err)
	}
	return src, nil
}

// Sources returns the states of the enabled sources by name.
func (s Sources) List(ctx context.Context) ([]SourceState, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+sourceColumns+` FROM source WHERE enabled = 1 ORDER BY name`)
	return collect(rows, err, "read sources", scanSource)
}

// RemovedSources returns the names in the hashes of the entries of sources that
// are switched off or left the config, those that were crawled last first.
func (s Sources) Removed(ctx context.Context, limit int) ([]SourceState, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+sourceColumns+` FROM source
		WHERE enabled = 0 AND crawled_at > 0 ORDER BY crawled_at DESC LIMIT $1`, limit)
	return collect(rows, err, "read removed sources", scanSource)
}

// AddSources adds those of the sources that the store does not know, and
// leaves all others as they are.
func (s Sources) Add(ctx context.Context, sources []PlannedSource) error {
	err := s.db.InTx(ctx, func(tx *Tx) error {
		for _, src := range sources {
			if src.Disabled {
				continue
			}
			_, err := tx.ExecContext(ctx, `INSERT INTO source (name, url, host, schedule, next_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO NOTHING`,
				src.Name, src.URL, src.Host, src.Schedule, ms(src.First))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add sources: %w", explain(err))
	}
	return nil
}

// TakeSource takes the claim up and returns what the store knows of the source;
// ok is false when the claim is lost.
func (s Sources) Renew(ctx context.Context, c Claim, now time.Time) (src SourceState, ok bool, err error) {
	src, err = scanSource(s.db.write.QueryRowContext(ctx, `UPDATE source SET claimed_until = $1 WHERE name = $2 AND claim = $3 RETURNING `+sourceColumns,
		ms(now.Add(ClaimTime)), c.Name, c.Token).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return SourceState{}, false, nil
	}
	if err != nil {
		return SourceState{}, false, fmt.Errorf("take source %s: %w", c.Name, explain(err))
	}
	return src, true, nil
}

// Postpone gives a claim on a source back: it is due again at next, and
// nothing else has happened.
func (s Sources) Postpone(ctx context.Context, c Claim, next time.Time) error {
	_, err := s.db.write.ExecContext(ctx, `UPDATE source SET next_at = $1, claimed_until = 0 WHERE name = $2 AND claim = $3`,
		ms(next), c.Name, c.Token)
	if err != nil {
		return fmt.Errorf("postpone source: %w", explain(err))
	}
	return nil
}

// MakeDue makes every enabled source due at a time.
func (s Sources) MarkAllDue(ctx context.Context, now time.Time) error {
	if _, err := s.db.write.ExecContext(ctx, `UPDATE source SET next_at = $1 WHERE enabled = 1`, ms(now)); err != nil {
		return fmt.Errorf("make sources due: %w", explain(err))
	}
	return nil
}

// CrawlEnd is what is kept of a crawl that succeeded.
type CrawlResult struct {
	NotModified bool // else the list came whole
	Validators  news.Validators
	Health      string
	Habit       string
	KeyedAs     string // the name in the hashes of its entries; "" leaves it as it is
	Ways        string
	At          time.Time
	Next        time.Time
}

// MarkCrawled records that a source's list was read and all its stories were
// saved: the validators, what was learnt, the end of the first run and the next
// run, and gives the claim back. It belongs to the transaction that saves the
// last stories; false means that the claim was lost, and the transaction must
// not commit.
func (s SourcesTx) MarkCrawled(ctx context.Context, c Claim, end CrawlResult) (bool, error) {
	return changed(s.tx.ExecContext(ctx, `
		UPDATE source SET etag = $1, last_modified = $2, health = $3, habit = $4, failures = 0, error = '',
			crawled_at = $5, succeeded_at = $5, next_at = $6, claimed_until = 0,
			read_at = CASE WHEN $7 = 1 THEN read_at ELSE $5 END,
			unmodified = CASE WHEN $7 = 1 THEN unmodified + 1 ELSE 0 END,
			adopts = CASE WHEN $7 = 1 THEN adopts ELSE 0 END,
			first_crawled_at = CASE WHEN first_crawled_at = 0 THEN $5 ELSE first_crawled_at END,
			keyed_as = CASE WHEN $8 = '' THEN keyed_as ELSE $8 END, ways = $9
		WHERE name = $10 AND claim = $11`,
		end.Validators.ETag, end.Validators.LastModified, end.Health, end.Habit, ms(end.At), ms(end.Next), integer(end.NotModified),
		end.KeyedAs, end.Ways, c.Name, c.Token))("mark source crawled")
}

// MarkFailed records a crawl that gave nothing, and gives the claim back.
func (s SourcesTx) MarkFailed(ctx context.Context, c Claim, health, cause string, now, next time.Time) (bool, error) {
	return changed(s.tx.ExecContext(ctx, `
		UPDATE source SET health = $1, error = $2, failures = failures + 1, crawled_at = $3, next_at = $4, claimed_until = 0
		WHERE name = $5 AND claim = $6`,
		health, cause, ms(now), ms(next), c.Name, c.Token))("mark source failed")
}

// CountStories adds to what was ever recorded from a claimed source, and
// prolongs the claim. False means that the claim was lost, and the transaction
// must not commit: whoever has the source now records its stories.
func (s SourcesTx) CountStories(ctx context.Context, c Claim, n int, now time.Time) (bool, error) {
	return changed(s.tx.ExecContext(ctx, `UPDATE source SET stories = stories + $1, claimed_until = $2 WHERE name = $3 AND claim = $4`,
		n, ms(now.Add(ClaimTime)), c.Name, c.Token))("count stories")
}

// CatchUp makes a source due now.
func (s SourcesTx) MarkDue(ctx context.Context, source string, now time.Time) error {
	_, err := s.tx.ExecContext(ctx, `UPDATE source SET next_at = $1 WHERE name = $2 AND next_at > $1`, ms(now), source)
	return wrap("catch up with source", err)
}

// AskSoon makes a source due now that nobody is asking.
func (s SourcesTx) MarkDueIfFree(ctx context.Context, source string, now time.Time) error {
	_, err := s.tx.ExecContext(ctx, `
		UPDATE source SET next_at = $1 WHERE name = $2 AND next_at > $1 AND claimed_until <= $1`, ms(now), source)
	return wrap("ask source soon", err)
}

// PlannedAhead returns the next runs, by source, of the enabled sources that
// are not due before a time.
func (s SourcesTx) PlannedAfter(ctx context.Context, from time.Time) (map[string]time.Time, error) {
	type run struct {
		source string
		next   time.Time
	}
	rows, err := s.tx.QueryContext(ctx, `SELECT name, next_at FROM source WHERE enabled = 1 AND next_at > $1`, ms(from))
	found, err := collect(rows, err, "read planned runs", func(scan func(...any) error) (r run, err error) {
		var next int64
		err = scan(&r.source, &next)
		r.next = at(next)
		return r, err
	})
	ahead := make(map[string]time.Time, len(found))
	for _, r := range found {
		ahead[r.source] = r.next
	}
	return ahead, err
}

// Replan moves the next run of a source that nobody is crawling.
func (s SourcesTx) Replan(ctx context.Context, source string, next time.Time) error {
	_, err := s.tx.Clock.update(ctx, `UPDATE source SET next_at = $1 WHERE name = $2`, ms(next), source)
	return err
}
