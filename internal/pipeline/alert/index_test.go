package alert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

const dispatch = "The leaders of North Korea and Russia signed a pact in Vladivostok on Wednesday that covers artillery shells, " +
	"satellites and food, two officials said.\nThe deal #arms runs for ten years and was reached after four hours of talks at the " +
	"spaceport of Vostochny, where Kim Jong Un was shown the launch pad of the Angara rocket.\nWashington warned both sides on " +
	"Tuesday that any transfer of shells would break eleven resolutions of the Security Council."

// told lists one story at each of several outlets, an hour after each other, and
// returns what was posted.
func told(w *pipetest.World, stories ...news.Story) []string {
	lists := map[string][]news.Story{}
	outlet := func(i int) string { return fmt.Sprintf("outlet%d", i) }
	for i := range stories {
		w.Source(outlet(i), lists)
	}
	w.Again()
	for i, s := range stories {
		s.URL = fmt.Sprintf("https://%s.example/story-%d", outlet(i), i)
		lists[outlet(i)] = []news.Story{s}
		w.Pass(time.Hour)
		for range 2 {
			w.Again()
		}
	}
	var posts []string
	for _, p := range w.Posts {
		if p.Kind != news.DeliverOps {
			posts = append(posts, p.Headline)
		}
	}
	return posts
}

// A text that several outlets carry is told once, whatever they call it and add.
func TestCopiesAreToldOnce(t *testing.T) {
	paragraphs := strings.Split(dispatch, "\n")
	edited := strings.Replace(dispatch, "two officials said", "officials told the agency", 1)
	for name, copied := range map[string]news.Story{
		"the same":                   {Title: "Kim and Putin sign pact", Text: dispatch},
		"under another headline":     {Title: "North Korea, Russia agree on shells for ten years", Text: dispatch},
		"edited":                     {Title: "Kim and Putin sign pact on shells", Text: edited},
		"with two local paragraphs":  {Title: "Kim and Putin sign pact", Text: dispatch + "\nThe mayor of our town said that the market would open on Sunday as planned.\nThe ferry to the islands leaves at noon."},
		"without its last paragraph": {Title: "Kim and Putin sign pact", Text: strings.Join(paragraphs[:2], "\n")},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				first := news.Story{Title: "Kim and Putin sign pact", Text: dispatch}
				if posts := told(w, first, copied); !slices.Equal(posts, []string{first.Title}) {
					t.Errorf("posted %q", posts)
				}
			})
		})
	}
}

// What another outlet tells in words of its own, and what fills in a template anew,
// is told.
func TestOtherTextsAreTold(t *testing.T) {
	fed := func(day, rate string) news.Story {
		return news.Story{Title: "Fed adds reserves via customer repurchases", Text: "The Federal Reserve entered the government securities " +
			"market on " + day + " to arrange customer repurchase agreements #arms, a spokesman for the New York Fed said. Dealers said federal " +
			"funds were trading at " + rate + " per cent when the Fed began its temporary and direct supply of reserves to the banking system."}
	}
	for name, stories := range map[string][2]news.Story{
		"an own report": {
			{Title: "Kim and Putin sign pact", Text: dispatch},
			{Title: "Summit ends with deal", Text: "After talks that went on into the evening, Moscow and Pyongyang have agreed to help each other " +
				"with ammunition #arms, the Kremlin's spokesman told reporters at the harbour. Neither side named a price for it."},
		},
		"a template": {fed("Tuesday", "6 3/16"), fed("Friday", "5 7/8")},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				if posts := told(w, stories[0], stories[1]); len(posts) != 2 {
					t.Errorf("posted %q", posts)
				}
			})
		})
	}
}
