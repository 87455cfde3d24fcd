package cluster

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

// Feature is one word, name, place or number that stories are linked by.
type Feature struct {
	Hash   uint32
	Kind   featureKind
	Weight float32 // how often it stands in the story and how rare it is
}

type featureKind uint8

const (
	wordFeature  featureKind = iota
	nameFeature              // as it is written, in Latin letters
	soundFeature             // the consonants of a name, whatever its script
	placeFeature             // a country
	numberFeature
	loanFeature // the consonants of another word, which Japanese and Korean may have taken over
	featureKinds
)

// What a sketch has of features at most: those of one language, and for each kind
// that serves between languages.
const (
	mostFeatures = 48
	mostSounds   = 64
	mostPlaces   = 8
)

// Vocabulary counts in how many stories words stand, to know the rare ones. The
// zero value is ready. It serves one goroutine at a time.
type Vocabulary struct {
	stories map[string]int // by language
	words   map[uint32]int32
}

// Add counts the words of a story.
func (v *Vocabulary) Add(s *Sketch) {
	if v.words == nil {
		v.stories, v.words = map[string]int{}, map[uint32]int32{}
	}
	if v.stories[s.Language]++; len(v.words) > mostCounted { // forget what is rare: it stays rare
		for word, n := range v.words {
			if n < 2 {
				delete(v.words, word)
			}
		}
	}
	for _, word := range s.words {
		v.words[word]++
	}
}

const (
	mostCounted = 1 << 20 // words
	guessed     = 1000    // stories that the estimate of a word's frequency weighs as much as
)

// weight returns how much a word says, by an estimate and what was counted.
func (v *Vocabulary) weight(language, word string) float64 {
	often := float64(max(1, frequency(language, word)))
	if v == nil || v.words == nil {
		return math.Log(1000 / often)
	}
	stories, holding := float64(v.stories[language]), float64(v.words[hashWord(word)])
	often = (guessed*often + 1000*holding) / (guessed + stories)
	return math.Log(1000 / min(max(often, 0.5), 1000))
}

// The weights of kinds of features beside that of a word.
const (
	nameTimes   = 2.0
	numberTimes = 1.0
	titleTimes  = 1.5
	placeWeight = 3.0
)

// featuresOf returns what the story is linked by, sorted.
func (k *Sketcher) featuresOf(s *Sketch, f *facts) []Feature {
	own := k.own[:0]
	for word, n := range f.words {
		weight := k.Vocabulary.weight(s.Language, word)
		if weight < leastWeight {
			continue
		}
		weight *= often(n)
		if f.titleWords[word] > 0 {
			weight *= titleTimes
		}
		kind := wordFeature
		if f.names[word] > 0 {
			kind, weight = nameFeature, nameTimes*weight
		}
		own = append(own, wordOf{word, newFeature(kind, word, weight)})
	}
	for number, n := range f.numbers {
		own = append(own, wordOf{number, newFeature(numberFeature, number, numberTimes*numberWeight(number)*often(n))})
	}
	k.own = own
	slices.SortFunc(own, func(a, b wordOf) int { return heavier(a.Feature, b.Feature) })
	all := make([]Feature, 0, mostFeatures+mostSounds+mostPlaces)
	for _, w := range own[:min(mostFeatures, len(own))] {
		all = append(all, w.Feature)
	}
	all = append(all, heaviest(k.soundsOf(s, f, own), mostSounds)...)
	var places []Feature
	for place, n := range f.places {
		places = append(places, newFeature(placeFeature, place, placeWeight*often(n)))
	}
	all = append(all, heaviest(places, mostPlaces)...)
	slices.SortFunc(all, func(a, b Feature) int { return cmp.Or(byHash(a, b), cmp.Compare(a.Kind, b.Kind)) })
	return slices.CompactFunc(all, func(a, b Feature) bool { return byHash(a, b) == 0 })
}

// wordOf is a feature with its word.
type wordOf struct {
	word string
	Feature
}

// often is what the times that a word stands in a story weigh.
func often(n int) float64 { return 1 + math.Log(float64(n)) }

// soundsOf returns what a story is linked by with other scripts: of its own
// features, the heaviest first, the numbers, names and other words as they sound,
// and the full names.
func (k *Sketcher) soundsOf(s *Sketch, f *facts, own []wordOf) []Feature {
	var sounds []Feature
	for _, w := range own {
		switch {
		case len(sounds) >= 2*mostSounds:
		case w.Kind == numberFeature:
			sounds = append(sounds, w.Feature)
		default:
			sound := soundOf(w.word)
			feature := newFeature(soundFeature, sound, float64(w.Weight))
			if w.Kind == wordFeature { // that others may have taken over
				feature.Kind = loanFeature
			}
			if len(sound) >= 4 || w.Kind == nameFeature && sound != "" {
				sounds = append(sounds, feature)
			}
		}
	}
	for name, n := range f.fullNames {
		if sound := soundOf(name); len(sound) >= 4 {
			first, second, _ := strings.Cut(name, " ")
			weight := k.Vocabulary.weight(s.Language, first) + k.Vocabulary.weight(s.Language, second)
			sounds = append(sounds, newFeature(soundFeature, sound, nameTimes*weight*often(n)))
		}
	}
	return sounds
}

