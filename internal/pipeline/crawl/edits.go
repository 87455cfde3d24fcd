package crawl

import (
	"context"
	"errors"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
)

// maxEdits bounds how many edited stories of one list are compared in one
// crawl; the others are left to the next one.
const maxEdits = 100

// renewEvery is how often the claim is renewed while edits are compared.
const renewEvery = 10 * time.Second

// saveEdits records what a list says otherwise than before of stories that were
// recorded; left reports whether the list has to come again for the rest. A
// story whose page is still to be read has to wait for it. The claim on the source
// is renewed meanwhile: many long texts take a while.
func (v *Visit) saveEdits(ctx context.Context, found *identified) (left bool, err error) {
	env, compared, renewed := v.lists.Env, 0, v.lists.Now()
	for _, listed := range found.edited {
		was, err := env.Store.Looks.Get(ctx, listed.fp.Story)
		switch {
		case errors.Is(err, store.ErrNotFound): // pruned: there is nothing to compare with
			found.saves = append(found.saves, listed.fp)
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
		if now := env.Now(); now.Sub(renewed) >= renewEvery {
			if _, err := env.Store.Sources.Renew(ctx, v.claim, now); err != nil {
				return false, err
			}
			renewed = now
		}
		was.Origin = v.src.Origin
		e := compareListed(v.src, was, listed)
		e.LastSeen = v.state.Succeeded
		if len(e.Revision.Kinds) == 0 || e.Full() { // a counter ticked
			found.saves = append(found.saves, e.Print)
			continue
		}
		switch err := alert.NewRecorder(v.lists.index, v.plan, env.Now()).Revise(ctx, e); {
		case errors.Is(err, store.ErrClaimLost):
			left = true
		case err != nil:
			return false, err
		}
	}
	return left, nil
}

// compareListed says what a list changed. The text of a story that was read
// from its page is the page's business: a new headline has that looked at.
func compareListed(src news.Source, was store.Look, by editedStory) alert.Edit {
	e := alert.Edit{Was: was, FromPage: was.FromPage, Print: by.fp}
	listed := by.story
	says := *listed
	if was.FromPage {
		says.Text = ""
	}
	before := was.Headlines
	if was.Unsaid && !was.FromPage { // nobody was told of another headline than that which comes back
		before = nil
	}
	e.Revision, e.Now = revision.Compare(*was.Story, says, before)
	told := !was.FromPage && was.Text != "" && listed.Text != ""
	if len(e.Revision.Kinds) == 0 && told && !revision.Alike(was.Story, listed) {
		e.Revision, e.Now = revision.Replaced(*was.Story, *listed)
	}
	if e.Now.Text != was.Text && listed.Summary != "" {
		e.Now.Summary = listed.Summary
	}
	if e.Now.Title != was.Title && (was.FromPage || was.Text == "") && alert.HasPage(src, was.Story) {
		e.PageHost = news.Host(was.URL)
	}
	e.Judge(&says, news.ByList)
	e.Modified(listed.Modified)
	return e
}
