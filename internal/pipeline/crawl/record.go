package crawl

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/store"
)

// alertWait is what an alert waits for the page of a story that matches by what its
// list says, if the page may undo that.
const alertWait = 2 * time.Minute

// saveBatch is how many stories one transaction records.
const saveBatch = 20

// recorder records the new stories of one list of one claimed source.
type recorder struct {
	alert.Recorder

	claim    store.Claim
	src      news.Source
	plan     *act.Plan
	firstRun bool
	now      time.Time
	done     *Crawled // counts what was recorded
}

// recorder makes the recorder of a visit's list.
func (v *Visit) recorder(now time.Time) *recorder {
	return &recorder{
		Recorder: alert.NewRecorder(v.lists.index, v.plan, now),
		claim:    v.claim, src: v.src, plan: v.plan, firstRun: v.firstRun(), now: now, done: &v.done,
	}
}

// saveFresh records new stories batch by batch: of each batch first those that match,
// each in a transaction of its own, then the others in one.
func (r *recorder) saveFresh(ctx context.Context, fresh []store.NewStory) error {
	for batch := range slices.Chunk(fresh, saveBatch) {
		var plain []store.NewStory
		told := r.done.Alerts
		for _, n := range batch {
			matches := r.match(&n)
			if len(matches) == 0 {
				plain = append(plain, n)
				continue
			}
			if err := r.saveMatched(ctx, n, matches); err != nil {
				return err
			}
		}
		if err := r.savePlain(ctx, plain); err != nil {
			return err
		}
		if r.done.Alerts > told {
			r.Wake() // the rest of a long list is not waited for
		}
	}
	return nil
}

// match decides whether a story waits for its page, and returns the matches that
// something follows from now. Those of a story that waits are the ones that may
// alert and that its page cannot undo. A story without a date has none: its page
// may tell that it is old.
func (r *recorder) match(n *store.NewStory) []news.Match {
	matches := r.plan.Rules.Match(n.Story)
	n.FirstRun, n.Waiting = r.firstRun, needsPage(r.src, n.Story)
	if !n.Waiting {
		return matches
	}
	n.Host = news.Host(n.URL)
	if len(matches) == 0 || !r.plan.MayAlert(*n, r.now) {
		return nil
	}
	var certain []news.Match
	if !n.Published.IsZero() {
		certain = r.plan.Rules.Certain(n.Story)
	}
	if len(certain) < len(matches) {
		n.WaitUntil = r.now.Add(alertWait)
	}
	return certain
}

// savePlain records stories that nothing follows from yet.
func (r *recorder) savePlain(ctx context.Context, stories []store.NewStory) error {
	if len(stories) == 0 {
		return nil
	}
	err := r.Store.InTx(ctx, func(tx *store.Tx) error {
		if err := r.countStories(ctx, tx, len(stories)); err != nil {
			return err
		}
		for _, n := range stories {
			if err := add(ctx, tx, n); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.count(stories...)
	return nil
}

// saveMatched records a story with all that follows from its matches.
func (r *recorder) saveMatched(ctx context.Context, n store.NewStory, matches []news.Match) error {
	read, err := r.Read(ctx, n.Story)
	if err != nil {
		return err
	}
	var told int
	err = r.Store.InTx(ctx, func(tx *store.Tx) error {
		err := r.Lock(ctx, tx)
		if err == nil {
			err = r.countStories(ctx, tx, 1)
		}
		if err == nil {
			err = add(ctx, tx, n)
		}
		if err == nil {
			told, err = r.Record(ctx, tx, n, read, matches)
		}
		return err
	})
	if err != nil {
		return err
	}
	r.CountMatches(matches)
	r.count(n)
	r.done.Matched++
	r.done.Alerts += told
	return nil
}

// add records a story, and until when an alert waits for its page.
func add(ctx context.Context, tx *store.Tx, n store.NewStory) error {
	err := tx.Stories.Add(ctx, n)
	if err == nil && !n.WaitUntil.IsZero() {
		err = tx.Pages.LimitWait(ctx, n.ID, n.WaitUntil)
	}
	return err
}

// count counts stories that were recorded.
func (r *recorder) count(stories ...store.NewStory) {
	r.done.New += len(stories)
	for _, n := range stories {
		if n.Waiting {
			r.done.Waiting++
		}
	}
}

// countStories counts stories in the transaction that records them, as long as the
// claim on their source holds.
func (r *recorder) countStories(ctx context.Context, tx *store.Tx, stories int) error {
	return tx.Sources.CountStories(ctx, r.claim, stories, r.Now())
}

// needsPage reports whether a story's page is to be read before it is matched.
func needsPage(src news.Source, s *news.Story) bool {
	if news.IsGoogleNews(s.URL) {
		return false
	}
	switch src.FullText {
	case news.FullTextAlways:
		return true
	case news.FullTextNever:
		return false
	default:
		return s.Text == ""
	}
}
