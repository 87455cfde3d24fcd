package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// PlannedSource is a configured source and its next run.
type PlannedSource struct {
	Name     string
	URL      string
	Host     string // of the URL
	Schedule string // as written; "" is adaptive
	Disabled bool
	First    time.Time // when the store does not know it yet, or knows another URL
	Next     time.Time // when it does; of an adaptive source only when it had a schedule so far
}

// Sync is what a config makes of the store.
type Sync struct {
	Sources  []PlannedSource
	Settings map[string]string // saved together with the sources
	Now      time.Time
	Replan   bool // a known source's next run is Next; else the earlier of that and the one it has
}

// Sync makes the source table hold just the given sources. What was
// learnt of a source belongs to its URL: it stays while the source is disabled
// or left out, and goes along when the URL comes back under another name. A
// name with a new URL starts over, but still knows the stories it has seen. A
// run that is due stays due, and an adaptive source keeps its next run.
func (s Sources) Sync(ctx context.Context, sync Sync) error {
	sources := slices.Clone(sync.Sources)
	slices.SortFunc(sources, func(a, b PlannedSource) int { return cmp.Compare(a.Name, b.Name) }) // two daemons lock them in one order
	err := s.db.InTx(ctx, func(tx *Tx) error {
		if err := tx.saveSettings(ctx, sync.Settings); err != nil {
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

// sourceRow is a row of the source table: what it is called, and what was
// learnt of its URL.
type sourceRow struct {
	name, url, host, schedule, keyedAs string
	ways                               string
	enabled, adopts                    int
	next, claim, claimedUntil          int64
	learnt                             learnt
	stories                            int64
}

// learnt is what the crawls of a URL have left behind.
type learnt struct {
	etag, lastModified, health, habit, err string
	told                                   string
	first, crawled, succeeded, read        int64
	failures, unmodified                   int
}

const rowColumns = `name, url, host, schedule, keyed_as, ways, adopts, enabled, next_at, claim, claimed_until, etag, last_modified, health, habit, error,
	first_crawled_at, crawled_at, succeeded_at, read_at, failures, unmodified, stories, told`

func (r *sourceRow) fields() []any {
	l := &r.learnt
	return []any{
		&r.name, &r.url, &r.host, &r.schedule, &r.keyedAs, &r.ways, &r.adopts, &r.enabled, &r.next, &r.claim, &r.claimedUntil,
		&l.etag, &l.lastModified, &l.health, &l.habit, &l.err, &l.first, &l.crawled, &l.succeeded, &l.read, &l.failures, &l.unmodified,
		&r.stories, &l.told,
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
	_, err := s.tx.ExecContext(ctx, `INSERT INTO source (`+rowColumns+`) VALUES (`+placeholders(1, len(columns))+`)
		ON CONFLICT (name) DO UPDATE SET `+strings.Join(columns[1:], ", "), r.fields()...)
	return err
}

// merger decides which known row a planned source goes on from.
type merger struct {
	known   map[string]*sourceRow // by name
	taken   map[*sourceRow]bool   // a planned source goes on from it
	keys    map[string]bool       // the names in the keys of stories
	rows    []*sourceRow          // to be saved
	renamed map[string]string     // old name to new
}

// merge gives the rows that planned sources make of known ones.
func merge(known []*sourceRow, planned []PlannedSource, now time.Time, replan bool) *merger {
	m := &merger{known: map[string]*sourceRow{}, taken: map[*sourceRow]bool{}, keys: map[string]bool{}, renamed: map[string]string{}}
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
			m.rows = append(m.rows, &sourceRow{name: r.name, claim: r.claim + 1, stories: r.stories}) // an empty shell: its claims must not come again
		}
	}
	return m
}

// freeRow takes, of the rows with one URL that no planned source goes on from,
// the one that was in use last.
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

// add makes the row of a planned source that goes on from a known row, or from
// none.
func (m *merger) add(p PlannedSource, from *sourceRow, now time.Time, replan bool) {
	old := m.known[p.Name]
	if p.Disabled && from == nil {
		return // what it will be is seen when it is enabled
	}
	r := &sourceRow{name: p.Name, next: ms(p.First)}
	switch {
	case from == nil && old != nil && old.url != "" && !m.taken[old]: // moved by the operator: it still knows its stories
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

// rename gives what was learnt under one name another.
func (m *merger) rename(r, from, old *sourceRow, name string) {
	r.keyedAs = cmp.Or(from.keyedAs, from.name)
	r.name, r.claim, r.claimedUntil = name, from.claim+1, 0
	if old != nil {
		r.claim = max(r.claim, old.claim+1)
	}
	m.renamed[from.name] = name
}

// newKey is the name that goes into the keys of a new source's stories, "" for
// its own. Another source may have been called so when its stories were seen.
func (m *merger) newKey(p PlannedSource) string {
	if !m.keys[p.Name] {
		return ""
	}
	return p.Name + " " + p.URL
}

// nextRun is when a source that goes on is due again.
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

// renameStories lets what is still to be done for stories of renamed sources
// go on under the new names.
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
