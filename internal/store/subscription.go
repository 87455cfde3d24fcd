package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Subscriptions reads the WebSub subscriptions and records the answers of hubs.
type Subscriptions struct{ db *Store }

// SubscriptionsTx adds, ends and claims subscriptions in a transaction.
type SubscriptionsTx struct{ tx *Tx }

// SubscriptionState is the state of a subscription.
type SubscriptionState string

// The states of a subscription.
const (
	SubscriptionPending SubscriptionState = "pending" // the hub is asked and has not confirmed
	SubscriptionActive  SubscriptionState = "active"  // the hub has confirmed; it may have to be asked again
	SubscriptionDenied  SubscriptionState = "denied"  // the hub is asked, and somebody has reported in its name that it refuses
	SubscriptionLeaving SubscriptionState = "leaving" // the hub is asked to end it
)

const (
	replaceAfter = time.Hour // least time before a subscription is replaced by one to another hub or topic
	leaveTries   = 3         // how often a hub is asked to end a subscription, before it is left to run out
)

// Anybody who knows the callback's URL can answer in the name of a hub. An answer
// counts when the hub was asked.
const (
	confirmAgain = 10 * time.Minute // after a request a hub may confirm it a second time
	verifyAfter  = time.Hour        // least time between two requests to verify that a hub refuses
)

// Subscription is a subscription to one source at a WebSub hub.
type Subscription struct {
	Token    string // end of the callback's URL; a secret
	Source   string
	URL      string // of the source at the time when its list named the hub
	Hub      string // URL
	Topic    string // URL
	Callback string // URL of the callback without the token
	Secret   news.Secret
	State    SubscriptionState
	Leased   time.Time // until then the hub pushes; zero: it has not confirmed
	Due      time.Time // when the hub is to be asked
	Tries    int       // requests to the hub since it confirmed last
	Pushed   time.Time // when the last push was read
	Unread   time.Time // when the last push came that was not read
	Agrees   bool      // pushes come before polls find the same stories
	Error    string    // why the hub did not do what it was asked
}

// Believed reports whether new stories can be expected by push. They cannot when
// the hub was asked twice to go on and has not confirmed.
func (s Subscription) Believed(now time.Time) bool {
	return s.State == SubscriptionActive && s.Agrees && s.Leased.After(now) && s.Tries < 2
}

const subscriptionColumns = `token, source, url, hub, topic, callback, secret, state,
	leased_until, due_at, tries, pushed_at, unread_at, agrees, error`

func scanSubscription(scan func(...any) error) (Subscription, error) {
	var (
		s                           Subscription
		leased, due, pushed, unread int64
		agrees                      int
	)
	err := scan(
		&s.Token, &s.Source, &s.URL, &s.Hub, &s.Topic, &s.Callback, (*string)(&s.Secret), (*string)(&s.State),
		&leased, &due, &s.Tries, &pushed, &unread, &agrees, &s.Error)
	s.Leased, s.Due, s.Pushed, s.Unread, s.Agrees = at(leased), at(due), at(pushed), at(unread), agrees == 1
	return s, err
}

// Get returns the subscription of a token, or ErrNotFound.
func (s Subscriptions) Get(ctx context.Context, token string) (Subscription, error) {
	sub, err := scanSubscription(s.db.read.QueryRowContext(ctx,
		`SELECT `+subscriptionColumns+` FROM subscription WHERE token = $1`, token).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Subscription{}, wrap("read subscription", err)
	}
	return sub, nil
}

