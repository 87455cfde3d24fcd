package extract

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// maxElements is the number of elements above which a page is cut into blocks
// without the libraries, which are not linear.
const maxElements = 60_000

// readBody gives the text of an article as blocks. Two readers with different
// faults vote, and the page's own articleBody is the last resort. The tree is
// used up.
func readBody(root *html.Node, h head, base *url.URL, linked string, titles []string) []block {
	if h.elements > maxElements {
		return withoutFurniture(longBlocks(nodeBlocks(root)))
	}
	splitBreaks(root)
	wide := trafilaturaBlocks(root, base)
	deep := slices.DeleteFunc(readabilityBlocks(root, base), isLinkBlock)
	blocks := combine(deep, wide, first(titles))
	if whole := textBlocks(linked); isBetter(whole, blocks) {
		blocks = whole
	}
	return tidy(blocks, titles)
}

// isBetter reports whether a page's articleBody goes before the text that was
// found: it is so much longer that the page must show it only in part, or it is
// the same and has its paragraphs. Otherwise the text goes first: an
// articleBody often has no paragraphs, or is a summary.
func isBetter(linked, found []block) bool {
	const (
		least  = 600 // bytes; shorter ones are summaries
		longer = 1.6
		same   = 0.9
	)
	size, other := len(lines(linked)), float64(len(lines(found)))
	if size <= least {
		return false
	}
	return float64(size) > longer*other || float64(size) > same*other && len(linked) > 2*len(found)
}

// textBlocks gives lines of text as blocks.
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

// isLinkBlock reports whether a short block is hardly more than links.
func isLinkBlock(b block) bool { return len(b.text) < maxLinks && b.link*10 >= b.size*8 && b.size > 0 }

// tidy takes out furniture, what the page says twice and the titles that stand
// before the text.
func tidy(blocks []block, titles []string) []block {
	const longBlock = 60 // bytes; a shorter line may well be said twice
	seen := map[string]bool{}
	kept := make([]block, 0, len(blocks))
	for _, b := range withoutFurniture(blocks) {
		if len(kept) == 0 && slices.ContainsFunc(titles, func(t string) bool { return strings.EqualFold(t, b.text) }) {
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
