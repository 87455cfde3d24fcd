package page_test

import (
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

func TestAlertedStoryIsLookedAtAgain(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Tags = news.Validators{ETag: "same"}
		for _, step := range []struct {
			until time.Duration
			looks int
		}{
			{14 * time.Minute, 0}, {15 * time.Minute, 1}, {59 * time.Minute, 1}, {time.Hour, 2},
			{5*time.Hour + 55*time.Minute, 2}, {6 * time.Hour, 3},
			{23*time.Hour + 55*time.Minute, 3}, {24 * time.Hour, 4}, {50 * time.Hour, 4},
		} {
			w.Until(step.until)
			if w.PageRead != step.looks {
				t.Fatalf("%v after the alert the page was looked at %d times, want %d", step.until, w.PageRead, step.looks)
			}
		}
		w.WantRevisions()
		if len(w.Posts) != 1 {
			t.Errorf("%d posts", len(w.Posts))
		}
	})
}

// A daemon that slept over several looks makes up for them once.
func TestMissedLooksAreMadeUpForOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Pass(7 * time.Hour)
		w.Turn()
		if w.PageRead != 1 {
			t.Errorf("looked %d times, want once", w.PageRead)
		}
		w.Until(24 * time.Hour)
		if w.PageRead != 2 {
			t.Errorf("looked %d times, want twice", w.PageRead)
		}
	})
}

func TestStoryWithoutAlertIsNotLookedAt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Stories = append(w.Stories, news.Story{URL: "https://tass.example/quiet", Title: "Quiet"})
		w.Pages["https://tass.example/quiet"] = news.Story{Title: "Quiet", Text: "Nothing."}
		w.Until(10 * time.Minute)
		w.PageRead = 0
		w.OnPage = func(s news.Story) {
			if s.URL != pipetest.PageURL {
				t.Errorf("looked at %s", s.URL)
			}
		}
		w.Until(25 * time.Hour)
	})
}

func TestSourceThatWantsNoPagesHasNoLooks(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim") // full_text: never
		w.Turn()
		w.Until(25 * time.Hour)
		if w.PageRead != 0 || len(w.Posts) != 1 {
			t.Errorf("%d pages read, %d posts", w.PageRead, len(w.Posts))
		}
	})
}

func TestEditedStory(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Pages[pipetest.PageURL] = news.Story{
			Title: "Leaders sign arms deal", Text: strings.Replace(pipetest.PageText, "15", "21", 1),
			Modified: pipetest.Noon.Add(2 * time.Hour),
		}
		w.Until(20 * time.Minute)
		r := w.WantRevisions("headline text")[0]
		if r.Title != "Leaders meet" || r.Text != pipetest.PageText || len(r.Changes) != 2 ||
			r.Changes[1].Went != "15" || r.Changes[1].Came != "21" {
			t.Errorf("the revision is %+v", r)
		}
		if looked := pipetest.Noon.Add(15 * time.Minute); !r.Seen.Equal(looked) {
			t.Errorf("seen at %v, want %v", r.Seen, looked)
		}
		s := w.Story()
		if s.Title != "Leaders sign arms deal" || !strings.Contains(s.Text, "21 people") {
			t.Errorf("the story is recorded as %+v", s.Story)
		}
		if looked := pipetest.Noon.Add(15 * time.Minute); !s.Modified.Equal(looked) { // what lies in the future is clamped
			t.Errorf("modified %v, want %v", s.Modified, looked)
		}
		w.Until(25 * time.Hour)
		w.WantRevisions("headline text")
		w.WantOnce("Leaders meet")
	})
}

// The edit makes a further rule match, whose alerts go elsewhere.
func TestEditThatMatchesAFurtherRuleAlertsOnce(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		rules := pipetest.Matcher(func(s *news.Story) []news.Match {
			matches := w.Match(s)
			for i := range matches {
				matches[i].To = []string{matches[i].Rule}
			}
			return matches
		})
		w.Plan.Rules = rules
		pipetest.Alerted(w)
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: pipetest.PageText + "\nThey signed a treaty on weapons and on the exchange of prisoners, too. #arms"}
		w.Until(25 * time.Hour)
		w.WantRevisions("text")
		if len(w.Posts) != 2 || !slices.Equal(w.Posts[1].Rules, []string{"arms"}) {
			t.Fatalf("posts %+v", w.Posts)
		}
		matches, err := w.Store.Stories.Matches(t.Context(), w.Story().ID)
		if err != nil || len(matches) != 2 {
			t.Errorf("matches %+v, %v", matches, err)
		}
	})
}

