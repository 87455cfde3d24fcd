package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// mostRedirected is how many parked deliveries follow a new plan at once.
const mostRedirected = 10_000

// Retry makes a delivery due now that was not sent: in a channel, or where that
// is "" in the one that the plan names for it.
func (p *Pipeline) Retry(ctx context.Context, delivery int64, channel string) error {
	d, err := p.store.Deliveries.Get(ctx, delivery)
	if errors.Is(err, store.ErrNotFound) {
		return p.store.Deliveries.Retry(ctx, delivery, p.opt.Now()) // which says so
	}
	if err == nil && channel == "" {
		channel, err = p.channelFor(ctx, d)
	}
	if err != nil {
		return err
	}
	if channel == d.Channel {
		return p.store.Deliveries.Retry(ctx, delivery, p.opt.Now())
	}
	return p.redirect(ctx, d, channel)
}

func (p *Pipeline) redirect(ctx context.Context, d news.Delivery, channel string) error {
	err := p.store.InTx(ctx, func(tx *store.Tx) error { return tx.Deliveries.Redirect(ctx, d.ID, channel, p.opt.Now()) })
	if err == nil {
		p.log.Info("delivery goes to another channel", "delivery", d.ID, "from", d.Channel, "to", channel)
	}
	return err
}

// channelFor is the channel that the plan names for a delivery: its own, as long
// as it is among those that the plan names for its alert.
func (p *Pipeline) channelFor(ctx context.Context, d news.Delivery) (string, error) {
	plan := p.plan.Load()
	if d.Kind == news.DeliverOps {
		if plan.OpsChannel == "" {
			return d.Channel, nil
		}
		return plan.OpsChannel, nil
	}
	told, err := p.tells(ctx, d)
	if err != nil {
		return "", err
	}
	channel := ""
	for i := range told {
		named, err := p.channelOf(ctx, plan, d, &told[i])
		if err != nil || named == d.Channel {
			return d.Channel, err
		}
		channel = cmp.Or(channel, named)
	}
	return cmp.Or(channel, d.Channel), nil
}

// tells returns the alerts that a delivery tells of.
func (p *Pipeline) tells(ctx context.Context, d news.Delivery) ([]store.Content, error) {
	if d.Kind == news.DeliverDigest {
		return p.store.Deliveries.Digest(ctx, d.ID)
	}
	told, err := p.store.Deliveries.Content(ctx, d)
	if err != nil {
		return nil, fmt.Errorf("find the channel of delivery %d: %w", d.ID, err)
	}
	return []store.Content{told}, nil
}

// channelOf is the channel that a plan names for what one alert tells: that of
// the delivery if it can be, else the first that has no other alert on the same
// news; "" when there is none.
func (p *Pipeline) channelOf(ctx context.Context, plan *Plan, d news.Delivery, told *store.Content) (string, error) {
	a, s, channel := told.Alert, &told.Story, ""
	plan.name(s)
	for _, named := range plan.alerts(s, plan.Rules.Match(s), p.opt.Now()) {
		if !slices.ContainsFunc(named.Rules, func(rule string) bool { return slices.Contains(a.Rules, rule) }) {
			continue
		}
		if named.Channel == d.Channel {
			return d.Channel, nil
		}
		if promised, err := p.store.Alerts.InChannel(ctx, a, named.Channel); err != nil {
			return "", err
		} else if !promised {
			channel = cmp.Or(channel, named.Channel)
		}
	}
	return channel, nil
}

// followPlan sends what is parked to the channels that a new plan names for it:
// a channel was misspelt, or is archived.
func (p *Pipeline) followPlan(ctx context.Context) error {
	channels, err := p.store.Channels.List(ctx)
	if err != nil {
		return err
	}
	for _, ch := range channels {
		if ch.Parked == "" {
			continue
		}
		if err := p.followFrom(ctx, ch.Name); err != nil {
			return err
		}
	}
	return nil
}

// followFrom is followPlan for one channel that cannot be posted to.
func (p *Pipeline) followFrom(ctx context.Context, parked string) error {
	waiting, err := p.store.Deliveries.Find(ctx, store.DeliveryFilter{
		Limit: mostRedirected, Channel: parked, States: []news.DeliveryState{news.StateParked, news.StatePending, news.StateInDoubt},
	})
	if err != nil {
		return err
	}
	for _, d := range slices.Backward(waiting) {
		channel, err := p.channelFor(ctx, d)
		if err != nil {
			return err
		}
		if channel == d.Channel {
			continue
		}
		told := (*store.AlertedError)(nil)
		if err := p.redirect(ctx, d, channel); err != nil && !errors.As(err, &told) && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
