package cluster

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
)

// nothingBefore learns that no story stood before.
func nothingBefore(first *Sketch, outlets ...string) (*Rarity, error) {
	return NewHistory(first, outlets...).Rarity(), nil
}

// TestGrouping places the stories of a week: copies join, other words are linked,
// what comes after 72 hours begins anew.
func TestGrouping(t *testing.T) {
	barns := func(outlet string) *news.Story {
		return &news.Story{Outlet: outlet, Language: "en", Title: "Villages discuss barns", Text: paragraphs(0, 20)}
	}
	herat := func(outlet, text string) *news.Story {
		return &news.Story{Outlet: outlet, Language: "en", Title: "Earthquake kills 41 near Herat in Afghanistan", Text: text}
	}
	week := []struct {
		story *news.Story
		after time.Duration
	}{
		{barns("a"), 0},
		{herat("b", "Rescuers dug through mud houses in Zindah Jan after a magnitude 6.3 earthquake struck Herat, Mullah Janan Sayeeq said."), time.Hour},
		{barns("c"), 2 * time.Hour},
		{herat("d", "Mullah Janan Sayeeq told reporters that 41 people had died and that tents were on their way to the Zindah Jan district of Herat."), 3 * time.Hour},
		{barns("e"), 74 * time.Hour},
		{barns("f"), 75 * time.Hour},
	}
	var k Sketcher
	asked := map[int64]int{}
	g := NewGrouping(func(first *Sketch, outlets ...string) (*Rarity, error) {
		asked[first.Story]++
		return nothingBefore(first, outlets...)
	})
	var got []string
	for i, one := range week {
		one.story.ID, one.story.FirstSeen = int64(i+1), noon.Add(one.after)
		p, err := g.Place(k.Sketch(one.story))
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprintf("cluster %d, news %d, %s, %s", p.Cluster, p.News, p.Joined.Relation, p.Linked.Relation))
	}
	want := []string{
		"cluster 1, news 1, apart, apart", "cluster 2, news 2, apart, apart", "cluster 1, news 1, copy, apart",
		"cluster 3, news 2, apart, link", "cluster 4, news 3, apart, apart", "cluster 4, news 3, copy, apart",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if asked[1] != 2 || asked[5] != 1 {
		t.Errorf("what stood before was asked for so often, by story: %v", asked)
	}
}

// A story that is entered under its link belongs to its cluster, and others join it
// there. One whose cluster is gone is entered nowhere.
func TestGroupingEnters(t *testing.T) {
	var k Sketcher
	g := NewGrouping(nothingBefore)
	sketch := func(id int64, outlet, text string, after time.Duration) *Sketch {
		return k.Sketch(&news.Story{ID: id, Outlet: outlet, Title: "Barns", Text: text, Language: "en", FirstSeen: noon.Add(after)})
	}
	first, err := g.Place(sketch(1, "a", paragraphs(0, 20), 0))
	if err != nil {
		t.Fatal(err)
	}
	g.Enter(sketch(2, "b", paragraphs(40, 60), time.Hour), first.Cluster)
	p, err := g.Place(sketch(3, "c", paragraphs(40, 60), 2*time.Hour))
	if err != nil || p.Cluster != first.Cluster || p.News != first.News {
		t.Errorf("%+v, %v", p, err)
	}
	late := sketch(4, "d", paragraphs(0, 20), 200*time.Hour)
	if _, err := g.Place(sketch(5, "e", paragraphs(60, 80), 200*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if g.Enter(late, first.Cluster); len(g.held) != 1 || g.text.Len() != 1 || len(g.clusters) != 1 {
		t.Errorf("%d stories of %d clusters are held", len(g.held), len(g.clusters))
	}
}

// However many stories match, a Grouping holds no more than it may.
func TestGroupingIsBounded(t *testing.T) {
	g := NewGrouping(nothingBefore)
	for i := range int64(mostHeld + 100) {
		if _, err := g.Place(&Sketch{Story: i + 1, Seen: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if len(g.held) != mostHeld || g.text.Len() != mostHeld || g.links.Len() != mostHeld || len(g.clusters) != mostHeld {
		t.Errorf("%d stories of %d clusters are held", len(g.held), len(g.clusters))
	}
}

// What cannot be learnt is said, and nothing is decided without it.
func TestGroupingCannotLearn(t *testing.T) {
	var k Sketcher
	broken := errors.New("broken")
	g := NewGrouping(func(*Sketch, ...string) (*Rarity, error) { return nil, broken })
	for id, want := range []error{nil, broken} {
		_, err := g.Place(k.Sketch(&news.Story{ID: int64(id + 1), Title: "Barns", Text: paragraphs(0, 20), FirstSeen: noon}))
		if !errors.Is(err, want) {
			t.Errorf("story %d: %v", id+1, err)
		}
	}
}
