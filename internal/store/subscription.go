package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Subscriptions reads and changes what is agreed with hubs.
type Subscriptions struct{ db *Store }

// SubscriptionsTx is Subscriptions in a transaction.
type SubscriptionsTx struct{ tx *Tx }

// SubscriptionState is how far a subscription has come.
type SubscriptionState string

// The states of a subscription.
const (
	SubscriptionPending SubscriptionState = "pending" // the hub is asked, and has not said yes
	SubscriptionActive  SubscriptionState = "active"  // the hub has said yes; it may have to be asked again
	SubscriptionDenied  SubscriptionState = "denied"  // pending, and somebody has said that the hub says no
	SubscriptionLeaving SubscriptionState = "leaving" // the hub is asked to end it
)

// Bounds of how often a source's subscription changes hands, and how often a
// hub is asked to end one: one that does not is left to its lease.
const (
	rewishAfter = time.Hour
	leaveTries  = 3
)

// Who answers for a hub cannot be known: what comes at the callback is believed
// when it answers what the hub was asked.
const (
	answersLate = 10 * time.Minute // a hub whose answer was lost may ask back once more
	doubtAfter  = time.Hour        // between two questions whether a hub has really ended a subscription
)

// Subscription is what is agreed with a hub about one source.
type Subscription struct {
	Token    string // the end of the callback's URL, a secret
	Source   string
	URL      string // of the source when its list named the hub
	Hub      string
	Topic    string
	Callback string // the callback's URL without the token
	Secret   news.Secret
	State    SubscriptionState
	Leased   time.Time // zero: the hub has not said yes
	Due      time.Time // when the hub is to be asked (again)
	Tries    int       // in a row without a yes
	Pushed   time.Time // when a push was last read
	Unread   time.Time // when one came that was not read
	Agrees   bool      // news comes by push before a poll finds it
	Error    string    // why the hub did not do as it was asked
}

// Believed reports whether what is new can be expected to be pushed: not when
// the hub was asked in vain, more than once, whether it goes on.
func (s Subscription) Believed(now time.Time) bool {
	return s.State == SubscriptionActive && s.Agrees && s.Leased.After(now) && s.Tries < 2
}

const subscriptionColumns = `token, source, url, hub, topic, callback, secret, state, leased_until, due_at, tries, pushed_at, unread_at, agrees, error`

func scanSubscription(scan func(...any) error) (Subscription, error) {
	var (
		s                           Subscription
		leased, due, pushed, unread int64
		agrees                      int
	)
	err := scan(&s.Token, &s.Source, &s.URL, &s.Hub, &s.Topic, &s.Callback, (*string)(&s.Secret), (*string)(&s.State),
		&leased, &due, &s.Tries, &pushed, &unread, &agrees, &s.Error)
	s.Leased, s.Due, s.Pushed, s.Unread, s.Agrees = at(leased), at(due), at(pushed), at(unread), agrees == 1
	return s, err
}

// Get returns the subscription of a token; ErrNotFound when there is
// none.
func (s Subscriptions) Get(ctx context.Context, token string) (Subscription, error) {
	sub, err := scanSubscription(s.db.read.QueryRowContext(ctx, `SELECT `+subscriptionColumns+` FROM subscription WHERE token = $1`, token).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	if err != nil {
		return Subscription{}, wrap("read subscription", err)
	}
	return sub, nil
}

// OfSource returns the subscription of a source that is not being ended;
// ok is false when there is none.
func (s Subscriptions) OfSource(ctx context.Context, source string) (sub Subscription, ok bool, err error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+subscriptionColumns+` FROM subscription WHERE source = $1 AND state <> 'leaving'`, source)
	found, err := collect(rows, err, "read subscription", scanSubscription)
	if err != nil || len(found) == 0 {
		return Subscription{}, false, err
	}
	return found[0], true, nil
}

// List returns all subscriptions, by source.
func (s Subscriptions) List(ctx context.Context) ([]Subscription, error) {
	rows, err := s.db.read.QueryContext(ctx, `SELECT `+subscriptionColumns+` FROM subscription ORDER BY source, state, token`)
	return collect(rows, err, "read subscriptions", scanSubscription)
}

