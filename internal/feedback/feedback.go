// Package feedback says what people's answers tell of a rule. Read returns the record of a
// rule: its alerts, and what people said of each. Record.Clauses proposes what the rule
// should never take, tried on these alerts; a Teller has whoever edits the rules told once a
// week.
//
// It changes no rule and stores nothing but when it told whom.
package feedback

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

const (
	// Over is the time whose alerts are looked at.
	Over = 30 * 24 * time.Hour

	enough   = 10  // answers, from which on a percentage says something
	mostRead = 500 // alerts of a rule, the newest
)

// Record is what people said of the alerts of a rule.
type Record struct {
	Rule   string
	Counts store.RuleAnswers
	Since  time.Time // when the time of these alerts begins

	alerts []store.RuleAlert
	now    time.Time
	plan   *act.Plan
	from   *store.Store
}

// Read reads the record of a rule over the last 30 days.
func Read(ctx context.Context, env *act.Env, rule string) (*Record, error) {
	now := env.Now()
	r := &Record{Rule: rule, Since: now.Add(-Over), now: now, plan: env.Plan(), from: env.Store}
	var err error
	if r.alerts, err = env.Store.Answers.OfRule(ctx, rule, r.Since, mostRead); err != nil {
		return nil, err
	}
	if len(r.alerts) == mostRead {
		r.Since = r.alerts[mostRead-1].Created
	}
	for _, a := range r.alerts {
		r.Counts.Add(a)
	}
	return r, nil
}

// days is how long a record goes back, in days.
func (r *Record) days() int { return int((r.now.Sub(r.Since) + 12*time.Hour) / (24 * time.Hour)) }

// Precision says how many alerts of the rule were wanted: "41 alerts in 30 days, 38 got, 3
// not relevant, 0 unanswered; 92 % of the answered ones were wanted".
func (r *Record) Precision() string {
	n := r.Counts
	said := fmt.Sprintf("%s in %s, %d got, %d not relevant, %d unanswered", text.Many(n.Alerts, "alert"),
		text.Many(r.days(), "day"), n.Got, n.Irrelevant, n.Unanswered())
	if answered := n.Got + n.Irrelevant; answered >= enough {
		said += fmt.Sprintf("; %d %% of the answered ones were wanted", 100*n.Got/answered)
	}
	return said
}

// told is a story of the rule's alerts, and what people said of those.
type told struct {
	story           *news.Story
	alerts          int
	got, irrelevant bool
}

// stories reads the stories of a record whose texts are kept, the newest first. The alert
// about counts as irrelevant.
func (r *Record) stories(ctx context.Context, about int64) ([]*told, error) {
	ids := make([]int64, len(r.alerts))
	for i := range r.alerts {
		ids[i] = r.alerts[i].Story
	}
	stories, err := r.from.Stories.Some(ctx, ids)
	if err != nil {
		return nil, err
	}
	var all []*told
	byStory := map[int64]*told{}
	kept := r.now.Add(-r.plan.Retention)
	for i, story := range stories {
		a := &r.alerts[i]
		t := byStory[a.Story]
		if t == nil {
			if story == nil || r.plan.Retention > 0 && story.FirstSeen.Before(kept) {
				r.Since = maxTime(r.Since, a.Created)
				continue
			}
			r.plan.SetOrigin(story)
			t = &told{story: story}
			byStory[a.Story] = t
			all = append(all, t)
		}
		t.alerts++
		t.got = t.got || a.Got
		t.irrelevant = t.irrelevant || a.Irrelevant || a.ID == about
	}
	return all, nil
}

func maxTime(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// definition is the rule with what it refers to; ok is false when there is none of its name.
func (r *Record) definition() (rule rules.Rule, ok bool) {
	i := slices.IndexFunc(r.plan.Definition.Rules, func(one rules.Rule) bool { return one.Name == r.Rule })
	if i < 0 {
		return rule, false
	}
	rule = r.plan.Definition.Rules[i]
	rule.Tests, rule.Disabled, rule.Until = nil, false, time.Time{}
	return rule, true
}
