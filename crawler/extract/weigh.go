package extract

import (
	"bytes"
	"iter"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Thresholds of sniffPage, in characters and links.
const (
	storyLink     = 25 // characters of a link that may be a headline
	cardHeading   = 15 // characters of a heading that may be one
	sentence      = 60 // characters of a run of text that is not a label
	minStoryLinks = 8  // an index page has at least this many
	textPerLink   = 70 // an index page has less text outside links than this per headline
	leastText     = 800
	teaserText    = 350 // the text between two headlines of cards is shorter
	teaserPerLink = 250
)

// sniffPage weighs the headlines of an HTML page against its text outside of
// links, and both against what the page says it is.
func sniffPage(body []byte) Kind {
	if _, err := weighPage(body); err != nil {
		return KindArticle
	}
	var w weigher
	w.read(html.NewTokenizer(bytes.NewReader(body)))
	switch {
	case w.stories() < minStoryLinks, 2*w.prices >= w.stories():
		return KindArticle
	case w.isArticle && (!w.isList || w.text >= leastText):
		return KindArticle
	case w.isList && w.text < 2*textPerLink*w.stories(), w.text < textPerLink*w.stories():
		return KindIndex
	case !w.isArticle && !w.longTitle && w.longest < teaserText && w.text < teaserPerLink*w.stories():
		return KindIndex // of cards with teasers
	}
	return KindArticle
}

// weigher counts, in one pass without a tree, the links that may be headlines
// and the characters of sentences outside of links.
type weigher struct {
	headlines int // links whose text may be one
	loose     int // links that say nothing, such as "Read more"
	named     int // loose ones that have a description
	headings  int // headings beside links
	prices    int // texts that are a price, as shops have them beside their links

	text, run, longest int // of sentences: all, since the last headline, the most between two

	isArticle, isList bool
	longTitle         bool // a headline stands in an <h1> that is no link

	link    bool
	said    int    // characters of the open link
	label   []byte // beginning of its text
	told    int    // characters of its description
	leads   bool   // it leads to a page: not to a picture, nor within this page
	awaits  bool   // the text that comes is a heading: by its class, or behind a time that is a link
	heading atom.Atom
	head    int // characters of the open heading
	hidden  int
	data    bool // in a JSON-LD script
}

// stories is how many headlines there are: in links, or beside loose ones. A
// story often has one of either.
func (w *weigher) stories() int {
	return max(w.headlines, min(w.loose, max(w.headings, w.named)))
}

func (w *weigher) read(z *html.Tokenizer) {
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			w.longest = max(w.longest, w.run)
			return
		case html.TextToken:
			w.characters(z.Text())
		case html.StartTagToken, html.EndTagToken, html.SelfClosingTagToken:
			w.tag(z, kind)
		}
	}
}

func (w *weigher) characters(text []byte) {
	switch {
	case w.data:
		w.isArticle = w.isArticle || articleType.Match(text)
		w.isList = w.isList || bytes.Contains(text, []byte(`"CollectionPage"`))
		return
	case w.hidden > 0:
		return
	}
	text = bytes.TrimSpace(text)
	n := utf8.RuneCount(text)
	switch {
	case w.link:
		if w.said += n; len(w.label) < longestRelative {
			w.label = append(append(w.label, ' '), text...)
		}
	case w.heading != 0:
		w.head += n
	case w.awaits && n >= cardHeading && n <= longestHeadline:
		w.awaits = false
		w.headings++
		w.between()
	case n >= sentence:
		w.text += n
		w.run += n
	case n > 0 && n <= longestPrice && price.Match(text):
		w.prices++
	}
}

var articleType = regexp.MustCompile(`"@type"\s*:\s*\[?\s*"(?:\w*NewsArticle|Article|BlogPosting|LiveBlogPosting|Report|Product|ProductGroup|ImageGallery|MediaGallery|Recipe|QAPage)"`)

// longestPrice bounds, in characters, a text that is a price and no more.
const longestPrice = 30

var price = regexp.MustCompile(`(?i)(?:[$€£¥₩₽₹₺₴]|\b(?:usd|eur|gbp|chf|rub|kr|zł)\b)\s?\d|\d\s?(?:[€£¥₩₽₹₺₴円元원]|(?:usd|eur|gbp|chf|rub|kr|zł|kč|ft|lei|руб|грн|тг)(?:\W|$))`)

