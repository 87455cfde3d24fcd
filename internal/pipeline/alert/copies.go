package alert

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
)

// Copies finds the cluster whose text a story carries. It keeps the sketches of the
// stories that matched in step with the store, and serves many goroutines.
//
// A story is compared in two steps. Before its transaction, Read makes its sketch,
// and learns what stood before the stories that it may be a copy of. In the
// transaction, which holds the lock on clusters and has read what others recorded
// meanwhile (Recorder.Lock), join decides.
type Copies struct {
	env *act.Env

	mu       sync.Mutex
	sketcher cluster.Sketcher
	index    *cluster.TextIndex // of the last cluster.Window
	sketches map[int64]*kept    // by story, of twice that time: the first of a cluster may be older than its members
	clusters map[int64][]*kept
	changed  int64     // number of the newest change that was read
	expired  time.Time // when what was too old was last forgotten
}

// kept is a sketch that the store has.
type kept struct {
	*cluster.Sketch
	joined bool // its cluster, by its text
}

// NewCopies makes Copies that know nothing yet.
func NewCopies(env *act.Env) *Copies {
	return &Copies{
		env: env, index: cluster.NewTextIndex(), sketches: map[int64]*kept{}, clusters: map[int64][]*kept{},
	}
}

// Reading is a story that was read to be compared.
type Reading struct {
	sketch *cluster.Sketch
	learnt map[int64]*cluster.Rarity // by the first story of a cluster
}

// Read reads a story that matches, to be compared under the lock on clusters.
func (c *Copies) Read(ctx context.Context, s *news.Story) (*Reading, error) {
	if err := c.follow(ctx, c.env.Store.Sketches); err != nil {
		return nil, err
	}
	r, firsts := c.read(s)
	for _, first := range firsts {
		rarity, err := c.learn(ctx, first, r.sketch.Outlet)
		if err != nil {
			return nil, err
		}
		r.learnt[first.Story] = rarity
	}
	return r, nil
}

// read makes the sketch of a story, and returns the first stories of the clusters
// that it may join, of which too little is known.
func (c *Copies) read(s *news.Story) (*Reading, []*cluster.Sketch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := &Reading{sketch: c.sketcher.Sketch(s), learnt: map[int64]*cluster.Rarity{}}
	var firsts []*cluster.Sketch
	cluster.Find(c.index, r.sketch, func(id int64) *cluster.Cluster {
		known := c.cluster(id)
		if known != nil && !known.First.Rarity.Knows(r.sketch.Outlet) {
			firsts = append(firsts, known.First)
		}
		return nil // all are asked for
	})
	return r, firsts
}

// learn reads what stood before the first story of a cluster, at its outlet and at
// that of a story which is to be compared with it.
func (c *Copies) learn(ctx context.Context, first *cluster.Sketch, outlet string) (*cluster.Rarity, error) {
	outlets := []string{first.Outlet, outlet}
	if first.Rarity != nil {
		outlets = append(outlets, first.Rarity.Outlets...)
	}
	slices.Sort(outlets)
	outlets = slices.Compact(outlets)
	earlier, err := c.env.Store.Stories.Before(ctx, outlets, first.Seen.Add(-cluster.HistoryOf), first.Seen)
	if err != nil {
		return nil, err
	}
	h := cluster.NewHistory(first, outlets...)
	for i := range earlier {
		h.Add(&earlier[i])
	}
	return h.Rarity(), nil
}

// cluster returns what is known of a cluster: nil when its first story is not. The
// caller holds the mutex.
func (c *Copies) cluster(id int64) *cluster.Cluster {
	members := c.clusters[id]
	if len(members) == 0 {
		return nil
	}
	order := func(a, b *kept) int { return cmp.Or(a.Seen.Compare(b.Seen), cmp.Compare(a.Story, b.Story)) }
	first, newest := slices.MinFunc(members, order), slices.MaxFunc(members, order)
	if first.joined {
		return nil
	}
	known := &cluster.Cluster{First: first.Sketch}
	if newest != first {
		known.Newest = newest.Sketch
	}
	return known
}

// sketches is the store, or a transaction.
type sketches interface {
	Since(ctx context.Context, changed int64, from time.Time) ([]store.Sketch, error)
}

// follow reads what was recorded since the last call. No mutex is held while it waits
// for the store, which others may have all connections of.
func (c *Copies) follow(ctx context.Context, from sketches) error {
	now := c.env.Now()
	for {
		rows, err := from.Since(ctx, c.expire(now), now.Add(-2*cluster.Window))
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := c.take(rows, now); err != nil {
			return err
		}
	}
}

