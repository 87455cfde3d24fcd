package replay

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"iter"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules"
)

// A large archive is made of the corpus: go test -run TestMatchesAtScale -scale-stories 1000000.
var (
	scaleStories = flag.Int("scale-stories", 3000, "stories of the archive that TestMatchesAtScale makes")
	scaleStore   = flag.String("scale-store", "", "where it is made, or was; a SQLite file or a URL of PostgreSQL")
)

// varied yields stories that are made of the paragraphs of a wire, with names that differ.
func varied(ctx context.Context, t testing.TB, n int, until time.Time) iter.Seq[*news.Story] {
	var wire []*news.Story
	files := wireFiles(t)
	err := stream(ctx, files, files.stories, func(_ *part, r content) error {
		wire = append(wire, r.stories...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(*news.Story) bool) {
		r := rand.New(rand.NewPCG(1, 2))
		for i := range n {
			a, b := wire[r.IntN(len(wire))], wire[r.IntN(len(wire))]
			name := func() string { return fmt.Sprintf("N%x", uint32(r.ExpFloat64()*20_000)*2_654_435_761) }
			lines := strings.Split(a.Text, "\n")
			lines = append(lines[:len(lines)*2/3:len(lines)*2/3], strings.Split(b.Text, "\n")[0], name()+" met "+name()+" in "+name()+".")
			s := *a
			s.ID, s.URL, s.GUID, s.Key = 0, fmt.Sprintf("https://example.com/%d", i), "", ""
			s.Title += " " + name()
			s.Text = strings.Join(lines, "\n")
			s.Origin.Source = fmt.Sprintf("source-%d", i%500)
			s.Published = until.Add(-time.Duration(n-i) * 6 * 24 * time.Hour / time.Duration(n))
			s.FirstSeen = s.Published
			if !yield(&s) {
				return
			}
		}
	}
}

func fillStore(t testing.TB, s *store.Store, n int, until time.Time) {
	t.Helper()
	began := time.Now()
	var batch []*news.Story
	for story := range varied(t.Context(), t, n, until) {
		if batch = append(batch, story); len(batch) < 1000 {
			continue
		}
		if _, err := s.Archive.Add(t.Context(), batch); err != nil {
			t.Fatal(err)
		}
		batch = batch[:0]
	}
	t.Logf("recorded %d stories in %v", n, time.Since(began).Round(time.Millisecond))
}

// indexAll fills the index of all whole segments.
func indexAll(t testing.TB, s *store.Store) {
	t.Helper()
	began := time.Now()
	_, newest, err := s.Words.Bounds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	filled, err := s.Words.Segments(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b wordindex.Builder
	n := 0
	for segment := range wordindex.SegmentOf(newest + 1) {
		if _, ok := filled[segment]; ok {
			continue
		}
		err := s.Words.Fill(t.Context(), segment, func(stories []*news.Story) iter.Seq2[int, []byte] {
			for _, story := range stories {
				b.Add(story)
				n++
			}
			return b.Rows
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("indexed %d stories in %v", n, time.Since(began).Round(time.Millisecond))
}

// cpuTime is what this process has used of processors.
func cpuTime(t testing.TB) time.Duration {
	t.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// TestMatchesAtScale: of an archive that is partly indexed, rules match the stories that they match
// of all.
func TestMatchesAtScale(t *testing.T) {
	s, err := store.Open(t.Context(), silent, cmp.Or(*scaleStore, filepath.Join(t.TempDir(), "archive.db")))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	until := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	if _, newest, _ := s.Words.Bounds(t.Context()); newest == 0 {
		fillStore(t, s, *scaleStories, until)
	}
	before, _ := s.Size(t.Context())
	indexAll(t, s)
	after, _ := s.Size(t.Context())
	t.Logf("store %d MB, of which index %d MB", after>>20, (after-before)>>20)
	archive := ArchiveOf(s, until.AddDate(0, 0, -7), anonymous)
	for _, terms := range [][]string{{"kim", "putin"}, {"opec"}, {"poison pill*"}, {"~merger", "airline"}, {"dollar"}} {
		rule := rules.Rule{Name: "r"}
		for _, term := range terms {
			rule.Node.All = append(rule.Node.All, rules.Node{Term: term})
		}
		o := Options{Zone: time.UTC, Samples: 5, Rules: compile(t, rules.Definition{Rules: []rules.Rule{rule}})}
		best, leastCPU, r := time.Hour, time.Hour, &Report{}
		for range 3 {
			began, used := time.Now(), cpuTime(t)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			r, err = BacktestNewest(ctx, archive, o)
			cancel()
			best, leastCPU = min(best, time.Since(began)), min(leastCPU, cpuTime(t)-used)
		}
		if *scaleStore == "" { // a small one: there is time to read it all
			whole, wrong := Backtest(t.Context(), archive, o)
			if err != nil || wrong != nil || r.Stories != *scaleStories || r.Matches != whole.Matches {
				t.Fatalf("%v: %d of %d stories, the whole archive has %d, %v, %v", terms, r.Matches, r.Stories, whole.Matches, err, wrong)
			}
		}
		t.Logf("%v: %d of %d stories in %v, CPU %v, %v", terms, r.Matches, r.Stories,
			best.Round(time.Millisecond), leastCPU.Round(time.Millisecond), err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("memory %d MB", m.Sys>>20)
}
