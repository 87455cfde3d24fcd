package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// NewStory is a story to be recorded.
type NewStory struct {
	*news.Story
	FirstRun bool
	Waiting  bool   // its page is still to be read
	Host     string // of the page, for a waiting story
	Missed   bool   // it was published while its source could not be read

	KeyedAs     string           // the name in the hashes of its source's entries
	Fingerprint news.Fingerprint // what the list says of it
}

// AddStory records a story with a cluster of its own, sets its ID and Cluster,
// and records its entry. The caller holds the claim on its source (CountStories),
// and knows that the source did not list the story before.
func (tx *Tx) AddStory(ctx context.Context, n NewStory) error {
	s := n.Story
	err := tx.QueryRowContext(ctx, `INSERT INTO cluster (created_at) VALUES ($1) RETURNING id`, ms(s.FirstSeen)).Scan(&s.Cluster)
	if err != nil {
		return fmt.Errorf("add cluster: %w", explain(err))
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO story (cluster_id, key, source, url, canonical, guid, title, titles, summary, body, authors, published_at,
			modified_at, language, outlet, section, cites, paywalled, first_seen_at, first_run, waiting, host, missed, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $19)
		RETURNING id`,
		s.Cluster, s.Key, s.Origin.Source, s.URL, s.Canonical, s.GUID, clean(s.Title), cleanList(s.Titles), clean(s.Summary), clean(s.Text),
		cleanList(s.Authors), ms(s.Published), ms(s.Modified), s.Language, clean(s.Outlet), clean(s.Section), cleanList(s.Cites),
		integer(s.Paywalled), ms(s.FirstSeen), integer(n.FirstRun), integer(n.Waiting), n.Host, integer(n.Missed)).Scan(&s.ID)
	if err != nil {
		return fmt.Errorf("add story %s: %w", s.URL, explain(err))
	}
	print := n.Fingerprint
	print.Story, print.Seen = s.ID, s.FirstSeen
	return tx.AddFingerprint(ctx, n.KeyedAs, print)
}

// CountStories adds to what was ever recorded from a claimed source, and
// prolongs the claim. False means that the claim was lost, and the transaction
// must not commit: whoever has the source now records its stories.
func (tx *Tx) CountStories(ctx context.Context, c Claim, n int, now time.Time) (bool, error) {
	return changed(tx.ExecContext(ctx, `UPDATE source SET stories = stories + $1, claimed_until = $2 WHERE name = $3 AND claim = $4`,
		n, ms(now.Add(ClaimTime)), c.Name, c.Token))("count stories")
}

// clean removes what PostgreSQL refuses in a text: NUL and invalid UTF-8.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func cleanList(texts []string) string {
	cleaned := make([]string, len(texts))
	for i, t := range texts {
		cleaned[i] = clean(t)
	}
	return list(cleaned)
}

const storyColumns = `id, cluster_id, key, source, url, canonical, guid, title, titles, summary, body, authors, published_at, modified_at,
	language, outlet, section, cites, paywalled, first_seen_at, first_run, missed`

func scanStory(scan func(...any) error) (NewStory, error) {
	var (
		s                          = &news.Story{}
		n                          = NewStory{Story: s}
		titles, authors, cites     string
		published, modified, first int64
	)
	err := scan(&s.ID, &s.Cluster, &s.Key, &s.Origin.Source, &s.URL, &s.Canonical, &s.GUID, &s.Title, &titles, &s.Summary, &s.Text,
		&authors, &published, &modified, &s.Language, &s.Outlet, &s.Section, &cites, &s.Paywalled, &first, &n.FirstRun, &n.Missed)
	s.Titles, s.Authors, s.Cites = lists(titles), lists(authors), lists(cites)
	s.Published, s.Modified, s.FirstSeen = at(published), at(modified), at(first)
	return n, err
}

// Story returns one recorded story.
func (s *Store) Story(ctx context.Context, id int64) (NewStory, error) {
	n, err := scanStory(s.write.QueryRowContext(ctx, `SELECT `+storyColumns+` FROM story WHERE id = $1`, id).Scan)
	if err != nil {
		return n, fmt.Errorf("read story %d: %w", id, err)
	}
	return n, nil
}

// PageTurns says which pages ClaimPages may claim.
type PageTurns struct {
	Reach   time.Time // only of hosts that can be asked before: the rest would only queue up behind the same host
	Waited  time.Time // but for stories first seen before this, but for a source's first crawl: they have waited enough
	Limit   int       // pages claimed in all
	PerHost int       // pages of one host claimed at once
}

// ClaimPages claims stories whose page is due: of each host the new ones
// before those of a source's first crawl. While the host has a list that is
// due, which brings newer ones, none is claimed: but for a host without a pace,
// which has slots for all, for stories that have waited enough, and for one of
// a first crawl whenever all the lists that are due were crawled since the one
// before. Where a list is always due its backlog so gets a slot for every one
// that the lists get, and no more.
func (tx *Tx) ClaimPages(ctx context.Context, now time.Time, turns PageTurns) ([]Claim, error) {
	free, err := tx.unclaimed(ctx, `SELECT count(*) FROM story WHERE waiting = 1 AND claimed_until > $1`, now, turns.Limit)
	if err != nil || free == 0 {
		return nil, err
	}
	until := ms(now.Add(ClaimTime))
	rows, err := tx.QueryContext(ctx, `
		UPDATE story SET claim = claim + 1, claimed_until = $1
		WHERE waiting = 1 AND claimed_until <= $2 AND id IN (
			SELECT id FROM (
				SELECT s.id, s.due_at, s.first_run, row_number() OVER (PARTITION BY s.host ORDER BY s.first_run, s.due_at, s.id) AS turn,
					CASE WHEN s.first_run = 1 AND h.free_at > 0 AND l.crawled_at IS NOT NULL THEN 1 ELSE $5 END AS turns
				FROM story s
					LEFT JOIN host h ON h.host = s.host
					LEFT JOIN (SELECT host, min(crawled_at) AS crawled_at FROM source WHERE enabled = 1 AND next_at <= $3 GROUP BY host) AS l
						ON l.host = s.host
				WHERE s.waiting = 1 AND s.due_at <= $2 AND s.claimed_until <= $2
					AND (s.first_run = 0 AND s.first_seen_at <= $4
						OR coalesce(h.free_at, 0) = 0
						OR h.free_at <= $3 AND (l.crawled_at IS NULL OR s.first_run = 1 AND l.crawled_at > h.backlog_at))
			) AS due WHERE turn <= turns ORDER BY first_run, due_at, id LIMIT $6)
		RETURNING id, claim`, until, ms(now), ms(turns.Reach), ms(turns.Waited), turns.PerHost, free)
	claims, err := collect(rows, err, "claim pages", func(scan func(...any) error) (c Claim, err error) {
		return c, scan(&c.Story, &c.Token)
	})
	if err != nil || len(claims) == 0 {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE host SET backlog_at = $1 WHERE host IN (SELECT host FROM story WHERE waiting = 1 AND claimed_until = $2 AND first_run = 1)`,
		ms(now), until)
	if err != nil {
		return nil, fmt.Errorf("claim pages: %w", explain(err))
	}
	return claims, nil
}

