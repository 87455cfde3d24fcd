package alert

import (
	"context"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// mostUpgraded is how many stories get a sketch after an upgrade: the newest.
const mostUpgraded = 10_000

// upgrade sketches, once, the stories that were alerted before sketches were kept: copies of
// them are not to alert again, and reports are to be linked to their news. Several daemons
// may do it at once, a part after another under the lock on clusters.
func (x *SketchIndex) upgrade(ctx context.Context) error {
	x.upgrading.Lock()
	defer x.upgrading.Unlock()
	for n := 0; !x.upgraded; {
		more := 0
		err := x.env.Store.InTx(ctx, func(tx *store.Tx) (err error) {
			more, err = x.upgradeSome(ctx, tx)
			return err
		})
		if err != nil {
			return err
		}
		n += more
		x.upgraded = more == 0 || n >= mostUpgraded
		if x.upgraded && n > 0 {
			x.env.Log.Info("stories that were alerted by an earlier version can be compared", "stories", n)
		}
	}
	return nil
}

// upgradeSome sketches some stories, and returns how many.
func (x *SketchIndex) upgradeSome(ctx context.Context, tx *store.Tx) (int, error) {
	if err := tx.Stories.LockClusters(ctx); err != nil {
		return 0, err
	}
	stories, err := tx.Sketches.Unsketched(ctx, x.env.Now().Add(-ComparedFor))
	if err != nil {
		return 0, err
	}
	for _, s := range stories {
		row, err := x.compared(s).row(s)
		if err == nil {
			err = tx.Sketches.Save(ctx, &row)
		}
		if err != nil {
			return 0, err
		}
	}
	return len(stories), nil
}

// compared makes the sketch of a story.
func (x *SketchIndex) compared(s *news.Story) *Compared {
	x.mu.Lock()
	defer x.mu.Unlock()
	return &Compared{sketch: x.sketcher.Sketch(s), told: cluster.TellOf(s), learnt: map[int64]*cluster.Rarity{}}
}
