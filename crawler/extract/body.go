package extract

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Above these a page is cut into blocks without the libraries, which are not
// linear: they read the text of an element once for each element around it.
const (
	maxElements = 60_000
	maxReading  = 50 << 20 // bytes of text, each times the elements around it; real pages have up to 5 MB
)

// A page is what the text of an article is read from.
type page struct {
	root   *html.Node // is used up
	large  bool       // too large for the libraries
	base   *url.URL   // may be nil
	flat   bool       // it was nested too deep for a tree
	linked string     // articleBody of the linked data
	live   []entry    // of the linked data
	state  *hydration // knows the titles too
	head   *head
	about  string // what the page says that it is about
}

// A bodyText is what was read from a page.
type bodyText struct {
	blocks []block
	cut    bool // the page asks for money where the rest should be
}

// readBody returns the text of an article. Two readers with different faults vote
// on the blocks of the page; its articleBody and its data are asked when it
// shows little. A reading is filled in when there is one.
func readBody(p page, t thresholds, r *Reading) bodyText {
	if r != nil {
		r.Flat = p.flat
	}
	if p.large {
		blocks := withoutFurniture(longBlocks(nodeBlocks(p.root)))
		r.replace(ReaderLongBlocks, "the page is too large for the other readers", blocks)
		return bodyText{blocks: blocks}
	}
	splitBreaks(p.root)
	all := nodeBlocks(p.root)
	titles := p.state.titles
	wide := trafilaturaBlocks(p.root, p.base)
	deep := readabilityBlocks(p.root, p.base)
	r.candidate(ReaderTrafilatura, wide)
	r.candidate(ReaderReadability, deep)
	e := elect(all, deep, wide, titles, t)
	e.standfirst(p.head, p.about, titles)
	cut := e.cut()
	r.settle(e)
	if isLive(p.live) {
		blocks := liveText(e.elected(), p.live, t.agreement)
		r.replace(ReaderLiveBlog, "the page is a live blog", blocks)
		return bodyText{blocks: blocks}
	}
	return bodyText{blocks: fuller(p, e.elected(), r), cut: cut}
}

// fuller returns the text that was found on a page, or that of its articleBody or
// its data when the page shows little of it.
func fuller(p page, blocks []block, r *Reading) []block {
	const why = "it is much longer than what the page shows"
	if whole := textBlocks(p.linked); isBetter(whole, blocks, minLinked) {
		blocks = tidy(whole, p.state.titles)
		r.replace(ReaderJSONLD, why, blocks)
	}
	if len(lines(blocks)) < shortBody {
		if whole := p.state.get().body; isBetter(whole, blocks, minProse) {
			blocks = tidy(whole, p.state.titles)
			r.replace(ReaderHydration, why, blocks)
		}
	}
	return blocks
}

// minLinked is the number of bytes up to which an articleBody is a summary.
const minLinked = 600

// isBetter reports whether a text that is no part of the page goes before the
// one that was found there: it has so much more to say that the page must show
// it only in part. Otherwise the page goes first: an articleBody often has no
// paragraphs, or is a summary.
func isBetter(whole, found []block, least int) bool {
	const longer = 1.6
	size := len(lines(whole))
	if size <= least || float64(size) <= longer*float64(len(lines(found))) {
		return false
	}
	w := newWords() // some say it all twice
	return float64(len(w.known(whole).shingles)) > longer*float64(len(w.known(found).shingles))
}

// shortBody is the number of bytes below which a body may be all that a page
// shows of a longer one.
const shortBody = 1500

// textBlocks returns lines of text as blocks.
func textBlocks(text string) []block {
	var blocks []block
	for line := range strings.Lines(text) {
		if line = squeeze(line); line != "" {
			blocks = append(blocks, block{text: line, size: len(line)})
		}
	}
	return blocks
}

// longBlocks keeps what is surely text.
func longBlocks(blocks []block) []block {
	const least = 80 // bytes
	return slices.DeleteFunc(blocks, func(b block) bool { return len(b.text) < least || b.link*2 > b.size })
}

// tidy takes out furniture, what the page says twice and the titles that stand
// before the text.
func tidy(blocks []block, titles []string) []block {
	const longBlock = 60 // bytes; a shorter line may well be said twice
	seen := map[string]bool{}
	kept := make([]block, 0, len(blocks))
	for _, b := range withoutFurniture(blocks) {
		if len(kept) == 0 && isTitle(b.text, titles) {
			continue
		}
		if len(b.text) >= longBlock && seen[b.text] {
			continue
		}
		seen[b.text] = true
		kept = append(kept, b)
	}
	return kept
}
