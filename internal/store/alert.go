package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Alerts reads and changes the alerts. An alert is the promise to tell a channel of
// a news.
type Alerts struct{ db *Store }

// AlertsTx records alerts, with their deliveries, in a transaction.
type AlertsTx struct{ tx *Tx }

// Add records an alert that a story raises, and its delivery. earlier is an alert that
// the message names, 0 for none; loose says that it may be about another news. It
// returns false and changes nothing when the channel has an alert on the cluster.
func (s AlertsTx) Add(ctx context.Context, a news.Alert, earlier int64, loose bool) (added bool, err error) {
	id, err := s.insert(ctx, a, 0)
	if err != nil || id == 0 {
		return false, err
	}
	if earlier != 0 {
		err = exec(ctx, s.tx, "add alert", `UPDATE alert SET earlier_id = $1, earlier_loose = $2 WHERE id = $3`,
			earlier, integer(loose), id)
		if err != nil {
			return false, err
		}
	}
	return true, s.deliver(ctx, id, a, "")
}

// AddRaised is Add for an alert that reports raised in another channel. how is JSON that
// says so, as that of an update does.
func (s AlertsTx) AddRaised(ctx context.Context, a news.Alert, how string) (added bool, err error) {
	id, err := s.insert(ctx, a, 0)
	if err != nil || id == 0 {
		return false, err
	}
	return true, s.deliver(ctx, id, a, how)
}

// deliver records the delivery of a new alert.
func (s AlertsTx) deliver(ctx context.Context, id int64, a news.Alert, text string) error {
	return s.tx.Deliveries.Add(ctx, news.Delivery{
		Alert: id, Channel: a.Channel, Kind: news.DeliverStory, Severity: a.Severity,
		State: news.StatePending, Text: text, Due: a.Created, Created: a.Created,
	})
}

// insert returns the ID of the new alert, 0 when the channel has one on the cluster.
func (s AlertsTx) insert(ctx context.Context, a news.Alert, digest int64) (id int64, err error) {
	err = s.tx.QueryRowContext(ctx, `
		INSERT INTO alert (cluster_id, story_id, channel, severity, rules, mentions, created_at, digest_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (cluster_id, channel) DO NOTHING RETURNING id`,
		a.Cluster, a.Story, a.Channel, int(a.Severity), list(a.Rules), list(a.Mentions), ms(a.Created), digest).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	if err != nil {
		return 0, wrap("add alert", err)
	}
	a.ID = id
	return id, s.tx.Unanswered.Add(ctx, a)
}

// ofNews selects the clusters of the news $1.
const ofNews = `(SELECT id FROM cluster WHERE id = $1 OR news_id = $1 AND news_id <> 0)`

const alertColumns = `id, cluster_id, story_id, channel, severity, rules, mentions, created_at`

func scanAlert(scan func(...any) error) (a news.Alert, err error) {
	var (
		rules, mentions string
		created         int64
	)
	err = scan(&a.ID, &a.Cluster, &a.Story, &a.Channel, &a.Severity, &rules, &mentions, &created)
	a.Rules, a.Mentions, a.Created = lists(rules), lists(mentions), at(created)
	return a, err
}

