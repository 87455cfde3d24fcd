package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// further is one more pipeline on the store of a world, which may have been
// restarted, and follows the world's plan.
func (w *world) further() *pipeline.Pipeline {
	w.t.Helper()
	p := w.daemon()
	if err := p.SetPlan(w.t.Context(), w.plan, pipeline.Start); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// watch gives the world n sources, each on a host of its own, that are asked
// once a minute.
func (w *world) watch(n int) {
	w.t.Helper()
	minutely, err := schedule.Parse("* * * * *")
	if err != nil {
		w.t.Fatal(err)
	}
	w.plan.Sources = map[string]news.Source{}
	for i := range n {
		name := fmt.Sprintf("s%02d", i)
		w.plan.Sources[name] = news.Source{
			Name: name, Origin: news.Origin{Source: name}, URL: "https://" + name + ".example/feed", Schedule: "* * * * *", FullText: news.FullTextNever,
		}
		w.plan.Schedules[name] = minutely
	}
	w.setPlan()
}

// heard are the ops messages.
func (w *world) heard() (texts []string) {
	for _, m := range w.posts {
		if m.Kind == news.DeliverOps {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// Twelve sources that fail at once are one message, and one when they are read
// again: with two daemons in turns, each of which is restarted all the time.
func TestTroubleOfAllSourcesIsToldOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.watch(12)
		work := func(d time.Duration) {
			for end := w.clock().Add(d); w.clock().Before(end); w.pass(15 * time.Second) {
				w.pipe = w.further()
				w.turn()
			}
		}
		work(3 * time.Minute)
		w.listErr = &news.CrawlError{Fault: news.FaultDNS, URL: "https://s00.example/feed", Err: errors.New("no such host")}
		work(20 * time.Minute)
		if got := w.heard(); len(got) != 1 || !strings.HasPrefix(got[0], "12 of 12 sources unreadable since 12:03: probably our network\ns00, s01, ") {
			t.Fatalf("heard %q", got)
		}
		w.listErr, w.stories = nil, listed("a")
		work(20 * time.Minute)
		got := w.heard()
		if len(got) != 2 || !strings.HasPrefix(got[1], "12 of 12 sources can be read again since 12:2") || !strings.Contains(got[1], "unreadable since 12:03, for ") {
			t.Fatalf("heard %q", got)
		}
		work(10 * time.Minute)
		if got := w.heard(); len(got) != 2 {
			t.Errorf("heard %q", got)
		}
	})
}

// Two daemons that look at the same moment must not both tell.
func TestTwoDaemonsTellAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newWorld(t, storage)
		w.plan.Crawler = site{w}
		w.watch(3)
		w.listErr = &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("refused")}
		for range 20 {
			w.pass(time.Minute)
			daemons := []*pipeline.Pipeline{w.further(), w.further()}
			errs := make(chan error, len(daemons))
			for _, p := range daemons {
				go func() { errs <- p.Dispatch(t.Context()) }()
			}
			if err := errors.Join(<-errs, <-errs); err != nil {
				t.Fatal(err)
			}
			w.turn()
		}
		if got := w.heard(); len(got) != 1 || !strings.HasPrefix(got[0], "3 of 3 sources unreadable") {
			t.Errorf("heard %q", got)
		}
	})
}

// A hundred deliveries that are given up in a row are two messages, the first
// of them at once.
func TestManyOfOneKindAreTwoMessages(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var titles []string
		for i := range 100 {
			titles = append(titles, fmt.Sprintf("story %d #kim", i))
		}
		w.stories = listed(titles...)
		w.onSend = func(m notify.Message) error {
			if m.Kind == news.DeliverStory {
				return &notify.SendError{Problem: notify.Malformed, Err: errors.New("invalid_blocks")}
			}
			return nil
		}
		w.turn()
		if got := w.heard(); len(got) != 1 || !strings.HasPrefix(got[0], "Delivery ") || strings.Contains(got[0], "\n") {
			t.Fatalf("heard %q", got)
		}
		for range 40 {
			w.pass(5 * time.Second)
			w.turn()
		}
		got := w.heard()
		if len(got) != 2 || w.states()[news.StateDead] != 100 {
			t.Fatalf("states %v, heard %q", w.states(), got)
		}
		lines := strings.Split(got[1], "\n")
		if len(lines) != 16 || lines[15] != "… and 84 more of the kind" {
			t.Errorf("heard %q", lines)
		}
	})
}

// What several daemons have to say in the same words is said once.
func TestDaemonsSayOneThingOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		say := func(text string) {
			for range 3 {
				if err := w.further().Tell(t.Context(), text); err != nil {
					t.Fatal(err)
				}
				w.pass(time.Second)
			}
		}
		say("The config is wrong.")
		say("The config is right again.")
		say("The config is wrong.")
		w.pass(time.Hour)
		say("The config is wrong.")
		w.turn()
		want := []string{"The config is wrong.", "The config is right again.", "The config is wrong.", "The config is wrong."}
		if got := w.heard(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("heard %q", got)
		}
	})
}
