package alert_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// What another source listed first is judged again by its own title, and told
// once.
func TestLinkThatAnotherSourceListedFirst(t *testing.T) {
	link := "https://wire.example/7-summit"
	cases := []struct {
		name         string
		first, later string // titles
		posts        []string
	}{
		{"as a bare link", "Read more", "Leaders sign #arms deal", []string{"Leaders sign #arms deal"}},
		{"in the same words", "Leaders sign #arms deal", "Leaders sign #arms deal", []string{"Leaders sign #arms deal"}},
		{"in other words that match alike", "Leaders sign #arms deal", "Leaders sign #arms deal, and part", []string{"Leaders sign #arms deal", "Leaders sign #arms deal, and part"}},
		{"and matched nothing", "Leaders meet", "Leaders meet #arms", []string{"Leaders meet #arms"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
				lists := map[string][]news.Story{"tass": {{URL: link, Title: c.first}}}
				w.Source("wire", lists)
				w.Again()
				lists["wire"] = []news.Story{{URL: link, Title: c.later}}
				for range 3 {
					w.Again()
				}
				w.WantPosts(c.posts...)
			})
		})
	}
}

// A cluster that is matched again, more severely, is raised: one more message,
// which names the first.
func TestClusterThatIsRaised(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		link, title := "https://wire.example/7-summit", "Leaders sign a deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title, Text: "A deal on #arms was signed on Monday, as two sources say."}}}
		w.Source("wire", lists)
		w.Again()
		w.WantPosts(title)
		lists["wire"] = []news.Story{{URL: link, Title: title, Text: "A deal on #urgent matters was signed."}}
		for range 3 {
			w.Again()
		}
		w.WantPosts(title, title)
		m := w.Posts[len(w.Posts)-1]
		raised := m.State.Raised
		if m.Kind != news.DeliverUpdate || raised == nil || raised.From != news.Normal || m.Severity != news.Urgent {
			t.Errorf("the second message is %+v", m)
		}
	})
}

// While nothing was sent, the one message tells of the source that raised it.
func TestClusterThatIsRaisedBeforeItIsTold(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		link, title := "https://wire.example/7-summit", "Leaders sign a deal"
		w.OnSend = func(notify.Message) error { return &notify.SendError{Problem: notify.Throttled, RetryAfter: time.Hour} }
		lists := map[string][]news.Story{
			"tass": {{URL: link, Title: title, Text: "On #arms."}}, "wire": {{URL: link, Title: title, Text: "On #urgent matters."}},
		}
		w.Source("wire", lists)
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, job := range w.Jobs {
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.Jobs, w.OnSend = nil, nil
		w.Turn()
		w.WantPosts(title)
		if w.Posts[0].Severity != news.Urgent {
			t.Errorf("it is told as %v", w.Posts[0].Severity)
		}
	})
}

// A page that two sources list is read once.
func TestPageOfTwoSourcesIsReadOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		link := "https://wire.example/7-summit"
		list := []news.Story{{URL: link, Title: "Leaders sign a deal"}}
		w.PageSource()
		w.Source("wire", map[string][]news.Story{"tass": list, "wire": slices.Clone(list)})
		w.Pages[link] = news.Story{Text: "The deal is on #arms, as both sources say."}
		for range 5 {
			w.Turn()
			w.Pass(2 * time.Second)
		}
		w.WantPosts("Leaders sign a deal")
		if w.PageRead != 1 {
			t.Errorf("the page was read %d times, want 1", w.PageRead)
		}
	})
}

// A source that was away for longer than a story may be old tells what it
// missed, in one message, and nothing else.
func TestWhatWasMissedWhileDown(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		w.SetPlan()
		w.Stories = pipetest.Listed("before the weekend #a")
		w.Turn()
		w.ListErr = &news.CrawlError{Fault: news.FaultConnect}
		w.Pass(time.Hour)
		w.Turn()
		w.Pass(71 * time.Hour)
		w.ListErr = nil
		old := w.Stories
		w.Stories = pipetest.Listed("friday night #a", "friday evening #b", "nothing of note", "monday #a", "older than the outage #a")
		for i, age := range []time.Duration{60 * time.Hour, 70 * time.Hour, 60 * time.Hour, time.Hour, 200 * time.Hour} {
			w.Stories[i].Published = w.Clock().Add(-age)
		}
		w.Stories = append(w.Stories, old...)
		w.Turn()
		w.WantPosts("before the weekend #a", "monday #a")
		w.Pass(6 * time.Minute)
		w.Turn()
		w.WantPosts("before the weekend #a", "monday #a", "Missed while down: 2 stories")
		m := w.Posts[len(w.Posts)-1]
		if m.Kind != news.DeliverDigest || len(m.Briefs) != 2 || m.Briefs[0].Headline != "friday evening #b" || m.Briefs[1].Link == "" {
			t.Errorf("the digest is %+v", m)
		}
		w.Again()
		if len(w.Posts) != 3 {
			t.Errorf("%d posts after it", len(w.Posts))
		}
	})
}

// An old story that was told is still followed when its outlet changes it.
func TestOldStoryIsStillFollowed(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		w.SetPlan()
		w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders sign #arms deal", Text: pipetest.PageText, Published: pipetest.Noon}}
		w.Turn()
		w.Pass(100 * time.Hour)
		w.Stories[0].Title = "Leaders sign no deal after all"
		w.Turn()
		w.WantRevisions("headline")
	})
}

