package trace_test

import (
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/trace"
)

// TestSearch: stories are found by words anywhere in them, the newest first, and by the words of
// their headline alone.
func TestSearch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		var stories []*news.Story
		for i, title := range []string{"Kim meets Putin", "Путин принял Кима", "A quiet day", "L'Iran négocie", "Kim travels"} {
			stories = append(stories, &news.Story{Title: title, Text: "Sanctions were discussed.\nTea was served.",
				URL: "https://example.org/" + string(rune('a'+i)), FirstSeen: time.Date(2026, 11, 29, i, 0, 0, 0, time.UTC)})
		}
		if _, err := s.Archive.Add(t.Context(), stories); err != nil {
			t.Fatal(err)
		}
		tracer := trace.Over(s, trace.Today{Now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)})
		for _, c := range []struct {
			asked   string
			found   []int64
			refused bool
		}{
			{"kim", []int64{5, 1}, false},
			{"KIM putin", []int64{1}, false},
			{"sanction tea kim", []int64{5, 1}, false},
			{"meeting ~travels", nil, false},
			{"meeting", []int64{1}, false},
			{`"meeting"`, nil, false},
			{"=Kim", []int64{5, 1}, false},
			{`"kim putin"`, nil, false},
			{`“quiet day” served`, []int64{3}, false},
			{"trav*", []int64{5}, false},
			{"Путина", []int64{2}, false},
			{"iran", []int64{4}, false},
			{"nobody", nil, false},
			{"/(/", nil, true},
			{`""`, nil, true},
		} {
			got, err := tracer.Search(t.Context(), c.asked)
			if err != nil {
				t.Fatal(err)
			}
			var ids []int64
			for _, f := range got.Found {
				ids = append(ids, f.ID)
			}
			if !slices.Equal(ids, c.found) || (got.Wrong != "") != c.refused || got.More || got.Cut {
				t.Errorf("%s: %v, %+v; want %v", c.asked, ids, got, c.found)
			}
		}
		for asked, want := range map[string]int64{"kim": 5, "putin kim": 1, "Iran": 4, "tea": 0} {
			w, err := tracer.Why(t.Context(), asked)
			if err != nil {
				t.Fatal(err)
			}
			if got := w.Story; (got == nil) != (want == 0) || got != nil && got.ID != want {
				t.Errorf("why %s: %+v, want story %d", asked, got, want)
			}
		}
	})
}
