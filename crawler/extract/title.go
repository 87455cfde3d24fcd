package extract

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"golang.org/x/net/html"
)

// title returns the text of a title. Feeds and pages write it as text, as HTML,
// or as HTML that is escaped once or twice more, so only tags that a title can
// really hold count as markup: "the <blink> tag" and "a < b" stay what they
// are. Inline tags leave nothing behind ("CO<sub>2</sub>" is CO2), those that
// break a line leave a space.
func title(s string) string {
	const escapedAtMost = 3 // times, as of "&amp;amp;amp;"
	s = withoutSection(s)
	for range escapedAtMost {
		s = withoutTags(s)
		decoded := reference.ReplaceAllStringFunc(s, character)
		if decoded == s {
			break
		}
		s = withoutSection(decoded)
	}
	return squeeze(withoutTags(s))
}

// withoutSection takes the marks of a CDATA section off a text that was read
// with them.
func withoutSection(s string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(s), "<![CDATA["), "]]>")
}

// attributes are those of a tag. What has none of this form is text: "a <b and
// c> d".
const attributes = `(?:\s*[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))*\s*/?>`

var (
	inlineTags = regexp.MustCompile(`(?i)</?(?:\w+:)?(?:b|i|u|s|a|em|strong|span|sup|sub|font|small|big|` +
		`mark|q|cite|abbr|acronym|code|tt|kbd|strike|del|ins|bdi|bdo|ruby|rb|nobr|wbr|time|var|dfn|label)` + attributes)
	breakTags = regexp.MustCompile(`(?i)</?(?:\w+:)?(?:br|p|div|h[1-6]|img|hr|ul|ol|li|center|section|header|svg)` +
		attributes + `|<!--.*?-->`)
	readings = regexp.MustCompile(`(?i)<r[tp]>[^<]*</r[tp]>`) // how a word is spoken, beside it
)

func withoutTags(s string) string {
	if !strings.Contains(s, "<") {
		return s
	}
	s = readings.ReplaceAllString(s, "")
	return breakTags.ReplaceAllString(inlineTags.ReplaceAllString(s, ""), " ")
}

// reference is a character reference of HTML. Without its ";" it is one only of
// those names that are written so, and that no word begins with: "Q&A",
// "Smith&Ltd" and "arts&sections" are text.
var reference = regexp.MustCompile(`&(?:#\d{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[A-Za-z][A-Za-z0-9]{1,31};|` +
	`(?:nbsp|amp|quot|lt|gt)\b)`)

// character returns what a reference stands for; one that HTML does not know
// stays as it is.
func character(ref string) string {
	text := html.UnescapeString(ref)
	if strings.HasSuffix(ref, ";") && strings.HasSuffix(text, ";") && ref != "&semi;" {
		return ref // "&regional;" is no "®ional;"
	}
	return text
}

// outletMarks part a headline from the name of its outlet.
var outletMarks = []string{
	" - ", " – ", " — ", " | ", "|", "｜", "│", " · ", " • ", " » ", " › ", " :: ", " // ", " ~ ", " < ", " « ",
}

// withoutOutlet drops the name of the outlet from the end of a list's headline:
// one of the names, or that of the site. What else stands behind a dash is more
// often part of the headline, and a rule may look for it.
func withoutOutlet(headline string, base *url.URL, names ...string) string {
	for _, mark := range outletMarks {
		i := strings.LastIndex(headline, mark)
		if i <= 0 || !isNameOfOutlet(headline[i+len(mark):], base, names) {
			continue
		}
		if short := strings.TrimSpace(headline[:i]); short != "" {
			return short
		}
	}
	return headline
}

func isNameOfOutlet(text string, base *url.URL, names []string) bool {
	const telling = 4 // letters; shorter names of sites are words, or of whom the headline quotes
	name := outletLetters(text)
	if name == "" {
		return false
	}
	if base != nil {
		site := news.SiteOf(base)
		label, _, _ := strings.Cut(site, ".")
		if label = lettersOf(label); len(label) >= telling && name == label || lettersOf(text) == lettersOf(site) {
			return true
		}
	}
	return slices.ContainsFunc(names, func(n string) bool { return outletLetters(n) == name })
}

// outletEnds are what outlets put behind their names.
var outletEnds = regexp.MustCompile(`(?i)(?:\.(?:com?|org|net|info|news|[a-z]{2})(?:\.[a-z]{2})?| (?:online|news ?feed|rss(?: ?feed)?|feed))$`)

// outletLetters are the letters by which two spellings of an outlet's name are
// one.
func outletLetters(name string) string {
	name = outletEnds.ReplaceAllString(strings.TrimSpace(name), "")
	return lettersOf(strings.TrimPrefix(strings.ToLower(name), "the "))
}
