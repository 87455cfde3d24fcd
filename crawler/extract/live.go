package extract

import (
	"slices"
	"time"
)

// maxEntries is how many entries of a live blog are read, the newest: a match
// report has some hundred, an election night a thousand.
const maxEntries = 50

// entry is one entry of a live blog.
type entry struct {
	at      time.Time // zero when it has no date
	heading string
	text    []block
}

// liveEntries reads the entries of a live blog (schema.org's liveBlogUpdate),
// the newest first.
func liveEntries(updates []object, o Options) []entry {
	var entries []entry
	for _, u := range updates {
		e := entry{
			heading: title(text(u["headline"])),
			text:    withoutFurniture(textBlocks(ldBody(text(u["articleBody"])))),
		}
		if len(e.text) == 0 {
			e.text = withoutFurniture(textBlocks(ldBody(text(u["description"]))))
		}
		if len(e.text) == 0 && e.heading == "" {
			continue
		}
		e.at = pickDate(o, orderOf(o.Language), []string{text(u["datePublished"]), text(u["dateModified"])})
		entries = append(entries, e)
	}
	slices.SortStableFunc(entries, func(a, b entry) int { return b.at.Compare(a.at) })
	return entries
}

// liveBlocks returns entries as text: a line with the time and the heading of
// each, and its paragraphs. A heading that begins the text is not repeated.
func liveBlocks(entries []entry) []block {
	var blocks []block
	for _, e := range entries {
		line := e.heading
		if len(e.text) > 0 && e.text[0].text == e.heading {
			line = ""
		}
		if !e.at.IsZero() {
			line = squeeze(e.at.Format("2006-01-02 15:04 -0700") + " " + line)
		}
		if line != "" {
			blocks = append(blocks, block{text: line, size: len(line)})
		}
		blocks = append(blocks, e.text...)
	}
	return blocks
}

// isLive reports whether entries are a live blog and not the mention of one.
func isLive(entries []entry) bool {
	const (
		fewest = 2
		least  = 300 // bytes
	)
	size := 0
	for _, e := range entries {
		size += len(lines(e.text))
	}
	return len(entries) >= fewest && size >= least
}

// liveText returns the text of a live blog: what the page says before its first
// entry, then the newest entries. The page knows which entries it shows; its
// linked data may have those of the days before too.
func liveText(page []block, entries []entry, share float64) []block {
	w := newWords()
	known := w.known(page)
	shown := slices.DeleteFunc(slices.Clone(entries), func(e entry) bool {
		return !slices.ContainsFunc(e.text, func(b block) bool { return known.has(b.text, w.split(nil, b.text), share) })
	})
	if isLive(shown) {
		entries = shown
	}
	live := liveBlocks(entries[:min(len(entries), maxEntries)])
	return append(introduction(page, live, share), live...)
}

// introduction returns the blocks of a page before the first one that is an
// entry's.
func introduction(page, live []block, share float64) []block {
	const most = 12 // blocks
	w := newWords()
	entries := w.known(live)
	for i, b := range page[:min(len(page), most)] {
		if entries.has(b.text, w.split(nil, b.text), share) {
			return slices.Clone(page[:i])
		}
	}
	return nil
}
