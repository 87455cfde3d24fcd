package extract

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
)

// naming is what the class and the id of an element say about it.
type naming uint32

// What names say. A word that only speaks of something, as "comments-open" does
// on a whole page, takes the say from the others of its name.
const (
	saysComment   naming = 1 << iota // readers' comments
	saysConsent                      // the box of a consent platform
	saysBeside                       // other stories, or the site
	saysAbout                        // a person, a picture, a right
	saysDate                         // a date, or the line around it
	saysByline                       // authors
	saysLogo                         // the site's own name, or a section's
	saysHeadline                     // the story's headline
	saysCookie                       // half of a consent box: "cookie"
	saysBox                          // the other half: "banner"
	saysState                        // a state of the page, not a part of it
	saysSort                         // a sort of stories, as those of comment, or a number
	saysPublished                    // the day of publication (hAtom, h-entry and their like)
	saysModified                     // the day of the last change
	saysRole                         // what an author is, or a button beside the name
	saysUnseen                       // that nobody sees it
)

// nameWords are the words by which content systems name the parts of a page, in
// lower case and in the languages in which they do. A name is cut at signs and
// capitals: "PostComments-list_2" has post, comments and list.
var nameWords = namesSaying(map[naming]string{
	saysComment: `cmt cmts reply responses discussion discussions komentarz yorumlari comment comments commentlist commentbox commentsection commenting commento usercomments
		commentaires kommentare leserkommentare comentarios comentários commenti reacties komentarze yorumlar
		kommentarer kommentit komentare disqus respond replies talkback talkbacks livefyre spotim openweb viafoura
		hyvor giscus utterances cusdis isso`,
	saysConsent: `cookiescript didomi onetrust cookiebot cookieconsent cookieyes cookiewall usercentrics truste trustarc gdpr
		rgpd dsgvo iubenda klaro borlabs tarteaucitron axeptio cmplz osano termly evidon cmpbox consent
		privacymanager sourcepoint cookiebanner cookienotice cky`,
	saysCookie: `cookie cookies privacy`,
	saysBox: `confirmation banner bar notice popup modal overlay dialog message law wall disclaimer container settings alert
		warning hint layer box prompt hinweis preferences manager host root`,
	saysBeside: `today related recommended recommendation recommendations sidebar popular trending latest mostread
		newsletter breadcrumb breadcrumbs nav navigation navbar menu carousel slider archive archives calendar
		event events weather ticker readnext upnext outbrain taboola promo promos sponsored masthead topbar`,
	saysAbout: `photo photos video videos bio biography caption figcaption credit credits copyright imprint impressum`,
	saysDate: `date datetime datum dateline time timestamp published publish publication pubdate posted
		submitted created meta byline info infos fecha data dato pvm datetext postdate postmeta entrydate`,
	saysByline: `author authors byline bylines writer reporter contributor autor autores auteur autore redakteur`,
	saysRole: `role job jobtitle position function funktion rolle cargo poste date time social follow share
		avatar image email mail twitter`,
	saysLogo:     `logo logotype brand branding masthead sitename sitetitle section rubric kicker overline`,
	saysHeadline: `headline entry post story article title`,
	saysState: `open opened closed enabled disabled no has with without allow allowed off on status is given
		accepted needs left right layout`,
	saysSort: `tone type category tag count`,
})

// namesSaying turns lists of words by what they say into what each word says.
func namesSaying(lists map[naming]string) map[string]naming {
	words := map[string]naming{}
	for says, list := range lists {
		for w := range strings.FieldsSeq(list) {
			words[w] |= says
		}
	}
	return words
}

// A namer knows what names say, each read once: a page has some hundred
// elements of one class.
type namer map[string]naming

// says returns what the class and the id of an element say.
func (k namer) says(n *html.Node) naming {
	var says naming
	for _, a := range n.Attr {
		if a.Key == "class" || a.Key == "id" {
			says |= k.read(a.Val)
		}
	}
	return says
}

