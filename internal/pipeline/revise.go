package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

const (
	// maxRevisions bounds what is recorded of one story: a page or a list whose
	// words change with every load must not fill the store.
	maxRevisions = 20
	// maxEdits bounds how many edited stories of one list are compared in one
	// crawl; the others are left to the next one.
	maxEdits = 100
)

// edit is a story that was looked at again, and what came of it.
type edit struct {
	was      store.Look
	now      news.Story // as it is to be recorded
	revision news.Revision
	fromPage bool

	// A look at the page ends with when the next one is due, and how many in a
	// row found no page.
	next time.Time
	gone int

	// A look at the list ends with what the list says now, and may want the
	// page looked at, too.
	print    news.Fingerprint
	pageHost string // "" wants no look
}

// byList reports whether the edit was seen in the list.
func (e *edit) byList() bool { return e.print.ID != 0 }

// modified dates the change: as the story does, if it names a time after the
// one that is known. Otherwise it stays open until the change is recorded.
func (e *edit) modified(as time.Time) {
	if as.After(e.was.Modified) {
		e.now.Modified = as
	}
}

// revise records what was found of a story that was looked at again, matches
// the new words, and records what follows from that, all in one transaction:
// a look whose daemon dies before its end is taken up by another, and nothing
// was recorded of it.
//
// A rule alerts if it matches the story now, did not match it as it was, and
// never matched it before. What matched before the edit stays. The error is
// errClaimLost when another worker is at the story.
func (p *Pipeline) revise(ctx context.Context, plan *Plan, e edit) error {
	now := p.opt.Now()
	if len(e.was.Headlines) >= maxRevisions {
		e.revision.Kinds, e.now = nil, *e.was.Story
	}
	changed := len(e.revision.Kinds) > 0
	if changed && !e.now.Modified.After(e.was.Modified) {
		e.now.Modified = now
	}
	e.revision.Seen = now
	var further []news.Match
	if e.now.Title != e.was.Title || e.now.Text != e.was.Text || e.now.Summary != e.was.Summary {
		further = notOf(plan.Rules.Match(&e.now), plan.Rules.Match(e.was.Story))
	}
	var recorded []news.Match
	var alerts int
	err := p.store.InTx(ctx, func(tx *store.Tx) (err error) {
		recorded, alerts, err = p.saveEdit(ctx, tx, plan, e, further, now)
		return err
	})
	if err != nil {
		return fmt.Errorf("revise story %s: %w", e.was.URL, err)
	}
	p.count(recorded)
	if changed {
		p.log.Info("story changed", "kinds", e.revision.Kinds, "url", news.ShownURL(e.was.URL), "was", e.was.Title, "headline", e.now.Title, "alerts", alerts)
	}
	if alerts > 0 {
		p.Wake()
	}
	return nil
}

// saveEdit is the transaction of revise.
func (p *Pipeline) saveEdit(ctx context.Context, tx *store.Tx, plan *Plan, e edit, further []news.Match, now time.Time) (recorded []news.Match, alerts int, err error) {
	if len(further) > 0 {
		if err := tx.Stories.LockClusters(ctx); err != nil {
			return nil, 0, err
		}
	}
	ok := false
	if e.byList() {
		ok, err = tx.Looks.Revoke(ctx, e.was.Claim)
	} else {
		ok, err = tx.Looks.MarkLooked(ctx, e.was.Claim, e.next, e.gone)
	}
	if err != nil {
		return nil, 0, err
	}
	if !ok {
		return nil, 0, errClaimLost
	}
	if err := tx.Stories.Revise(ctx, &e.now, e.revision, e.fromPage); err != nil {
		return nil, 0, err
	}
	if e.byList() {
		if err := tx.Fingerprints.Save(ctx, e.print); err != nil {
			return nil, 0, err
		}
	}
	if e.pageHost != "" {
		if err := tx.Looks.Plan(ctx, e.was.ID, e.pageHost, now); err != nil {
			return nil, 0, err
		}
	}
	if len(further) == 0 {
		return nil, 0, nil
	}
	before, err := tx.Stories.Matches(ctx, e.was.ID)
	if err != nil {
		return nil, 0, err
	}
	n := e.was.NewStory
	n.Story = &e.now
	if e.was.Alerted.IsZero() { // another source may have told it under the same link
		if _, err := joinCluster(ctx, tx, n.Story); err != nil {
			return nil, 0, err
		}
	}
	recorded = notOf(further, before)
	alerts, err = p.saveFurther(ctx, tx, plan, n, recorded, now)
	return recorded, alerts, err
}

// notOf gives the matches of rules that others has no match of.
func notOf(matches, others []news.Match) []news.Match {
	return slices.DeleteFunc(slices.Clone(matches), func(m news.Match) bool {
		return slices.ContainsFunc(others, func(o news.Match) bool { return o.Rule == m.Rule })
	})
}

// edits records what a list says otherwise than before of stories that were
// recorded; left reports whether the list has to come again for the rest. A
// story whose page is still to be read has to wait for it.
func (p *Pipeline) edits(ctx context.Context, src news.Source, plan *Plan, found *sighting) (left bool, err error) {
	compared := 0
	for _, listed := range found.edited {
		was, err := p.store.Looks.Get(ctx, listed.print.Story)
		switch {
		case errors.Is(err, store.ErrNotFound): // pruned: there is nothing to compare with
			found.saves = append(found.saves, listed.print)
			continue
		case err != nil:
			return false, err
		case was.Waiting:
			left = true
			continue
		}
		if compared++; compared > maxEdits {
			return true, nil
		}
		was.Origin = src.Origin
		e := compareListed(src, was, listed)
		if len(e.revision.Kinds) == 0 || len(was.Headlines) >= maxRevisions { // a counter ticked
			found.saves = append(found.saves, e.print)
			continue
		}
		switch err := p.revise(ctx, plan, e); {
		case errors.Is(err, errClaimLost):
			left = true
		case err != nil:
			return false, err
		}
	}
	return left, nil
}

// compareListed says what a list changed. The text of a story that was read
// from its page is the page's business: a new headline has that looked at.
func compareListed(src news.Source, was store.Look, by sightedEdit) edit {
	e := edit{was: was, fromPage: was.FromPage, print: by.print}
	listed := by.story
	says := *listed
	if was.FromPage {
		says.Text = ""
	}
	e.revision, e.now = revision.Compare(*was.Story, says, was.Headlines)
	if e.now.Text != was.Text && listed.Summary != "" {
		e.now.Summary = listed.Summary
	}
	if e.now.Title != was.Title && (was.FromPage || was.Text == "") && hasPage(src, was.Story) {
		e.pageHost = news.Host(was.URL)
	}
	e.modified(listed.Modified)
	return e
}
