package replay

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
)

// GroupedNews is what a daemon would have told as one news: clusters that tell one
// event, and each of which is stories that carry one text.
type GroupedNews struct {
	ID          int64            `json:"id"` // from 1, in the order in which they began
	Clusters    []GroupedCluster `json:"clusters"`
	First       *time.Time       `json:"first"` // when it was first told; null when no date is known
	Title       string           `json:"title"` // the first headline
	Rules       []string         `json:"rules"` // that match any of its stories
	Outlets     int              `json:"outlets"`
	Independent int              `json:"independent"` // reports that are no copies, nor of one owner, nor credit one agency
	Copies      int              `json:"copies"`      // outlets that carry another one's text

	outlets  []string
	accounts []cluster.Account // by cluster
}

// GroupedCluster is stories that carry one text.
type GroupedCluster struct {
	ID      int64    `json:"id"`      // from 1, in the order in which they began
	Stories []string `json:"stories"` // their URLs, or their titles where they have none

	outlets []string
}

// note is what is kept of a story in memory to find its news.
type note struct {
	at     time.Time // zero: it counts as told when the one before it was
	outlet string
	id     int64
	packed []byte
	rules  []int // that match it
}

// gathering collects the stories of an input, to group those that matched. In memory
// it holds where and when each stands; their texts are read again.
type gathering struct {
	kept    keeper
	told    map[string][]told // by outlet
	matched []matchedStory
	last    int64 // when the last story with a date was told
}

// told is when a story was told, in Unix milliseconds, and its place.
type told struct{ at, place int64 }

type matchedStory struct {
	told
	rules []int
}

func newGathering(kept keeper) *gathering { return &gathering{kept: kept, told: map[string][]told{}} }

// note notes a story, on any goroutine. Nobody tells a story after it was seen.
func (g *gathering) note(s *news.Story, seen time.Time, rules []int) (note, error) {
	n := note{at: moment(s), outlet: cmp.Or(s.Outlet, s.Origin.Source), id: s.ID, rules: slices.Clone(rules)}
	if !seen.IsZero() && seen.Before(n.at) {
		n.at = seen
	}
	packed, err := g.kept.pack(s)
	n.packed = packed
	return n, err
}

// add adds a story, in its turn.
func (g *gathering) add(n *note) error {
	place, err := g.kept.keep(n.id, n.packed)
	if err != nil {
		return err
	}
	if !n.at.IsZero() {
		g.last = n.at.UnixMilli()
	}
	t := told{g.last, place}
	g.told[n.outlet] = append(g.told[n.outlet], t)
	if len(n.rules) > 0 {
		g.matched = append(g.matched, matchedStory{t, n.rules})
	}
	return nil
}

// grouper groups the stories of a gathering.
type grouper struct {
	*gathering
	ctx      context.Context //nolint:containedctx // of one call of group
	ruleName func(int) string
	sketcher cluster.Sketcher
	grouping *cluster.Grouping
	byLink   map[string]linked
	runs     recent
	news     []*GroupedNews
	at       map[int64]*GroupedNews // by cluster
}

// linked is a story that was told under a link.
type linked struct{ cluster, place int64 }

// readAtOnce is how many stories are read again at a time.
const readAtOnce = 100

// group returns the news of the stories that matched.
func (g *gathering) group(ctx context.Context, ruleName func(int) string) ([]*GroupedNews, error) {
	byTime := func(a, b told) int { return cmp.Compare(a.at, b.at) }
	for _, list := range g.told {
		slices.SortStableFunc(list, byTime)
	}
	slices.SortStableFunc(g.matched, func(a, b matchedStory) int { return byTime(a.told, b.told) })
	r := &grouper{gathering: g, ctx: ctx, ruleName: ruleName, byLink: map[string]linked{}, at: map[int64]*GroupedNews{}}
	r.grouping = cluster.NewGrouping(r.learn)
	r.sketcher.Vocabulary = r.grouping.Vocabulary()
	for part := range slices.Chunk(g.matched, readAtOnce) {
		places := make([]int64, len(part))
		for i, m := range part {
			places[i] = m.place
		}
		stories, err := g.kept.read(ctx, places)
		if err != nil {
			return nil, err
		}
		for i, story := range stories {
			if story == nil {
				continue
			}
			story.FirstSeen = timeOf(part[i].at)
			if err := r.place(story, part[i]); err != nil {
				return nil, err
			}
		}
	}
	for _, n := range r.news {
		n.count()
	}
	return r.news, nil
}

