package pipeline

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// settling is how long after a store was restored a message may still appear
// that it does not know of: a post that was under way lands within 30 s, and is
// listed in the channel's history within a minute.
const settling = 90 * time.Second

// verifyFor is how long a channel that cannot be verified is not posted to.
const verifyFor = 2 * time.Minute

// verified are the channels whose newest message the store knows of, and since
// when others could not be verified. The zero value works.
type verified struct {
	done   sync.Map
	failed sync.Map
}

// CheckStore begins a new epoch when the store has lost its newest rows. It is
// to be called before the first work is taken up, and every second.
func (p *Pipeline) CheckStore(ctx context.Context) error {
	loss, err := p.store.Restored(ctx, p.opt.Now())
	if err != nil || loss.Cause == "" {
		return err
	}
	return p.renew(ctx, loss)
}

// DeclareRestored begins a new epoch on the operator's word.
func (p *Pipeline) DeclareRestored(ctx context.Context) error {
	return p.renew(ctx, store.Loss{Cause: "it was declared restored (run --restored)", Whole: p.opt.Now()})
}

// renew begins an epoch: whatever is open is in doubt from now on, and looked
// for before it is sent.
func (p *Pipeline) renew(ctx context.Context, loss store.Loss) error {
	now := p.opt.Now()
	loss.Settle = now.Add(settling)
	err := p.store.InTx(ctx, func(tx *store.Tx) error {
		open, begun, err := tx.Epochs.Begin(ctx, loss, now)
		if err != nil || !begun {
			return err
		}
		p.log.Warn("the store has lost its newest entries: what is open is looked for before it is sent", "cause", loss.Cause, "open", open)
		return p.ops(ctx, tx, fmt.Sprintf("The store has lost its newest entries: %s. So that nothing is sent twice, %d open deliveries, "+
			"and alerts on stories from before %s, are looked for in Slack before they are sent.",
			loss.Cause, open, now.UTC().Format("2 Jan 2006 15:04 MST")), now)
	})
	if err != nil {
		return fmt.Errorf("begin anew after a loss: %w", err)
	}
	return p.store.Renewed()
}

// verify asks, before the first post to a channel, whether the store knows of
// the newest message there: if it does not, it was restored since that was sent.
// lost is true when a new epoch has begun. An error is one of the look-up. A
// channel whose history cannot be read is taken as it is.
func (p *Pipeline) verify(ctx context.Context, id string) (lost bool, err error) {
	if _, done := p.verified.done.Load(id); done {
		return false, nil
	}
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	trace, found, err := p.plan.Load().Sender.Newest(bounded, id)
	if err != nil && !p.unverifiable(id, problem(err)) {
		return false, beforePost(err)
	}
	if err != nil {
		p.log.Warn("a channel's history cannot be read: whether the store was restored is not known", "channel", id, "error", err)
	} else if found {
		if lost, err = p.unknown(ctx, trace); err != nil {
			return false, err
		}
	}
	p.verified.done.Store(id, true)
	return lost, nil
}

// unverifiable reports whether it is in vain to wait until a channel's history
// can be read.
func (p *Pipeline) unverifiable(id string, se *notify.SendError) bool {
	now := p.opt.Now()
	since, _ := p.verified.failed.LoadOrStore(id, now)
	return se.Lasting || se.Problem == notify.NoChannel || se.Problem == notify.Temporary && now.Sub(since.(time.Time)) > verifyFor
}

// unknown begins an epoch when the store does not know of a message that none
// of its epochs so far explains.
func (p *Pipeline) unknown(ctx context.Context, trace notify.Trace) (lost bool, err error) {
	known, err := p.store.Deliveries.Began(ctx, trace.Promise, trace.Delivery)
	if err != nil || known {
		return false, err
	}
	epoch, err := p.store.Epochs.Newest(ctx)
	if err != nil || !epoch.Until.IsZero() && !trace.Sent.After(epoch.Until) {
		return false, err
	}
	return true, p.renew(ctx, store.Loss{
		Cause: fmt.Sprintf("the newest message in a channel, of %s, is not known to it, so that it was restored from a backup",
			trace.Sent.UTC().Format("2 Jan 2006 15:04 MST")),
		Whole: p.began, Seen: trace.Sent,
	})
}

// marksOf are what a message that tells of an alert is known by to a later
// epoch. A channel is told once of a cluster by the first story of its alert or
// by another one, and once by each raise of its severity.
func marksOf(d news.Delivery, told *store.Content) []string {
	marks := news.Marks(&told.Story)
	switch {
	case d.Kind == news.DeliverUpdate:
		for i := range marks {
			marks[i] += " " + d.Severity.String()
		}
	case told.First != nil:
		marks = append(marks, news.Marks(told.First)...)
	}
	return marks
}

// findDigest looks for a digest that an epoch before may have sent, and for what
// it tells, which may have been told by other messages: that is left out. found
// reports that the digest was sent, or that nothing is left of it.
func (p *Pipeline) findDigest(ctx context.Context, id string, sought notify.Sought, d news.Delivery) (receipt notify.Receipt, found bool, err error) {
	if receipt, found, err = p.seek(ctx, id, sought, d.Started); err != nil || found {
		return receipt, found, err
	}
	told, err := p.store.Deliveries.Digest(ctx, d.ID)
	if err != nil {
		return receipt, false, err
	}
	left, err := p.leaveOut(ctx, id, sought, d, told)
	return receipt, left == 0, err
}

// leaveOut leaves those alerts out of a digest that other messages told, and
// returns how many are left. A look is for many of them at once, and only where
// it finds any for each half of them.
func (p *Pipeline) leaveOut(ctx context.Context, id string, sought notify.Sought, d news.Delivery, told []store.Content) (left int, err error) {
	sought.Marks = nil
	for i := range told {
		sought.Marks = append(sought.Marks, marksOf(d, &told[i])...)
	}
	_, found, err := p.seek(ctx, id, sought, d.Started)
	switch {
	case err != nil || !found:
		return len(told), err
	case len(told) == 1:
		return 0, p.store.Alerts.LeaveDigest(ctx, told[0].Alert.ID)
	}
	for half := range slices.Chunk(told, (len(told)+1)/2) {
		n, err := p.leaveOut(ctx, id, sought, d, half)
		if err != nil {
			return 0, err
		}
		left += n
	}
	return left, nil
}
