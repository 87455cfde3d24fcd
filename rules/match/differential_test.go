package match_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// trial is a definition, and stories made of the same words.
type trial struct {
	definition rules.Definition
	stories    []*news.Story
}

func newTrial(decisions []byte) trial {
	w := newWriter(&choices{bytes: decisions})
	return trial{w.definition(), []*news.Story{w.story(), w.story()}}
}

// differences says where a set disagrees with the reference, "" when nowhere.
func (c trial) differences() string {
	set, mistakes := rules.Compile(c.definition)
	if set == nil {
		return fmt.Sprintf("refused: %+v\n%s", mistakes, written(c.definition))
	}
	for _, s := range c.stories {
		if all := read(c.definition, s).differences(set); len(all) > 0 {
			return strings.Join(all, "\n") + "\n" + written(c.definition) + writtenStory(s)
		}
	}
	return ""
}

func (r *reading) differences(set *rules.Set) []string {
	want := r.matching()
	var all []string
	differ := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	if got := set.Matched(r.story, nil); !slices.Equal(got, want) {
		differ("Matched gives %v, the reference %v", got, want)
	}
	var got []int
	for _, m := range set.Match(r.story) {
		got = append(got, slices.IndexFunc(r.Rules, func(rule rules.Rule) bool { return rule.Name == m.Rule }))
		if len(m.Evidence) == 0 {
			differ("Match gives no evidence for %s", m.Rule)
		}
		all = append(all, r.unproven(m.Rule, m.Evidence)...)
	}
	if !slices.Equal(got, want) {
		differ("Match gives %v, the reference %v", got, want)
	}
	may := mayMatch(r.story)
	for _, rule := range want {
		if !may(set, rule) {
			differ("the index of words says that %s cannot match", set.Name(rule))
		}
	}
	for i, e := range set.Explain(r.story) {
		if e.Matched != slices.Contains(want, i) {
			differ("Explain says that %s matches is %v, the reference gives %v", e.Rule, e.Matched, want)
		}
		if e.Matched == (len(e.Failed) > 0) {
			differ("Explain says that %s matches is %v, and what fails is %v", e.Rule, e.Matched, e.Failed)
		}
		all = append(all, r.unproven(e.Rule+" explained", e.Evidence)...)
	}
	return all
}

// unproven lists the evidence that is no place of its term.
func (r *reading) unproven(rule string, evidence []news.Evidence) []string {
	var all []string
	for _, e := range evidence {
		f := slices.IndexFunc(r.fields, func(f fieldText) bool { return f.Name == e.Field && f.Variant == e.Variant })
		if f < 0 || e.Start < 0 || e.Start >= e.End || e.End > len(r.fields[f].Text) ||
			r.fields[f].Text[e.Start:e.End] != e.Text {
			all = append(all, fmt.Sprintf("%s: %+v lies nowhere", rule, e))
			continue
		}
		proves := func(p place) bool { return p.field == f && p.from == e.Start && p.to == e.End }
		if !slices.ContainsFunc(r.places(e.Term), proves) {
			all = append(all, fmt.Sprintf("%s: %+v is no place of the term", rule, e))
		}
	}
	return all
}

func FuzzDifferential(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(decisions(seed))
	}
	f.Fuzz(func(t *testing.T, decisions []byte) {
		if found := newTrial(decisions).differences(); found != "" {
			t.Error(found)
		}
	})
}

// decisions makes the bytes of a trial; they are the same for the same seed.
func decisions(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	bytes := make([]byte, 1500)
	for i := range bytes {
		bytes[i] = byte(r.Uint32())
	}
	return bytes
}

// TestDifferential tries some 20,000 pairs of a rule and a story.
func TestDifferential(t *testing.T) {
	const shards = 4
	trials := uint64(3200)
	if testing.Short() || raceDetector {
		trials /= 10
	}
	for shard := range uint64(shards) {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			for seed := shard; seed < trials; seed += shards {
				if found := newTrial(decisions(seed)).differences(); found != "" {
					t.Fatalf("seed %d: %s", seed, found)
				}
			}
		})
	}
}
