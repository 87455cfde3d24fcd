package crawl_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// One story, however often, in whatever feed and under whatever link it comes.
func TestTwinsAlertOnce(t *testing.T) {
	base := news.Story{URL: "https://tass.example/story/7", GUID: "7", Title: "Leaders sign #arms deal", Published: pipetest.Noon.Add(-time.Hour)}
	twins := map[string]func(s *news.Story){
		"another id":   func(s *news.Story) { s.GUID = "https://tass.example/?p=7&t=12345" },
		"another date": func(s *news.Story) { s.Published = pipetest.Noon },
		"no id":        func(s *news.Story) { s.GUID = "" },
		"tracked":      func(s *news.Story) { s.URL += "?utm_source=rss&utm_medium=feed" },
		"mobile":       func(s *news.Story) { s.URL = "http://m.tass.example/story/7/" },
		"AMP":          func(s *news.Story) { s.URL = "https://www.google.com/amp/s/tass.example/story/7" },
		"a fragment":   func(s *news.Story) { s.URL += "#comments" },
	}
	for name, change := range twins {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
				w.Stories = []news.Story{base}
				w.Turn()
				twin := base
				change(&twin)
				w.Stories = []news.Story{twin}
				w.Again()
				w.Stories = []news.Story{base, twin}
				w.Again()
				w.WantPosts(base.Title)
				w.WantRevisionsOf(base)
			})
		})
	}
}

func TestTitleThatComesBack(t *testing.T) {
	day := 24 * time.Hour
	cases := []struct {
		name  string
		quiet time.Duration // between two listings
		posts int
	}{
		{"within the week", 6 * day, 1},
		{"after a quiet week", 7*day + time.Hour, 2},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Stories = []news.Story{{Title: "Morning briefing #daily"}}
				w.Turn()
				w.Pass(c.quiet)
				w.Turn()
				if len(w.Posts) != c.posts {
					t.Errorf("%d posts, want %d", len(w.Posts), c.posts)
				}
			})
		})
	}
}

// A title that stays in the list is one story for as long as it stays.
func TestTitleThatStays(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = []news.Story{{Title: "About us #daily"}}
		for range 60 {
			w.Turn()
			w.Pass(12 * time.Hour)
		}
		if len(w.Posts) != 1 {
			t.Errorf("%d posts, want 1", len(w.Posts))
		}
	})
}

const copied = "The leaders signed a treaty on #arms and on the exchange of prisoners after four hours of talks."

// Two links to one page, which says what its link is.
func TestTwinByThePagesOwnURL(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Stories = pipetest.Listed("first", "second")
		for _, s := range w.Stories {
			w.Pages[s.URL] = news.Story{Title: "Leaders sign", Text: copied, Canonical: "https://tass.example/story/7"}
		}
		w.Turn()
		w.WantPosts("Leaders sign")
		first, second := w.Recorded(w.Stories[1]), w.Recorded(w.Stories[0]) // the list's oldest first
		if first.Cluster != second.Cluster {
			t.Errorf("clusters %d and %d", first.Cluster, second.Cluster)
		}
		if matches, err := w.Store.Stories.Matches(t.Context(), second.ID); err != nil || len(matches) > 0 {
			t.Errorf("the twin was matched: %+v, %v", matches, err)
		}
		w.Stories = []news.Story{{URL: "https://tass.example/story/7", Title: "Leaders sign"}}
		w.Again()
		w.WantPosts("Leaders sign")
	})
}

// The page's own URL was listed first, as a story of its own.
func TestTwinOfAStoryThatWasListedUnderItsOwnURL(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.PageSource()
		own := news.Story{URL: "https://tass.example/story/7", Title: "Leaders sign", Published: pipetest.Noon.Add(-time.Minute)}
		page := news.Story{Title: "Leaders sign", Text: copied, Canonical: own.URL}
		w.Stories = []news.Story{own}
		w.Pages[own.URL] = page
		w.Turn()
		w.Stories = append(pipetest.Listed("by another link"), own)
		w.Pages[w.Stories[0].URL] = page
		w.Again()
		w.WantPosts("Leaders sign")
		if a, b := w.Recorded(w.Stories[0]), w.Recorded(own); a.Cluster != b.Cluster || a.ID == b.ID {
			t.Errorf("stories %d and %d in clusters %d and %d", a.ID, b.ID, a.Cluster, b.Cluster)
		}
	})
}

