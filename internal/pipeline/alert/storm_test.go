package alert_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
)

// places are towns that no two headlines share.
var places = strings.Fields("Oslo Lima Cairo Quito Dakar Hanoi Perth Turin Malmo Kyoto Izmir Basra Leeds Natal Omsk Riga Sofia Tunis")

// stormy runs a test in a world where more than 3 news of a rule in 10 minutes are folded.
func stormy(t *testing.T, test func(t *testing.T, w *pipetest.World)) {
	t.Helper()
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Storm = news.Gust{News: 3, Over: 10 * time.Minute}
		w.Plan.Answerable = true
		w.Plan.Severities = map[string]news.Severity{"kim": news.Normal}
		w.Scheduled("* * * * *")
		test(t, w)
	})
}

// gust lists a story at each place, all of which the rules find that are written behind it, and
// returns what is posted for them.
func gust(w *pipetest.World, from, to int, rules string) []notify.Message {
	w.T.Helper()
	before := len(w.Posts)
	for i := from; i < to; i++ {
		s := pipetest.Listed(fmt.Sprintf("%s%d %s", places[i%len(places)], i, rules))[0]
		s.Published = w.Now.Add(-time.Minute)
		w.Stories = append(w.Stories, s)
	}
	w.ToNext()
	w.Live(2 * time.Minute)
	return w.Posts[before:]
}

// looks is what a message shows.
func looks(m notify.Message) string {
	var b strings.Builder
	for _, p := range m.Parts() {
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
		for _, button := range p.Buttons {
			b.WriteString("[" + button.Label + "]")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// about returns the posts that are about something.
func about(posts []notify.Message, what string) (all []notify.Message) {
	for _, m := range posts {
		if strings.Contains(looks(m), what) {
			all = append(all, m)
		}
	}
	return all
}

// lastEdit is what the newest edit of a message shows.
func lastEdit(w *pipetest.World, delivery int64) string {
	for _, m := range slices.Backward(w.Edits) {
		if m.Delivery == delivery {
			return looks(m)
		}
	}
	return ""
}

// TestStorm: above the number of news the further ones are folded into one message, each in one
// list of its thread. Urgent ones come singly. When it is calm, that is said.
func TestStorm(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		posts := gust(w, 0, 9, "#kim")
		heads := about(posts, "Storm: ")
		if len(posts) != 5 || len(heads) != 1 {
			t.Fatalf("%d messages, %d heads", len(posts), len(heads))
		}
		list := posts[4]
		if list.Thread == "" || len(list.Briefs) != 6 || len(w.Arrivals()) != 3 {
			t.Errorf("%d are listed in thread %q, %d came singly", len(list.Briefs), list.Thread, len(w.Arrivals()))
		}
		if s := looks(heads[0]); !strings.Contains(s, "Storm: 6 more stories of kim") || !strings.Contains(s, "3 more, all of them in the thread") ||
			!strings.Contains(s, "[Post the next ones singly (1 h)][Take these back…]") {
			t.Errorf("the head shows %s", s)
		}
		if posts := gust(w, 9, 11, "#kim #urgent"); len(posts) != 2 {
			t.Errorf("%d messages on urgent news", len(posts))
		}
		if posts := gust(w, 11, 13, "#kim"); len(posts) != 1 || len(posts[0].Briefs) != 2 {
			t.Errorf("%d messages in a storm that goes on", len(posts))
		}
		if s := lastEdit(w, heads[0].Delivery); !strings.Contains(s, "Storm: 8 more stories") {
			t.Errorf("the head shows %s", s)
		}
		before := len(w.Posts)
		w.Live(15 * time.Minute)
		over := w.Posts[before:]
		if len(over) != 1 || !strings.Contains(looks(over[0]), "The storm of kim is over: 8 stories were folded") {
			t.Errorf("%d messages at its end: %s", len(over), looks(over[0]))
		}
		if s := lastEdit(w, heads[0].Delivery); !strings.Contains(s, "calm since") || strings.Contains(s, "singly (1 h)") {
			t.Errorf("the head shows %s", s)
		}
		if posts := gust(w, 13, 14, "#kim"); len(posts) != 1 || posts[0].Kind != news.DeliverStory {
			t.Errorf("%d messages after the storm", len(posts))
		}
	})
}

// TestStormLeft: what is raised, or withdrawn, in a storm is a message of its own, and what
// another rule finds, too. The list shows what was withdrawn.
func TestStormLeft(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		gust(w, 0, 7, "#kim")
		list := w.Posts[4]
		before := len(w.Posts)
		for i, more := range map[int]string{0: " #urgent", 1: " #putin"} {
			w.Stories[i].Title += more
		}
		w.Stories[2].Title = "KILL: " + w.Stories[2].Title
		w.ToNext()
		w.Live(2 * time.Minute)
		posts := w.Posts[before:]
		for _, what := range []string{"Raised from NORMAL", "it now also matches putin", "KILLED"} {
			if n := len(about(posts, what)); n != 1 {
				t.Errorf("%d messages say %q", n, what)
			}
		}
		if len(posts) != 3 {
			t.Errorf("%d messages", len(posts))
		}
		if s := lastEdit(w, list.Delivery); !strings.Contains(s, "KILLED") {
			t.Errorf("the list shows %s", s)
		}
	})
}

