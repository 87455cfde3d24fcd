package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Times of a delivery.
const (
	postBound  = 15 * time.Second // a post, or a look-up, takes no longer
	drainBound = 20 * time.Second // a channel's turn; the rest is due again at once
	mostTurns  = 128              // channels that are posted to at once, by all daemons
)

// Deliver sends what is due in one claimed channel, in order and at the
// channel's pace, until nothing is due, the turn is over or the channel has to
// rest. A post under way is finished even when the daemon stops. After an error
// the claim is kept, so that the channel is not taken up again at once.
func (p *Pipeline) Deliver(ctx context.Context, c store.Claim) error {
	if !p.turns.begin(c.Name) { // the clock was set: a turn is under way that seems to be over
		return p.store.Channels.Release(ctx, c)
	}
	defer p.turns.end(c.Name)
	end, stop := p.opt.Now().Add(drainBound), ctx.Done()
	ctx = context.WithoutCancel(ctx)
	for more := true; more && p.opt.Now().Before(end); {
		var err error
		if more, err = p.deliverNext(ctx, c, stop); err != nil {
			return err
		}
	}
	if err := p.store.Channels.Release(ctx, c); err != nil {
		return err
	}
	p.Wake()
	return nil
}

// deliverNext brings the delivery of the channel that goes next one step
// further; more is false when the channel has nothing due, has to rest for more
// than a moment, or stop is closed. What goes next is decided after the rest: a
// more severe alert may have come meanwhile.
func (p *Pipeline) deliverNext(ctx context.Context, c store.Claim, stop <-chan struct{}) (more bool, err error) {
	now := p.opt.Now()
	if paused, err := p.stillPaused(ctx, now); err != nil || paused {
		return false, err
	}
	ch, err := p.store.Channels.Get(ctx, c.Name)
	if err != nil {
		return false, err
	}
	d, ok, err := p.store.Deliveries.Next(ctx, c.Name, now)
	rest := ch.Free.Sub(now)
	if err != nil || !ok || rest > nearSlot {
		return false, err
	}
	select {
	case <-stop:
		return false, nil // the delivery stays due
	case <-time.After(rest):
	}
	if rest > 0 {
		if d, ok, err = p.store.Deliveries.Next(ctx, c.Name, p.opt.Now()); err != nil || !ok {
			return false, err
		}
	}
	if ok, err := p.store.Channels.TakeSlot(ctx, c, p.opt.Now()); err != nil || !ok {
		return false, err
	}
	return p.attempt(ctx, c, ch, d)
}

// attempt brings one delivery one step further.
func (p *Pipeline) attempt(ctx context.Context, c store.Claim, ch store.Channel, d news.Delivery) (more bool, err error) {
	doubt := d.State == news.StateSending || d.State == news.StateInDoubt
	if wait := p.mayLand(d); doubt && wait > 0 {
		return true, p.store.Deliveries.Postpone(ctx, d, d.Error, p.opt.Now().Add(wait))
	}
	id := ch.ID
	if id == "" {
		if id, err = p.resolve(ctx, ch.Name); err != nil && doubt {
			return p.stillInDoubt(ctx, ch, d, err)
		} else if err != nil {
			return p.unsent(ctx, ch, d, err)
		}
		if err := p.store.Channels.SaveID(ctx, ch.Name, id); err != nil {
			return false, err
		}
	}
	if lost, err := p.verify(ctx, id); err != nil && doubt {
		return p.stillInDoubt(ctx, ch, d, err)
	} else if err != nil {
		return p.unsent(ctx, ch, d, err)
	} else if lost {
		return false, nil // it is in doubt now
	}
	if doubt {
		if absent, more, err := p.lookUp(ctx, ch, id, d); err != nil || !absent {
			return more, err
		}
	}
	return p.post(ctx, c, ch, id, d)
}

// post posts one delivery that certainly has not arrived.
func (p *Pipeline) post(ctx context.Context, c store.Claim, ch store.Channel, id string, d news.Delivery) (more bool, err error) {
	msg, edited, err := p.message(ctx, d)
	if err != nil {
		return false, err
	}
	start := p.opt.Now()
	ok, err := p.store.Deliveries.Begin(ctx, c, &d, start, start.Add(landing))
	if err != nil || !ok {
		return false, err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound-p.opt.Now().Sub(start)) // the doubt counts from start
	defer cancel()
	receipt, err := p.plan.Load().Sender.Send(bounded, id, msg)
	if err != nil {
		return p.unsent(ctx, ch, d, err)
	}
	if d.Kind == news.DeliverStory && !msg.Undated && !edited {
		p.meter.Latency(p.opt.Now().Sub(msg.Time))
	}
	return true, p.sent(ctx, ch, d, receipt)
}

