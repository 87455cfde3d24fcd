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

	Stands   bool      // the page was seen to be the story's, and says nothing against it
	Notice   string    // what the outlet says of a withdrawal
	Status   int       // of HTTP, of a page that is gone
	LastSeen time.Time // when the list was last seen to tell the story as it was; zero: not known
}

// Full reports whether the revision is not recorded, because there are too many of the
// story. That it is withdrawn is recorded all the same, once.
func (e *Edit) Full() bool {
	if e.withdrawal() != "" && e.Was.Withdrawn.IsZero() {
		return len(e.Was.Headlines) > maxRevisions
	}
	return len(e.Was.Headlines) >= maxRevisions
}

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
// never matched it before. What matched before the edit stays. A story that carries
// another one's text no more leaves its cluster, and alerts for itself. Every channel that
// was shown the story is told of what changed, however old the story is by now. The error
// is store.ErrClaimLost when another worker is at the story.
func (r Recorder) Revise(ctx context.Context, e Edit) error {
	if e.Full() {
		e.Revision.Kinds, e.Now = nil, *e.Was.Story
	}
	changed := len(e.Revision.Kinds) > 0
	if changed && !e.Now.Modified.After(e.Was.Modified) {
		e.Now.Modified = r.now
	}
	e.Revision.Seen = r.now
	said, err := r.reread(ctx, &e)
	if err != nil {
		return fmt.Errorf("revise story %s: %w", e.Was.URL, err)
	}
	var recorded []news.Match
	var alerts, told int
	err = r.Store.InTx(ctx, func(tx *store.Tx) (err error) {
		recorded, alerts, err = r.saveEdit(ctx, tx, e, said)
		if err == nil && changed {
			told, err = r.tellAudience(ctx, tx, &e, said)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("revise story %s: %w", e.Was.URL, err)
	}
	r.CountMatches(recorded)
	if changed {
		r.Log.Info("story changed", "kinds", e.Revision.Kinds, "url", news.ShownURL(e.Was.URL), "was", e.Was.Title,
			"headline", e.Now.Title, "alerts", alerts, "told", told)
	}
	if alerts+told > 0 {
		r.Wake()
	}
	return nil
}

// reread is what the new words of a story say.
type reread struct {
	*Compared // nil: they do not matter for what other stories are to it

	matches []news.Match        // of the words as they are now
	further []news.Match        // of these, those of rules that did not match the words before
	lost    map[string][]string // by rule: what it found in the words before alone
	ended   []string            // rules that matched the words before alone
	found   []string            // what all rules find in the new words
}

// reread reads the new words of a story.
func (r Recorder) reread(ctx context.Context, e *Edit) (said reread, err error) {
	if e.Now.Title == e.Was.Title && e.Now.Text == e.Was.Text && e.Now.Summary == e.Was.Summary {
		return said, nil
	}
	before := r.plan.Rules.Match(e.Was.Story)
	said.matches = r.plan.Rules.Match(&e.Now)
	said.further = notOf(said.matches, before)
	said.compare(before, said.matches, &e.Now)
	if err := r.index.catchUp(ctx); err != nil {
		return said, err
	}
	if len(said.further) > 0 || r.index.knows(e.Was.ID) {
		said.Compared, err = r.Read(ctx, &e.Now)
	}
	return said, err
}

// saveEdit is the transaction of Revise.
func (r Recorder) saveEdit(
	ctx context.Context, tx *store.Tx, e Edit, said reread,
) (recorded []news.Match, alerts int, err error) {
	if said.Compared != nil {
		if err := r.Lock(ctx, tx); err != nil {
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
	if err == nil && e.Stands {
		err = tx.Looks.MarkStood(ctx, e.Was.ID, r.now)
	}
	if err == nil && e.byList() {
		err = tx.Fingerprints.Save(ctx, e.Print)
	}
	if err == nil && e.PageHost != "" {
		err = tx.Looks.Schedule(ctx, e.Was.ID, e.PageHost, r.now)
	}
	if err != nil || said.Compared == nil {
		return nil, 0, err
	}
	return r.saveReread(ctx, tx, e, said)
}

// saveReread records what follows from the new words of a story.
func (r Recorder) saveReread(
	ctx context.Context, tx *store.Tx, e Edit, said reread,
) (recorded []news.Match, alerts int, err error) {
	before, err := tx.Stories.Matches(ctx, e.Was.ID)
	if err != nil {
		return nil, 0, err
	}
	n := e.Was.NewStory
	now := e.Now
	n.Story = &now
	recorded = notOf(said.further, before)
	own := n.Cluster
	var at placement
	if r.index.knows(n.ID) {
		at, err = r.index.replace(ctx, tx, said.Compared, n.Story, r.now)
	} else {
		if e.Was.Alerted.IsZero() { // another source may have told it under the same link
			_, err = joinCluster(ctx, tx, n.Story)
		}
		if err == nil {
			at, err = r.index.place(ctx, tx, said.Compared, n.Story, n.Cluster != own || !e.Was.Alerted.IsZero())
		}
	}
	if err != nil {
		return nil, 0, err
	}
	calling := recorded
	if at.left {
		calling = said.matches
	} else if err = tx.Stories.AddMatches(ctx, n.ID, of(said.matches, before), r.now); err != nil { // where they stand now
		return nil, 0, err
	}
	alerts, err = r.saveFurther(ctx, tx, n, at, calling)
	return recorded, alerts, err
}
