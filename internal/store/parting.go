package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Partings reads what people took out of news.
type Partings struct{ read querier }

// PartingsTx reads partings in a transaction, and records and undoes them.
type PartingsTx struct {
	Partings
	tx *Tx
}

// Parting is a story that a person took out of a news, with what lay under it.
type Parting struct {
	Story    int64
	Other    int64     // the first story of the news
	Cluster  int64     // that the story was in
	Joined   string    // JSON: why the story had joined that by its text; "" when it had not
	Linked   string    // JSON: why its whole cluster was linked to the news; "" when it left its cluster
	By       string    // who took it out
	At       time.Time // when
	UndoneBy string    // who put it back; "" when it stands
	Undone   time.Time // when; zero: it stands
}

const partingColumns = `story_id, other_id, cluster_id, joined, linked, taken_by, taken_at, undone_by, undone_at`

func scanParting(scan func(...any) error) (p Parting, err error) {
	var taken, undone int64
	err = scan(&p.Story, &p.Other, &p.Cluster, &p.Joined, &p.Linked, &p.By, &taken, &p.UndoneBy, &undone)
	p.At, p.Undone = at(taken), at(undone)
	return p, err
}

// Standing returns the newest parting of a story that was not undone. found is false when
// there is none.
func (s Partings) Standing(ctx context.Context, story int64) (p Parting, found bool, err error) {
	p, err = scanParting(s.read.QueryRowContext(ctx, `SELECT `+partingColumns+` FROM parting
		WHERE story_id = $1 AND undone_at = 0 ORDER BY taken_at DESC, other_id DESC LIMIT 1`, story).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, wrap("look up parting", err)
}

// mostPartings is how many partings OfNews returns.
const mostPartings = 200

// OfNews returns the partings of the stories of a news, and from it, the oldest first: at
// most 200.
func (s Partings) OfNews(ctx context.Context, id int64) ([]Parting, error) {
	rows, err := s.read.QueryContext(ctx, `SELECT `+partingColumns+` FROM parting
		WHERE story_id IN (SELECT id FROM story WHERE cluster_id IN `+ofNews+`)
			OR other_id IN (SELECT id FROM story WHERE cluster_id IN `+ofNews+`)
		ORDER BY taken_at, story_id LIMIT $2`, id, mostPartings)
	return collect(rows, err, "read partings", scanParting)
}

// partedNews selects the two news of each parting that stands, of stories first seen at or
// after $1.
const partedNews = `SELECT CASE WHEN a.news_id <> 0 THEN a.news_id ELSE a.id END AS one,
		CASE WHEN b.news_id <> 0 THEN b.news_id ELSE b.id END AS other
	FROM parting p JOIN story s ON s.id = p.story_id JOIN cluster a ON a.id = s.cluster_id
		JOIN story o ON o.id = p.other_id JOIN cluster b ON b.id = o.cluster_id
	WHERE p.undone_at = 0 AND s.first_seen_at >= $1`

// News returns the pairs of news that people took apart, in which the story that was taken
// out was first seen at or after from.
func (s PartingsTx) News(ctx context.Context, from time.Time) ([][2]int64, error) {
	rows, err := s.tx.QueryContext(ctx, partedNews, ms(from))
	return collect(rows, err, "read partings", func(scan func(...any) error) (pair [2]int64, err error) {
		return pair, scan(&pair[0], &pair[1])
	})
}

// Part reports whether a person took the news of two clusters apart.
func (s PartingsTx) Part(ctx context.Context, cluster, other int64) (apart bool, err error) {
	const id = `(SELECT CASE WHEN news_id <> 0 THEN news_id ELSE id END FROM cluster WHERE id = `
	err = s.tx.QueryRowContext(ctx, `SELECT count(*) > 0 FROM (`+partedNews+`) p
		WHERE one = `+id+`$2) AND other = `+id+`$3) OR other = `+id+`$2) AND one = `+id+`$3)`, 0, cluster, other).Scan(&apart)
	return apart, wrap("look up parting", err)
}

// Save records a parting, which stands.
func (s PartingsTx) Save(ctx context.Context, p Parting) error {
	return exec(ctx, s.tx, "record parting", `
		INSERT INTO parting (story_id, other_id, cluster_id, joined, linked, taken_by, taken_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (story_id, other_id) DO UPDATE SET cluster_id = excluded.cluster_id, joined = excluded.joined,
			linked = excluded.linked, taken_by = excluded.taken_by, taken_at = excluded.taken_at, undone_by = '', undone_at = 0`,
		p.Story, p.Other, p.Cluster, p.Joined, p.Linked, clean(p.By), ms(p.At))
}

// Undo records that a person put a story back.
func (s PartingsTx) Undo(ctx context.Context, p Parting, by string, now time.Time) error {
	return exec(ctx, s.tx, "undo parting", `
		UPDATE parting SET undone_by = $1, undone_at = $2 WHERE story_id = $3 AND other_id = $4`,
		clean(by), ms(now), p.Story, p.Other)
}

// Position is where a story stands in its news.
type Position struct {
	News   int64
	First  int64  // the first story of its cluster that matched
	Other  int64  // the first other story of the news that matched, of the cluster that began it if it can be; 0: none
	Joined string // JSON: why the story joined its cluster by its text
	Linked string // JSON: why its cluster was linked to the news
}

// Position returns where a story that matched stands in its news.
func (s StoriesTx) Position(ctx context.Context, story *news.Story) (p Position, err error) {
	const matched = `FROM story s LEFT JOIN sketch k ON k.story_id = s.id
		WHERE EXISTS (SELECT 1 FROM match m WHERE m.story_id = s.id) AND s.cluster_id `
	const order = ` ORDER BY CASE WHEN s.cluster_id = $1 THEN 0 ELSE 1 END, CASE WHEN coalesce(k.joined, '') = '' THEN 0 ELSE 1 END,
		s.first_seen_at, s.id LIMIT 1`
	err = s.tx.QueryRowContext(ctx, `SELECT CASE WHEN c.news_id <> 0 THEN c.news_id ELSE c.id END, c.linked,
			coalesce((SELECT joined FROM sketch WHERE story_id = $2), ''), coalesce((SELECT s.id `+matched+`= $1`+order+`), 0)
		FROM cluster c WHERE c.id = $1`, story.Cluster, story.ID).Scan(&p.News, &p.Linked, &p.Joined, &p.First)
	if err != nil {
		return p, wrap("look up position", err)
	}
	err = s.tx.QueryRowContext(ctx, `
		SELECT coalesce((SELECT s.id `+matched+`IN `+ofNews+` AND s.id <> $2`+order+`), 0)`, p.News, story.ID).Scan(&p.Other)
	return p, wrap("look up position", err)
}

// Unlink makes a cluster that was linked to a news one of its own.
func (s StoriesTx) Unlink(ctx context.Context, cluster int64) error {
	err := exec(ctx, s.tx, "unlink cluster", `UPDATE cluster SET news_id = 0, linked = '' WHERE id = $1`, cluster)
	if err != nil {
		return err
	}
	return s.tx.Sketches.movedAll(ctx, cluster)
}

// Relink undoes Unlink: a cluster belongs to a news for a reason as it is kept.
func (s StoriesTx) Relink(ctx context.Context, cluster, id int64, why string) error {
	if err := s.LinkCluster(ctx, cluster, id, why); err != nil {
		return err
	}
	return s.tx.Sketches.movedAll(ctx, id)
}

// TakeOut moves a story, and others that go along, from their cluster to one of their own,
// which is a news of its own: the one on which the story raised alerts before, else a new
// one. Alerts that they raised on the cluster move with them. It sets the story's Cluster.
func (s StoriesTx) TakeOut(ctx context.Context, story *news.Story, along []int64, now time.Time) error {
	from := story.Cluster
	err := s.tx.QueryRowContext(ctx, `SELECT cluster_id FROM alert WHERE story_id = $1 AND cluster_id <> $2
			AND NOT EXISTS (SELECT 1 FROM story WHERE cluster_id = alert.cluster_id)
		ORDER BY id LIMIT 1`, story.ID, from).Scan(&story.Cluster)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = s.LeaveCluster(ctx, story, now)
	case err == nil:
		err = s.Unlink(ctx, story.Cluster)
	}
	for _, id := range append(along, story.ID) {
		if err == nil {
			err = exec(ctx, s.tx, "take out story", `UPDATE story SET cluster_id = $1 WHERE id = $2`, story.Cluster, id)
		}
		if err == nil {
			err = exec(ctx, s.tx, "take out story", `UPDATE alert SET cluster_id = $1
				WHERE cluster_id = $2 AND story_id = $3 AND NOT EXISTS (SELECT 1 FROM alert o
					WHERE o.cluster_id = $1 AND o.channel = alert.channel)`, story.Cluster, from, id)
		}
	}
	if err == nil {
		err = s.setJoined(ctx, story.ID, "")
	}
	if err != nil {
		return err
	}
	return s.tx.Sketches.movedAll(ctx, story.Cluster)
}

