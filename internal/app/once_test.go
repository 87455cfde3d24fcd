package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

func TestOnceListsWhatIsLeft(t *testing.T) {
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, "rules: [{name: kim, any: [Kim], to: nowhere}]\n"))
	pass := onePass(t, path)
	if pass.Done() || len(pass.Left) != 1 || pass.Left[0].Channel != "nowhere" || pass.TimedOut {
		t.Errorf("got %+v", pass)
	}
}

func TestOnceWaitsOutADoubt(t *testing.T) {
	if testing.Short() {
		t.Skip("waits half a minute, as the daemon must")
	}
	t.Parallel()
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	slack.Plan(slackfake.Fault{Method: "chat.postMessage", Stored: true, Close: true})
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, kimRule))
	if pass := onePass(t, path); !pass.Done() || pass.Sent != 1 {
		t.Errorf("got %+v", pass)
	}
	if n := len(texts(slack, "news")); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

// TestOnceNamesFruitlessSources: sources that fail or hold no story are named,
// and when no source gives anything the pass is not done.
func TestOnceNamesFruitlessSources(t *testing.T) {
	slack := fakeSlack(t, slackfake.Options{})
	full, bare := newWireSite(t), newWireSite(t)
	full.add("Kim speaks")
	lost := fmt.Sprintf("{name: lost, feed: %s/nothing-here}", full.url)
	empty := fmt.Sprintf("{name: empty, feed: %s/feed}", bare.url)
	wire := fmt.Sprintf("{name: wire, feed: %s/feed}", full.url)
	off := "{name: off, enabled: false, feed: https://off.example/}"
	for sources, want := range map[string]struct {
		done           bool
		failed, barren string
	}{
		lost:                             {false, "lost", ""},
		empty:                            {false, "", "empty"},
		lost + ", " + empty:              {false, "lost", "empty"},
		lost + ", " + off:                {false, "lost", ""},
		wire + ", " + lost + "," + empty: {true, "lost", "empty"},
		off:                              {true, "", ""},
	} {
		pass := onePass(t, configFile(t, storetest.SQLite(t), slack, kimRule+"sources: ["+sources+"]\n"))
		var failed, barren []string
		for _, src := range pass.Failed {
			failed = append(failed, src.Name)
		}
		for _, src := range pass.Barren {
			barren = append(barren, src.Name)
		}
		if pass.Done() != want.done || strings.Join(failed, " ") != want.failed || strings.Join(barren, " ") != want.barren {
			t.Errorf("%s: %+v", sources, pass)
		}
		if want.failed != "" && !strings.Contains(pass.Failed[0].Error, "gone 404") ||
			want.barren != "" && pass.Barren[0].Reason != "the list holds no story" {
			t.Errorf("%s: the reasons are %+v", sources, pass)
		}
	}
}

// TestOnceTakesALullForNoFault: a feed that has given stories may be empty.
func TestOnceTakesALullForNoFault(t *testing.T) {
	site, storage := newWireSite(t), storetest.SQLite(t)
	path := configFile(t, storage, fakeSlack(t, slackfake.Options{}), wireConfig(site, kimRule))
	site.add("Kim speaks")
	onePass(t, path)
	site.all = nil
	if pass := onePass(t, path); !pass.Done() || len(pass.Barren) != 1 || !pass.Barren[0].Ever {
		t.Errorf("%+v", pass)
	}
}