// A rule that matched the story all along is no business of an edit: it is new,
// or the story was too old for it.
func TestEditAlertsOnlyForWhatItChanged(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			return append(w.Match(s), news.Match{Rule: "added today", Hash: "1", To: []string{"desk"}})
		})
		w.SetPlan()
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders sign arms deal", Text: pipetest.PageText}
		w.Until(20 * time.Minute)
		w.WantRevisions("headline")
		w.WantOnce("Leaders meet")
	})
}

func TestCorrection(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: strings.Replace(pipetest.PageText, "15", "12", 1) + "\nCorrection: An earlier version misstated the number of dead."}
		w.Until(20 * time.Minute)
		w.WantRevisions("text correction")
	})
}

// The text of a feed and that of its page differ in what is around the story;
// only a note of correction can be trusted there.
func TestPageOfAStoryWithTheFeedsText(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		pipetest.Alerted(w)
		const url, text = "https://tass.example/full", "The ferry to the islands stopped on Monday, after its engine had failed twice within " +
			"a week and left 300 passengers at sea. #kim"
		w.Stories = []news.Story{{URL: url, Title: "Full #kim", Text: text, Published: pipetest.Noon}}
		w.Pages[url] = news.Story{Title: "Full, says the page", Text: "By our correspondent in the east of the country, with the agencies.\n" + text}
		revisions := func() (kinds []news.RevisionKind) {
			l, err := storetest.Recorded(t.Context(), w.Store, news.LinkKey(w.Stories[0].URL))
			if err != nil {
				t.Fatal(err)
			}
			all, err := w.Store.Stories.Revisions(t.Context(), l.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				kinds = append(kinds, r.Kinds...)
			}
			return kinds
		}
		w.Until(2 * time.Hour)
		if got := revisions(); len(got) > 0 {
			t.Errorf("revisions %v of what nobody changed", got)
		}
		page := w.Pages[url]
		page.Text += "\nThis story has been corrected to show the number of dead."
		w.Pages[url] = page
		w.Until(25 * time.Hour)
		if got := revisions(); !slices.Equal(got, []news.RevisionKind{news.RevisedCorrected}) {
			t.Errorf("revisions %v, want a correction", got)
		}
	})
}

// The page could not be read when the story came, and can be now.
func TestTextThatComesLate(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		src := w.Plan.Sources["tass"]
		src.FullText = news.FullTextAuto
		w.Plan.Sources["tass"] = src
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			matches := w.Match(s)
			for i := range matches {
				matches[i].To = []string{matches[i].Rule}
			}
			return matches
		})
		w.SetPlan()
		w.Stories = []news.Story{{URL: pipetest.PageURL, Title: "Leaders meet #putin", Published: pipetest.Noon}}
		w.Turn()
		w.WantPosts("Leaders meet #putin")
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: pipetest.PageText}
		w.Until(20 * time.Minute)
		w.WantRevisions()
		w.WantPosts("Leaders meet #putin", "Leaders meet #putin")
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders meet", Text: strings.Replace(pipetest.PageText, "15", "12", 1)}
		w.Until(2 * time.Hour)
		w.WantRevisions("text")
	})
}

// Whoever dies between the look and its record leaves nothing behind, and the
// look is taken up when the claim has run out.
func TestRevisionIsLogged(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		var out strings.Builder
		w.Pipe = pipetest.NewPipeline(w, slog.NewTextHandler(&out, nil), pipeline.Options{Workers: 4})
		w.SetPlan()
		pipetest.Alerted(w)
		w.Pages[pipetest.PageURL] = news.Story{Title: "Leaders sign", Text: pipetest.PageText}
		w.Until(20 * time.Minute)
		for _, want := range []string{`msg="story changed"`, "kinds=[headline]", "url=" + pipetest.PageURL, `was="Leaders meet"`, `headline="Leaders sign"`} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("the log lacks %s: %s", want, out.String())
			}
		}
	})
}
