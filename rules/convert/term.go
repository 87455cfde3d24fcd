package convert

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/rules/foreign"
	"github.com/copytaster/copytaster/rules/syntax"
)

var ranked = regexp.MustCompile(`\^\d+(\.\d+)?$`)

// term turns a term as its tool writes it into one of a rule.
func (w *writer) term(e *expr) *syntax.Node {
	text := strings.Join(strings.Fields(e.text), " ")
	lose := func(does effect, why string) {
		w.lose(e.column, e.text, why)
		w.changed |= does
	}
	if !strings.ContainsFunc(text, isRead) {
		lose(0, "there is no letter and no digit in it: it was left out")
		return nil
	}
	if _, ok := w.operators[text]; ok && w.capitals && !e.quoted {
		lose(0, "in small letters it is a word to look for: write it in capitals where it combines others")
	}
	if cut := ranked.ReplaceAllString(text, ""); cut != text {
		text = cut
		lose(0, "a weight orders results: rules match or do not, so it was left out")
	}
	if cut := fuzzy.ReplaceAllString(text, ""); cut != text && !e.quoted {
		text = cut
		lose(narrower, "~ asks for similar spellings: rules find the word as it is written, so it was left out")
	}
	if gap := strings.Split(text, " * "); w.tool == GoogleAlerts && e.quoted && len(gap) > 1 {
		return w.gaps(gap, e)
	}
	if at := strings.IndexByte(text, '$'); w.tool == Factiva && at > 0 && text[at-1] != ' ' {
		lose(wider, "$ stands for some letters: * is any number of them, and what follows it was left out")
		text = text[:at] + "*"
	}
	parts := strings.Split(text, " ")
	for i, part := range parts {
		parts[i] = w.wildcards(part, i == len(parts)-1, lose)
	}
	text = strings.TrimLeft(strings.Join(parts, " "), "=~$/&!@%#+- ")
	if !strings.ContainsFunc(text, isRead) {
		return nil // its signs were named
	}
	if letter := strings.IndexByte(text, '?'); letter > 0 && strings.HasSuffix(text, "*") {
		lose(wider, "a term takes ? or *, not both: it was cut, and finds more")
		text = text[:letter] + "*"
	}
	if form, ok := foreign.Find(text); ok && !strings.ContainsAny(text, "*?") {
		lose(0, form.Message+": "+form.Hint)
	} else if !e.quoted && fieldLike.MatchString(text) {
		lose(0, "rules have no such field: it is looked for as words, in: url looks in addresses")
	}
	if w.plurals && isPlain(text) {
		text = "~" + text
	}
	return &syntax.Node{Term: text}
}

// isRead reports whether a character is one of a word.
func isRead(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// isPlain reports whether a term is one English word in lower case, whose plural can be
// told.
func isPlain(term string) bool {
	for _, r := range term {
		if r < 'a' || r > 'z' {
			return false
		}
	}
	return len(term) > 2
}

// wildcards turns the signs for letters into those of a rule: ? for one, and * for any
// ending of the last word.
func (w *writer) wildcards(part string, last bool, lose func(effect, string)) string {
	var b strings.Builder
	for i, r := range part {
		switch {
		case w.ending != "" && strings.ContainsRune(w.ending, r) && i > 0:
			if last && i+1 == len(part) {
				b.WriteByte('*')
				continue
			}
			if last {
				lose(wider, "a sign for any letters stands at the end of a term: what follows it was left out")
				b.WriteByte('*')
				return b.String()
			}
			lose(narrower, "a sign for any letters stands at the end of a term, not inside a phrase: it was left out")
		case strings.ContainsRune(w.letter, r) && i > 0:
			b.WriteByte('?')
		case (r == '*' || r == '?' || r == '!') && w.letter+w.ending != "" || r == '?' || r == '!' || r == '*':
			if i > 0 && i+1 < len(part) || r == '*' {
				lose(wider|narrower, fmt.Sprintf("%c was left out", r))
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// gaps is a phrase in which * stands for a word.
func (w *writer) gaps(parts []string, e *expr) *syntax.Node {
	return joined(w.quoted(parts, e), func(n *syntax.Node) { n.Ordered, n.Within = true, words(len(n.All)-1) })
}

// quoted are the terms of the parts of a phrase.
func (w *writer) quoted(parts []string, e *expr) (all []syntax.Node) {
	for _, part := range parts {
		all = append(all, nodes(w.term(&expr{text: part, quoted: true, column: e.column}))...)
	}
	if len(all) < len(parts) {
		w.changed |= wider
	}
	return all
}

// joined is a clause of several terms, which together says more of, or the only term; nil is none.
func joined(all []syntax.Node, together func(*syntax.Node)) *syntax.Node {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return &all[0]
	}
	n := &syntax.Node{All: all}
	together(n)
	return n
}
