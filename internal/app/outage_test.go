package app

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// TestOutageIsFolded: an outage is one line, one more a minute, and one at its end, whoever logs it
// how often; other lines are what they were.
func TestOutageIsFolded(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2026, 11, 30, 4, 0, 0, 0, time.UTC)
	log, o := folding(slog.New(slog.NewTextHandler(&out, nil)), func() time.Time { return now })
	lines := func() (all []string) {
		defer out.Reset()
		return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
	away := fmt.Errorf("dispatch: %w", store.AwayText("failed to connect to x:\n\tconnection refused"))
	child := log.With("queue", "list").WithGroup("g")
	for range 150 { // seconds
		log.Error("work cannot be handed out", "error", away)
		child.Error("Error fetching jobs", "error", away)
		log.Info("no trouble", "error", away)
		now = now.Add(time.Second)
	}
	var errors, infos int
	all := lines()
	for _, line := range all {
		switch {
		case strings.Contains(line, "level=INFO"):
			infos++
		case strings.Contains(line, "level=ERROR"):
			errors++
		}
	}
	if errors != 3 || infos != 150 || !o.lasts() {
		t.Errorf("%d errors, %d others in 150 s:\n%s", errors, infos, strings.Join(all, "\n"))
	}
	still := fmt.Sprintf(`msg="the store still does not answer" since=2026-11-30T04:00:00Z lines_left_out=%d `+
		`error="dispatch: failed to connect to x: connection refused"`, 2*60-1)
	if !strings.Contains(strings.Join(all, "\n"), still) {
		t.Errorf("no line has %s:\n%s", still, strings.Join(all, "\n"))
	}
	o.end()
	if got := lines(); len(got) != 1 || !strings.Contains(got[0], `msg="the store answers again" after=2m30s`) {
		t.Errorf("at the end: %q", got)
	}
	for range 5 { // it comes and goes
		log.Error("work cannot be handed out", "error", away)
		o.end()
	}
	if got := lines(); len(got) != 1 || got[0] != "" {
		t.Errorf("soon afterwards: %q", got)
	}
}

// TestOtherTroubleIsLogged: what is not about the store is not folded, nor anything where
// everything is to be seen.
func TestOtherTroubleIsLogged(t *testing.T) {
	var out bytes.Buffer
	log, o := folding(slog.New(slog.NewTextHandler(&out, nil)), time.Now)
	for range 3 {
		log.Error("a job ended", "error", errors.New("connection refused"))
	}
	if n := strings.Count(out.String(), "a job ended"); n != 3 || o.lasts() {
		t.Errorf("%d lines of 3", n)
	}
	out.Reset()
	log, _ = folding(slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug})), time.Now)
	for range 3 {
		log.Error("a job ended", "error", store.AwayText("unexpected EOF"))
	}
	if n := strings.Count(out.String(), `level=DEBUG msg="a job ended"`); n != 3 {
		t.Errorf("%d lines of 3 at DEBUG:\n%s", n, out.String())
	}
}
