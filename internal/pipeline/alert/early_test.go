package alert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// waiting sets up a source whose pages are read and whose first crawl is over. Its
// host lets pages wait for an hour.
func waiting(w *pipetest.World) {
	w.PageSource()
	w.Turn()
	w.PageErr = &news.LaterError{At: w.Clock().Add(time.Hour)}
}

// list lists stories, and lets their pages wait.
func list(w *pipetest.World, stories ...news.Story) {
	w.T.Helper()
	w.Stories = stories
	if _, err := w.Pipe.Lists.Crawl(w.T.Context(), "tass"); err != nil {
		w.T.Fatal(err)
	}
	w.Turn()
}

// open lets pages be read, an hour later.
func open(w *pipetest.World) {
	w.PageErr = nil
	w.Pass(time.Hour)
	w.Turn()
}

func recorded(w *pipetest.World, s news.Story) store.Look {
	w.T.Helper()
	l, err := storetest.Recorded(w.T.Context(), w.Store, news.LinkKey(s.URL))
	if err != nil {
		w.T.Fatal(err)
	}
	return l
}

// kinds are the kinds and headlines of what was posted.
func kinds(w *pipetest.World) (all []string) {
	for _, m := range w.Posts {
		if m.Kind != news.DeliverOps {
			all = append(all, fmt.Sprint(m.Kind, ": ", m.Headline))
		}
	}
	return all
}

// What a list says may be enough: nobody waits for the page. What only the page
// decides is told when it was read, and nothing twice.
func TestCertainIsToldBeforeThePage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms")[0]
		w.Pages[s.URL] = news.Story{Title: "Deal on #arms", Text: "The deal on #arms is #urgent and #quiet, they said."}
		list(w, s)
		w.WantPosts(s.Title)
		if l := recorded(w, s); !l.Waiting || l.Alerted.IsZero() {
			t.Errorf("waiting %v, alerted at %v", l.Waiting, l.Alerted)
		}
		open(w)
		if got := kinds(w); !slices.Equal(got, []string{"story: Deal on #arms", "update: Deal on #arms"}) {
			t.Errorf("posted %q", got)
		}
		l := recorded(w, s)
		matches, err := w.Store.Stories.Matches(t.Context(), l.ID)
		if err != nil || len(matches) != 3 || l.Waiting || !l.FromPage {
			t.Errorf("%d matches, waiting %v, from page %v, %v", len(matches), l.Waiting, l.FromPage, err)
		}
	})
}

// What may be undone by the page, and what may be old, waits for it.
func TestUncertainWaitsForThePage(t *testing.T) {
	for name, s := range map[string]news.Story{
		"an uncertain rule": pipetest.Listed("Deal on #maybe")[0],
		"no date":           {URL: "https://tass.example/undated", Title: "Deal on #arms"},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
				w.Plan.MaxAge = 48 * time.Hour
				waiting(w)
				w.Pages[s.URL] = news.Story{Text: "Nothing more.", Published: pipetest.Noon.Add(-72 * time.Hour)}
				list(w, s)
				w.WantPosts()
			})
		})
	}
}

// An undated story of which the page tells that it is old is not told.
func TestUndatedOldStory(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		w.PageSource()
		w.Turn()
		s := news.Story{URL: "https://tass.example/undated", Title: "Deal on #arms"}
		w.Pages[s.URL] = news.Story{Text: "Nothing more.", Published: pipetest.Noon.Add(-72 * time.Hour)}
		list(w, s)
		w.WantPosts()
	})
}

// A first crawl tells what it may, no matter how early it could be told.
func TestFirstCrawlIsNotTooEarly(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Plan.FirstRun = act.FirstRun{Younger: 6 * time.Hour}
		w.PageErr = &news.LaterError{At: pipetest.Noon.Add(24 * time.Hour)}
		w.Stories = append(pipetest.Listed("New #arms", "Old #arms"), news.Story{URL: "https://tass.example/undated", Title: "Undated #arms"})
		w.Stories[1].Published = pipetest.Noon.Add(-7 * time.Hour)
		w.Turn()
		w.WantPosts("New #arms")
	})
}

