package revision

import (
	"strings"

	"github.com/aymanbagabas/go-udiff/lcs"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// difference is what distinguishes two versions of a text.
type difference struct {
	went, came    []sentence // without what says nothing, in their order
	before, after int        // weights of the versions
	common        int        // weight of what is in both
	rewritten     bool       // more came or went than notes of correction
	corrected     bool       // a note of correction came
}

// differ finds the sentences that only one of two versions has. Where either
// is empty nothing is known, and nothing differs.
func differ(before, after version) difference {
	if len(before.sentences) == 0 || len(after.sentences) == 0 {
		return difference{}
	}
	d := difference{before: before.weight, after: after.weight}
	went, came := without(before, after), without(after, before)
	d.common = before.weight
	for _, s := range went {
		if !s.furniture() {
			d.common -= s.weight
		}
	}
	d.went, d.came = uncounted(went, came), uncounted(came, went)
	d.rewritten = len(d.went) > 0
	for _, s := range d.came {
		note := isNote(s.text)
		d.corrected = d.corrected || note
		d.rewritten = d.rewritten || !note
	}
	return d
}

// without returns the sentences of v that other does not have as often. Of
// furniture it returns only notes of correction.
func without(v, other version) (only []sentence) {
	held := map[string]int{}
	for _, s := range other.sentences {
		held[s.folded]++
	}
	for _, s := range v.sentences {
		if held[s.folded]--; held[s.folded] < 0 && (!s.furniture() || isNote(s.text)) {
			only = append(only, s)
		}
	}
	return only
}

// uncounted returns the sentences that are no counters which others has with
// other numbers.
func uncounted(sentences, others []sentence) (rest []sentence) {
	counters := map[string]bool{}
	for _, s := range others {
		if s.weight < counterWeight {
			counters[s.masked] = true
		}
	}
	for _, s := range sentences {
		if s.weight >= counterWeight || !counters[s.masked] || s.masked == s.folded {
			rest = append(rest, s)
		}
	}
	return rest
}

// teaser reports whether the new version looks like what a wall leaves of the
// old one: less than half of it, or, where the page says that it now has to be
// paid for, less. A note of correction says that it is an edit.
func (d *difference) teaser(was, is *news.Story) bool {
	if d.corrected {
		return false
	}
	return 2*d.after < d.before || d.after < d.before && is.Paywalled && !was.Paywalled
}

// elsewhere reports whether the new version is of another page.
func (d *difference) elsewhere(was, is *news.Story) bool {
	own := news.CanonicalURL(is.Canonical)
	if own == "" || own == news.CanonicalURL(was.URL) || own == news.CanonicalURL(was.Canonical) {
		return false
	}
	return 2*d.common < min(d.before, d.after)
}

// foreign reports whether the new version is no version of the story at all, such as a
// page that asks for consent: no sentence of the old one is left in it, and hardly a word,
// and it does not call itself the story's page.
func (d *difference) foreign(was, is *news.Story) bool {
	if d.common > 0 || d.corrected || len(d.went) == 0 {
		return false
	}
	own := news.CanonicalURL(is.Canonical)
	if own != "" && (own == news.CanonicalURL(was.URL) || own == news.CanonicalURL(was.Canonical)) {
		return false
	}
	return shared(was.Text, is.Text) < leastShared
}

// leastShared is the share of a version's words that are in the version before.
const leastShared = .25

// changes returns the words that went and came in the sentences that differ.
func (d *difference) changes() []news.Change {
	return changes(news.FieldBody, joined(d.went), joined(d.came))
}

func joined(sentences []sentence) string {
	texts := make([]string, len(sentences))
	for i, s := range sentences {
		texts[i] = s.text
	}
	return strings.Join(texts, " ")
}

const (
	// aroundWords is how many words around a change are given with it.
	aroundWords = 5
	// gapWords is the most words between two changes that are read as one.
	gapWords = 2
	// maxWords bounds what is compared word by word. A text of that length is
	// a book's chapter.
	maxWords = 20_000
)

// changes compares two texts word by word.
func changes(field news.FieldName, before, after string) []news.Change {
	was, is := text.Split(before), text.Split(after)
	was, is = was[:min(len(was), maxWords)], is[:min(len(is), maxWords)]
	var found []news.Change
	for _, h := range hunks(was, is) {
		found = append(found, news.Change{
			Field:  field,
			Before: words(after, is[max(0, h.ReplStart-aroundWords):h.ReplStart]),
			Went:   words(before, was[h.Start:h.End]),
			Came:   words(after, is[h.ReplStart:h.ReplEnd]),
			After:  words(after, is[h.ReplEnd:min(len(is), h.ReplEnd+aroundWords)]),
		})
		if len(found) == news.MaxChanges {
			break
		}
	}
	return found
}

// hunks finds the differing runs of words; those that lie close together are
// one.
func hunks(was, is []text.Token) (merged []lcs.Diff) {
	for _, h := range lcs.DiffLines(folded(was), folded(is)) {
		if last := len(merged) - 1; last >= 0 && h.Start-merged[last].End <= gapWords {
			merged[last].End, merged[last].ReplEnd = h.End, h.ReplEnd
			continue
		}
		merged = append(merged, h)
	}
	return merged
}

func folded(tokens []text.Token) []string {
	words := make([]string, len(tokens))
	for i := range tokens {
		words[i] = tokens[i].Folded
	}
	return words
}

// words is the part of a text that a run of its tokens covers.
func words(s string, run []text.Token) string {
	if len(run) == 0 {
		return ""
	}
	return s[run[0].Start:run[len(run)-1].End]
}
