package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Redirect moves a delivery that was not sent to another channel and makes it due
// now. Its alert moves as well, unless the first channel was told of it. way is how the
// other channel is told of the same news. Redirect returns ErrNotFound when there is no
// pending, parked or dead delivery of that ID, and an *AlertedError when the other channel
// has an alert on the same news, or in the way of a message for each report on the same
// cluster.
func (s DeliveriesTx) Redirect(
	ctx context.Context, id int64, channel string, way news.SameNews, now time.Time,
) error {
	var (
		alert sql.NullInt64
		from  string
		kind  news.DeliveryKind
	)
	err := s.tx.QueryRowContext(ctx, `SELECT alert_id, channel, kind FROM delivery WHERE id = $1 AND `+redirectable, id).
		Scan(&alert, &from, &kind)
	if errors.Is(err, sql.ErrNoRows) {
		return state(ErrNotFound, "redirect delivery %d: no pending, parked or dead delivery of that number: `copytaster deliveries show %d` says what it is", id, id)
	}
	switch {
	case err != nil || kind == news.DeliverUnanswered: // the alert stays where it is
	case alert.Valid:
		err = s.redirectAlert(ctx, alert.Int64, id, channel, way)
	default:
		err = s.redirectDigest(ctx, id, channel, way)
	}
	if err == nil {
		_, err = s.tx.ExecContext(ctx, `INSERT INTO channel (name) VALUES ($1) ON CONFLICT (name) DO NOTHING`, channel)
	}
	moved := false
	if err == nil { // only an earlier epoch may have posted it to the other channel
		moved, err = change(ctx, s.tx, "redirect delivery", `
			UPDATE delivery SET channel = $1, channel_id = '', ts = '', error = '', done_at = 0, answered = 0,
				due_at = CASE WHEN lost_until > $2 THEN lost_until ELSE $2 END,
				state = CASE WHEN lost_until > 0 THEN 'in_doubt' ELSE 'pending' END,
				started_at = CASE WHEN lost_until > 0 THEN started_at ELSE 0 END,
				created_at = CASE WHEN state = 'dead' THEN $2 ELSE created_at END
			WHERE id = $3 AND `+redirectable, channel, ms(now), id)
	}
	if err == nil && !moved { // the error undoes the transaction
		err = fmt.Errorf("its post has begun: %w", ErrNotFound)
	}
	if err == nil {
		err = s.tx.Channels.forgetParked(ctx, from)
	}
	if err != nil {
		return wrap(fmt.Sprintf("redirect delivery %d", id), err)
	}
	return s.tx.Channels.free(ctx, id, now)
}

// AlertedError reports that a channel has an alert on the news of a delivery, so
// that the delivery is not sent there.
type AlertedError struct {
	Delivery int64 // ID
	Channel  string
}

// Error names the delivery and the channel.
func (e *AlertedError) Error() string {
	return fmt.Sprintf("send delivery %d to %s: an alert on the same news is for that channel already", e.Delivery, e.Channel)
}

// redirectable selects the deliveries that can go to another channel: in this epoch
// there was no attempt to post them, or it has certainly failed.
const redirectable = `(state IN ('pending', 'parked', 'dead') OR state = 'in_doubt' AND lost_until > 0)`

// sameAs selects the clusters that are the same as one for a channel that is told of the
// same news in a way: those of the news, or where each report is a message the one alone.
func sameAs(way news.SameNews, cluster string) string {
	if way == news.SameNewsMessage {
		return `(` + cluster + `)`
	}
	id := `(SELECT ` + newsOf("own") + ` FROM cluster own WHERE own.id = ` + cluster + `)`
	return `(SELECT c.id FROM cluster c WHERE c.id = ` + id + ` OR c.news_id = ` + id + ` AND c.news_id <> 0)`
}

// newsOf selects the ID of a cluster's news.
func newsOf(cluster string) string {
	return `CASE WHEN ` + cluster + `.news_id <> 0 THEN ` + cluster + `.news_id ELSE ` + cluster + `.id END`
}

// redirectAlert moves an alert to another channel, unless its channel was told.
func (s DeliveriesTx) redirectAlert(
	ctx context.Context, alert, delivery int64, channel string, way news.SameNews,
) error {
	var others, sent int64
	err := s.tx.QueryRowContext(ctx, `SELECT
		(SELECT count(*) FROM alert
			WHERE channel = $2 AND id <> $1 AND cluster_id IN `+sameAs(way, `(SELECT cluster_id FROM alert WHERE id = $1)`)+`),
		(SELECT count(*) FROM delivery WHERE alert_id = $1 AND state = 'sent' AND ts <> '')`, alert, channel).Scan(&others, &sent)
	if err == nil && others > 0 {
		return &AlertedError{Delivery: delivery, Channel: channel}
	}
	if err == nil && sent == 0 {
		_, err = s.tx.ExecContext(ctx, `UPDATE alert SET channel = $1 WHERE id = $2`, channel, alert)
	}
	return err
}

// redirectDigest moves the alerts of a digest to another channel. Those on what
// this channel has an alert on are removed from the digest instead.
func (s DeliveriesTx) redirectDigest(
	ctx context.Context, digest int64, channel string, way news.SameNews,
) error {
	left, err := change(ctx, s.tx, "redirect digest", `
		UPDATE alert SET digest_id = 0
		WHERE digest_id = $1 AND EXISTS (SELECT 1 FROM alert other
			WHERE other.cluster_id IN `+sameAs(way, `alert.cluster_id`)+` AND other.channel = $2 AND other.id <> alert.id)`,
		digest, channel)
	if err != nil {
		return err
	}
	moved, err := change(ctx, s.tx, "redirect digest", `
		UPDATE alert SET channel = $1 WHERE digest_id = $2`, channel, digest)
	if err == nil && left && !moved { // the error undoes the transaction
		err = &AlertedError{Delivery: digest, Channel: channel}
	}
	return err
}
