package replay

import (
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Diff is what another version of the rules would have found instead.
type Diff struct {
	Rules         int        `json:"rules"`          // of the other version, that are enabled
	Matches       int        `json:"matches"`        // of the other version
	Gained        int        `json:"gained"`         // matches that only the other version finds
	Lost          int        `json:"lost"`           // matches that it does not find any more
	StoriesGained int        `json:"stories_gained"` // that no rule matched, and one does now
	StoriesLost   int        `json:"stories_lost"`   // that no rule matches any more
	ByRule        []RuleDiff `json:"by_rule"`        // those that differ
}

// RuleDiff is how one rule differs.
type RuleDiff struct {
	Rule          string   `json:"rule"`
	Change        Change   `json:"change,omitempty"`
	Was           string   `json:"was,omitempty"` // the name before it was renamed
	Gained        int      `json:"gained"`
	Lost          int      `json:"lost"`
	GainedSamples []Sample `json:"gained_samples"` // the first, with the words that do it now, and why it did not match before
	LostSamples   []Sample `json:"lost_samples"`   // the first, with the words that did it, and why it does not match now
}

// Change is what happened to a rule as a whole.
type Change string

// The changes; a rule that is in both versions has none.
const (
	Added   Change = "added"
	Removed Change = "removed"
	Renamed Change = "renamed" // another name for the same meaning
)

// comparison is a comparison under way.
type comparison struct {
	before, after Version
	pairs         []*rulePair
	ofBefore      []int // the pair of each rule
	ofAfter       []int
	matches       int // after
	gained, lost  int // stories
}

// rulePair is a rule in both versions, -1 where it is not.
type rulePair struct {
	RuleDiff
	before, after int
	gained, lost  samples
}

func newComparison(before, after Version) *comparison {
	old, now := before.Set.Rules(), after.Set.Rules()
	c := &comparison{before: before, after: after, ofBefore: make([]int, len(old)), ofAfter: make([]int, len(now))}
	names, meanings := unpaired(before, after)
	for i, r := range old {
		p := &rulePair{RuleDiff: RuleDiff{Rule: r.Name, Change: Removed}, before: i, after: -1}
		if j, there := names[r.Name]; there {
			p.after, p.Change = j, ""
		} else if j, there := meanings[before.meaning(i, &r)]; there {
			p.after, p.Change, p.Rule, p.Was = j, Renamed, now[j].Name, r.Name
			delete(meanings, before.meaning(i, &r)) // a second one like it is removed
		}
		if p.after >= 0 {
			delete(names, p.Rule)
		}
		c.put(p)
	}
	for j, r := range now {
		if _, left := names[r.Name]; left {
			c.put(&rulePair{RuleDiff: RuleDiff{Rule: r.Name, Change: Added}, before: -1, after: j})
		}
	}
	return c
}

// unpaired returns the rules of the version after by their name and, where it is
// a new name, by their meaning.
func unpaired(before, after Version) (names, meanings map[string]int) {
	had := map[string]bool{}
	for _, r := range before.Set.Rules() {
		had[r.Name] = true
	}
	names, meanings = map[string]int{}, map[string]int{}
	for j, r := range after.Set.Rules() {
		if names[r.Name] = j; !had[r.Name] {
			meanings[after.meaning(j, &r)] = j
		}
	}
	return names, meanings
}

func (c *comparison) put(p *rulePair) {
	if p.before >= 0 {
		c.ofBefore[p.before] = len(c.pairs)
	}
	if p.after >= 0 {
		c.ofAfter[p.after] = len(c.pairs)
	}
	c.pairs = append(c.pairs, p)
}

// meaning names what decides which stories a rule matches.
func (v Version) meaning(i int, r *rules.Rule) string {
	return fmt.Sprintf("%s %d %t", v.Set.Hash(i), r.Until.Unix(), r.Disabled)
}

// change is a rule that only one version matches in a story.
type change struct {
	pair   int
	gained bool
	sample *Sample // nil where no more are wanted
}

// side is one version in a comparison, and the rules of it that match a story.
type side struct {
	set     *rules.Set
	pairs   []int // by rule
	matched []int
	rule    func(*rulePair) int
}

// changes compares which rules match a story.
func (c *comparison) changes(b *backtest, story *news.Story, before, after []int, made ration) []change {
	was := side{c.before.Set, c.ofBefore, before, func(p *rulePair) int { return p.before }}
	is := side{c.after.Set, c.ofAfter, after, func(p *rulePair) int { return p.after }}
	sample := sampling{backtest: b, story: story, made: made}
	return append(c.only(is, was, true, &sample), c.only(was, is, false, &sample)...)
}

// sampling takes samples of a story while a rule has few of them.
type sampling struct {
	*backtest
	story *news.Story
	made  ration
}

// only returns the rules that match a story on one side alone.
func (c *comparison) only(one, other side, gained bool, s *sampling) (all []change) {
	var proof []news.Match
	for i, rule := range one.matched {
		p := c.pairs[one.pairs[rule]]
		there := other.rule(p)
		if there >= 0 && slices.Contains(other.matched, there) {
			continue
		}
		change := change{pair: one.pairs[rule], gained: gained}
		if s.made.grants(p.samples(gained), s.Samples) {
			if proof == nil {
				proof = one.set.Match(s.story)
			}
			change.sample = s.sample(s.story, proof[i].Evidence)
			if there >= 0 {
				change.sample.Failed = failed(other.set, there, s.story)
			}
		}
		all = append(all, change)
	}
	return all
}

// failed says why a rule does not match a story.
func failed(set *rules.Set, rule int, story *news.Story) []rules.Failed {
	for _, e := range set.Explain(story, set.Name(rule)) {
		return e.Failed
	}
	return nil
}

func (p *rulePair) samples(gained bool) *samples {
	if gained {
		return &p.gained
	}
	return &p.lost
}

// add counts what differs in one story, in its turn.
func (c *comparison) add(f *found, most int) {
	c.matches += f.other
	if len(f.rules) == 0 {
		c.gained++
	} else if f.other == 0 {
		c.lost++
	}
	for _, one := range f.changes {
		p := c.pairs[one.pair]
		if one.gained {
			p.Gained++
		} else {
			p.Lost++
		}
		p.samples(one.gained).take(one.sample, most)
	}
}

func (c *comparison) report() *Diff {
	d := &Diff{Matches: c.matches, StoriesGained: c.gained, StoriesLost: c.lost, ByRule: []RuleDiff{}}
	for _, r := range c.after.Set.Rules() {
		if !r.Disabled {
			d.Rules++
		}
	}
	for _, p := range c.pairs {
		d.Gained += p.Gained
		d.Lost += p.Lost
		if p.Change == "" && p.Gained+p.Lost == 0 {
			continue
		}
		one := p.RuleDiff
		one.GainedSamples, one.LostSamples = p.gained.all(), p.lost.all()
		d.ByRule = append(d.ByRule, one)
	}
	return d
}