// expire forgets what is too old, and returns the number of the newest known change.
func (c *Copies) expire(now time.Time) (changed int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now.Sub(c.expired).Abs() < time.Minute {
		return c.changed
	}
	c.expired = now
	c.index.Expire(now.Add(-cluster.Window))
	for story, k := range c.sketches {
		if k.Seen.Before(now.Add(-2 * cluster.Window)) {
			c.forget(story)
		}
	}
	return c.changed
}

// take enters rows in place of those that were known. Another goroutine may have
// taken some meanwhile.
func (c *Copies) take(rows []store.Sketch, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range rows {
		if rows[i].Changed <= c.changed {
			continue
		}
		if err := c.enter(&rows[i], now); err != nil {
			return fmt.Errorf("read sketch of story %d: %w", rows[i].Story, err)
		}
		c.changed = rows[i].Changed
	}
	return nil
}

// enter enters a row. A sketch of another version of the program is left out: the two
// cannot be compared.
func (c *Copies) enter(row *store.Sketch, now time.Time) error {
	c.forget(row.Story)
	s, err := cluster.DecodeSketch(row.Sketch)
	if errors.Is(err, cluster.ErrVersion) {
		return nil
	}
	if err != nil {
		return err
	}
	if row.Rarity != nil {
		if s.Rarity, err = cluster.DecodeRarity(row.Rarity); err != nil && !errors.Is(err, cluster.ErrVersion) {
			return err
		}
	}
	s.Story, s.Cluster, s.Indirect = row.Story, row.Cluster, row.Indirect
	k := &kept{s, row.Joined != ""}
	c.sketches[s.Story] = k
	c.clusters[s.Cluster] = append(c.clusters[s.Cluster], k)
	if s.Seen.After(now.Add(-cluster.Window)) {
		c.index.Add(s)
	}
	return nil
}

func (c *Copies) forget(story int64) {
	known, ok := c.sketches[story]
	if !ok {
		return
	}
	delete(c.sketches, story)
	c.index.Remove(story)
	left := slices.DeleteFunc(c.clusters[known.Cluster], func(k *kept) bool { return k == known })
	if c.clusters[known.Cluster] = left; len(left) == 0 {
		delete(c.clusters, known.Cluster)
	}
}

// join puts a story that was read into the cluster of a story whose text it carries,
// and records its sketch. The transaction has locked the clusters. A story whose
// cluster is settled only records its sketch.
func (c *Copies) join(ctx context.Context, tx *store.Tx, r *Reading, s *news.Story, settled bool) error {
	r.sketch.Story, r.sketch.Cluster = s.ID, s.Cluster
	row := store.Sketch{Story: s.ID, Sketch: r.sketch.Append(nil), Seen: s.FirstSeen}
	if !settled {
		if d, first := c.find(r); first != nil {
			why, err := json.Marshal(d.Why)
			if err != nil {
				return err
			}
			row.Joined, row.Indirect = string(why), d.With.Story != first.Story
			if err := tx.Stories.JoinCluster(ctx, s, first.Cluster); err != nil {
				return err
			}
			if err := c.saveLearnt(ctx, tx, r, first); err != nil {
				return err
			}
		}
	}
	return tx.Sketches.Save(ctx, &row)
}

// find returns the first story of the cluster whose text a story carries, nil when
// there is none, with the reason.
func (c *Copies) find(r *Reading) (cluster.Decision, *cluster.Sketch) {
	c.mu.Lock()
	defer c.mu.Unlock()
	d, known := cluster.Find(c.index, r.sketch, func(id int64) *cluster.Cluster {
		if id == r.sketch.Cluster {
			return nil
		}
		known := c.cluster(id)
		if known != nil && !known.First.Rarity.Knows(r.sketch.Outlet) {
			if learnt := r.learnt[known.First.Story]; learnt != nil {
				first := *known.First
				first.Rarity = learnt
				known.First = &first
			}
		}
		return known
	})
	if d.Relation != cluster.Copy {
		return d, nil
	}
	return d, known.First
}

// saveLearnt records what was learnt of the first story of a cluster, so that every
// daemon decides by it.
func (c *Copies) saveLearnt(ctx context.Context, tx *store.Tx, r *Reading, first *cluster.Sketch) error {
	learnt := r.learnt[first.Story]
	if learnt == nil || first.Rarity != learnt {
		return nil
	}
	return tx.Sketches.SaveRarity(ctx, first.Story, learnt.Append(nil))
}
