package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PlannedSource is a configured source with its next crawl.
type PlannedSource struct {
	Name     string
	URL      string
	Host     string // of the URL
	Schedule string // as the config has it; "" is adaptive
	Disabled bool
	First    time.Time // next crawl, if the store does not know the source, or only with another URL
	Next     time.Time // next crawl, if the store knows it; ignored if it was and is adaptive
}

// Sync is what a config changes in the store.
type Sync struct {
	Sources  []PlannedSource
	Settings map[string]string // saved in the same transaction
	Config   LoadedConfig      // comes into use now; none without a hash
	Now      time.Time
	Replan   bool // the next crawl of a known source becomes Next, even if it was to be earlier
}

// Sync makes the given sources those of the store. What was learnt of a source
// belongs to its URL:
//
//  1. It stays when the source is disabled or left out.
//  2. It follows the URL to another name.
//  3. A name with a new URL begins without it, except that it still knows the
//     stories that it has listed.
//
// A crawl that is due stays due, and an adaptive source keeps its next crawl.
func (s Sources) Sync(ctx context.Context, sync Sync) error {
	sources := slices.Clone(sync.Sources)
	// In one order, so that two daemons do not wait for each other.
	slices.SortFunc(sources, func(a, b PlannedSource) int { return cmp.Compare(a.Name, b.Name) })
	err := s.db.InTx(ctx, func(tx *Tx) error {
		if err := saveSettings(ctx, tx, sync.Settings); err != nil {
			return err
		}
		if err := saveConfig(ctx, tx, sync.Config, sync.Now); err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `UPDATE source SET enabled = 0 RETURNING `+rowColumns)
		known, err := collect(rows, err, "read sources", scanRow)
		if err != nil {
			return err
		}
		merged := merge(known, sources, sync.Now, sync.Replan)
		for _, r := range merged.rows {
			if err := tx.Sources.saveRow(ctx, r); err != nil {
				return err
			}
		}
		return tx.Sources.renameStories(ctx, merged.renamed)
	})
	return wrap("sync sources", err)
}

// sourceRow is a row of the source table.
type sourceRow struct {
	name, url, host, schedule, keyedAs string
	ways                               string
	enabled, adopts                    int
	next, claim, claimedUntil          int64
	learnt                             learnt
	stories                            int64
}

// learnt is what the crawls of a URL have recorded.
type learnt struct {
	etag, lastModified, health, habit, err string
	timeline, told                         string
	first, crawled, succeeded, read        int64
	failures, unmodified                   int
}

const rowColumns = `name, url, host, schedule, keyed_as, ways, adopts, enabled, next_at, claim, claimed_until,
	etag, last_modified, health, timeline, habit, error, first_crawled_at, crawled_at, succeeded_at, read_at, failures, unmodified, stories, told`

func (r *sourceRow) fields() []any {
	l := &r.learnt
	return []any{
		&r.name, &r.url, &r.host, &r.schedule, &r.keyedAs, &r.ways, &r.adopts, &r.enabled, &r.next, &r.claim,
		&r.claimedUntil, &l.etag, &l.lastModified, &l.health, &l.timeline, &l.habit, &l.err, &l.first, &l.crawled,
		&l.succeeded, &l.read, &l.failures, &l.unmodified, &r.stories, &l.told,
	}
}

func scanRow(scan func(...any) error) (*sourceRow, error) {
	r := new(sourceRow)
	return r, scan(r.fields()...)
}

func (s SourcesTx) saveRow(ctx context.Context, r *sourceRow) error {
	columns := strings.Split(rowColumns, ",")
	for i, c := range columns {
		c = strings.TrimSpace(c)
		columns[i] = c + " = excluded." + c
	}
	_, err := s.tx.ExecContext(ctx, `
		INSERT INTO source (`+rowColumns+`) VALUES (`+placeholders(1, len(columns))+`)
		ON CONFLICT (name) DO UPDATE SET `+strings.Join(columns[1:], ", "), r.fields()...)
	return err
}

// merger decides which known row a planned source continues.
type merger struct {
	known   map[string]*sourceRow // by name
	taken   map[*sourceRow]bool   // a planned source continues it
	keys    map[string]bool       // the names that sources have in fingerprints
	rows    []*sourceRow          // to be saved
	renamed map[string]string     // old name to new
}

