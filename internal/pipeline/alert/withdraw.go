package alert

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Judge says, by what a page or a list has as the story now, whether the outlet stands by
// it. The words of a story that was withdrawn stay as they were: a notice in their place is
// no edit. A story stands again when what said that it was withdrawn tells it again,
// without a notice; a page in its place that says nothing of it does not count.
func (e *Edit) Judge(says *news.Story, by news.Witness) {
	kind, notice := revision.Notice(e.Was.Story, says)
	stands := revision.Stands(e.Was.Story, says)
	e.Stands = by == news.ByPage && kind == "" && stands
	switch {
	case kind.Withdraws() > e.Was.How.Withdraws():
		e.Withdraw(kind, by)
		e.Notice = notice
	case kind != "", !e.Was.Withdrawn.IsZero() && e.Was.By == by && !stands:
		e.Revision.Kinds, e.Now = nil, *e.Was.Story
	case !e.Was.Withdrawn.IsZero() && e.Was.By == by:
		e.Revision.Kinds = append(e.Revision.Kinds, news.RevisedRestored)
		e.Revision.Title, e.Revision.Text = e.Was.Title, e.Was.Text
	}
}

// Withdraw makes an edit one that withdraws the story.
func (e *Edit) Withdraw(kind news.RevisionKind, by news.Witness) {
	e.Now = *e.Was.Story
	e.Revision = news.Revision{Kinds: []news.RevisionKind{kind}, Title: e.Was.Title, Text: e.Was.Text, By: by}
}

// withdrawal returns the kind in which an edit withdraws the story; "" when it does not.
func (e *Edit) withdrawal() news.RevisionKind { return withdrawalOf(e.Revision.Kinds) }

func withdrawalOf(kinds []news.RevisionKind) news.RevisionKind {
	if i := slices.IndexFunc(kinds, func(k news.RevisionKind) bool { return k.Withdraws() > 0 }); i >= 0 {
		return kinds[i]
	}
	return ""
}

// withdrawn is what a channel is told of a withdrawal.
func (e *Edit) withdrawn(kind news.RevisionKind, outlet string, now time.Time) notify.Withdrawal {
	w := notify.Withdrawal{
		How: notify.HowOf(kind), Outlet: outlet, Status: e.Status, Stood: e.Was.Stood, At: now, Notice: e.Notice,
	}
	if e.LastSeen.After(w.Stood) {
		w.Stood = e.LastSeen
	}
	return w
}

// tellStanding has a channel told that a story was withdrawn, or stands again. Of this, what
// nobody has tried to send is taken back: a channel that was not told that a story was withdrawn is
// not told that it is restored, and what it knows is not said again. It returns whether the
// channel is told.
func tellStanding(ctx context.Context, tx *store.Tx, r Recorder, e *Edit, on news.Alert) (tells bool, err error) {
	for _, about := range []news.About{news.AboutWithdrawn, news.AboutRestored} {
		if err := tx.Deliveries.TakeBackAll(ctx, on.ID, e.Was.ID, about, "its outlet thought again", r.now); err != nil {
			return false, err
		}
	}
	known, err := tx.Deliveries.Standing(ctx, on.ID, e.Was.ID)
	if err != nil {
		return false, err
	}
	var told notify.Withdrawal
	if known.About == news.AboutWithdrawn {
		if err := readUpdate(known, &told); err != nil {
			return false, err
		}
	}
	outlet := notify.PieceOf(e.Was.Story).Source
	says := e.withdrawn(e.withdrawal(), outlet, r.now)
	switch {
	case e.withdrawal() == "" && known.About != news.AboutWithdrawn:
		return false, nil
	case e.withdrawal() == "":
		_, err = r.update(ctx, tx, on, news.AboutRestored, e.Was.ID, notify.Restoration{
			How: notify.HowOf(e.Was.How), Outlet: outlet, Gone: e.Was.Withdrawn, At: r.now,
		})
	case known.About == news.AboutWithdrawn && told.How == says.How && told.Notice == says.Notice:
		return false, nil
	default:
		_, err = r.update(ctx, tx, on, news.AboutWithdrawn, e.Was.ID, says)
	}
	return true, err
}

// showInReports has the replies that told of a story show that it was withdrawn, or stands
// again, and the messages of its news no longer count it, or count it again.
func showInReports(ctx context.Context, tx *store.Tx, s *news.Story, now time.Time) error {
	if err := tx.Deliveries.EditReports(ctx, s.ID, now); err != nil {
		return err
	}
	id, err := tx.Stories.News(ctx, s.Cluster)
	if err != nil {
		return err
	}
	return tx.Deliveries.EditNews(ctx, id, now, 0)
}

// tellLinked has the channels told, in the threads of other news that may be the same, that a
// story was withdrawn, or that it stands again: each of what came after the story, once.
func tellLinked(ctx context.Context, tx *store.Tx, r Recorder, e *Edit) error {
	id, err := tx.Stories.News(ctx, e.Was.Cluster)
	if err != nil {
		return err
	}
	l := notify.Linked{How: notify.HowOf(e.withdrawal()), Outlet: notify.PieceOf(e.Was.Story).Source, At: r.now}
	if l.Back = l.How == ""; l.Back {
		l.How = notify.HowOf(e.Was.How)
	}
	alerts, err := tx.Alerts.Linked(ctx, e.Was.Story, id, l.Back)
	for i := range alerts {
		if _, err := r.update(ctx, tx, alerts[i], news.AboutLinked, e.Was.ID, l); err != nil {
			return err
		}
	}
	return err
}

// withdrawnFor is how long after an alert a notice that is a story of its own is looked for.
const withdrawnFor = 72 * time.Hour

// withdrawOthers withdraws the alerted stories that a new one of the same outlet is a
// notice of, such as "KILL: " before their headline. It returns the channels that are told:
// the notice needs no further alert there.
func (r Recorder) withdrawOthers(ctx context.Context, tx *store.Tx, s *news.Story) (told []string, err error) {
	if !revision.HeadsNotice(s.Title) {
		return nil, nil
	}
	alerted, err := tx.Stories.Alerted(ctx, s, r.now.Add(-withdrawnFor))
	if err != nil {
		return nil, err
	}
	for i := range alerted {
		e := Edit{Was: alerted[i], Now: *alerted[i].Story, Notice: s.Title}
		kind := revision.NoticeOf(e.Was.Story, s)
		if kind.Withdraws() <= e.Was.How.Withdraws() {
			continue
		}
		e.Withdraw(kind, news.ByStory)
		e.Revision.Seen = r.now
		if err := tx.Stories.Revise(ctx, &e.Now, e.Revision, e.Was.FromPage); err != nil {
			return nil, err
		}
		audience, err := tx.Alerts.Audience(ctx, e.Was.ID, int(cluster.Development))
		if err != nil {
			return nil, err
		}
		if _, err := r.tellAudience(ctx, tx, &e, reread{}); err != nil {
			return nil, err
		}
		for i := range audience {
			told = append(told, audience[i].Channel)
		}
	}
	return told, nil
}
