package replay

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Version is one state of the rules.
type Version struct {
	Set *rules.Set
}

// Options say what a backtest is to find out.
type Options struct {
	Rules   Version
	Other   *Version       // to be compared with Rules; nil is none
	News    bool           // group what matched by cluster and news
	Samples int            // stories shown of each rule, and of each kind of difference
	Zone    *time.Location // in which days begin
	// Show writes what was found in a story's fields for people; nil leaves
	// Sample.Shown empty.
	Show     func([]news.Evidence, []news.Field) []string
	Progress Progress // may be nil
}

// Report is what rules would have found.
//
// Each story counts once for a rule, whether other stories tell the same news
// or not: News says which do. The age of stories and the first crawl of their source, which keep a
// daemon from alerting, do not count; disabled rules find nothing. A story is
// taken as seen on the day it was published: a rule that was written `until` a
// day finds what was published before.
type Report struct {
	Coverage
	Rules   int          `json:"rules"`   // that are enabled
	Matches int          `json:"matches"` // of one rule with one story
	Matched int          `json:"stories_matched"`
	From    string       `json:"from,omitempty"` // the first day with a story, as in by_day
	To      string       `json:"to,omitempty"`   // the last
	ByRule  []RuleReport `json:"by_rule"`        // the enabled rules, in their order
	// News is what matched, grouped as a daemon would have alerted, in the order of
	// time; nil when that is not wanted, or was interrupted.
	News []*GroupedNews `json:"news,omitzero"`
	Diff *Diff          `json:"diff,omitempty"`
}

// RuleReport is what one rule would have found.
type RuleReport struct {
	Rule    string         `json:"rule"`
	Matches int            `json:"matches"`
	ByDay   map[string]int `json:"by_day"`  // 2006-01-02, or "undated"
	Samples []Sample       `json:"samples"` // the first
}

// Undated is the day of stories of which it is not known.
const Undated = "undated"

// Backtest leads all stories of an input through the rules. When ctx ends, or
// the input does too soon, the report is of what was read until then.
func Backtest(ctx context.Context, in Input, o Options) (r *Report, err error) {
	b := &backtest{Options: o, tallies: make([]tally, o.Rules.Set.Len())}
	if o.News {
		wider, kept, err := in.forNews()
		if err != nil {
			return b.report(), err
		}
		defer func() { err = errors.Join(err, kept.Close()) }()
		in, b.gathering = wider, newGathering(kept)
	}
	if o.Other != nil {
		b.diff = newComparison(o.Rules, *o.Other)
	}
	total, err := in.size(ctx)
	if err == nil {
		err = stream(ctx, in,
			func(p *part) tried { return b.try(in.stories(p)) },
			func(p *part, t tried) error {
				if err := b.add(p, &t); err != nil {
					return err
				}
				if o.Progress != nil {
					o.Progress(p.read, total)
				}
				return nil
			})
	}
	r = b.report()
	if grouped := b.group(ctx, r); err == nil {
		err = grouped
	}
	return r, err
}

// backtest is one under way. The goroutine that gathers writes it; workers read
// of it only what does not change, and how many samples there are.
type backtest struct {
	Options
	coverage Coverage
	matched  int
	days     days
	tallies  []tally // by rule
	diff     *comparison

	gathering *gathering // nil: news are not wanted
}

// tally counts what one rule found.
type tally struct {
	matches int
	byDay   map[day]int
	samples samples
}

// tried is what came of the stories of one part.
type tried struct {
	content
	days  days
	found []found
	notes []note
}

// found is a story that rules match.
type found struct {
	day     day
	rules   []int
	other   int       // how many of the other version match
	samples []*Sample // of those rules; nil where no more are wanted
	changes []change  // the rules that only one version matches
}

// try leads the stories of a part through the rules.
func (b *backtest) try(r content) tried {
	t := tried{content: r}
	var matched, other []int
	made := ration{}
	for _, story := range r.earlier {
		t.note(b.gathering, story, story.FirstSeen, nil)
	}
	for _, story := range r.stories {
		seen := story.FirstSeen
		story.FirstSeen = moment(story)
		today := dayOf(story.FirstSeen, b.Zone)
		t.days.include(today)
		matched = b.Rules.Set.Matched(story, matched[:0])
		t.note(b.gathering, story, seen, matched)
		f := found{day: today, rules: slices.Clone(matched)}
		if b.diff != nil {
			other = b.Other.Set.Matched(story, other[:0])
			f.other = len(other)
			f.changes = b.diff.changes(b, story, matched, other, made)
		}
		if len(f.rules)+len(f.changes) > 0 {
			f.samples = b.prove(story, matched, made)
			t.found = append(t.found, f)
		}
	}
	t.stories, t.earlier = nil, nil // they are needed no more
	return t
}

// note notes a story, if news are wanted.
func (t *tried) note(g *gathering, story *news.Story, seen time.Time, matched []int) {
	if g != nil && t.err == nil {
		var n note
		n, t.err = g.note(story, seen, matched)
		t.notes = append(t.notes, n)
	}
}

// moment is the time that a story counts for: when it was published, else when
// it was first seen.
func moment(story *news.Story) time.Time {
	if story.Published.IsZero() {
		return story.FirstSeen
	}
	return story.Published
}

// prove makes samples for the rules that want some. Only then the words are
// looked for that made them match.
func (b *backtest) prove(story *news.Story, matched []int, so ration) []*Sample {
	made := make([]*Sample, len(matched))
	var proof []news.Match
	for i, rule := range matched {
		if !so.grants(&b.tallies[rule].samples, b.Samples) {
			continue
		}
		if proof == nil {
			proof = b.Rules.Set.Match(story)
		}
		made[i] = b.sample(story, proof[i].Evidence)
	}
	return made
}

// add counts what came of a part, in its turn.
func (b *backtest) add(p *part, t *tried) error {
	if t.err != nil {
		return t.err
	}
	for i := range t.notes {
		if err := b.gathering.add(&t.notes[i]); err != nil {
			return err
		}
	}
	b.coverage.add(p, &t.content)
	b.days.include(t.days.first)
	b.days.include(t.days.last)
	for _, f := range t.found {
		if len(f.rules) > 0 {
			b.matched++
		}
		for i, rule := range f.rules {
			c := &b.tallies[rule]
			if c.byDay == nil {
				c.byDay = map[day]int{}
			}
			c.matches++
			c.byDay[f.day]++
			c.samples.take(f.samples[i], b.Samples)
		}
		if b.diff != nil {
			b.diff.add(&f, b.Samples)
		}
	}
	return nil
}

// report writes down what was counted so far.
func (b *backtest) report() *Report {
	r := &Report{Coverage: b.coverage, Matched: b.matched, ByRule: []RuleReport{}}
	if b.days.first > 0 {
		r.From, r.To = b.days.first.String(), b.days.last.String()
	}
	for i, rule := range b.Rules.Set.Rules() {
		if rule.Disabled {
			continue
		}
		c := &b.tallies[i]
		one := RuleReport{Rule: rule.Name, Matches: c.matches, ByDay: map[string]int{}, Samples: c.samples.all()}
		for d, n := range c.byDay {
			one.ByDay[d.String()] = n
		}
		r.Rules++
		r.Matches += c.matches
		r.ByRule = append(r.ByRule, one)
	}
	if b.diff != nil {
		r.Diff = b.diff.report()
	}
	return r
}
