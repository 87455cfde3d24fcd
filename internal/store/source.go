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

// Sources reads and changes the sources.
type Sources struct{ db *Store }

// SourcesTx claims sources, and records what became of a claim, in a transaction.
type SourcesTx struct{ tx *Tx }

// SourceState is what the store knows of a source.
type SourceState struct {
	Name       string
	URL        string
	Schedule   string          // as the newest config has it; "" is adaptive
	KeyedAs    string          // name of the source in news.FingerprintOf: the first name it had
	Next       time.Time       // of the next crawl
	Validators news.Validators // of the next request
	FirstCrawl time.Time       // zero: the next crawl is its first
	Crawled    time.Time       // last crawl, whatever its result
	Succeeded  time.Time       // last crawl that succeeded
	Read       time.Time       // last crawl that returned the list, not only "not modified"
	Unmodified int             // answers "not modified" in a row since Read
	Failures   int             // failed crawls in a row
	Health     string          // JSON of package health
	Timeline   string          // JSON of package health; only Get and Renew return it
	Habit      string          // JSON of package schedule
	Error      string          // of the last crawl; "" when it succeeded
	Stories    int64           // how many were ever recorded from it
	Adopts     bool            // stories of its next list whose first key (news.FirstKey) is recorded are not new
	Ways       string          // JSON of package identity: how it names its stories
}

const (
	listedColumns = `name, url, schedule, keyed_as, next_at, etag, last_modified,
		first_crawled_at, crawled_at, succeeded_at, read_at, unmodified, failures, health, habit, error, stories, adopts, ways`
	sourceColumns = listedColumns + `, timeline`
)

func scanSource(scan func(...any) error) (SourceState, error) {
	var (
		src                                   SourceState
		next, first, crawled, succeeded, read int64
	)
	err := scan(
		&src.Name, &src.URL, &src.Schedule, &src.KeyedAs, &next, &src.Validators.ETag, &src.Validators.LastModified,
		&first, &crawled, &succeeded, &read, &src.Unmodified,
		&src.Failures, &src.Health, &src.Habit, &src.Error, &src.Stories, &src.Adopts, &src.Ways, &src.Timeline)
	src.KeyedAs = cmp.Or(src.KeyedAs, src.Name)
	src.Next, src.FirstCrawl, src.Crawled = at(next), at(first), at(crawled)
	src.Succeeded, src.Read = at(succeeded), at(read)
	return src, err
}

