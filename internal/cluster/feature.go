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
	loanFeature    // the consonants of another word, which other languages may have taken over
	spelledFeature // a name of many consonants as it is spelled in Latin letters
	conceptFeature // what a word stands for in many languages
	featureKinds
)

// What a sketch has of features at most: those of one language, and for each kind
// that serves between languages.
const (
	mostFeatures = 48
	mostSounds   = 200
	mostPlaces   = 8
	mostConcepts = 48
)

// The weights of kinds of features beside that of a word.
const (
	nameTimes   = 2.0
	numberTimes = 1.0
	titleTimes  = 1.5
)

// featuresOf returns what the story is linked by, sorted.
func (k *Sketcher) featuresOf(s *Sketch, f *facts) []Feature {
	own := k.own[:0]
	for word, n := range f.words {
		weight := k.Vocabulary.weight(s.Language, word)
		if weight < leastWeight {
			continue
		}
		times := often(n)
		if f.titleWords[word] > 0 {
			times *= titleTimes
		}
		kind := wordFeature
		if f.names[word] > 0 {
			kind, times = nameFeature, nameTimes*times
		}
		own = append(own, wordOf{word, times, newFeature(kind, word, times*weight)})
	}
	for number, n := range f.numbers {
		times := numberTimes * often(n)
		own = append(own, wordOf{number, times, newFeature(numberFeature, number, times*numberWeight(number))})
	}
	k.own = own
	slices.SortFunc(own, func(a, b wordOf) int { return heavier(a.Feature, b.Feature) })
	all := make([]Feature, 0, mostFeatures+mostSounds+mostPlaces+mostConcepts)
	for _, w := range own[:min(mostFeatures, len(own))] {
		all = append(all, w.Feature)
	}
	all = append(all, heaviest(k.soundsOf(s, f, own), mostSounds)...)
	var places []Feature
	for place, n := range f.places {
		places = append(places, k.foreign(placeFeature, place, often(n)))
	}
	all = append(all, heaviest(places, mostPlaces)...)
	all = append(all, heaviest(k.conceptsOf(s, f), mostConcepts)...)
	slices.SortFunc(all, func(a, b Feature) int { return cmp.Or(byHash(a, b), heavier(a, b)) })
	return slices.CompactFunc(all, func(a, b Feature) bool { return byHash(a, b) == 0 })
}

// wordOf is a feature with its word.
type wordOf struct {
	word  string
	times float64 // its weight, without that of the word
	Feature
}

// often is what the times that a word stands in a story weigh.
func often(n int) float64 { return 1 + math.Log(float64(n)) }

// foreign returns a feature that serves between languages, weighed by how rare it is.
func (k *Sketcher) foreign(kind featureKind, word string, times float64) Feature {
	f := newFeature(kind, word, 0)
	f.Weight = float32(times * k.Vocabulary.rarity(f.Hash, 1))
	return f
}

// soundsOf returns what a story is linked by with other languages: of its own
// features the numbers, and the names and other words as they sound; full names, and
// the readings of names in kanji.
func (k *Sketcher) soundsOf(s *Sketch, f *facts, own []wordOf) []Feature {
	var sounds []Feature
	for _, w := range own {
		switch {
		case len(sounds) >= mostSounds+mostSounds/4: // own begins with the heaviest
		case w.Kind == numberFeature:
			sounds = append(sounds, w.Feature)
		case w.Kind == nameFeature:
			sounds = k.named(sounds, k.stemOf(s.Language, w.word), w.word, w.times)
		case s.Language == "ko":
			sounds = k.hangul(sounds, w)
		default:
			if sound := soundOf(k.stemOf(s.Language, w.word)); len(sound) >= 4 { // that others may have taken over
				sounds = append(sounds, k.loan(soundFeature, sound, w.times))
			}
		}
	}
	for reading, n := range f.readings {
		sounds = k.named(sounds, reading, reading, nameTimes*often(n))
	}
	for name, n := range f.fullNames {
		first, second, _ := strings.Cut(name, " ")
		if sound := soundOf(k.stemOf(s.Language, first) + " " + k.stemOf(s.Language, second)); len(sound) >= 4 {
			sounds = append(sounds, k.foreign(soundFeature, sound, nameTimes*often(n)))
		}
	}
	return sounds
}

// named appends a name as it sounds and as it is spelled in Latin letters. Of one with
// few consonants the spelling is the sound.
func (k *Sketcher) named(sounds []Feature, stem, name string, times float64) []Feature {
	sound, spelled := soundOf(stem), spellingOf(name)
	kind := spelledFeature
	if sound == "" {
		kind = soundFeature
	} else {
		sounds = append(sounds, k.foreign(soundFeature, sound, times))
	}
	if len(spelled) >= leastSpelled {
		sounds = append(sounds, k.foreign(kind, spelled, times))
	}
	return sounds
}

// leastSpelled is how many letters of a name tell it from others.
const leastSpelled = 4

// stemOf returns a word without its inflection, where that is known.
func (k *Sketcher) stemOf(language, word string) string {
	if language == "ru" {
		return k.stems.Russian(word)
	}
	return word
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

// view says what each kind of feature weighs when two stories are compared; 0 is
// nothing.
type view [featureKinds]float64

var (
	oneLanguage  = view{wordFeature: 1, nameFeature: 1, numberFeature: 1}
	twoLanguages = view{
		soundFeature: 1, spelledFeature: 0.4, loanFeature: 0.6, placeFeature: 1, numberFeature: 4, conceptFeature: 1.5,
	}
)

// viewOf returns what two stories are compared by.
func viewOf(a, b *Sketch) view {
	if a.Language == b.Language {
		return oneLanguage
	}
	return twoLanguages
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
			x = v[a.features[i].Kind] * float64(a.features[i].Weight)
			i++
		}
		if order >= 0 {
			y = v[b.features[j].Kind] * float64(b.features[j].Weight)
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
			if v[f.Kind] > 0 && v[g.Kind] > 0 && named(f, g) && min(f.Weight, g.Weight) >= rareFeature {
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
	return kind == nameFeature || kind == soundFeature || kind == placeFeature || kind == numberFeature
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

// sayings counts the words, names and numbers that a story is linked by in its own
// language.
func (s *Sketch) sayings() (n int) {
	for _, f := range s.features {
		if oneLanguage[f.Kind] > 0 {
			n++
		}
	}
	return n
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
