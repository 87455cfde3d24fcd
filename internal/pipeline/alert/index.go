package alert

import (
	"cmp"
	"context"
	"database/sql"
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

// ComparedFor is how long after it was first seen others are compared with a story: the first
// of a cluster may be older than its members.
const ComparedFor = 2 * cluster.Window

// SketchIndex finds the cluster and the news that a story belongs to. It keeps the sketches
// of the stories that matched in step with the store, and serves many goroutines.
//
// A story is compared in two steps. Before its transaction, Read makes its sketch,
// and learns what stood before the stories that it may be a copy of. In the
// transaction, which holds the lock on clusters and has read what others recorded
// meanwhile (Recorder.Lock), place decides.
type SketchIndex struct {
	env *act.Env

	mu       sync.Mutex
	sketcher cluster.Sketcher
	texts    *cluster.TextIndex // of the last cluster.Window
	links    *cluster.LinkIndex // the same
	sketches map[int64]*kept    // by story, of ComparedFor
	clusters map[int64][]*kept  // in the order in which they came
	news     map[int64][]*kept  // the same
	stale    []store.Sketch     // whose sketch another version of the program made
	epoch    string             // of the store
	changed  int64              // number of the newest change that was read
	expired  time.Time          // when what was too old was last forgotten

	parted    map[[2]int64]bool // pairs of news that people took apart; of the transaction that has the lock on clusters
	upgrading sync.Mutex
	upgraded  bool // what was alerted before sketches were kept has them
}

// kept is a sketch that the store has.
type kept struct {
	*cluster.Sketch
	source string
	news   int64
	joined bool // its cluster, by its text
	told   cluster.Told

	// As the first story of a cluster: what was learnt for a story of an outlet. What stood
	// before it does not change, and each one of a series asks for it.
	learnt map[string]*cluster.Rarity
}

// NewSketchIndex makes a SketchIndex that knows nothing yet.
func NewSketchIndex(env *act.Env) *SketchIndex {
	links := cluster.NewLinkIndex()
	return &SketchIndex{
		env: env, sketcher: cluster.Sketcher{Vocabulary: links.Vocabulary()}, texts: cluster.NewTextIndex(), links: links,
		sketches: map[int64]*kept{}, clusters: map[int64][]*kept{}, news: map[int64][]*kept{},
	}
}

// Compared is a story that was read to be compared.
type Compared struct {
	sketch *cluster.Sketch
	told   cluster.Told
	learnt map[int64]*cluster.Rarity // by the first story of a cluster
}

// Read reads a story that matches, to be compared under the lock on clusters.
func (x *SketchIndex) Read(ctx context.Context, s *news.Story) (*Compared, error) {
	if err := x.catchUp(ctx); err != nil {
		return nil, err
	}
	r, firsts := x.read(s)
	for _, first := range firsts {
		rarity, err := x.learn(ctx, first, r.sketch.Outlet)
		if err != nil {
			return nil, err
		}
		r.learnt[first.Story] = rarity
		x.remember(first, r.sketch.Outlet, rarity)
	}
	return r, nil
}

// catchUp reads all that the store has, outside of any transaction.
func (x *SketchIndex) catchUp(ctx context.Context) error {
	if err := x.followEpoch(ctx); err != nil {
		return err
	}
	if err := x.upgrade(ctx); err != nil {
		return err
	}
	if err := x.follow(ctx, x.env.Store.Sketches); err != nil {
		return err
	}
	return x.renew(ctx)
}

// remember keeps what was learnt for a story of an outlet.
func (x *SketchIndex) remember(first *cluster.Sketch, outlet string, learnt *cluster.Rarity) {
	x.mu.Lock()
	defer x.mu.Unlock()
	k := x.sketches[first.Story]
	if k == nil || k.Sketch != first { // it was recorded again meanwhile
		return
	}
	if k.learnt == nil {
		k.learnt = map[string]*cluster.Rarity{}
	}
	k.learnt[outlet] = learnt
}

// read makes the sketch of a story, and returns the first stories of the clusters
// that it may join, of which too little is known.
func (x *SketchIndex) read(s *news.Story) (*Compared, []*cluster.Sketch) {
	r := x.compared(s)
	x.mu.Lock()
	defer x.mu.Unlock()
	var firsts []*cluster.Sketch
	cluster.Find(x.texts, r.sketch, func(id int64) *cluster.Cluster {
		known := x.cluster(id)
		if known == nil || known.First.Rarity.Knows(r.sketch.Outlet) {
			return nil // all are asked for
		}
		if learnt := x.sketches[known.First.Story].learnt[r.sketch.Outlet]; learnt != nil {
			r.learnt[known.First.Story] = learnt
		} else {
			firsts = append(firsts, known.First)
		}
		return nil
	})
	return r, firsts
}

// learn reads what stood before the first story of a cluster, at its outlet and at
// that of a story which is to be compared with it.
func (x *SketchIndex) learn(ctx context.Context, first *cluster.Sketch, outlet string) (*cluster.Rarity, error) {
	outlets := []string{first.Outlet, outlet}
	if first.Rarity != nil {
		outlets = append(outlets, first.Rarity.Outlets...)
	}
	slices.Sort(outlets)
	outlets = slices.Compact(outlets)
	earlier, err := x.env.Store.Stories.Before(ctx, outlets, first.Seen.Add(-cluster.HistoryOf), first.Seen)
	if err != nil {
		return nil, err
	}
	h := cluster.NewHistory(first, outlets...)
	for i := range earlier {
		h.Add(&earlier[i])
	}
	return h.Rarity(), nil
}

// cluster returns what is known of a cluster: nil when its first story is not. A story
// whose page showed only later that it joins may be older than the first. The caller
// holds the mutex.
func (x *SketchIndex) cluster(id int64) *cluster.Cluster {
	members := x.clusters[id]
	at := slices.IndexFunc(members, func(k *kept) bool { return !k.joined })
	if at < 0 {
		return nil
	}
	first, newest := members[at], members[len(members)-1]
	known := &cluster.Cluster{First: first.Sketch}
	if newest != first {
		known.Newest = newest.Sketch
	}
	return known
}

// newsOf returns what is known of the news of a cluster. The caller holds the mutex.
func (x *SketchIndex) newsOf(id int64) *cluster.News {
	members := x.clusters[id]
	if len(members) == 0 {
		return nil
	}
	all := x.news[members[0].news]
	return &cluster.News{ID: all[0].news, First: all[0].Sketch, Newest: all[len(all)-1].Sketch}
}

// sketches is the store, or a transaction.
type sketches interface {
	Since(ctx context.Context, changed int64, from time.Time) ([]store.Sketch, error)
}

// follow reads what was recorded since the last call. No mutex is held while it waits
// for the store, which others may have all connections of.
func (x *SketchIndex) follow(ctx context.Context, from sketches) error {
	now := x.env.Now()
	for {
		since := x.expire(now)
		rows, err := from.Since(ctx, since, now.Add(-ComparedFor))
		if err != nil || len(rows) == 0 {
			return err
		}
		if err := x.take(rows, since, now); err != nil {
			return err
		}
	}
}

// expire forgets what is too old, and returns the number of the newest known change.
func (x *SketchIndex) expire(now time.Time) (changed int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if now.Sub(x.expired).Abs() < time.Minute {
		return x.changed
	}
	x.expired = now
	x.texts.Expire(now.Add(-cluster.Window))
	x.links.Expire(now.Add(-cluster.Window))
	for story, k := range x.sketches {
		if k.Seen.Before(now.Add(-ComparedFor)) {
			x.forget(story)
		}
	}
	return x.changed
}

// followEpoch forgets everything when the store has lost its newest rows: what was read of
// those is not so any more.
func (x *SketchIndex) followEpoch(ctx context.Context) error {
	newest, err := x.env.Store.Epochs.Newest(ctx)
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if newest.Name != x.epoch {
		x.clear()
		x.epoch = newest.Name
	}
	return nil
}

// Reload reads all sketches anew: their times in the store were moved with a clock that
// was set.
func (x *SketchIndex) Reload(ctx context.Context) error {
	x.mu.Lock()
	x.clear()
	x.mu.Unlock()
	return x.follow(ctx, x.env.Store.Sketches)
}

// clear forgets everything, which is read again by the next follow. The caller holds the
// mutex.
func (x *SketchIndex) clear() {
	fresh := NewSketchIndex(x.env)
	x.texts, x.links, x.sketches, x.clusters, x.news = fresh.texts, fresh.links, fresh.sketches, fresh.clusters, fresh.news
	x.stale, x.changed, x.expired = nil, 0, time.Time{}
}

// take enters rows in place of those that were known. Another goroutine may have
// taken some meanwhile.
func (x *SketchIndex) take(rows []store.Sketch, since int64, now time.Time) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.changed < since { // all was forgotten meanwhile: rows before these have to be read again
		return nil
	}
	for i := range rows {
		if rows[i].Changed <= x.changed {
			continue
		}
		if err := x.enter(&rows[i], now); err != nil {
			return fmt.Errorf("read sketch of story %d: %w", rows[i].Story, err)
		}
		x.changed = rows[i].Changed
	}
	return nil
}

