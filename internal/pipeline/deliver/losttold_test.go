package deliver_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// losing copies the store, and returns the world as it goes on with the copy
// once what was recorded since is lost. declared says so; else it is noticed.
func losing(t *testing.T, w *pipetest.World, declared bool) (restore func() *pipetest.World) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := w.Store.Copy(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	return func() *pipetest.World {
		taken, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		back := filepath.Join(t.TempDir(), "back.db")
		if err := os.WriteFile(back, taken, 0o600); err != nil {
			t.Fatal(err)
		}
		next := pipetest.NewWorld(t, back)
		next.Now, next.Posts, next.Landed, next.Stories = w.Now, slices.Clone(w.Posts), w.Landed, w.Stories
		plan := *w.Plan
		plan.Sender, plan.Rules, plan.Crawler = next.Slack(), next, next.Site()
		next.Plan = &plan
		next.SetPlan()
		if declared {
			if err := next.Pipe.Channels.DeclareRestored(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return next
	}
}

// TestLostAndMissed: a story that was told before the store lost it is left out
// of the digest of what was missed; a digest that was sent is not sent again.
func TestLostAndMissed(t *testing.T) {
	for name, declared := range map[string]bool{"declared": true, "noticed": false} {
		t.Run(name, func(t *testing.T) {
			w := pipetest.NewWorld(t, storetest.SQLite(t))
			w.Plan.Crawler, w.Plan.MaxAge = w.Site(), 48*time.Hour
			w.SetPlan()
			w.Stories = pipetest.Listed("a #kim")
			w.Turn()
			restore := losing(t, w, declared)
			w.Pass(2 * time.Hour)
			fresh := pipetest.Listed("b #kim", "c #kim", "d #kim")
			for i := range fresh {
				fresh[i].Published = w.Clock()
			}
			w.Stories = append(fresh[:1:1], w.Stories...)
			w.Turn()
			w.WantPosts("a #kim", "b #kim")
			w.Pass(70 * time.Hour)
			w.Stories = append(fresh, w.Stories[1:]...)

			next := restore()
			next.Live(15 * time.Minute)
			m := next.Posts[len(next.Posts)-1]
			if m.Kind != news.DeliverDigest || len(m.Briefs) != 2 || m.Briefs[0].Headline+m.Briefs[1].Headline != "d #kimc #kim" {
				t.Errorf("the digest is %+v", m)
			}
			if got := next.ToldSince(2); len(got) != 1 {
				t.Errorf("told %q after the loss", got)
			}

			again := restore() // as it was: the digest is lost as well
			again.Posts, again.Now = next.Posts, next.Now
			n := len(next.Posts)
			again.Live(15 * time.Minute)
			if got := again.ToldSince(n); len(got) != 0 {
				t.Errorf("told %q again", got)
			}
			if s := again.States(); s[news.StateSent] == 0 || s[news.StateInDoubt]+s[news.StatePending]+s[news.StateDead] != 0 {
				t.Errorf("states %v", s)
			}
		})
	}
}

// TestLostRaise: that an alert was raised is told once, though the store lost
// it; another story's raise is told, and so is a further one.
func TestLostRaise(t *testing.T) {
	w := pipetest.NewWorld(t, storetest.SQLite(t))
	w.Plan.Crawler = w.Site()
	w.SetPlan()
	w.Stories = pipetest.Listed("x of the #kim", "y of the #kim")
	w.Turn()
	restore := losing(t, w, true)
	retitle := func(i int, title string) {
		w.Stories = slices.Clone(w.Stories)
		w.Stories[i].Title = title
	}
	retitle(0, "x of the #kim #urgent")
	w.Pass(time.Hour)
	w.Turn()
	if got := w.ToldSince(2); len(got) != 1 || w.Posts[2].Kind != news.DeliverUpdate {
		t.Fatalf("told %q", got)
	}
	retitle(1, "y of the #kim #urgent")
	next := restore()
	next.Live(10 * time.Minute)
	if got := next.ToldSince(3); len(got) != 1 || got[0] != "y of the #kim #urgent" {
		t.Errorf("told %q after the loss", got)
	}
}

// TestLostTellingOfOneLink: two sources tell different stories under one link;
// that the one was told says nothing of the other.
func TestLostTellingOfOneLink(t *testing.T) {
	w := pipetest.NewWorld(t, storetest.SQLite(t))
	w.Plan.Crawler = w.Site()
	link := "https://wire.example/7-summit"
	of := map[string][]news.Story{"tass": pipetest.Listed("a #kim"), "wire": nil}
	w.Source("wire", of)
	w.SetPlan()
	w.Turn()
	restore := losing(t, w, true)
	of["tass"] = append([]news.Story{{URL: link, Title: "Read more #kim", Published: pipetest.Noon}}, of["tass"]...)
	w.Pass(time.Hour)
	w.Turn()
	of["wire"] = []news.Story{{URL: link, Title: "Leaders sign a deal #kim", Published: pipetest.Noon}}
	next := restore()
	next.Source("wire", of)
	next.SetPlan()
	next.Live(10 * time.Minute)
	if got := strings.Join(next.ToldSince(2), ", "); got != "Leaders sign a deal #kim" {
		t.Errorf("told %s after the loss", got)
	}
}

// TestRedirectedDigestAndRaise: what was missed, and a raise of an alert that
// waits, go to another channel like the alert itself, and tell no news twice.
func TestRedirectedDigestAndRaise(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		w.Misroute("gone")
		w.SetPlan()
		w.Stories = pipetest.Listed("x of the #lost")
		w.Turn()
		w.Stories = slices.Clone(w.Stories)
		w.Stories[0].Title = "x of the #lost #urgent"
		w.Plan.Routes.Routes[0].Rule = []string{"lost", "urgent"}
		w.SetPlan()
		w.Pass(time.Hour)
		w.Turn()
		w.Pass(75 * time.Hour)
		missed := pipetest.Listed("friday #lost", "saturday #lost #kim")
		for i := range missed {
			missed[i].Published = w.Clock().Add(-60 * time.Hour)
		}
		w.Stories = append(missed, w.Stories...)
		w.Turn()
		w.Live(8 * time.Minute)
		kinds := map[news.DeliveryKind]int{}
		for _, d := range w.Deliveries(news.StateParked) {
			kinds[d.Kind]++
		}
		if kinds[news.DeliverStory] != 1 || kinds[news.DeliverUpdate] != 1 || kinds[news.DeliverDigest] != 1 {
			t.Fatalf("parked %v, posted %q", kinds, w.ToldSince(0))
		}
		n := len(w.Posts)
		w.Misroute("news")
		w.Plan.Routes.Routes[0].Rule = []string{"lost", "urgent"}
		w.SetPlan()
		w.Live(time.Minute)
		if left := w.Deliveries(news.StateParked); len(left) != 0 {
			t.Errorf("parked still %+v", left)
		}
		got := w.ToldSince(n)
		slices.Sort(got)
		if want := "Missed while down: 1 story, x of the #lost #urgent, x of the #lost #urgent"; strings.Join(got, ", ") != want {
			t.Errorf("told %q, want %s", got, want)
		}
		for _, d := range w.Deliveries(news.StateSent) {
			if d.Kind != news.DeliverOps && d.Channel != "news" {
				t.Errorf("%s went to %s", d.Kind, d.Channel)
			}
		}
		none, err := w.Store.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 9, Channel: "gone"})
		if err != nil || len(none) != 0 {
			t.Errorf("left for the misspelt channel: %+v, %v", none, err)
		}
	})
}