// A page that cannot be had takes nothing back.
func TestEarlyWithoutPage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms")[0]
		list(w, s) // the page is not there
		w.WantPosts(s.Title)
		open(w)
		w.WantPosts(s.Title)
		if l := recorded(w, s); l.Waiting || l.FromPage {
			t.Errorf("waiting %v, from page %v", l.Waiting, l.FromPage)
		}
	})
}

// The daemon dies before the page is read, and the one after it tells nothing
// twice; neither does the one that dies while it reads the page.
func TestDeathBetweenAlertAndPage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms")[0]
		w.Pages[s.URL] = news.Story{Text: "The deal on #arms."}
		w.Stories = []news.Story{s}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.Pipe = w.Further()
		w.PageErr = nil
		w.OnPage = func(news.Story) { pipetest.Die() }
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.Jobs
		w.Jobs = nil
		w.RunToDeath(jobs)
		w.OnPage = nil
		w.Pipe = w.Further()
		w.Settle()
		w.WantPosts(s.Title)
		if l := recorded(w, s); !l.FromPage {
			t.Error("the page was not read")
		}
	})
}

// Looks at the page are planned from the alert on, once the page was read.
func TestEarlyIsLookedAt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Turn()
		s := pipetest.Listed("Deal on #arms")[0]
		w.Pages[s.URL] = news.Story{Text: "The deal on #arms was signed."}
		list(w, s)
		w.WantPosts(s.Title)
		read := w.PageRead
		w.Until(16 * time.Minute)
		if read != 1 || w.PageRead != 2 {
			t.Errorf("read %d times, then %d", read, w.PageRead)
		}
	})
}

// So they are at the page of a story that raised another one's alert.
func TestEarlyTurnIsLookedAt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		text := strings.ReplaceAll(dispatch, "#", "") // the page adds no match
		lists := map[string][]news.Story{}
		w.Source("wire", lists)
		src := w.Plan.Sources["wire"]
		src.FullText = news.FullTextNever
		w.Plan.Sources["wire"] = src
		w.PageSource()
		wire := news.Story{URL: "https://wire.example/7", Title: "Pact signed on #arms", Text: text, Published: pipetest.Noon}
		lists["wire"] = []news.Story{wire}
		w.Turn()
		w.WantPosts(wire.Title)
		s := news.Story{
			URL: "https://tass.example/7", Title: "Pact signed on #arms #urgent", Text: text, Published: pipetest.Noon,
		}
		lists["tass"] = []news.Story{s}
		w.Pages[s.URL] = news.Story{Title: s.Title, Text: text}
		w.PageErr = &news.LaterError{At: w.Clock().Add(90 * time.Minute)}
		w.Again()
		if got := kinds(w); !slices.Equal(got, []string{"story: " + wire.Title, "update: " + s.Title}) {
			t.Fatalf("posted %q", got)
		}
		w.PageErr = nil
		w.Pass(45 * time.Minute)
		w.Turn()
		if l := recorded(w, s); l.Waiting || !l.Alerted.IsZero() || l.Told.IsZero() {
			t.Fatalf("waits %v, alerted at %v, told at %v", l.Waiting, l.Alerted, l.Told)
		}
		read := w.PageRead
		w.Pass(2 * time.Hour)
		w.Turn()
		if w.PageRead != read+1 {
			t.Errorf("read %d times, then %d", read, w.PageRead)
		}
	})
}