// A site names one and the same URL on every page: no story may be lost.
func TestWrongCanonicalURLLosesNothing(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Stories = pipetest.Listed("bread", "leaders")
		texts := []string{
			"Bread became dearer for the fifth month in a row, the office for statistics said. #bread",
			"The leaders signed a treaty on arms after four hours of talks behind closed doors. #arms",
		}
		for i, s := range w.Stories {
			w.Pages[s.URL] = news.Story{Text: texts[i], Canonical: "https://tass.example/news"}
		}
		w.Turn()
		w.WantPosts("leaders", "bread")
	})
}

func TestFutureDateOfAPageIsClamped(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.PageSource()
		w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders meet"}}
		w.Pages[pipetest.PageURL] = news.Story{
			Title: "Leaders meet", Text: pipetest.PageText,
			Published: pipetest.Noon.Add(48 * time.Hour), Modified: pipetest.Noon.Add(49 * time.Hour),
		}
		w.Turn()
		if s := w.Story(); !s.Published.Equal(pipetest.Noon) || !s.Modified.Equal(pipetest.Noon) {
			t.Errorf("published %v, modified %v", s.Published, s.Modified)
		}
	})
}

// PostgreSQL may end the transaction that completes a twin, which is then tried
// again: from the start, with the cluster that the story came with.
func TestTwinIsTriedAgain(t *testing.T) {
	w := pipetest.NewWorld(t, storetest.Postgres(t))
	w.Plan.Crawler = w.Site()
	w.PageSource()
	w.Stories = pipetest.Listed("first", "second")
	for _, s := range w.Stories {
		w.Pages[s.URL] = news.Story{Title: "Leaders sign", Text: copied, Canonical: "https://tass.example/story/7"}
	}
	err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
		for _, query := range []string{
			`CREATE SEQUENCE tries`,
			`CREATE FUNCTION meet() RETURNS trigger LANGUAGE plpgsql AS
				$$ BEGIN IF nextval('tries') = 1 THEN RAISE deadlock_detected; END IF; RETURN NULL; END $$`,
			`CREATE CONSTRAINT TRIGGER meet AFTER DELETE ON cluster DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION meet()`,
		} {
			if _, err := tx.ExecContext(t.Context(), query); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Turn()
	w.WantPosts("Leaders sign")
	var clusters int
	err = w.Store.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.QueryRowContext(t.Context(), `SELECT count(*) FROM cluster`).Scan(&clusters)
	})
	if err != nil || clusters != 1 {
		t.Errorf("%d clusters, %v; want one", clusters, err)
	}
}

// Links and ids that carry a token of the request alert once, and a story that
// joins the list alerts too.
func TestLinksWithTokensAlertOnce(t *testing.T) {
	forms := map[string]string{
		"path":  "https://tass.example/(S(%s))/news/%d/story.aspx",
		"query": "https://tass.example/go?u=%d&h=%s",
		"sid":   "https://tass.example/go?sid=%s&at=%d",
	}
	for name, form := range forms {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
				titles := []string{"Leaders sign #arms deal", "Bread is dearer", "Rain in the north"}
				for turn := range 4 {
					if turn == 2 {
						titles = append([]string{"More #arms for the north"}, titles...)
					}
					w.Stories = nil
					for i, title := range titles {
						token := fmt.Sprintf("k%d7x0q2m9v4c8z1b6n3%d", turn, i)
						link := strings.Replace(strings.Replace(form, "%s", token, 1), "%d", strconv.Itoa(len(titles)-i), 1)
						w.Stories = append(w.Stories, news.Story{URL: link, GUID: link, Title: title, Summary: "Read more"})
					}
					w.Again()
				}
				w.WantPosts("Leaders sign #arms deal", "More #arms for the north")
			})
		})
	}
}

