package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
)

// labelledPair is two stories, and whether they carry one text.
type labelledPair struct {
	id     string
	a, b   *news.Story
	same   bool
	wrong  bool // joining them is wrong; a pair may be neither
	rarity *cluster.Rarity
}

// tally counts pairs that were joined, by half.
type tally struct{ joined, of [2]int }

func (t *tally) add(id string, joined bool) {
	h := half(id)
	t.of[h]++
	if joined {
		t.joined[h]++
	}
}

func (t *tally) String() string {
	return fmt.Sprintf("%d of %d (halves %d/%d · %d/%d)",
		t.joined[0]+t.joined[1], t.of[0]+t.of[1], t.joined[0], t.of[0], t.joined[1], t.of[1])
}

// scoreJoins returns how many of the right and of the wrong pairs a rule joins.
func scoreJoins(pairs []labelledPair, joins func(p *labelledPair) bool, miss *strings.Builder) (right, wrong tally) {
	for i := range pairs {
		p := &pairs[i]
		joined := joins(p)
		if p.same {
			right.add(p.id, joined)
		}
		if p.wrong {
			wrong.add(p.id, joined)
		}
		if joined == p.wrong && (p.same || p.wrong) {
			d := p.join()
			if !joined && d.Why.Text < 0.2 {
				continue // told in other words
			}
			fmt.Fprintf(miss, "%s: same %v, %s | %s\n\t%s: %s %+v\n", p.id, p.same, p.a.Title, p.b.Title, d.Why.Rule, d.Why, d.Why.Measures)
		}
	}
	return right, wrong
}

// ours joins as package cluster does.
func ours(p *labelledPair) bool { return p.join().Relation.Joins() }

func (p *labelledPair) join() cluster.Decision {
	var k cluster.Sketcher
	first := k.Sketch(p.a)
	first.Rarity = p.rarity
	return cluster.Join(first, nil, k.Sketch(p.b))
}

// wirePairs reads the hand-labelled pairs of the wire, each with the rarity that
// its first story has by the archive.
func wirePairs() ([]labelledPair, error) {
	records, err := readSet("wire_pairs")
	if err != nil {
		return nil, err
	}
	wire, err := readWire()
	if err != nil {
		return nil, err
	}
	byURL := map[string]*news.Story{}
	for _, s := range wire {
		byURL[s.URL] = s
	}
	var pairs []labelledPair
	for _, r := range records {
		p := labelledPair{id: r.ID, a: byURL[r.A.URL], b: byURL[r.B.URL], same: r.Same == 1, wrong: r.Same == 0}
		if p.a == nil || p.b == nil {
			return nil, fmt.Errorf("labelledPair %s: not in the archive", r.ID)
		}
		if p.b.FirstSeen.Before(p.a.FirstSeen) {
			p.a, p.b = p.b, p.a
		}
		p.rarity = rarityOf(p.a, wire)
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// rarityOf reads the history of a story from an archive, the earliest first.
func rarityOf(first *news.Story, archive []*news.Story) *cluster.Rarity {
	var k cluster.Sketcher
	history := cluster.NewHistory(k.Sketch(first))
	from, _ := slices.BinarySearchFunc(archive, first.FirstSeen.Add(-cluster.HistoryOf),
		func(s *news.Story, at time.Time) int { return s.FirstSeen.Compare(at) })
	for _, s := range archive[from:] {
		if s.FirstSeen.After(first.FirstSeen) {
			break
		}
		history.Add(s)
	}
	return history.Rarity()
}

// semevalPairs reads the pairs of web pages: the same story up to 1.75, another one
// from 2.75.
func semevalPairs() ([]labelledPair, error) {
	records, err := readSet("semeval_pairs")
	if err != nil {
		return nil, err
	}
	at := time.Date(2020, 1, 2, 12, 0, 0, 0, time.UTC)
	var pairs []labelledPair
	for _, r := range records {
		p := labelledPair{
			id: r.ID, a: webPage(r.Text1, r.Lang1, "a"), b: webPage(r.Text2, r.Lang2, "b"),
			same: r.Overall <= 1.75, wrong: r.Overall >= 2.75,
		}
		p.a.FirstSeen, p.b.FirstSeen = at, at.Add(time.Hour)
		pairs = append(pairs, p)
	}
	return pairs, nil
}

// ecbPairs pairs the stories of different events of one topic, which are alike.
func ecbPairs() ([]labelledPair, error) {
	stories, err := storiesOf("ecbplus")
	if err != nil {
		return nil, err
	}
	at := time.Date(2012, 1, 2, 12, 0, 0, 0, time.UTC)
	var pairs []labelledPair
	for i, a := range stories {
		a.FirstSeen = at
		for _, b := range stories[i+1:] {
			if a.topic == b.topic {
				b.FirstSeen = at
				pairs = append(pairs, labelledPair{
					id: fmt.Sprint(a.topic, a.ID, b.ID), a: a.Story, b: b.Story,
					same: false, wrong: a.label != b.label,
				})
			}
		}
	}
	return pairs, nil
}
