package pipeline_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

const (
	pageURL  = "https://tass.example/a"
	pageText = "The leaders of the two countries met on Wednesday at the spaceport and talked for more than four hours.\n" +
		"At least 15 people were killed in the attack that overshadowed the meeting, officials said. #kim"
)

// alerted sets up a source whose pages are read, and one story that alerted at
// noon. Its list says no more than that.
func alerted(w *world) store.Look {
	w.t.Helper()
	src := w.plan.Sources["tass"]
	src.FullText = news.FullTextAuto
	w.plan.Sources["tass"] = src
	w.setPlan()
	w.stories = []news.Story{{URL: pageURL, Title: "Leaders meet", Published: noon.Add(-time.Minute)}}
	w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: pageText}
	w.turn()
	if len(w.posts) != 1 {
		w.t.Fatalf("the story raised %d alerts", len(w.posts))
	}
	w.pageRead = 0
	return w.story()
}

// story is the story of pageURL as it is recorded.
func (w *world) story() store.Look {
	w.t.Helper()
	l, err := storetest.Recorded(w.t.Context(), w.store, news.LinkKey(pageURL))
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// wantRevisions compares the kinds of the revisions of the story of pageURL.
func (w *world) wantRevisions(want ...string) []news.Revision {
	w.t.Helper()
	revisions, err := w.store.Stories.Revisions(w.t.Context(), w.story().ID)
	if err != nil {
		w.t.Fatal(err)
	}
	var got []string
	for _, r := range revisions {
		got = append(got, strings.Trim(fmt.Sprint(r.Kinds), "[]"))
	}
	if !slices.Equal(got, want) {
		w.t.Fatalf("revisions %q, want %q", got, want)
	}
	return revisions
}

// until moves the clock on to a time after noon, in strides that grow with the
// hours, and lets everything happen that is due.
func (w *world) until(after time.Duration) {
	w.t.Helper()
	for w.clock().Before(noon.Add(after)) {
		stride := 5 * time.Minute
		if gone := w.clock().Sub(noon); gone >= 90*time.Minute {
			stride = time.Hour
		}
		w.pass(min(stride, noon.Add(after).Sub(w.clock())))
		w.turn()
	}
}

// dispatched moves the clock on to a time after noon, when a look is due, lets
// the list pass, which goes first, and gives the jobs after it without running
// them.
func (w *world) dispatched(after time.Duration) (jobs []func(context.Context) error) {
	w.t.Helper()
	w.pass(noon.Add(after).Sub(w.clock()))
	for range 2 {
		for _, list := range jobs {
			if err := list(w.t.Context()); err != nil {
				w.t.Fatal(err)
			}
		}
		if err := w.pipe.Dispatch(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
		jobs, w.jobs = w.jobs, nil
	}
	return jobs
}

func TestAlertedStoryIsLookedAtAgain(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.tags = news.Validators{ETag: "same"}
		for _, step := range []struct {
			until time.Duration
			looks int
		}{
			{14 * time.Minute, 0}, {15 * time.Minute, 1}, {59 * time.Minute, 1}, {time.Hour, 2},
			{5*time.Hour + 55*time.Minute, 2}, {6 * time.Hour, 3}, {23*time.Hour + 55*time.Minute, 3}, {24 * time.Hour, 4}, {50 * time.Hour, 4},
		} {
			w.until(step.until)
			if w.pageRead != step.looks {
				t.Fatalf("%v after the alert the page was looked at %d times, want %d", step.until, w.pageRead, step.looks)
			}
		}
		w.wantRevisions()
		if len(w.posts) != 1 {
			t.Errorf("%d posts", len(w.posts))
		}
	})
}

// A daemon that slept over several looks makes up for them once.
func TestMissedLooksAreMadeUpForOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.pass(7 * time.Hour)
		w.turn()
		if w.pageRead != 1 {
			t.Errorf("looked %d times, want once", w.pageRead)
		}
		w.until(24 * time.Hour)
		if w.pageRead != 2 {
			t.Errorf("looked %d times, want twice", w.pageRead)
		}
	})
}

func TestStoryWithoutAlertIsNotLookedAt(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.stories = append(w.stories, news.Story{URL: "https://tass.example/quiet", Title: "Quiet"})
		w.pages["https://tass.example/quiet"] = news.Story{Title: "Quiet", Text: "Nothing."}
		w.until(10 * time.Minute)
		w.pageRead = 0
		w.onPage = func(s news.Story) {
			if s.URL != pageURL {
				t.Errorf("looked at %s", s.URL)
			}
		}
		w.until(25 * time.Hour)
	})
}

func TestSourceThatWantsNoPagesHasNoLooks(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim") // full_text: never
		w.turn()
		w.until(25 * time.Hour)
		if w.pageRead != 0 || len(w.posts) != 1 {
			t.Errorf("%d pages read, %d posts", w.pageRead, len(w.posts))
		}
	})
}

