package deliver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
)

// flood lists normal stories and, when told to, urgent ones.
func flood(kind string, n int) (titles []string) {
	for i := range n {
		titles = append(titles, fmt.Sprintf("%03d #%s", i, kind))
	}
	slices.Reverse(titles) // a list has the newest first
	return titles
}

// An urgent alert goes before the normal ones of its channel, and yet the k-th
// oldest of those waits for at most 5k slots: over restarts, and whichever of
// two daemons has the turn.
func TestMostSevereFirst(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		const normal, urgent = 100, 30
		w.Plan.Pace = time.Minute // a turn of its own for each
		w.Stories = pipetest.Listed(flood("normal", normal)...)
		w.Turn()
		slotOf := map[string]int{w.Posts[0].Headline: 0}
		for slot := 1; slot < normal+urgent; slot++ {
			if slot == 10 {
				w.Stories = append(pipetest.Listed(flood("urgent", urgent)...), w.Stories...)
				if err := w.Store.Sources.MarkAllDue(t.Context(), w.Clock()); err != nil {
					t.Fatal(err)
				}
			}
			if slot%3 == 0 {
				w.Pipe = w.Daemon()
				if err := w.Pipe.SetPlan(t.Context(), w.Plan, pipeline.Command); err != nil {
					t.Fatal(err)
				}
			}
			w.Pass(time.Minute)
			w.Turn()
			if len(w.Posts) != slot+1 {
				t.Fatalf("%d posts after %d slots", len(w.Posts), slot)
			}
			slotOf[w.Posts[slot].Headline] = slot
		}
		for i := range urgent {
			if got, most := slotOf[fmt.Sprintf("%03d #urgent", i)]-10, 2+i+i/4+1; got > most {
				t.Errorf("urgent alert %d waited %d slots, want at most %d", i, got, most)
			}
		}
		for k := range normal {
			if got, most := slotOf[fmt.Sprintf("%03d #normal", k)], 5*(k+1); got > most {
				t.Errorf("normal alert %d waited %d slots, want at most %d", k, got, most)
			}
		}
	})
}

// Of more channels than there are turns, that with an urgent alert comes first.
func TestChannelWithAnUrgentAlertComesFirst(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			for i := range 140 {
				d := news.Delivery{
					Channel: fmt.Sprintf("channel%03d", i), Kind: news.DeliverOps, Severity: news.Normal,
					State: news.StatePending, Text: "x", Due: pipetest.Noon, Created: pipetest.Noon,
				}
				if i == 139 {
					d.Severity = news.Urgent
				}
				if err := tx.Deliveries.Add(t.Context(), d); err != nil {
					return err
				}
			}
			claims, err := tx.Channels.Claim(t.Context(), pipetest.Noon, 3, "channel000")
			names := []string{}
			for _, c := range claims {
				names = append(names, c.Name)
			}
			slices.Sort(names)
			if got := strings.Join(names, " "); got != "channel001 channel002 channel139" {
				t.Errorf("claimed %s", got)
			}
			if more, err := tx.Channels.Claim(t.Context(), pipetest.Noon, 3); err != nil || len(more) != 0 {
				t.Errorf("claimed more than may have a turn: %v, %v", more, err)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