// between takes in that a headline ends: the text since the last is its teaser.
func (w *weigher) between() {
	w.longest, w.run = max(w.longest, w.run), 0
}

func (w *weigher) tag(z *html.Tokenizer, kind html.TokenType) {
	name, hasAttr := z.TagName()
	a, starts := atom.Lookup(name), kind == html.StartTagToken
	w.data = false
	switch {
	case a == atom.Meta && hasAttr:
		w.meta(z)
	case isHidden(a) && starts:
		w.hidden++
		w.data = a == atom.Script && hasAttr && isLinkedData(z)
	case isHidden(a):
		w.hidden = max(0, w.hidden-1)
	case a == atom.A:
		w.endLink()
		if w.link, w.leads = starts, false; starts && hasAttr {
			w.startLink(z)
		}
	case a == atom.Img && w.link && hasAttr:
		w.told = max(w.told, told(z))
	case isHeading(a):
		w.endHeading()
		if w.heading = 0; starts && !w.link {
			w.heading = a
		}
	case hasAttr && (a == atom.Div || a == atom.Section || a == atom.Article || a == atom.Span || a == atom.P):
		w.block(z)
	}
}

func (w *weigher) startLink(z *html.Tokenizer) {
	for key, value := range attributesOf(z) {
		switch string(key) {
		case "aria-label", "title":
			w.told = max(w.told, utf8.RuneCount(value))
		case "href":
			w.leads = len(value) > 0 && value[0] != '#' && !isPictureLink(string(value))
		}
	}
}

func isPictureLink(href string) bool {
	href, _, _ = strings.Cut(strings.ToLower(href), "?")
	for _, end := range []string{".jpg", ".jpeg", ".png", ".webp", ".gif", ".avif"} {
		if strings.HasSuffix(href, end) {
			return true
		}
	}
	return false
}

func (w *weigher) endLink() {
	switch {
	case !w.link || !w.leads:
	case w.said >= storyLink:
		w.headlines++
		w.between()
	case isLabel(string(w.label)):
		w.loose++
		w.awaits = bytes.ContainsAny(w.label, "0123456789")
		if w.told >= storyLink {
			w.named++
		}
		w.between()
	}
	w.said, w.told, w.label = 0, 0, w.label[:0]
}

// endHeading takes in a heading that is no link.
func (w *weigher) endHeading() {
	switch {
	case w.heading == atom.H1:
		w.longTitle = w.longTitle || w.head >= storyLink
	case w.heading != 0 && w.head >= cardHeading:
		w.headings++
		w.between()
	}
	w.head = 0
}

func (w *weigher) meta(z *html.Tokenizer) {
	var name, content string
	for key, value := range attributesOf(z) {
		switch string(key) {
		case "property", "name":
			name = string(value)
		case "content":
			content = strings.ToLower(string(value))
		}
	}
	switch name {
	case "og:type":
		w.isArticle = w.isArticle || content == "article" || strings.HasPrefix(content, "product") && content != "product.group"
		w.isList = w.isList || content == "website"
	case "article:published_time":
		w.isArticle = w.isArticle || content != ""
	}
}

func told(z *html.Tokenizer) int {
	for key, value := range attributesOf(z) {
		if string(key) == "alt" {
			return utf8.RuneCount(value)
		}
	}
	return 0
}

// block looks what an element says of its text: that it is a story's, or a
// headline.
func (w *weigher) block(z *html.Tokenizer) {
	for key, value := range attributesOf(z) {
		switch string(key) {
		case "itemprop":
			w.isArticle = w.isArticle || strings.EqualFold(string(value), "articleBody")
		case "class":
			w.awaits = !w.link && headlineClass.Match(value)
		}
	}
}

func isLinkedData(z *html.Tokenizer) bool {
	for key, value := range attributesOf(z) {
		if string(key) == "type" && bytes.Contains(bytes.ToLower(value), []byte("ld+json")) {
			return true
		}
	}
	return false
}

// attributesOf are the attributes of a tag that has some.
func attributesOf(z *html.Tokenizer) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		for more := true; more; {
			var key, value []byte
			if key, value, more = z.TagAttr(); !yield(key, value) {
				return
			}
		}
	}
}
