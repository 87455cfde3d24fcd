package pipeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
)

// again lets the source be crawled the next time.
func (w *world) again() {
	w.t.Helper()
	w.pass(time.Hour)
	w.turn()
}

// fed sets up a source whose list carries whole texts, with one story that
// matches nothing.
func fed(w *world) {
	w.t.Helper()
	src := w.plan.Sources["tass"]
	src.FullText = news.FullTextAuto
	w.plan.Sources["tass"] = src
	w.setPlan()
	w.stories = []news.Story{{URL: pageURL, Title: "Leaders meet", Text: strings.TrimSuffix(pageText, " #kim"), Published: noon.Add(-time.Minute)}}
	w.turn()
	w.wantPosts()
}

func TestEditsInTheList(t *testing.T) {
	was := news.Story{URL: pageURL, Title: "Leaders meet", Summary: "In the east of the country", Text: strings.TrimSuffix(pageText, " #kim")}
	cases := []struct {
		name  string
		edit  func(s *news.Story)
		kinds []string
		posts int
	}{
		{"nothing", func(*news.Story) {}, nil, 0},
		{"another date", func(s *news.Story) { s.Published = noon }, nil, 0},
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
			each(t, func(t *testing.T, w *world) {
				fed(w)
				w.pages[pageURL] = was
				s := was
				s.Published = noon.Add(-time.Minute)
				w.stories = []news.Story{s} // the summary is new to the store: a print of its own
				w.again()
				c.edit(&s)
				w.stories = []news.Story{s}
				for range 3 {
					w.again()
				}
				r := w.wantRevisions(c.kinds...)
				if len(w.posts) != c.posts {
					t.Errorf("%d posts, want %d", len(w.posts), c.posts)
				}
				if len(r) > 0 && (r[0].Title != was.Title || r[0].Text != was.Text || !r[0].Seen.Equal(noon.Add(2*time.Hour))) {
					t.Errorf("the revision is %+v", r[0])
				}
			})
		})
	}
}

// What a list says first after an upgrade of a story that was recorded before is
// taken down without consequences.
func TestListingAfterAnUpgrade(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		forget(t, w.store, "tass", w.stories)
		w.stories[0].Title = "Leaders sign #arms deal"
		w.again()
		w.wantRevisions()
		w.wantPosts()
		w.stories[0].Title = "Leaders sign #peace deal"
		w.again()
		w.wantRevisions("headline")
		w.wantPosts("Leaders sign #peace deal")
	})
}

// forget makes the store what version 0.1 left behind: keys over all sources, and
// no entries.
func forget(t *testing.T, s *store.Store, source string, stories []news.Story) {
	t.Helper()
	err := s.InTx(t.Context(), func(tx *store.Tx) error {
		for _, story := range stories {
			story.Origin.Source = source
			_, err := tx.ExecContext(t.Context(), `INSERT INTO seen (key, seen_at) VALUES ($1, 1) ON CONFLICT (key) DO NOTHING`, news.FirstKey(&story))
			if err != nil {
				return err
			}
		}
		for _, query := range []string{`DELETE FROM fingerprint`, `UPDATE source SET adopts = 1, ways = ''`} {
			if _, err := tx.ExecContext(t.Context(), query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Two sources list one story under two headlines: neither has changed it.
func TestOtherSourcesHeadlineIsNoEdit(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		w.plan.Sources["other"] = news.Source{Name: "other", Origin: news.Origin{Source: "other"}, URL: "https://other.example/feed", FullText: news.FullTextAuto}
		w.plan.Crawler = twoSites{site{w}, map[string][]news.Story{"tass": w.stories, "other": {{URL: pageURL, Title: "Summit, day one #arms"}}}}
		w.pages[pageURL] = news.Story{Text: pageText}
		w.setPlan()
		for range 4 {
			w.again()
		}
		w.wantRevisions()
		w.wantPosts("Summit, day one #arms")
	})
}

// twoSites gives each source its own list.
type twoSites struct {
	site
	lists map[string][]news.Story
}

func (s twoSites) List(_ context.Context, src news.Source, _ news.Validators) (news.Listing, error) {
	return news.Listing{Stories: slices.Clone(s.lists[src.Name])}, nil
}

// A story that was read from its page: the list's new headline counts at once,
// and the page is looked at for its text.
func TestNewHeadlineInTheListHasThePageLookedAt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.pass(time.Minute)
		w.stories[0].Title = "Leaders sign"
		w.pages[pageURL] = news.Story{Title: "Leaders sign", Text: strings.Replace(pageText, "15", "21", 1)}
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.turn()
		w.wantRevisions("headline", "text")
		if w.pageRead != 1 {
			t.Errorf("the page was read %d times", w.pageRead)
		}
		w.until(25 * time.Hour)
		if w.pageRead != 5 {
			t.Errorf("the page was read %d times, want four planned looks, too", w.pageRead)
		}
		w.wantRevisions("headline", "text")
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
		{"young", noon.Add(-40 * time.Hour), 1},
		{"old", noon.Add(-49 * time.Hour), 0},
		{"undated, from the first crawl", time.Time{}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.plan.MaxAge, w.plan.FirstRun = 48*time.Hour, pipeline.FirstRun{}
				w.setPlan()
				w.stories = listed("edited")
				w.stories[0].Published = c.published
				w.turn()
				w.stories[0].Title = "edited #arms"
				w.again()
				if len(w.posts) != c.posts {
					t.Errorf("%d posts, want %d", len(w.posts), c.posts)
				}
			})
		})
	}
}

