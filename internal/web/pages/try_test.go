package pages

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// TestBars: bars are as high as their counts are to the most, one story shows beside thousands,
// and nothing is nothing.
func TestBars(t *testing.T) {
	first := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	b := barsOf([]int64{0, 1, 5000, 10_000}, first)
	var heights []int
	for _, one := range b.Bars {
		heights = append(heights, one.Height-1)
		if one.Y+one.Height != barHeight || one.X+barStep > b.Width {
			t.Errorf("%+v is out of the picture", one)
		}
	}
	if !slices.Equal(heights, []int{0, 2, 19, 39}) || b.Total != 15_001 || b.Says != "15,001 stories in 4 days" {
		t.Errorf("%v, %+v", heights, b)
	}
	if says := b.Bars[3].Says; says != "1 Dec: 10,000 stories" {
		t.Errorf("the last says %q", says)
	}
	for _, none := range [][]int64{nil, {0, 0}} {
		if b := barsOf(none, first); b.Total != 0 || len(b.Bars) != len(none) {
			t.Errorf("%v: %+v", none, b)
		}
	}
}

// TestMarkedLines: the pieces of each line are its text, with the words that were found apart,
// also where the text has the marks itself.
func TestMarkedLines(t *testing.T) {
	set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{{
		Name: "kim", Node: rules.Node{Any: []rules.Node{{Term: "Kim"}, {Term: "arms"}}},
	}}})
	if set == nil {
		t.Fatal(mistakes)
	}
	for title, want := range map[string][][]piece{
		"Kim speaks":                    {{{"title: ", false}, {"Kim", true}, {" speaks (Kim)", false}}},
		"Arms for Kim":                  {{{"title: ", false}, {"Arms", true}, {" for ", false}, {"Kim", true}, {" (arms, Kim)", false}}},
		"<b>Kim</b> " + markEnd + " of": {{{"title: <b>", false}, {"Kim", true}, {"</b> " + markEnd + " of (Kim)", false}}},
		"Rain":                          nil,
	} {
		story := &news.Story{Title: title}
		explained := set.Explain(story)[0]
		got := markedLines(explained.Evidence, story.Fields())
		var joined, whole string
		for _, line := range got {
			for _, p := range line {
				joined += p.Text
			}
		}
		for _, line := range want {
			for _, p := range line {
				whole += p.Text
			}
		}
		if d := cmp.Diff(want, got); d != "" || joined != whole {
			t.Errorf("%q: %s", title, d)
		}
	}
}

// TestTriesTakeTurns: while one rule is tried the next one waits, and who gives up is not served.
func TestTriesTakeTurns(t *testing.T) {
	s := &site{trying: make(chan struct{}, 1)}
	s.trying <- struct{}{}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := readArchive(ctx, s); !errors.Is(err, context.Canceled) {
		t.Errorf("it did not wait: %v", err)
	}
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/story?url=kim+putin", nil)
	if _, err := s.story(r); !errors.Is(err, context.Canceled) {
		t.Errorf("a search for words did not wait: %v", err)
	}
	if len(s.trying) != 1 {
		t.Error("it gave back a turn that it did not have")
	}
	p, err := s.tryRule(httptest.NewRequestWithContext(ctx, http.MethodGet, "/try", nil))
	if err != nil || p.Frame != "try" {
		t.Errorf("the empty form waits for a turn: %v", err)
	}
}

// TestHeaded: the first line of a text is its headline.
func TestHeaded(t *testing.T) {
	for asked, want := range map[string][2]string{
		"":                           {},
		"Kim":                        {"Kim", ""},
		"Kim speaks \r\n\r\nOn.\nSo": {"Kim speaks", "On.\nSo"},
	} {
		if title, text := headed(asked); title != want[0] || text != want[1] {
			t.Errorf("%q: %q, %q", asked, title, text)
		}
	}
}