// enter enters a row. A sketch of another version of the program is left for renew:
// the two cannot be compared.
func (x *SketchIndex) enter(row *store.Sketch, now time.Time) error {
	x.forget(row.Story)
	s, err := cluster.DecodeSketch(row.Sketch)
	if errors.Is(err, cluster.ErrVersion) {
		x.stale = append(x.stale, *row)
		return nil
	}
	if err != nil {
		return err
	}
	return x.enterSketch(s, row, now)
}

func (x *SketchIndex) enterSketch(s *cluster.Sketch, row *store.Sketch, now time.Time) (err error) {
	if row.Rarity != nil {
		if s.Rarity, err = cluster.DecodeRarity(row.Rarity); err != nil && !errors.Is(err, cluster.ErrVersion) {
			return err
		}
	}
	s.Story, s.Cluster, s.Indirect, s.Seen = row.Story, row.Cluster, row.Indirect, row.Seen
	k := &kept{Sketch: s, source: row.Source, news: row.News, joined: row.Joined != ""}
	if row.Told != "" {
		if err := json.Unmarshal([]byte(row.Told), &k.told); err != nil {
			return err
		}
	}
	x.sketches[s.Story] = k
	enter(x.clusters, s.Cluster, k)
	enter(x.news, k.news, k)
	if s.Seen.After(now.Add(-cluster.Window)) {
		x.texts.Add(s)
		x.links.Add(s)
	}
	return nil
}