// setJoined records why a story joined its cluster by its text.
func (s StoriesTx) setJoined(ctx context.Context, story int64, joined string) error {
	return exec(ctx, s.tx, "join cluster", `UPDATE sketch SET joined = $1, indirect = 0 WHERE story_id = $2`, joined, story)
}

// PutBack undoes TakeOut: the stories of a story's cluster move to another one, which the
// story joins for a reason as it is kept. What was linked to its cluster, or alerted on it,
// belongs to the news of the other one. It sets the story's Cluster.
func (s StoriesTx) PutBack(ctx context.Context, story *news.Story, into int64, joined string) error {
	from := story.Cluster
	id, err := s.News(ctx, into)
	if err == nil {
		err = s.LinkCluster(ctx, from, id, "{}")
	}
	if err == nil {
		err = exec(ctx, s.tx, "put back story", `UPDATE story SET cluster_id = $1 WHERE cluster_id = $2`, into, from)
	}
	if err == nil {
		err = s.setJoined(ctx, story.ID, joined)
	}
	if err != nil {
		return err
	}
	story.Cluster = into
	return s.tx.Sketches.movedAll(ctx, id)
}

// movedAll notes that the stories of a news have moved, each by a number of its own.
func (s SketchesTx) movedAll(ctx context.Context, id int64) error {
	const all = `(SELECT k.story_id, row_number() OVER (ORDER BY k.story_id) AS n
		FROM sketch k JOIN story s ON s.id = k.story_id WHERE s.cluster_id IN ` + ofNews + `)`
	err := exec(ctx, s.tx, "number changes of sketches", `
		UPDATE sketch_change SET changed = changed + (SELECT count(*) FROM `+all+` moved)`, id)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "move sketches", `
		UPDATE sketch SET changed = (SELECT changed FROM sketch_change) - moved.n + 1 FROM `+all+` moved
		WHERE sketch.story_id = moved.story_id`, id)
}

