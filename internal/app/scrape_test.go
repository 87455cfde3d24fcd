package app

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

const peerSources = "  - {name: wire, feed: 'http://127.0.0.1:1/wire', schedule: '@yearly'}\n  - {name: off, feed: 'http://127.0.0.1:1/off', enabled: false}\n"

// scrape is what a peer answers to Prometheus.
func (p *peer) scrape() string {
	p.t.Helper()
	answer := httptest.NewRecorder()
	p.Metrics(p.t.Context()).ServeHTTP(answer, httptest.NewRequestWithContext(p.t.Context(), http.MethodGet, "/metrics", nil))
	return answer.Body.String()
}

func (p *peer) wantGauges(who string, lines ...string) {
	p.t.Helper()
	got := p.scrape()
	for _, line := range lines {
		if !strings.Contains(got, "\n"+line) {
			p.t.Errorf("%s: no %q in\n%s", who, line, got)
		}
	}
}

// The gauges of the store are the same at every daemon on it, and after a
// restart, whoever did the work.
func TestGaugesAreTheStores(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		worker := newPeer(t, storage, peerSources)
		worker.wantGauges("new", `copytaster_sending_paused 0`, `copytaster_deliveries{state="parked"} 0`, `copytaster_deliveries{state="dead"} 0`,
			`copytaster_oldest_due_delivery_age_seconds 0`, `copytaster_store_up 1`, `copytaster_build_info{`)
		now := time.Now()
		thought, err := json.Marshal(health.State{Verdict: health.Slow, Leaning: health.Slow})
		if err != nil {
			t.Fatal(err)
		}
		claim, ok, err := worker.store.Sources.ClaimOne(t.Context(), "wire", now)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		err = worker.store.InTx(t.Context(), func(tx *store.Tx) error {
			for _, state := range []news.DeliveryState{news.StateDead, news.StateParked, news.StateParked, news.StatePending} {
				d := news.Delivery{Channel: "ops", Kind: news.DeliverOps, State: state, Due: now.Add(-time.Hour),
					Created: now.Add(-time.Hour)}
				if err := tx.Deliveries.Add(t.Context(), d); err != nil {
					return err
				}
			}
			end := store.CrawlResult{Health: string(thought), At: time.UnixMilli(1694606400500), Next: now.Add(time.Hour)}
			if err := tx.Sources.MarkCrawled(t.Context(), claim, end); err != nil {
				return err
			}
			_, err := tx.Sending.Pause(t.Context(), "token_revoked", now, now.Add(time.Minute))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			`copytaster_sending_paused 1`, `copytaster_deliveries{state="parked"} 2`, `copytaster_deliveries{state="dead"} 1`,
			`copytaster_deliveries{state="pending"} 1`, `copytaster_deliveries{state="in_doubt"} 0`, `copytaster_oldest_due_delivery_age_seconds 3`,
			`copytaster_source_last_success_timestamp_seconds{source="wire"} 1.6946064005e+09`,
			`copytaster_source_verdict{source="wire",verdict="slow"} 1`, `copytaster_source_healthy{source="wire"} 0`,
		}
		worker.wantGauges("who worked", want...)
		if store.IsPostgres(storage) {
			newPeer(t, storage, peerSources).wantGauges("beside it", want...)
		}
		if err := worker.Close(); err != nil {
			t.Fatal(err)
		}
		if got := worker.scrape(); !strings.Contains(got, "\ncopytaster_store_up 0\n") || strings.Contains(got, "sending_paused") {
			t.Errorf("of a store that is closed:\n%s", got)
		}
		restarted := newPeer(t, storage, peerSources)
		restarted.wantGauges("restarted", want...)
		if got := restarted.scrape(); strings.Contains(got, `source="off"`) {
			t.Errorf("a source that is switched off has gauges:\n%s", got)
		}
		if _, err := restarted.store.Sending.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		restarted.wantGauges("resumed", `copytaster_sending_paused 0`)
	})
}

// The last line of the log says that the daemon has ended as it was asked to.
func TestStopIsLogged(t *testing.T) {
	p := newPeer(t, storetest.SQLite(t), peerSources)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx) }()
	for p.Healthy() != nil {
		select {
		case err := <-done:
			t.Fatal(err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(p.log.String()), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "level=INFO msg=stopped") {
		t.Errorf("the log ends with %s", last)
	}
}
