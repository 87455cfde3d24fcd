package replay

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
)

// Long stories are not held together: a part ends with the one that makes it long, and says how far
// down all are read.
func TestNarrowedPartsAreBounded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		s := storetest.Open(t, storage)
		var stories []*news.Story
		for i := range 9 {
			body := "Kim travels."
			if i%3 == 0 {
				body += strings.Repeat(" It rains.", partSize/5)
			}
			stories = append(stories, &news.Story{Title: fmt.Sprint(i), Text: body,
				URL: fmt.Sprint("https://example.org/", i), FirstSeen: time.Now()})
		}
		if _, err := s.Archive.Add(t.Context(), stories); err != nil {
			t.Fatal(err)
		}
		n := &narrowed{Archive: ArchiveOf(s, time.Time{}, anonymous), oldest: 1, newest: 9,
			need: wordindex.HasPhrase("Kim", text.Look{})}
		var got []string
		for most := 1; most <= 9; most *= 9 { // one part alone is wanted, then all
			got = nil
			err := n.parts(t.Context(), func(p *part) bool {
				read := n.stories(p)
				got = append(got, fmt.Sprintf("%d to %d", read.count, p.read))
				return len(got) < most && read.err == nil
			})
			if err != nil || len(got) != min(most, 3) {
				t.Errorf("%d parts, %v: %v", len(got), err, got)
			}
		}
		if want := "[3 to 3 3 to 6 3 to 9]"; fmt.Sprint(got) != want {
			t.Errorf("the parts are %v, want %s", got, want)
		}
	})
}
