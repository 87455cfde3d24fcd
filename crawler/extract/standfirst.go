package extract

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// saysLead are names of a standfirst: what stands between the headline and the
// text and belongs to both.
var leadName = regexp.MustCompile(`(?i)lead|lede|standfirst|stand-first|intro|summary|excerpt|subtitle|sub-title|subhead|subline|dek\b|deck|teaser|abstract|vorspann|chapo|sapo|abstrakt|ingress|manchet|perex|bajada|entradilla|occhiello|sommario|anleser|untertitel|sottotitolo|entete|resumen|resumo`)

// pictureCredit is in the line below a picture.
var pictureCredit = regexp.MustCompile(`(?i)©|\b(?:photo|photograph|foto|fotos|bild|image|picture|credit|illustration|grafik|quelle|file photo|getty images|afp|imago|shutterstock|unsplash|picture alliance|ap photo)\s*[:/)]|\bfile photo\b|/(?:getty|afp|reuters|dpa|ap|epa)\b|写真|撮影`)

// standfirst returns what the readers left out between the headline and the
// text: the standfirst, which often stands outside of the container of the text,
// in any element or in none. description is how the page sums itself up.
func (e *election) standfirst(h *head, description string, titles []string) {
	const (
		farthest = 12 // blocks behind the headline
		most     = 3  // paragraphs
	)
	from, to := e.headlineAt(h), e.begin()
	if from < 0 || to < from {
		return
	}
	summary := sync.OnceValue(func() known { return e.known(textBlocks(description)) })
	found := 0
	for i := from + 1; i < min(to, from+farthest+1) && found < most; i++ {
		b := &e.votes[i]
		if b.dropped == "" || b.links() > e.lookLink/2 || !h.mayLead(b, titles) || !isLead(b, h) {
			continue
		}
		if len(description) == 0 || b.words < shingleSize || !summary().has(b.text, e.split(nil, b.text), e.agreement) {
			b.dropped = ""
			found++
		}
	}
}

// mayLead reports whether a block is nothing else that stands between a headline
// and its text: a title, a credit, another story's card.
func (h *head) mayLead(b *vote, titles []string) bool {
	return !isFurniture(b.text) && !isCredit(b.text) && !pictureCredit.MatchString(b.text) &&
		!tellsTitle(b.text, titles) &&
		h.isOwn(b.in, notOwn) && !inCard(b.in, h.own.around)
}

// isLead reports whether a block is a sentence, or is called a standfirst.
func isLead(b *vote, h *head) bool {
	if isSentence(b.text) {
		return !isDateline(b, h)
	}
	return len(b.text) >= leastLead && hasLeadName(b) && len(calendar{}.dates(b.text)) == 0
}

// tellsTitle reports whether a line is a title, or one with its section.
func tellsTitle(line string, titles []string) bool {
	const least = 12 // bytes of a title that is told by a part
	letters := lettersOf(line)
	return slices.ContainsFunc(titles, func(t string) bool {
		t = lettersOf(t)
		return letters == t || len(t) >= least && strings.HasSuffix(letters, t) ||
			len(letters) >= least && strings.Contains(t, letters)
	})
}

// leastLead is the number of bytes from which a line that is called a standfirst
// is one.
const leastLead = 40

// headlineAt returns the place of the headline among the blocks, -1 for none.
func (e *election) headlineAt(h *head) int {
	if h == nil || h.own.heading == nil {
		return -1
	}
	for i := range e.votes {
		if isWithin(e.votes[i].in, h.own.heading.node) {
			return i
		}
	}
	return -1
}

// begin returns the place of the first paragraph of the story.
func (e *election) begin() int {
	for i := range e.votes {
		if e.votes[i].dropped == "" && e.votes[i].words >= e.long {
			return i
		}
	}
	return -1
}

// isDateline reports whether a block is a line about the date or the authors.
func isDateline(b *vote, h *head) bool {
	return h.namesOf(b.in)&(saysDate|saysByline) != 0 && utf8.RuneCountInString(b.text) < 120
}

func hasLeadName(b *vote) bool {
	const levels = 2
	n := b.in
	for range levels {
		if n == nil {
			return false
		}
		for _, key := range []string{"class", "id", "itemprop"} {
			if names := attribute(n, key); names != "" && leadName.MatchString(names) {
				return true
			}
		}
		n = n.Parent
	}
	return false
}
