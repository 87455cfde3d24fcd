package crawler

import (
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// TestKinds: every kind of source can be fetched and read, in one way.
func TestKinds(t *testing.T) {
	rows := kinds()
	for _, k := range news.Kinds() {
		row := rows[k.Name]
		if row.accept == "" || row.is == "" || row.what == "" || row.limit == 0 || (row.read == nil) == (row.stream == nil) {
			t.Errorf("the row of %s is not whole: %+v", k.Name, row)
		}
	}
	if len(rows) != len(news.Kinds()) {
		t.Errorf("%d rows for %d kinds", len(rows), len(news.Kinds()))
	}
}