func TestEditedStory(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.pages[pageURL] = news.Story{Title: "Leaders sign arms deal", Text: strings.Replace(pageText, "15", "21", 1), Modified: noon.Add(2 * time.Hour)}
		w.until(20 * time.Minute)
		r := w.wantRevisions("headline text")[0]
		if r.Title != "Leaders meet" || r.Text != pageText || len(r.Changes) != 2 || r.Changes[1].Went != "15" || r.Changes[1].Came != "21" {
			t.Errorf("the revision is %+v", r)
		}
		if looked := noon.Add(15 * time.Minute); !r.Seen.Equal(looked) {
			t.Errorf("seen at %v, want %v", r.Seen, looked)
		}
		s := w.story()
		if s.Title != "Leaders sign arms deal" || !strings.Contains(s.Text, "21 people") {
			t.Errorf("the story is recorded as %+v", s.Story)
		}
		if looked := noon.Add(15 * time.Minute); !s.Modified.Equal(looked) { // what lies in the future is clamped
			t.Errorf("modified %v, want %v", s.Modified, looked)
		}
		w.until(25 * time.Hour)
		w.wantRevisions("headline text")
		if len(w.posts) != 1 {
			t.Errorf("an edit alerted again: %d posts", len(w.posts))
		}
	})
}

// The edit makes a further rule match, whose alerts go elsewhere.
func TestEditThatMatchesAFurtherRuleAlertsOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		rules := matcher(func(s *news.Story) []news.Match {
			matches := w.Match(s)
			for i := range matches {
				matches[i].To = []string{matches[i].Rule}
			}
			return matches
		})
		w.plan.Rules = rules
		alerted(w)
		w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: pageText + "\nThey signed a treaty on weapons and on the exchange of prisoners, too. #arms"}
		w.until(25 * time.Hour)
		w.wantRevisions("text")
		if len(w.posts) != 2 || !slices.Equal(w.posts[1].Rules, []string{"arms"}) {
			t.Fatalf("posts %+v", w.posts)
		}
		matches, err := w.store.Stories.Matches(t.Context(), w.story().ID)
		if err != nil || len(matches) != 2 {
			t.Errorf("matches %+v, %v", matches, err)
		}
	})
}

// A rule that matched the story all along is no business of an edit: it is new,
// or the story was too old for it.
func TestEditAlertsOnlyForWhatItChanged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.plan.Rules = matcher(func(s *news.Story) []news.Match {
			return append(w.Match(s), news.Match{Rule: "added today", Hash: "1", To: []string{"desk"}})
		})
		w.setPlan()
		w.pages[pageURL] = news.Story{Title: "Leaders sign arms deal", Text: pageText}
		w.until(20 * time.Minute)
		w.wantRevisions("headline")
		if len(w.posts) != 1 {
			t.Errorf("posts %+v", w.posts)
		}
	})
}

func TestCorrection(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: strings.Replace(pageText, "15", "12", 1) + "\nCorrection: An earlier version misstated the number of dead."}
		w.until(20 * time.Minute)
		w.wantRevisions("text correction")
	})
}

// The text of a feed and that of its page differ in what is around the story;
// only a note of correction can be trusted there.
func TestPageOfAStoryWithTheFeedsText(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		alerted(w)
		const url = "https://tass.example/full"
		w.stories = []news.Story{{URL: url, Title: "Full #kim", Text: pageText, Published: noon}}
		w.pages[url] = news.Story{Title: "Full, says the page", Text: "By our correspondent in the east of the country, with the agencies.\n" + pageText}
		revisions := func() (kinds []news.RevisionKind) {
			l, err := storetest.Recorded(t.Context(), w.store, news.LinkKey(w.stories[0].URL))
			if err != nil {
				t.Fatal(err)
			}
			all, err := w.store.Stories.Revisions(t.Context(), l.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range all {
				kinds = append(kinds, r.Kinds...)
			}
			return kinds
		}
		w.until(2 * time.Hour)
		if got := revisions(); len(got) > 0 {
			t.Errorf("revisions %v of what nobody changed", got)
		}
		page := w.pages[url]
		page.Text += "\nThis story has been corrected to show the number of dead."
		w.pages[url] = page
		w.until(25 * time.Hour)
		if got := revisions(); !slices.Equal(got, []news.RevisionKind{news.RevisedCorrected}) {
			t.Errorf("revisions %v, want a correction", got)
		}
	})
}

// The page could not be read when the story came, and can be now.
func TestTextThatComesLate(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		src := w.plan.Sources["tass"]
		src.FullText = news.FullTextAuto
		w.plan.Sources["tass"] = src
		w.plan.Rules = matcher(func(s *news.Story) []news.Match {
			matches := w.Match(s)
			for i := range matches {
				matches[i].To = []string{matches[i].Rule}
			}
			return matches
		})
		w.setPlan()
		w.stories = []news.Story{{URL: pageURL, Title: "Leaders meet #putin", Published: noon}}
		w.turn()
		w.wantPosts("Leaders meet #putin")
		w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: pageText}
		w.until(20 * time.Minute)
		w.wantRevisions()
		w.wantPosts("Leaders meet #putin", "Leaders meet #putin")
		w.pages[pageURL] = news.Story{Title: "Leaders meet", Text: strings.Replace(pageText, "15", "12", 1)}
		w.until(2 * time.Hour)
		w.wantRevisions("text")
	})
}

// Whoever dies between the look and its record leaves nothing behind, and the
// look is taken up when the claim has run out.
func TestRevisionIsLogged(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		var out strings.Builder
		w.pipe = pipeline.New(slog.New(slog.NewTextHandler(&out, nil)), w.store, w, &meter{}, pipeline.Options{Workers: 4, Now: w.clock})
		w.setPlan()
		alerted(w)
		w.pages[pageURL] = news.Story{Title: "Leaders sign", Text: pageText}
		w.until(20 * time.Minute)
		for _, want := range []string{`msg="story changed"`, "kinds=[headline]", "url=" + pageURL, `was="Leaders meet"`, `headline="Leaders sign"`} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("the log lacks %s: %s", want, out.String())
			}
		}
	})
}
