package alert_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
)

// quietUntil has the channel news quiet from noon until a time of the day.
func quietUntil(w *pipetest.World, until time.Duration) {
	w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 12 * time.Hour, To: until}}}}
	w.SetPlan()
}

// lists has the world list other stories after a time, which is an hour or more, and returns
// the messages that this adds.
func lists(w *pipetest.World, after time.Duration, titles ...string) []notify.Message {
	w.T.Helper()
	before := len(w.Posts)
	w.Pass(after - time.Hour)
	w.Stories = pipetest.Listed(titles...)
	for i := range w.Stories {
		w.Stories[i].Published = w.Now.Add(-time.Minute)
	}
	w.Again()
	w.Turn()
	w.Beat(false)
	w.Turn()
	return w.Posts[before:]
}

// shown is what a message shows.
func shown(m notify.Message) string {
	var b strings.Builder
	for _, p := range m.Parts() {
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestQuiet: what is found while a channel is quiet comes in one digest when that ends, and
// what is urgent, or another channel's, at once.
func TestQuiet(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{To: []string{"news", "desk"}}}}
		quietUntil(w, 16*time.Hour)
		for _, c := range []struct {
			title string
			posts int
		}{
			{"Leaders met for #kim in Vladivostok", 1}, {"A shell factory of #putin grows", 1}, {"A missile flies for #kim #urgent", 2},
		} {
			if posts := lists(w, time.Hour, c.title); len(posts) != c.posts {
				t.Errorf("%s: %d messages", c.title, len(posts))
			}
		}
		before := len(w.Posts)
		w.Pass(59 * time.Minute)
		if w.Turn(); len(w.Posts) != before {
			t.Errorf("%d messages before the quiet ends", len(w.Posts)-before)
		}
		w.Pass(time.Minute)
		if w.Turn(); len(w.Posts) != before+1 {
			t.Fatalf("%d messages when the quiet ends", len(w.Posts)-before)
		}
		digest := shown(w.Posts[before])
		for _, want := range []string{"2 stories while it was quiet", "2 normal", "Leaders met", "A shell factory"} {
			if !strings.Contains(digest, want) {
				t.Errorf("the digest lacks %q: %s", want, digest)
			}
		}
		if posts := lists(w, time.Hour, "A rocket for #kim starts"); len(posts) != 2 {
			t.Errorf("%d messages after the quiet", len(posts))
		}
	})
}

// TestQuietBoundary: what comes in the last moments of a quiet, when its digest takes no more,
// is told once, and so is what comes after it, though the daemon is killed meanwhile.
func TestQuietBoundary(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		quietUntil(w, 14*time.Hour)
		titles := []string{"Leaders met for #kim in Vladivostok", "A shell factory of #putin grows", "A missile flies for #kim"}
		w.Stories = pipetest.Listed(titles[:1]...)
		w.Turn()
		w.Pipe = w.Daemon()
		w.SetPlan()
		lists(w, 2*time.Hour-20*time.Second, titles[:2]...)
		w.Pipe = w.Daemon()
		w.SetPlan()
		w.Pass(20 * time.Second)
		w.Turn()
		lists(w, time.Hour, titles...)
		var all string
		for _, m := range w.Posts {
			all += shown(m)
		}
		for _, title := range titles {
			if n := strings.Count(all, strings.Split(title, " #")[0]); n != 1 {
				t.Errorf("%q is told %d times: %s", title, n, all)
			}
		}
	})
}

// TestHeldMeanwhile: of news that waits nothing is told but that it was raised, which is a
// message of its own and leaves the digest.
func TestHeldMeanwhile(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		quietUntil(w, 16*time.Hour)
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok", "A shell factory of #putin grows")
		w.Turn()
		w.Stories[0].Title += " #urgent"
		w.Again()
		w.Turn()
		if len(w.Posts) != 1 || w.Posts[0].Severity != news.Urgent {
			t.Fatalf("%d messages", len(w.Posts))
		}
		w.Pass(4 * time.Hour)
		if w.Turn(); len(w.Posts) != 2 {
			t.Fatalf("%d messages", len(w.Posts))
		}
		if digest := shown(w.Posts[1]); strings.Contains(digest, "Leaders met") || !strings.Contains(digest, "1 story while it was quiet") {
			t.Errorf("the digest is %s", digest)
		}
	})
}

// TestQuietRemoved: when a reload ends a quiet, what it kept is told now; when it lengthens it,
// at its new end.
func TestQuietRemoved(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		reload := func() {
			t.Helper()
			if err := w.Pipe.SetPlan(t.Context(), w.Plan, pipeline.Reload); err != nil {
				t.Fatal(err)
			}
			w.Turn()
		}
		plan := *w.Plan
		quietUntil(w, 16*time.Hour)
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		longer := *w.Plan
		longer.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 12 * time.Hour, To: 18 * time.Hour}}}}
		w.Plan = &longer
		reload()
		w.Pass(5 * time.Hour)
		if w.Turn(); len(w.Posts) != 0 {
			t.Errorf("%d messages in the longer quiet", len(w.Posts))
		}
		w.Plan = &plan
		if reload(); len(w.Posts) != 1 || !strings.Contains(shown(w.Posts[0]), "1 story while it was quiet") {
			t.Errorf("%d messages without it", len(w.Posts))
		}
		w.Pass(5 * time.Hour)
		if w.Turn(); len(w.Posts) != 1 {
			t.Errorf("%d messages", len(w.Posts))
		}
	})
}

