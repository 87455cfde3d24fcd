package deliver

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
)

// release has sent what a pause held that has ended.
type release struct {
	*act.Env

	tx     *store.Tx
	pause  *store.OrderedPause
	now    time.Time
	waited int // messages that were due
	old    int // of these, alerts that digests tell together, because they are old
	kept   int // of these, alerts that are kept further
}

// channel releases what waits in a channel. What would be kept from it, were it recorded now, is
// kept: nobody pauses deliveries in the evening to be told at night.
func (r *release) channel(ctx context.Context, channel string) error {
	waited, err := r.tx.Pauses.Waited(ctx, channel, r.now)
	if err != nil {
		return err
	}
	held, err := r.tx.Pauses.Held(ctx, channel, r.now)
	if err != nil {
		return err
	}
	snoozes, err := r.tx.Snoozes.In(ctx, channel, r.now)
	if err != nil {
		return err
	}
	digests, together := map[store.DigestOf][]news.Alert{}, []store.DigestOf(nil)
	for i := range held {
		in, gathers := r.digest(&held[i], snoozes)
		if !gathers {
			continue
		}
		if digests[in] == nil {
			together = append(together, in)
		}
		digests[in] = append(digests[in], held[i].Alert)
		if in.About == news.AboutPause {
			r.old++
		} else {
			r.kept++
		}
	}
	// First: a digest that is put off now may be joined.
	if err := r.tx.Pauses.Release(ctx, channel, r.pause.Since, r.Plan().Awake(channel, r.now), r.now); err != nil {
		return err
	}
	for _, in := range together {
		if err := r.tx.Pauses.Gather(ctx, digests[in], in, r.now); err != nil {
			return err
		}
	}
	r.waited += waited
	return nil
}

// digest returns the digest that tells an alert which a pause held; gathers is false where its own
// message does.
//
//  1. What would be kept from the channel now is kept.
//  2. One that was to be sent too long ago is told together with others.
func (r *release) digest(h *store.HeldAlert, snoozes []news.Snooze) (in store.DigestOf, gathers bool) {
	z, _ := act.SnoozeOf(snoozes, h.Rules, h.Source, func(string) news.Severity { return h.Severity })
	if in, gathers = r.Plan().Kept(&h.Alert, z, r.now); gathers {
		return in, true
	}
	if age := r.Plan().MaxAge; age > 0 && h.Due.Before(r.now.Add(-age)) {
		return store.DigestOf{
			About: news.AboutPause, Key: notify.Period{Since: r.pause.Since, Until: r.now}.Encode(), Due: r.now,
		}, true
	}
	return in, false
}

// told tells of the end of the pause. by is nobody when it has run out.
func (r *release) told(by string) string {
	ended := "has run out"
	if by != "" {
		ended = "was ended by " + by
	}
	line := fmt.Sprintf("Deliveries to %s go on since %s: the pause of %s, by %s, %s. %s waited",
		whose(r.pause.Channel), clockTime(r.Env, r.now), clockTime(r.Env, r.pause.Since), r.pause.By, ended,
		text.Many(r.waited, "message"))
	if r.old > 0 {
		line += fmt.Sprintf("; %s that waited for more than %s come together", text.Many(r.old, "alert"), hours(r.Plan().MaxAge))
	}
	if r.kept > 0 {
		line += fmt.Sprintf("; quiet hours, a calendar or a snooze keep %s for a later digest", text.Many(r.kept, "alert"))
	}
	return line + "."
}
