package act_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
)

// A cluster is one account, by the outlet that told it first; who carries its text is
// counted once.
func TestAccounts(t *testing.T) {
	plan := act.Plan{Sources: map[string]news.Source{
		"tass": {Name: "tass", Origin: news.Origin{Source: "tass", Tier: "wire", Owner: "state"}},
		"blog": {Name: "blog", Origin: news.Origin{Source: "blog"}},
	}}
	story := func(of int64, source, title string, after time.Duration) news.Story {
		return news.Story{Cluster: of, Title: title, Origin: news.Origin{Source: source}, FirstSeen: noon.Add(after)}
	}
	stories := []news.Story{
		story(1, "tass", "Leaders meet", 0),
		story(2, "blog", "Opinion: what the leaders want", time.Minute),
		story(1, "blog", "Leaders meet", 2*time.Minute),
		story(1, "blog", "Leaders meet, again", 3*time.Minute),
		story(1, "tass", "Leaders meet", 4*time.Minute),
		story(3, "gone", "Leaders talk", 5*time.Minute),
	}
	stories[5].Cites = []string{"TASS"}
	got := plan.Accounts(stories)
	want := []cluster.Account{
		{Outlet: "tass (wire)", Owner: "state", Tiers: []string{"wire"}, Carried: 1, Seen: noon},
		{Outlet: "blog", Kind: cluster.Opinion, Seen: noon.Add(time.Minute)},
		{Outlet: "gone", Cites: []string{"TASS"}, Seen: noon.Add(5 * time.Minute)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if accounts := plan.Accounts(nil); accounts != nil {
		t.Errorf("of no story: %+v", accounts)
	}
}
