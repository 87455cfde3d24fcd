package crawl_test

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
)

// fed sets up a source whose list carries whole texts, with one story that
// matches nothing.
func fed(w *pipetest.World) {
	w.T.Helper()
	src := w.Plan.Sources["tass"]
	src.FullText = news.FullTextAuto
	w.Plan.Sources["tass"] = src
	w.SetPlan()
	w.Stories = []news.Story{{
		URL: pipetest.PageURL, Title: "Leaders meet", Text: strings.TrimSuffix(pipetest.PageText, " #kim"),
		Published: pipetest.Noon.Add(-time.Minute),
	}}
	w.Turn()
	w.WantPosts()
}

func TestEditsInTheList(t *testing.T) {
	was := news.Story{URL: pipetest.PageURL, Title: "Leaders meet", Summary: "In the east of the country", Text: strings.TrimSuffix(pipetest.PageText, " #kim")}
	cases := []struct {
		name  string
		edit  func(s *news.Story)
		kinds []string
		posts int
	}{
		{"nothing", func(*news.Story) {}, nil, 0},
		{"another date", func(s *news.Story) { s.Published = pipetest.Noon }, nil, 0},
		{"another id", func(s *news.Story) { s.GUID = "new" }, nil, 0},
		{"white space and case", func(s *news.Story) { s.Title = " LEADERS  meet" }, nil, 0},
		{"a counter", func(s *news.Story) { s.Text += "\n12 comments" }, nil, 0},
		{"a headline", func(s *news.Story) { s.Title = "Leaders sign" }, []string{"headline"}, 0},
		{"a headline that matches", func(s *news.Story) { s.Title = "Leaders sign #arms deal" }, []string{"headline"}, 1},
		{"a text that matches", func(s *news.Story) { s.Text += "\nThey signed a treaty on #arms and on the exchange of prisoners." }, []string{"text"}, 1},
		{"both", func(s *news.Story) {
			s.Title, s.Text = "Leaders sign #arms deal", strings.Replace(s.Text, "15", "21", 1)
		}, []string{"headline text"}, 1},
		{"a correction", func(s *news.Story) { s.Text += "\nCorrection: An earlier version misspelt a name." }, []string{"correction"}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				fed(w)
				w.Pages[pipetest.PageURL] = was
				s := was
				s.Published = pipetest.Noon.Add(-time.Minute)
				w.Stories = []news.Story{s} // the summary is new to the store: a print of its own
				w.Again()
				c.edit(&s)
				w.Stories = []news.Story{s}
				for range 3 {
					w.Again()
				}
				r := w.WantRevisions(c.kinds...)
				if len(w.Posts) != c.posts {
					t.Errorf("%d posts, want %d", len(w.Posts), c.posts)
				}
				seen := pipetest.Noon.Add(2 * time.Hour)
				if len(r) > 0 && (r[0].Title != was.Title || r[0].Text != was.Text || !r[0].Seen.Equal(seen)) {
					t.Errorf("the revision is %+v", r[0])
				}
			})
		})
	}
}

// What a list says first after an upgrade of a story that was recorded before is
// taken down without consequences.
func TestListingAfterAnUpgrade(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		fed(w)
		pipetest.Forget(t, w.Store, "tass", w.Stories)
		w.Stories[0].Title = "Leaders sign #arms deal"
		w.Again()
		w.WantRevisions()
		w.WantPosts()
		w.Stories[0].Title = "Leaders sign #peace deal"
		w.Again()
		w.WantRevisions("headline")
		w.WantPosts("Leaders sign #peace deal")
	})
}

// Two sources list one story under two headlines: neither has changed it.
func TestOtherSourcesHeadlineIsNoEdit(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		fed(w)
		w.Plan.Sources["other"] = news.Source{Name: "other", Origin: news.Origin{Source: "other"}, URL: "https://other.example/feed", FullText: news.FullTextAuto}
		w.Plan.Crawler = pipetest.NewTwoSites(w, map[string][]news.Story{
			"tass": w.Stories, "other": {{URL: pipetest.PageURL, Title: "Summit, day one #arms"}},
		})
		w.Pages[pipetest.PageURL] = news.Story{Text: pipetest.PageText}
		w.SetPlan()
		for range 4 {
			w.Again()
		}
		w.WantRevisions()
		w.WantPosts("Summit, day one #arms")
	})
}