// RenewPage takes the claim up, or prolongs it; false means that it is lost or
// that the page was read.
func (s *Store) RenewPage(ctx context.Context, c Claim, now time.Time) (bool, error) {
	return changed(s.write.ExecContext(ctx, `UPDATE story SET claimed_until = $1 WHERE id = $2 AND claim = $3 AND waiting = 1`,
		ms(now.Add(ClaimTime)), c.Story, c.Token))("renew claim of page")
}

// PostponePage gives a claim on a page back: it is due again at next. failed
// counts a try; the count so far is returned, 0 when the claim was lost.
func (s *Store) PostponePage(ctx context.Context, c Claim, next time.Time, failed bool) (tries int, err error) {
	err = s.write.QueryRowContext(ctx, `
		UPDATE story SET due_at = $1, claimed_until = 0, tries = tries + $2 WHERE id = $3 AND claim = $4 RETURNING tries`,
		ms(next), integer(failed), c.Story, c.Token).Scan(&tries)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("postpone page: %w", explain(err))
	}
	return tries, nil
}

// CompleteStory saves what the page of a waiting story said; fromPage tells that
// its text is the page's rather than the list's. False means that somebody else
// has done so, and the transaction must not commit.
func (tx *Tx) CompleteStory(ctx context.Context, c Claim, s *news.Story, fromPage bool) (bool, error) {
	return changed(tx.ExecContext(ctx, `
		UPDATE story SET canonical = $1, title = $2, titles = $3, summary = $4, body = $5, authors = $6, published_at = $7,
			modified_at = $8, language = $9, outlet = $10, section = $11, cites = $12, paywalled = $13, from_page = $14, waiting = 0, claimed_until = 0
		WHERE id = $15 AND claim = $16 AND waiting = 1`,
		s.Canonical, clean(s.Title), cleanList(s.Titles), clean(s.Summary), clean(s.Text), cleanList(s.Authors), ms(s.Published),
		ms(s.Modified), s.Language, clean(s.Outlet), clean(s.Section), cleanList(s.Cites), integer(s.Paywalled),
		integer(fromPage), s.ID, c.Token))("complete story")
}

// AddMatches records which rules a story matched.
func (tx *Tx) AddMatches(ctx context.Context, story int64, matches []news.Match, now time.Time) error {
	for _, m := range matches {
		evidence, err := json.Marshal(m.Evidence)
		if err != nil {
			return fmt.Errorf("add match: %w", err)
		}
		_, err = tx.ExecContext(ctx, `
			INSERT INTO match (story_id, rule, rule_hash, severity, topic, evidence, matched_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (story_id, rule, rule_hash) DO NOTHING`,
			story, m.Rule, m.Hash, int(m.Severity), m.Topic, clean(string(evidence)), ms(now))
		if err != nil {
			return fmt.Errorf("add match: %w", explain(err))
		}
	}
	return nil
}

// Matches returns which rules a story matched, in the order they were recorded.
func (s *Store) Matches(ctx context.Context, story int64) ([]news.Match, error) {
	return matches(ctx, s.write, story)
}

// Matches is Store.Matches inside the transaction.
func (tx *Tx) Matches(ctx context.Context, story int64) ([]news.Match, error) {
	return matches(ctx, tx, story)
}

func matches(ctx context.Context, q querier, story int64) ([]news.Match, error) {
	rows, err := q.QueryContext(ctx, `
		SELECT rule, rule_hash, severity, topic, evidence FROM match WHERE story_id = $1 ORDER BY matched_at, rule`, story)
	return collect(rows, err, "read matches", func(scan func(...any) error) (m news.Match, err error) {
		var evidence string
		err = scan(&m.Rule, &m.Hash, &m.Severity, &m.Topic, &evidence)
		if err == nil && evidence != "" {
			err = json.Unmarshal([]byte(evidence), &m.Evidence)
		}
		return m, err
	})
}

// ErrNotFound says that there is no row of that name or number.
var ErrNotFound = errors.New("not found")
