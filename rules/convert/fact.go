package convert

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/rules/foreign"
)

// fact takes up what is asked of a story beside its text; it returns false for
// everything else.
func (w *writer) fact(e *expr, wanted bool) bool {
	filter := &w.Only
	if !wanted {
		filter = &w.Except
	}
	if e.length != "" {
		w.bounds(e, wanted)
		return true
	}
	of, values, ok := facts(e)
	if !ok {
		return false
	}
	if isCoded(e) {
		w.lose(e.column, written(e), "it asks for codes of sources: add only: {outlet: [NAME]} with the names of the outlets")
		return true
	}
	into := map[foreign.Meaning]*[]string{
		foreign.OfSource: &filter.Outlet, foreign.OfAuthor: &filter.Author, foreign.OfLanguage: &filter.Language,
		foreign.OfCountry: &filter.Country, foreign.OfSection: &filter.Section, foreign.OfTag: &filter.Tag,
	}[of]
	for i, v := range values {
		values[i] = cased(of, strings.TrimRight(v, "!"))
		switch { // of some of the alternatives the rule would find less
		case (of == foreign.OfLanguage || of == foreign.OfCountry) && !isCode(v):
			w.lose(e.column, written(e), of.Hint(v))
			return true
		case strings.ContainsAny(v, "*?$") || strings.Contains(v, "!") && w.ending == "!":
			w.lose(e.column, written(e), "it asks for the beginning of a name, and rules for a whole one: "+of.Hint("…"))
			return true
		}
	}
	if !wanted || len(*into) == 0 {
		*into = append(*into, values...)
		return true
	}
	both, longer := values, *into
	if len(both) > len(longer) {
		both, longer = longer, both
	}
	if !holdsAll(longer, both) {
		w.lose(e.column, written(e), "the query asks for this as well, and only: for any of what it lists: it was left out")
		return true
	}
	*into = both
	gone := slices.DeleteFunc(slices.Clone(longer), func(v string) bool { return slices.Contains(both, v) })
	if len(gone) > 0 {
		w.lose(e.column, strings.Join(gone, ", "), "the query asks twice for such: only: has what it allows both times")
	}
	return true
}

// holdsAll reports whether a list has all texts of another.
func holdsAll(list, texts []string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool { return !slices.Contains(list, t) })
}

// facts returns the values of one fact, or of several of one kind that are alternatives.
func facts(e *expr) (of foreign.Meaning, values []string, ok bool) {
	switch {
	case e.does == or:
		for i, kid := range e.kids {
			another, more, ok := facts(kid)
			if !ok || i > 0 && another != of {
				return 0, nil, false
			}
			of, values = another, append(values, more...)
		}
		return of, values, true
	case e.labelled && isFact(e.target):
		values, ok = alternatives(e.kids[0])
		return e.target, values, ok
	}
	return 0, nil, false
}

// isCoded reports whether sources are asked for by the codes that Factiva has for them, which no
// outlet bears as its name.
func isCoded(e *expr) bool {
	return strings.EqualFold(strings.TrimSpace(e.label), "rst=") || e.does == or && slices.ContainsFunc(e.kids, isCoded)
}

// alternatives are the terms of an or, or the one that is none.
func alternatives(e *expr) (all []string, ok bool) {
	switch {
	case e.does == or:
		for _, kid := range e.kids {
			more, ok := alternatives(kid)
			if !ok {
				return nil, false
			}
			all = append(all, more...)
		}
		return all, true
	case e.does != none || e.labelled || e.times > 0 || e.first > 0 || e.useless != "" || e.length != "":
		return nil, false
	}
	text := strings.Trim(e.text, "#@~ ")
	if e.quoted {
		text = strings.TrimRight(text, "!")
	}
	return []string{text}, true
}

// bounds takes up the length of a text: wc>500.
func (w *writer) bounds(e *expr, wanted bool) {
	m := bounded.FindStringSubmatch(e.length)
	n, _ := strconv.Atoi(m[3])
	sign, filter := m[2], &w.Only
	if !wanted && w.Except.CountsWords() { // two of them are no range, but what they leave is one
		sign = map[string]string{">": "<=", ">=": "<", "<": ">=", "<=": ">"}[sign]
	} else if !wanted {
		filter = &w.Except
	}
	least, most := filter.MinWords, filter.MaxWords
	switch sign {
	case ">", ">=":
		least = max(least, n, 1)
		if sign == ">" {
			least = max(least, n+1)
		}
	default:
		if sign == "<" {
			n--
		}
		if most = min(n, cmp.Or(most, n)); most < 1 {
			w.lose(e.column, e.text, "no story is so short")
			return
		}
	}
	if most > 0 {
		if least = max(least, 1); least > most {
			w.lose(e.column, e.text, "no story is so long and so short at once")
			return
		}
	}
	filter.MinWords, filter.MaxWords = least, most
}

// isFact reports whether a field is about a story beside its text.
func isFact(m foreign.Meaning) bool {
	switch m {
	case foreign.OfSource, foreign.OfAuthor, foreign.OfLanguage, foreign.OfCountry, foreign.OfSection, foreign.OfTag:
		return true
	}
	return false
}

// cased writes the code of a language or a country as rules do.
func cased(of foreign.Meaning, code string) string {
	switch {
	case of == foreign.OfLanguage:
		return strings.ToLower(code)
	case of == foreign.OfCountry && strings.EqualFold(code, "uk"):
		return "GB"
	case of == foreign.OfCountry && len(code) == 2:
		return strings.ToUpper(code)
	}
	return code
}

// isCode reports whether a value is the two letters of a language or a country.
func isCode(value string) bool {
	return len(value) == 2 && !strings.ContainsFunc(value, func(r rune) bool { return r|0x20 < 'a' || r|0x20 > 'z' })
}