// read returns what the names of one attribute say, parted by white space.
func (k namer) read(names string) naming {
	const longest = 400 // bytes; longer ones are no names
	if names == "" || len(names) > longest {
		return 0
	}
	says, known := k[names]
	if known {
		return says
	}
	for name := range strings.FieldsSeq(names) {
		says |= readName(name)
	}
	k[names] = says
	return says
}

// wholeNames say what a name says that is one of them: which date an element holds,
// in hAtom, in h-entry and in what content systems made of them; that it holds other
// stories; or that it is there for screen readers alone.
var wholeNames = map[string]naming{
	"published": saysPublished, "dt-published": saysPublished, "entry-date": saysPublished, "pubdate": saysPublished,
	"pub-date":      saysPublished,
	"datepublished": saysPublished, "date-published": saysPublished, "publish-date": saysPublished,
	"published-date": saysPublished,
	"publishdate":    saysPublished, "publisheddate": saysPublished, "publication-date": saysPublished,
	"article-published": saysPublished,
	"updated":           saysModified, "dt-updated": saysModified, "modified": saysModified, "date-modified": saysModified,
	"datemodified": saysModified,
	"update-date":  saysModified, "updated-date": saysModified, "last-updated": saysModified,
	"most-read": saysBeside, "most-viewed": saysBeside, "most-shared": saysBeside, "more-news": saysBeside, "more-stories": saysBeside,
	"read-more": saysBeside, "read-also": saysBeside, "also-read": saysBeside, "see-also": saysBeside, "top-stories": saysBeside,
	"coral-thread": saysComment, "coral-talk-stream": saysComment, "remark42": saysComment, "sr-only": saysUnseen, "visually-hidden": saysUnseen, "visuallyhidden": saysUnseen,
	"screen-reader-text": saysUnseen, "screen-reader-only": saysUnseen,
	"screenreader-only": saysUnseen, "show-for-sr": saysUnseen, "assistive-text": saysUnseen,
	"element-invisible": saysUnseen, "a11y-hidden": saysUnseen,
	"u-visually-hidden": saysUnseen, "u-hidden-visually": saysUnseen, "is-visually-hidden": saysUnseen,
	"is-sr-only": saysUnseen, "off-screen": saysUnseen,
	"offscreen": saysUnseen,
}

// readName returns what one name says.
func readName(name string) naming {
	says := wholeNames[strings.ReplaceAll(strings.ToLower(name), "_", "-")]
	word := make([]byte, 0, 24)
	end := func() {
		said := nameWords[string(word)]
		if said == 0 && isCommentWord(word) {
			said = saysComment
		}
		says |= said
		word = word[:0]
	}
	for i := range len(name) {
		c := name[i]
		switch {
		case c >= 'A' && c <= 'Z':
			if i > 0 && name[i-1] >= 'a' && name[i-1] <= 'z' {
				end()
			}
			word = append(word, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= 0x80:
			word = append(word, c)
		default:
			end()
		}
	}
	end()
	switch {
	case says&saysCookie != 0 && says&saysBox != 0, strings.HasPrefix(name, "sp_message"), strings.HasPrefix(name, "qc-cmp"):
		says |= saysConsent
	}
	if says&saysState != 0 {
		says &^= saysComment | saysConsent | saysBeside
	}
	if says&saysSort != 0 {
		says &^= saysComment
	}
	return says
}

// isCommentWord reports whether a word of a name is made of "comment" and another:
// "commentform", "graphcomment". A commentary, or its author, is a story.
func isCommentWord(word []byte) bool {
	const comment = "comment"
	if len(word) <= len(comment) {
		return false
	}
	if rest, ok := bytes.CutPrefix(word, []byte(comment)); ok {
		return rest[0] != 'a' || bytes.HasPrefix(rest, []byte("area"))
	}
	return bytes.HasSuffix(word, []byte(comment)) || bytes.HasSuffix(word, []byte("comments"))
}