// LastSeen returns when the newest story that is kept of each source was first seen.
func (s Sources) LastSeen(ctx context.Context) (map[string]time.Time, error) {
	last := map[string]time.Time{}
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT name, coalesce((SELECT max(first_seen_at) FROM story WHERE source = name), 0) FROM source`)
	_, err = collect(rows, err, "read last stories", func(scan func(...any) error) (_ struct{}, err error) {
		var (
			name string
			seen int64
		)
		if err = scan(&name, &seen); err == nil && seen > 0 {
			last[name] = at(seen)
		}
		return struct{}{}, err
	})
	return last, err
}

// Get returns the state of a source, or ErrNotFound.
func (s Sources) Get(ctx context.Context, name string) (SourceState, error) {
	src, err := scanSource(s.db.write.QueryRowContext(ctx,
		`SELECT `+sourceColumns+` FROM source WHERE name = $1`, name).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return src, wrap(fmt.Sprintf("read source %s", name), err)
	}
	return src, nil
}

// List returns the states of the enabled sources, ordered by name.
func (s Sources) List(ctx context.Context) ([]SourceState, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+listedColumns+`, '' FROM source WHERE enabled = 1 ORDER BY name`)
	return collect(rows, err, "read sources", scanSource)
}

// Removed returns sources that were crawled and are disabled now or no longer in
// the config, the one that was crawled last first, except where another source goes on from one.
func (s Sources) Removed(ctx context.Context, limit int) ([]SourceState, error) {
	//nolint:gosec // columns of ours
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+listedColumns+`, '' FROM source
		WHERE enabled = 0 AND crawled_at > 0 AND NOT EXISTS (SELECT 1 FROM source l WHERE l.enabled = 1 AND `+keyOf("l")+` = `+keyOf("source")+`)
		ORDER BY crawled_at DESC LIMIT $1`, limit)
	return collect(rows, err, "read removed sources", scanSource)
}

// keyOf selects the KeyedAs of a source.
func keyOf(source string) string {
	return `CASE WHEN ` + source + `.keyed_as = '' THEN ` + source + `.name ELSE ` + source + `.keyed_as END`
}

// GoOn records that a claimed source goes on where a removed one ended: its entries are known by
// the same name. It returns false, and records nothing, when another source does so already.
func (s Sources) GoOn(ctx context.Context, c Claim, removed SourceState) (goes bool, err error) {
	err = s.db.InTx(ctx, func(tx *Tx) error {
		if err := exec(ctx, tx, "lock removed source", `UPDATE source SET enabled = enabled WHERE name = $1`, removed.Name); err != nil {
			return err
		}
		goes, err = change(ctx, tx, "go on from removed source", `UPDATE source SET keyed_as = $1 WHERE name = $2 AND claim = $3
			AND NOT EXISTS (SELECT 1 FROM source l WHERE l.enabled = 1 AND l.name <> $2 AND `+keyOf("l")+` = $1)`,
			removed.KeyedAs, c.Name, c.Token)
		return err
	})
	return goes, err
}

// Add adds those of the sources that the store does not know. All others stay as
// they are.
func (s Sources) Add(ctx context.Context, sources []PlannedSource) error {
	err := s.db.InTx(ctx, func(tx *Tx) error {
		for _, src := range sources {
			if src.Disabled {
				continue
			}
			_, err := tx.ExecContext(ctx, `
				INSERT INTO source (name, url, host, schedule, next_at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (name) DO NOTHING`,
				src.Name, src.URL, src.Host, src.Schedule, ms(src.First))
			if err != nil {
				return err
			}
		}
		return nil
	})
	return wrap("add sources", err)
}

// Renew renews the claim on a source and returns the state of the source, or
// ErrClaimLost.
func (s Sources) Renew(ctx context.Context, c Claim, now time.Time) (SourceState, error) {
	src, err := scanSource(s.db.write.QueryRowContext(ctx, `
		UPDATE source SET claimed_until = $1 WHERE name = $2 AND claim = $3 RETURNING `+sourceColumns,
		ms(now.Add(ClaimTime)), c.Name, c.Token).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return SourceState{}, ErrClaimLost
	}
	return src, wrap("renew claim of source "+c.Name, err)
}

// Postpone releases the claim on a source, which is due again at next. Nothing
// else is recorded.
func (s Sources) Postpone(ctx context.Context, c Claim, next time.Time) error {
	return exec(ctx, s.db.write, "postpone source", `
		UPDATE source SET next_at = $1, claimed_until = 0 WHERE name = $2 AND claim = $3`,
		ms(next), c.Name, c.Token)
}

// MarkAllDue makes all enabled sources due now.
func (s Sources) MarkAllDue(ctx context.Context, now time.Time) error {
	return exec(ctx, s.db.write, "make sources due", `UPDATE source SET next_at = $1 WHERE enabled = 1`, ms(now))
}

// CrawlResult is what is kept of a crawl. Of one that failed MarkFailed keeps Health, Timeline, At
// and Next.
type CrawlResult struct {
	NotModified bool // the answer was "not modified", without a list
	Validators  news.Validators
	Health      string // see SourceState
	Timeline    string // see SourceState
	Habit       string // see SourceState
	Ways        string // see SourceState
	At          time.Time
	Next        time.Time // of the next crawl
}

// MarkCrawled records a crawl that succeeded and releases the claim. It belongs
// to the transaction that records the last stories of the list. The error is
// ErrClaimLost when the claim was lost.
func (s SourcesTx) MarkCrawled(ctx context.Context, c Claim, r CrawlResult) error {
	return changeHeld(ctx, s.tx, "mark source crawled", `
		UPDATE source SET etag = $1, last_modified = $2, health = $3, habit = $4, failures = 0, error = '',
			crawled_at = $5, succeeded_at = $5, next_at = $6, claimed_until = 0,
			read_at = CASE WHEN $7 = 1 THEN read_at ELSE $5 END,
			unmodified = CASE WHEN $7 = 1 THEN unmodified + 1 ELSE 0 END,
			adopts = CASE WHEN $7 = 1 THEN adopts ELSE 0 END,
			first_crawled_at = CASE WHEN first_crawled_at = 0 THEN $5 ELSE first_crawled_at END,
			ways = $8, timeline = $9
		WHERE name = $10 AND claim = $11`,
		r.Validators.ETag, r.Validators.LastModified, r.Health, r.Habit, ms(r.At), ms(r.Next), integer(r.NotModified),
		r.Ways, r.Timeline, c.Name, c.Token)
}

// MarkFailed records a crawl that failed because of cause and releases the claim. The error is
// ErrClaimLost when the claim was lost.
func (s SourcesTx) MarkFailed(ctx context.Context, c Claim, r CrawlResult, cause string) error {
	return changeHeld(ctx, s.tx, "mark source failed", `
		UPDATE source SET health = $1, timeline = $2, error = $3, failures = failures + 1, crawled_at = $4, next_at = $5,
			claimed_until = 0
		WHERE name = $6 AND claim = $7`,
		r.Health, r.Timeline, cause, ms(r.At), ms(r.Next), c.Name, c.Token)
}

// CountStories adds n to the number of stories that were recorded from a source,
// and renews the claim. The error is ErrClaimLost when the claim was lost: the new
// holder records the stories.
func (s SourcesTx) CountStories(ctx context.Context, c Claim, n int, now time.Time) error {
	return changeHeld(ctx, s.tx, "count stories", `
		UPDATE source SET stories = stories + $1, claimed_until = $2 WHERE name = $3 AND claim = $4`,
		n, ms(now.Add(ClaimTime)), c.Name, c.Token)
}

// MarkDue makes a source due now.
func (s SourcesTx) MarkDue(ctx context.Context, source string, now time.Time) error {
	return exec(ctx, s.tx, "mark source due", `
		UPDATE source SET next_at = $1 WHERE name = $2 AND next_at > $1`, ms(now), source)
}

// MarkDueIfFree makes a source due now, unless it is claimed. marked is false when it is, or was
// due already.
func (s SourcesTx) MarkDueIfFree(ctx context.Context, source string, now time.Time) (marked bool, err error) {
	return change(ctx, s.tx, "mark source due", `
		UPDATE source SET next_at = $1 WHERE name = $2 AND next_at > $1 AND claimed_until <= $1`, ms(now), source)
}

// PlannedAfter returns the times of the next crawls after a time, by source. Only
// enabled sources are among them.
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

// Replan moves the next crawl of a source.
func (s SourcesTx) Replan(ctx context.Context, source string, next time.Time) error {
	return exec(ctx, s.tx, "replan source", `UPDATE source SET next_at = $1 WHERE name = $2`, ms(next), source)
}
