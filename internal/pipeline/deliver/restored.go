package deliver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
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
// to be called before the first work is taken up, and then every few seconds.
func (c *Channels) CheckStore(ctx context.Context) error {
	loss, err := c.Store.Restored(ctx, c.Now())
	if err != nil || loss.Cause == "" {
		return err
	}
	return c.beginEpoch(ctx, loss)
}

// DeclareRestored begins a new epoch on the operator's word.
func (c *Channels) DeclareRestored(ctx context.Context) error {
	return c.beginEpoch(ctx, store.Loss{Cause: "it was declared restored (run --restored)", Whole: c.Now()})
}

// beginEpoch begins an epoch: whatever is open is in doubt from now on, and looked
// for before it is sent.
func (c *Channels) beginEpoch(ctx context.Context, loss store.Loss) error {
	now := c.Now()
	loss.Settle = now.Add(settling)
	err := c.Store.InTx(ctx, func(tx *store.Tx) error {
		open, begun, err := tx.Epochs.Begin(ctx, loss, now)
		if err != nil || !begun {
			return err
		}
		what := "The store has lost its newest entries: " + loss.Cause
		if loss.Moved {
			what = "The store is another one now: " + loss.Cause
		}
		pauses, err := tx.Pauses.All(ctx)
		if err != nil {
			return err
		}
		paused := heldAgain(c.Env, pauses, now)
		c.Log.Warn("what is open is looked for before it is sent", "cause", loss.Cause, "open", open)
		return c.Ops(ctx, tx, now, fmt.Sprintf("%s. So that nothing is sent twice, %s, "+
			"and alerts on stories from before %s, are looked for in Slack before they are sent.%s",
			what, text.Many(int(open), "open delivery"), now.UTC().Format("2 Jan 2006 15:04 MST"), paused))
	})
	if err != nil {
		return fmt.Errorf("begin anew after a loss: %w", err)
	}
	return c.Store.Renewed()
}

// heldAgain tells of the pauses that a store holds to from now on: somebody may have ended them after
// it was copied. The ops channel reads it once it is not paused itself.
func heldAgain(e *act.Env, pauses []store.OrderedPause, now time.Time) (told string) {
	for i := range pauses {
		if p := &pauses[i]; p.Until.IsZero() || p.Until.After(now) {
			told += " " + paused(e, p)
		}
	}
	return told
}

// verify asks, before the first post to a channel, whether the store knows of
// the newest message there: if it does not, it was restored since that was sent.
// lost is true when a new epoch has begun. An error is one of the look-up. A
// channel whose history cannot be read is taken as it is.
func (a *attempt) verify(ctx context.Context) (lost bool, err error) {
	c := a.channels
	if _, done := c.verified.done.Load(a.id); done {
		return false, nil
	}
	if err := a.renew(ctx); err != nil {
		return false, err
	}
	bounded, cancel := context.WithTimeout(ctx, postBound)
	defer cancel()
	trace, found, err := a.Plan().Sender.Newest(bounded, a.id)
	if err != nil && !c.unverifiable(a.id, problem(err)) {
		return false, beforePost(err)
	}
	if err != nil {
		a.Log.Warn("a channel's history cannot be read: whether the store was restored is not known", "channel", a.id, "error", err)
	} else if found {
		if lost, err = c.unknown(ctx, trace); err != nil {
			return false, err
		}
	}
	c.verified.done.Store(a.id, true)
	return lost, nil
}

// unverifiable reports whether it is in vain to wait until a channel's history
// can be read.
func (c *Channels) unverifiable(id string, se *notify.SendError) bool {
	now := c.Now()
	first, _ := c.verified.failed.LoadOrStore(id, now)
	since, _ := first.(time.Time) // nothing else is stored
	return se.Lasting || se.Problem == notify.NoChannel ||
		se.Problem == notify.Temporary && now.Sub(since) > verifyFor
}

// unknown begins an epoch when the store does not know of a message that none
// of its epochs so far explains.
func (c *Channels) unknown(ctx context.Context, trace notify.Trace) (lost bool, err error) {
	known, err := c.Store.Deliveries.Began(ctx, trace.Promise, trace.Delivery)
	if err != nil || known {
		return false, err
	}
	epoch, err := c.Store.Epochs.Newest(ctx)
	if err != nil || !epoch.Until.IsZero() && !trace.Sent.After(epoch.Until) {
		return false, err
	}
	return true, c.beginEpoch(ctx, store.Loss{
		Cause: fmt.Sprintf("the newest message in a channel, of %s, is not known to it, so that it was restored from a backup",
			trace.Sent.UTC().Format("2 Jan 2006 15:04 MST")),
		Whole: c.began, Seen: trace.Sent,
	})
}

// marksOf are what a message that tells of an alert is known by to a later
// epoch. A channel is told once of a cluster by the first story of its alert or
// by another one, and once by each raise of its severity.
func marksOf(d news.Delivery, told *store.Content) []string {
	marks := news.Marks(&told.Story)
	switch {
	case d.Kind == news.DeliverUnanswered:
		for i := range marks {
			marks[i] += " unanswered"
		}
	case d.Kind == news.DeliverUpdate:
		for i := range marks {
			marks[i] += " " + cmp.Or(becameOf(d, &told.Story), d.Severity.String())
		}
	case told.First != nil:
		marks = append(marks, news.Marks(told.First)...)
	}
	return marks
}

// becameOf names what an update tells, besides of which story; "" for a raise. It is the
// same when the store has lost the update and another one is recorded.
func becameOf(d news.Delivery, s *news.Story) string {
	switch d.About {
	case news.AboutCorrected:
		now := sha256.Sum256([]byte(s.Title + "\n" + cmp.Or(s.Text, s.Summary)))
		return fmt.Sprintf("%s %x", d.About, now[:8])
	case news.AboutWithdrawn, news.AboutRestored, news.AboutLinked:
		var what struct {
			How  notify.How `json:"How"`
			Back bool       `json:"Back"`
		}
		if err := json.Unmarshal([]byte(d.Text), &what); err != nil {
			return string(d.About)
		}
		if what.Back {
			return fmt.Sprintf("%s %s back", d.About, what.How)
		}
		return fmt.Sprintf("%s %s", d.About, what.How)
	case news.AboutRaised, "":
		return "" // known by the severity alone, as before there were other updates
	default:
		return fmt.Sprintf("%s %s", d.About, d.Severity)
	}
}
