package app_test

import (
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify/terminal"
)

var silent = slog.New(slog.DiscardHandler)

func noEnv(string) (string, bool) { return "", false }

// kimConfig is a config on a wire site with one rule.
func kimConfig(t testing.TB, storage string, site *wireSite, slack *slackfake.Server) (path string) {
	t.Helper()
	return configFile(t, storage, slack, wireConfig(site, kimRule))
}

func read(t *testing.T, path string) (app.Status, []app.DeliveryStatus) {
	t.Helper()
	r, err := app.OpenReader(t.Context(), silent, options(t, path).Config)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}()
	st, err := r.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Deliveries(t.Context(), store.DeliveryFilter{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	return st, all
}

func TestReader(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
		path := kimConfig(t, storage, site, slack)
		if _, err := app.OpenReader(t.Context(), silent, options(t, path).Config); err == nil {
			t.Fatal("a store that is not there was opened for reading")
		}
		site.add("Kim Jong Un speaks", "Rain in Seoul")
		onePass(t, path)
		st, all := read(t, path)
		if st.Stories != 2 || st.Alerts != 1 || st.Deliveries["sent"] != 1 || st.ConfigHash == "" {
			t.Errorf("status %+v", st)
		}
		if len(all) != 1 || all[0].Title != "Kim Jong Un speaks" || strings.Join(all[0].Rules, " ") != "kim" || all[0].State != news.StateSent {
			t.Errorf("deliveries %+v", all)
		}
	})
}

// What a rule's news say as a whole is posted, and listed among the deliveries.
func TestBurstIsListed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
		rule := "rules: [{name: kim, any: [Kim], burst: {news: 2, over: 1h, severity: urgent}}]\n"
		path := configFile(t, storage, slack, wireConfig(site, rule))
		site.add("Kim Jong Un speaks", "Kim of Seoul wins the match")
		onePass(t, path)
		_, all := read(t, path)
		burst := app.DeliveryStatus{}
		for _, d := range all {
			if d.Kind == news.DeliverSignal {
				burst = d
			}
		}
		if len(all) != 3 || burst.Title != "2 news of kim within 1 h" || burst.State != news.StateSent || strings.Join(burst.Rules, " ") != "kim" {
			t.Errorf("deliveries %+v", all)
		}
	})
}

// A dry run on a copy shows what is new, and the store does not hear of it.
func TestRehearsal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
		path := kimConfig(t, storage, site, slack)
		site.add("Kim Jong Un speaks")
		onePass(t, path)
		site.add("Kim Jong Un speaks again")

		if got := rehearse(t, path); !strings.Contains(got, "speaks again") || strings.Count(got, "NORMAL") != 1 {
			t.Errorf("the dry run shows %q, want the new story alone", got)
		}
		if _, all := read(t, path); len(all) != 1 || len(slack.Messages("news")) != 1 {
			t.Errorf("after a dry run: %d deliveries, %d messages; want 1 and 1", len(all), len(slack.Messages("news")))
		}
	})
}

// Without a store a dry run begins empty, and makes none.
func TestRehearsalWithoutStore(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	storage := storetest.NewSQLite(t)
	site.add("Kim Jong Un speaks")
	if got := rehearse(t, kimConfig(t, storage, site, slack)); strings.Count(got, "NORMAL") != 1 {
		t.Errorf("the dry run shows %q", got)
	}
	if _, err := os.Stat(storage); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the store was made: %v", err)
	}
}

func rehearse(t *testing.T, path string) (shown string) {
	t.Helper()
	opt := options(t, path)
	cfg, err := app.Rehearsal(t.Context(), silent, opt.Config, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	opt.Config, opt.Sender = cfg, terminal.New(&out, false)
	if _, err := open(t, opt).Once(t.Context(), patience); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestLastGood(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		path := kimConfig(t, storage, newWireSite(t), fakeSlack(t, slackfake.Options{}))
		if _, err := app.LastGood(t.Context(), silent, path, noEnv); err == nil {
			t.Fatal("a store that was never used keeps a config")
		}
		want := options(t, path).Config
		onePass(t, path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, string(text)+"\nstorrage: x\n")
		got, err := app.LastGood(t.Context(), silent, path, noEnv)
		if err != nil {
			t.Fatal(err)
		}
		if got.Hash != want.Hash || got.Storage != want.Storage || len(got.Sources) != 1 {
			t.Errorf("config %.12s on %s with %d sources, want %.12s on %s", got.Hash, got.Storage, len(got.Sources), want.Hash, want.Storage)
		}
	})
}

// A token that is refused ends a pass at once and says so; nothing is lost.
func TestOncePaused(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	path := kimConfig(t, filepath.Join(t.TempDir(), "copytaster.db"), site, slack)
	site.add("Kim Jong Un speaks")
	slack.Revoke()
	for range 2 { // the second pass begins with sending paused
		pass := onePass(t, path)
		if pass.Paused == "" || pass.TimedOut || pass.Done() || len(pass.Left) != 1 {
			t.Fatalf("pass %+v, want one delivery left and the reason", pass)
		}
	}
	slack.Restore()
	if pass := onePass(t, path); !pass.Done() || pass.Paused != "" || len(slack.Messages("news")) != 1 {
		t.Errorf("with the token restored: pass %+v, %d messages", pass, len(slack.Messages("news")))
	}
}
