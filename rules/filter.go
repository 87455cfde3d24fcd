package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// facts is what filters ask about a story.
type facts struct {
	news.Origin
	language, section, outlet string
	authors, cites            []string
	words                     func() int // of the text
	firstSeen                 time.Time
	partial                   bool // what is not given is not looked at: a story of a test
}

func factsOf(s *news.Story) *facts {
	return &facts{Origin: s.Origin, language: s.Language, section: s.Section, outlet: s.Outlet,
		authors: s.Authors, cites: s.Cites, words: func() int { return text.Words(text.Split(s.Text)) }, firstSeen: s.FirstSeen}
}

// criterion is one key of a filter, with what it wants and what the story has.
type criterion struct {
	key    string
	wanted []string
	have   []string
	same   func(wanted, have string) bool
}

// criteria lists the keys of a filter that were given.
func (f *Filter) criteria(s *facts) []criterion {
	all := []criterion{
		{"source", f.Source, present(s.Source), strings.EqualFold},
		{"tag", f.Tag, s.Tags, strings.EqualFold},
		{"tier", f.Tier, present(s.Tier), strings.EqualFold},
		{"country", f.Country, present(s.Country), strings.EqualFold},
		{"language", f.Language, present(s.language), sameLanguage},
		{"section", f.Section, present(s.section), text.Holds},
		{"author", f.Author, s.authors, text.Holds},
		{"outlet", f.Outlet, present(s.outlet), text.Holds},
		{"cites", f.Cites, s.cites, text.Holds},
	}
	return slices.DeleteFunc(all, func(c criterion) bool { return len(c.wanted) == 0 })
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
	return strings.EqualFold(wanted, have) || !strings.ContainsAny(wanted, "-_") && strings.EqualFold(wanted, primary(have))
}

func (c *criterion) holds() bool {
	return slices.ContainsFunc(c.wanted, func(w string) bool {
		return slices.ContainsFunc(c.have, func(h string) bool { return c.same(w, h) })
	})
}

// admits reports whether every key of an only filter holds.
func (f *Filter) admits(s *facts) bool { return len(f.refusals(s, true)) == 0 }

// excludes reports whether some key of an except filter holds.
func (f *Filter) excludes(s *facts) bool { return len(f.exclusions(s, true)) > 0 }

// refusals says which keys of an only filter fail; at most one when that is
// enough.
func (f *Filter) refusals(s *facts, enough bool) []Failed {
	if f.zero() {
		return nil
	}
	var failed []Failed
	for _, c := range f.criteria(s) {
		if enough && len(failed) > 0 {
			break
		}
		if c.holds() || s.partial && len(c.have) == 0 {
			continue
		}
		reason := fmt.Sprintf("%s is not known, wanted %s", c.key, strings.Join(c.wanted, " or "))
		if len(c.have) > 0 {
			reason = fmt.Sprintf("%s is %s, wanted %s", c.key, strings.Join(c.have, ", "), strings.Join(c.wanted, " or "))
		}
		failed = append(failed, Failed{Clause: "only." + c.key, Reason: reason})
	}
	if n, given := f.length(s); given && !f.spans(n) {
		failed = append(failed, Failed{Clause: "only.words", Reason: fmt.Sprintf("the text has %d words, wanted %s", n, f.span())})
	}
	return failed
}

// exclusions says which keys of an except filter hold; at most one when that is
// enough.
func (f *Filter) exclusions(s *facts, enough bool) []Failed {
	if f.zero() {
		return nil
	}
	var failed []Failed
	for _, c := range f.criteria(s) {
		if enough && len(failed) > 0 {
			break
		}
		if c.holds() {
			failed = append(failed, Failed{Clause: "except." + c.key, Reason: fmt.Sprintf("%s is %s", c.key, strings.Join(c.have, ", "))})
		}
	}
	if n, given := f.length(s); given && f.spans(n) {
		failed = append(failed, Failed{Clause: "except.words", Reason: fmt.Sprintf("the text has %d words, which is %s", n, f.span())})
	}
	return failed
}

// length counts the words of the text; given is false when the filter does not
// ask, or a test does not say.
func (f *Filter) length(s *facts) (n int, given bool) {
	if f.MinWords == 0 && f.MaxWords == 0 {
		return 0, false
	}
	n = s.words()
	return n, n > 0 || !s.partial
}

func (f *Filter) spans(n int) bool { return n >= f.MinWords && (f.MaxWords == 0 || n <= f.MaxWords) }

func (f *Filter) span() string {
	if f.MaxWords == 0 {
		return fmt.Sprintf("%d+", f.MinWords)
	}
	return fmt.Sprintf("%d-%d", f.MinWords, f.MaxWords)
}

func (f *Filter) zero() bool {
	return len(f.Source)+len(f.Tag)+len(f.Tier)+len(f.Country)+len(f.Language)+len(f.Section)+
		len(f.Author)+len(f.Outlet)+len(f.Cites)+f.MinWords+f.MaxWords == 0
}

// values lists all that a filter says, for the hash of its rule.
func (f *Filter) values() [][]string {
	return [][]string{f.Source, f.Tag, f.Tier, f.Country, f.Language, f.Section, f.Author, f.Outlet, f.Cites, {f.span()}}
}
