package cluster

import (
	"cmp"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
)

// tale is a story of a case.
type tale struct {
	Language, Outlet, Title, Text string
	At                            time.Duration
}

type trickyPair struct {
	Name, Want string
	Before     []tale
	A, B       tale
}

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

func (t tale) story() *news.Story {
	return &news.Story{
		Title: t.Title, Text: t.Text, Language: cmp.Or(t.Language, "en"), Outlet: t.Outlet, FirstSeen: noon.Add(t.At),
	}
}

func readPairs(t *testing.T) []trickyPair {
	raw, err := os.ReadFile("testdata/pairs.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var pairs []trickyPair
	if err := yaml.Unmarshal(raw, &pairs); err != nil {
		t.Fatal(err)
	}
	for i := range pairs {
		p := &pairs[i]
		p.B.Text = strings.ReplaceAll(p.B.Text, "{a}", strings.TrimSpace(p.A.Text))
		if _, rest, ok := strings.Cut(p.B.Text, "{a:"); ok {
			count, _, _ := strings.Cut(rest, "}")
			n, err := strconv.Atoi(count)
			if err != nil {
				t.Fatal(err)
			}
			p.B.Text = strings.Join(strings.Fields(p.A.Text)[:n], " ")
		}
	}
	return pairs
}

// wholeHistory is the history of a first story after stories that have nothing
// to do with it, and those of before.
func wholeHistory(first *Sketch, before []tale) *Rarity {
	h := NewHistory(first)
	for i := range leastHistory {
		h.Add(&news.Story{
			ID: int64(1000 + i), Outlet: first.Outlet, FirstSeen: first.Seen.Add(-HistoryOf + time.Duration(i)*2*time.Hour),
			Text: fmt.Sprintf("Number %d of the stories that have nothing to do with any other of them %d", i, i*i),
		})
	}
	for _, b := range before { // every day of the week before
		for day := range 7 {
			b.At = -time.Duration(day+1) * 24 * time.Hour
			b.Outlet = first.Outlet
			h.Add(b.story())
		}
	}
	return h.Rarity()
}

func TestTrickyPairs(t *testing.T) {
	languages := map[string]bool{}
	for _, p := range readPairs(t) {
		t.Run(p.Name, func(t *testing.T) {
			var k Sketcher
			a, b := k.Sketch(p.A.story()), k.Sketch(p.B.story())
			a.Story, b.Story = 1, 2
			languages[a.Language], languages[b.Language] = true, true
			histories := map[string]*Rarity{"whole": wholeHistory(a, p.Before)}
			if len(p.Before) == 0 {
				histories["short"] = nil
			}
			for name, rarity := range histories {
				a.Rarity = rarity
				d := Join(a, nil, b)
				if got, want := d.Relation.Joins(), p.Want == "J"; got != want {
					t.Errorf("%s history: %s by %s: %s\n%+v", name, d.Relation, d.Why.Rule, d.Why, d.Why.Measures)
				}
				if d.Why.String() == "" {
					t.Errorf("%s history: no reason", name)
				}
			}
			if a.Rarity = histories["whole"]; p.Want != "J" {
				links(t, a, b, p.Want == "L")
			}
		})
	}
	if len(languages) < 8 {
		t.Errorf("%d languages, want 8", len(languages))
	}
}

// links wants two stories to be linked, or not.
func links(t *testing.T, a, b *Sketch, want bool) {
	x := NewLinkIndex()
	a.Cluster, b.Cluster = 1, 2
	x.Add(a)
	d, news := FindNews(x, b, func(int64) *News { return &News{ID: 1, First: a} })
	if got := d.Relation == Linked; got != want || got != (news != nil) {
		t.Errorf("link %v: %s by %s, %d rare", got, d.Why, d.Why.Rule, rareShared(a, b))
	}
}
