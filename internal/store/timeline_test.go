package store_test

import (
	"strconv"
	"testing"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// oldSources are sources of a store from before the timeline stood apart: their health, what it
// comes to be, and their timeline.
var oldSources = []struct{ was, health, timeline string }{
	{``, ``, ``},
	{`{"verdict":"ok"}`, `{"verdict":"ok"}`, ``},
	{`{"timeline":{"hours":"o"}}`, `{}`, `{"hours":"o"}`},
	{`{"verdict":"ok","leaning":"ok","streak":3,"timeline":{"last":"2026-11-02T12:00:00Z","hours":"ouf","faults":[{"why":"é {\u0000}","crawls":2}]}}`,
		`{"verdict":"ok","leaning":"ok","streak":3}`,
		`{"last":"2026-11-02T12:00:00Z","hours":"ouf","faults":[{"why":"é {\u0000}","crawls":2}]}`},
	{`{"verdict":"failing","detail":"\"timeline\":{","timeline":{"hours":"f"}}`, `{"verdict":"failing","detail":"\"timeline\":{"}`, `{"hours":"f"}`},
	{`{"detail":"\"timeline\":{"}`, `{"detail":"\"timeline\":{"}`, ``},
	{`garbage`, `garbage`, ``},
}

// The hours of a source are still there when they stand apart from its health, and what an older
// daemon may have changed is indexed again.
func TestUpgradeSetsTimelinesApart(t *testing.T) {
	storetest.EachNew(t, upgradeApart)
}

func upgradeApart(t *testing.T, storage string) {
	old, err := store.OpenVersion(t.Context(), storage, 26)
	if err != nil {
		t.Fatal(err)
	}
	run := func(query string, args ...any) {
		t.Helper()
		if err := old.Exec(t.Context(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	for i, src := range oldSources {
		run(`INSERT INTO source (name, url, next_at, health) VALUES ($1, 'u', 0, $2)`, strconv.Itoa(i), src.was)
	}
	run(`INSERT INTO word_segment (segment, stories, seen_to, build) VALUES (3, 1, 1, 1)`)
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	s := storetest.Open(t, storage)
	for i, want := range oldSources {
		src, err := s.Sources.Get(t.Context(), strconv.Itoa(i))
		if err != nil || src.Health != want.health || src.Timeline != want.timeline {
			t.Errorf("%s became %s and %s, %v; want %s and %s", want.was, src.Health, src.Timeline, err, want.health, want.timeline)
		}
	}
	if filled, err := s.Words.Segments(t.Context()); len(filled) > 0 || err != nil {
		t.Errorf("%v are filled, %v", filled, err)
	}
}
