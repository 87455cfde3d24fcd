package pipeline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// source makes a second source beside "tass", whose lists are w.lists.
func (w *world) source(name string, lists map[string][]news.Story) {
	src := w.plan.Sources["tass"]
	src.Name, src.Origin.Source, src.URL = name, name, "https://"+name+".example/feed"
	w.plan.Sources[name] = src
	w.plan.Crawler = twoSites{site{w}, lists}
	w.setPlan()
}

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
			each(t, func(t *testing.T, w *world) {
				lists := map[string][]news.Story{"tass": {{URL: link, Title: c.first}}}
				w.source("wire", lists)
				w.again()
				lists["wire"] = []news.Story{{URL: link, Title: c.later}}
				for range 3 {
					w.again()
				}
				w.wantPosts(c.posts...)
			})
		})
	}
}

// A cluster that is matched again, more severely, is raised: one more message,
// which names the first.
func TestClusterThatIsRaised(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		link, title := "https://wire.example/7-summit", "Leaders sign a deal"
		lists := map[string][]news.Story{"tass": {{URL: link, Title: title, Text: "A deal on #arms was signed on Monday, as two sources say."}}}
		w.source("wire", lists)
		w.again()
		w.wantPosts(title)
		lists["wire"] = []news.Story{{URL: link, Title: title, Text: "A deal on #urgent matters was signed."}}
		for range 3 {
			w.again()
		}
		w.wantPosts(title, title)
		if m := w.posts[len(w.posts)-1]; m.Kind != news.DeliverUpdate || !strings.HasPrefix(m.Raised, "from NORMAL, first told ") || m.Severity != news.Urgent {
			t.Errorf("the second message is %+v", m)
		}
	})
}

// While nothing was sent, the one message tells of the source that raised it.
func TestClusterThatIsRaisedBeforeItIsTold(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		link, title := "https://wire.example/7-summit", "Leaders sign a deal"
		w.onSend = func(notify.Message) error { return &notify.SendError{Problem: notify.Throttled, RetryAfter: time.Hour} }
		lists := map[string][]news.Story{
			"tass": {{URL: link, Title: title, Text: "On #arms."}}, "wire": {{URL: link, Title: title, Text: "On #urgent matters."}},
		}
		w.source("wire", lists)
		if err := w.pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, job := range w.jobs {
			if err := job(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		w.jobs, w.onSend = nil, nil
		w.turn()
		w.wantPosts(title)
		if w.posts[0].Severity != news.Urgent {
			t.Errorf("it is told as %v", w.posts[0].Severity)
		}
	})
}

// A page that two sources list is read once.
func TestPageOfTwoSourcesIsReadOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		link := "https://wire.example/7-summit"
		list := []news.Story{{URL: link, Title: "Leaders sign a deal"}}
		w.pageSource()
		w.source("wire", map[string][]news.Story{"tass": list, "wire": slices.Clone(list)})
		w.pages[link] = news.Story{Text: "The deal is on #arms, as both sources say."}
		for range 5 {
			w.turn()
			w.pass(2 * time.Second)
		}
		w.wantPosts("Leaders sign a deal")
		if w.pageRead != 1 {
			t.Errorf("the page was read %d times, want 1", w.pageRead)
		}
	})
}

// A source that was away for longer than a story may be old tells what it
// missed, in one message, and nothing else.
func TestWhatWasMissedWhileDown(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.MaxAge = 48 * time.Hour
		w.setPlan()
		w.stories = listed("before the weekend #a")
		w.turn()
		w.listErr = &news.CrawlError{Fault: news.FaultConnect}
		w.pass(time.Hour)
		w.turn()
		w.pass(71 * time.Hour)
		w.listErr = nil
		old := w.stories
		w.stories = listed("friday night #a", "friday evening #b", "nothing of note", "monday #a", "older than the outage #a")
		for i, age := range []time.Duration{60 * time.Hour, 70 * time.Hour, 60 * time.Hour, time.Hour, 200 * time.Hour} {
			w.stories[i].Published = w.clock().Add(-age)
		}
		w.stories = append(w.stories, old...)
		w.turn()
		w.wantPosts("before the weekend #a", "monday #a")
		w.pass(6 * time.Minute)
		w.turn()
		w.wantPosts("before the weekend #a", "monday #a", "Missed while down: 2 stories")
		m := w.posts[len(w.posts)-1]
		if m.Kind != news.DeliverDigest || len(m.Briefs) != 2 || m.Briefs[0].Headline != "friday evening #b" || m.Briefs[1].Link == "" {
			t.Errorf("the digest is %+v", m)
		}
		w.again()
		if len(w.posts) != 3 {
			t.Errorf("%d posts after it", len(w.posts))
		}
	})
}

// An old story that was told is still followed when its outlet changes it.
func TestOldStoryIsStillFollowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.plan.MaxAge = 48 * time.Hour
		w.setPlan()
		w.stories = []news.Story{{URL: pageURL, Title: "Leaders sign #arms deal", Text: pageText, Published: noon}}
		w.turn()
		w.pass(100 * time.Hour)
		w.stories[0].Title = "Leaders sign no deal after all"
		w.turn()
		w.wantRevisions("headline")
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
			each(t, func(t *testing.T, w *world) {
				for crawl := range 4 {
					s := news.Story{URL: "https://tass.example/build-a-your-1", GUID: "7", Title: "Harbour: build a your #shop", Text: text, Published: noon}
					change(&s, crawl)
					w.stories = []news.Story{s}
					w.again()
				}
				if len(w.posts) != 1 {
					t.Errorf("%d posts, want 1", len(w.posts))
				}
			})
		})
	}
}

// A source without links that is renamed and moved at once goes on where the old
// one ended.
func TestSourceThatIsRenamedAndMovedAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = []news.Story{{Title: "Harbour closed #a", Published: noon}, {Title: "Bread is dearer #b", Published: noon}}
		w.turn()
		src := w.plan.Sources["tass"]
		src.Name, src.Origin.Source, src.URL = "agency", "agency", "https://agency.example/rss"
		w.plan.Sources = map[string]news.Source{"agency": src}
		w.setPlan()
		w.stories = append([]news.Story{{Title: "Rain in the north #c", Published: noon}}, w.stories...)
		w.again()
		w.again()
		w.wantPosts("Bread is dearer #b", "Harbour closed #a", "Rain in the north #c")
	})
}

// After an upgrade what was recorded over all sources is taken for known by each
// source that lists it; what comes later is judged source by source.
func TestUpgradeOfOverlappingSources(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		lists := map[string][]news.Story{}
		list := listed("one #a", "two #b", "three")
		list = append(list, news.Story{URL: "https://tass.example/x?ref=rss&ncid=3", Title: "four #c", Published: noon})
		for _, name := range []string{"tass", "kcna", "wire"} {
			if lists[name] = slices.Clone(list); name != "tass" {
				w.source(name, lists)
			}
		}
		w.plan.Crawler = twoSites{site{w}, lists}
		w.setPlan()
		w.again()
		posts := len(w.posts)
		forget(t, w.store, "tass", list)
		w.again()
		w.again()
		if len(w.posts) != posts {
			t.Errorf("%d posts after the upgrade", len(w.posts)-posts)
		}
		lists["kcna"] = append(listed("five #d"), lists["kcna"]...)
		w.again()
		if len(w.posts) != posts+1 {
			t.Errorf("%d posts for a new story", len(w.posts)-posts)
		}
	})
}