// TestStormHeads: a storm that goes on is headed by a new message every hour, and by that of a
// burst.
func TestStormHeads(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		posts := gust(w, 0, 5, "#kim")
		first := about(posts, "Storm: ")[0]
		for i := 5; w.Now.Before(pipetest.Noon.Add(63 * time.Minute)); i += 3 {
			gust(w, i, i+3, "#kim")
			w.Pass(4*time.Minute - 10*time.Second)
			w.Live(10 * time.Second)
		}
		heads := about(w.Posts, "Storm: ")
		if len(heads) != 2 {
			t.Fatalf("%d heads in an hour", len(heads))
		}
		if s := lastEdit(w, first.Delivery); !strings.Contains(s, "Continues ↓") {
			t.Errorf("the first head shows %s", s)
		}
		w.Plan.Signals = map[string]act.Signal{"kim": {
			Match: news.Match{Rule: "kim"}, Burst: &news.Burst{News: 4, Over: time.Hour, Severity: news.High},
		}}
		w.SetPlan()
		burst := about(gust(w, 200, 202, "#kim"), "news of kim within")
		if len(burst) != 1 {
			t.Fatalf("%d messages about a burst", len(burst))
		}
		posts = gust(w, 202, 204, "#kim")
		if s := lastEdit(w, burst[0].Delivery); !strings.Contains(s, "Storm: ") || len(posts) != 1 {
			t.Errorf("%d messages; that of the burst shows %s", len(posts), s)
		}
	})
}

// TestStormOnce: each news is told in one place, whatever daemon dies when.
func TestStormOnce(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		n := 0
		w.OnSend = func(notify.Message) error {
			if n++; n%3 == 0 {
				return &notify.SendError{Problem: notify.InDoubt, Err: fmt.Errorf("cut off")}
			}
			return nil
		}
		for i := 0; i < 12; i += 4 {
			gust(w, i, i+4, "#kim")
			w.Pipe = w.Daemon() // the one before died
			w.SetPlan()
		}
		w.Live(10 * time.Minute)
		told := map[string]int{}
		for _, m := range w.Posts {
			if m.Kind == news.DeliverStory {
				told[m.Headline]++
			}
			if m.Thread != "" {
				for _, b := range m.Briefs {
					told[b.Headline]++
				}
			}
		}
		for i := range w.Stories {
			if told[w.Stories[i].Title] != 1 {
				t.Errorf("%q is told %d times", w.Stories[i].Title, told[w.Stories[i].Title])
			}
		}
	})
}

// TestFoldedNeedAnAnswer: of an alert that a storm folded others are told as well when nobody
// answers it.
func TestFoldedNeedAnAnswer(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Routes: []notify.Route{{
			To: []string{"news"}, Fallback: news.Fallback{After: 15 * time.Minute, To: []string{"heads"}},
		}}}
		w.SetPlan()
		gust(w, 0, 9, "#kim")
		w.Live(30 * time.Minute)
		told := 0
		for _, m := range w.Posts {
			if m.Kind == news.DeliverUnanswered {
				told++
			}
		}
		if told != 9 {
			t.Errorf("others were told of %d alerts, want 9", told)
		}
	})
}

