package replay

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/rules"
)

var (
	silent = slog.New(slog.DiscardHandler)
	noon   = time.Date(2023, 9, 20, 12, 0, 0, 0, time.UTC)
)

// anonymous is what is known of no source.
func anonymous(source string) news.Origin { return news.Origin{Source: source} }

// importInto imports files for the source tass.
func importInto(t testing.TB, storage string, paths ...string) Imported {
	t.Helper()
	i, err := OpenImporter(t.Context(), silent, storage)
	if err != nil {
		t.Fatal(err)
	}
	rested := 0
	done, err := i.Import(t.Context(), Files{Paths: paths},
		Target{Source: "tass", Language: "en", Now: noon, Rest: func(context.Context) { rested++ }})
	if err = errors.Join(err, i.Close()); err != nil {
		t.Fatal(err)
	}
	if i.beside != (rested > 0) && done.New > 0 {
		t.Errorf("beside a daemon %v, rested %d times", i.beside, rested)
	}
	return done
}

func TestImport(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		path := file(t, "five", []byte(fiveStories+"nonsense\n"+fiveStories[:strings.Index(fiveStories, "\n")+1]))
		if done := importInto(t, storage, path); done.New != 5 || done.Known != 1 || done.Skipped != 1 || done.Stories != 6 {
			t.Errorf("imported %+v", done)
		}
		if done := importInto(t, storage, path, path); done.New != 0 || done.Known != 12 {
			t.Errorf("imported again: %+v", done)
		}
		a, err := OpenArchive(t.Context(), silent, storage, time.Time{}, noon.Add(-time.Hour),
			func(source string) news.Origin {
				return news.Origin{Source: source, Tags: []string{"wire"}, Country: "RU"}
			})
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		only := term("grain", "grain")
		only.Only = rules.Filter{Tag: []string{"wire"}, Country: []string{"ru"}, Source: []string{"tass"}, Language: []string{"en"}}
		report, err := Backtest(t.Context(), a, Options{Rules: compile(t, rules.Definition{Rules: []rules.Rule{only}}),
			Samples: 1, Zone: time.UTC})
		if err != nil || report.Stories != 5 || report.Matches != 3 || report.ByRule[0].ByDay[Undated] != 1 {
			t.Errorf("report %+v, %v", report, err)
		}
		if newest, err := a.Newest(t.Context()); err != nil || !newest.Equal(time.Date(2023, 9, 16, 12, 0, 0, 0, time.UTC)) {
			t.Errorf("newest %v, %v", newest, err)
		}
	})
}

// A crawl that finds an imported URL again records nothing; one that is
// imported from a future day counts as of today.
func TestImportedStoriesAreKnownToCrawls(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		importInto(t, storage, file(t, "one", []byte(`{"url":"https://www.example.org/a?utm_source=x","title":"A","text":"Hard\nwrapped","published":"2024-01-01T00:00:00Z"}`)))
		s := storetest.Open(t, storage)
		crawled := news.FingerprintOf("tass", &news.Story{URL: "http://m.example.org/a", Title: "Other"})
		if known, err := s.Fingerprints.ByLink(t.Context(), []news.Hash{crawled.Link}); err != nil || len(known) != 1 {
			t.Errorf("known %v, %v", known, err)
		}
		for story, err := range s.Archive.Stories(t.Context(), store.Span{}) {
			if err != nil || !story.Published.Equal(noon) || story.Origin.Source != "tass" || story.Language != "en" {
				t.Errorf("story %+v, %v", story, err)
			}
		}
	})
}

// An import beside a running daemon works on the same store, and lets it write.
func TestImportBesideDaemon(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		daemon := storetest.Open(t, storage)
		if done := importInto(t, storage, file(t, "five", []byte(fiveStories))); done.New != 5 {
			t.Errorf("imported %+v", done)
		}
		if n, err := daemon.Archive.Count(t.Context(), store.Span{}); n != 5 || err != nil {
			t.Errorf("the daemon sees %d stories, %v", n, err)
		}
	})
}

// What was recorded before an import is stopped stays and is counted.
func TestImportStops(t *testing.T) {
	storage := storetest.SQLite(t)
	i, err := OpenImporter(t.Context(), silent, storage)
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	ctx, cancel := context.WithCancel(t.Context())
	path := generated(t, 4000)
	done, err := i.Import(ctx, Files{Paths: []string{path}},
		Target{Source: "tass", Now: noon, Progress: func(_, _ int64) { cancel() }})
	if !errors.Is(err, context.Canceled) || done.New == 0 || done.New == 4000 {
		t.Fatalf("imported %+v, %v", done, err)
	}
	rest, err := i.Import(t.Context(), Files{Paths: []string{path}}, Target{Source: "tass", Now: noon})
	if err != nil || rest.Known < done.New || rest.New+rest.Known != 4000 {
		t.Errorf("then %+v, %v", rest, err)
	}
}

func TestImportOfFilesThatAreNone(t *testing.T) {
	i, err := OpenImporter(t.Context(), silent, storetest.SQLite(t))
	if err != nil {
		t.Fatal(err)
	}
	defer i.Close()
	if _, err := i.Import(t.Context(), Files{Paths: []string{t.TempDir()}}, Target{Source: "tass", Now: noon}); err == nil {
		t.Error("a folder was imported")
	}
	done, err := i.Import(t.Context(), Files{Paths: []string{file(t, "text", []byte("Dear Sir,\nno JSON.\n"))}}, Target{Source: "tass", Now: noon})
	if err != nil || done.New != 0 || done.Skipped != 2 {
		t.Errorf("imported %+v, %v", done, err)
	}
}

func TestNoArchive(t *testing.T) {
	_, err := OpenArchive(t.Context(), silent, storetest.NewSQLite(t), time.Time{}, time.Time{}, anonymous)
	if !errors.Is(err, ErrNoArchive) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	text := file(t, "text", []byte("no database"+strings.Repeat(" ", 200)))
	_, err = OpenArchive(t.Context(), silent, text, time.Time{}, time.Time{}, anonymous)
	if err == nil || errors.Is(err, ErrNoArchive) {
		t.Errorf("a text was opened: %v", err)
	}
}

// The archive returns its stories a page at a time, in their order.
func TestArchiveOfManyStories(t *testing.T) {
	storage := storetest.SQLite(t)
	importInto(t, storage, generated(t, 950))
	a, err := OpenArchive(t.Context(), silent, storage, time.Time{}, time.Time{}, anonymous)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	titles, c, err := readAll(t, a)
	if err != nil || c.Stories != 950 || !strings.HasSuffix(titles[0], ", story 0") || !strings.HasSuffix(titles[949], ", story 949") {
		t.Errorf("%d stories, %v", c.Stories, err)
	}
	if n, err := a.size(t.Context()); n != 950 || err != nil {
		t.Errorf("size %d, %v", n, err)
	}
}
