package page_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
)

func TestTickingCounterIsNoRevision(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		loads := 0
		w.OnPage = func(news.Story) {
			loads++
			w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: fmt.Sprintf("%d min ago\n%s\nThis was read %d times.\nMost read: the bread price rises for month %d", loads, pipetest.PageText, 100*loads, loads)}
		}
		pipetest.Alerted(w)
		w.Until(25 * time.Hour)
		if loads != 5 {
			t.Errorf("the page was loaded %d times, want 5", loads)
		}
		w.WantRevisions()
	})
}

func TestWallIsNoRevision(t *testing.T) {
	for name, page := range map[string]news.Story{
		"no text":  {},
		"a teaser": {Title: "Leaders meet", Text: strings.Split(pipetest.PageText, "\n")[0][:60], Paywalled: true},
		"a login":  {Title: "Log in", Text: "You have read all of your free articles. Log in to read on."},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				pipetest.Alerted(w)
				w.Pages[pipetest.PageURL] = page
				w.Until(2 * time.Hour)
				w.WantRevisions()
				if s := w.Story(); s.Text != pipetest.PageText || s.Title != "Leaders meet" || w.PageRead != 2 {
					t.Errorf("after %d looks the story is recorded as %+v", w.PageRead, s.Story)
				}
			})
		})
	}
}

func TestWithdrawnStory(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		delete(w.Pages, pipetest.PageURL)
		w.Until(19 * time.Minute)
		w.WantRevisions() // one look may be a hiccup
		w.Until(20 * time.Minute)
		w.WantRevisions("withdrawn")
		if s := w.Story(); !s.Withdrawn.Equal(pipetest.Noon.Add(20*time.Minute)) || s.Text != pipetest.PageText {
			t.Errorf("the story is recorded as %+v", s)
		}
		w.Until(2 * time.Hour)
		w.WantRevisions("withdrawn")
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: strings.Replace(pipetest.PageText, "15", "12", 1)}
		w.Until(7 * time.Hour)
		w.WantRevisions("withdrawn", "text restored")
		if s := w.Story(); !s.Withdrawn.IsZero() {
			t.Errorf("still withdrawn at %v", s.Withdrawn)
		}
	})
}

func TestPageThatWasGoneForAMomentIsNotWithdrawn(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		page := w.Pages[pipetest.PageURL]
		delete(w.Pages, pipetest.PageURL)
		w.Until(16 * time.Minute)
		w.Pages[pipetest.PageURL] = page
		w.Until(50 * time.Minute)
		delete(w.Pages, pipetest.PageURL) // and again, at the next look
		w.Until(61 * time.Minute)
		w.Pages[pipetest.PageURL] = page
		w.Until(25 * time.Hour)
		w.WantRevisions()
		if w.PageRead != 6 {
			t.Errorf("looked %d times, want 6", w.PageRead)
		}
	})
}

func TestTroubleIsNoWithdrawal(t *testing.T) {
	for _, fault := range []news.Fault{
		news.FaultTimeout, news.FaultStatus, news.FaultRobots, news.FaultThrottled, news.FaultContent,
	} {
		t.Run(string(fault), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				pipetest.Alerted(w)
				w.PageErr = &news.CrawlError{Fault: fault, URL: pipetest.PageURL, Status: 403}
				w.Until(25 * time.Hour)
				w.WantRevisions()
				if w.PageRead != 4 {
					t.Errorf("looked %d times, want as planned", w.PageRead)
				}
			})
		})
	}
}

func TestLookWaitsForItsHost(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.PageErr = &news.LaterError{At: pipetest.Noon.Add(40 * time.Minute)}
		w.Until(39 * time.Minute)
		if w.PageRead != 1 {
			t.Errorf("asked %d times", w.PageRead)
		}
		w.PageErr = nil
		w.Until(41 * time.Minute)
		if w.PageRead != 2 {
			t.Errorf("asked %d times", w.PageRead)
		}
	})
}

func TestDeathBetweenLookAndRecord(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders sign #arms", Text: pipetest.PageText}
		jobs := w.Dispatched(15 * time.Minute)
		matches := w.Plan.Rules
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			pipetest.Die()
			return matches.Match(s)
		})
		w.SetPlan()
		w.RunToDeath(jobs)
		if w.PageRead != 1 {
			t.Fatalf("%d reads, want 1", w.PageRead)
		}
		w.WantRevisions()
		w.Plan.Rules = matches
		w.SetPlan()
		w.Turn()
		if w.PageRead != 1 {
			t.Error("the look was taken up while the claim held")
		}
		w.Pass(store.ClaimTime + time.Second)
		w.Turn()
		w.WantRevisions("headline")
		for _, job := range jobs { // the dead come back
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.WantRevisions("headline")
		if w.PageRead != 2 || len(w.Posts) != 2 || w.Posts[1].Kind != news.DeliverUpdate {
			t.Errorf("%d reads, posts %+v", w.PageRead, w.Posts)
		}
	})
}

func TestStoppingDaemonLeavesItsLookDue(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		jobs := w.Dispatched(15 * time.Minute)
		stopping, cancel := context.WithCancel(t.Context())
		w.OnPage = func(news.Story) { cancel() }
		for _, job := range jobs {
			if err := job(stopping); err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
		}
		w.OnPage = nil
		w.Turn()
		if w.PageRead != 2 {
			t.Errorf("%d reads, want the look at once", w.PageRead)
		}
	})
}
