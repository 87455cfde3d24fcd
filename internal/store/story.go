package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Sighting is what is remembered of a key.
type Sighting struct {
	At    time.Time  // when it was last noted that a list gave it; see TouchSeen
	Print news.Print // what the list said; 0 when it is not known
}

// Seen returns what is remembered of those of the keys that a story was ever
// recorded under.
func (s *Store) Seen(ctx context.Context, keys []string) (map[string]Sighting, error) {
	type row struct {
		key string
		Sighting
	}
	seen := make(map[string]Sighting, len(keys))
	for part := range slices.Chunk(keys, mostKeys) {
		list, args := inList(part)
		rows, err := s.read.QueryContext(ctx, `SELECT key, seen_at, print FROM seen WHERE key IN (`+list+`)`, args...)
		found, err := collect(rows, err, "look up stories", func(scan func(...any) error) (r row, err error) {
			var seenAt int64
			err = scan(&r.key, &seenAt, &r.Print)
			r.At = at(seenAt)
			return r, err
		})
		if err != nil {
			return nil, err
		}
		for _, r := range found {
			seen[r.key] = r.Sighting
		}
	}
	return seen, nil
}

// Unseen returns those of the keys that no story was ever recorded under, in
// their order.
func (s *Store) Unseen(ctx context.Context, keys []string) ([]string, error) {
	seen, err := s.Seen(ctx, keys)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(keys), func(k string) bool {
		_, ok := seen[k]
		return ok
	}), nil
}

// TouchSeen notes that the keys of stories are still listed, which keeps them
// from growing old. Callers leave out what was noted not long ago: that spares
// a write for every poll.
func (tx *Tx) TouchSeen(ctx context.Context, keys []string, now time.Time) error {
	for part := range slices.Chunk(keys, mostKeys) {
		list, args := inList(part, ms(now))
		_, err := tx.ExecContext(ctx, `UPDATE seen SET seen_at = $1 WHERE seen_at < $1 AND key IN (`+list+`)`, args...)
		if err != nil {
			return fmt.Errorf("touch stories: %w", explain(err))
		}
	}
	return nil
}

// NewStory is a story to be recorded.
type NewStory struct {
	*news.Story
	FirstRun bool
	Waiting  bool       // its page is still to be read
	Host     string     // of the page, for a waiting story
	Print    news.Print // of what the list says; 0 when that does not matter

	// QuietSince is the time since which a key must not have been listed to
	// count as new again; zero is never.
	QuietSince time.Time
}

// AddStory records a story under its key, with a cluster of its own, and sets
// its ID and Cluster. It returns false, and changes nothing, when the key was
// seen before, and since n.QuietSince.
func (tx *Tx) AddStory(ctx context.Context, n NewStory) (added bool, err error) {
	s := n.Story
	added, err = changed(tx.ExecContext(ctx, `
		INSERT INTO seen (key, seen_at, print) VALUES ($1, $2, $3)
		ON CONFLICT (key) DO UPDATE SET seen_at = excluded.seen_at, print = excluded.print WHERE seen.seen_at < $4`,
		s.Key, ms(s.FirstSeen), int64(n.Print), ms(n.QuietSince)))("add story")
	if err != nil || !added {
		return false, err
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO cluster (created_at) VALUES ($1) RETURNING id`, ms(s.FirstSeen)).Scan(&s.Cluster)
	if err != nil {
		return false, fmt.Errorf("add cluster: %w", explain(err))
	}
	err = tx.QueryRowContext(ctx, `
		INSERT INTO story (cluster_id, key, source, url, canonical, guid, title, titles, summary, body, authors, published_at,
			modified_at, language, outlet, section, cites, paywalled, first_seen_at, first_run, waiting, host, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $19)
		RETURNING id`,
		s.Cluster, s.Key, s.Origin.Source, s.URL, s.Canonical, s.GUID, clean(s.Title), cleanList(s.Titles), clean(s.Summary), clean(s.Text),
		cleanList(s.Authors), ms(s.Published), ms(s.Modified), s.Language, clean(s.Outlet), clean(s.Section), cleanList(s.Cites),
		integer(s.Paywalled), ms(s.FirstSeen), integer(n.FirstRun), integer(n.Waiting), n.Host).Scan(&s.ID)
	if err != nil {
		return false, fmt.Errorf("add story %s: %w", s.URL, explain(err))
	}
	return true, nil
}

// CountStories adds to what was ever recorded from a source.
func (tx *Tx) CountStories(ctx context.Context, source string, n int) error {
	_, err := tx.ExecContext(ctx, `UPDATE source SET stories = stories + $1 WHERE name = $2`, n, source)
	if err != nil {
		return fmt.Errorf("count stories: %w", explain(err))
	}
	return nil
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
	language, outlet, section, cites, paywalled, first_seen_at, first_run`

func scanStory(scan func(...any) error) (NewStory, error) {
	var (
		s                          = &news.Story{}
		n                          = NewStory{Story: s}
		titles, authors, cites     string
		published, modified, first int64
	)
	err := scan(&s.ID, &s.Cluster, &s.Key, &s.Origin.Source, &s.URL, &s.Canonical, &s.GUID, &s.Title, &titles, &s.Summary, &s.Text,
		&authors, &published, &modified, &s.Language, &s.Outlet, &s.Section, &cites, &s.Paywalled, &first, &n.FirstRun)
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