// TestQuietWhenTheClockIsSet: a digest comes when the quiet ends by the clock as it is by then.
func TestQuietWhenTheClockIsSet(t *testing.T) {
	for _, step := range []time.Duration{-30 * time.Minute, 30 * time.Minute} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			quietUntil(w, 16*time.Hour)
			w.Beat(true)
			lists(w, time.Hour, "Leaders met for #kim in Vladivostok")
			w.Set(step)
			w.Live(5 * time.Second)
			posts := func() (n int) {
				w.Turn()
				for _, m := range w.Posts {
					if m.Kind == news.DeliverDigest {
						n++
					}
				}
				return n
			}
			if n := posts(); n != 0 {
				t.Errorf("%d digests once the clock was set", n)
			}
			w.Pass(pipetest.Noon.Add(4*time.Hour - time.Minute).Sub(w.Clock()))
			if n := posts(); n != 0 {
				t.Errorf("%d digests before the quiet ends", n)
			}
			w.Pass(time.Minute)
			if n := posts(); n != 1 {
				t.Errorf("%d digests when the quiet ends", n)
			}
		})
	}
}

// TestDigestChannel: a channel with a calendar is told at its times alone; what comes of a
// news that a digest told stays in the thread of that digest.
func TestDigestChannel(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		at, err := schedule.Parse("0 8,16 * * *")
		if err != nil {
			t.Fatal(err)
		}
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		w.Plan.Hours = map[string]schedule.Hours{"news": {Digest: at, Zone: berlin}}
		w.SetPlan()
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		if posts := lists(w, time.Hour, "A missile flies for #putin #urgent"); len(posts) != 1 {
			t.Errorf("%d urgent messages", len(posts))
		}
		w.Pass(time.Hour)
		if w.Turn(); len(w.Posts) != 2 || !strings.Contains(shown(w.Posts[1]), "Digest of 1 story") {
			t.Fatalf("%d messages at 16:00", len(w.Posts))
		}
		if posts := lists(w, time.Hour, "A rocket for #kim starts", "Leaders met for #kim in Vladivostok"); len(posts) != 0 {
			t.Errorf("%d messages after the digest", len(posts))
		}
		w.Stories[1].Title += " #urgent"
		w.Again()
		w.Turn()
		if len(w.Posts) != 3 || w.Posts[2].Thread == "" || !w.Posts[2].Broadcast {
			t.Errorf("%d messages when news of the digest is raised: %+v", len(w.Posts), w.Posts[len(w.Posts)-1])
		}
		w.Pass(13*time.Hour + 59*time.Minute)
		if w.Turn(); len(w.Posts) != 3 {
			t.Errorf("%d messages before 08:00", len(w.Posts))
		}
		w.Pass(time.Minute)
		if w.Turn(); len(w.Posts) != 4 || !strings.Contains(shown(w.Posts[3]), "A rocket") {
			t.Errorf("%d messages at 08:00", len(w.Posts))
		}
	})
}

// TestEscalatedAtNight: an alert that an escalation brings to a channel which had none waits for the
// end of its quiet with the others, unless it is urgent.
func TestEscalatedAtNight(t *testing.T) {
	for severity, posts := range map[news.Severity]int{news.High: 0, news.Urgent: 1} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			w.Plan.Escalations = map[string][]news.Escalation{"quake": {{Outlets: 2, Over: time.Hour, Severity: severity}}}
			w.Plan.Hours = map[string]schedule.Hours{"desk": {Quiet: []schedule.Lull{{From: 11 * time.Hour, To: 16 * time.Hour}}}}
			raised := notify.Route{Severity: []news.Severity{severity}, To: []string{"news", "desk"}}
			w.Plan.Routes.Routes = []notify.Route{raised}
			world := newNewsroom(w, "geo", "harbour")
			world.tells("geo", quake)
			world.tells("harbour", quakeOwn)
			desk := func() (all []notify.Message) {
				for _, m := range w.Posts {
					if d, err := w.Store.Deliveries.Get(t.Context(), m.Delivery); err == nil && d.Channel == "desk" {
						all = append(all, m)
					}
				}
				return all
			}
			if got := desk(); len(got) != posts {
				t.Errorf("%s: %d messages in the quiet", severity, len(got))
			}
			w.Pass(4 * time.Hour)
			w.Turn()
			if got := desk(); len(got) != 1 || (got[0].Kind == news.DeliverDigest) != (posts == 0) {
				t.Errorf("%s: %d messages after it", severity, len(got))
			}
		})
	}
}