// resolve asks for the ID of a channel.
func (p *Pipeline) resolve(ctx context.Context, channel string) (string, error) {
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	id, err := p.plan.Load().Sender.Resolve(bounded, channel)
	if err != nil {
		return "", beforePost(err)
	}
	return id, nil
}

// beforePost takes the doubt out of an error that came before anything was
// posted.
func beforePost(err error) error {
	var se *notify.SendError
	if errors.As(err, &se) && se.Problem != notify.InDoubt {
		return err
	}
	return &notify.SendError{Problem: notify.Temporary, Err: err}
}

// message renders what a delivery says; edited reports whether it is of an
// alert that an edit raised, which says nothing of how fast news is brought.
func (p *Pipeline) message(ctx context.Context, d news.Delivery) (m notify.Message, edited bool, err error) {
	switch d.Kind {
	case news.DeliverOps:
		m = notify.Ops(d)
	case news.DeliverDigest:
		m, err = p.digest(ctx, d)
		edited = true
	default:
		m, edited, err = p.story(ctx, d)
	}
	if err != nil {
		return m, false, fmt.Errorf("render delivery %d: %w", d.ID, err)
	}
	epoch, err := p.store.Epochs.Newest(ctx)
	m.Epoch = epoch.Name
	return m, edited, err
}

// digest renders a delivery of several alerts.
func (p *Pipeline) digest(ctx context.Context, d news.Delivery) (m notify.Message, err error) {
	told, err := p.store.Deliveries.Digest(ctx, d.ID)
	if err != nil {
		return m, err
	}
	var marks []string
	briefs := make([]notify.Brief, len(told))
	for i := range told {
		p.plan.Load().name(&told[i].Story)
		briefs[i] = notify.BriefOf(told[i].Alert, &told[i].Story)
		marks = append(marks, marksOf(d, &told[i])...)
	}
	m = notify.Missed(d, briefs)
	m.Marks = marks
	return m, nil
}

// story renders a delivery of one alert.
func (p *Pipeline) story(ctx context.Context, d news.Delivery) (m notify.Message, edited bool, err error) {
	told, err := p.store.Deliveries.Content(ctx, d)
	if err != nil {
		return m, false, err
	}
	plan := p.plan.Load()
	plan.name(&told.Story)
	for i := range told.Matches {
		told.Matches[i].Instruction = plan.Instructions[told.Matches[i].Rule]
	}
	m = notify.Story(d, told.Alert, &told.Story, told.Matches, p.opt.Now())
	m.Marks = marksOf(d, &told)
	if d.Kind == news.DeliverUpdate {
		first := ""
		if told.First != nil {
			first = told.First.Title
		}
		m = m.Raising(d.Text, first, told.Alert.Created)
	}
	return m, told.Alert.Edited, nil
}

// name sets on a story what the plan says of its source now.
func (plan *Plan) name(s *news.Story) {
	if src, ok := plan.Sources[s.Origin.Source]; ok {
		s.Origin = src.Origin
	}
}

// sent records a delivery's arrival and lets the channel rest for its pace.
func (p *Pipeline) sent(ctx context.Context, ch store.Channel, d news.Delivery, r notify.Receipt) error {
	now := p.opt.Now()
	if err := p.store.Deliveries.MarkSent(ctx, d, r.ChannelID, r.TS, now); err != nil {
		return err
	}
	p.meter.Delivery(string(news.StateSent))
	if r.ChannelID != "" && r.ChannelID != ch.ID {
		if err := p.store.Channels.SaveID(ctx, ch.Name, r.ChannelID); err != nil {
			return err
		}
	}
	if d.Attempts > 1 {
		for _, name := range []string{troubleSending, troubleChannel + ch.Name} {
			if err := p.store.Troubles.End(ctx, name); err != nil {
				return err
			}
		}
	}
	if ch.Parked != "" {
		err := p.store.InTx(ctx, func(tx *store.Tx) error { return tx.Channels.Unpark(ctx, ch.Name, now) })
		if err != nil {
			return err
		}
	}
	return p.store.Channels.Hold(ctx, ch.Name, now.Add(p.plan.Load().Pace), false)
}
