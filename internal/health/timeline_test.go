package health_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/health"
)

// TestTimeline: each hour is the letter of what its crawls came to, hours without a crawl are
// empty, and a clock that jumps leaves a timeline that goes on.
func TestTimeline(t *testing.T) {
	began := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	broken := errors.New("http status 503")
	for _, tt := range []struct{ crawls, want string }{
		{"0u 0u", "u"}, {"0u 0o 0u", "o"}, {"0f 0f", "f"}, {"0f 0o", "m"}, {"0u 0f", "m"}, {"0f 0o 0f", "m"},
		{"0o 1u 1o 4f", "oo..f"}, {"0o 59f", "o" + strings.Repeat(".", 58) + "f"}, {"0o 335u", "o" + strings.Repeat(".", 334) + "u"},
		{"0o 1f 336u", "f" + strings.Repeat(".", 334) + "u"}, {"0o 337u", "u"}, {"0o 9000f", "f"},
		{"3o 5o 4f", "om"[:1] + "f"}, {"5o 2f", "f"}, {"0o 2f 1u 1u", "ou"}, {"0o 9000f 1u", "u"},
	} {
		var line health.Timeline
		last := 0
		for crawl := range strings.FieldsSeq(tt.crawls) {
			var how rune
			if _, err := fmt.Sscanf(crawl, "%d%c", &last, &how); err != nil {
				t.Fatal(err)
			}
			err := error(nil)
			if how == 'f' {
				err = broken
			}
			line = line.Add(began.Add(time.Duration(last)*time.Hour+59*time.Minute), err, how == 'u')
			packed, err := json.Marshal(line)
			if err != nil || len(packed) > 600 {
				t.Fatalf("%d bytes, %v", len(packed), err)
			}
			line = health.Timeline{}
			if err := json.Unmarshal(packed, &line); err != nil {
				t.Fatal(err)
			}
		}
		if want := began.Add(time.Duration(last) * time.Hour); line.Hours != tt.want || !line.Last.Equal(want) {
			t.Errorf("%s: %q until %v, want %q until %v", tt.crawls, line.Hours, line.Last, tt.want, want)
		}
	}
}

// TestFaults: the last errors are kept, one that comes again is counted, and none grows large.
func TestFaults(t *testing.T) {
	began := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	var line health.Timeline
	for i, why := range []string{"a", "b", "b", "", "b", "c", "d", "e", "f", strings.Repeat("é", 5000)} {
		err := error(nil)
		if why != "" {
			err = errors.New(why)
		}
		line = line.Add(began.Add(time.Duration(i)*time.Minute), err, false)
	}
	at := func(minutes int) time.Time { return began.Add(time.Duration(minutes) * time.Minute) }
	want := []health.CrawlFault{
		{Why: "c", First: at(5), Last: at(5), Crawls: 1}, {Why: "d", First: at(6), Last: at(6), Crawls: 1},
		{Why: "e", First: at(7), Last: at(7), Crawls: 1}, {Why: "f", First: at(8), Last: at(8), Crawls: 1},
		{Why: strings.Repeat("é", 150) + "…", First: at(9), Last: at(9), Crawls: 1},
	}
	if d := cmp.Diff(want, line.Faults); d != "" {
		t.Error(d)
	}
	again := health.Timeline{}.Add(at(0), errors.New("b"), false).Add(at(1), nil, false).Add(at(2), errors.New("b"), false)
	if d := cmp.Diff([]health.CrawlFault{{Why: "b", First: at(0), Last: at(2), Crawls: 2}}, again.Faults); d != "" {
		t.Error(d)
	}
}

// TestBetween: hours before the first crawl and after the last are empty.
func TestBetween(t *testing.T) {
	began := time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	line := health.Timeline{}.Add(began, nil, false).Add(began.Add(2*time.Hour), nil, true)
	got := line.Between(began.Add(-2*time.Hour), began.Add(4*time.Hour+time.Minute))
	if s := fmt.Sprintf("%c", got); s != "[. . o . u . .]" {
		t.Error(s)
	}
	if got := (health.Timeline{}).Between(began, began.Add(time.Hour)); fmt.Sprintf("%c", got) != "[. .]" {
		t.Errorf("of nothing: %c", got)
	}
}
