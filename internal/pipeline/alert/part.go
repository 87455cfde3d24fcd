package alert

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// What people cannot take apart, or put back.
var (
	ErrAlone    = errors.New("no other story tells its news: there is nothing to take apart")
	ErrBegan    = errors.New("it began its news: take the stories apart that do not belong to it (`copytaster why` lists them)")
	ErrTogether = errors.New("nobody has taken it apart from a news")
	errPruned   = errors.New("the story is kept no more")
)

// Parted is what came of NotSame or Same.
type Parted struct {
	Title   string    `json:"title"`
	URL     string    `json:"url"`
	Already bool      `json:"already,omitempty"` // it was taken apart before
	By      string    `json:"by"`                // who took it apart, or put it back
	At      time.Time `json:"at"`
	Along   int       `json:"along,omitempty"` // further stories that carry its text, and went along
	Told    []string  `json:"told,omitempty"`  // channels that get an alert on it
}

// Divider divides a news, or puts it together again, because a person says so. What
// follows is recorded.
type Divider struct {
	Recorder
	Name string
}

// NotSame takes a story out of its news, because the person says that it does not tell that.
// It becomes a news of its own:
//
//  1. A story that carries another one's text leaves its cluster, with those of the
//     cluster that are nearer to it than to the first one.
//  2. Otherwise its cluster leaves the news that it was linked to.
//
// The two news are kept apart from then on. The messages show it, and a channel where the
// story was only counted, or told in a thread, gets an alert on it. Whoever says so again
// changes nothing. The error is ErrAlone, ErrBegan, or says that the story was pruned.
func (r Divider) NotSame(ctx context.Context, story int64) (Parted, error) {
	p, err := r.says(ctx, story, r.part)
	if err != nil {
		return p, fmt.Errorf("take story apart: %w", err)
	}
	return p, nil
}

// Same undoes NotSame. What was sent stays. The error is ErrTogether when nobody has taken
// the story apart.
func (r Divider) Same(ctx context.Context, story int64) (Parted, error) {
	p, err := r.says(ctx, story, r.unite)
	if err != nil {
		return p, fmt.Errorf("put story back: %w", err)
	}
	return p, nil
}

// says does what the person says of a story.
func (r Divider) says(
	ctx context.Context, story int64, act func(context.Context, *store.Tx, *news.Story, *Parted) error,
) (p Parted, err error) {
	if err := r.index.catchUp(ctx); err != nil {
		return p, err
	}
	err = r.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := r.Lock(ctx, tx); err != nil {
			return err
		}
		n, err := tx.Stories.Get(ctx, story)
		if errors.Is(err, sql.ErrNoRows) {
			return errPruned
		}
		if err != nil {
			return err
		}
		p = Parted{Title: n.Title, URL: news.ShownURL(n.URL), By: r.Name, At: r.now}
		return act(ctx, tx, n.Story, &p)
	})
	r.Wake()
	return p, err
}

// part is the transaction of NotSame.
func (r Divider) part(ctx context.Context, tx *store.Tx, s *news.Story, p *Parted) error {
	at, err := tx.Stories.Position(ctx, s)
	if err != nil {
		return err
	}
	var refusal error
	switch {
	case at.Other == 0:
		refusal = ErrAlone
	case at.First == s.ID && s.Cluster == at.News:
		refusal = ErrBegan
	}
	if refusal != nil {
		before, found, err := tx.Partings.Standing(ctx, s.ID)
		if err != nil || !found {
			return cmp.Or(err, refusal)
		}
		p.Already, p.By, p.At = true, before.By, before.At
		return nil
	}
	parting := store.Parting{Story: s.ID, Other: at.Other, Cluster: s.Cluster, By: p.By, At: r.now}
	if at.First != s.ID {
		parting.Joined = at.Joined
		along := r.index.along(s.ID)
		p.Along = len(along)
		err = tx.Stories.TakeOut(ctx, s, along, r.now)
	} else {
		parting.Linked = at.Linked
		err = tx.Stories.Unlink(ctx, s.Cluster)
	}
	if err == nil {
		err = tx.Partings.Save(ctx, parting)
	}
	if err == nil {
		p.Told, err = r.settle(ctx, tx, at.News, s.Cluster)
	}
	return err
}

// settle has the alerts on two news that were one tell of their own. It returns the channels
// that get an alert.
func (r Divider) settle(ctx context.Context, tx *store.Tx, ids ...int64) (told []string, err error) {
	strays, err := tx.Alerts.Strays(ctx, ids[0], ids[1])
	if err != nil {
		return nil, err
	}
	for i := range strays {
		tells, err := r.home(ctx, tx, &strays[i])
		if err != nil {
			return nil, err
		}
		if tells {
			told = append(told, strays[i].Channel)
		}
	}
	for i, id := range ids {
		if err := tx.Deliveries.Untell(ctx, id, ids[1-i], r.now); err != nil {
			return nil, err
		}
		if err := tx.Deliveries.EditNews(ctx, id, r.now, 0); err != nil {
			return nil, err
		}
	}
	return told, nil
}

