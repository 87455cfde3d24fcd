package alert_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// doubts are what was said of pages that do not match.
func doubts(w *pipetest.World) (said []string) {
	for _, d := range w.Deliveries(news.StateSent) {
		if d.About == news.AboutMismatch {
			said = append(said, d.Text)
		}
	}
	return said
}

// evidenced are rules that show the words by which they match.
type evidenced struct{ pipetest.Hashtags }

func (e evidenced) Match(s *news.Story) []news.Match {
	matches := e.Hashtags.Match(s)
	for i := range matches {
		matches[i].Evidence = []news.Evidence{{Text: "#" + matches[i].Rule}}
	}
	return matches
}

func (e evidenced) Certain(s *news.Story) []news.Match {
	return e.Match(&news.Story{Title: s.Title, Titles: s.Titles})
}

// The page's own words do not match. The alert stays, and says so; those that they do
// match, or that nothing is known of, do not.
func TestPageDoesNotMatch(t *testing.T) {
	listed := pipetest.Listed("Deal on #arms")[0]
	for _, tt := range []struct {
		name string
		page news.Story
		says bool
	}{
		{"headline and text are others", news.Story{Title: "Deal on food", Text: "The deal is about food."}, true},
		{"another headline, and the text matches", news.Story{Title: "Deal", Text: "The deal on #arms was signed."}, false},
		{"the same headline", news.Story{Title: "Deal on #arms", Text: "The deal is about food."}, false},
		{"no headline", news.Story{Text: "The deal is about food."}, false},
		{"a wall", news.Story{Title: "Deal on food", Text: "Subscribe to read on.", Paywalled: true}, false},
		{"no text", news.Story{Title: "Deal on food"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Rules = evidenced{}
				waiting(w)
				w.Pages[listed.URL] = tt.page
				list(w, listed)
				w.WantPosts(listed.Title)
				open(w)
				said := doubts(w)
				if (len(said) == 1) != tt.says || len(said) > 1 {
					t.Errorf("said %q", said)
				}
				if tt.says && !strings.Contains(said[0], `"#arms"`) {
					t.Errorf("it does not say what is missing: %s", said[0])
				}
				last := w.Edits[len(w.Edits)-1]
				if (last.State.Mismatch != nil) != tt.says {
					t.Errorf("the message shows %+v", last.State)
				}
				l := recorded(w, listed)
				matches, err := w.Store.Stories.Matches(t.Context(), l.ID)
				if err != nil || len(matches) != 1 {
					t.Errorf("matches %+v, %v", matches, err)
				}
				if len(w.Match(l.Story)) != 1 {
					t.Errorf("a backtest does not find %+v", l.Story)
				}
			})
		})
	}
}

// An alert that goes by two rules, of which the page holds one, stands.
func TestPageMatchesOneOfTwoRules(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms and #food")[0]
		w.Pages[s.URL] = news.Story{Title: "Deal on #food", Text: "The deal is about food."}
		list(w, s)
		open(w)
		if said := doubts(w); len(said) > 0 || len(w.Posts) != 1 || recorded(w, s).Waiting {
			t.Errorf("%d posts, said %q", len(w.Posts), said)
		}
	})
}

// So does one whose page holds another rule for the channel.
func TestPageMatchesAnotherRule(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms")[0]
		w.Pages[s.URL] = news.Story{Title: "Deal on food", Text: "The deal is about #food only."}
		list(w, s)
		open(w)
		if said := doubts(w); len(said) > 0 || len(w.Posts) != 1 {
			t.Errorf("%d posts, said %q", len(w.Posts), said)
		}
		if last := w.Edits[len(w.Edits)-1]; !slices.Equal(last.Rules, []string{"arms", "food"}) {
			t.Errorf("the message names %q", last.Rules)
		}
	})
}

// A rule that was changed while the story waited is not asked of its page.
func TestRuleChangesBeforeThePage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms")[0]
		w.Pages[s.URL] = news.Story{Title: "Deal on food", Text: "The deal is about food."}
		list(w, s)
		w.Plan.Rules = pipetest.Matcher(func(*news.Story) []news.Match { return nil })
		w.SetPlan()
		open(w)
		w.WantPosts(s.Title)
		if said := doubts(w); len(said) > 0 || recorded(w, s).Waiting {
			t.Errorf("said %q", said)
		}
	})
}

// The message shows what the page adds.
func TestPageEnrichesTheMessage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		waiting(w)
		s := pipetest.Listed("Deal on #arms")[0]
		w.Pages[s.URL] = news.Story{Title: "Deal on #arms", Text: "The deal on #arms.", Authors: []string{"Ada Quill"}, Language: "ko"}
		list(w, s)
		open(w)
		if len(w.Posts) != 1 || len(w.Edits) != 1 {
			t.Fatalf("%d posts, %d edits", len(w.Posts), len(w.Edits))
		}
		if before, after := w.Posts[0].Language, w.Edits[0].Language; before != "" || after != "ko" {
			t.Errorf("language %q, then %q", before, after)
		}
	})
}