func timeOf(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// place finds the cluster and the news of a story.
func (r *grouper) place(story *news.Story, m matchedStory) error {
	sketch := r.sketcher.Sketch(story)
	in, err := r.sameLink(story)
	if err != nil {
		return err
	}
	n := r.at[in]
	if n != nil {
		r.grouping.Enter(sketch, in)
	} else {
		placed, err := r.grouping.Place(sketch)
		if err != nil {
			return err
		}
		in = placed.Cluster
		n = r.newsOf(placed, story)
	}
	for _, key := range links(story) {
		r.byLink[key] = linked{in, m.place}
	}
	n.add(in, story)
	for _, rule := range m.rules {
		if name := r.ruleName(rule); !slices.Contains(n.Rules, name) {
			n.Rules = append(n.Rules, name)
		}
	}
	return nil
}

// newsOf returns the news that a story was placed in, which may be new.
func (r *grouper) newsOf(p cluster.Placed, story *news.Story) *GroupedNews {
	if int(p.News) > len(r.news) {
		r.news = append(r.news, &GroupedNews{ID: p.News, Title: story.Title, First: news.KnownTime(story.FirstSeen)})
	}
	r.at[p.Cluster] = r.news[p.News-1]
	return r.at[p.Cluster]
}

// links are the keys of a story's URL and of the one that its page calls its own.
func links(s *news.Story) []string {
	keys := []string{news.LinkKey(s.URL), news.LinkKey(s.Canonical)}
	return slices.DeleteFunc(slices.Compact(keys), func(key string) bool { return key == "" })
}

// sameLink returns the cluster of the story that was told under one of the links of a
// story, if the two are alike and it is not the next issue of that page; else 0.
func (r *grouper) sameLink(s *news.Story) (int64, error) {
	for _, key := range links(s) {
		known, ok := r.byLink[key]
		if !ok {
			continue
		}
		others, err := r.kept.read(r.ctx, []int64{known.place})
		if err != nil {
			return 0, err
		}
		if others[0] != nil && !identity.NextIssue(others[0], s) && revision.Alike(s, others[0]) {
			return known.cluster, nil
		}
	}
	return 0, nil
}

// mostHistory is how many earlier stories are looked at, the newest: as many as a
// daemon does.
const mostHistory = 20_000

// learn reads what outlets told before the first story of a cluster.
func (r *grouper) learn(first *cluster.Sketch, outlets ...string) (*cluster.Rarity, error) {
	slices.Sort(outlets)
	outlets = slices.Compact(outlets)
	from, to := first.Seen.Add(-cluster.HistoryOf).UnixMilli(), first.Seen.UnixMilli()
	var earlier []told
	for _, outlet := range outlets {
		list := r.told[outlet]
		begin, _ := slices.BinarySearchFunc(list, from, func(t told, at int64) int { return cmp.Compare(t.at, at) })
		end, _ := slices.BinarySearchFunc(list, to+1, func(t told, at int64) int { return cmp.Compare(t.at, at) })
		earlier = append(earlier, list[begin:max(begin, end)]...)
	}
	slices.SortStableFunc(earlier, func(a, b told) int { return cmp.Compare(b.at, a.at) })
	history := cluster.NewHistory(first, outlets...)
	for part := range slices.Chunk(earlier[:min(len(earlier), mostHistory)], readAtOnce) {
		runs, err := r.runsOf(part)
		if err != nil {
			return nil, err
		}
		for i, t := range part {
			err := history.AddRuns(t.place, timeOf(t.at), runs[i], func() (*news.Story, error) { return r.read(t) })
			if err != nil {
				return nil, err
			}
		}
	}
	return history.Rarity(), nil
}

// read reads a story again, nil if it is gone.
func (r *grouper) read(t told) (*news.Story, error) {
	stories, err := r.kept.read(r.ctx, []int64{t.place})
	if err != nil || stories[0] == nil {
		return nil, err
	}
	stories[0].FirstSeen = timeOf(t.at)
	return stories[0], nil
}

// runsOf returns the runs of words of stories.
func (r *grouper) runsOf(stories []told) ([][]uint32, error) {
	runs := make([][]uint32, len(stories))
	var missing []int
	var places []int64
	for i, t := range stories {
		if known, ok := r.runs.get(t.place); ok {
			runs[i] = known
		} else {
			missing, places = append(missing, i), append(places, t.place)
		}
	}
	if len(places) == 0 {
		return runs, nil
	}
	read, err := r.kept.read(r.ctx, places)
	if err != nil {
		return nil, err
	}
	for i, s := range read {
		if s != nil {
			runs[missing[i]] = r.sketcher.Runs(s)
		}
		r.runs.put(places[i], runs[missing[i]])
	}
	return runs, nil
}

// recent keeps the runs of words of the stories that were asked for last. Those of
// two weeks are asked for again and again.
type recent struct {
	now, before map[int64][]uint32 // by place
	size        int                // of now, in runs
}

// mostRecent is how many runs of words make a half of what is kept: 16 MB.
const mostRecent = 4 << 20

func (c *recent) get(place int64) ([]uint32, bool) {
	if runs, ok := c.now[place]; ok {
		return runs, true
	}
	runs, ok := c.before[place]
	if ok {
		c.put(place, runs)
	}
	return runs, ok
}

func (c *recent) put(place int64, runs []uint32) {
	if c.now == nil || c.size > mostRecent {
		c.now, c.before, c.size = map[int64][]uint32{}, c.now, 0
	}
	c.now[place] = runs
	c.size += len(runs) + 24 // and what the map takes
}

// add adds a story to one of the news's clusters, which may be new.
func (n *GroupedNews) add(in int64, s *news.Story) {
	outlet := cmp.Or(s.Outlet, s.Origin.Source)
	at := slices.IndexFunc(n.Clusters, func(c GroupedCluster) bool { return c.ID == in })
	if at < 0 {
		at = len(n.Clusters)
		n.Clusters = append(n.Clusters, GroupedCluster{ID: in})
		n.accounts = append(n.accounts, cluster.Account{
			Outlet: outlet, Owner: s.Origin.Owner, Credits: cluster.Credits(s), Cites: s.Cites, Kind: cluster.KindOf(s),
			Seen: s.FirstSeen,
		})
	}
	c := &n.Clusters[at]
	c.Stories = append(c.Stories, strings.Clone(cmp.Or(news.ShownURL(s.URL), s.Title)))
	if !slices.Contains(c.outlets, outlet) {
		c.outlets = append(c.outlets, outlet)
	}
	if !slices.Contains(n.outlets, outlet) {
		n.outlets = append(n.outlets, outlet)
	}
}

// count counts who told the news.
func (n *GroupedNews) count() {
	for i := range n.accounts {
		n.accounts[i].Carried = len(n.Clusters[i].outlets) - 1
	}
	voices := cluster.CountVoices(n.accounts)
	n.Outlets, n.Independent, n.Copies = len(n.outlets), voices.Independent, voices.Copies
}

// group writes the news of what matched into a report, if they are wanted.
func (b *backtest) group(ctx context.Context, r *Report) error {
	if b.gathering == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	grouped, err := b.gathering.group(ctx, b.Rules.Set.Name)
	if err == nil {
		r.News = append([]*GroupedNews{}, grouped...)
	}
	return err
}
