package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Ways reads what became of stories, for people who ask.
type Ways struct{ db *Store }

// StoryState is a story and how far it has come.
type StoryState struct {
	NewStory
	Due       time.Time // of a waiting story: when its page is read next
	Tries     int       // to read its page
	PageError string    // of the last try; "" when it succeeded, or there was none
	FromPage  bool      // its text is the page's
	Read      time.Time // when its page was read or given up; zero: it has none, or that is not known
	Withdrawn time.Time // when its page was found gone; zero: it was not
}

const stateColumns = storyColumns + `, waiting, host, due_at, wait_until, tries, page_error, from_page, read_at, withdrawn_at`

func scanState(scan func(...any) error) (s StoryState, err error) {
	var (
		waiting                     bool
		host                        string
		due, until, read, withdrawn int64
	)
	s.NewStory, err = scanStory(func(into ...any) error {
		return scan(append(into, &waiting, &host, &due, &until, &s.Tries, &s.PageError, &s.FromPage, &read, &withdrawn)...)
	})
	s.Waiting, s.Host = waiting, host
	s.Due, s.WaitUntil, s.Read, s.Withdrawn = at(due), at(until), at(read), at(withdrawn)
	return s, err
}

// ByLink returns the stories that are listed under a link or whose page calls it its
// own, the newest first. link is the news.LinkKey of the URL.
func (s Ways) ByLink(ctx context.Context, link string) ([]StoryState, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+stateColumns+` FROM story
		WHERE id IN (SELECT id FROM story WHERE key = $1 UNION SELECT story_id FROM page_url WHERE key = $1) ORDER BY id DESC LIMIT $2`, link, mostSiblings)
	return collect(rows, err, "look up story", scanState)
}

// Headline is the title of a story.
type Headline struct {
	Story int64
	Title string
}

// Headlines returns the headlines of some stories, 1 to 512, the newest first.
func (s Ways) Headlines(ctx context.Context, ids []int64) ([]Headline, error) {
	in, args := inList(ids)
	//nolint:gosec // placeholders
	rows, err := s.db.read.QueryContext(ctx, `SELECT id, title FROM story WHERE id IN (`+in+`) ORDER BY id DESC`, args...)
	return collect(rows, err, "read headlines", func(scan func(...any) error) (h Headline, err error) {
		return h, scan(&h.Story, &h.Title)
	})
}

// States returns some stories, the newest first.
func (s Ways) States(ctx context.Context, ids []int64) ([]StoryState, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, args := inList(ids)
	//nolint:gosec // placeholders
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+stateColumns+` FROM story
		WHERE id IN (`+list+`) ORDER BY id DESC`, args...)
	return collect(rows, err, "read stories", scanState)
}

// Matched is a rule that a story matched, and when that was found.
type Matched struct {
	news.Match
	At time.Time
}

// Matched returns which rules a story matched, in the order they were recorded.
func (s Ways) Matched(ctx context.Context, story int64) ([]Matched, error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT rule, rule_hash, severity, topic, evidence, matched_at FROM match WHERE story_id = $1
		ORDER BY matched_at, rule`, story)
	return collect(rows, err, "read matches", func(scan func(...any) error) (m Matched, err error) {
		var (
			evidence string
			when     int64
		)
		err = scan(&m.Rule, &m.Hash, &m.Severity, &m.Topic, &evidence, &when)
		if m.At = at(when); err == nil && evidence != "" {
			err = json.Unmarshal([]byte(evidence), &m.Evidence)
		}
		return m, err
	})
}

// RuleMatch is a story that a rule matched.
type RuleMatch struct {
	Story              int64
	Source, Title, URL string
	At                 time.Time
}

// LastMatches returns the stories that a rule matched last, the newest first.
func (s Ways) LastMatches(ctx context.Context, rule string, n int) ([]RuleMatch, error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT s.id, s.source, s.title, s.url, m.matched_at
		FROM match m JOIN story s ON s.id = m.story_id WHERE m.rule = $1 ORDER BY m.matched_at DESC, s.id DESC LIMIT $2`, rule, n)
	return collect(rows, err, "read matches", scanRuleMatch)
}

