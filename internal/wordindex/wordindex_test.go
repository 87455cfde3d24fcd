package wordindex

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// rowsOf are the rows of a segment of stories.
func rowsOf(b *Builder, stories ...*news.Story) map[int][]byte {
	for _, story := range stories {
		b.Add(story)
	}
	rows := map[int][]byte{}
	for bucket, row := range b.Rows {
		rows[bucket] = slices.Clone(row)
	}
	return rows
}

func finding(rows map[int][]byte) func(text.WordKey) Places {
	return func(key text.WordKey) Places { return Find(rows[BucketOf(key)], key) }
}

// idsOf are the places, the last one first.
func idsOf(p Places) (ids []int) {
	for place := range p.Backward {
		ids = append(ids, place)
	}
	return ids
}

// TestFind: of random stories each word is found where it stands, and hardly anywhere else.
func TestFind(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	word := func() string { return fmt.Sprintf("w%dq", int(r.ExpFloat64()*300)) }
	stand := map[string][]int{}
	var stories []*news.Story
	for place := range SegmentSize {
		s := &news.Story{ID: 5*SegmentSize + int64(place), URL: "https://example.org/url"}
		for range 20 {
			w := word()
			s.Title += w + " "
			if n := len(stand[w]); n == 0 || stand[w][n-1] != place {
				stand[w] = append(stand[w], place)
			}
		}
		stories = append(stories, s)
	}
	var b Builder
	for range 2 { // it is used again
		find := finding(rowsOf(&b, stories...))
		more := 0
		for w, want := range stand {
			need := HasPhrase(w, text.Look{})
			got := need.Eval(find)
			found := idsOf(got)
			if slices.ContainsFunc(want, func(place int) bool { return !slices.Contains(found, place) }) {
				t.Fatalf("%s is found in %v, want %v", w, found, want)
			}
			more += len(found) - len(want)
		}
		if more > 100 {
			t.Errorf("%d stories are found that have not the word", more)
		}
		if need := HasPhrase("example", text.Look{}); len(idsOf(need.Eval(find))) > 0 {
			t.Error("words of URLs are indexed")
		}
	}
}

// A row that is damaged loses nothing: everything is looked at.
func TestFindInDamagedRow(t *testing.T) {
	var b Builder
	rows := rowsOf(&b, &news.Story{ID: 3, Title: "Kim"}, &news.Story{ID: 1023, Title: "Kim"})
	need := HasPhrase("Kim", text.Look{})
	key := need.Keys()[0]
	row := rows[BucketOf(key)]
	if got := idsOf(Find(row, key)); !slices.Equal(got, []int{1023, 3}) {
		t.Fatalf("found %v, want the two stories", got)
	}
	for n := 1; n < len(row); n++ {
		if got := Find(row[:n], key); got != All() {
			t.Errorf("%d bytes of the row: found %v, want all", n, idsOf(got))
		}
	}
	row[len(row)-1] = 0xFF
	if got := Find(row, key); got != All() {
		t.Errorf("a difference without an end: found %v, want all", idsOf(got))
	}
}

func TestNeed(t *testing.T) {
	var b Builder
	find := finding(rowsOf(&b, &news.Story{ID: 1, Title: "Kim Putin"}, &news.Story{ID: 2, Title: "Kim"},
		&news.Story{ID: 3, Title: "Xi"}))
	has := func(words string) Need { return HasPhrase(words, text.Look{}) }
	var many []Need
	for i := range mostKeys + 1 {
		many = append(many, has(fmt.Sprintf("name%d", i)))
	}
	for i, c := range []struct {
		need  Need
		known bool
		want  []int
	}{
		{has("Kim"), true, []int{2, 1}},
		{has("Kim Putin"), true, []int{1}},
		{HasAll(has("Kim"), has("Putin")), true, []int{1}},
		{HasAll(has("Kim"), Need{}), true, []int{2, 1}},
		{HasAny(has("Putin"), has("Xi")), true, []int{3, 1}},
		{HasAny(has("Putin"), Nothing()), true, []int{1}},
		{HasAll(has("Kim"), Nothing()), true, nil},
		{HasAny(), true, nil},
		{HasAll(has("Kim"), HasAny(many...)), true, []int{2, 1}},
		{HasAny(has("Putin"), Need{}), false, nil},
		{HasAny(many...), false, nil},
		{HasAll(), false, nil},
		{has("..."), false, nil},
	} {
		if c.need.Known() != c.known {
			t.Errorf("%d. known: %v", i, c.need.Known())
			continue
		}
		got := c.need.Eval(find)
		if c.known && !slices.Equal(idsOf(got), c.want) || !c.known && got != All() {
			t.Errorf("%d. found %v, want %v", i, idsOf(got), c.want)
		}
	}
}

// FuzzFind: a row of any bytes is read without a panic.
func FuzzFind(f *testing.F) {
	var b Builder
	for _, row := range rowsOf(&b, &news.Story{ID: 3, Title: "Kim Putin Xi"}) {
		f.Add(row, uint32(0))
	}
	f.Fuzz(func(t *testing.T, row []byte, key uint32) {
		found := Find(row, text.WordKey(key))
		if again := Find(slices.Clone(row), text.WordKey(key)); again != found {
			t.Errorf("found %v, then %v", idsOf(found), idsOf(again))
		}
		if len(row) == 0 && !found.Empty() {
			t.Errorf("found %v in nothing", idsOf(found))
		}
	})
}
