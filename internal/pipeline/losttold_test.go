package pipeline_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// losing copies the store, and returns the world as it goes on with the copy
// once what was recorded since is lost. declared says so; else it is noticed.
func losing(t *testing.T, w *world, declared bool) (restore func() *world) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "copy.db")
	if err := w.store.Copy(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	return func() *world {
		taken, err := os.ReadFile(file) //nolint:gosec // a test's file
		if err != nil {
			t.Fatal(err)
		}
		back := filepath.Join(t.TempDir(), "back.db")
		if err := os.WriteFile(back, taken, 0o600); err != nil {
			t.Fatal(err)
		}
		next := newWorld(t, back)
		next.now, next.posts, next.landed, next.stories = w.now, slices.Clone(w.posts), w.landed, w.stories
		plan := *w.plan
		plan.Sender, plan.Rules, plan.Crawler = next, next, site{next}
		next.plan = &plan
		next.setPlan()
		if declared {
			if err := next.pipe.DeclareRestored(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		return next
	}
}

// told are the headlines of the messages about stories since the first n.
func (w *world) toldSince(n int) (headlines []string) {
	for _, m := range w.posts[n:] {
		if m.Kind != news.DeliverOps {
			headlines = append(headlines, m.Headline)
		}
	}
	return headlines
}

// TestLostAndMissed: a story that was told before the store lost it is left out
// of the digest of what was missed; a digest that was sent is not sent again.
func TestLostAndMissed(t *testing.T) {
	for name, declared := range map[string]bool{"declared": true, "noticed": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, storetest.SQLite(t))
			w.plan.Crawler, w.plan.MaxAge = site{w}, 48*time.Hour
			w.setPlan()
			w.stories = listed("a #kim")
			w.turn()
			restore := losing(t, w, declared)
			w.pass(2 * time.Hour)
			fresh := listed("b #kim", "c #kim", "d #kim")
			for i := range fresh {
				fresh[i].Published = w.clock()
			}
			w.stories = append(fresh[:1:1], w.stories...)
			w.turn()
			w.wantPosts("a #kim", "b #kim")
			w.pass(70 * time.Hour)
			w.stories = append(fresh, w.stories[1:]...)

			next := restore()
			next.live(15 * time.Minute)
			m := next.posts[len(next.posts)-1]
			if m.Kind != news.DeliverDigest || len(m.Briefs) != 2 || m.Briefs[0].Headline+m.Briefs[1].Headline != "d #kimc #kim" {
				t.Errorf("the digest is %+v", m)
			}
			if got := next.toldSince(2); len(got) != 1 {
				t.Errorf("told %q after the loss", got)
			}

			again := restore() // as it was: the digest is lost as well
			again.posts, again.now = next.posts, next.now
			n := len(next.posts)
			again.live(15 * time.Minute)
			if got := again.toldSince(n); len(got) != 0 {
				t.Errorf("told %q again", got)
			}
			if s := again.states(); s[news.StateSent] == 0 || s[news.StateInDoubt]+s[news.StatePending]+s[news.StateDead] != 0 {
				t.Errorf("states %v", s)
			}
		})
	}
}

// TestLostRaise: that an alert was raised is told once, though the store lost
// it; another story's raise is told, and so is a further one.
func TestLostRaise(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.plan.Crawler = site{w}
	w.setPlan()
	w.stories = listed("x of the #kim", "y of the #kim")
	w.turn()
	restore := losing(t, w, true)
	retitle := func(i int, title string) {
		w.stories = slices.Clone(w.stories)
		w.stories[i].Title = title
	}
	retitle(0, "x of the #kim #urgent")
	w.pass(time.Hour)
	w.turn()
	if got := w.toldSince(2); len(got) != 1 || w.posts[2].Kind != news.DeliverUpdate {
		t.Fatalf("told %q", got)
	}
	retitle(1, "y of the #kim #urgent")
	next := restore()
	next.live(10 * time.Minute)
	if got := next.toldSince(3); len(got) != 1 || got[0] != "y of the #kim #urgent" {
		t.Errorf("told %q after the loss", got)
	}
}

// TestLostTellingOfOneLink: two sources tell different stories under one link;
// that the one was told says nothing of the other.
func TestLostTellingOfOneLink(t *testing.T) {
	w := newWorld(t, storetest.SQLite(t))
	w.plan.Crawler = site{w}
	link := "https://wire.example/7-summit"
	of := map[string][]news.Story{"tass": listed("a #kim"), "wire": nil}
	w.source("wire", of)
	w.setPlan()
	w.turn()
	restore := losing(t, w, true)
	of["tass"] = append([]news.Story{{URL: link, Title: "Read more #kim", Published: noon}}, of["tass"]...)
	w.pass(time.Hour)
	w.turn()
	of["wire"] = []news.Story{{URL: link, Title: "Leaders sign a deal #kim", Published: noon}}
	next := restore()
	next.source("wire", of)
	next.setPlan()
	next.live(10 * time.Minute)
	if got := strings.Join(next.toldSince(2), ", "); got != "Leaders sign a deal #kim" {
		t.Errorf("told %s after the loss", got)
	}
}

// TestRedirectedDigestAndRaise: what was missed, and a raise of an alert that
// waits, go to another channel like the alert itself, and tell no news twice.
func TestRedirectedDigestAndRaise(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.MaxAge = 48 * time.Hour
		w.misroute("gone")
		w.setPlan()
		w.stories = listed("x of the #lost")
		w.turn()
		w.stories = slices.Clone(w.stories)
		w.stories[0].Title = "x of the #lost #urgent"
		w.plan.Routes.Routes[0].Rule = []string{"lost", "urgent"}
		w.setPlan()
		w.pass(time.Hour)
		w.turn()
		w.pass(75 * time.Hour)
		missed := listed("friday #lost", "saturday #lost #kim")
		for i := range missed {
			missed[i].Published = w.clock().Add(-60 * time.Hour)
		}
		w.stories = append(missed, w.stories...)
		w.turn()
		w.live(8 * time.Minute)
		kinds := map[news.DeliveryKind]int{}
		for _, d := range w.deliveries(news.StateParked) {
			kinds[d.Kind]++
		}
		if kinds[news.DeliverStory] != 1 || kinds[news.DeliverUpdate] != 1 || kinds[news.DeliverDigest] != 1 {
			t.Fatalf("parked %v, posted %q", kinds, w.toldSince(0))
		}
		n := len(w.posts)
		w.misroute("news")
		w.plan.Routes.Routes[0].Rule = []string{"lost", "urgent"}
		w.setPlan()
		w.live(time.Minute)
		if left := w.deliveries(news.StateParked); len(left) != 0 {
			t.Errorf("parked still %+v", left)
		}
		got := w.toldSince(n)
		slices.Sort(got)
		if want := "Missed while down: 1 story, x of the #lost #urgent, x of the #lost #urgent"; strings.Join(got, ", ") != want {
			t.Errorf("told %q, want %s", got, want)
		}
		for _, d := range w.deliveries(news.StateSent) {
			if d.Kind != news.DeliverOps && d.Channel != "news" {
				t.Errorf("%s went to %s", d.Kind, d.Channel)
			}
		}
		if none, err := w.store.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 9, Channel: "gone"}); err != nil || len(none) != 0 {
			t.Errorf("left for the misspelt channel: %+v, %v", none, err)
		}
	})
}
