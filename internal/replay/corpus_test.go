package replay

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/rules"
)

// wireFiles finds the stories of a real wire; without them the test is
// skipped, or fails when CI is set.
func wireFiles(t testing.TB) Files {
	t.Helper()
	dir := os.Getenv("COPYTASTER_CORPUS")
	if dir == "" {
		dir = "../../../shared/corpus"
	}
	paths, err := filepath.Glob(filepath.Join(dir, "wire", "*.jsonl.gz"))
	if err != nil || len(paths) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("the corpus has no wire")
		}
		t.Skip("the corpus of real stories is not there")
	}
	return Files{Paths: paths}
}

// A real wire is read without a line left out, its paragraphs are whole, and
// its archive has the same matches as its files.
func TestWire(t *testing.T) {
	files := wireFiles(t)
	stories, ragged := 0, 0
	err := stream(t.Context(), files, files.stories, func(_ *part, r content) error {
		for _, bad := range r.bad {
			t.Errorf("%s:%d: %s", bad.File, bad.Line, bad.Reason)
		}
		for _, s := range r.stories {
			stories++
			for line := range strings.SplitSeq(s.Text, "\n") {
				if strings.HasSuffix(line, ",") || strings.HasSuffix(line, " the") || strings.HasSuffix(line, " of") {
					ragged++
				}
			}
		}
		return nil
	})
	if err != nil || stories == 0 || ragged > stories/100 {
		t.Errorf("%d stories, %d lines that go on, %v", stories, ragged, err)
	}
	storage := storetest.SQLite(t)
	for _, want := range []Imported{{New: stories}, {Known: stories}} {
		if got := importInto(t, storage, files.Paths...); got.New != want.New || got.Known != want.Known {
			t.Errorf("%d new, %d known; want %d and %d", got.New, got.Known, want.New, want.Known)
		}
	}
	archive, err := OpenArchive(t.Context(), silent, storage, time.Time{}, time.Time{}, anonymous)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	o := Options{Zone: time.UTC, Rules: compile(t, rules.Definition{Rules: []rules.Rule{
		term("pills", "poison pill*"), term("opec", "=OPEC"), term("over the end of a line", "crude oil"),
	}})}
	fromFiles, err1 := Backtest(t.Context(), files, o)
	fromArchive, err2 := Backtest(t.Context(), archive, o)
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	for i, r := range fromFiles.ByRule {
		if r.Matches == 0 || r.Matches != fromArchive.ByRule[i].Matches {
			t.Errorf("%s: %d matches in the files, %d in the archive", r.Rule, r.Matches, fromArchive.ByRule[i].Matches)
		}
	}
}

// BenchmarkWire measures a backtest of a real wire, from its packed files on,
// with 10,000 rules; and the matcher alone.
func BenchmarkWire(b *testing.B) {
	files := wireFiles(b)
	v := compile(b, generatedRules(10_000))
	b.Run("backtest", func(b *testing.B) {
		stories := 0
		for b.Loop() {
			report, err := Backtest(b.Context(), files, Options{Rules: v, Samples: 1, Zone: time.UTC})
			if err != nil {
				b.Fatal(err)
			}
			stories += report.Stories
		}
		b.ReportMetric(float64(stories)/b.Elapsed().Seconds(), "stories/s")
	})
	b.Run("matcher", func(b *testing.B) { matchAlone(b, files, v) })
}
