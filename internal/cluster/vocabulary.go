package cluster

import "math"

// Vocabulary counts in how many stories that were entered in an index words and
// features stand, to know the rare ones. The zero value is ready. It serves one goroutine at a time.
type Vocabulary struct {
	stories   int
	languages map[string]int   // stories by language
	words     map[uint32]int32 // stories by hashed word
	features  map[uint32]int32 // stories by what they are linked by in other languages
}

// count counts a story. It forgets by halves, to follow what the news is about.
func (v *Vocabulary) count(s *Sketch) {
	if v.words == nil {
		v.languages, v.words, v.features = map[string]int{}, map[uint32]int32{}, map[uint32]int32{}
	}
	if v.stories >= mostCounted || len(v.words)+len(v.features) >= mostWordsCounted {
		v.halve()
	}
	v.stories++
	v.languages[s.Language]++
	for _, word := range s.words {
		v.words[word]++
	}
	for _, f := range s.features {
		if f.Kind > nameFeature {
			v.features[f.Hash]++
		}
	}
}

// What is counted at most before half of it is forgotten.
const (
	mostCounted      = 20_000  // stories
	mostWordsCounted = 1 << 20 // words and features
)

func (v *Vocabulary) halve() {
	v.stories /= 2
	for language, n := range v.languages {
		v.languages[language] = n / 2
	}
	for _, counts := range []map[uint32]int32{v.words, v.features} {
		for key, n := range counts {
			if n /= 2; n > 0 {
				counts[key] = n
			} else {
				delete(counts, key)
			}
		}
	}
}

// How many stories an estimate of a frequency weighs as much as: what was counted in
// thousands of texts, and what nobody counted.
const (
	estimated = 1000
	guessed   = 100
)

// weight returns how much a word says, by an estimate and what was counted: the
// logarithm of how many stories there are for one that holds it.
func (v *Vocabulary) weight(language, word string) float64 {
	often := float64(max(1, frequency(language, word)))
	if v == nil || v.words == nil {
		return math.Log(1000 / often)
	}
	return rarityOf(often, estimated, v.words[hashWord(word)], v.languages[language])
}

// rarity returns how much a feature says that serves between languages. often is
// an estimate of how many of a thousand stories have it.
func (v *Vocabulary) rarity(hash uint32, often float64) float64 {
	if v == nil || v.features == nil {
		return math.Log(1000 / often)
	}
	return rarityOf(often, guessed, v.features[hash], v.stories)
}

func rarityOf(often, weighs float64, holding int32, stories int) float64 {
	often = (weighs*often + 1000*float64(holding+1)) / (weighs + float64(stories+1)) // the story itself is one
	return math.Log(1000 / min(max(often, 0.5), 1000))
}