// A headline that changes with every crawl fills neither the store nor the
// channel.
func TestRevisionsAreBounded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		words := strings.Fields("one two three four five six seven eight nine ten")
		for i := range 30 {
			w.stories[0].Title = fmt.Sprintf("Leaders meet for the %s time, the %s says #arms", words[i%10], words[i/10])
			w.again()
		}
		revisions, err := w.store.Stories.Revisions(t.Context(), w.story().ID)
		if err != nil || len(revisions) != 20 {
			t.Errorf("%d revisions, %v; want 20", len(revisions), err)
		}
		if len(w.posts) != 1 {
			t.Errorf("%d posts, want 1", len(w.posts))
		}
	})
}

// The list is read again after a crash; what it changed is recorded once.
func TestCrashAfterAnEditIsRecorded(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		w.stories = append(w.stories, listed("b")...)
		w.again()
		w.stories[0].Title = "Leaders sign #arms deal"
		w.stories[1].Title = "b #urgent-arms"
		dying, cancel := context.WithCancel(t.Context())
		n := 0
		matches := w.plan.Rules
		w.plan.Rules = matcher(func(s *news.Story) []news.Match {
			if n++; n == 3 { // each edit is matched twice
				cancel()
			}
			return matches.Match(s)
		})
		w.setPlan()
		w.pass(time.Hour)
		if err := w.pipe.Dispatch(t.Context()); err != nil {
			t.Fatal(err)
		}
		jobs := w.jobs
		w.jobs = nil
		for _, job := range jobs {
			if err := job(dying); err == nil {
				t.Fatal("the crawl survived its death")
			}
		}
		w.plan.Rules = matches
		w.setPlan()
		w.pass(store.ClaimTime + time.Second)
		w.turn()
		w.again()
		w.wantRevisions("headline")
		if len(w.posts) != 2 {
			t.Errorf("posts %+v", w.posts)
		}
	})
}

// A list is edited while the story's page is still to be read, and says "not
// modified" from then on: the edit is found all the same.
func TestEditOfAStoryThatWaitsForItsPage(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.pageSource()
		w.turn()
		w.stories = []news.Story{{URL: pageURL, Title: "Leaders meet", Published: noon}}
		w.tags = news.Validators{ETag: "1"}
		w.pageErr = &news.CrawlError{Fault: news.FaultTimeout, URL: pageURL}
		w.again()
		w.pass(time.Minute)
		w.stories[0].Title, w.tags = "Leaders sign #arms deal", news.Validators{ETag: "2"}
		if _, err := w.pipe.Crawl(t.Context(), "tass"); err != nil {
			t.Fatal(err)
		}
		w.pageErr, w.pages[pageURL] = nil, news.Story{Title: "Leaders meet", Text: "They met."}
		w.turn()
		w.wantRevisions()
		w.pages[pageURL] = news.Story{Title: w.stories[0].Title, Text: "They met."}
		for range 2 {
			w.again()
		}
		w.wantRevisions("headline")
		w.wantPosts("Leaders sign #arms deal")
		if lists := w.lists; w.asked != w.tags {
			t.Errorf("after %d crawls the list is asked for with %+v, want its validators", lists, w.asked)
		}
	})
}

// What a list says of a story that was pruned is taken down once, and not
// looked up with every crawl.
func TestEditOfAPrunedStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		if _, err := w.store.Prune(t.Context(), w.clock().Add(time.Hour), noon.Add(-store.SeenAtLeast)); err != nil {
			t.Fatal(err)
		}
		w.stories[0].Title = "Leaders sign #arms deal"
		w.again()
		w.wantPosts()
		want := news.FingerprintOf("tass", &w.stories[0])
		known, err := w.store.Fingerprints.ByLink(t.Context(), []news.Hash{want.Link})
		if err != nil || len(known) != 1 || known[0].Title != want.Title {
			t.Errorf("remembered is %+v, %v", known, err)
		}
	})
}

// An alert that an edit raised says nothing of how fast news is brought.
func TestLatencyIsOfNewStories(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		w.stories[0].Title = "Leaders sign #arms deal"
		w.pages[pageURL] = news.Story{Text: w.stories[0].Text}
		w.again()
		if len(w.posts) != 1 || len(w.meter.latencies) != 0 {
			t.Errorf("%d posts, latencies %v; want one post and none", len(w.posts), w.meter.latencies)
		}
		w.stories = listed("#kim speaks")
		w.again()
		if want := []time.Duration{2*time.Hour + time.Minute}; !slices.Equal(w.meter.latencies, want) {
			t.Errorf("latencies %v, want %v", w.meter.latencies, want)
		}
	})
}

// A source that was renamed goes on with what its list said before.
func TestEditAfterTheSourceWasRenamed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		fed(w)
		src := w.plan.Sources["tass"]
		src.Name, src.Origin.Source = "agency", "agency"
		w.plan.Sources = map[string]news.Source{"agency": src}
		w.setPlan()
		w.again()
		w.pages[pageURL] = news.Story{Text: w.stories[0].Text}
		w.stories[0].Title = "Leaders sign #arms deal"
		w.again()
		w.wantRevisions("headline")
		w.wantPosts("Leaders sign #arms deal")
	})
}