// A story that was read from its page: the list's new headline counts at once,
// and the page is looked at for its text.
func TestNewHeadlineInTheListHasThePageLookedAt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Pass(time.Minute)
		w.Stories[0].Title = "Leaders sign"
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders sign", Text: strings.Replace(pipetest.PageText, "15", "21", 1)}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		w.WantRevisions("headline", "text")
		if w.PageRead != 1 {
			t.Errorf("the page was read %d times", w.PageRead)
		}
		w.Until(25 * time.Hour)
		if w.PageRead != 5 {
			t.Errorf("the page was read %d times, want four planned looks, too", w.PageRead)
		}
		w.WantRevisions("headline", "text")
	})
}

// An edit is news when the story is, by its publication: the first crawl of its
// source, which kept it from alerting, is over.
func TestAgeOfAnEditedStory(t *testing.T) {
	cases := []struct {
		name      string
		published time.Time
		posts     int
	}{
		{"young", pipetest.Noon.Add(-40 * time.Hour), 1},
		{"old", pipetest.Noon.Add(-49 * time.Hour), 0},
		{"undated, from the first crawl", time.Time{}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.MaxAge, w.Plan.FirstRun = 48*time.Hour, act.FirstRun{}
				w.SetPlan()
				w.Stories = pipetest.Listed("edited")
				w.Stories[0].Published = c.published
				w.Turn()
				w.Stories[0].Title = "edited #arms"
				w.Again()
				if len(w.Posts) != c.posts {
					t.Errorf("%d posts, want %d", len(w.Posts), c.posts)
				}
			})
		})
	}
}

// A headline that changes with every crawl fills neither the store nor the
// channel.
func TestRevisionsAreBounded(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		fed(w)
		words := strings.Fields("one two three four five six seven eight nine ten")
		for i := range 30 {
			w.Stories[0].Title = fmt.Sprintf("Leaders meet for the %s time, the %s says #arms", words[i%10], words[i/10])
			w.Again()
		}
		revisions, err := w.Store.Stories.Revisions(t.Context(), w.Story().ID)
		if err != nil || len(revisions) != 20 {
			t.Errorf("%d revisions, %v; want 20", len(revisions), err)
		}
		w.WantOnce("Leaders meet for the one time, the one says #arms")
		if replies := len(w.Posts) - 1; replies != 19 {
			t.Errorf("%d replies, want one for each further revision", replies)
		}
	})
}

// The list is read again after a crash; what it changed is recorded once.
func TestCrashAfterAnEditIsRecorded(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		fed(w)
		w.Stories = append(w.Stories, pipetest.Listed("b")...)
		w.Again()
		w.Stories[0].Title = "Leaders sign #arms deal"
		w.Stories[1].Title = "b #urgent-arms"
		n := 0
		matches := w.Plan.Rules
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			if n++; n == 3 { // each edit is matched twice
				pipetest.Die()
			}
			return matches.Match(s)
		})
		w.SetPlan()
		w.Pass(time.Hour)
		if err := w.Pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.Jobs
		w.Jobs = nil
		w.RunToDeath(jobs)
		w.Plan.Rules = matches
		w.SetPlan()
		w.Pass(store.ClaimTime + time.Second)
		w.Turn()
		w.Again()
		w.WantRevisions("headline")
		w.WantOnce("Leaders sign #arms deal", "b #urgent-arms")
	})
}

