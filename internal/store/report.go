package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// NewsReport is a story that tells more of a news, as far as it concerns a channel that has
// an alert on the news.
type NewsReport struct {
	Alert    int64
	Story    int64
	Relation string // to the news
	Level    int    // what it is worth in the channel
	Why      string // JSON: of the level; opaque here
	Delivery int64  // the update that tells of it; 0: it is only counted
	Created  time.Time

	// Withdrawn is in which way the story was withdrawn since, where Deliveries.Reports
	// returns the report; "": it stands.
	Withdrawn news.RevisionKind
}

// ReportOf returns the level of a report that is recorded for an alert. found is false when
// there is none.
func (s AlertsTx) ReportOf(ctx context.Context, alert, story int64) (level int, found bool, err error) {
	err = s.tx.QueryRowContext(ctx, `SELECT level FROM report WHERE alert_id = $1 AND story_id = $2`, alert, story).
		Scan(&level)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return level, err == nil, wrap("look up report", err)
}

// AddReport records a report, in place of the one of the same story that the alert may have.
func (s AlertsTx) AddReport(ctx context.Context, r NewsReport) error {
	return exec(ctx, s.tx, "add report", `
		INSERT INTO report (alert_id, story_id, relation, level, why, delivery_id, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) 
		ON CONFLICT (alert_id, story_id) DO UPDATE SET relation = excluded.relation, level = excluded.level,
			why = excluded.why, delivery_id = excluded.delivery_id, created_at = excluded.created_at`,
		r.Alert, r.Story, r.Relation, r.Level, clean(r.Why), r.Delivery, ms(r.Created))
}

// Report returns a report that is recorded for an alert. found is false when there is none.
func (s AlertsTx) Report(ctx context.Context, alert, story int64) (r NewsReport, found bool, err error) {
	r, err = scanReport(s.tx.QueryRowContext(ctx, `
		SELECT `+reportColumns+` FROM report r WHERE r.alert_id = $1 AND r.story_id = $2`, alert, story).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return r, false, nil
	}
	return r, err == nil, wrap("look up report", err)
}

