package cites

import (
	_ "embed" // for frames.txt
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/news"
)

//go:embed frames.txt
var framesText string

// allFrames takes frames.txt apart when it is first needed. Each language is
// compiled when a story in it is first read.
var allFrames = sync.OnceValue(func() map[string]func() *language { return readFrames(framesText) })

// language knows how one language cites.
type language struct {
	before, outletBefore, after, and frame
	media, office, unnamed           []string
}

// frame is the expression that the words before or behind a cited name match.
// A nil one matches nothing.
type frame struct{ *regexp.Regexp }

func (f frame) match(s string) bool { return f.Regexp != nil && f.MatchString(s) }

// languageOf returns the frames of a story's language: English ones when it is
// not known, for that is what most agencies write.
func languageOf(s *news.Story) *language {
	code := s.Language
	switch code {
	case "nb", "nn":
		code = "no"
	case "":
		code = "en"
	}
	if load := allFrames()[code]; load != nil {
		return load()
	}
	return nil
}

func readFrames(text string) map[string]func() *language {
	all := map[string]func() *language{}
	lines := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			own := map[string]string{}
			code := strings.Trim(line, "[]")
			all[code] = sync.OnceValue(func() *language { return compile(own) })
			lines = own
		default:
			key, value, _ := strings.Cut(line, "=")
			lines[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return all
}

// Quotation marks around names, and what stands between commas behind one.
const (
	quoteMarks = `["'“”„«»‘’「」『』《》]*`
	apposition = `(?:, [^,.;:]{1,70},| \([^()]{1,40}\))?`
)

// compile makes a language of its lines.
func compile(lines map[string]string) *language {
	begin, end := `(?:^|[^\pL\pN])`, `(?:[^\pL]|$)`
	switch lines["open"] {
	case "both":
		begin, end = "", ""
	case "end":
		end = ""
	}
	links := `(?:` + lines["link"] + `)`
	before := func(key string) frame {
		if lines[key] == "" {
			return frame{}
		}
		return frame{regexp.MustCompile(`(?i)` + begin + `(?:` + lines[key] + `)[ ,:]*(?:` + links + `[ ,]*)*` + quoteMarks + `$`)}
	}
	after := func(key string) frame {
		if lines[key] == "" {
			return frame{}
		}
		expression := strings.ReplaceAll(lines[key], "$say", lines["say"])
		said := apposition + ` *(?:` + links + ` +)*` + quoteMarks + ` *(?:` + expression + `)`
		return frame{regexp.MustCompile(`^` + quoteMarks + said + end)}
	}
	return &language{
		before: before("before"), outletBefore: before("outlet before"), after: after("after"), and: after("and"),
		media: list(lines["media"]), office: list(lines["office"]), unnamed: list(lines["unnamed"]),
	}
}

func list(words string) []string {
	if words == "" {
		return nil
	}
	return strings.Split(words, "|")
}

// saysUnnamed reports whether a text has news from people it does not name.
func (l *language) saysUnnamed(text string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(l.unnamed, func(phrase string) bool { return strings.Contains(text, phrase) })
}

// unknown returns the name of an outlet or an institution that names.txt does
// not have: words with capitals, of which the last says what it is.
func (l *language) unknown(line string, start int) (name, int) {
	const most = 6 // words
	if r, _ := utf8.DecodeRuneInString(line[start:]); len(l.media) == 0 || !unicode.IsUpper(r) {
		return name{}, 0
	}
	end, words := start, []string{}
	for len(words) < most {
		word := wordAt(line[end:])
		if r, _ := utf8.DecodeRuneInString(word); !unicode.IsUpper(r) && (len(words) == 0 || word != "of") {
			break
		}
		words, end = append(words, word), end+len(word)
		if !strings.HasPrefix(line[end:], " ") {
			break
		}
		end++
	}
	text := strings.TrimRight(line[start:end], " ")
	for len(words) > 1 && words[len(words)-1] == "of" {
		words, text = words[:len(words)-1], strings.TrimSuffix(text, " of")
	}
	words, text = withoutThe(words, text)
	if len(words) < 2 {
		return name{}, 0
	}
	last := strings.ToLower(words[len(words)-1])
	length := len(strings.TrimRight(line[start:end], " "))
	switch {
	case slices.Contains(l.media, last):
		return name{canonical: text}, length
	case len(words) > 2 && slices.Contains(l.office, last):
		return name{canonical: text, institution: true}, length
	}
	return name{}, 0
}

// withoutThe drops a "The" from the beginning of a sentence.
func withoutThe(words []string, text string) ([]string, string) {
	if len(words) > 0 && words[0] == "The" {
		return words[1:], strings.TrimPrefix(text, "The ")
	}
	return words, text
}

// wordAt returns the word at the beginning of a text, with its apostrophes,
// hyphens and points inside.
func wordAt(s string) string {
	end := strings.IndexFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune("'’-&.", r)
	})
	if end < 0 {
		end = len(s)
	}
	return strings.TrimRight(s[:end], "'’-&.")
}