// merge returns the rows of the planned sources.
func merge(known []*sourceRow, planned []PlannedSource, now time.Time, replan bool) *merger {
	m := &merger{
		known: map[string]*sourceRow{}, taken: map[*sourceRow]bool{}, keys: map[string]bool{},
		renamed: map[string]string{},
	}
	byURL := map[string][]*sourceRow{}
	for _, r := range known {
		m.known[r.name] = r
		byURL[r.url] = append(byURL[r.url], r)
		if r.url != "" {
			m.keys[cmp.Or(r.keyedAs, r.name)] = true
		}
	}
	from := make([]*sourceRow, len(planned))
	for i, p := range planned {
		if r := m.known[p.Name]; r != nil && r.url == p.URL {
			from[i], m.taken[r] = r, true
		}
	}
	for i, p := range planned {
		if from[i] == nil {
			from[i] = m.freeRow(byURL[p.URL])
		}
	}
	names := map[string]bool{}
	for i, p := range planned {
		names[p.Name] = true
		m.add(p, from[i], now, replan)
	}
	for _, r := range known {
		if m.taken[r] && !names[r.name] {
			// An empty row, so that the tokens of its claims are not used again.
			m.rows = append(m.rows, &sourceRow{name: r.name, claim: r.claim + 1, stories: r.stories})
		}
	}
	return m
}

// freeRow takes the row that was crawled last, of the rows with one URL that no
// planned source continues.
func (m *merger) freeRow(rows []*sourceRow) *sourceRow {
	var best *sourceRow
	for _, r := range rows {
		if !m.taken[r] && (best == nil || r.learnt.crawled > best.learnt.crawled) {
			best = r
		}
	}
	if best != nil {
		m.taken[best] = true
	}
	return best
}

// add adds the row of a planned source. from is the known row that it continues, nil
// for none.
func (m *merger) add(p PlannedSource, from *sourceRow, now time.Time, replan bool) {
	old := m.known[p.Name]
	if p.Disabled && from == nil {
		return // it is added when it is enabled
	}
	r := &sourceRow{name: p.Name, next: ms(p.First)}
	switch {
	case from == nil && old != nil && old.url != "" && !m.taken[old]: // a new URL
		*r = sourceRow{
			name: p.Name, keyedAs: old.keyedAs, ways: old.ways, adopts: old.adopts,
			stories: old.stories, claim: old.claim + 1, next: ms(p.First),
		}
	case from == nil:
		r.keyedAs = m.newKey(p)
		if old != nil {
			r.claim = old.claim + 1
		}
	default:
		*r = *from
		r.next = nextRun(p, from, now, replan)
		if from != old {
			m.rename(r, from, old, p.Name)
		}
	}
	r.url, r.host, r.schedule, r.enabled = p.URL, p.Host, p.Schedule, integer(!p.Disabled)
	m.rows = append(m.rows, r)
}

// rename makes r the continuation, under another name, of the row from. old is the
// row that had that name, or nil.
func (m *merger) rename(r, from, old *sourceRow, name string) {
	r.keyedAs = cmp.Or(from.keyedAs, from.name)
	r.name, r.claim, r.claimedUntil = name, from.claim+1, 0
	if old != nil {
		r.claim = max(r.claim, old.claim+1)
	}
	m.renamed[from.name] = name
}

// newKey returns the name of a new source in fingerprints, "" for its own name. It
// gets another one when an earlier source of its name has listed stories.
func (m *merger) newKey(p PlannedSource) string {
	if !m.keys[p.Name] {
		return ""
	}
	return p.Name + " " + p.URL
}

// nextRun returns the next crawl of a source that continues a row.
func nextRun(p PlannedSource, from *sourceRow, now time.Time, replan bool) int64 {
	switch next := ms(p.Next); {
	case from.next <= ms(now):
		return from.next
	case p.Schedule == "" && from.schedule == "":
		return from.next
	case replan || p.Schedule == "":
		return next
	default:
		return min(from.next, next)
	}
}

// renameStories gives the new names to stories of renamed sources, as far as they
// wait for their page or for a look.
func (s SourcesTx) renameStories(ctx context.Context, renamed map[string]string) error {
	if len(renamed) == 0 {
		return nil
	}
	var cases, olds strings.Builder
	args := []any{}
	for from, to := range renamed {
		n := len(args)
		args = append(args, from, to)
		fmt.Fprintf(&cases, " WHEN $%d THEN $%d", n+1, n+2)
		fmt.Fprintf(&olds, ", $%d", n+1)
	}
	_, err := s.tx.ExecContext(ctx, `UPDATE story SET source = CASE source`+cases.String()+` END
		WHERE (waiting = 1 OR look_at > 0) AND source IN (`+olds.String()[2:]+`)`, args...)
	return err
}