// Quiet returns which of some stories are reports of an alert of one level.
func (s AlertsTx) Quiet(ctx context.Context, alert int64, level int, stories ...int64) ([]int64, error) {
	if len(stories) == 0 {
		return nil, nil
	}
	args := []any{alert, level}
	for _, id := range stories {
		args = append(args, id)
	}
	rows, err := s.tx.QueryContext(ctx, `SELECT story_id FROM report
		WHERE alert_id = $1 AND level = $2 AND story_id IN (`+placeholders(3, len(stories))+`)`, args...)
	return collect(rows, err, "read reports", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}

// Against returns the stories of which an alert's channel was told that they contradict or
// end what it had been told.
func (s Alerts) Against(ctx context.Context, alert int64) ([]int64, error) {
	rows, err := s.db.write.QueryContext(ctx, `SELECT r.story_id FROM report r JOIN delivery d ON d.id = r.delivery_id
		WHERE r.alert_id = $1 AND d.about = 'turn'`, alert)
	return collect(rows, err, "read reports", func(scan func(...any) error) (id int64, err error) {
		return id, scan(&id)
	})
}

// Reports returns the reports that an update tells of, the oldest first, each with its
// story. Of the text only the beginning is read.
func (s Deliveries) Reports(
	ctx context.Context, delivery int64,
) (reports []NewsReport, stories []*news.Story, err error) {
	rows, err := s.db.write.QueryContext(ctx, `
		SELECT `+reportColumns+` FROM report r WHERE r.delivery_id = $1 ORDER BY r.created_at, r.story_id`, delivery)
	all, err := collect(rows, err, "read reports", scanReport)
	if err != nil {
		return nil, nil, err
	}
	rows, err = s.db.write.QueryContext(ctx, `SELECT `+briefColumns+` FROM story
		WHERE id IN (SELECT story_id FROM report WHERE delivery_id = $1)`, delivery)
	briefs, err := collect(rows, err, "read reports", scanBrief)
	if err != nil {
		return nil, nil, err
	}
	byID := make(map[int64]*news.Story, len(briefs))
	for i := range briefs {
		byID[briefs[i].ID] = &briefs[i]
	}
	for _, r := range all {
		if told := byID[r.Story]; told != nil { // it was not pruned
			reports, stories = append(reports, r), append(stories, told)
		}
	}
	return reports, stories, nil
}

// reportColumns are what scanReport scans, of a report r.
const reportColumns = `r.alert_id, r.story_id, r.relation, r.level, r.why, r.delivery_id, r.created_at,
	coalesce((SELECT CASE WHEN withdrawn_at = 0 THEN '' WHEN withdrawn_how = '' THEN 'withdrawn' ELSE withdrawn_how END
		FROM story WHERE story.id = r.story_id), '')`

func scanReport(scan func(...any) error) (r NewsReport, err error) {
	var created int64
	err = scan(&r.Alert, &r.Story, &r.Relation, &r.Level, &r.Why, &r.Delivery, &created, &r.Withdrawn)
	r.Created = at(created)
	return r, err
}

// Channels returns the channels, except for one, that have an alert on a news, in the order
// in which they got it.
func (s Alerts) Channels(ctx context.Context, id int64, except string) ([]string, error) {
	rows, err := s.db.write.QueryContext(ctx, `
		SELECT channel FROM alert WHERE cluster_id IN `+ofNews+` AND channel <> $2
		GROUP BY channel ORDER BY min(id)`, id, except)
	return collect(rows, err, "read channels", func(scan func(...any) error) (channel string, err error) {
		return channel, scan(&channel)
	})
}

// Earlier returns the alert that the message of an alert names; its ID is 0 when there is
// none. loose says that it may be about another news.
func (s Alerts) Earlier(ctx context.Context, alert int64) (earlier news.Alert, loose bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `
		SELECT e.id, e.cluster_id, e.story_id, e.channel, a.earlier_loose FROM alert a JOIN alert e ON e.id = a.earlier_id
		WHERE a.id = $1`, alert).Scan(&earlier.ID, &earlier.Cluster, &earlier.Story, &earlier.Channel, &loose)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return earlier, loose, wrap("look up earlier alert", err)
}

// briefColumns are what a story is named by, with the beginning of its text.
const briefColumns = `id, cluster_id, source, outlet, title, section, url, cites, published_at, first_seen_at, substr(body, 1, 600)`

func scanBrief(scan func(...any) error) (st news.Story, err error) {
	var (
		cites           string
		published, seen int64
	)
	err = scan(&st.ID, &st.Cluster, &st.Origin.Source, &st.Outlet, &st.Title, &st.Section, &st.URL, &cites, &published,
		&seen, &st.Text)
	st.Cites, st.Published, st.FirstSeen = lists(cites), at(published), at(seen)
	return st, err
}

// mostOfNews is how many stories OfNews returns.
const mostOfNews = 2000

// OfNews returns stories of a news that matched, the oldest first: of each cluster the
// first and the newest that each outlet of a source told. Of the text only the beginning
// is read.
func (s Stories) OfNews(ctx context.Context, id int64) ([]news.Story, error) {
	rows, err := s.read.QueryContext(ctx, `
		WITH told AS (SELECT min(id) AS first, max(id) AS newest FROM story s
			WHERE cluster_id IN `+ofNews+` AND EXISTS (SELECT 1 FROM match m WHERE m.story_id = s.id)
			GROUP BY cluster_id, source, outlet)
		SELECT `+briefColumns+` FROM story WHERE id IN (SELECT first FROM told UNION SELECT newest FROM told)
		ORDER BY first_seen_at, id LIMIT $2`, id, mostOfNews)
	return collect(rows, err, "read news", scanBrief)
}