// Stray is a report of an alert that is on another news than the story's.
type Stray struct {
	NewsReport
	News    int64 // of the story
	Channel string
}

// Strays returns the reports of alerts on one of two news whose stories are in the other
// one, the story that was seen first before others.
func (s AlertsTx) Strays(ctx context.Context, one, other int64) ([]Stray, error) {
	const id = `CASE WHEN %.news_id <> 0 THEN %.news_id ELSE %.id END`
	of := func(table string) string { return strings.ReplaceAll(id, "%", table) }
	rows, err := s.tx.QueryContext(ctx, `
		SELECT `+reportColumns+`, `+of("c")+`, a.channel
		FROM report r JOIN story s ON s.id = r.story_id JOIN cluster c ON c.id = s.cluster_id
			JOIN alert a ON a.id = r.alert_id JOIN cluster ac ON ac.id = a.cluster_id
		WHERE `+of("c")+` IN ($1, $2) AND `+of("ac")+` IN ($1, $2) AND `+of("c")+` <> `+of("ac")+`
		ORDER BY s.first_seen_at, s.id, r.alert_id`, one, other)
	return collect(rows, err, "read reports", func(scan func(...any) error) (r Stray, err error) {
		r.NewsReport, err = scanReport(func(into ...any) error { return scan(append(into, &r.News, &r.Channel)...) })
		return r, err
	})
}

// RemoveReport removes a report of an alert. An update that is to tell of it, and that is
// not sent yet, does not.
func (s AlertsTx) RemoveReport(ctx context.Context, r NewsReport) error {
	err := exec(ctx, s.tx, "remove report", `DELETE FROM report WHERE alert_id = $1 AND story_id = $2`, r.Alert, r.Story)
	if err != nil || r.Delivery == 0 {
		return err
	}
	return exec(ctx, s.tx, "remove report", `
		UPDATE delivery SET edition = edition + 1 WHERE id = $1 AND state IN ('pending', 'parked')`, r.Delivery)
}

// Untell has the messages of alerts on a news that nobody has tried to send not tell of the
// stories of another one: a first message tells of its own story, and it is not said that one
// of these raised an alert.
func (s DeliveriesTx) Untell(ctx context.Context, id, other int64, now time.Time) error {
	const unsent = `state IN ('pending', 'parked') AND attempts = 0
		AND alert_id IN (SELECT id FROM alert WHERE cluster_id IN ` + ofNews + `)
		AND story_id IN (SELECT id FROM story WHERE cluster_id IN
			(SELECT id FROM cluster WHERE id = $2 OR news_id = $2 AND news_id <> 0))`
	err := exec(ctx, s.tx, "take back message", `
		UPDATE delivery SET story_id = 0, edition = edition + 1 WHERE kind = 'story' AND `+unsent, id, other)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "take back message", `
		UPDATE delivery SET state = 'sent', error = 'it is another news', done_at = $3, body = ''
		WHERE kind = 'update' AND about = 'raised' AND `+unsent, id, other, ms(now))
}