// OnNews returns the newest alert of a channel on a news. found is false when there is
// none.
func (s AlertsTx) OnNews(ctx context.Context, id int64, channel string) (a news.Alert, found bool, err error) {
	a, err = scanAlert(s.tx.QueryRowContext(ctx, `SELECT `+alertColumns+` FROM alert
		WHERE cluster_id IN `+ofNews+` AND channel = $2 ORDER BY id DESC LIMIT 1`, id, channel).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, wrap("look up alert", err)
}

// OnCluster returns the alert of a channel on a cluster. found is false when there is none.
func (s AlertsTx) OnCluster(ctx context.Context, id int64, channel string) (a news.Alert, found bool, err error) {
	a, err = scanAlert(s.tx.QueryRowContext(ctx, `SELECT `+alertColumns+` FROM alert
		WHERE cluster_id = $1 AND channel = $2`, id, channel).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return a, false, nil
	}
	return a, err == nil, wrap("look up alert", err)
}

// OfNews returns the alerts on a news, the oldest first.
func (s AlertsTx) OfNews(ctx context.Context, id int64) ([]news.Alert, error) {
	rows, err := s.tx.QueryContext(ctx, `SELECT `+alertColumns+` FROM alert WHERE cluster_id IN `+ofNews+` ORDER BY id`, id)
	return collect(rows, err, "read alerts", scanAlert)
}

// Grow records the severity, the rules and the mentions that an alert has now.
func (s AlertsTx) Grow(ctx context.Context, a news.Alert) error {
	return exec(ctx, s.tx, "grow alert", `UPDATE alert SET severity = $1, rules = $2, mentions = $3 WHERE id = $4`,
		int(a.Severity), list(a.Rules), list(a.Mentions), a.ID)
}

// InChannel reports whether a channel that is told of the same news in a way has an alert,
// other than a, on what a is on.
func (s Alerts) InChannel(
	ctx context.Context, a news.Alert, channel string, way news.SameNews,
) (found bool, err error) {
	err = s.db.write.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM alert WHERE cluster_id IN `+sameAs(way, `$1`)+` AND channel = $2 AND id <> $3`,
		a.Cluster, channel, a.ID).Scan(&found)
	return found, wrap("look for an alert", err)
}

// Unsaid returns the alerts since a time and of a severity or worse of which nobody said anything
// since they were told of last, the most severe first, of these the newest, and at most so many.
// Of some that somebody answered this is not known: Unanswered.Answered decides.
func (s Alerts) Unsaid(ctx context.Context, since time.Time, least news.Severity, most int) ([]news.Alert, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+alertColumns+` FROM alert
		WHERE created_at >= $1 AND severity >= $2 AND NOT EXISTS (SELECT 1 FROM answer w
			WHERE w.alert_id = alert.id AND w.alert_id <> 0 AND w.kind = 'got' AND w.effect = 'applied' AND w.undone_at = 0
				AND NOT EXISTS (SELECT 1 FROM delivery d
					WHERE d.alert_id = alert.id AND d.kind = 'update' AND d.created_at >= w.said_at))
		ORDER BY severity DESC, created_at DESC, id DESC LIMIT $3`, ms(since), int(least), most)
	return collect(rows, err, "read alerts", scanAlert)
}

// ShownAlert is what a list shows of an alert.
type ShownAlert struct {
	Title  string // of its story
	Root   Posted // its message, as Deliveries.Root; without a TS there is none
	Answer int64  // ID of the newest answer, whatever came of it; 0: there is none
}

// Shown returns what a list shows of some alerts, at most mostKeys.
func (s Alerts) Shown(ctx context.Context, alerts []int64) (map[int64]ShownAlert, error) {
	shown := map[int64]ShownAlert{}
	if len(alerts) == 0 {
		return shown, nil
	}
	in, args := inList(alerts)
	//nolint:gosec // placeholders
	rows, err := s.db.read.QueryContext(ctx, `SELECT a.id, s.title, coalesce(m.id, 0), coalesce(m.channel_id, ''), coalesce(m.ts, ''), coalesce(m.done_at, 0),
			coalesce((SELECT max(w.id) FROM answer w WHERE w.alert_id = a.id AND w.alert_id <> 0), 0)
		FROM alert a JOIN story s ON s.id = a.story_id
		LEFT JOIN delivery m ON m.id = (SELECT id FROM delivery WHERE `+rootOf("a.id")+newestRoot+`)
		WHERE a.id IN (`+in+`)`, args...)
	_, err = collect(rows, err, "read alerts", func(scan func(...any) error) (_ struct{}, err error) {
		var (
			id, posted int64
			a          ShownAlert
		)
		err = scan(&id, &a.Title, &a.Root.Delivery, &a.Root.ChannelID, &a.Root.TS, &posted, &a.Answer)
		a.Root.Posted = at(posted)
		shown[id] = a
		return struct{}{}, err
	})
	return shown, err
}

// Last returns the newest alerts of a channel, of all where that is "", since a time and of a
// severity or worse, the newest first, and at most so many.
func (s Alerts) Last(
	ctx context.Context, channel string, since time.Time, least news.Severity, most int,
) ([]news.Alert, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+alertColumns+` FROM alert
		WHERE (channel = $1 OR $1 = '') AND created_at >= $2 AND severity >= $3 ORDER BY created_at DESC, id DESC LIMIT $4`,
		channel, ms(since), int(least), most)
	return collect(rows, err, "read alerts", scanAlert)
}
