package deliver

import (
	"slices"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// coverage says who carries a news. A cluster is one report, and so are the outlets of one
// owner; what is no report is not counted. Nor is a report that its outlet withdrew, which is
// named; what copies it goes on to be a copy.
func (r *rendering) coverage(stories []news.Story, withdrawn []int64) (c notify.Coverage) {
	if len(stories) > 0 {
		c.Newest = stories[len(stories)-1].FirstSeen
	}
	stories, own := counted(stories, withdrawn)
	accounts := r.Plan().Accounts(stories)
	standing := make([]cluster.Account, 0, len(accounts))
	for i := range accounts { // one for each of own, in its order
		a := &accounts[i]
		isOwn := a.Kind == cluster.OwnReport
		switch {
		case !slices.Contains(withdrawn, own[i]):
			standing = append(standing, *a)
			if isOwn && !slices.Contains(c.Own, a.Outlet) {
				c.Own = append(c.Own, a.Outlet)
			}
		case isOwn && !slices.Contains(c.Gone, a.Outlet):
			c.Gone = append(c.Gone, a.Outlet)
			c.Copies += a.Carried
		default:
			c.Copies += a.Carried
		}
	}
	voices := cluster.CountVoices(standing)
	c.Copies += voices.Copies
	named := func(a cluster.Account) bool {
		return slices.Contains(slices.Concat(a.Credits, a.Cites), voices.Origins[0])
	}
	if voices.Independent == 1 && slices.ContainsFunc(standing, named) {
		c.Citing = voices.Origins[0]
	}
	return c
}

// counted returns the stories of a news without the copies that were withdrawn, and the first
// story of each cluster, which is the report that the others carry.
func counted(stories []news.Story, withdrawn []int64) (kept []news.Story, firsts []int64) {
	known := map[int64]bool{}
	for i := range stories {
		s := &stories[i]
		if !known[s.Cluster] {
			firsts = append(firsts, s.ID)
		} else if slices.Contains(withdrawn, s.ID) {
			continue
		}
		known[s.Cluster] = true
		kept = append(kept, *s)
	}
	return kept, firsts
}