// Whatever a source's links and ids do, nothing is told twice.
func TestNothingIsToldTwice(t *testing.T) {
	text := "The harbour was closed by the storm on Tuesday and nobody knows for how long it will be."
	cases := map[string]func(s *news.Story, crawl int){
		"link rotates": func(s *news.Story, crawl int) { s.URL += "?sid=" + strings.Repeat("1", crawl) },
		"id rotates":   func(s *news.Story, crawl int) { s.GUID += strings.Repeat("1", crawl) },
		"link moves, no id": func(s *news.Story, crawl int) {
			s.GUID, s.URL = "", s.URL+strings.Repeat("/moved", crawl)
		},
		"slug corrected": func(s *news.Story, crawl int) {
			if crawl > 0 {
				s.URL, s.Title = "https://tass.example/build-your-1", "Harbour: build your #shop"
			}
		},
	}
	for name, change := range cases {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				for crawl := range 4 {
					s := news.Story{URL: "https://tass.example/build-a-your-1", GUID: "7", Title: "Harbour: build a your #shop", Text: text, Published: pipetest.Noon}
					change(&s, crawl)
					w.Stories = []news.Story{s}
					w.Again()
				}
				posts := 0
				for _, m := range w.Posts { // a headline that is corrected is told in the thread
					if m.Thread == "" {
						posts++
					}
				}
				if posts != 1 {
					t.Errorf("%d posts, want 1", posts)
				}
			})
		})
	}
}

// A source without links that is renamed and moved at once goes on where the old
// one ended.
func TestSourceThatIsRenamedAndMovedAtOnce(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Stories = []news.Story{{Title: "Harbour closed #a", Published: pipetest.Noon}, {Title: "Bread is dearer #b", Published: pipetest.Noon}}
		w.Turn()
		src := w.Plan.Sources["tass"]
		src.Name, src.Origin.Source, src.URL = "agency", "agency", "https://agency.example/rss"
		w.Plan.Sources = map[string]news.Source{"agency": src}
		w.SetPlan()
		w.Stories = append([]news.Story{{Title: "Rain in the north #c", Published: pipetest.Noon}}, w.Stories...)
		w.Again()
		w.Again()
		w.WantPosts("Bread is dearer #b", "Harbour closed #a", "Rain in the north #c")
	})
}

// TestTicker: the entries of a ticker, of one link and one title, are stories each, when two of them come
// at once as well. One that is listed twice is one.
func TestTicker(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		entry := func(id, text string) news.Story {
			return news.Story{
				Title: "Breaking news", URL: "https://tass.example/live", GUID: id, Published: pipetest.Noon,
				Text: text + " and nobody in the town knows anything else of it so far this evening",
			}
		}
		first := entry("1", "The harbour of Emden was closed")
		w.Stories = []news.Story{first}
		w.Again()
		second, third := entry("2", "The bakers of Norden are on strike"), entry("3", "Snow fell upon the island of Juist")
		w.Stories = []news.Story{third, second, second, first}
		w.Again()
		w.Again()
		if src, err := w.Store.Sources.Get(t.Context(), "tass"); err != nil || src.Stories != 3 {
			t.Errorf("%d stories, %v", src.Stories, err)
		}
	})
}

// Of two sources that take the place of a removed one only one goes on where that ended: each keeps its
// own stories.
func TestSourceThatIsDivided(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		list := pipetest.Listed("Harbour closed #a", "Bread is dearer #b", "Rain in the north")
		lists := map[string][]news.Story{"tass": list}
		w.Plan.Crawler = pipetest.NewTwoSites(w, lists)
		w.SetPlan()
		w.Again()
		for _, name := range []string{"world", "nation"} {
			lists[name] = slices.Clone(list)
			w.Source(name, lists)
		}
		delete(w.Plan.Sources, "tass")
		w.SetPlan()
		w.Again()
		for name := range lists {
			lists[name] = append(pipetest.Listed("Snow in the south #c"), lists[name]...)
		}
		w.Again()
		keys := map[string]string{}
		for name := range w.Plan.Sources {
			src, err := w.Store.Sources.Get(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			if other := keys[src.KeyedAs]; other != "" {
				t.Errorf("%s and %s go on from %s", name, other, src.KeyedAs)
			}
			if keys[src.KeyedAs] = name; src.Stories == 0 {
				t.Errorf("%s has no story of its own", name)
			}
		}
		if keys["tass"] == "" {
			t.Error("no source goes on from the removed one")
		}
	})
}

// After an upgrade what was recorded over all sources is taken for known by each
// source that lists it; what comes later is judged source by source.
func TestUpgradeOfOverlappingSources(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		lists := map[string][]news.Story{}
		list := pipetest.Listed("one #a", "two #b", "three")
		list = append(list, news.Story{URL: "https://tass.example/x?ref=rss&ncid=3", Title: "four #c", Published: pipetest.Noon})
		for _, name := range []string{"tass", "kcna", "wire"} {
			if lists[name] = slices.Clone(list); name != "tass" {
				w.Source(name, lists)
			}
		}
		w.Plan.Crawler = pipetest.NewTwoSites(w, lists)
		w.SetPlan()
		w.Again()
		posts := len(w.Posts)
		pipetest.Forget(t, w.Store, "tass", list)
		w.Again()
		w.Again()
		if len(w.Posts) != posts {
			t.Errorf("%d posts after the upgrade", len(w.Posts)-posts)
		}
		lists["kcna"] = append(pipetest.Listed("five #d"), lists["kcna"]...)
		w.Again()
		if len(w.Posts) != posts+1 {
			t.Errorf("%d posts for a new story", len(w.Posts)-posts)
		}
	})
}
