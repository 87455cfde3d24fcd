package app

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify/terminal"
)

// peer is one of several daemons on one store, with a config of its own.
type peer struct {
	*App
	t    *testing.T
	path string
	log  bytes.Buffer
}

const peerConfig = `
storage: %STORE%
listen: ""
crawl: {host_interval: 0s, allow_networks: [127.0.0.0/8]}
slack: {token: xoxb-1, ops_channel: ops}
rules: []
sources:
`

func newPeer(t *testing.T, storage, sources string) *peer {
	t.Helper()
	p := &peer{t: t, path: filepath.Join(t.TempDir(), "copytaster.yaml")}
	p.write(storage, sources)
	env := func(string) (string, bool) { return "", false }
	cfg, err := config.Load(p.path, env)
	if err != nil {
		t.Fatal(err)
	}
	p.App, err = New(t.Context(), slog.New(slog.NewTextHandler(&p.log, nil)),
		Options{Config: cfg, Getenv: env, Sender: terminal.New(io.Discard, false), Grace: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func (p *peer) write(storage, sources string) {
	p.t.Helper()
	text := strings.Replace(peerConfig, "%STORE%", storage, 1) + sources
	if err := os.WriteFile(p.path, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

// look compares the configs at a time.
func (p *peer) look(now time.Time) {
	p.t.Helper()
	if err := p.agreement.check(p.t.Context(), now); err != nil {
		p.t.Fatal(err)
	}
}

// ops are the messages to the ops channel, oldest first.
func (p *peer) ops() (all []string) {
	p.t.Helper()
	found, err := p.store.Deliveries.List(p.t.Context(), 100)
	if err != nil {
		p.t.Fatal(err)
	}
	for _, d := range slices.Backward(found) {
		all = append(all, d.Text)
	}
	return all
}

func (p *peer) sources() (all []string) {
	p.t.Helper()
	states, err := p.store.Sources.List(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range states {
		all = append(all, s.Name+" "+s.URL+" "+s.Schedule)
	}
	return all
}

func (p *peer) metric() string {
	p.t.Helper()
	answer := httptest.NewRecorder()
	p.Metrics(p.t.Context()).ServeHTTP(answer, httptest.NewRequestWithContext(p.t.Context(), http.MethodGet, "/metrics", nil))
	for line := range strings.Lines(answer.Body.String()) {
		if value, ok := strings.CutPrefix(line, "copytaster_config_newest "); ok {
			return strings.TrimSpace(value)
		}
	}
	return "none"
}

// Of two daemons with different configs the one that loaded last rules: the
// other says so, once, changes nothing in the store, and crawls what agrees.
func TestNewestConfigRules(t *testing.T) {
	t.Parallel()
	const (
		ours   = "  - {name: same, feed: 'http://127.0.0.1:1/same'}\n  - {name: moved, feed: 'http://127.0.0.1:1/old'}\n  - {name: gone, feed: 'http://127.0.0.1:1/gone'}\n"
		theirs = "  - {name: same, feed: 'http://127.0.0.1:1/same'}\n  - {name: moved, feed: 'http://127.0.0.1:1/new'}\n  - {name: added, feed: 'http://127.0.0.1:1/added'}\n"
	)
	storage := storetest.Postgres(t)
	old := newPeer(t, storage, ours)
	now := time.Now()
	if old.look(now); old.metric() != "1" {
		t.Errorf("alone, and not the newest: %s", old.metric())
	}
	fresh := newPeer(t, storage, theirs)
	want := []string{"added http://127.0.0.1:1/added ", "moved http://127.0.0.1:1/new ", "same http://127.0.0.1:1/same "}
	for i := range 20 { // seven seconds apart
		at := now.Add(time.Duration(i+1) * 7 * time.Second)
		old.look(at)
		fresh.look(at)
	}
	if got := old.sources(); !slices.Equal(got, want) {
		t.Errorf("the store's sources are %q, want %q", got, want)
	}
	if old.metric() != "0" || fresh.metric() != "1" {
		t.Errorf("newest: %s and %s, want 0 and 1", old.metric(), fresh.metric())
	}
	if n := strings.Count(old.log.String(), "another daemon on this store has loaded another config since"); n != 1 || strings.Contains(fresh.log.String(), "another daemon") {
		t.Errorf("the log says so %d times:\n%s\n%s", n, &old.log, &fresh.log)
	}
	if got := old.ops(); len(got) != 1 || !strings.Contains(got[0], "follows an older config") {
		t.Errorf("the ops channel hears %q", got)
	}
	st, err := ReadStatus(t.Context(), fresh.store)
	if err != nil || len(st.Outdated) != 1 || st.Outdated[0].Hash != old.cfg.Load().Hash {
		t.Errorf("the status says %+v, %v", st.Outdated, err)
	}
	old.dispatched("same")
	fresh.dispatched("added", "moved", "same")

	// The old one gets the new files: they agree.
	old.write(storage, theirs)
	if err := old.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	later := now.Add(time.Hour)
	old.look(later)
	fresh.look(later)
	if old.metric() != "1" || fresh.metric() != "1" {
		t.Errorf("equal configs: newest are %s and %s, want 1 and 1", old.metric(), fresh.metric())
	}
	if st, err := ReadStatus(t.Context(), fresh.store); err != nil || len(st.Outdated) != 0 {
		t.Errorf("the status says %+v, %v", st.Outdated, err)
	}
	if got := old.ops(); len(got) != 2 || !strings.Contains(got[1], "follows the newest config again") {
		t.Errorf("the ops channel hears %q", got)
	}

	// A daemon that loads again is the newest again.
	old.write(storage, ours)
	if err := old.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	fresh.look(later.Add(agreeEvery))
	old.look(later.Add(agreeEvery))
	if old.metric() != "1" || fresh.metric() != "0" {
		t.Errorf("newest: %s and %s, want 1 and 0", old.metric(), fresh.metric())
	}
}

// dispatched hands out what is due, and wants that to be these sources.
func (p *peer) dispatched(want ...string) {
	p.t.Helper()
	if err := p.pipeline.Dispatch(p.t.Context()); err != nil {
		p.t.Fatal(err)
	}
	states, err := p.store.Sources.List(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	var got []string
	for _, s := range states {
		c, free, err := p.store.Sources.ClaimOne(p.t.Context(), s.Name, time.Now())
		if err != nil {
			p.t.Fatal(err)
		}
		if !free {
			got = append(got, s.Name)
		} else if err := p.store.Sources.Postpone(p.t.Context(), c, s.Next); err != nil {
			p.t.Fatal(err)
		}
	}
	if !slices.Equal(got, want) {
		p.t.Errorf("handed out so far are %v, want %v", got, want)
	}
}

// Notes of daemons that are gone are worth nothing, and do not stay.
func TestOldNotes(t *testing.T) {
	t.Parallel()
	s := storetest.Open(t, storetest.SQLite(t))
	now := time.Now()
	err := s.Settings.Save(t.Context(), map[string]string{
		store.SettingOutdated + "dead 1":  `{"machine":"dead","noted_at":"` + now.Add(-outdatedHolds).UTC().Format(time.RFC3339) + `"}`,
		store.SettingOutdated + "alive 1": `{"machine":"alive","noted_at":"` + now.UTC().Format(time.RFC3339) + `"}`,
		store.SettingOutdated + "odd":     `?`,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := outdated(t.Context(), s, now); err != nil || len(got) != 1 || got[0].Machine != "alive" {
		t.Errorf("got %+v, %v", got, err)
	}
	if err := sweepOutdated(t.Context(), s, now); err != nil {
		t.Fatal(err)
	}
	left, err := s.Settings.WithPrefix(t.Context(), store.SettingOutdated)
	if err != nil || len(left) != 1 || left["alive 1"] == "" {
		t.Errorf("after the sweep: %v, %v", left, err)
	}
}
