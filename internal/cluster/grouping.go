package cluster

// Grouping puts stories into clusters and news, one after another. Place takes them
// in the order in which they were seen. It holds those of the last 72 hours, at most
// 20,000, and serves one goroutine at a time. Make one with NewGrouping.
type Grouping struct {
	// learn reads what stood before the first story of a cluster, at the outlets named.
	learn func(first *Sketch, outlets ...string) (*Rarity, error)

	text     *TextIndex
	links    *LinkIndex
	held     []*Sketch // in the order in which they came
	clusters map[int64]*group
	made     int64 // clusters so far
	news     int64 // so far
}

// group is a cluster of which stories are held.
type group struct {
	Cluster
	news  *News
	count int // of held stories
}

// Placed is where a story belongs, and why.
type Placed struct {
	Cluster int64 // number of its cluster, from 1
	News    int64 // number of the cluster's news, from 1
	Joined  Decision
	Linked  Decision // of a story that began a cluster
}

// mostHeld is how many stories a Grouping compares a story with: those of 72 hours
// when nearly everything matches.
const mostHeld = 20_000

// NewGrouping makes a Grouping that holds nothing. learn is asked for what stood
// before the first story of a cluster, at the outlets named.
func NewGrouping(learn func(first *Sketch, outlets ...string) (*Rarity, error)) *Grouping {
	return &Grouping{learn: learn, text: NewTextIndex(), links: NewLinkIndex(), clusters: map[int64]*group{}}
}

// Vocabulary returns how rare the words of the stories are that were placed.
func (g *Grouping) Vocabulary() *Vocabulary { return g.links.Vocabulary() }

// Place finds the cluster whose text a story carries and the news that it tells, and
// enters the story. Without such a cluster the story begins one, and without such a
// news it begins that, too. A loose link makes no news: it only mentions the earlier
// one. The caller has set the sketch's Story.
func (g *Grouping) Place(s *Sketch) (Placed, error) {
	g.expire(s)
	var failed error
	joined, at := Find(g.text, s, func(id int64) *Cluster {
		c := g.clusters[id]
		if failed == nil {
			failed = g.learnOf(&c.Cluster, s.Outlet)
		}
		return &c.Cluster
	})
	p := Placed{Joined: joined}
	if failed != nil {
		return p, failed
	}
	if at != nil {
		s.Indirect = joined.With != at.First
		p.Cluster = at.First.Cluster
		p.News = g.clusters[p.Cluster].news.ID
		g.Enter(s, p.Cluster)
		return p, nil
	}
	g.made++
	s.Cluster, p.Cluster = g.made, g.made
	linked, of := FindNews(g.links, s, func(id int64) *News { return g.clusters[id].news })
	if p.Linked = linked; of == nil || linked.Loose {
		g.news++
		of = &News{ID: g.news, First: s}
	} else {
		of.Newest = s
	}
	p.News = of.ID
	g.clusters[s.Cluster] = &group{Cluster: Cluster{First: s}, news: of}
	g.hold(s)
	return p, nil
}

// Enter enters a story whose cluster is known, as that of one that was placed under
// the same link. Of a cluster that is too old to be held it enters nothing.
func (g *Grouping) Enter(s *Sketch, cluster int64) {
	s.Cluster = cluster
	if c := g.clusters[cluster]; c != nil {
		c.Newest, c.news.Newest = s, s
		g.hold(s)
	}
}

// learnOf learns what stood before a cluster at an outlet, unless that is known.
func (g *Grouping) learnOf(c *Cluster, outlet string) error {
	first := c.First
	if first.Rarity.Knows(outlet) {
		return nil
	}
	outlets := []string{first.Outlet, outlet}
	if first.Rarity != nil {
		outlets = append(outlets, first.Rarity.Outlets...)
	}
	rarity, err := g.learn(first, outlets...)
	if err == nil {
		first.Rarity = rarity
	}
	return err
}

func (g *Grouping) hold(s *Sketch) {
	g.held = append(g.held, s)
	g.clusters[s.Cluster].count++
	g.text.Add(s)
	g.links.Add(s)
}

// expire lets go of the stories that are too old for one that comes now.
func (g *Grouping) expire(now *Sketch) {
	for len(g.held) > 0 && (len(g.held) >= mostHeld || now.Seen.Sub(g.held[0].Seen) > Window) {
		old := g.held[0]
		g.held[0] = nil
		g.held = g.held[1:]
		g.text.Remove(old.Story)
		g.links.Remove(old.Story)
		c := g.clusters[old.Cluster]
		if c.count--; c.count == 0 {
			delete(g.clusters, old.Cluster)
		}
	}
}
