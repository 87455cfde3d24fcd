package extract

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// creditStarts begin a line that names who else made a story, in lower case:
// in English, German, French, Spanish, Italian, Portuguese, Dutch, the
// Scandinavian languages, Russian, Ukrainian, Korean, Japanese and Chinese.
var creditStarts = []string{
	"additional reporting by ", "additional reporting: ", "reporting by ", "reporting and writing by ", "with reporting by ", "with reporting from ", "with additional reporting by ",
	"with files from ", "with contributions from ", "with contributions by ", "writing by ", "editing by ", "compiled by ", "edited by ", "with agency inputs",
	"with inputs from ", "translated by ",
	"mit material von ", "mit material der ", "mit agenturmaterial", "mitarbeit: ", "unter mitarbeit von ", "mit informationen von ", "mit informationen der ",
	"avec l'afp", "avec l’afp", "avec afp", "avec reuters", "avec agences", "avec les agences",
	"con información de ", "con informaciones de ", "con la colaboración de ", "con informazioni di ", "con la collaborazione di ",
	"com informações d", "com a colaboração de ", "com agências", "met medewerking van ", "medarbejder: ", "medverkande: ",
	"при участии ", "подготовил ", "текст подготовил", "підготував ", "за участі ",
	"취재 도움", "취재지원", "공동취재", "번역 ", "取材協力", "責任編輯", "责任编辑", "编辑：", "責編", "责编", "记者：",
}

// creditEndings end such a line.
var creditEndings = []string{
	"contributed to this report", "contributed to this article", "contributed to this story", "contributed to this guide", "contributed reporting", "contributed reporting from",
	"also contributed", "haben zu diesem bericht beigetragen", "haben zu diesem artikel beigetragen", "a contribué à cet article", "ont contribué à cet article",
	"ha contribuito a questo articolo", "contribuyó a este reportaje", "contribuyeron a este reportaje",
}

// maxCredit is the length in bytes up to which a line is believed to be one.
const maxCredit = 400

// maxCredits is how many such lines of a page are kept.
const maxCredits = 3

// creditLine keeps the line that a text is a part of when it says who else made
// the story. It stands behind the headline.
func (h *head) creditLine(n *html.Node) {
	if len(h.headings) == 0 || len(h.credits) >= maxCredits || !mayCredit(n.Data) {
		return
	}
	line := n.Parent
	for line != nil && isInline(line) {
		line = line.Parent
	}
	if line == nil || line.DataAtom == atom.Script || line.DataAtom == atom.Style {
		return
	}
	if text := strings.TrimLeft(squeeze(shortText(line, maxCredit)), leadingMarks); isCredit(text) &&
		!slices.Contains(h.credits, text) {
		h.credits = append(h.credits, text)
	}
}

// mayCredit is the quick part of isCredit, on a part of the line: by far the
// most texts of a page are no credit.
func mayCredit(text string) bool {
	const longest = 24 // bytes of a first word
	text = strings.TrimLeft(text, leadingMarks)
	if len(text) == 0 {
		return false
	}
	if len(text) <= maxCredit && creditEnds(text) {
		return true
	}
	if c := text[0] | 0x20; text[0] < utf8.RuneSelf && !creditLetters[c] {
		return false
	}
	word, _, _ := strings.Cut(text[:min(len(text), longest)], " ")
	word = strings.ToLower(word)
	first := func(s string) bool { return strings.HasPrefix(s, word) }
	if text[0] >= utf8.RuneSelf {
		first = func(s string) bool { return word[0] == s[0] && word[1] == s[1] }
	}
	return slices.ContainsFunc(creditStarts, first)
}

// creditLetters are the letters with which a credit begins.
var creditLetters = firstLetters(creditStarts)

// creditLast are the letters with which one ends.
var creditLast = lastLetters(creditEndings)

func lastLetters(words []string) (last [256]bool) {
	for _, w := range words {
		last[w[len(w)-1]] = true
	}
	return last
}

func firstLetters(words []string) (first [256]bool) {
	for _, w := range words {
		first[w[0]] = true
	}
	return first
}

// leadingMarks may stand before a credit.
const leadingMarks = " \t\r\n—–-*("

// isCredit reports whether a line says who else made a story.
func isCredit(line string) bool {
	const least = 8 // bytes
	if len(line) < least || len(line) > maxCredit {
		return false
	}
	low := strings.ToLower(strings.TrimLeft(line, leadingMarks))
	starts := func(s string) bool { return strings.HasPrefix(low, s) && len(low) >= len(s) }
	return slices.ContainsFunc(creditStarts, starts) || creditEnds(line)
}

func creditEnds(line string) bool {
	line = strings.TrimRight(line, " \t\r\n.)")
	if line == "" || !creditLast[line[len(line)-1]] {
		return false
	}
	return slices.ContainsFunc(creditEndings, func(s string) bool { return strings.HasSuffix(line, s) })
}

// isInline reports whether an element is a part of a line.
func isInline(n *html.Node) bool {
	switch n.DataAtom {
	case atom.A, atom.B, atom.I, atom.Em, atom.Strong, atom.Span, atom.Small, atom.Font, atom.U, atom.Cite:
		return true
	}
	return false
}
