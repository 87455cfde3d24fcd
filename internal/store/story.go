package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Stories reads the recorded stories.
type Stories struct{ read, write querier } // in a transaction both are it

// StoriesTx is Stories in a transaction, and records stories.
type StoriesTx struct {
	Stories
	tx *Tx
}

// NewStory is a story to be recorded.
type NewStory struct {
	*news.Story
	FirstRun bool
	Waiting  bool   // its page is still to be read
	Host     string // of the page, for a waiting story
	Missed   bool   // it was published while its source could not be read

	// WaitUntil is how long an alert waits for the page; zero when none does.
	WaitUntil time.Time

	KeyedAs     string           // the name in the hashes of its source's entries
	Fingerprint news.Fingerprint // what the list says of it
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
func (s Stories) Get(ctx context.Context, id int64) (NewStory, error) {
	n, err := scanStory(s.write.QueryRowContext(ctx, `SELECT `+storyColumns+` FROM story WHERE id = $1`, id).Scan)
	if err != nil {
		return n, fmt.Errorf("read story %d: %w", id, err)
	}
	return n, nil
}

// AddStory records a story with a cluster of its own, sets its ID and Cluster,
// and records its entry. The caller holds the claim on its source (CountStories),
// and knows that the source did not list the story before.
func (s StoriesTx) Add(ctx context.Context, n NewStory) error {
	story := n.Story
	err := s.tx.QueryRowContext(ctx, `INSERT INTO cluster (created_at) VALUES ($1) RETURNING id`, ms(story.FirstSeen)).Scan(&story.Cluster)
	if err != nil {
		return fmt.Errorf("add cluster: %w", explain(err))
	}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO story (cluster_id, key, source, url, canonical, guid, title, titles, summary, body, authors, published_at,
			modified_at, language, outlet, section, cites, paywalled, first_seen_at, first_run, waiting, host, missed, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $19)
		RETURNING id`,
		story.Cluster, story.Key, story.Origin.Source, story.URL, story.Canonical, story.GUID, clean(story.Title), cleanList(story.Titles), clean(story.Summary), clean(story.Text),
		cleanList(story.Authors), ms(story.Published), ms(story.Modified), story.Language, clean(story.Outlet), clean(story.Section), cleanList(story.Cites),
		integer(story.Paywalled), ms(story.FirstSeen), integer(n.FirstRun), integer(n.Waiting), n.Host, integer(n.Missed)).Scan(&story.ID)
	if err != nil {
		return fmt.Errorf("add story %s: %w", story.URL, explain(err))
	}
	print := n.Fingerprint
	print.Story, print.Seen = story.ID, story.FirstSeen
	return s.tx.Fingerprints.Add(ctx, n.KeyedAs, print)
}

// AddMatches records which rules a story matched.
func (s StoriesTx) AddMatches(ctx context.Context, story int64, matches []news.Match, now time.Time) error {
	for _, m := range matches {
		evidence, err := json.Marshal(m.Evidence)
		if err != nil {
			return fmt.Errorf("add match: %w", err)
		}
		_, err = s.tx.ExecContext(ctx, `
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
func (s Stories) Matches(ctx context.Context, story int64) ([]news.Match, error) {
	rows, err := s.write.QueryContext(ctx, `
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

// CompleteStory saves what the page of a waiting story said; fromPage tells that
// its text is the page's rather than the list's. False means that somebody else
// has done so, and the transaction must not commit.
func (s PagesTx) Complete(ctx context.Context, c Claim, story *news.Story, fromPage bool) (bool, error) {
	return changed(s.tx.ExecContext(ctx, `
		UPDATE story SET canonical = $1, title = $2, titles = $3, summary = $4, body = $5, authors = $6, published_at = $7,
			modified_at = $8, language = $9, outlet = $10, section = $11, cites = $12, paywalled = $13, from_page = $14, waiting = 0, claimed_until = 0
		WHERE id = $15 AND claim = $16 AND waiting = 1`,
		story.Canonical, clean(story.Title), cleanList(story.Titles), clean(story.Summary), clean(story.Text), cleanList(story.Authors), ms(story.Published),
		ms(story.Modified), story.Language, clean(story.Outlet), clean(story.Section), cleanList(story.Cites), integer(story.Paywalled),
		integer(fromPage), story.ID, c.Token))("complete story")
}
