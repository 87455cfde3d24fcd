package match

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Facts is what filters ask about a story.
type Facts struct {
	news.Origin
	Language, Section, Outlet string
	Authors, Cites            []string
	Words                     func() int // of the text
	FirstSeen                 time.Time
	Partial                   bool // what is not given is not looked at: a story of a test
}

// FactsOf returns the facts of a story.
func FactsOf(s *news.Story) *Facts {
	return &Facts{Origin: s.Origin, Language: s.Language, Section: s.Section, Outlet: s.Outlet,
		Authors: s.Authors, Cites: s.Cites, FirstSeen: s.FirstSeen,
		Words: func() int { return text.Words(text.Split(s.Text)) }}
}

// Criterion is one key of a filter, compared with a story.
type Criterion struct {
	Key     string
	Wanted  []string
	Have    []string // of the story
	Holds   bool
	Skipped bool // the story of a test does not say
}

// CriterionWords is the key of the criterion about the length of the text.
const CriterionWords = "words"

// Criteria yields the keys that a filter has, the costly one last.
func (s *Facts) Criteria(f *syntax.Filter) iter.Seq[Criterion] {
	return func(yield func(Criterion) bool) {
		for _, key := range f.Keys() {
			if len(key.Values) > 0 && !yield(s.criterion(key)) {
				return
			}
		}
		if f.CountsWords() {
			n := s.Words()
			given := n > 0 || !s.Partial
			yield(Criterion{Key: CriterionWords, Wanted: []string{f.WordRange()}, Have: []string{strconv.Itoa(n)},
				Holds: given && f.AdmitsWords(n), Skipped: !given})
		}
	}
}

func (s *Facts) criterion(key syntax.FilterKey) Criterion {
	c := Criterion{Key: key.Name, Wanted: key.Values}
	same := strings.EqualFold
	switch key.Name {
	case "source":
		c.Have = present(s.Source)
	case "tag":
		c.Have = s.Tags
	case "tier":
		c.Have = present(s.Tier)
	case "country":
		c.Have = present(s.Country)
	case "language":
		c.Have, same = present(s.Language), sameLanguage
	case "section":
		c.Have, same = present(s.Section), text.Holds
	case "author":
		c.Have, same = s.Authors, text.Holds
	case "outlet":
		c.Have, same = present(s.Outlet), text.Holds
	case "cites":
		c.Have, same = s.Cites, text.Holds
	}
	c.Holds = slices.ContainsFunc(c.Wanted, func(wanted string) bool {
		return slices.ContainsFunc(c.Have, func(have string) bool { return same(wanted, have) })
	})
	c.Skipped = s.Partial && len(c.Have) == 0
	return c
}

func present(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// sameLanguage compares primary languages: en is en-GB.
func sameLanguage(wanted, have string) bool {
	primary := func(s string) string {
		first, _, _ := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-")
		return first
	}
	return strings.EqualFold(wanted, have) ||
		!strings.ContainsAny(wanted, "-_") && strings.EqualFold(wanted, primary(have))
}

// admitted reports whether every key of an only filter holds.
func (s *Facts) admitted(only *syntax.Filter) bool {
	for c := range s.Criteria(only) {
		if !c.Holds && !c.Skipped {
			return false
		}
	}
	return true
}

// excluded reports whether some key of an except filter holds.
func (s *Facts) excluded(except *syntax.Filter) bool {
	for c := range s.Criteria(except) {
		if c.Holds {
			return true
		}
	}
	return false
}

// After reports whether a story was first seen when a rule that ends then was
// off already.
func (s *Facts) After(until time.Time) bool {
	return !until.IsZero() && !s.FirstSeen.IsZero() && !s.FirstSeen.Before(until)
}
