package app_test

import (
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestLostStoreEndsTheDaemon: within seconds of its removal, with what it was.
func TestLostStoreEndsTheDaemon(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	storage := storetest.SQLite(t)
	path := configFile(t, storage, slack, wireConfig(site, kimRule))
	a, err := app.New(t.Context(), slog.New(slog.DiscardHandler), options(t, path))
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- errors.Join(a.Run(t.Context()), a.Close()) }()
	await(t, "the alert", func() bool { return len(texts(slack, "news")) == 1 })
	if err := os.Rename(storage, storage+".aside"); err != nil {
		t.Fatal(err)
	}
	site.add("Kim speaks again")
	removed := time.Now()
	lost := (*store.LostError)(nil)
	if err := <-done; !errors.As(err, &lost) || strings.Count(err.Error(), "was removed") != 1 {
		t.Errorf("ended with %v", err)
	}
	if took := time.Since(removed); took > slower(5*time.Second) {
		t.Errorf("it took %s, want at most %s", took, slower(5*time.Second))
	}
	if got := texts(slack, "news"); len(got) != 1 {
		t.Errorf("sent %q", got)
	}
	if _, err := os.Stat(storage); err == nil {
		t.Error("there is a new store in its place")
	}
}

// TestPostgresAway: while PostgreSQL is away the log is a few lines, and what was found before and
// after is told once.
func TestPostgresAway(t *testing.T) {
	server := storetest.NewServer(t)
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	log := &lockedLog{}
	run(t, log, options(t, configFile(t, server.URL(), slack, wireConfig(site, kimRule))))
	await(t, "the alert", func() bool { return len(texts(slack, "news")) == 1 })
	server.Stop()
	await(t, "the line", func() bool { return strings.Contains(log.String(), "the store does not answer") })
	site.add("Kim is silent")
	pause(t, 3*time.Second) // River asks several times a second
	server.Start()
	await(t, "its end", func() bool { return strings.Contains(log.String(), "the store answers again") })
	await(t, "the other alert", func() bool { return len(texts(slack, "news")) == 2 })
	bad := strings.Count(log.String(), "level=ERROR") + strings.Count(log.String(), "level=WARN")
	if bad > 3 {
		t.Errorf("%d lines of trouble:\n%s", bad, log.String())
	}
}