// A list is edited while the story's page is still to be read, and says "not
// modified" from then on: the edit is found all the same.
func TestEditOfAStoryThatWaitsForItsPage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Turn()
		w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders meet", Published: pipetest.Noon}}
		w.Tags = news.Validators{ETag: "1"}
		w.PageErr = &news.CrawlError{Fault: news.FaultTimeout, URL: pipetest.PageURL}
		w.Again()
		w.Pass(time.Minute)
		w.Stories[0].Title, w.Tags = "Leaders sign #arms deal", news.Validators{ETag: "2"}
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.PageErr, w.Pages[pipetest.PageURL] = nil, news.Story{Title: "Leaders meet", Text: "They met."}
		w.Turn()
		w.WantRevisions()
		w.Pages[pipetest.PageURL] = news.Story{Title: w.Stories[0].Title, Text: "They met."}
		for range 2 {
			w.Again()
		}
		w.WantRevisions("headline")
		w.WantPosts("Leaders sign #arms deal")
		if lists := w.Lists; w.Asked != w.Tags {
			t.Errorf("after %d crawls the list is asked for with %+v, want its validators", lists, w.Asked)
		}
	})
}

// What a list says of a story that was pruned is taken down once, and not
// looked up with every crawl.
func TestEditOfAPrunedStory(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		fed(w)
		if _, err := w.Store.Prune(t.Context(), store.Ages{
			Texts: w.Clock().Add(time.Hour), Seen: pipetest.Noon.Add(-store.SeenAtLeast), Compared: w.Clock().Add(time.Hour),
		}); err != nil {
			t.Fatal(err)
		}
		w.Stories[0].Title = "Leaders sign #arms deal"
		w.Again()
		w.WantPosts()
		want := news.FingerprintOf("tass", &w.Stories[0])
		known, err := w.Store.Fingerprints.ByLink(t.Context(), []news.Hash{want.Link})
		if err != nil || len(known) != 1 || known[0].Title != want.Title {
			t.Errorf("remembered is %+v, %v", known, err)
		}
	})
}

// An alert that an edit raised says nothing of how fast news is brought.
func TestLatencyIsOfNewStories(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		fed(w)
		w.Stories[0].Title = "Leaders sign #arms deal"
		w.Pages[pipetest.PageURL] = news.Story{Text: w.Stories[0].Text}
		w.Again()
		if len(w.Posts) != 1 || len(w.Meter.Latencies) != 0 {
			t.Errorf("%d posts, latencies %v; want one post and none", len(w.Posts), w.Meter.Latencies)
		}
		w.Stories = pipetest.Listed("#kim speaks")
		w.Again()
		if want := []time.Duration{2*time.Hour + time.Minute}; !slices.Equal(w.Meter.Latencies, want) {
			t.Errorf("latencies %v, want %v", w.Meter.Latencies, want)
		}
	})
}

// A source that was renamed goes on with what its list said before.
func TestEditAfterTheSourceWasRenamed(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		fed(w)
		src := w.Plan.Sources["tass"]
		src.Name, src.Origin.Source = "agency", "agency"
		w.Plan.Sources = map[string]news.Source{"agency": src}
		w.SetPlan()
		w.Again()
		w.Pages[pipetest.PageURL] = news.Story{Text: w.Stories[0].Text}
		w.Stories[0].Title = "Leaders sign #arms deal"
		w.Again()
		w.WantRevisions("headline")
		w.WantPosts("Leaders sign #arms deal")
	})
}

// However long it takes to compare the edited stories of a list, no second worker
// takes the source meanwhile.
func TestClaimHoldsWhileEditsAreCompared(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		var titles []string
		for i := range 30 {
			titles = append(titles, fmt.Sprintf("story %d", i))
		}
		w.Stories = pipetest.Listed(titles...)
		w.Turn()
		w.Plan.Rules = pipetest.Matcher(func(*news.Story) []news.Match {
			w.Pass(2 * time.Second)
			if _, free, err := w.Store.Sources.ClaimOne(t.Context(), "tass", w.Clock()); err != nil || free {
				t.Errorf("the source was claimed by another worker, %v", err)
			}
			return nil
		})
		for i := range w.Stories {
			w.Stories[i].Title += ", corrected"
		}
		start := w.Clock().Add(time.Hour)
		w.Again()
		if took := w.Clock().Sub(start); took < 2*store.ClaimTime {
			t.Errorf("the edits were compared in %v, want longer than two claims", took)
		}
	})
}