// The page of a story that was told tells that another outlet told it before, in
// another channel as well: from now on both are one. What the page adds raises the
// other one's alert, and a third outlet tells nothing anew.
func TestEarlyJoinsByItsPage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Misroute("desk")
		lists := map[string][]news.Story{}
		w.Source("wire", lists)
		w.PageSource()
		wire := news.Story{URL: "https://wire.example/7", Title: "Pact signed", Text: dispatch, Published: pipetest.Noon}
		lists["wire"] = []news.Story{wire}
		src := w.Plan.Sources["wire"]
		src.FullText = news.FullTextNever
		w.Plan.Sources["wire"] = src
		w.SetPlan()
		w.Again()
		w.WantPosts("Pact signed")
		s := news.Story{URL: "https://tass.example/7", Title: "Kim and Putin sign #pact on #lost souls", Published: w.Clock()}
		lists["tass"] = []news.Story{s}
		w.Pages[s.URL] = news.Story{Text: dispatch + " #urgent", Canonical: wire.URL}
		w.PageErr = &news.LaterError{At: w.Clock().Add(90 * time.Minute)}
		w.Again()
		want := []string{"story: Pact signed", "story: " + s.Title, "story: " + s.Title}
		if got := kinds(w); !slices.Equal(got, want) {
			t.Fatalf("posted %q, want %q", got, want)
		}
		w.PageErr = nil
		w.Again()
		if got := kinds(w); !slices.Equal(got, append(want, "update: "+s.Title)) {
			t.Errorf("after the page: %q", got)
		}
		first, second := recorded(w, wire), recorded(w, s)
		if first.Cluster != second.Cluster || second.Alerted.IsZero() {
			t.Errorf("clusters %d and %d, alerted at %v", first.Cluster, second.Cluster, second.Alerted)
		}
		lists["wire"] = append(lists["wire"], news.Story{URL: "https://wire.example/8", Title: "Pact, #lost", Text: dispatch, Published: w.Clock()})
		w.Again()
		if got := kinds(w); len(got) != 4 {
			t.Errorf("after a copy: %q", got)
		}
	})
}

// A story that was told comes before one of another outlet, whose text its page turns out
// to have. Both were told; a third outlet's copy is not, nor is the first one's edit.
func TestCopiesThatPagesShow(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		lists := map[string][]news.Story{}
		w.Source("wire", lists)
		w.Source("blog", lists)
		for _, name := range []string{"wire", "blog"} {
			src := w.Plan.Sources[name]
			src.FullText = news.FullTextNever
			w.Plan.Sources[name] = src
		}
		w.PageSource()
		w.Again()
		s := news.Story{URL: "https://tass.example/7", Title: "Kim #arms", Published: w.Clock()}
		w.Pages[s.URL] = news.Story{Text: dispatch}
		w.PageErr = &news.LaterError{At: w.Clock().Add(150 * time.Minute)}
		lists["tass"] = []news.Story{s}
		w.Again()
		wire := news.Story{URL: "https://wire.example/7", Title: "Pact signed in the east", Text: dispatch, Published: w.Clock()}
		lists["wire"] = []news.Story{wire}
		w.Again()
		told := len(kinds(w))
		w.PageErr = nil
		w.Again()
		w.Again()
		if first, second := recorded(w, s), recorded(w, wire); first.Cluster != second.Cluster {
			t.Errorf("clusters %d and %d", first.Cluster, second.Cluster)
		}
		blog := news.Story{URL: "https://blog.example/7", Title: "North Korea, Russia agree on shells", Text: dispatch, Published: w.Clock()}
		lists["blog"] = []news.Story{blog}
		w.Again()
		if first, third := recorded(w, s), recorded(w, blog); first.Cluster != third.Cluster {
			t.Errorf("clusters %d and %d", first.Cluster, third.Cluster)
		}
		if got := kinds(w); told != 2 || len(got) != told {
			t.Errorf("%d were told, then %q", told, got)
		}
		last := w.Edits[len(w.Edits)-1]
		if c := last.State.Coverage; len(c.Own) != 1 || c.Copies != 2 {
			t.Errorf("the message counts %+v", c)
		}
	})
}
