package match_test

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// place is a mention of one term, with the bytes of its field that it takes.
type place struct {
	mention
	from, to int
}

// term returns the places of a written term in the places that a level looks in.
func (r *reading) term(written string, in []rules.Place) []place {
	var all []place
	for _, p := range r.places(written) {
		if r.looks(in, p.mention) {
			all = append(all, p)
		}
	}
	return all
}

// places returns the places of a written term in the whole story.
func (r *reading) places(written string) []place {
	all, known := r.found[written]
	if !known {
		for f := range r.fields {
			all = append(all, r.placesIn(written, f)...)
		}
		r.found[written] = all
	}
	return all
}

func (r *reading) placesIn(written string, field int) []place {
	written = strings.TrimSpace(written)
	if len(written) > 2 && written[0] == '/' && strings.HasSuffix(written, "/") {
		return r.expression(written[1:len(written)-1], field)
	}
	var look text.Look
	words, exact := strings.CutPrefix(written, "=")
	words, stem := strings.CutPrefix(words, "~")
	words, prefix := strings.CutSuffix(words, "*")
	look.Exact, look.Stem, look.Prefix = exact, stem, prefix
	var all []place
	for _, spelling := range spellings(words, r.fields[field].tokens) {
		for _, p := range r.phrase(spelling, look, field) {
			if spelling == words || standsIn(spelling, r.fields[field].tokens[p.start:]) {
				all = append(all, p)
			}
		}
	}
	return all
}

// spellings puts every letter of a text in the place of every question mark,
// such as go on the word and give words that the text has.
func spellings(words string, in []text.Token) []string {
	before, after, asked := strings.Cut(words, "?")
	if !asked {
		return []string{words}
	}
	letters := map[rune]bool{}
	for _, t := range in {
		for _, r := range t.Folded + t.Exact {
			letters[r] = unicode.IsLetter(r)
		}
	}
	beside, _ := utf8.DecodeLastRuneInString(before)
	if !unicode.IsLetter(beside) {
		beside, _ = utf8.DecodeRuneInString(strings.TrimLeft(after, "?"))
	}
	tokens := len(text.Split(before + string(beside) + after))
	var all []string
	for letter, is := range letters {
		spelling := before + string(letter) + after
		if own := text.Split(spelling); is && len(own) == tokens && (strings.Contains(spelling, "?") || inText(own, in)) {
			all = append(all, spellings(spelling, in)...)
		}
	}
	return all
}

// inText reports whether each of some words is in one of a text.
func inText(words, in []text.Token) bool {
	for _, word := range words {
		if !slices.ContainsFunc(in, func(t text.Token) bool { return strings.Contains(t.Folded, word.Folded) }) {
			return false
		}
	}
	return true
}

// standsIn reports whether words stand at the head of a text as they are
// spelled, be it with an ending or a prefix: where a letter is open no other
// may change.
func standsIn(words string, in []text.Token) bool {
	for i, word := range text.Split(words) {
		if !strings.Contains(in[i].Folded, word.Folded) {
			return false
		}
	}
	return true
}

// phrase returns the places of words that stand one after the other.
func (r *reading) phrase(words string, look text.Look, field int) []place {
	p, tokens := text.NewPhrase(words, look), r.fields[field].tokens
	if p.Exact() && text.Shouted(tokens) {
		return nil
	}
	anchor := 0 // the token by which At finds the phrase, in the phrase itself
	for i, own := 0, text.Split(words); i < len(own); i++ {
		if _, _, ok := p.At(own, i, &r.stems); ok {
			anchor = i
		}
	}
	var all []place
	for i := range tokens {
		if from, to, ok := p.At(tokens, i, &r.stems); ok {
			start, end := i-anchor, i-anchor+p.Len()-1
			all = append(all, place{mention{field, start, end, end, start}, from, to})
		}
	}
	return all
}