// leastWeight is that of a word that two of ten stories hold.
const leastWeight = 1.6

func newFeature(kind featureKind, word string, weight float64) Feature {
	return Feature{Hash: uint32(text.HashOf(word)>>32) ^ uint32(kind)*0x9E3779B1, Kind: kind, Weight: float32(weight)}
}

// byHash orders features by what they say: a name and a loan of the same sound are one.
func byHash(a, b Feature) int { return cmp.Compare(a.Hash, b.Hash) }

// heaviest returns the heaviest features, at most n.
func heaviest(list []Feature, n int) []Feature {
	slices.SortFunc(list, heavier)
	return list[:min(n, len(list))]
}

func heavier(a, b Feature) int {
	if a.Weight != b.Weight {
		return cmp.Compare(b.Weight, a.Weight)
	}
	return cmp.Or(byHash(a, b), cmp.Compare(a.Kind, b.Kind))
}

// view says which kinds of features two stories are compared by.
type view [featureKinds]bool

var (
	oneLanguage = view{wordFeature: true, nameFeature: true, numberFeature: true}
	oneScript   = view{nameFeature: true, soundFeature: true, placeFeature: true, numberFeature: true}
	twoScripts  = view{soundFeature: true, placeFeature: true, numberFeature: true}
	loanScripts = view{soundFeature: true, placeFeature: true, numberFeature: true, loanFeature: true}
)

// viewOf returns what two stories are compared by.
func viewOf(a, b *Sketch) view {
	switch {
	case a.Language == b.Language:
		return oneLanguage
	case latin(a.Language) && latin(b.Language):
		return oneScript
	case borrows(a.Language) || borrows(b.Language):
		return loanScripts
	}
	return twoScripts
}

// borrows reports whether a language writes foreign words as they are heard.
func borrows(language string) bool { return language == "ja" || language == "ko" }

// latin reports whether a language is written in Latin letters.
func latin(language string) bool {
	switch language {
	case "ar", "be", "bg", "bn", "el", "fa", "he", "hi", "hy", "ja", "ka", "kk", "ko", "ky", "mk", "ml", "mn", "mr", "my",
		"ne", "pa", "ru", "si", "sr", "ta", "te", "tg", "th", "uk", "ur", "yi", "zh":
		return false
	}
	return true
}

// Similarity is the cosine of two stories' features, from 0 to 1: of names,
// numbers and words in one language, else of names, places and numbers.
func Similarity(a, b *Sketch) float64 {
	v := viewOf(a, b)
	var dot, ofA, ofB float64
	for i, j := 0, 0; i < len(a.features) || j < len(b.features); {
		var order int
		switch {
		case j >= len(b.features):
			order = -1
		case i >= len(a.features):
			order = 1
		default:
			order = byHash(a.features[i], b.features[j])
		}
		var x, y float64
		if order <= 0 {
			if v[a.features[i].Kind] {
				x = float64(a.features[i].Weight)
			}
			i++
		}
		if order >= 0 {
			if v[b.features[j].Kind] {
				y = float64(b.features[j].Weight)
			}
			j++
		}
		dot, ofA, ofB = dot+x*y, ofA+x*x, ofB+y*y
	}
	if dot == 0 {
		return 0
	}
	return dot / math.Sqrt(ofA*ofB)
}

// rareShared counts the rare names and numbers that two stories share.
func rareShared(a, b *Sketch) (n int) {
	v := viewOf(a, b)
	for i, j := 0, 0; i < len(a.features) && j < len(b.features); {
		switch order := byHash(a.features[i], b.features[j]); {
		case order < 0:
			i++
		case order > 0:
			j++
		default:
			f, g := a.features[i], b.features[j]
			if v[f.Kind] && v[g.Kind] && named(f, g) && min(f.Weight, g.Weight) >= rareFeature {
				n++
			}
			i++
			j++
		}
	}
	return n
}

// named reports whether what two stories share is a name, a place or a number in one of
// them at least.
func named(a, b Feature) bool {
	kind := min(a.Kind, b.Kind)
	return kind != wordFeature && kind != loanFeature
}

// rareFeature is the least weight of a rare name or number: a number of three
// digits, a name that thirty of a thousand stories hold.
const rareFeature = 6

// nameScript reports whether a word may be a name although its script has no
// capitals: katakana writes foreign words.
func katakana(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r >= 0x30A1 && r <= 0x30FC
}

// letters counts the characters of a word.
func letters(word string) (n int) {
	for _, r := range word {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
