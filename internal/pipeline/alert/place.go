package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// placement is where a story belongs.
type placement struct {
	*Compared

	relation cluster.Relation // to the news before it; Apart when it began one
	news     int64
	maybe    int64 // a news that it may belong to; 0: none
	left     bool  // it left its cluster, whose text it carries no more
}

// row is what is kept of a story that was read.
func (r *Compared) row(s *news.Story) (store.Sketch, error) {
	r.sketch.Story, r.sketch.Cluster = s.ID, s.Cluster
	told, err := json.Marshal(r.told)
	if err != nil {
		return store.Sketch{}, fmt.Errorf("place story %d: %w", s.ID, err)
	}
	return store.Sketch{Story: s.ID, Sketch: r.sketch.Append(nil), Told: string(told), Seen: s.FirstSeen}, nil
}

// place puts a story that was read into the cluster whose text it carries, or else
// links its cluster to the news that it tells of, and records its sketch. The
// transaction has locked the clusters. The cluster of a story that is joined stays:
// it was joined by its link.
func (x *SketchIndex) place(
	ctx context.Context, tx *store.Tx, r *Compared, s *news.Story, joined bool,
) (placement, error) {
	row, err := r.row(s)
	if err != nil {
		return placement{}, err
	}
	at := placement{Compared: r}
	if joined || x.shared(s) {
		at.relation = cluster.Copy
	} else if at.relation, err = x.joinText(ctx, tx, r, s, &row); err != nil {
		return at, err
	}
	if at.relation == cluster.Apart {
		at.relation, at.maybe, err = x.link(ctx, tx, r, s)
	}
	if err == nil {
		at.news, err = tx.Stories.News(ctx, s.Cluster)
	}
	if err != nil {
		return at, err
	}
	return at, tx.Sketches.Save(ctx, &row)
}

// replace places a story again whose outlet changed it. If it was joined by a text that it
// carries no more, it leaves its cluster: an outlet that copies a rival's text and then
// changes it must not be silent. The transaction has locked the clusters.
func (x *SketchIndex) replace(
	ctx context.Context, tx *store.Tx, r *Compared, s *news.Story, now time.Time,
) (placement, error) {
	row, err := r.row(s)
	if err != nil {
		return placement{}, err
	}
	was, d := x.again(r)
	if was.joined && !d.Relation.Joins() {
		if err := tx.Stories.LeaveCluster(ctx, s, now); err != nil {
			return placement{}, err
		}
		at, err := x.place(ctx, tx, r, s, false)
		at.left = true
		return at, err
	}
	if err := tx.Sketches.Replace(ctx, s.ID, row.Sketch, row.Told); err != nil {
		return placement{}, err
	}
	return placement{Compared: r, relation: cluster.Update, news: was.news}, nil
}

// again compares a story that was changed with the first story of its cluster.
func (x *SketchIndex) again(r *Compared) (was kept, d cluster.Decision) {
	x.mu.Lock()
	defer x.mu.Unlock()
	known := x.sketches[r.sketch.Story]
	if known == nil { // it is too old
		return was, d
	}
	was = *known
	r.sketch.Indirect = was.Indirect
	if known := x.cluster(was.Cluster); was.joined && known != nil {
		members := make([]*cluster.Sketch, 0, 2)
		if known.Newest != nil && known.Newest.Story != r.sketch.Story {
			members = append(members, known.Newest)
		}
		d = cluster.Join(known.First, members, r.sketch)
	}
	return was, d
}

// shared reports whether another story that matched is in a story's cluster: it joined that
// by its link.
func (x *SketchIndex) shared(s *news.Story) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.clusters[s.Cluster], func(k *kept) bool { return k.Story != s.ID })
}

// told reports whether a source has told a story of a cluster.
func (x *SketchIndex) told(id int64, source string) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return slices.ContainsFunc(x.clusters[id], func(k *kept) bool { return k.source == source })
}

// knows reports whether the index has a story.
func (x *SketchIndex) knows(story int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.sketches[story] != nil
}

// joinText puts a story into the cluster whose text it carries.
func (x *SketchIndex) joinText(
	ctx context.Context, tx *store.Tx, r *Compared, s *news.Story, row *store.Sketch,
) (cluster.Relation, error) {
	d, first := x.find(r)
	if first == nil {
		return cluster.Apart, nil
	}
	why, err := json.Marshal(d.Why)
	if err != nil {
		return cluster.Apart, fmt.Errorf("join story %d: %w", s.ID, err)
	}
	row.Joined, row.Indirect = string(why), d.With.Story != first.Story
	if err := tx.Stories.JoinCluster(ctx, s, first.Cluster); err != nil {
		return cluster.Apart, err
	}
	r.sketch.Cluster = s.Cluster
	return d.Relation, x.saveLearnt(ctx, tx, r, first)
}

// find returns the first story of the cluster whose text a story carries, nil when
// there is none, with the reason.
func (x *SketchIndex) find(r *Compared) (cluster.Decision, *cluster.Sketch) {
	x.mu.Lock()
	defer x.mu.Unlock()
	may := x.mayTell(r.sketch)
	d, known := cluster.Find(x.texts, r.sketch, func(id int64) *cluster.Cluster {
		if id == r.sketch.Cluster || !may(id) {
			return nil
		}
		known := x.cluster(id)
		if known != nil && !known.First.Rarity.Knows(r.sketch.Outlet) {
			if learnt := r.learnt[known.First.Story]; learnt != nil {
				first := *known.First
				first.Rarity = learnt
				known.First = &first
			}
		}
		return known
	})
	if known == nil {
		return d, nil
	}
	return d, known.First
}

// saveLearnt records what was learnt of the first story of a cluster, so that every
// daemon decides by it.
func (x *SketchIndex) saveLearnt(ctx context.Context, tx *store.Tx, r *Compared, first *cluster.Sketch) error {
	learnt := r.learnt[first.Story]
	if learnt == nil || first.Rarity != learnt {
		return nil
	}
	return tx.Sketches.SaveRarity(ctx, first.Story, learnt.Append(nil))
}

// link links the cluster of a story to the news that it tells of in other words. A
// loose link only says which news that may be.
func (x *SketchIndex) link(
	ctx context.Context, tx *store.Tx, r *Compared, s *news.Story,
) (relation cluster.Relation, maybe int64, err error) {
	d, id := x.findNews(r)
	switch {
	case d.Relation != cluster.Linked:
		return cluster.Apart, 0, nil
	case d.Loose:
		return cluster.Apart, id, nil
	}
	why, err := json.Marshal(d.Why)
	if err != nil {
		return cluster.Apart, 0, fmt.Errorf("link story %d: %w", s.ID, err)
	}
	return cluster.Linked, 0, tx.Stories.LinkCluster(ctx, s.Cluster, id, string(why))
}

// findNews returns the news that a story tells of, 0 when there is none.
func (x *SketchIndex) findNews(r *Compared) (d cluster.Decision, id int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	may := x.mayTell(r.sketch)
	d, found := cluster.FindNews(x.links, r.sketch, func(id int64) *cluster.News {
		if id == r.sketch.Cluster || !may(id) { // the first: it is known by what its list says
			return nil
		}
		return x.newsOf(id)
	})
	if found != nil {
		id = found.ID
	}
	return d, id
}
