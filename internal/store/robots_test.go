package store_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

func wantRobots(t *testing.T, s *store.Store, origin, text string, read time.Time) {
	t.Helper()
	got, at, err := s.Hosts.Robots(t.Context(), origin)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != text || !at.Equal(read) {
		t.Errorf("%s: %q of %v, want %q of %v", origin, got, at, text, read)
	}
}

func TestRobots(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		const a, b = "https://a.example", "http://a.example:8080"
		save := func(origin, text string, read time.Time) {
			t.Helper()
			if err := s.Hosts.SaveRobots(t.Context(), origin, []byte(text), read); err != nil {
				t.Fatal(err)
			}
		}
		wantRobots(t, s, a, "", time.Time{})
		odd := "User-agent: *\r\nDisallow: /\x00\xff\xfe" // no text in any encoding
		save(a, odd, noon)
		save(b, "", noon.Add(time.Hour))
		wantRobots(t, s, a, odd, noon)
		wantRobots(t, s, b, "", noon.Add(time.Hour))
		wantRobots(t, s, "https://b.example", "", time.Time{})

		save(a, "older", noon.Add(-time.Second)) // another machine was slower
		wantRobots(t, s, a, odd, noon)
		save(a, "newer", noon.Add(time.Minute))
		wantRobots(t, s, a, "newer", noon.Add(time.Minute))

		large := bytes.Repeat([]byte("# more\n"), 500<<10/7)
		save(b, string(large), noon.Add(2*time.Hour))
		wantRobots(t, s, b, string(large), noon.Add(2*time.Hour))
		if err := s.Hosts.SaveRobots(t.Context(), "https://none.example", nil, noon.Add(2*time.Hour)); err != nil {
			t.Errorf("that there is none cannot be kept: %v", err)
		}
	})
}

// Copies that nobody may go by any more are not kept.
func TestOldRobotsGo(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		day := 24 * time.Hour
		for _, c := range []struct {
			origin string
			read   time.Time
		}{{"https://old.example", noon}, {"https://young.example", noon.Add(day)}, {"https://new.example", noon.Add(30*day + time.Second)}} {
			if err := s.Hosts.SaveRobots(t.Context(), c.origin, []byte("# "+c.origin), c.read); err != nil {
				t.Fatal(err)
			}
		}
		wantRobots(t, s, "https://old.example", "", time.Time{})
		wantRobots(t, s, "https://young.example", "# https://young.example", noon.Add(day))
		wantRobots(t, s, "https://new.example", "# https://new.example", noon.Add(30*day+time.Second))
	})
}
