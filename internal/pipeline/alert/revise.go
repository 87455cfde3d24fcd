package alert

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// maxRevisions bounds what is recorded of one story: a page or a list whose
// words change with every load must not fill the store.
const maxRevisions = 20

// Edit is a story that was looked at again, and what came of it.
type Edit struct {
	Was      store.Look
	Now      news.Story // as it is to be recorded
	Revision news.Revision
	FromPage bool // the text is the page's

	// A look at the page ends with when the next one is due, and how many in a
	// row found no page.
	Next time.Time
	Gone int

	// A look at the list ends with what the list says now, and may want the
	// page looked at, too.
	Print    news.Fingerprint
	PageHost string // "" wants no look
}

// Full reports whether no more revisions of the story are recorded.
func (e *Edit) Full() bool { return len(e.Was.Headlines) >= maxRevisions }

// Modified dates the change: as the story does, if it names a time after the
// one that is known. Otherwise it stays open until the change is recorded.
func (e *Edit) Modified(as time.Time) {
	if as.After(e.Was.Modified) {
		e.Now.Modified = as
	}
}

// byList reports whether the edit was seen in the list.
func (e *Edit) byList() bool { return e.Print.ID != 0 }

// Revise records what was found of a story that was looked at again, matches
// the new words, and records what follows from that, all in one transaction. A
// look whose daemon dies before its end is taken up by another, and nothing was
// recorded of it.
//
// A rule alerts if it matches the story now, did not match it as it was, and
// never matched it before. What matched before the edit stays. The error is
// store.ErrClaimLost when another worker is at the story.
func (r Recorder) Revise(ctx context.Context, e Edit) error {
	if e.Full() {
		e.Revision.Kinds, e.Now = nil, *e.Was.Story
	}
	changed := len(e.Revision.Kinds) > 0
	if changed && !e.Now.Modified.After(e.Was.Modified) {
		e.Now.Modified = r.now
	}
	e.Revision.Seen = r.now
	var further []news.Match
	if e.Now.Title != e.Was.Title || e.Now.Text != e.Was.Text || e.Now.Summary != e.Was.Summary {
		further = notOf(r.plan.Rules.Match(&e.Now), r.plan.Rules.Match(e.Was.Story))
	}
	var recorded []news.Match
	var alerts int
	err := r.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		recorded, alerts, err = r.saveEdit(ctx, tx, e, further)
		return err
	})
	if err != nil {
		return fmt.Errorf("revise story %s: %w", e.Was.URL, err)
	}
	r.CountMatches(recorded)
	if changed {
		r.Log.Info("story changed", "kinds", e.Revision.Kinds, "url", news.ShownURL(e.Was.URL), "was", e.Was.Title,
			"headline", e.Now.Title, "alerts", alerts)
	}
	if alerts > 0 {
		r.Wake()
	}
	return nil
}

// saveEdit is the transaction of Revise.
func (r Recorder) saveEdit(
	ctx context.Context, tx *store.Tx, e Edit, further []news.Match,
) (recorded []news.Match, alerts int, err error) {
	if len(further) > 0 {
		if err := tx.Stories.LockClusters(ctx); err != nil {
			return nil, 0, err
		}
	}
	if e.byList() {
		err = tx.Looks.Revoke(ctx, e.Was.Claim)
	} else {
		err = tx.Looks.MarkLooked(ctx, e.Was.Claim, e.Next, e.Gone)
	}
	if err == nil {
		err = tx.Stories.Revise(ctx, &e.Now, e.Revision, e.FromPage)
	}
	if err == nil && e.byList() {
		err = tx.Fingerprints.Save(ctx, e.Print)
	}
	if err == nil && e.PageHost != "" {
		err = tx.Looks.Schedule(ctx, e.Was.ID, e.PageHost, r.now)
	}
	if err != nil || len(further) == 0 {
		return nil, 0, err
	}
	before, err := tx.Stories.Matches(ctx, e.Was.ID)
	if err != nil {
		return nil, 0, err
	}
	n := e.Was.NewStory
	n.Story = &e.Now
	if e.Was.Alerted.IsZero() { // another source may have told it under the same link
		if _, err := joinCluster(ctx, tx, n.Story); err != nil {
			return nil, 0, err
		}
	}
	recorded = notOf(further, before)
	alerts, err = r.saveFurther(ctx, tx, n, recorded)
	return recorded, alerts, err
}
