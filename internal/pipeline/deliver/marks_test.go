package deliver

import (
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// TestMarksOfUpdates: no update about a story is taken for another one about it. A raise is
// known by what it was known by before there were other updates.
func TestMarksOfUpdates(t *testing.T) {
	told := store.Content{Story: news.Story{Key: "tass.example/7", Title: "Leaders meet"}}
	held := map[string]news.About{}
	for _, about := range []news.About{
		news.AboutBatch, news.AboutDevelopment, news.AboutTurn, news.AboutRaised, news.AboutCorrected, news.AboutWithdrawn,
		news.AboutRestored, news.AboutMismatch, news.AboutLinked,
	} {
		d := news.Delivery{Kind: news.DeliverUpdate, About: about, Severity: news.High, Text: "{}"}
		marks := marksOf(d, &told)
		if len(marks) == 0 {
			t.Fatalf("%s has no marks", about)
		}
		for _, mark := range marks {
			if other, ok := held[mark]; ok && other != about {
				t.Errorf("%s and %s are both known by %q", other, about, mark)
			}
			held[mark] = about
		}
	}
	for _, mark := range news.Marks(&told.Story) {
		if held[mark+" high"] != news.AboutRaised {
			t.Errorf("%q is that of %q", mark+" high", held[mark+" high"])
		}
	}
}