func scanRuleMatch(scan func(...any) error) (m RuleMatch, err error) {
	var when int64
	err = scan(&m.Story, &m.Source, &m.Title, &m.URL, &when)
	m.At = at(when)
	return m, err
}

// LastListed returns the stories that a source listed last, the newest first; At is when.
func (s Ways) LastListed(ctx context.Context, source string, n int) ([]RuleMatch, error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT id, source, title, url, first_seen_at FROM story WHERE source = $1 ORDER BY first_seen_at DESC, id DESC LIMIT $2`, source, n)
	return collect(rows, err, "read stories", scanRuleMatch)
}

// Member is a story of a news.
type Member struct {
	news.Story        // of which the text is not read
	Joined     string // JSON of package cluster: why it joined its cluster by its text; "" when it did not
	Linked     string // JSON of package cluster: why its cluster belongs to the news; "" when it began it
}

// mostMembers is how many stories Members returns.
const mostMembers = 200

// Members returns the stories of a news, the oldest first, whether they matched or not.
func (s Ways) Members(ctx context.Context, id int64) ([]Member, error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT s.id, s.cluster_id, s.source, s.outlet, s.title, s.url, s.first_seen_at, coalesce(k.joined, ''), c.linked
		FROM story s JOIN cluster c ON c.id = s.cluster_id LEFT JOIN sketch k ON k.story_id = s.id
		WHERE s.cluster_id IN `+ofNews+` ORDER BY s.first_seen_at, s.id LIMIT $2`, id, mostMembers)
	return collect(rows, err, "read news", func(scan func(...any) error) (m Member, err error) {
		var seen int64
		err = scan(&m.ID, &m.Cluster, &m.Origin.Source, &m.Outlet, &m.Title, &m.URL, &seen, &m.Joined, &m.Linked)
		m.FirstSeen = at(seen)
		return m, err
	})
}

// ToldAlert is an alert with the messages that tell of it.
type ToldAlert struct {
	news.Alert
	Folded     bool            // it is told in a digest
	Deliveries []news.Delivery // in the order they were recorded; that of the digest, if it is folded
}

// Alerts returns the alerts on a news, the oldest first.
func (s Ways) Alerts(ctx context.Context, id int64) ([]ToldAlert, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+alertColumns+`, digest_id FROM alert
		WHERE cluster_id IN `+ofNews+` ORDER BY id`, id)
	digests := []int64{}
	alerts, err := collect(rows, err, "read alerts", func(scan func(...any) error) (a ToldAlert, err error) {
		var digest int64
		a.Alert, err = scanAlert(func(into ...any) error { return scan(append(into, &digest)...) })
		digests, a.Folded = append(digests, digest), digest != 0
		return a, err
	})
	if err != nil {
		return nil, err
	}
	for i := range alerts {
		rows, err := s.db.read.QueryContext(ctx, `SELECT `+deliveryColumns+` FROM delivery
			WHERE alert_id = $1 OR id = $2 AND $2 <> 0 ORDER BY id`, alerts[i].ID, digests[i])
		if alerts[i].Deliveries, err = collect(rows, err, "read deliveries", scanDelivery); err != nil {
			return nil, err
		}
	}
	return alerts, nil
}

// Reports returns what a story was worth to the channels that had an alert on its news.
func (s Ways) Reports(ctx context.Context, story int64) ([]NewsReport, error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT `+reportColumns+` FROM report r WHERE r.story_id = $1 ORDER BY r.alert_id`, story)
	return collect(rows, err, "read reports", scanReport)
}

// NoteFault records why the page of a claimed story could not be read.
func (s Pages) NoteFault(ctx context.Context, c Claim, cause string) error {
	return exec(ctx, s.db.write, "note fault of page", `
		UPDATE story SET page_error = $1 WHERE id = $2 AND claim = $3`, clean(cause), c.Story, c.Token)
}
