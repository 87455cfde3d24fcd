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

// StoriesTx reads stories in a transaction, and records and changes them.
type StoriesTx struct {
	Stories
	tx *Tx
}

// NewStory is a story to be recorded.
type NewStory struct {
	*news.Story
	FirstRun  bool      // it comes from the first crawl of its source
	Waiting   bool      // its page is still to be read
	Host      string    // of the page of a waiting story
	Missed    bool      // it was published while its source could not be read
	WaitUntil time.Time // how long an alert waits for the page; zero: no alert waits

	KeyedAs     string           // the name of its source in news.FingerprintOf
	Fingerprint news.Fingerprint // of the story as the list has it
}

const storyColumns = `id, cluster_id, key, source, url, canonical, guid, title, titles, summary, body, authors,
	published_at, modified_at, language, outlet, section, cites, paywalled, first_seen_at, first_run, missed`

func scanStory(scan func(...any) error) (NewStory, error) {
	var (
		s                          = &news.Story{}
		n                          = NewStory{Story: s}
		titles, authors, cites     string
		published, modified, first int64
	)
	err := scan(
		&s.ID, &s.Cluster, &s.Key, &s.Origin.Source, &s.URL, &s.Canonical, &s.GUID, &s.Title, &titles, &s.Summary,
		&s.Text, &authors, &published, &modified, &s.Language, &s.Outlet, &s.Section, &cites, &s.Paywalled, &first,
		&n.FirstRun, &n.Missed)
	s.Titles, s.Authors, s.Cites = lists(titles), lists(authors), lists(cites)
	s.Published, s.Modified, s.FirstSeen = at(published), at(modified), at(first)
	return n, err
}

// Get returns a story by its ID.
func (s Stories) Get(ctx context.Context, id int64) (NewStory, error) {
	n, err := scanStory(s.write.QueryRowContext(ctx, `SELECT `+storyColumns+` FROM story WHERE id = $1`, id).Scan)
	if err != nil {
		return n, wrap(fmt.Sprintf("read story %d", id), err)
	}
	return n, nil
}

// Some returns at most 512 stories, in the order of ids: nil for one that is not there.
func (s Stories) Some(ctx context.Context, ids []int64) ([]*news.Story, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := inList(ids)
	rows, err := s.read.QueryContext(ctx, `SELECT `+storyColumns+` FROM story WHERE id IN (`+list+`)`, args...)
	found, err := collect(rows, err, "read stories", scanStory)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*news.Story, len(found))
	for _, n := range found {
		byID[n.ID] = n.Story
	}
	stories := make([]*news.Story, len(ids))
	for i, id := range ids {
		stories[i] = byID[id]
	}
	return stories, nil
}

// Add records a new story with a cluster of its own, and its fingerprint. It sets
// the story's ID and Cluster. The caller holds the claim on the source (see
// SourcesTx.CountStories) and knows that the source has not listed the story yet.
func (s StoriesTx) Add(ctx context.Context, n NewStory) error {
	story := n.Story
	err := s.tx.QueryRowContext(ctx, `INSERT INTO cluster (created_at) VALUES ($1) RETURNING id`, ms(story.FirstSeen)).
		Scan(&story.Cluster)
	if err != nil {
		return wrap("add cluster", err)
	}
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO story (cluster_id, key, source, url, canonical, guid, title, titles, summary, body, authors, published_at,
			modified_at, language, outlet, section, cites, paywalled, first_seen_at, first_run, waiting, host, missed, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $19)
		RETURNING id`,
		story.Cluster, story.Key, story.Origin.Source, story.URL, story.Canonical, story.GUID, clean(story.Title),
		cleanList(story.Titles), clean(story.Summary), clean(story.Text), cleanList(story.Authors), ms(story.Published),
		ms(story.Modified), story.Language, clean(story.Outlet), clean(story.Section), cleanList(story.Cites),
		integer(story.Paywalled), ms(story.FirstSeen), integer(n.FirstRun), integer(n.Waiting), n.Host,
		integer(n.Missed)).
		Scan(&story.ID)
	if err != nil {
		return wrap("add story "+story.URL, err)
	}
	f := n.Fingerprint
	f.Story, f.Seen = story.ID, story.FirstSeen
	return s.tx.Fingerprints.Add(ctx, n.KeyedAs, f)
}

// AddMatches records which rules a story matched, and where. A match that is recorded keeps
// its time.
func (s StoriesTx) AddMatches(ctx context.Context, story int64, matches []news.Match, now time.Time) error {
	for _, m := range matches {
		evidence, err := json.Marshal(m.Evidence)
		if err != nil {
			return wrap("add match", err)
		}
		err = exec(ctx, s.tx, "add match", `
			INSERT INTO match (story_id, rule, rule_hash, severity, topic, evidence, matched_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (story_id, rule, rule_hash) DO UPDATE SET evidence = excluded.evidence`,
			story, m.Rule, m.Hash, int(m.Severity), m.Topic, clean(string(evidence)), ms(now))
		if err != nil {
			return err
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
