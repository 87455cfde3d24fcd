package cluster

import (
	"math"
	"slices"
)

// Measures say how alike two stories are. All are shares, from 0 to 1.
type Measures struct {
	Text    float64 `json:"text"`    // of the shorter text, what the other one has too
	Rare    float64 `json:"rare"`    // the same, without what earlier stories had
	Facts   float64 `json:"facts"`   // of the shorter text's names, numbers and title, by weight
	Numbers float64 `json:"numbers"` // of the numbers of the text that has fewer
	Titles  float64 `json:"titles"`  // of each title, by weight, in the other story: the lesser one
}

// measure compares two stories. rarity is that of first.
func measure(first, other *Sketch, rarity *Rarity) Measures {
	var m Measures
	least := min(len(first.shingles), len(other.shingles))
	if least > 0 {
		both, rare := 0, 0
		for place := range common(first.shingles, other.shingles) {
			both++
			if !rarity.common(place) {
				rare++
			}
		}
		m.Text, m.Rare = float64(both)/float64(least), float64(rare)/float64(least)
	}
	if len(first.shingles) <= len(other.shingles) {
		m.Facts = first.factsIn(other)
	} else {
		m.Facts = other.factsIn(first)
	}
	m.Numbers = numbersShared(first, other)
	m.Titles = min(first.titleIn(other), other.titleIn(first))
	return m
}

// Likeness returns the share of the runs of words of two texts that both have, from 0 to 1:
// the Jaccard index. Unlike Measures.Text it tells a text from one that holds all of it.
func Likeness(a, b *Sketch) float64 {
	both := 0
	for range common(a.shingles, b.shingles) {
		both++
	}
	return float64(both) / float64(max(1, len(a.shingles)+len(b.shingles)-both))
}

// factsIn returns the share of the names, numbers and title words of a story, by
// weight, that another story has.
func (s *Sketch) factsIn(other *Sketch) float64 {
	var has, all float64
	count := func(weight float64, found bool) {
		all += weight
		if found {
			has += weight
		}
	}
	for _, name := range s.names {
		count(weight(s.Language, name), other.holds(name))
	}
	for _, word := range s.titleWords {
		if _, name := slices.BinarySearch(s.names, word); !name {
			count(weight(s.Language, word), other.holds(word))
		}
	}
	for _, number := range s.numbers {
		count(numberWeight(number), contains(other.numbers, number))
	}
	if all == 0 {
		return 0
	}
	return has / all
}

// titleIn returns the share of a story's title, by weight, that stands in
// another story.
func (s *Sketch) titleIn(other *Sketch) float64 {
	var has, all float64
	for _, word := range s.titleWords {
		w := weight(s.Language, word)
		all += w
		if other.holds(word) {
			has += w
		}
	}
	if all == 0 {
		return 0
	}
	return has / all
}

// numbersShared returns the share of the numbers of the story that has fewer
// that the other one has, 1 where it has none.
func numbersShared(a, b *Sketch) float64 {
	least := min(len(a.numbers), len(b.numbers))
	if least == 0 {
		return 1
	}
	return float64(shared(a.numbers, b.numbers)) / float64(least)
}

// holds reports whether a word stands in the story.
func (s *Sketch) holds(word string) bool {
	if contains(s.titleWords, word) || contains(s.names, word) {
		return true
	}
	_, found := slices.BinarySearch(s.words, hashWord(word))
	return found
}

func contains(sorted []string, word string) bool {
	_, found := slices.BinarySearch(sorted, word)
	return found
}

// missing returns the names of a title that do not stand in another story.
func (s *Sketch) missing(other *Sketch) []string {
	var names []string
	for _, name := range s.titleNames {
		if !other.holds(name) {
			names = append(names, name)
		}
	}
	return names
}

// percent is a share as people read it.
func percent(share float64) int { return int(math.Round(100 * share)) }
