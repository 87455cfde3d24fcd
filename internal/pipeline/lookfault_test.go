package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func TestTickingCounterIsNoRevision(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		loads := 0
		w.onPage = func(news.Story) {
			loads++
			w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: fmt.Sprintf("%d min ago\n%s\nThis was read %d times.\nMost read: the bread price rises for month %d", loads, pageText, 100*loads, loads)}
		}
		alerted(w)
		w.until(25 * time.Hour)
		if loads != 5 {
			t.Errorf("the page was loaded %d times, want 5", loads)
		}
		w.wantRevisions()
	})
}

func TestWallIsNoRevision(t *testing.T) {
	for name, page := range map[string]news.Story{
		"no text":  {},
		"a teaser": {Title: "Leaders meet", Text: strings.Split(pageText, "\n")[0][:60], Paywalled: true},
		"a login":  {Title: "Log in", Text: "You have read all of your free articles. Log in to read on."},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				alerted(w)
				w.pages[pageURL] = page
				w.until(2 * time.Hour)
				w.wantRevisions()
				if s := w.story(); s.Text != pageText || s.Title != "Leaders meet" || w.pageRead != 2 {
					t.Errorf("after %d looks the story is recorded as %+v", w.pageRead, s.Story)
				}
			})
		})
	}
}

func TestWithdrawnStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		delete(w.pages, pageURL)
		w.until(19 * time.Minute)
		w.wantRevisions() // one look may be a hiccup
		w.until(20 * time.Minute)
		w.wantRevisions("withdrawn")
		if s := w.story(); !s.Withdrawn.Equal(noon.Add(20*time.Minute)) || s.Text != pageText {
			t.Errorf("the story is recorded as %+v", s)
		}
		w.until(2 * time.Hour)
		w.wantRevisions("withdrawn")
		w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: strings.Replace(pageText, "15", "12", 1)}
		w.until(7 * time.Hour)
		w.wantRevisions("withdrawn", "text restored")
		if s := w.story(); !s.Withdrawn.IsZero() {
			t.Errorf("still withdrawn at %v", s.Withdrawn)
		}
	})
}

func TestPageThatWasGoneForAMomentIsNotWithdrawn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		page := w.pages[pageURL]
		delete(w.pages, pageURL)
		w.until(16 * time.Minute)
		w.pages[pageURL] = page
		w.until(50 * time.Minute)
		delete(w.pages, pageURL) // and again, at the next look
		w.until(61 * time.Minute)
		w.pages[pageURL] = page
		w.until(25 * time.Hour)
		w.wantRevisions()
		if w.pageRead != 6 {
			t.Errorf("looked %d times, want 6", w.pageRead)
		}
	})
}

func TestTroubleIsNoWithdrawal(t *testing.T) {
	for _, fault := range []news.Fault{news.FaultTimeout, news.FaultStatus, news.FaultRobots, news.FaultThrottled, news.FaultContent} {
		t.Run(string(fault), func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				alerted(w)
				w.pageErr = &news.CrawlError{Fault: fault, URL: pageURL, Status: 403}
				w.until(25 * time.Hour)
				w.wantRevisions()
				if w.pageRead != 4 {
					t.Errorf("looked %d times, want as planned", w.pageRead)
				}
			})
		})
	}
}

func TestLookWaitsForItsHost(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.pageErr = &news.LaterError{At: noon.Add(40 * time.Minute)}
		w.until(39 * time.Minute)
		if w.pageRead != 1 {
			t.Errorf("asked %d times", w.pageRead)
		}
		w.pageErr = nil
		w.until(41 * time.Minute)
		if w.pageRead != 2 {
			t.Errorf("asked %d times", w.pageRead)
		}
	})
}

func TestDeathBetweenLookAndRecord(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.pages[pageURL] = news.Story{Title: "Leaders sign #arms", Text: pageText}
		jobs := w.dispatched(15 * time.Minute)
		dying, cancel := context.WithCancel(t.Context())
		matches := w.plan.Rules
		w.plan.Rules = matcher(func(s *news.Story) []news.Match {
			cancel()
			return matches.Match(s)
		})
		w.setPlan()
		died := false
		for _, job := range jobs {
			died = job(dying) != nil || died
		}
		if !died || w.pageRead != 1 {
			t.Fatalf("the look survived its death, after %d reads", w.pageRead)
		}
		w.wantRevisions()
		w.plan.Rules = matches
		w.setPlan()
		w.turn()
		if w.pageRead != 1 {
			t.Error("the look was taken up while the claim held")
		}
		w.pass(store.ClaimTime + time.Second)
		w.turn()
		w.wantRevisions("headline")
		for _, job := range jobs { // the dead come back
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.wantRevisions("headline")
		if w.pageRead != 2 || len(w.posts) != 1 {
			t.Errorf("%d reads, %d posts", w.pageRead, len(w.posts))
		}
	})
}

func TestStoppingDaemonLeavesItsLookDue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		jobs := w.dispatched(15 * time.Minute)
		stopping, cancel := context.WithCancel(t.Context())
		w.onPage = func(news.Story) { cancel() }
		for _, job := range jobs {
			if err := job(stopping); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		w.onPage = nil
		w.turn()
		if w.pageRead != 2 {
			t.Errorf("%d reads, want the look at once", w.pageRead)
		}
	})
}
