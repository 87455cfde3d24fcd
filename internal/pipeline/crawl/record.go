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

// alertWait is what an alert waits for the page of a story that its list says
// enough of.
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
			if n.Waiting || len(matches) == 0 {
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

// match matches what the list says of a story, and decides whether the story
// waits for its page.
func (r *recorder) match(n *store.NewStory) []news.Match {
	matches := r.plan.Rules.Match(n.Story)
	n.FirstRun, n.Waiting = r.firstRun, needsPage(r.src, n.Story)
	if n.Waiting {
		n.Host = news.Host(n.URL)
		if len(matches) > 0 && r.plan.MayAlert(*n, r.now) {
			n.WaitUntil = r.now.Add(alertWait)
		}
	}
	return matches
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
			err := tx.Stories.Add(ctx, n)
			if err == nil && !n.WaitUntil.IsZero() {
				err = tx.Pages.LimitWait(ctx, n.ID, n.WaitUntil)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.done.New += len(stories)
	for _, n := range stories {
		if n.Waiting {
			r.done.Waiting++
		}
	}
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
			err = tx.Stories.Add(ctx, n)
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
	r.done.New++
	r.done.Matched++
	r.done.Alerts += told
	return nil
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
