package identity

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// shingle is how many words in a row are compared, so that the frame that the
// issues of a daily page share is no likeness.
const shingle = 4

// Rewritten reports whether hardly anything of a text is left in another one:
// fewer than half of the runs of four words of the shorter one. A text that is
// not known proves nothing.
func Rewritten(was, is string) bool {
	a, b := shingles(words(was)), shingles(words(is))
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	if len(b) < len(a) {
		a, b = b, a
	}
	common := 0
	for s := range a {
		if b[s] {
			common++
		}
	}
	return 2*common < len(a)
}

// NextIssue reports whether a story under the link of an earlier one is the next
// issue of a page that tells another story every day: hardly anything is left of
// the text, and the date is newer, or one source lists both and has told them
// apart.
func NextIssue(was, is *news.Story) bool {
	newer := !is.Published.IsZero() && !was.Published.IsZero() && is.Published.Sub(was.Published) > issueApart
	toldApart := is.Key == was.Key && is.Origin.Source == was.Origin.Source
	return (newer || toldApart) && Rewritten(cmp.Or(was.Summary, was.Text), cmp.Or(is.Summary, is.Text))
}

// Retitled reports whether two titles differ by a correction at most: four in
// five of the words of the longer one are in the other, and all numbers.
func Retitled(was, is string) bool {
	a, b := words(was), words(is)
	if len(b) > len(a) {
		a, b = b, a
	}
	common := 0
	for _, w := range a {
		if i := slices.Index(b, w); i >= 0 {
			b = slices.Delete(slices.Clone(b), i, i+1)
			common++
		} else if hasDigit(w) {
			return false
		}
	}
	return common > 0 && 5*common >= 4*len(a) && !slices.ContainsFunc(b, hasDigit)
}

func hasDigit(s string) bool { return strings.ContainsFunc(s, unicode.IsDigit) }

// words are the words of a text without regard to case and marks.
func words(s string) []string {
	tokens := text.Split(s)
	all := make([]string, len(tokens))
	for i := range tokens {
		all[i] = tokens[i].Folded
	}
	return all
}

// shingles returns the runs of four words; a text that is shorter is one run.
func shingles(words []string) map[string]bool {
	runs := map[string]bool{}
	for i := range max(len(words)-shingle+1, min(len(words), 1)) {
		runs[strings.Join(words[i:min(i+shingle, len(words))], " ")] = true
	}
	return runs
}
