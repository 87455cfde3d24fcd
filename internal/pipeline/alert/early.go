package alert

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// refill places a story again of which more is known than what its list says. joined says
// that it has joined a cluster by the link of its page.
//
//  1. If the text of the list joined it to a cluster, it leaves that unless the page's does.
//  2. If its text is that of another cluster, both are one from now on.
//  3. If nobody else tells its news, it may be linked to another one.
//
// What was told of it stays. The transaction has locked the clusters.
func (x *SketchIndex) refill(
	ctx context.Context, tx *store.Tx, r *Compared, s *news.Story, joined bool, now time.Time,
) (placement, error) {
	byText, alone := x.stands(s.ID)
	if byText && !joined {
		return x.replace(ctx, tx, r, s, now)
	}
	row, err := r.row(s)
	if err != nil {
		return placement{}, err
	}
	at := placement{Compared: r, relation: cluster.Update}
	relation := cluster.Copy
	if !joined {
		relation, err = x.joinText(ctx, tx, r, s, &row)
	}
	if err == nil && alone && relation == cluster.Apart {
		_, at.maybe, err = x.link(ctx, tx, r, s)
	}
	if err != nil {
		return at, err
	}
	if row.Joined != "" {
		err = tx.Sketches.Save(ctx, &row)
	} else {
		err = tx.Sketches.Replace(ctx, s.ID, row.Sketch, row.Told)
	}
	if err == nil {
		at.news, err = tx.Stories.News(ctx, s.Cluster)
	}
	return at, err
}

// stands says of a story whether a text joined it to its cluster, and whether nobody else
// tells its news.
func (x *SketchIndex) stands(story int64) (byText, alone bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	k := x.sketches[story]
	if k == nil { // it is too old
		return false, false
	}
	return k.joined, k.news == k.Cluster && len(x.news[k.news]) == 1
}

// saveEarly records what its page says of a story that was told before: where else the
// rules match, and when the page is looked at again. The messages show it, and say
// so of an alert whose rules match by the list's words alone.
func (r Recorder) saveEarly(ctx context.Context, tx *store.Tx, n *completion) error {
	if err := tx.Stories.AddMatches(ctx, n.ID, n.still, r.now); err != nil { // where they stand now
		return err
	}
	id, err := tx.Stories.News(ctx, n.Cluster)
	if err != nil {
		return err
	}
	alerts, err := tx.Alerts.OfNews(ctx, id)
	if err != nil {
		return err
	}
	alerts = slices.DeleteFunc(alerts, func(a news.Alert) bool { return a.Story != n.ID })
	for _, a := range alerts {
		if err := r.doubt(ctx, tx, n, a); err != nil {
			return err
		}
	}
	if err := r.scheduleEarly(ctx, tx, n); err != nil {
		return err
	}
	return tx.Deliveries.EditNews(ctx, id, r.now, act.CoverageEvery)
}

// scheduleEarly schedules the next look at the page of a story that channels were told of
// before it was read, by alerts of its own or by those that it developed.
func (r Recorder) scheduleEarly(ctx context.Context, tx *store.Tx, n *completion) error {
	src, ok := r.plan.Sources[n.Origin.Source]
	if !ok || !HasPage(src, n.Story) {
		return nil
	}
	audience, err := tx.Alerts.Audience(ctx, n.ID, int(cluster.Development))
	if err != nil || len(audience) == 0 {
		return err
	}
	var severity news.Severity
	for i := range audience {
		severity = max(severity, audience[i].Severity)
	}
	next := NextLook(n.FirstSeen, r.now, severity)
	if next.IsZero() {
		return nil
	}
	return tx.Looks.Schedule(ctx, n.ID, news.Host(n.URL), next)
}

// doubt says of an alert that the page's own words match none of its rules, if that is
// so.
func (r Recorder) doubt(ctx context.Context, tx *store.Tx, n *completion, a news.Alert) error {
	var lost []news.Match
	for _, rule := range a.Rules {
		i := slices.IndexFunc(n.unsaid, func(m news.Match) bool { return m.Rule == rule })
		if i < 0 {
			return nil
		}
		lost = append(lost, n.unsaid[i])
	}
	_, err := r.update(ctx, tx, a, news.AboutMismatch, n.ID, notify.Mismatch{At: r.now, Lost: missingWords(lost, n.own())})
	return err
}

// own is the story in the page's own words.
func (n *FullStory) own() *news.Story {
	s := *n.Story
	s.Title, s.Titles = cmp.Or(n.Page.Title, n.Title), n.Page.Titles
	s.Summary, s.Text = n.Page.Summary, n.Page.Text
	return &s
}

// weigh sets on a story what its page makes of what was told before, by rules that are the
// same now. A page that is cut off, or that could not be read, calls nothing in question.
func (r Recorder) weigh(n *completion) {
	n.still = slices.DeleteFunc(slices.Clone(n.found), func(m news.Match) bool {
		return !slices.ContainsFunc(n.early, func(e news.Match) bool { return e.Rule == m.Rule && e.Hash == m.Hash })
	})
	if len(n.still) > 0 && n.Page.Text != "" && !n.Paywalled {
		n.unsaid = notOf(n.still, r.plan.Rules.Match(n.own()))
	}
}

// missingWords lists the words by which rules matched and which a story does not have.
func missingWords(matches []news.Match, s *news.Story) (words []string) {
	all := strings.ToLower(strings.Join(append([]string{s.Title, s.Summary, s.Text}, s.Titles...), "\n"))
	for _, m := range matches {
		for _, e := range m.Evidence {
			if !strings.Contains(all, strings.ToLower(e.Text)) && !slices.Contains(words, e.Text) {
				words = append(words, e.Text)
			}
		}
	}
	return words
}