// home moves a report to the alert that its channel has on the story's own news. It returns
// whether there was none, and the story raises one.
func (r Divider) home(ctx context.Context, tx *store.Tx, stray *store.Stray) (tells bool, err error) {
	if err := tx.Alerts.RemoveReport(ctx, stray.NewsReport); err != nil {
		return false, err
	}
	on, found, err := tx.Alerts.OnNews(ctx, stray.News, stray.Channel)
	if err != nil {
		return false, err
	}
	if !found {
		call, err := r.callIn(ctx, tx, stray.Story, stray.Channel)
		if err != nil || call.Story == 0 {
			return false, err
		}
		return tx.Alerts.Add(ctx, call, 0, false)
	}
	if on.Story == stray.Story {
		return false, nil
	}
	own := stray.NewsReport
	own.Alert, own.Delivery = on.ID, 0
	return false, tx.Alerts.AddReport(ctx, own)
}

// callIn is the alert that a story calls for in a channel by the rules that it matched,
// wherever the routes lead by now. It has no Story when there are none.
func (r Divider) callIn(ctx context.Context, tx *store.Tx, story int64, channel string) (news.Alert, error) {
	n, err := tx.Stories.Get(ctx, story)
	if err != nil {
		return news.Alert{}, err
	}
	matched, err := tx.Stories.Matches(ctx, story)
	if err != nil {
		return news.Alert{}, err
	}
	r.plan.SetOrigin(n.Story)
	today := of(r.plan.Rules.Match(n.Story), matched)
	for i := range matched {
		matched[i].To = []string{channel}
	}
	for _, call := range slices.Concat(r.plan.Alerts(n.Story, today, r.now), r.plan.Alerts(n.Story, matched, r.now)) {
		if call.Channel == channel {
			return call, nil
		}
	}
	return news.Alert{}, nil
}

// unite is the transaction of Same.
func (r Divider) unite(ctx context.Context, tx *store.Tx, s *news.Story, p *Parted) error {
	parting, found, err := tx.Partings.Standing(ctx, s.ID)
	if err != nil || !found {
		return cmp.Or(err, ErrTogether)
	}
	other, err := tx.Stories.Get(ctx, parting.Other)
	if err != nil {
		return err
	}
	id, err := tx.Stories.News(ctx, other.Cluster)
	if err != nil {
		return err
	}
	at, err := tx.Stories.Position(ctx, s)
	if err != nil {
		return err
	}
	switch home, gone := tx.Stories.News(ctx, parting.Cluster); {
	case at.News == id: // something else has united them
	case parting.Linked == "" && gone == nil && home == id && at.First == s.ID:
		err = tx.Stories.PutBack(ctx, s, parting.Cluster, parting.Joined)
	default:
		var why []byte
		if why, err = json.Marshal(cluster.Why{Rule: cluster.RulePerson}); err == nil {
			err = tx.Stories.Relink(ctx, s.Cluster, id, cmp.Or(parting.Linked, string(why)))
		}
	}
	if err == nil {
		err = tx.Partings.Undo(ctx, parting, p.By, r.now)
	}
	if err == nil {
		err = tx.Deliveries.EditNews(ctx, id, r.now, 0)
	}
	return err
}

// partedFor is how long after it was first seen a story that was taken apart is kept apart:
// longer than any news goes on.
const partedFor = 5 * ComparedFor

// followPartings reads what people took apart. The transaction has locked the clusters.
func (x *SketchIndex) followPartings(ctx context.Context, tx *store.Tx) error {
	pairs, err := tx.Partings.News(ctx, x.env.Now().Add(-partedFor))
	if err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.parted = make(map[[2]int64]bool, 2*len(pairs))
	for _, p := range pairs {
		x.parted[p], x.parted[[2]int64{p[1], p[0]}] = true, true
	}
	return nil
}

// mayTell returns whether a story may tell the news of a cluster. It is asked for the nearest
// one first: a story that is on one side of what a person took apart, or is nearest to it,
// does not tell the other. The caller holds the mutex.
func (x *SketchIndex) mayTell(s *cluster.Sketch) func(cluster int64) bool {
	var side int64
	if own := x.clusters[s.Cluster]; len(own) > 0 {
		side = own[0].news
	}
	return func(id int64) bool {
		members := x.clusters[id]
		if len(members) == 0 || len(x.parted) == 0 {
			return true
		}
		side = cmp.Or(side, members[0].news)
		return !x.parted[[2]int64{side, members[0].news}]
	}
}

// along returns the stories that go along when a story leaves the cluster whose text it
// carries: those that came later, and are nearer to it than to the first one.
func (x *SketchIndex) along(story int64) (ids []int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	k := x.sketches[story]
	if k == nil { // it is too old
		return nil
	}
	known := x.cluster(k.Cluster)
	if known == nil {
		return nil
	}
	for _, other := range x.clusters[k.Cluster] {
		if came(other, k) <= 0 || other.Story == known.First.Story {
			continue
		}
		if cluster.Likeness(k.Sketch, other.Sketch) > cluster.Likeness(known.First, other.Sketch) {
			ids = append(ids, other.Story)
		}
	}
	return ids
}