// TestFoldsMoveOn: where the channel of a storm is gone and another one is told in its place,
// the news that were folded do not wait for the head that stays behind.
func TestFoldsMoveOn(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "gone"}
		w.SetPlan()
		gust(w, 0, 9, "#kim")
		w.Plan.Routes.Default = "news"
		w.SetPlan()
		w.Live(30 * time.Minute)
		shown := 0
		for _, m := range w.Posts {
			shown += len(m.Briefs)
			if m.Kind == news.DeliverStory {
				shown++
			}
		}
		if shown != 9 {
			t.Errorf("%d stories were told, want 9", shown)
		}
	})
}

// pass lets a time pass in which nothing new is listed.
func pass(w *pipetest.World, d time.Duration) {
	w.T.Helper()
	for range int(d / (10 * time.Minute)) {
		w.Pass(10 * time.Minute)
		w.Live(time.Second)
	}
}

// quiet has the channel news be quiet from a time of the day to 15:00.
func quiet(w *pipetest.World, from time.Duration) {
	lull := schedule.Lull{From: from, To: 15 * time.Hour}
	w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{lull}, Zone: time.UTC}}
}

// TestStormAtNight: in the quiet hours of its channel a storm is not headed anew, and its end is
// told when they are over.
func TestStormAtNight(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Storm.Over = 2 * time.Hour
		quiet(w, 12*time.Hour+30*time.Minute)
		w.SetPlan()
		if heads := about(gust(w, 0, 6, "#kim"), "Storm: "); len(heads) != 1 {
			t.Fatalf("%d heads", len(heads))
		}
		pass(w, 30*time.Minute)
		before := len(w.Posts)
		pass(w, 2*time.Hour)
		if n := len(w.Posts) - before; n != 0 {
			t.Errorf("%d messages in the quiet: %s", n, looks(w.Posts[before]))
		}
		pass(w, time.Hour)
		if over := w.Posts[before:]; len(over) != 1 || !strings.Contains(looks(over[0]), "The storm of kim is over") {
			t.Errorf("%d messages after it", len(over))
		}
	})
}

// TestHeadWaits: the head of a storm that could not be posted before the quiet waits for its end.
func TestHeadWaits(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		w.OnSend = func(m notify.Message) error {
			if m.Kind == news.DeliverDigest {
				return &notify.SendError{Problem: notify.Temporary, Err: errors.New("down")}
			}
			return nil
		}
		gust(w, 0, 6, "#kim")
		w.OnSend = nil
		from := w.Clock().Sub(pipetest.Noon) + 12*time.Hour
		quiet(w, from.Truncate(time.Minute))
		w.SetPlan()
		before := len(w.Posts)
		pass(w, time.Hour)
		if n := len(w.Posts) - before; n != 0 {
			t.Errorf("%d messages in the quiet: %s", n, looks(w.Posts[before]))
		}
		pass(w, 2*time.Hour)
		if n := len(about(w.Posts[before:], "Storm: ")); n != 1 {
			t.Errorf("%d heads after it", n)
		}
	})
}

// TestStormEndsInTime: what is planned next is no later than the end of a storm.
func TestStormEndsInTime(t *testing.T) {
	stormy(t, func(t *testing.T, w *pipetest.World) {
		gust(w, 0, 6, "#kim")
		w.Scheduled("0 0 1 1 *")
		w.Live(2 * time.Minute)
		storms, err := w.Store.Storms.All(t.Context())
		if err != nil || len(storms) != 1 {
			t.Fatal(storms, err)
		}
		next, err := w.Store.Counts.NextDue(t.Context(), w.Clock())
		if err != nil || !next.Equal(storms[0].Busy) {
			t.Errorf("the next is due at %s, the storm ends at %s: %v", next, storms[0].Busy, err)
		}
	})
}