// Add makes a subscription the one of its source, to be asked for at once; one
// to another hub or topic is left, unless it was itself wished for within the
// hour. A wish that is there already changes nothing.
func (s SubscriptionsTx) Add(ctx context.Context, w Subscription, now time.Time) error {
	err := exec(ctx, s.tx, "wish for subscription", leave+`source = $2 AND state <> 'leaving' AND wished_at <= $3 AND (hub <> $4 OR topic <> $5)`,
		ms(now), w.Source, ms(now.Add(-rewishAfter)), w.Hub, w.Topic)
	if err != nil {
		return err
	}
	return exec(ctx, s.tx, "wish for subscription", `
		INSERT INTO subscription (token, source, url, hub, topic, callback, secret, state, wished_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'pending', $8, $8) ON CONFLICT DO NOTHING`,
		w.Token, w.Source, w.URL, w.Hub, w.Topic, w.Callback, w.Secret.Reveal(), ms(now))
}

// leave ends subscriptions; a hub that was never asked need not be asked to end
// them.
const leave = `UPDATE subscription SET
	tries = CASE WHEN state = 'pending' AND tries = 0 THEN 3 ELSE 0 END,
	state = 'leaving', due_at = $1, error = '' WHERE `

// MarkLeaving ends a subscription: the hub is asked to, a few times.
func (s SubscriptionsTx) MarkLeaving(ctx context.Context, token string, now time.Time) error {
	return exec(ctx, s.tx, "leave subscription", leave+`token = $2 AND state <> 'leaving'`, ms(now), token)
}

// Claim claims up to limit subscriptions whose hub is to be asked,
// counts the try, and forgets those that were left often enough. The number of
// a claim is the row's new due time, which grows with every claim.
func (s SubscriptionsTx) Claim(ctx context.Context, now time.Time, limit int) ([]Claim, error) {
	err := exec(ctx, s.tx, "forget subscriptions", `DELETE FROM subscription WHERE state = 'leaving' AND tries >= $1 AND due_at <= $2`, leaveTries, ms(now))
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

// MarkAsked records that a hub was asked, and why it did not take the request
// ("" when it did): it is asked again at due, unless its answer came meanwhile.
// A try that is not counted did not reach the hub.
func (s Subscriptions) MarkAsked(ctx context.Context, c Claim, due time.Time, cause string, counted bool) error {
	return exec(ctx, s.db.write, "mark hub asked", `UPDATE subscription SET due_at = $1, error = CASE WHEN state = 'denied' THEN error ELSE $2 END, tries = tries - $3 WHERE token = $4 AND due_at = $5`,
		ms(due), cause, integer(!counted), c.Name, c.Token)
}

// MarkActive records a hub's yes: it pushes until leased, and is asked again at due.
// false means that nothing of the kind was asked: only the first answer to a
// request counts. A hub that repeats it soon is answered, and changes nothing.
func (s Subscriptions) MarkActive(ctx context.Context, token string, now, leased, due time.Time) (bool, error) {
	granted, err := change(ctx, s.db.write, "grant subscription", `
		UPDATE subscription SET state = 'active', leased_until = $1, due_at = $2, tries = 0, error = ''
		WHERE token = $3 AND state IN ('active', 'pending', 'denied') AND tries > 0`, ms(leased), ms(due), token)
	if granted || err != nil {
		return granted, err
	}
	err = s.db.write.QueryRowContext(ctx, `
		SELECT count(*) > 0 FROM subscription WHERE token = $1 AND state = 'active' AND asked_at > $2`,
		token, ms(now.Add(-answersLate))).Scan(&granted)
	return granted, wrap("grant subscription", err)
}

// MarkEnded records that a hub ends a subscription as it was asked; the row
// stays until due, because a hub whose answer was lost asks once more.
func (s Subscriptions) MarkEnded(ctx context.Context, token string, due time.Time) (bool, error) {
	return change(ctx, s.db.write, "grant leave", `UPDATE subscription SET tries = $1, due_at = $2, leased_until = 0 WHERE token = $3 AND state = 'leaving'`,
		leaveTries, ms(due), token)
}

// MarkDenied records somebody's word that a hub says no. One that has said yes is
// asked whether that is so, now and then; nothing else changes, for anybody who
// has seen the callback's URL can say so. false means that nothing was noted.
func (s Subscriptions) MarkDenied(ctx context.Context, token, reason string, now time.Time) (bool, error) {
	return change(ctx, s.db.write, "deny subscription", `
		UPDATE subscription SET
			due_at = CASE WHEN state = 'active' AND due_at > $1 THEN $1 ELSE due_at END,
			error = CASE WHEN state = 'active' THEN error ELSE $2 END,
			state = CASE WHEN state = 'pending' THEN 'denied' ELSE state END
		WHERE token = $3 AND (state = 'pending' AND tries > 0 OR state = 'active' AND tries = 0 AND asked_at <= $4)`,
		ms(now), reason, token, ms(now.Add(-doubtAfter)))
}
