package deliver

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// mostRedirected is how many parked deliveries follow a new plan at once.
const mostRedirected = 10_000

// ErrEdit says that a delivery cannot be sent elsewhere.
var ErrEdit = errors.New("it is an edit of a message, which stands where it stands: retry it without --to, or drop it; the message is")

// Retry makes a delivery due now that was not sent: in a channel, or where that
// is "" in the one that the plan names for it.
func (c *Channels) Retry(ctx context.Context, delivery int64, channel string) error {
	d, err := c.Store.Deliveries.Get(ctx, delivery)
	if errors.Is(err, store.ErrNotFound) {
		return c.Store.Deliveries.Retry(ctx, delivery, c.Now()) // which says so
	}
	if err == nil && channel == "" {
		channel, err = c.channelFor(ctx, d)
	}
	if err != nil {
		return err
	}
	if channel == d.Channel {
		return c.Store.Deliveries.Retry(ctx, delivery, c.Now())
	}
	if d.Kind == news.DeliverEdit {
		return fmt.Errorf("retry delivery %d: %w in %s", delivery, ErrEdit, d.Channel)
	}
	return c.redirect(ctx, d, channel)
}

func (c *Channels) redirect(ctx context.Context, d news.Delivery, channel string) error {
	err := c.Store.InTx(ctx, func(tx *store.Tx) error {
		return tx.Deliveries.Redirect(ctx, d.ID, channel, c.Plan().SameNewsIn(channel), c.Now())
	})
	if err == nil {
		c.Log.Info("delivery goes to another channel", "delivery", d.ID, "from", d.Channel, "to", channel)
	}
	return err
}

// channelFor is the channel that the plan names for a delivery: its own, as long
// as it is among those that the plan names for its alert.
func (c *Channels) channelFor(ctx context.Context, d news.Delivery) (string, error) {
	plan := c.Plan()
	if d.Kind == news.DeliverEdit { // of a message that stands where it stands
		return d.Channel, nil
	}
	if d.Kind == news.DeliverOps {
		if plan.OpsChannel == "" {
			return d.Channel, nil
		}
		return plan.OpsChannel, nil
	}
	if d.Kind == news.DeliverSignal {
		return signalledIn(plan, d)
	}
	if d.Kind == news.DeliverUnanswered {
		return c.fallbackOf(ctx, plan, d)
	}
	if d.Kind == news.DeliverNotice {
		if d.About == news.AboutRules {
			return cmp.Or(plan.RulesChannel, d.Channel), nil
		}
		return d.Channel, nil
	}
	told, err := c.tells(ctx, d)
	if err != nil {
		return "", err
	}
	channel := ""
	for i := range told {
		named, err := c.channelOf(ctx, plan, d, &told[i])
		if err != nil || named == d.Channel {
			return d.Channel, err
		}
		channel = cmp.Or(channel, named)
	}
	return cmp.Or(channel, d.Channel), nil
}

// signalledIn is the channel that a plan names for a signal: that of the delivery if
// it can be, else the only one that it names for the rule.
func signalledIn(plan *act.Plan, d news.Delivery) (string, error) {
	s, err := notify.SignalOf(d)
	if err != nil {
		return "", fmt.Errorf("find the channel of delivery %d: %w", d.ID, err)
	}
	w, ok := plan.Signals[s.Rule]
	if !ok {
		return d.Channel, nil
	}
	told := plan.Told(w, d.Severity, &news.Story{})
	if len(told) != 1 {
		return d.Channel, nil
	}
	return told[0].Channel, nil
}

// fallbackOf is the channel that a plan names for what nobody answered: that of the delivery
// if it can be, else the first that it names for the alert.
func (c *Channels) fallbackOf(ctx context.Context, plan *act.Plan, d news.Delivery) (string, error) {
	told, err := c.tells(ctx, d)
	if err != nil {
		return "", err
	}
	a, s := told[0].Alert, &told[0].Story
	plan.SetOrigin(s)
	channel := d.Channel
	for _, named := range plan.Alerts(s, plan.Rules.Match(s), c.Now()) {
		to := named.Fallback.To
		if named.Channel != a.Channel || len(to) == 0 || slices.Contains(to, d.Channel) {
			continue
		}
		channel = to[0]
	}
	return channel, nil
}

// tells returns the alerts that a delivery tells of.
func (c *Channels) tells(ctx context.Context, d news.Delivery) ([]store.Content, error) {
	if d.Kind == news.DeliverDigest {
		return c.Store.Deliveries.Digest(ctx, d.ID)
	}
	told, err := c.Store.Deliveries.Content(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("find the channel of delivery %d: %w", d.ID, err)
	}
	return []store.Content{told}, nil
}

// channelOf is the channel that a plan names for what one alert tells: that of
// the delivery if it can be, else the first that has no other alert on the same
// news; "" when there is none.
func (c *Channels) channelOf(
	ctx context.Context, plan *act.Plan, d news.Delivery, told *store.Content,
) (string, error) {
	a, s, channel := told.Alert, &told.Story, ""
	plan.SetOrigin(s)
	for _, named := range plan.Alerts(s, plan.Rules.Match(s), c.Now()) {
		if !slices.ContainsFunc(named.Rules, func(rule string) bool { return slices.Contains(a.Rules, rule) }) {
			continue
		}
		if named.Channel == d.Channel {
			return d.Channel, nil
		}
		if promised, err := c.Store.Alerts.InChannel(ctx, a, named.Channel, plan.SameNewsIn(named.Channel)); err != nil {
			return "", err
		} else if !promised {
			channel = cmp.Or(channel, named.Channel)
		}
	}
	return channel, nil
}

// FollowPlan sends what is parked to the channels that a new plan names for it:
// a channel was misspelt, or is archived.
func (c *Channels) FollowPlan(ctx context.Context) error {
	channels, err := c.Store.Channels.List(ctx)
	if err != nil {
		return err
	}
	for _, ch := range channels {
		if ch.Parked == "" {
			continue
		}
		if err := c.followFrom(ctx, ch.Name); err != nil {
			return err
		}
	}
	return nil
}

// followFrom is FollowPlan for one channel that cannot be posted to.
func (c *Channels) followFrom(ctx context.Context, parked string) error {
	waiting, err := c.Store.Deliveries.Find(ctx, store.DeliveryFilter{
		Limit: mostRedirected, Channel: parked,
		States: []news.DeliveryState{news.StateParked, news.StatePending, news.StateInDoubt},
	})
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(waiting) {
		channel, err := c.channelFor(ctx, d)
		if err != nil {
			return err
		}
		if channel == d.Channel {
			continue
		}
		told := (*store.AlertedError)(nil)
		if err := c.redirect(ctx, d, channel); err != nil && !errors.As(err, &told) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
