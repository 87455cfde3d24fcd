package app_test

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// loss is a way to lose the newest rows of a store.
type loss struct {
	storage string
	backup  func() string
	restore func(backup string) // while nothing runs, or under a running daemon
	running bool
}

func lossOfFile(t *testing.T, official bool) loss {
	path := storetest.SQLite(t)
	return loss{storage: path,
		backup: func() string {
			s, err := store.OpenReadOnly(t.Context(), silent, path)
			if err != nil {
				t.Fatal(err)
			}
			write := s.Copy // as it is, like a copy of the disk
			if official {
				write = s.Backup
			}
			if err := write(t.Context(), path+".backup"); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			return path + ".backup"
		},
		restore: func(backup string) {
			if official {
				if _, _, err := store.Restore(t.Context(), silent, path, backup, time.Now()); err != nil {
					t.Fatal(err)
				}
				return
			}
			// Without its lock nothing but Slack shows that it is old.
			if err := errors.Join(os.Rename(backup, path), os.Remove(path+".lock")); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// TestRestoredUnderLoad loses the newest rows of a store while alerts are
// recorded and sent: what was sent is pending again, or not recorded at all.
// Each alert arrives once for all that, in each of its channels.
func TestRestoredUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("waits until no post can land any more, as the daemon must")
	}
	t.Parallel()
	var all sync.WaitGroup // at once, however few processors there are: most of the time they wait
	for name, prepare := range map[string]func(t *testing.T) loss{
		"a backup":   func(t *testing.T) loss { return lossOfFile(t, true) },
		"a raw copy": func(t *testing.T) loss { return lossOfFile(t, false) },
		"promoted": func(t *testing.T) loss {
			p := storetest.NewServer(t)
			return loss{p.URL(), func() string { return p.Copy(true) }, p.Restore, true}
		},
		"a copy of PostgreSQL's files": func(t *testing.T) loss {
			p := storetest.NewServer(t)
			return loss{p.URL(), func() string { return p.Copy(false) }, p.Restore, true}
		},
		"a dump": func(t *testing.T) loss {
			p := storetest.NewServer(t)
			return loss{p.URL(), p.Dump, p.Undump, false}
		},
	} {
		all.Go(func() { t.Run(name, func(t *testing.T) { loseAndRecover(t, prepare(t)) }) })
	}
	all.Wait()
}

func loseAndRecover(t *testing.T, l loss) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{Channels: []slackfake.Channel{
		{Name: "news", Member: true}, {Name: "desk", Member: true}, {Name: "ops", Member: true},
	}})
	path := configFile(t, l.storage, slack, wireConfig(site, "rules: [{name: kim, any: [Kim], to: [news, desk]}]\n"))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.Replace(string(text), "slack: {", "slack: {ops_channel: ops, ", 1))
	wave := func(name string, stories int) {
		titles := make([]string, stories)
		for i := range titles {
			titles[i] = fmt.Sprintf("Kim speaks of %s number %d", name, i)
		}
		site.add(titles...)
	}
	sent := func() int { return len(slack.Messages("news")) + len(slack.Messages("desk")) }
	start := func() running {
		opt := options(t, path)
		opt.Pace = 250 * time.Millisecond
		return run(t, io.Discard, opt)
	}

	wave("rice", 40)
	daemon := start()
	await(t, "the first alerts", func() bool { return sent() >= 20 })
	backup := l.backup()
	wave("trains", 20)
	await(t, "alerts that the backup does not know of", func() bool { return sent() >= 100 })
	if !l.running {
		if err := daemon.stop(); err != nil {
			t.Fatal(err)
		}
	}
	l.restore(backup)
	if !l.running {
		start()
	}
	wave("ships", 10)
	await(t, "every alert", func() bool { return sent() >= 140 && nothingOpen(t, l.storage) })
	for _, channel := range []string{"news", "desk"} {
		times := map[string]int{}
		for _, text := range texts(slack, channel) {
			times[text]++
		}
		for text, n := range times {
			if n != 1 {
				t.Errorf("%s: %q arrived %d times", channel, text, n)
			}
		}
		if len(times) != 70 {
			t.Errorf("%s: %d alerts arrived, want 70", channel, len(times))
		}
	}
	told := 0
	for _, text := range texts(slack, "ops") {
		told += strings.Count(text, "has lost its newest entries")
	}
	if told != 1 {
		t.Errorf("the ops channel was told %d times: %q", told, texts(slack, "ops"))
	}
}

// nothingOpen reports whether nothing is left to be sent or looked for.
func nothingOpen(t *testing.T, storage string) bool {
	s, err := store.OpenReadOnly(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		return false
	}
	defer s.Close()
	left, err := s.Counts.Work(t.Context(), time.Now())
	return err == nil && left.Deliveries == 0
}
