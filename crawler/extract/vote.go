package extract

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// thresholds are the shares of text, 0 to 1, at which the body reader decides.
// TestThresholds shows that none of them sits on an edge.
type thresholds struct {
	agreement                      float64 // of a block's shingles that a reader must have, to have the block
	strangers                      float64 // of either reader's words: the two saw different things
	survivors                      float64 // of the deep reader's words that both have: they saw the same
	most                           float64 // of the wide reader's words that both have: it has hardly anything else
	low                            float64 // of the deep reader's words that both have: one of the two is wrong
	nearer                         float64 // of the headline's words that the deep reader has more: it is right
	missed                         float64 // of the wide reader's words that both have: the deep one saw too little
	look                           float64 // of the agreed words: blocks of this look are the story's
	home                           float64 // of the agreed words: what stands among them may be the story's
	agreedLink, lookLink, homeLink float64 // of a block's text: so much in links points elsewhere
	long                           int     // words; a block as long as that counts when looks and homes are weighed
}

// measured were found on one half of two public collections of annotated pages
// and scored on the other; they hold for pages in some 30 languages.
var measured = thresholds{
	agreement: 0.65, strangers: 0.05, survivors: 0.55, most: 0.95, low: 0.3, nearer: 0.4, missed: 0.25,
	look: 0.05, home: 0.1, agreedLink: 0.6, lookLink: 0.5, homeLink: 0.05, long: 12,
}

// A vote is one block of the page and what the readers say of it.
type vote struct {
	block
	deep, wide bool
	words      int
	look       uint64
	home       *html.Node
	caption    bool
	dropped    string // why it is no part of the story
}

// An election settles what is the story when one reader finds all paragraphs of
// an element (deep) and the other knows furniture better (wide). A block is the
// story's when both have it. What only one or none of them has is the story's
// when it looks like what they agree on.
type election struct {
	thresholds
	words
	votes  []vote
	looks  map[uint64]int     // agreed words by look
	homes  map[*html.Node]int // agreed words by home
	agreed int
	mode   Reader  // whose votes count
	shared float64 // share of the deep reader's words that both have
}

// elect holds an election over a page's blocks. deep and wide are what the two
// readers found in it.
func elect(page, deep, wide []block, titles []string, t thresholds) *election {
	e := &election{thresholds: t, words: newWords(), looks: map[uint64]int{}, homes: map[*html.Node]int{}}
	d, w := e.known(deep), e.known(wide)
	both := float64(e.vote(page, d, w))
	e.shared = min(both/float64(max(d.size, 1)), 1)
	e.mode = e.choose(deep, wide, both/float64(max(d.size, 1)), both/float64(max(w.size, 1)), first(titles))
	for i := range e.votes {
		b := &e.votes[i]
		switch e.mode {
		case ReaderReadability:
			b.wide = b.deep
		case ReaderTrafilatura:
			b.deep = b.wide
		}
	}
	e.weigh()
	e.count(titles)
	e.dropTwice()
	return e
}

// elected returns the blocks that are the story's.
func (e *election) elected() []block {
	var blocks []block
	for _, b := range e.votes {
		if b.dropped == "" {
			blocks = append(blocks, b.block)
		}
	}
	return blocks
}

// why says in words whose votes counted.
func (e *election) why() string {
	switch e.mode {
	case ReaderVote:
		return "both readers found the same article"
	case ReaderTrafilatura:
		return "readability found another text, hardly any or much more"
	}
	return "trafilatura found another text or hardly any"
}

// vote asks both readers about every block and returns how many words they agree
// on.
func (e *election) vote(page []block, deep, wide known) (both int) {
	e.votes = make([]vote, 0, len(page))
	var own []uint64
	for _, b := range page {
		if b.tag == atom.Title {
			continue
		}
		if own = e.split(own[:0], b.text); len(own) == 0 {
			continue
		}
		v := vote{block: b, words: len(own), look: e.lookOf(b.in), home: homeOf(b.in), caption: isCaption(b.in)}
		v.deep = deep.has(b.text, own, e.agreement)
		v.wide = wide.has(b.text, own, e.agreement)
		if v.deep && v.wide {
			both += v.words
		}
		e.votes = append(e.votes, v)
	}
	return both
}

