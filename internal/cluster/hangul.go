package cluster

import (
	"slices"
	"strings"
)

// placeEndings end Korean names of places, and say of which kind these are: prefecture, city,
// province, county, district, harbour, castle, bay, island, river, mountain.
var placeEndings = strings.Fields("현 시 도 군 구 항 성 만 섬 강 산")

// leastHangul is how many Latin letters a Korean word has that may be a name: more than a name that
// is known for one.
const leastHangul = leastSpelled + 1

// hangul appends a Korean word as it is heard and as it is spelled in Latin letters, with and
// without the ending of a place. Nothing tells a name in Hangul from another word, but that no
// word for something is one.
func (k *Sketcher) hangul(sounds []Feature, w wordOf) []Feature {
	c := conceptWords("ko")
	for _, name := range hangulNames(w.word) {
		latin := romanised(name)
		heard := []string{soundOf(latin), soundOf(strings.ReplaceAll(latin, "hu", "fu"))} // Korean has no f
		for _, sound := range slices.Compact(heard) {
			if len(sound) >= 4 {
				sounds = append(sounds, k.loan(soundFeature, sound, w.times))
			}
		}
		spelled := spellingOf(name)
		if len(spelled) < leastHangul || c != nil && c.words[name] != nil {
			continue
		}
		kind := spelledFeature
		if heard[0] == "" { // as in named
			kind = soundFeature
		}
		sounds = append(sounds, k.loan(kind, spelled, w.times))
	}
	return sounds
}

// hangulNames are what a Korean word may be: itself, and the name of a place without its ending.
func hangulNames(word string) []string {
	all := []string{word}
	for _, ending := range placeEndings {
		if rest, ok := strings.CutSuffix(word, ending); ok && letters(rest) > 1 {
			all = append(all, rest)
		}
	}
	return all
}

// loan is a feature that another word shares with a name, if that is one elsewhere.
func (k *Sketcher) loan(kind featureKind, sound string, times float64) Feature {
	f := k.foreign(kind, sound, times)
	f.Kind = loanFeature
	return f
}
