package pipeline

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Times of a delivery in doubt, from when its post began.
const (
	landing    = postBound + 15*time.Second // a post that was cut off cannot land later than this
	historyLag = 60 * time.Second           // after that: what has landed is in the channel's history
	lookEvery  = 30 * time.Second           // until then: one look that finds nothing shows nothing
	clockRange = 24 * time.Hour             // how far our clock may have been set, where nobody knows
)

// turns are the channels' turns under way in this process. The claims in the
// store say so, too, but only as long as nobody sets the clock. The zero value
// works.
type turns struct {
	mu       sync.Mutex
	channels map[string]bool
}

// begin begins a channel's turn; false means that one is under way.
func (t *turns) begin(channel string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.channels[channel] {
		return false
	}
	if t.channels == nil {
		t.channels = map[string]bool{}
	}
	t.channels[channel] = true
	return true
}

func (t *turns) end(channel string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.channels, channel)
}

// names lists the channels that have a turn.
func (t *turns) names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	names := make([]string, 0, len(t.channels))
	for name := range t.channels {
		names = append(names, name)
	}
	return names
}

// steady is since when the clock is known not to have been set.
func (p *Pipeline) steady() time.Time {
	if p.opt.Steady == nil {
		return time.Time{}
	}
	return p.opt.Steady()
}

// elapsed is how long ago a time in the store was, at the least: what passed
// before somebody set the clock does not count.
func (p *Pipeline) elapsed(since time.Time) time.Duration {
	now := p.opt.Now()
	return max(0, now.Sub(later(since, p.steady())))
}

// mayLand is how long the last post of a delivery may still land, so that
// looking for it would show nothing; 0 when it cannot any more.
func (p *Pipeline) mayLand(d news.Delivery) time.Duration {
	if d.Answered {
		return 0
	}
	return landing - p.elapsed(d.Started)
}

// lookUp looks for a delivery in doubt. It is absent, and may be posted again,
// when it was not found after the time that a history may lag behind; one that
// was refused while the channel was throttled is looked for once. Else more
// says whether the channel may go on at once.
func (p *Pipeline) lookUp(ctx context.Context, ch store.Channel, id string, d news.Delivery) (absent, more bool, err error) {
	receipt, found, err := p.find(ctx, id, d)
	now := p.opt.Now()
	switch {
	case err != nil && d.Answered && problem(err).Lasting: // nobody can look, and what was answered says that it is not there
		return true, true, p.tellBlind(ctx, err, now)
	case err != nil:
		more, err = p.stillInDoubt(ctx, ch, d, err)
		return false, more, err
	}
	if err := p.store.Troubles.End(ctx, troubleLooking); err != nil {
		return false, false, err
	}
	missing := historyLag - (p.elapsed(d.Started) - landing)
	switch {
	case found:
		p.log.Info("delivery in doubt had arrived", "delivery", d.ID, "channel", ch.Name)
		return false, true, p.sent(ctx, ch, d, receipt)
	case !d.Answered && missing > 0:
		return false, true, p.store.Deliveries.Postpone(ctx, d, d.Error, now.Add(min(missing, lookEvery)))
	case !d.Answered && p.tooOld(d, now):
		return false, true, p.bury(ctx, ch, d, errors.New("it did not arrive, and is too old to be news: "+d.Error), now)
	}
	return true, true, nil
}

// find asks whether a delivery in doubt has arrived. Where our clock may have
// been set since its post began, the time of that says little.
func (p *Pipeline) find(ctx context.Context, id string, d news.Delivery) (notify.Receipt, bool, error) {
	sought := notify.Sought{Delivery: d.ID, Promise: d.Promise, Kind: d.Kind, Until: d.LostUntil}
	if d.LostUntil.IsZero() || d.Kind == news.DeliverOps {
		return p.seek(ctx, id, sought, d.Started)
	}
	if d.Kind == news.DeliverDigest {
		return p.findDigest(ctx, id, sought, d)
	}
	told, err := p.store.Deliveries.Content(ctx, d)
	if err != nil {
		return notify.Receipt{}, false, fmt.Errorf("look for delivery %d: %w", d.ID, err)
	}
	sought.Marks = marksOf(d, &told)
	return p.seek(ctx, id, sought, d.Started)
}

// seek asks once whether a message has arrived.
func (p *Pipeline) seek(ctx context.Context, id string, sought notify.Sought, since time.Time) (notify.Receipt, bool, error) {
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	if since.Before(p.steady()) {
		since = since.Add(-clockRange)
	}
	receipt, found, err := p.plan.Load().Sender.Find(bounded, id, sought, since)
	if err != nil {
		err = beforePost(err)
	}
	return receipt, found, err
}

// stillInDoubt decides what becomes of a delivery that could not be looked
// for: it stays in doubt, since posting blindly could double it. Trouble with
// this one look-up holds no other delivery up.
func (p *Pipeline) stillInDoubt(ctx context.Context, ch store.Channel, d news.Delivery, cause error) (more bool, err error) {
	now, se := p.opt.Now(), problem(cause)
	p.log.Warn("delivery cannot be looked for", "delivery", d.ID, "channel", ch.Name, "problem", se.Problem, "error", cause)
	if se.Problem == notify.Temporary && p.tooOld(d, now) {
		return true, p.bury(ctx, ch, d, fmt.Errorf("it may or may not have arrived, and cannot be looked for: %w", cause), now)
	}
	again := min(max(now.Sub(d.Started), lookEvery/2), longestRest) // waits as long again as it has waited
	if err := p.store.Deliveries.Postpone(ctx, d, cause.Error(), now.Add(again)); err != nil {
		return false, err
	}
	switch se.Problem {
	case notify.Throttled, notify.Unauthorized, notify.NoChannel:
		return p.setAside(ctx, ch, se, now)
	case notify.Temporary:
		if se.Lasting || again == longestRest {
			return true, p.tellBlind(ctx, cause, now)
		}
	}
	return true, nil
}
