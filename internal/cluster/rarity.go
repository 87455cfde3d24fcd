package cluster

import (
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// HistoryOf is how far back earlier stories are looked at.
const HistoryOf = 14 * 24 * time.Hour

// Rarity says which runs of words of a cluster's first story stood in earlier
// stories, and so make no copy. The nil Rarity knows nothing.
type Rarity struct {
	Stories int      // that were looked at
	Whole   bool     // they reach back as far as HistoryOf
	Outlets []string // of which stories were looked at, sorted
	had     []uint64 // a bit for each run of words, in the order of the sketch
}

// common reports whether earlier stories had the run of words at a place.
func (r *Rarity) common(place int) bool {
	return r != nil && place/64 < len(r.had) && r.had[place/64]>>(place%64)&1 == 1
}

func (r *Rarity) whole() bool { return r != nil && r.Whole }

// Knows reports whether the stories of an outlet were looked at.
func (r *Rarity) Knows(outlet string) bool {
	if r == nil {
		return false
	}
	_, known := slices.BinarySearch(r.Outlets, outlet)
	return known
}

// History reads what stood before the first story of a cluster: Add each earlier
// story of its outlet, and of the outlets whose stories are to be compared with
// it, whether a rule matched them or not. Their order does not matter.
//
// What led up to the story is no history: of those stories of the 72 hours before
// it that carry its text, the earliest is taken for the origin, and nothing that
// came after the origin counts. So a story that first matched as a tenth copy is
// rare all the same.
type History struct {
	first   *Sketch
	reader  Sketcher
	earlier []earlier
	outlets map[string]bool
	stories int
	oldest  time.Time
	origin  time.Time // of the text; the time of the first story, if no copy stood before
}

// earlier is a story that has runs of words of the first one.
type earlier struct {
	seen time.Time
	had  []int32 // places
}

// NewHistory begins a history of a cluster's first story. The outlets are those
// whose stories are going to be added, whether there are any or not.
func NewHistory(first *Sketch, outlets ...string) *History {
	h := &History{first: first, outlets: map[string]bool{}, origin: first.Seen}
	for _, outlet := range outlets {
		h.outlets[outlet] = true
	}
	return h
}

// Add reads an earlier story. One that came later than the first one, or more
// than 14 days before it, is passed over.
func (h *History) Add(s *news.Story) {
	_ = h.AddRuns(s.ID, s.FirstSeen, h.reader.runs(s), func() (*news.Story, error) { return s, nil })
	if age := h.first.Seen.Sub(s.FirstSeen); age >= 0 && age <= HistoryOf {
		h.outlets[outletOf(s)] = true
	}
}

// AddRuns is Add for a story whose Runs were kept. It calls read, and returns its
// error, only for one that may be the origin of the text.
func (h *History) AddRuns(story int64, seen time.Time, runs []uint32, read func() (*news.Story, error)) error {
	age := h.first.Seen.Sub(seen)
	if age < 0 || age > HistoryOf || story == h.first.Story && story != 0 {
		return nil
	}
	h.stories++
	if h.oldest.IsZero() || seen.Before(h.oldest) {
		h.oldest = seen
	}
	var had []int32
	for place := range common(h.first.shingles, runs) {
		had = append(had, int32(place))
	}
	if len(had) == 0 {
		return nil
	}
	h.earlier = append(h.earlier, earlier{seen, had})
	least := min(len(h.first.shingles), len(runs))
	if age > Window || float64(len(had)) < originText*float64(least) || !seen.Before(h.origin) {
		return nil
	}
	s, err := read()
	if err != nil || s == nil {
		return err
	}
	m := measure(h.first, h.reader.Sketch(s), nil)
	if m.Text >= originText && m.Facts >= originFacts && m.Numbers >= originNumbers {
		h.origin = seen
	}
	return nil
}

// How much of the first story an earlier one has that is taken for its origin.
// One of a series passes for the next one's origin at times; it does no harm, for
// those before it have the text of the series, too.
const (
	originText    = 0.5
	originFacts   = 0.7
	originNumbers = 0.8
)

// Runs returns the hashes of a story's runs of words, sorted: what a History looks at.
// They are a third of the text in size.
func (k *Sketcher) Runs(s *news.Story) []uint32 { return slices.Clone(k.runs(s)) }

// runs is Runs until the next call.
func (k *Sketcher) runs(s *news.Story) []uint32 {
	body := strings.TrimSpace(s.Text)
	if body == "" {
		body = s.Summary
	}
	body = cut(body, mostText)
	k.tokens.Cut(body)
	k.hashes = k.tokens.Hashes(k.hashes[:0])
	k.shingles = sortedShingles(k.hashes, runOf(body), k.shingles[:0])
	return k.shingles
}

// Rarity returns what the history taught.
func (h *History) Rarity() *Rarity {
	r := &Rarity{Stories: h.stories, had: make([]uint64, (len(h.first.shingles)+63)/64)}
	r.Whole = h.stories >= leastHistory && h.first.Seen.Sub(h.oldest) >= HistoryOf-wholeWithin
	for outlet := range h.outlets {
		r.Outlets = append(r.Outlets, outlet)
	}
	slices.Sort(r.Outlets)
	for _, e := range h.earlier {
		if !e.seen.Before(h.origin) {
			continue
		}
		for _, place := range e.had {
			r.had[place/64] |= 1 << (place % 64)
		}
	}
	return r
}

const (
	leastHistory = 100            // stories of a history that counts as whole
	wholeWithin  = 36 * time.Hour // that may be missing at its beginning: a weekend is quiet
)
