package pages_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store/storetest"
)

// A large store is made by TestMatchesAtScale of internal/replay.
var (
	scaleStore    = flag.String("scale-store", "", "whose pages TestPagesAtScale asks for: a SQLite file or a URL of PostgreSQL")
	scaleRequests = flag.Int("scale-requests", 3, "requests of each page")
)

// TestPagesAtScale: pages of a store with many stories come soon. What soon is, is in
// docs/benchmarks.md: here the slowest may take a second.
func TestPagesAtScale(t *testing.T) {
	storage := *scaleStore
	if storage == "" {
		storage = storetest.NewSQLite(t)
	}
	var titles []string
	for i := range 200 {
		titles = append(titles, fmt.Sprintf("sees %x and %x", i*7919, i*104_729))
	}
	h := open(t, storage, "", titles...)
	story := regexp.MustCompile(`/story\?id=\d+`).FindString(ask(h, "GET", "/deliveries").Body.String())
	for _, page := range []struct{ name, method, target string }{
		{"Now", "GET", "/"}, {"Deliveries", "GET", "/deliveries"}, {"Deliveries, sent", "GET", "/deliveries?state=sent"},
		{"Sources", "GET", "/sources"}, {"A source", "GET", "/source?name=wire"},
		{"Story", "GET", story}, {"Story of the archive", "GET", "/story?id=1"},
		{"Search", "GET", "/story?url=kim"}, {"Search for a rare word", "GET", "/story?url=rocket+kim"},
		{"Rules", "GET", "/rules"}, {"A rule", "GET", "/rule?name=kim"}, {"Snoozes", "GET", "/snoozes"}, {"Config", "GET", "/config"},
		{"Try: the verdict", "POST", "/try part=verdict&rule=all:+%5BKim,+sees%5D&text=" + story},
		{"Try: two words", "POST", "/try rule=all:+%5BKim,+Putin%5D"}, {"Try: one word", "POST", "/try rule=all:+%5Bopec%5D"},
	} {
		var took []time.Duration
		for range *scaleRequests {
			began := time.Now()
			if w := ask(h, page.method, page.target); w.Code != http.StatusOK {
				t.Fatalf("%s: %d", page.name, w.Code)
			}
			took = append(took, time.Since(began))
		}
		slices.Sort(took)
		worst := took[len(took)*95/100]
		t.Logf("%-24s p50 %8v   p95 %8v", page.name, took[len(took)/2].Round(100*time.Microsecond), worst.Round(100*time.Microsecond))
		if *scaleStore == "" && took[0] > time.Second {
			t.Errorf("%s takes %v at least", page.name, took[0])
		}
	}
	if status, err := os.ReadFile("/proc/self/status"); err == nil {
		for line := range strings.Lines(string(status)) {
			if strings.HasPrefix(line, "VmRSS") || strings.HasPrefix(line, "VmHWM") {
				t.Log(strings.TrimSpace(line))
			}
		}
	}
}
