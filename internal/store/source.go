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

// Claim is the right to work on one row until it runs out: a source or a
// channel by its name, a story by its ID.
type Claim struct {
	Name  string `json:"name,omitempty"`
	Story int64  `json:"story,omitempty"`
	Token int64  `json:"token"`
	Host  string `json:"host,omitempty"` // that is to be asked, of a list or a page
}

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

// ListTurns are the bounds of ClaimSources.
type ListLimits struct {
	Limit   int      // lists under way in all, of hosts that answer
	PerHost int      // lists under way of a host without a pace
	Hung    int      // lists under way in all, of hosts that let requests hang
	Except  []string // sources that are left to others
}

// pacedLists is how many lists of a paced host are under way at once: were there
// more, its pages would have to wait for all of their slots.
const pacedLists = 2

// manyDue is how many of the sources that were due first ClaimSources looks at
// in the first place: of thousands it need not put all in order.
const manyDue = 256

// ClaimSources claims sources that are due, by these rules:
//
//  1. Those of turns.Except are left out.
//  2. What was due first goes first.
//  3. Under way at once are: one list of a host that hung when it was asked last,
//     pacedLists of a host whose requests are kept apart, turns.PerHost of any
//     other.
//  4. Under way at once are turns.Hung lists of all hosts that hung, turns.Limit
//     of all others: more would only grow old in the queue.
func (s SourcesTx) Claim(ctx context.Context, now time.Time, turns ListLimits) ([]Claim, error) {
	var answering, due int
	err := s.tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM source s LEFT JOIN host h ON h.host = s.host
			WHERE s.claimed_until > 0 AND s.claimed_until > $1 AND coalesce(h.hung_at, 0) = 0),
		(SELECT count(*) FROM source WHERE enabled = 1 AND next_at <= $1 AND claimed_until <= $1)`, ms(now)).Scan(&answering, &due)
	if err != nil {
		return nil, fmt.Errorf("count sources that are due: %w", explain(err))
	}
	if due == 0 {
		return nil, nil
	}
	claims, err := s.claimFirstDue(ctx, now, turns, manyDue)
	if err != nil || due <= manyDue || len(claims) >= turns.Limit-answering {
		return claims, err
	}
	more, err := s.claimFirstDue(ctx, now, turns, due)
	return append(claims, more...), err
}

// claimFirstDue is ClaimSources among the sources that were due first. The
// numbers are those of its rules.
func (s SourcesTx) claimFirstDue(ctx context.Context, now time.Time, turns ListLimits, most int) ([]Claim, error) {
	args, others := []any{ms(now.Add(ClaimTime)), ms(now), pacedLists, turns.PerHost, turns.Hung, turns.Limit, most}, ""
	if len(turns.Except) > 0 {
		others = ` AND name NOT IN (` + placeholders(len(args)+1, len(turns.Except)) + `)` // 1
	}
	for _, name := range turns.Except {
		args = append(args, name)
	}
	rows, err := s.tx.QueryContext(ctx, `
		WITH under_way AS (
			SELECT s.host, CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END AS hung
			FROM source s LEFT JOIN host h ON h.host = s.host WHERE s.claimed_until > 0 AND s.claimed_until > $2
		), due AS (
			SELECT name, host, next_at FROM source
			WHERE enabled = 1 AND next_at <= $2 AND claimed_until <= $2`+others+`
			ORDER BY next_at, name LIMIT $7 -- 2
		), of_host AS (
			SELECT d.name, d.next_at, coalesce(h.pace, 0) AS pace, CASE WHEN h.hung_at > 0 THEN 1 ELSE 0 END AS hung,
				coalesce(u.n, 0) + row_number() OVER (PARTITION BY d.host ORDER BY d.next_at, d.name) AS turn
			FROM due d LEFT JOIN host h ON h.host = d.host
				LEFT JOIN (SELECT host, count(*) AS n FROM under_way GROUP BY host) AS u ON u.host = d.host
		), placed AS (
			SELECT name, hung, row_number() OVER (PARTITION BY hung ORDER BY next_at, name) AS place
			FROM of_host
			WHERE turn <= CASE WHEN hung = 1 THEN 1 WHEN pace > 0 THEN CAST($3 AS bigint) ELSE CAST($4 AS bigint) END -- 3
		)
		UPDATE source SET claim = claim + 1, claimed_until = $1
		WHERE claimed_until <= $2 AND name IN (
			SELECT p.name FROM placed p LEFT JOIN (SELECT hung, count(*) AS n FROM under_way GROUP BY hung) AS u ON u.hung = p.hung
			WHERE p.place + coalesce(u.n, 0) <= CASE WHEN p.hung = 1 THEN CAST($5 AS bigint) ELSE CAST($6 AS bigint) END) -- 4
		RETURNING name, claim, host`, args...)
	return collect(rows, err, "claim sources", func(scan func(...any) error) (c Claim, err error) {
		return c, scan(&c.Name, &c.Token, &c.Host)
	})
}

// ClaimSource claims one source whether it is due or not; ok is false when
// somebody else holds it, it is disabled or there is none of that name.
func (s Sources) ClaimOne(ctx context.Context, name string, now time.Time) (c Claim, ok bool, err error) {
	rows, err := s.db.write.QueryContext(ctx, `
		UPDATE source SET claim = claim + 1, claimed_until = $1 WHERE name = $2 AND claimed_until <= $3 AND enabled = 1
		RETURNING name, claim`, ms(now.Add(ClaimTime)), name, ms(now))
	got, err := claims(rows, err, "claim source")
	if err != nil || len(got) == 0 {
		return Claim{}, false, err
	}
	return got[0], true, nil
}

func claims(rows *sql.Rows, err error, act string) ([]Claim, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	defer rows.Close() //nolint:errcheck // read only
	var out []Claim
	for rows.Next() {
		var c Claim
		if err := rows.Scan(&c.Name, &c.Token); err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
		out = append(out, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	return out, nil
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

// changed turns the result of an UPDATE into whether it found its row.
func changed(res sql.Result, err error) func(act string) (bool, error) {
	return func(act string) (bool, error) {
		if err != nil {
			return false, fmt.Errorf("%s: %w", act, explain(err))
		}
		n, err := res.RowsAffected()
		if err != nil {
			return false, fmt.Errorf("%s: %w", act, err)
		}
		return n > 0, nil
	}
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

// collect reads all rows with scan.
func collect[T any](rows *sql.Rows, err error, act string, scan func(func(...any) error) (T, error)) ([]T, error) {
	if err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	defer rows.Close() //nolint:errcheck // read only
	var out []T
	for rows.Next() {
		v, err := scan(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", act, err)
		}
		out = append(out, v)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", act, explain(err))
	}
	return out, nil
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

// ReleaseAll forgets every claim. Only the one owner of a SQLite file may do
// so, when it starts: whoever held them is dead.
func (tx *Tx) ReleaseClaims(ctx context.Context) error {
	for _, table := range []string{"source", "story", "channel"} {
		if _, err := tx.ExecContext(ctx, `UPDATE `+table+` SET claimed_until = 0 WHERE claimed_until > 0`); err != nil {
			return fmt.Errorf("release claims: %w", explain(err))
		}
	}
	return nil
}
