package cluster

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// paragraphs writes a text whose words are its own.
func paragraphs(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "The council of Village%d heard farmer Smith%d explain why barn%d had burnt and what roof%d would cost. ", i, i, i, i)
	}
	return b.String()
}

// TestClusterDoesNotWander plays a text that changes a little with each version
// for a week: who joins has to be near the first one, or near one that is.
func TestClusterDoesNotWander(t *testing.T) {
	var k Sketcher
	x, clusters := NewTextIndex(), map[int64]*Cluster{}
	of := func(id int64) *Cluster { return clusters[id] }
	for i := range 56 { // every three hours
		s := k.Sketch(&news.Story{
			ID: int64(i + 1), Title: "Village councils discuss barns", Text: paragraphs(3*i, 3*i+20), Language: "en",
			Outlet: fmt.Sprint("outlet", i), FirstSeen: noon.Add(time.Duration(i) * 3 * time.Hour),
		})
		d, at := Find(x, s, of)
		if at == nil {
			s.Cluster = s.Story
			clusters[s.Cluster] = &Cluster{First: s}
		} else {
			s.Cluster, s.Indirect, at.Newest = at.First.Cluster, d.With != at.First, s
			if gap := s.Seen.Sub(at.First.Seen); gap > Window {
				t.Errorf("a story joins %s after the first", gap)
			}
			if m := measure(at.First, s, nil); m.Text < 0.1 && !s.Indirect {
				t.Errorf("a story joins that shares %d %% with the first", percent(m.Text))
			}
		}
		x.Add(s)
	}
	if len(clusters) < 4 {
		t.Errorf("%d clusters of a week, want more", len(clusters))
	}
}

// TestHostileOutlet copies a rival's text to be merged with it, and then changes
// it: what it says then is no part of the cluster, nor is what is like it.
func TestHostileOutlet(t *testing.T) {
	var k Sketcher
	story := func(id int64, outlet, text string, after time.Duration) *Sketch {
		return k.Sketch(&news.Story{
			ID: id, Title: "Barns burn in twenty villages", Text: text, Language: "en", Outlet: outlet, FirstSeen: noon.Add(after),
		})
	}
	first := story(1, "Honest Post", paragraphs(0, 20), 0)
	copied := story(2, "Copycat", paragraphs(0, 20), time.Hour)
	if d := Join(first, nil, copied); d.Relation != Copy {
		t.Fatalf("%s: %s", d.Relation, d.Why)
	}
	changed := story(2, "Copycat", paragraphs(100, 120), 2*time.Hour)
	if d := Join(first, nil, changed); d.Relation.Joins() {
		t.Errorf("the changed text stays: %s", d.Why)
	}
	changed.Indirect = true // what the caller notes of a member that is not like the first one
	like := story(3, "Another", paragraphs(100, 120), 3*time.Hour)
	if d := Join(first, []*Sketch{changed}, like); d.Relation.Joins() {
		t.Errorf("it draws others in: %s", d.Why)
	}
}

func TestMemberBridges(t *testing.T) {
	var k Sketcher
	story := func(id int64, from, to int) *Sketch {
		return k.Sketch(&news.Story{
			ID: id, Title: "Barns burn", Text: paragraphs(from, to), Language: "en", Outlet: fmt.Sprint(id),
			FirstSeen: noon.Add(time.Duration(id) * time.Hour),
		})
	}
	first, second, third := story(1, 0, 20), story(2, 10, 40), story(3, 22, 40)
	if d := Join(first, nil, third); d.Relation.Joins() {
		t.Errorf("joins without a bridge: %s", d.Why)
	}
	if d := Join(first, []*Sketch{second}, third); d.Relation != Copy || d.With != second || d.Why.Rule != RuleMember {
		t.Errorf("does not join by a member: %s %s", d.Relation, d.Why)
	}
}

