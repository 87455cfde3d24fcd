package act

import (
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// CoverageEvery is the least time between two edits of a message that say no more
// than who else has the news.
const CoverageEvery = time.Minute

// Accounts says what the clusters of a news tell, the first one first. stories are those of
// the news, the oldest first.
func (plan *Plan) Accounts(stories []news.Story) []cluster.Account {
	var accounts []cluster.Account
	at := map[int64]int{} // of a cluster, among the accounts
	carried := map[int64][]string{}
	for i := range stories {
		s := &stories[i]
		plan.SetOrigin(s)
		outlet := notify.PieceOf(s).Source
		known, ok := at[s.Cluster]
		if !ok {
			at[s.Cluster] = len(accounts)
			carried[s.Cluster] = []string{outlet}
			accounts = append(accounts, cluster.Account{
				Outlet: outlet, Owner: s.Origin.Owner, Tiers: tiers(nil, s.Origin.Tier),
				Credits: cluster.Credits(s), Cites: s.Cites, Kind: cluster.KindOf(s), Seen: s.FirstSeen,
			})
			continue
		}
		a := &accounts[known]
		a.Tiers = tiers(a.Tiers, s.Origin.Tier)
		if !slices.Contains(carried[s.Cluster], outlet) {
			a.Carried++
			carried[s.Cluster] = append(carried[s.Cluster], outlet)
		}
	}
	return accounts
}

func tiers(known []string, tier string) []string {
	if tier == "" {
		return known
	}
	return with(known, tier)
}
