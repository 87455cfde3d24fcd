package app

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/rules"
)

// Tried is what a rule does that somebody tries on a page.
type Tried struct {
	Wrong     []string            // a sentence, and the mistakes of the rule; then there is nothing else
	Explained []rules.Explanation // for the story
	Fields    []news.Field        // of the story
	From      time.Time           // midnight of the first of TriedDays, of which today is the last
	Report    *replay.Report      // over the stories first seen since then
	Cut       bool                // there was no time for all of these stories
	Paste     *Paste              // the rule with a test that the story makes; nil: there is nothing to paste

	version replay.Version
}

// tryWithin is how long a rule that is tried may take over the archive.
const tryWithin = 2500 * time.Millisecond

// Try tries a rule of the config, by its name, or one in YAML, on a story; nil is none.
func (w Window) Try(asked string, story *news.Story) (t Tried) {
	t.version, t.Wrong = compileTried(w.Config(), asked)
	if len(t.Wrong) > 0 || story == nil {
		return t
	}
	t.Explained, t.Fields = t.version.Set.Explain(story), story.Fields()
	if paste, ok := pasteOf(w.Config(), asked, t.version, story); ok {
		t.Paste = &paste
	}
	return t
}

// TryArchive tries what Try has compiled on the stories of TriedDays, today included.
func (w Window) TryArchive(ctx context.Context, t *Tried) (err error) {
	ctx, cancel := context.WithTimeout(ctx, tryWithin)
	defer cancel()
	t.From = firstDay(w.Now(), w.Config().Timezone, TriedDays)
	t.Report, t.Cut, err = overArchive(ctx, w.app, t.version, t.From)
	return err
}

// Story returns a story of the archive as rules see it.
func (w Window) Story(ctx context.Context, id int64) (*news.Story, error) {
	found, err := w.app.store.Stories.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	plan := w.app.pipeline.Plan()
	plan.SetOrigin(found.Story)
	return found.Story, nil
}

// ReadPage reads a story from its page on the web, as anybody may read it: without what the sources
// of its host log in with. It counts as a story of the only source there. It is nil when the page
// has no text. Of the time that ctx has it leaves what TryArchive may take.
func ReadPage(ctx context.Context, w Window, link string) (*news.Story, error) {
	if end, bounded := ctx.Deadline(); bounded {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, end.Add(-tryWithin))
		defer cancel()
	}
	plan := w.app.pipeline.Plan()
	src, _ := news.OnlySourceOn(w.Config().Sources, link)
	anybody := news.Source{DatesIn: src.DatesIn, Language: src.Language}
	page, err := plan.Crawler.Page(ctx, anybody, news.Story{URL: link})
	if err != nil || page.Text == "" {
		return nil, err
	}
	page.URL, page.Origin, page.FirstSeen = link, src.Origin, w.Now()
	return &page, nil
}

// RuleDays is how many days RuleMatches looks back, today included.
const RuleDays = 14

// RuleMatches is how often each rule matched on each of the last days, the oldest first.
func (w Window) RuleMatches(ctx context.Context, names []string) (map[string][]int64, error) {
	return w.app.store.Counts.RuleDays(ctx, names, w.FirstDay(), RuleDays)
}

// FirstDay is when the days of RuleMatches begin.
func (w Window) FirstDay() time.Time { return firstDay(w.Now(), w.Config().Timezone, RuleDays) }

// firstDay is when the first of some days begins, of which today is the last.
func firstDay(now time.Time, zone *time.Location, days int) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d-days+1, 0, 0, 0, 0, zone)
}

// RuleRecord is what is known of one rule.
type RuleRecord struct {
	Said    string // how many of its alerts were wanted
	Clauses string // YAML of what it could leave out; "" is nothing
	Matched []store.RuleMatch
}

// mostMatched is how many of its last matches are shown of a rule.
const mostMatched = 20

// RuleRecord returns what is known of a rule of the config.
func (w Window) RuleRecord(ctx context.Context, name string) (r RuleRecord, err error) {
	if r.Matched, err = w.app.store.Ways.LastMatches(ctx, name, mostMatched); err != nil {
		return r, err
	}
	record, err := feedback.Read(ctx, w.app.pipeline.Env, name)
	if err != nil {
		return r, err
	}
	r.Said = record.Precision()
	clauses, err := record.Clauses(ctx, 0)
	if len(clauses) > 0 {
		r.Clauses = strings.TrimSpace(feedback.YAML(clauses))
	}
	return r, err
}

// RuleNamed returns a rule of the config.
func (w Window) RuleNamed(name string) (rules.Rule, bool) {
	all := w.Config().Definition.Rules
	i := slices.IndexFunc(all, func(r rules.Rule) bool { return r.Name == name })
	if i < 0 {
		return rules.Rule{}, false
	}
	return all[i], true
}