// TestHistory wants what stood before the origin of a text to count, and what
// came after it not to.
func TestHistory(t *testing.T) {
	var k Sketcher
	tell := func(id int64, before time.Duration, text string) *news.Story {
		return &news.Story{ID: id, Title: "Barns burn", Text: text, Language: "en", Outlet: "Post", FirstSeen: noon.Add(-before)}
	}
	first := k.Sketch(tell(100, 0, paragraphs(0, 20)))
	rareOf := func(earlier ...*news.Story) float64 {
		h := NewHistory(first)
		for _, s := range earlier {
			h.Add(s)
		}
		return measure(first, first, h.Rarity()).Rare
	}
	for _, c := range []struct {
		name     string
		earlier  []*news.Story
		min, max float64
	}{
		{"nothing", nil, 1, 1},
		{"half of it last week", []*news.Story{tell(1, 7*24*time.Hour, paragraphs(0, 10))}, .4, .6},
		{"three weeks ago", []*news.Story{tell(1, 21*24*time.Hour, paragraphs(0, 20))}, 1, 1},
		{"later", []*news.Story{tell(1, -time.Hour, paragraphs(0, 20))}, 1, 1},
		{"an origin that matched nothing, an hour before", []*news.Story{tell(1, time.Hour, paragraphs(0, 20))}, 1, 1},
		{"an origin, and a report that quotes it", []*news.Story{
			tell(1, 5*time.Hour, paragraphs(0, 20)), tell(2, 4*time.Hour, paragraphs(0, 5)+paragraphs(50, 80)),
		}, 1, 1},
		{"a template of every day", []*news.Story{
			tell(1, 24*time.Hour, paragraphs(0, 20)), tell(2, 48*time.Hour, paragraphs(0, 20)),
			tell(3, 72*time.Hour, paragraphs(0, 20)), tell(4, 96*time.Hour, paragraphs(0, 20)),
		}, 0, 0},
	} {
		if got := rareOf(c.earlier...); got < c.min || got > c.max {
			t.Errorf("%s: %.2f of the text is rare", c.name, got)
		}
		slices.Reverse(c.earlier)
		if got := rareOf(c.earlier...); got < c.min || got > c.max {
			t.Errorf("%s, in the other order: %.2f of the text is rare", c.name, got)
		}
	}
	r := wholeHistory(first, nil)
	if !r.Whole || !r.Knows("Post") || r.Knows("Another") || r.Stories != leastHistory {
		t.Errorf("history %+v", r)
	}
}

func TestLateAndMarked(t *testing.T) {
	var k Sketcher
	tell := func(id int64, title, outlet string, after time.Duration) *Sketch {
		return k.Sketch(&news.Story{
			ID: id, Title: title, Text: paragraphs(0, 20), Language: "en", Outlet: outlet, FirstSeen: noon.Add(after),
		})
	}
	first := tell(1, "Barns burn in Kessel", "AP", 0)
	for _, c := range []struct {
		title, outlet string
		after         time.Duration
		want          Relation
		rule          Rule
	}{
		{"Barns burn in Kessel", "Post", time.Hour, Copy, RuleNew},
		{"Barns burn in Kessel", "Post", 73 * time.Hour, Apart, RuleLate},
		{"CORRECTED-Barns burn in Kessel", "AP", time.Hour, Update, RuleMarked},
		{"RPT-Barns burn in Kessel", "AP", time.Hour, Copy, RuleMarked},
		{"CORRECTED-Barns burn in Kessel", "Post", time.Hour, Copy, RuleNew}, // not its own story
	} {
		s := tell(2, c.title, c.outlet, c.after)
		if d := Join(first, nil, s); d.Relation != c.want || d.Why.Rule != c.rule {
			t.Errorf("%s by %s after %s: %s by %s, want %s by %s", c.title, c.outlet, c.after, d.Relation, d.Why.Rule, c.want, c.rule)
		}
	}
}

func TestWhy(t *testing.T) {
	w := Why{Rule: RuleRare, Measures: Measures{Text: .62, Rare: .55, Facts: .8}}
	w.Names, w.Numbers = []string{"roca"}, []string{"14"}
	want := "62 % of the shorter text shared · 55 % in no earlier story · 80 % of the facts · both name: roca · numbers of both: 14"
	if got := w.String(); got != want {
		t.Errorf("got %q", got)
	}
}
