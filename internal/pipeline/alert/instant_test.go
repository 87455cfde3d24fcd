package alert_test

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// instants is how often two daemons get two copies at once; the figures in
// docs/benchmarks.md were made with 500.
var instants = flag.Int("instants", 40, "pairs of copies that two daemons get at the same instant")

// syllables make names that no two rounds share.
var syllables = strings.Fields("ba be bi bo bu da de di do du ga ge gi go gu ka ke ki ko ku la le li lo lu ma me mi mo mu")

// named makes a name of a number.
func named(n, which int) string {
	var b strings.Builder
	for n = n*7 + which + 31; n > 0; n /= len(syllables) {
		b.WriteString(syllables[n%len(syllables)])
	}
	return strings.ToUpper(b.String()[:1]) + b.String()[1:] + "stan"
}

// pact is one news of many.
func pact(n int) news.Story {
	a, b, c := named(n, 0), named(n, 1), named(n, 2)
	return news.Story{
		Title: fmt.Sprintf("%s and %s sign pact in %s", a, b, c),
		Text: fmt.Sprintf("The leaders of %s and %s signed a pact in %s on Wednesday that covers %d shells and %d satellites, officials of %s "+
			"said. #arms The deal runs for %d years and was reached after talks at the palace of %s.\nThe parliament of %s is to vote on it by "+
			"the end of the month, and that of %s a week later.", a, b, c, 1000+n*7, 20+n%60, a, 5+n%20, c, a, b),
	}
}

// Two daemons that get two copies of one text at the same instant tell it once.
func TestCopiesAtTheSameInstant(t *testing.T) {
	storage := storetest.Postgres(t)
	w := pipetest.NewWorld(t, storage)
	w.Plan.OpsChannel = ""
	lists := map[string][]news.Story{}
	for _, name := range []string{"left", "right"} {
		w.Source(name, lists)
	}
	delete(w.Plan.Sources, "tass")
	w.SetPlan()
	other := w.Further()
	w.Turn()
	took := time.Duration(0)
	for n := range *instants {
		for _, name := range []string{"left", "right"} {
			s := pact(n)
			s.URL, s.Published, s.Language = fmt.Sprintf("https://%s.example/%d", name, n), w.Clock(), "en"
			lists[name] = []news.Story{s}
		}
		w.Pass(time.Hour)
		var claims []store.Claim
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) (err error) {
			claims, err = tx.Sources.Claim(t.Context(), w.Clock(), store.ListLimits{Limit: 4, PerHost: 4, Hung: 1})
			return err
		})
		if err != nil || len(claims) != 2 {
			t.Fatalf("round %d: %d sources are due: %v", n, len(claims), err)
		}
		began := time.Now()
		var both sync.WaitGroup
		for i, p := range []*pipeline.Pipeline{w.Pipe, other} {
			both.Go(func() {
				if err := p.List(context.WithoutCancel(t.Context()), claims[i:i+1]); err != nil {
					t.Error(err)
				}
			})
		}
		both.Wait()
		took += time.Since(began)
		w.Turn()
	}
	told := map[string]int{}
	for _, m := range w.Posts {
		if m.Kind == news.DeliverStory {
			told[m.Headline]++
		}
	}
	for n := range *instants {
		if title := pact(n).Title; told[title] != 1 {
			t.Errorf("%q was told %d times", title, told[title])
		}
	}
	if len(w.Posts) != *instants {
		t.Errorf("%d messages, want %d", len(w.Posts), *instants)
	}
	t.Logf("%d pairs: %d messages, %.0f matches a second", *instants, len(w.Posts), float64(2**instants)/took.Seconds())
}
