package pipeline_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// Twelve sources that fail at once are one message, and one when they are read
// again: with two daemons in turns, each of which is restarted all the time.
func TestTroubleOfAllSourcesIsToldOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Watch(12)
		work := func(d time.Duration) {
			for end := w.Clock().Add(d); w.Clock().Before(end); w.Pass(15 * time.Second) {
				w.Pipe = w.Further()
				w.Turn()
			}
		}
		work(3 * time.Minute)
		w.ListErr = &news.CrawlError{Fault: news.FaultDNS, URL: "https://s00.example/feed", Err: errors.New("no such host")}
		work(20 * time.Minute)
		if got := w.Ops(); len(got) != 1 || !strings.HasPrefix(got[0], "12 of 12 sources unreadable since 12:03: probably our network\ns00, s01, ") {
			t.Fatalf("heard %q", got)
		}
		w.ListErr, w.Stories = nil, pipetest.Listed("a")
		work(20 * time.Minute)
		got := w.Ops()
		if len(got) != 2 || !strings.HasPrefix(got[1], "12 of 12 sources can be read again since 12:2") || !strings.Contains(got[1], "unreadable since 12:03, for ") {
			t.Fatalf("heard %q", got)
		}
		work(10 * time.Minute)
		if got := w.Ops(); len(got) != 2 {
			t.Errorf("heard %q", got)
		}
	})
}

// Two daemons that look at the same moment must not both tell.
func TestTwoDaemonsTellAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := pipetest.NewWorld(t, storage)
		w.Plan.Crawler = w.Site()
		w.Watch(3)
		w.ListErr = &news.CrawlError{Fault: news.FaultConnect, Err: errors.New("refused")}
		for range 20 {
			w.Pass(time.Minute)
			daemons := []*pipeline.Pipeline{w.Further(), w.Further()}
			errs := make(chan error, len(daemons))
			for _, p := range daemons {
				go func() { errs <- p.Dispatch(t.Context()) }()
			}
			if err := errors.Join(<-errs, <-errs); err != nil {
				t.Fatal(err)
			}
			w.Turn()
		}
		if got := w.Ops(); len(got) != 1 || !strings.HasPrefix(got[0], "3 of 3 sources unreadable") {
			t.Errorf("heard %q", got)
		}
	})
}

// A hundred deliveries that are given up in a row are two messages, the first
// of them at once.
func TestManyOfOneKindAreTwoMessages(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		var titles []string
		for i := range 100 {
			titles = append(titles, fmt.Sprintf("story %d #kim", i))
		}
		w.Stories = pipetest.Listed(titles...)
		w.OnSend = func(m notify.Message) error {
			if m.Kind == news.DeliverStory {
				return &notify.SendError{Problem: notify.Malformed, Err: errors.New("invalid_blocks")}
			}
			return nil
		}
		w.Turn()
		if got := w.Ops(); len(got) != 1 || !strings.HasPrefix(got[0], "Delivery ") || strings.Contains(got[0], "\n") {
			t.Fatalf("heard %q", got)
		}
		for range 40 {
			w.Pass(5 * time.Second)
			w.Turn()
		}
		got := w.Ops()
		if len(got) != 2 || w.States()[news.StateDead] != 100 {
			t.Fatalf("states %v, heard %q", w.States(), got)
		}
		lines := strings.Split(got[1], "\n")
		if len(lines) != 16 || lines[15] != "… and 84 more of the kind" {
			t.Errorf("heard %q", lines)
		}
	})
}

// What several daemons have to say in the same words is said once.
func TestDaemonsSayOneThingOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		say := func(text string) {
			for range 3 {
				if err := w.Further().Tell(t.Context(), text); err != nil {
					t.Fatal(err)
				}
				w.Pass(time.Second)
			}
		}
		say("The config is wrong.")
		say("The config is right again.")
		say("The config is wrong.")
		w.Pass(time.Hour)
		say("The config is wrong.")
		w.Turn()
		want := []string{"The config is wrong.", "The config is right again.", "The config is wrong.", "The config is wrong."}
		if got := w.Ops(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("heard %q", got)
		}
	})
}
