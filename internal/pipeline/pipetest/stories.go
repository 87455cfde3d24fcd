package pipetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// The story of Alerted.
const (
	PageURL  = "https://tass.example/a"
	PageText = "The leaders of the two countries met on Wednesday at the spaceport and talked for more than four hours.\n" +
		"At least 15 people were killed in the attack that overshadowed the meeting, officials said. #kim"
)

// Alerted sets up a source whose pages are read, and one story that alerted at
// noon. Its list says no more than that.
func Alerted(w *World) store.Look {
	w.T.Helper()
	src := w.Plan.Sources["tass"]
	src.FullText = news.FullTextAuto
	w.Plan.Sources["tass"] = src
	w.SetPlan()
	w.Stories = []news.Story{{URL: PageURL, Title: "Leaders meet", Published: Noon.Add(-time.Minute)}}
	w.Pages[PageURL] = news.Story{Title: "Leaders meet", Text: PageText}
	w.Turn()
	if len(w.Posts) != 1 {
		w.T.Fatalf("the story raised %d alerts", len(w.Posts))
	}
	w.PageRead = 0
	return w.Story()
}

// Story is the story of pageURL as it is recorded.
func (w *World) Story() store.Look {
	w.T.Helper()
	l, err := storetest.Recorded(w.T.Context(), w.Store, news.LinkKey(PageURL))
	if err != nil {
		w.T.Fatal(err)
	}
	return l
}

// WantRevisions compares the kinds of the revisions of the story of pageURL.
func (w *World) WantRevisions(want ...string) []news.Revision {
	w.T.Helper()
	revisions, err := w.Store.Stories.Revisions(w.T.Context(), w.Story().ID)
	if err != nil {
		w.T.Fatal(err)
	}
	var got []string
	for _, r := range revisions {
		got = append(got, strings.Trim(fmt.Sprint(r.Kinds), "[]"))
	}
	if !slices.Equal(got, want) {
		w.T.Fatalf("revisions %q, want %q", got, want)
	}
	return revisions
}

// Until moves the clock on to a time after noon, in strides that grow with the
// hours, and lets everything happen that is due.
func (w *World) Until(after time.Duration) {
	w.T.Helper()
	for w.Clock().Before(Noon.Add(after)) {
		stride := 5 * time.Minute
		if gone := w.Clock().Sub(Noon); gone >= 90*time.Minute {
			stride = time.Hour
		}
		w.Pass(min(stride, Noon.Add(after).Sub(w.Clock())))
		w.Turn()
	}
}

// Dispatched moves the clock on to a time after noon, when a look is due, lets
// the list pass, which goes first, and gives the jobs after it without running
// them.
func (w *World) Dispatched(after time.Duration) (jobs []func(context.Context) error) {
	w.T.Helper()
	w.Pass(Noon.Add(after).Sub(w.Clock()))
	for range 2 {
		for _, list := range jobs {
			if err := list(w.T.Context()); err != nil {
				w.T.Fatal(err)
			}
		}
		if err := w.Pipe.Dispatch(w.T.Context()); err != nil {
			w.T.Fatal(err)
		}
		jobs, w.Jobs = w.Jobs, nil
	}
	return jobs
}

// Again lets the source be crawled the next time.
func (w *World) Again() {
	w.T.Helper()
	w.Pass(time.Hour)
	w.Turn()
}

// Forget makes the store what version 0.1 left behind: keys over all sources, and
// no entries.
func Forget(t *testing.T, s *store.Store, source string, stories []news.Story) {
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

// Site returns the world's crawler.
func (w *World) Site() Site { return Site{w} }

// NewTwoSites returns a crawler of a world that gives each source its own list.
func NewTwoSites(w *World, lists map[string][]news.Story) TwoSites { return TwoSites{Site{w}, lists} }

// TwoSites gives each source its own list.
type TwoSites struct {
	Site
	lists map[string][]news.Story
}

// List returns the source's own list.
func (s TwoSites) List(_ context.Context, src news.Source, _ news.Validators) (news.Listing, error) {
	return news.Listing{Stories: slices.Clone(s.lists[src.Name])}, nil
}

// WantRevisionsOf says that a story is recorded, and was never changed.
func (w *World) WantRevisionsOf(s news.Story) {
	w.T.Helper()
	l, err := storetest.Recorded(w.T.Context(), w.Store, news.LinkKey(s.URL))
	if err != nil {
		w.T.Fatal(err)
	}
	if len(l.Headlines) > 0 {
		w.T.Errorf("%s was changed: it was %q before", s.URL, l.Headlines)
	}
}

// PageSource sets up a source whose pages are read.
func (w *World) PageSource() {
	src := w.Plan.Sources["tass"]
	src.FullText = news.FullTextAlways
	w.Plan.Sources["tass"] = src
	w.SetPlan()
}

// Recorded returns a story as it was recorded.
func (w *World) Recorded(s news.Story) news.Story {
	w.T.Helper()
	l, err := storetest.Recorded(w.T.Context(), w.Store, news.LinkKey(s.URL))
	if err != nil {
		w.T.Fatal(err)
	}
	return *l.Story
}

// Misroute routes the alerts of the rule "lost" to a channel.
func (w *World) Misroute(channel string) {
	w.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{{Rule: []string{"lost"}, To: []string{channel}}}}
}

// Deliveries returns the deliveries of alerts in a state.
func (w *World) Deliveries(state news.DeliveryState) []news.Delivery {
	w.T.Helper()
	filter := store.DeliveryFilter{Limit: 100, States: []news.DeliveryState{state}}
	found, err := w.Store.Deliveries.Find(w.T.Context(), filter)
	if err != nil {
		w.T.Fatal(err)
	}
	return found
}

// SentTo are the channels that stories arrived in, by their headlines.
func (w *World) SentTo() (all []string) {
	for _, d := range w.Deliveries(news.StateSent) {
		if d.Kind == news.DeliverStory {
			all = append(all, d.Channel)
		}
	}
	return all
}

// Headline is that of the story of a delivery.
func (w *World) Headline(d news.Delivery) string {
	w.T.Helper()
	told, err := w.Store.Deliveries.Content(w.T.Context(), d)
	if err != nil {
		w.T.Fatal(err)
	}
	return told.Story.Title
}