// renew sketches anew the stories whose sketch another version of the program made.
func (x *SketchIndex) renew(ctx context.Context) error {
	x.mu.Lock()
	stale := x.stale
	x.stale = nil
	x.mu.Unlock()
	for i := range stale {
		n, err := x.env.Store.Stories.Get(ctx, stale[i].Story)
		if errors.Is(err, sql.ErrNoRows) {
			continue // it was pruned
		}
		if err != nil {
			return err
		}
		if err := x.sketchAnew(n.Story, &stale[i]); err != nil {
			return err
		}
	}
	return nil
}

func (x *SketchIndex) sketchAnew(s *news.Story, row *store.Sketch) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.sketches[row.Story] != nil { // it was recorded again meanwhile
		return nil
	}
	return x.enterSketch(x.sketcher.Sketch(s), row, x.env.Now())
}

func (x *SketchIndex) forget(story int64) {
	known, ok := x.sketches[story]
	if !ok {
		return
	}
	delete(x.sketches, story)
	x.texts.Remove(story)
	x.links.Remove(story)
	leave(x.clusters, known.Cluster, known)
	leave(x.news, known.news, known)
}

// came compares stories by when they came.
func came(a, b *kept) int { return cmp.Or(a.Seen.Compare(b.Seen), cmp.Compare(a.Story, b.Story)) }

// enter puts a story into a group.
func enter(groups map[int64][]*kept, group int64, k *kept) {
	at, _ := slices.BinarySearchFunc(groups[group], k, came)
	groups[group] = slices.Insert(groups[group], at, k)
}

// leave takes a story out of a group.
func leave(groups map[int64][]*kept, group int64, k *kept) {
	at, found := slices.BinarySearchFunc(groups[group], k, came)
	if !found {
		return
	}
	if groups[group] = slices.Delete(groups[group], at, at+1); len(groups[group]) == 0 {
		delete(groups, group)
	}
}