// OfSource returns the subscription of a source, unless it is being ended. ok is
// false when there is none.
func (s Subscriptions) OfSource(ctx context.Context, source string) (sub Subscription, ok bool, err error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT `+subscriptionColumns+` FROM subscription WHERE source = $1 AND state <> 'leaving'`, source)
	found, err := collect(rows, err, "read subscription", scanSubscription)
	if err != nil || len(found) == 0 {
		return Subscription{}, false, err
	}
	return found[0], true, nil
}

// List returns all subscriptions, ordered by source.
func (s Subscriptions) List(ctx context.Context) ([]Subscription, error) {
	rows, err := s.db.read.QueryContext(ctx, `
		SELECT `+subscriptionColumns+` FROM subscription ORDER BY source, state, token`)
	return collect(rows, err, "read subscriptions", scanSubscription)
}

// Add adds a subscription, for which the hub is to be asked now. One of the source
// to another hub or topic is ended, unless it was added less than replaceAfter
// ago: then nothing is added. A subscription that is there already stays as it is.
func (s SubscriptionsTx) Add(ctx context.Context, w Subscription, now time.Time) error {
	err := exec(ctx, s.tx, "add subscription",
		leave+`source = $2 AND state <> 'leaving' AND wished_at <= $3 AND (hub <> $4 OR topic <> $5)`,
		ms(now), w.Source, ms(now.Add(-replaceAfter)), w.Hub, w.Topic)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "add subscription", `
		INSERT INTO subscription (token, source, url, hub, topic, callback, secret, state, wished_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $8) ON CONFLICT DO NOTHING`,
		w.Token, w.Source, w.URL, w.Hub, w.Topic, w.Callback, w.Secret.Reveal(), ms(now))
}

// leave begins the end of subscriptions. A hub that was never asked for one is not
// asked to end it: its tries are used up.
const leave = `UPDATE subscription SET
	tries = CASE WHEN state = 'pending' AND tries = 0 THEN 3 ELSE 0 END,
	state = 'leaving', due_at = $1, error = '' WHERE `

// MarkLeaving begins the end of a subscription: the hub is asked to end it, at
// most leaveTries times.
func (s SubscriptionsTx) MarkLeaving(ctx context.Context, token string, now time.Time) error {
	return exec(ctx, s.tx, "leave subscription", leave+`token = $2 AND state <> 'leaving'`, ms(now), token)
}

// Claim claims up to limit subscriptions whose hub is to be asked, and counts the
// tries. Those that the hub was asked to end often enough are deleted. The token of
// a claim is the new due time, which grows with every claim.
func (s SubscriptionsTx) Claim(ctx context.Context, now time.Time, limit int) ([]Claim, error) {
	err := exec(ctx, s.tx, "delete subscriptions", `
		DELETE FROM subscription WHERE state = 'leaving' AND tries >= $1 AND due_at <= $2`, leaveTries, ms(now))
	if err != nil {
		return nil, err
	}
	rows, err := s.tx.QueryContext(ctx, `
		UPDATE subscription SET tries = tries + 1, due_at = $1, asked_at = $2,
			state = CASE WHEN state = 'denied' THEN 'pending' ELSE state END
		WHERE token IN (SELECT token FROM subscription WHERE due_at <= $2 ORDER BY due_at LIMIT $3) AND due_at <= $2
		RETURNING token, due_at`, ms(now.Add(ClaimTime)), ms(now), limit)
	return collect(rows, err, "claim subscriptions", scanClaim)
}

// MarkAsked records a request to a hub, which is asked again at due unless it
// confirms before. cause is why it did not accept the request, "" when it did. A
// request that did not reach the hub is not counted as a try.
func (s Subscriptions) MarkAsked(ctx context.Context, c Claim, due time.Time, cause string, counted bool) error {
	return exec(ctx, s.db.write, "mark hub asked", `
		UPDATE subscription SET due_at = $1, tries = tries - $3,
			error = CASE WHEN state = 'denied' THEN error ELSE $2 END
		WHERE token = $4 AND due_at = $5`,
		ms(due), cause, integer(!counted), c.Name, c.Token)
}

// MarkActive records that a hub confirms a subscription: it pushes until leased,
// and is asked again at due. It returns false when the hub was not asked: only the
// first confirmation of a request counts. A second one within confirmAgain returns
// true and changes nothing.
func (s Subscriptions) MarkActive(ctx context.Context, token string, now, leased, due time.Time) (bool, error) {
	granted, err := change(ctx, s.db.write, "confirm subscription", `
		UPDATE subscription SET state = 'active', leased_until = $1, due_at = $2, tries = 0, error = ''
		WHERE token = $3 AND state IN ('active', 'pending', 'denied') AND tries > 0`, ms(leased), ms(due), token)
	if granted || err != nil {
		return granted, err
	}
	err = s.db.write.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM subscription WHERE token = $1 AND state = 'active' AND asked_at > $2`,
		token, ms(now.Add(-confirmAgain))).Scan(&granted)
	return granted, wrap("confirm subscription", err)
}

// MarkEnded records that a hub confirms the end of a subscription. The row stays
// until due, because a hub that got no answer confirms a second time.
func (s Subscriptions) MarkEnded(ctx context.Context, token string, due time.Time) (bool, error) {
	return change(ctx, s.db.write, "end subscription", `
		UPDATE subscription SET tries = $1, due_at = $2, leased_until = 0 WHERE token = $3 AND state = 'leaving'`,
		leaveTries, ms(due), token)
}

// MarkDenied records a report that a hub refuses a subscription. Anybody who knows
// the callback's URL can send such a report, so that an active subscription stays
// active and the hub is asked again, at most once in verifyAfter. It returns false
// when nothing was recorded.
func (s Subscriptions) MarkDenied(ctx context.Context, token, reason string, now time.Time) (bool, error) {
	return change(ctx, s.db.write, "deny subscription", `
		UPDATE subscription SET
			due_at = CASE WHEN state = 'active' AND due_at > $1 THEN $1 ELSE due_at END,
			error = CASE WHEN state = 'active' THEN error ELSE $2 END,
			state = CASE WHEN state = 'pending' THEN 'denied' ELSE state END
		WHERE token = $3 AND (state = 'pending' AND tries > 0 OR state = 'active' AND tries = 0 AND asked_at <= $4)`,
		ms(now), reason, token, ms(now.Add(-verifyAfter)))
}