// choose says whose votes count: both readers', unless they saw different things
// or the deep one saw only a part.
func (e *election) choose(deep, wide []block, ofDeep, ofWide float64, headline string) Reader {
	switch {
	case len(deep) == 0:
		return ReaderTrafilatura
	case len(wide) == 0:
		return ReaderReadability
	case ofDeep < e.strangers && ofWide < e.strangers:
		if e.about(wide, headline) > e.about(deep, headline) {
			return ReaderTrafilatura
		}
		return ReaderReadability
	case ofDeep >= e.survivors && ofWide < e.missed:
		return ReaderTrafilatura
	case ofDeep < e.low && ofWide >= e.most:
		if e.about(deep, headline) >= e.about(wide, headline)+e.nearer {
			return ReaderReadability
		}
		return ReaderTrafilatura
	case ofDeep >= e.survivors, ofWide >= e.most:
		return ReaderVote
	}
	return ReaderReadability
}

// weigh sums up which looks and which homes the agreed paragraphs have. When
// most of them are captions, the page is a gallery and they are its text.
func (e *election) weigh() {
	captions := 0
	for i := range e.votes {
		b := &e.votes[i]
		if !b.deep || !b.wide || b.words < e.long || b.links() >= e.lookLink {
			continue
		}
		e.agreed += b.words
		e.looks[b.look] += b.words
		e.homes[b.home] += b.words
		if b.caption {
			captions += b.words
		}
	}
	if captions*2 > e.agreed {
		for i := range e.votes {
			e.votes[i].caption = false
		}
	}
}

// count says of every block why it is not the story's, if it is not.
func (e *election) count(titles []string) {
	begun := false
	for i := range e.votes {
		b := &e.votes[i]
		switch {
		case !begun && (isTitle(b.text, titles) || isHeading(b.tag) && tellsTitle(b.text, titles)):
			b.dropped = "a title"
		case b.caption:
			b.dropped = "a caption"
		default:
			b.dropped = e.verdict(b)
		}
		if b.dropped == "" && isFurniture(b.text) {
			b.dropped = "furniture of the page"
		}
		begun = begun || b.dropped == "" && b.words >= e.long
	}
}

func (e *election) verdict(b *vote) string {
	const links = "mostly links"
	looksRight := float64(e.looks[b.look]) >= e.look*float64(e.agreed) && e.looks[b.look] > 0
	atHome := float64(e.homes[b.home]) >= e.home*float64(e.agreed) && e.homes[b.home] > 0
	switch share := b.links(); {
	case b.deep && b.wide && share >= e.agreedLink:
		return links
	case b.deep && b.wide:
		return ""
	case looksRight && share < e.lookLink:
		return ""
	case looksRight:
		return links
	case !b.deep && !b.wide && e.isBare(b):
		return ""
	case !b.deep && !b.wide:
		return "no reader has it"
	case !atHome:
		return "only one reader has it, and it stands elsewhere"
	case share >= e.homeLink:
		return "only one reader has it, and it has links"
	}
	return ""
}

// isBare reports whether a block is bare text of the container in which the
// paragraphs of the story stand: text behind a box, which readers pass over.
func (e *election) isBare(b *vote) bool {
	there := e.homes[b.in]
	return there > 0 && float64(there) >= e.home*float64(e.agreed) && isSentence(b.text) && b.links() < e.homeLink*4
}

// dropTwice drops what a page says twice, as in a card or a menu: the block with
// the look of the story stays. A short line may well be said twice, and so may
// a question that all who are asked are asked.
func (e *election) dropTwice() {
	const (
		long = 60 // bytes
		many = 3  // times; what is said that often is no pull quote
	)
	best, times := map[string]int{}, map[string]int{}
	for i, b := range e.votes {
		if b.dropped != "" {
			continue
		}
		times[b.text]++
		if j, ok := best[b.text]; !ok || e.looks[b.look] > e.looks[e.votes[j].look] {
			best[b.text] = i
		}
	}
	for i := range e.votes {
		b := &e.votes[i]
		j, ok := best[b.text]
		if !ok || i == j || b.dropped != "" {
			continue
		}
		alike := b.look == e.votes[j].look
		asked := times[b.text] >= many && strings.HasSuffix(b.text, "?")
		if !alike && b.words > 2 || alike && len(b.text) >= long && !asked {
			b.dropped = "said twice"
		}
	}
}

// isTitle reports whether a text is one of the titles.
func isTitle(text string, titles []string) bool {
	for _, t := range titles {
		if strings.EqualFold(text, t) {
			return true
		}
	}
	return false
}
