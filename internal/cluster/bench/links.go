package main

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
)

// sketched is a story's sketch with its label.
type sketched struct {
	*cluster.Sketch
	label, topic string
}

// sketchAll makes the sketches of a set, in order of time, each with the words
// of those counted that came within the window before it.
func sketchAll(stories []labelled) []sketched {
	slices.SortStableFunc(stories, func(a, b labelled) int { return a.FirstSeen.Compare(b.FirstSeen) })
	before := cluster.NewLinkIndex()
	k := cluster.Sketcher{Vocabulary: before.Vocabulary()}
	list := make([]sketched, 0, len(stories))
	for i, s := range stories {
		before.Expire(s.FirstSeen.Add(-cluster.Window))
		sketch := k.Sketch(s.Story)
		sketch.Story = int64(i + 1)
		before.Add(sketch)
		list = append(list, sketched{sketch, s.label, s.topic})
	}
	return list
}

// printTranslations finds the translations of stories: two stories of two
// languages are one when each is the other's nearest.
func printTranslations(out, miss *strings.Builder) error {
	fmt.Fprint(out, "\n### Translations: mutual best\n\n| languages | precision (halves) | recall (halves) |\n|---|---|---|\n")
	for _, name := range []string{"meantime", "wmt21"} {
		stories, err := storiesOf(name)
		if err != nil {
			return err
		}
		byLanguage := map[string][]sketched{}
		for _, s := range sketchAll(stories) {
			byLanguage[s.Language] = append(byLanguage[s.Language], s)
		}
		for _, ab := range pairsOf(slices.Sorted(maps.Keys(byLanguage))) {
			a, b := ab[0], ab[1]
			right, found, all := mutualBest(byLanguage[a], byLanguage[b], miss)
			if all[0]+all[1] == 0 {
				continue // a set of pairs has no story in both
			}
			fmt.Fprintf(out, "| %s %s–%s | %s | %s |\n", name, a, b, shares(right, found), shares(right, all))
		}
	}
	return nil
}

func pairsOf(list []string) (pairs [][2]string) {
	for i, a := range list {
		for _, b := range list[i+1:] {
			pairs = append(pairs, [2]string{a, b})
		}
	}
	return pairs
}

func shares(part, of [2]int) string {
	share := func(a, b int) float64 { return float64(a) / float64(max(1, b)) }
	return fmt.Sprintf("%.3f (%.3f · %.3f)", share(part[0]+part[1], of[0]+of[1]), share(part[0], of[0]), share(part[1], of[1]))
}

func mutualBest(as, bs []sketched, miss *strings.Builder) (right, found, all [2]int) {
	index := cluster.NewLinkIndex()
	news := map[int64]*cluster.News{}
	byStory := map[int64]sketched{}
	for i, s := range slices.Concat(as, bs) {
		s.Story, s.Cluster = int64(i+1), int64(i+1)
		index.Add(s.Sketch)
		news[s.Cluster] = &cluster.News{ID: s.Cluster, First: s.Sketch}
		byStory[s.Story] = s
	}
	of := func(id int64) *cluster.News { return news[id] }
	for _, a := range as {
		h := half(a.label)
		translated := slices.ContainsFunc(bs, func(b sketched) bool { return b.label == a.label })
		if translated {
			all[h]++
		}
		foreign := func(id int64) *cluster.News {
			if byStory[id].Language == a.Language && id != a.Cluster {
				return &cluster.News{ID: id} // is of a's own language: counts as a rival only
			}
			return of(id)
		}
		d, at := cluster.FindNews(index, a.Sketch, foreign)
		switch {
		case d.Relation != cluster.Linked:
			if translated {
				fmt.Fprintf(miss, "missed: %s\n", a.Title)
			}
			continue
		case byStory[at.ID].label == a.label:
			right[h]++
		default:
			fmt.Fprintf(miss, "wrong (%.2f): %s | %s\n", d.Why.Cosine, a.Title, at.First.Title)
		}
		found[h]++
	}
	return right, found, all
}

// printLinks clusters sets by their links, and prints how well by BCubed.
func printLinks(out *strings.Builder) error {
	fmt.Fprint(out, "\n### Links: BCubed\n\n| set | F1 (halves) | precision | recall | strict links that are right |\n|---|---|---|---|---|\n")
	for _, name := range []string{"ecbplus", "basil", "allsides_full", "newswcl50"} {
		stories, err := storiesOf(name)
		if err != nil {
			return err
		}
		if stories[0].FirstSeen.IsZero() { // no set of a day: all events at once, shuffled
			r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // the same each time
			r.Shuffle(len(stories), func(i, j int) { stories[i], stories[j] = stories[j], stories[i] })
			for i := range stories {
				stories[i].FirstSeen = time.Date(2012, 1, 2, 3, 0, i, 0, time.UTC)
			}
		}
		list := sketchAll(stories)
		of, strict := linkAll(list)
		precision, recall := bcubed(list, of, -1)
		p0, r0 := bcubed(list, of, 0)
		p1, r1 := bcubed(list, of, 1)
		fmt.Fprintf(out, "| %s | %.3f (%.3f · %.3f) | %.3f | %.3f | %s |\n",
			name, f1(precision, recall), f1(p0, r0), f1(p1, r1), precision, recall, &strict)
	}
	return nil
}

// linkAll links stories one after another, and returns the news of each, and how
// many strict links are right.
func linkAll(list []sketched) (of []int, strict tally) {
	of = make([]int, len(list))
	index := cluster.NewLinkIndex()
	news := map[int64]*cluster.News{}
	for i := range list {
		s := list[i].Sketch
		s.Story = int64(i + 1)
		s.Cluster = s.Story
		index.Expire(s.Seen.Add(-cluster.Window))
		d, at := cluster.FindNews(index, s, func(id int64) *cluster.News { return news[id] })
		if d.Relation != cluster.Linked {
			at = &cluster.News{ID: int64(i), First: s}
		}
		if d.Relation == cluster.Linked && !d.Loose {
			right := list[d.With.Story-1].label == list[i].label
			strict.add(cmp.Or(list[i].topic, list[i].label), right)
		}
		at.Newest = s
		news[s.Cluster] = at
		of[i] = int(at.ID)
		index.Add(s)
	}
	return of, strict
}

// bcubed returns precision and recall of clusters, averaged over the stories of
// one half of the events, of all for -1 (A. Bagga, B. Baldwin, 1998).
func bcubed(list []sketched, of []int, wanted int) (precision, recall float64) {
	n := 0.0
	for i := range list {
		if h := half(cmp.Or(list[i].topic, list[i].label)); wanted >= 0 && h != wanted {
			continue
		}
		var together, linked, labelled float64
		for j := range list {
			same := list[i].label == list[j].label
			if of[i] == of[j] {
				linked++
			}
			if same {
				labelled++
			}
			if same && of[i] == of[j] {
				together++
			}
		}
		precision, recall, n = precision+together/linked, recall+together/labelled, n+1
	}
	return precision / n, recall / n
}

func f1(p, r float64) float64 { return 2 * p * r / (p + r) }