// A list of titles without links and ids alerts on each day's issue.
func TestEveryIssueOfATitleIsTold(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		texts := []string{
			"Leaders met in the east and talked for hours about #arms.",
			"Nothing at all was said to the press tonight, nor on #arms.",
			"A ship with #arms ran aground on the northern coast at dawn.",
		}
		for i, text := range texts {
			w.Stories = []news.Story{{
				Title: "Morning briefing", Text: text, Summary: text,
				Published: pipetest.Noon.Add(time.Duration(i) * 24 * time.Hour),
			}}
			w.Turn()
			w.Pass(12 * time.Hour)
			w.Turn()
			w.Pass(12 * time.Hour)
		}
		w.WantPosts("Morning briefing", "Morning briefing", "Morning briefing")
	})
}

// A page with one warning at a time alerts on each, however soon it comes.
func TestEveryWarningOfALinkIsTold(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		for i, text := range []string{
			"A train with #arms left the capital for the east at dawn.",
			"Two missiles were fired at sea near the coast. #arms",
			"All flights to the capital are cancelled until Friday after #arms fell.",
		} {
			w.Stories = []news.Story{{URL: "https://tass.example/alert", GUID: fmt.Sprintf("g%d", i), Title: "Kim alert", Text: text, Summary: text}}
			w.Again()
			w.Again()
		}
		w.WantPosts("Kim alert", "Kim alert", "Kim alert")
	})
}

// A link that is used again, with another headline and text, alerts again.
func TestLinkThatIsUsedAgainIsTold(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		issues := []news.Story{
			{Title: "Leaders meet", Text: "They met in the east and talked for hours about #arms."},
			{Title: "Bread is dearer", Text: "A loaf costs twice of what it was last year. #arms"},
			{Title: "Rain in the north", Text: "Rivers rise, two bridges were closed at noon. #arms"},
		}
		for i, s := range issues {
			s.URL, s.Summary, s.Published = "https://tass.example/latest", s.Text, pipetest.Noon.Add(time.Duration(i)*24*time.Hour)
			w.Stories = []news.Story{s}
			w.Turn()
			w.Pass(24 * time.Hour)
			w.Turn()
		}
		w.WantPosts("Leaders meet", "Bread is dearer", "Rain in the north")
	})
}

// A feed that is served in another format has other ids: an entry that was
// corrected meanwhile is the one of before.
func TestOtherFormatOfAFeedAlertsOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		text := "They met in the east and talked for hours."
		rss := news.Story{URL: "https://tass.example/a", GUID: "1", Title: "Leaders meet on #arms", Summary: text, Published: pipetest.Noon}
		w.Stories = []news.Story{rss}
		w.Again()
		atom := rss
		atom.GUID, atom.Title, atom.Published = "tag:tass.example,2023:a", rss.Title+" (updated)", pipetest.Noon.Add(time.Hour)
		atom.Summary += " A joint dinner is planned."
		w.Stories = []news.Story{atom}
		w.Again()
		w.WantOnce("Leaders meet on #arms")
	})
}

// An id that numbers the versions of a story makes none of them a story.
func TestVersionsAlertOnce(t *testing.T) {
	for _, id := range []string{"https://tass.example/articles/c1#", "tag:tass.example,2023:c1:"} {
		pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
			for i, text := range []string{
				"They met in the east and talked for hours.",
				"Nothing was said to the press tonight, again.",
				"A joint dinner ended long after midnight.",
			} {
				w.Stories = []news.Story{{
					URL: "https://tass.example/articles/c1", GUID: id + strconv.Itoa(i), Title: "Summit on #arms, hour " + strconv.Itoa(i),
					Summary: text, Published: pipetest.Noon.Add(time.Duration(i) * time.Hour),
				}}
				w.Again()
			}
			w.WantOnce("Summit on #arms, hour 0")
		})
	}
}
