package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// A source that is silent for longer than the config expects is told of once, and
// once more when a story comes.
func TestSilenceOfASourceIsTold(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		const week = news.Weekdays(0b0111110)
		src := w.Plan.Sources["tass"]
		src.Expect = news.Expectation{Within: 26 * time.Hour, On: week}
		w.Plan.Sources["tass"] = src
		w.Scheduled("0 * * * *")
		w.Stories = pipetest.Listed("a") // Wednesday, 11:59
		w.Turn()
		work := func(until time.Time) {
			for ; w.Clock().Before(until); w.Pass(30 * time.Second) {
				if w.Clock().Hour()%6 == 0 {
					w.Pipe = w.Further()
				}
				w.Turn()
				if w.Clock().Minute() == 1 {
					w.Pass(58 * time.Minute)
				}
			}
		}
		work(pipetest.Noon.Add(25*time.Hour + 58*time.Minute))
		if got := w.Ops(); len(got) != 0 {
			t.Fatalf("before the time is over: %q", got)
		}
		work(pipetest.Noon.Add(28 * time.Hour))
		got := w.Ops()
		if len(got) != 1 || !strings.Contains(got[0], "source tass is silent") ||
			!strings.Contains(got[0], "nothing new since 13 Sep 2023 11:59 UTC; a story is expected within 26 h on Mon-Fri") {
			t.Fatalf("when it is over: %q", got)
		}
		work(pipetest.Noon.Add(3 * 24 * time.Hour)) // Saturday
		if got := w.Ops(); len(got) != 1 {
			t.Fatalf("it goes on: %q", got)
		}
		w.Stories = append(w.Stories, pipetest.Listed("b")...)
		w.Stories[1].Published = w.Clock().Add(-time.Minute)
		work(w.Clock().Add(2 * time.Hour))
		if got := w.Ops(); len(got) != 2 || !strings.HasPrefix(got[1], "source tass is ok again: it was silent since 14 Sep ") {
			t.Fatalf("when a story came: %q", got)
		}
		work(time.Date(2023, 9, 19, 1, 30, 0, 0, time.UTC)) // 25 and a half hours of the week later
		if got := w.Ops(); len(got) != 2 {
			t.Fatalf("after the weekend: %q", got)
		}
		work(time.Date(2023, 9, 19, 4, 0, 0, 0, time.UTC))
		if got := w.Ops(); len(got) != 3 {
			t.Errorf("silent again: %q", got)
		}
	})
}
