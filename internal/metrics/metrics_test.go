package metrics

import (
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// page returns the lines of copytaster's own series, as Prometheus reads them.
func page(t *testing.T, m *Metrics) []string {
	t.Helper()
	answer := httptest.NewRecorder()
	m.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 {
		t.Fatalf("GET /metrics: status %d: %s", answer.Code, answer.Body)
	}
	var lines []string
	for line := range strings.Lines(answer.Body.String()) {
		if strings.HasPrefix(line, "copytaster_") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func wantLines(t *testing.T, m *Metrics, want ...string) {
	t.Helper()
	got := "\n" + strings.Join(page(t, m), "\n") + "\n"
	for _, line := range want {
		if !strings.Contains(got, "\n"+line+"\n") {
			t.Errorf("no line %q in:%s", line, got)
		}
	}
}

func wantNo(t *testing.T, m *Metrics, part string) {
	t.Helper()
	for _, line := range page(t, m) {
		if strings.Contains(line, part) {
			t.Errorf("line %q should be gone", line)
		}
	}
}

func TestEverySeriesHasItsName(t *testing.T) {
	m := New()
	m.Crawl("tass", "ok", 0.2)
	m.Crawl("tass", "ok", 40)
	m.Crawl("tass", "timeout", 30)
	m.Stories("tass", 3)
	m.Stories("tass", 0)
	m.Push("tass", "read")
	m.Push("tass", "refused")
	m.Match("kim-putin-arms")
	m.Delivery("sent")
	m.Delivery("sent")
	m.Delivery("parked")
	m.Latency(4 * time.Second)
	m.Stage("listed", 4*time.Second)
	m.Stage("listed", -time.Second)
	m.Report("link", "development")
	m.Escalation()
	m.Built("v1.2.3", "0123456789ab", "go1.26.0")
	m.Show(&Stored{
		Queues: map[string]int64{"page": 7}, Paused: true, OldestDue: 90 * time.Second,
		Unsent:  map[string]int64{"parked": 3, "dead": 2},
		Snoozes: 2, Snoozed: 31, Storms: 1, Waiting: 4, Told: 3, Deaf: true, Overfull: true,
		Sources: []Source{{Name: "tass", Verdict: "ok", Healthy: true, Read: time.UnixMilli(1694606400500)}},
	})
	m.ConfigReload(true)
	m.ConfigNewest(true)
	wantLines(t, m,
		`copytaster_snoozes 2`, `copytaster_snoozed_alerts 31`,
		`copytaster_storms 1`, `copytaster_unanswered_alerts 4`, `copytaster_unanswered_told_alerts 3`, `copytaster_answers_down 1`, `copytaster_storage_over_limit 1`,
		`copytaster_crawls_total{outcome="ok",source="tass"} 2`,
		`copytaster_crawls_total{outcome="timeout",source="tass"} 1`,
		`copytaster_crawl_seconds_count 3`,
		`copytaster_crawl_seconds_bucket{le="0.1"} 0`,
		`copytaster_crawl_seconds_bucket{le="0.25"} 1`,
		`copytaster_crawl_seconds_bucket{le="30"} 2`,
		`copytaster_stories_total{source="tass"} 3`,
		`copytaster_pushes_total{outcome="read",source="tass"} 1`,
		`copytaster_pushes_total{outcome="refused",source="tass"} 1`,
		`copytaster_matches_total{rule="kim-putin-arms"} 1`,
		`copytaster_deliveries_total{state="sent"} 2`,
		`copytaster_deliveries_total{state="parked"} 1`,
		`copytaster_delivery_latency_seconds_bucket{le="3"} 0`,
		`copytaster_delivery_latency_seconds_bucket{le="5"} 1`,
		`copytaster_stage_seconds_count{stage="listed"} 2`,
		`copytaster_stage_seconds_bucket{stage="listed",le="1"} 1`,
		`copytaster_reports_total{level="development",relation="link"} 1`,
		`copytaster_escalations_total 1`,
		`copytaster_source_healthy{source="tass"} 1`,
		`copytaster_source_verdict{source="tass",verdict="ok"} 1`,
		`copytaster_queue_depth{queue="page"} 7`,
		`copytaster_config_reload_success 1`,
		`copytaster_config_newest 1`,
		`copytaster_build_info{commit="0123456789ab",goversion="go1.26.0",version="v1.2.3"} 1`,
		`copytaster_store_up 1`,
		`copytaster_sending_paused 1`,
		`copytaster_deliveries{state="parked"} 3`,
		`copytaster_deliveries{state="dead"} 2`,
		`copytaster_oldest_due_delivery_age_seconds 90`,
		`copytaster_source_last_success_timestamp_seconds{source="tass"} 1.6946064005e+09`,
	)
}

func TestGaugesFollow(t *testing.T) {
	m := New()
	m.Show(&Stored{
		Queues:  map[string]int64{"page": 7},
		Sources: []Source{{Name: "tass", Verdict: "ok", Healthy: true}, {Name: "gone"}},
	})
	m.Show(&Stored{
		Queues:  map[string]int64{"page": 0},
		Sources: []Source{{Name: "tass", Verdict: "not a list"}, {Name: "kcna", Healthy: true}},
	})
	m.ConfigNewest(true)
	m.ConfigNewest(false)
	m.ConfigReload(true)
	m.ConfigReload(false)
	wantLines(t, m,
		`copytaster_source_healthy{source="tass"} 0`,
		`copytaster_source_healthy{source="kcna"} 1`,
		`copytaster_source_verdict{source="tass",verdict="not a list"} 1`,
		`copytaster_queue_depth{queue="page"} 0`,
		`copytaster_config_reload_success 0`,
		`copytaster_config_newest 0`,
	)
	wantNo(t, m, `verdict="ok"`)
	wantNo(t, m, `verdict=""`)
	wantNo(t, m, `source="gone"`)
	wantNo(t, m, `last_success`)
}

// What the store said before must not be taken for what it says now.
func TestGaugesOfAStoreThatCannotBeRead(t *testing.T) {
	m := New()
	wantLines(t, m, `copytaster_store_up 0`)
	m.Show(&Stored{Paused: true, Sources: []Source{{Name: "tass", Healthy: true}}})
	m.Show(nil)
	m.Match("x")
	wantLines(t, m, `copytaster_store_up 0`, `copytaster_matches_total{rule="x"} 1`)
	wantNo(t, m, "sending_paused")
	wantNo(t, m, "tass")
}

// A counter panics when it goes down, a histogram's sum loses its meaning: a
// story dated in the future, or a miscount, must do neither.
func TestNothingGoesDown(t *testing.T) {
	m := New()
	m.Latency(-time.Hour)
	m.Stories("tass", -1)
	wantLines(t, m,
		`copytaster_delivery_latency_seconds_sum 0`,
		`copytaster_delivery_latency_seconds_count 1`,
		`copytaster_stories_total{source="tass"} 0`,
	)
}

func TestRemovedSourcesAreForgotten(t *testing.T) {
	m := New()
	for _, source := range []string{"tass", "kcna", "yonhap"} {
		m.Crawl(source, "ok", 1)
		m.Crawl(source, "timeout", 1)
		m.Stories(source, 1)
		m.Push(source, "read")
	}
	m.Keep([]string{"yonhap", "tass", "new"})
	wantNo(t, m, "kcna")
	wantLines(t, m,
		`copytaster_crawls_total{outcome="timeout",source="tass"} 1`,
		`copytaster_stories_total{source="yonhap"} 1`,
	)

	m.Crawl("kcna", "ok", 1) // was under way when the source was removed
	m.Stories("kcna", 1)
	m.Push("kcna", "read")
	wantNo(t, m, "kcna")
	m.Stories("new", 1)
	wantLines(t, m, `copytaster_stories_total{source="new"} 1`)

	m.Keep(nil)
	wantNo(t, m, "source=")
	m.Stories("tass", 1)
	wantNo(t, m, "source=")
}

func TestTwoDaemonsInOneProcess(t *testing.T) {
	a, b := New(), New()
	a.Match("x")
	wantLines(t, a, `copytaster_matches_total{rule="x"} 1`)
	wantNo(t, b, "matches_total")
}

func TestManyGoroutines(t *testing.T) {
	m := New()
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 50 {
				m.Crawl("tass", "ok", 1)
				m.Match("x")
				m.Keep([]string{"tass"})
			}
		})
	}
	all.Wait()
	wantLines(t, m, `copytaster_crawls_total{outcome="ok",source="tass"} 400`, `copytaster_matches_total{rule="x"} 400`)
}
