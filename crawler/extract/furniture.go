package extract

import (
	"regexp"
	"strings"
)

// titleTags are the tags that titles are written with.
var titleTags = regexp.MustCompile(`(?i)</?(?:b|i|em|strong|span|a|br|p|sup|sub|u|font|div|small|mark|q|cite|h[1-6]|img|wbr)(?:\s[^<>]*)?/?>`)

var (
	// furnitureLine is a whole paragraph that belongs to the page, not to the
	// story.
	furnitureLine = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
		`advertisements?`, `ad(?:vert)?`, `sponsored(?: content)?`, `promoted`, `article continues (?:below|after)[^.]*`,
		`(?:story|article) continues below(?: this)?(?: advertisement)?`, `scroll to continue`, `реклама`, `werbung`, `anzeige`, `publicité`, `publicidad`, `광고`, `広告`,
		`share(?: (?:this|on|via|with)\b.{0,40})?`, `(?:share|tweet|e-?mail|print|copy link|whatsapp|facebook|twitter|x|linkedin|telegram|reddit|pinterest|messenger|save|comments?|bookmark|listen|flipboard)(?:[\s|·,/]+(?:share|tweet|e-?mail|print|copy link|whatsapp|facebook|twitter|x|linkedin|telegram|reddit|pinterest|messenger|save|comments?|link|bookmark|listen|flipboard))*`,
		`(?:read|learn|find out|see|show|load) more`, `read (?:next|full story|the full story)`, `continue reading`, `skip to (?:main )?content`, `skip advertisement`,
		`(?:click|tap) here to .{0,80}`, `sign up (?:here|now)?`, `subscribe(?: now| here)?`, `log ?in`, `watch(?: now| live)?`, `play(?: video)?`, `loading\W*`, `close`,
		`читайте также\W*`, `читать далее\W*`, `lesen sie auch\W*`, `lire aussi\W*`, `à lire aussi\W*`, `leia (?:mais|também)\W*`, `le[ae] también\W*`, `leggi anche\W*`, `もっと見る`, `続きを読む`, `더보기`, `기사 더보기`, `阅读更多`,
		`the post .{1,300} appeared first on .{1,100}`,
	}, "|") + `)[\s.:!›»→…]*$`)

	// furnitureStart begins a short paragraph that points elsewhere.
	furnitureStart = regexp.MustCompile(`(?i)^(?:(?:read|see|watch|listen|also read|related|more)(?: (?:more|also|next|here|on this))?(?: (?:stories|articles?|coverage|story|content))?\s*[:|»>]|read (?:more|also|next)\b|continue reading\b|sign up (?:for|to)\b|subscribe to\b|follow (?:us|bbc|cnn)\b|don[’']t miss\b|you may also like|recommended for you|get the latest|click here\b|читайте также|lesen sie auch|mehr zum thema|lire aussi|à lire aussi|leia (?:mais|também)|le[ae] también|leggi anche)`)

	// videoCaption is the line under a player: "02:46 Kim inspects missiles".
	videoCaption = regexp.MustCompile(`^\d{1,2}:\d{2}(?::\d{2})?(?:\s+\D|$)`)
	clockWord    = regexp.MustCompile(`(?i)^\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\b|uhr\b|gmt|utc|kst|jst|msk|[–—|-]|:\D|:$|h\b|\()`)
)

// Lengths, in bytes, up to which a paragraph that looks like furniture is
// taken for it.
const (
	maxPointer = 160
	maxCaption = 120
	maxLinks   = 120 // of a paragraph that is hardly more than links
)

// withoutFurniture takes out the blocks that belong to the page and not to the
// story: advertising marks, share bars, pointers to other stories, video
// captions. Credit lines and datelines stay.
func withoutFurniture(blocks []block) []block {
	kept := make([]block, 0, len(blocks))
	for _, b := range blocks {
		if !isFurniture(b.text) {
			kept = append(kept, b)
		}
	}
	return kept
}

func isFurniture(text string) bool {
	if len(text) > 2*maxPointer {
		return false
	}
	switch {
	case furnitureLine.MatchString(text):
		return true
	case len(text) <= maxPointer && furnitureStart.MatchString(text):
		return true
	case len(text) <= maxCaption && videoCaption.MatchString(text) && !clockWord.MatchString(text):
		return !strings.ContainsAny(text[len(text)-1:], ".!?:")
	}
	return false
}