// expression returns the finds of a regular expression, which take the tokens
// that they touch, or the next one, or the last.
func (r *reading) expression(written string, field int) []place {
	f := &r.fields[field]
	var all []place
	for _, found := range regexp.MustCompile("(?i:"+written+")").FindAllStringIndex(f.Text, -1) {
		if found[0] == found[1] {
			continue
		}
		var touched []int
		following := max(0, len(f.tokens)-1)
		for i := len(f.tokens) - 1; i >= 0; i-- {
			t := &f.tokens[i]
			if t.Start < found[1] && found[0] < t.End {
				touched = append(touched, i)
			}
			if t.Start >= found[1] {
				following = i
			}
		}
		if touched == nil {
			touched = []int{following}
		}
		start, end := touched[len(touched)-1], touched[0]
		all = append(all, place{mention{field, start, end, end, start}, found[0], found[1]})
	}
	return all
}

// looks reports whether a mention lies in one of the places, or in the text of
// the story when there are none.
func (r *reading) looks(in []rules.Place, m mention) bool {
	if in == nil {
		return r.fields[m.field].Name != news.FieldURL
	}
	return slices.ContainsFunc(in, func(p rules.Place) bool {
		if p.Field == "" {
			return r.amongFirst(p.Words, m)
		}
		return r.fields[m.field].Name == p.Field
	})
}

// amongFirst reports whether a mention lies among the first words of a lead, or
// of the body counted on from the last lead.
func (r *reading) amongFirst(words int, m mention) bool {
	before := 0
	for i := range r.fields {
		if f := &r.fields[i]; f.Name == news.FieldLead {
			before = weight(f.tokens, 0, len(f.tokens))
		}
	}
	here := weight(r.fields[m.field].tokens, 0, min(m.end+1, len(r.fields[m.field].tokens)))
	switch r.fields[m.field].Name {
	case news.FieldLead:
		return here <= 4*words
	case news.FieldBody:
		return before+here <= 4*words
	}
	return false
}

// criterion is one key of a filter: what it wants, what the story has.
type criterion struct {
	wants, has []string
	same       func(want, has string) bool
}

func (r *reading) criteria(f rules.Filter) []criterion {
	s := r.story
	all := []criterion{
		{f.Source, []string{s.Origin.Source}, strings.EqualFold},
		{f.Tag, s.Origin.Tags, strings.EqualFold},
		{f.Tier, []string{s.Origin.Tier}, strings.EqualFold},
		{f.Country, []string{s.Origin.Country}, strings.EqualFold},
		{f.Language, []string{s.Language}, sameLanguage},
		{f.Section, []string{s.Section}, text.Holds},
		{f.Author, s.Authors, text.Holds},
		{f.Outlet, []string{s.Outlet}, text.Holds},
		{f.Cites, s.Cites, text.Holds},
	}
	return slices.DeleteFunc(all, func(c criterion) bool { return len(c.wants) == 0 })
}

func (c criterion) holds() bool {
	for _, want := range c.wants {
		for _, has := range c.has {
			if has != "" && c.same(want, has) {
				return true
			}
		}
	}
	return false
}

// sameLanguage takes en for en-GB, but not en-GB for en.
func sameLanguage(want, has string) bool {
	return strings.EqualFold(want, has) || len(has) > len(want) && strings.EqualFold(want+"-", has[:len(want)+1])
}

// admits reports whether every key of an only filter holds.
func (r *reading) admits(f rules.Filter) bool {
	for _, c := range r.criteria(f) {
		if !c.holds() {
			return false
		}
	}
	return !asksLength(f) || r.spans(f)
}

// excludes reports whether some key of an except filter holds.
func (r *reading) excludes(f rules.Filter) bool {
	return slices.ContainsFunc(r.criteria(f), criterion.holds) || asksLength(f) && r.spans(f)
}

func asksLength(f rules.Filter) bool { return f.MinWords != 0 || f.MaxWords != 0 }

func (r *reading) spans(f rules.Filter) bool {
	words := text.Words(text.Split(r.story.Text))
	return words >= f.MinWords && (f.MaxWords == 0 || words <= f.MaxWords)
}
