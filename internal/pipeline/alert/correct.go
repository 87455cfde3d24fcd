package alert

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// tellAudience has every channel that was shown a story told what its outlet did to it,
// and has the messages show it. It returns how many channels are told.
func (r Recorder) tellAudience(ctx context.Context, tx *store.Tx, e *Edit, said reread) (told int, err error) {
	audience, err := tx.Alerts.Audience(ctx, e.Was.ID, int(cluster.Development))
	if err != nil {
		return 0, err
	}
	for i := range audience {
		tells, err := r.tellEdit(ctx, tx, e, said, &audience[i])
		if err != nil {
			return told, err
		}
		if tells {
			told++
		}
		if err := tx.Deliveries.Edit(ctx, audience[i].ID, r.now, 0); err != nil {
			return told, err
		}
	}
	if e.withdrawal() != "" || e.is(news.RevisedRestored) {
		err := showInReports(ctx, tx, e.Was.Story, r.now)
		if err == nil {
			err = tellLinked(ctx, tx, r, e)
		}
		return told, err
	}
	return told, nil
}

// tellEdit has one channel told of an edit.
func (r Recorder) tellEdit(
	ctx context.Context, tx *store.Tx, e *Edit, said reread, to *store.Audience,
) (tells bool, err error) {
	withdrawn := e.withdrawal() != ""
	if withdrawn || e.is(news.RevisedRestored) {
		tells, err = tellStanding(ctx, tx, r, e, to.Alert)
	}
	if err != nil || withdrawn {
		return tells, err
	}
	_, raised, err := tx.Deliveries.Shown(ctx, to.ID, news.AboutRaised, r.now.Add(-time.Millisecond))
	if err != nil || !e.worthTelling(said, to, raised > 0) {
		return tells, err
	}
	return true, r.tellCorrection(ctx, tx, e, to.Alert, notify.Correction{
		Outlet: notify.PieceOf(e.Was.Story).Source, At: r.now, Was: e.headlineBefore(), Changes: e.Revision.Changes,
		Lost: said.lostBy(to.Rules), Noted: e.is(news.RevisedCorrected),
	})
}

// worthTelling reports whether a channel is told of an edit, which else only its message
// shows:
//
//  1. A message that nobody has tried to send says what the story says by then. A digest
//     has long gone by: only what the outlet itself calls a correction is told. So it is
//     where the edit raised the alert, which tells all of the story again.
//  2. A new headline and a note of correction are told, and so is an edit after which a
//     rule of the alert does not match any more, or which says other numbers.
//  3. In an alert of severity high or urgent an edit of what stood in the story's text is
//     told. What was only added to it is not: stories grow all day.
func (e *Edit) worthTelling(said reread, to *store.Audience, raised bool) bool {
	switch {
	case to.Unposted:
		return false
	case e.is(news.RevisedCorrected):
		return true
	case to.InDigest, raised:
		return false
	case e.is(news.RevisedHeadline):
		return true
	case !e.is(news.RevisedText):
		return false
	case slices.ContainsFunc(said.ended, func(rule string) bool { return slices.Contains(to.Rules, rule) }):
		return true
	}
	return e.changesNumbers() || to.Severity >= news.High && slices.ContainsFunc(e.Revision.Changes, replaces)
}

// is reports whether an edit is of a kind.
func (e *Edit) is(kind news.RevisionKind) bool { return slices.Contains(e.Revision.Kinds, kind) }

// headlineBefore is the headline before the edit; "" if it is the same.
func (e *Edit) headlineBefore() string {
	if e.is(news.RevisedHeadline) {
		return e.Was.Title
	}
	return ""
}

// replaces reports whether a change is one of words that stood in the text, and not of
// sentences that were added.
func replaces(c news.Change) bool {
	return c.Field == news.FieldBody && (c.Went != "" || c.Before != "" && c.After != "")
}

// changesNumbers reports whether an edit says another number in place of one, or whether
// headline and lead count or say something else.
func (e *Edit) changesNumbers() bool {
	if slices.ContainsFunc(e.Revision.Changes, func(c news.Change) bool {
		went, came := numbers(c.Went), numbers(c.Came)
		return went != "" && came != "" && went != came
	}) {
		return true
	}
	was, now := cluster.TellOf(e.Was.Story), cluster.TellOf(&e.Now)
	for what, n := range was.Counts {
		if is, ok := now.Counts[what]; ok && is != n {
			return true
		}
	}
	return !slices.Equal(was.Outcomes, now.Outcomes)
}

// numbers are the numbers of some words.
func numbers(words string) string {
	return strings.Join(strings.FieldsFunc(words, func(r rune) bool { return !unicode.IsDigit(r) }), " ")
}

// tellCorrection has a channel told of a correction. One that is still to be sent takes it
// in: it tells what changed from the first edit to the last. Between two of them passes the
// time that passes between developments, except before one that the outlet calls a
// correction.
func (r Recorder) tellCorrection(ctx context.Context, tx *store.Tx, e *Edit, on news.Alert, c notify.Correction) error {
	last, today, err := tx.Deliveries.Shown(ctx, on.ID, news.AboutCorrected, r.now.Add(-24*time.Hour))
	if err != nil {
		return err
	}
	unsent, err := tx.Deliveries.UnsentUpdate(ctx, on.ID, e.Was.ID, news.AboutCorrected)
	if err != nil {
		return err
	}
	due := nextDevelopment(r.now, last, today)
	if unsent.ID != 0 {
		changed, err := merge(ctx, tx, e, &unsent, &c)
		if err != nil {
			return err
		}
		if !changed {
			return tx.Deliveries.TakeBack(ctx, unsent.ID, "the outlet changed the story back", r.now)
		}
		due = unsent.Due
	}
	if c.Noted {
		due = r.now
	}
	text, err := encode(on, c)
	if err != nil {
		return err
	}
	if unsent.ID != 0 {
		return tx.Deliveries.Reword(ctx, unsent.ID, text, due)
	}
	_, err = tx.Deliveries.AddUpdate(ctx, news.Delivery{
		Alert: on.ID, Story: e.Was.ID, Channel: on.Channel, Kind: news.DeliverUpdate, About: news.AboutCorrected,
		Severity: on.Severity, State: news.StatePending, Text: text, Due: due, Created: r.now,
	})
	return err
}

// merge makes a correction one of all that changed since the first edit that an update
// tells of, which is as old as the update. It reports whether anything is left to tell.
func merge(
	ctx context.Context, tx *store.Tx, e *Edit, unsent *news.Delivery, c *notify.Correction,
) (changed bool, err error) {
	var before notify.Correction
	if err := readUpdate(*unsent, &before); err != nil {
		return false, err
	}
	revisions, err := tx.Stories.Revisions(ctx, e.Was.ID)
	if err != nil {
		return false, err
	}
	c.Noted = c.Noted || before.Noted
	c.Lost = slices.Concat(before.Lost, missing(c.Lost, before.Lost))
	for i := range revisions {
		if revisions[i].Seen.Before(unsent.Created) {
			continue
		}
		first := *e.Was.Story
		first.Title = revisions[i].Title
		if first.Text != "" {
			first.Text = revisions[i].Text
		} else {
			first.Summary = revisions[i].Text
		}
		all, _ := revision.Compare(first, e.Now, nil)
		c.Changes, c.Was = all.Changes, ""
		if slices.Contains(all.Kinds, news.RevisedHeadline) {
			c.Was = first.Title
		}
		return len(all.Kinds) > 0 || c.Noted, nil
	}
	return true, nil
}
