package extract

import (
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Limits of what is read of a page's data. A page of a large site has one or
// two MB of it.
const (
	maxState      = 4 << 20 // bytes of scripts
	minState      = 500     // bytes of a script; shorter ones hold no story
	maxStateDepth = 60      // objects and arrays in each other
	minProse      = 400     // bytes of prose that make a body
)

// hydration is the data from which the scripts of a page build what a browser
// shows: Next.js, Nuxt, Apollo, Fusion and their like put it into the page.
// What it holds is only read when somebody asks.
type hydration struct {
	scripts []string
	titles  []string
	read    bool
	story   hydrated
}

// hydrated is the story found in a page's data. Everything but the body may be
// missing.
type hydrated struct {
	body                       []block
	title, published, modified string // as written
	authors                    []string
}

// newHydration keeps the scripts of a page that are worth reading. The titles
// are those of the page, to know its story from others in the same data.
func newHydration(scripts, titles []string) *hydration {
	h := &hydration{titles: titles}
	size := 0
	for _, s := range scripts {
		if len(s) < minState && !strings.Contains(s, flightMark) || size+len(s) > maxState {
			continue
		}
		size += len(s)
		h.scripts = append(h.scripts, s)
	}
	return h
}

// get reads the data once and returns the story with the longest body that is
// about this page. A nil hydration holds nothing.
func (h *hydration) get() hydrated {
	if h == nil {
		return hydrated{}
	}
	if h.read {
		return h.story
	}
	h.read = true
	f := bodyFinder{titles: h.titles, values: newValues()}
	var flight strings.Builder
	for _, s := range h.scripts {
		if strings.Contains(s, flightMark) {
			flight.WriteString(f.values.flightText(s))
			continue
		}
		for _, v := range f.values.ofScript(s) {
			f.visit(v, "", nil, 0)
		}
	}
	for _, v := range f.values.ofFlight(flight.String()) {
		f.visit(v, "", nil, 0)
	}
	h.scripts = nil
	h.story = f.best
	return h.story
}

// complete fills in what a story's page does not say of it but its data does:
// the title, the dates, the authors. The data is only read when something is
// missing.
func (h *hydration) complete(s *news.Story, o Options) {
	if s.Title != "" && !s.Published.IsZero() && len(s.Authors) > 0 && !h.read {
		return
	}
	found := h.get()
	if found.title != "" && found.title != s.Title && strings.HasPrefix(s.Title, found.title) {
		s.Titles = append(s.Titles, s.Title) // the page adds its section or its name
		s.Title = ""
	}
	if s.Title == "" {
		s.Title = found.title
		s.Titles = slices.DeleteFunc(s.Titles, func(t string) bool { return strings.EqualFold(t, s.Title) })
	}
	if s.Published.IsZero() {
		s.Published = pickDate(o, orderOf(o.Language), []string{found.published})
	}
	if s.Modified.IsZero() && !s.Published.IsZero() {
		if s.Modified = pickDate(o, orderOf(o.Language), []string{found.modified}); s.Modified.Equal(s.Published) {
			s.Modified = time.Time{}
		}
	}
	if len(s.Authors) == 0 {
		s.Authors = pickAuthors([][]string{found.authors}, []string{s.Outlet}, siteName(o))
	}
}

// bodyFinder walks through data in search of the body of a story: a long text
// under a telling key, or an array of paragraphs.
type bodyFinder struct {
	titles []string
	values *values
	best   hydrated
	score  int
}

// bodyKeys are names that content systems give the body of a story and its
// paragraphs, in lower case.
var bodyKeys = []string{
	"articlebody", "body", "bodyhtml", "body_html", "bodytext", "content", "contenthtml", "content_html", "contents", "content_elements", "contentelements",
	"html", "text", "fulltext", "paragraphs", "paragraph", "articletext", "storybody", "richtext", "blocks", "elements", "components", "children", "rendered", "value", "data", "nodes", "maintext",
}

// otherKeys are names of texts that are no part of a body.
var otherKeys = []string{
	"caption", "description", "summary", "bio", "biography", "credit", "alt", "embed", // of what is shown beside it
	"disclaimer", "terms", "privacy", "cookie", "consent", "newsletter", "footer", "related", "comments",
	"css", "style", "script", "query", "translations", "i18n", "messages", "locale",
}

func isBodyKey(key string) bool { return slices.Contains(bodyKeys, strings.ToLower(key)) }

func isOtherKey(key string) bool {
	key = strings.ToLower(key)
	return slices.ContainsFunc(otherKeys, func(k string) bool { return strings.Contains(key, k) })
}

// visit looks at a value and all in it. owners are the objects around it,
// innermost last.
func (f *bodyFinder) visit(v any, key string, owners []object, depth int) {
	if depth > maxStateDepth || isOtherKey(key) {
		return
	}
	switch v := v.(type) {
	case string:
		f.visitText(v, key, owners, depth)
	case []any:
		f.consider(arrayBlocks(v), key, owners)
		for _, e := range v {
			f.visit(e, key, owners, depth+1)
		}
	case object:
		owners = append(owners, v)
		for _, k := range sortedKeys(v) {
			f.visit(v[k], k, owners, depth+1)
		}
	}
}

func sortedKeys(o object) []string {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// visitText takes a text for a body when it is long and says something. A text
// may be data again, written as a string.
func (f *bodyFinder) visitText(s, key string, owners []object, depth int) {
	if len(s) < minState {
		return
	}
	if v, ok := f.values.parseWhole(s); ok {
		f.visit(v, key, owners, depth+1)
		return
	}
	if strings.Contains(s, "<") {
		f.consider(markupBlocks(s), key, owners)
	} else {
		f.consider(textBlocks(s), key, owners)
	}
}

// consider keeps blocks that are the best body so far: the most prose, doubled
// when the key says that it is one.
func (f *bodyFinder) consider(blocks []block, key string, owners []object) {
	const most = 0.7 // of a body is prose
	size, all := 0, 0
	for _, b := range blocks {
		all += len(b.text)
		if isProse(b.text) {
			size += len(b.text)
		}
	}
	if float64(size) < most*float64(all) {
		return
	}
	if isBodyKey(key) {
		size *= 2
	}
	if size < minProse || size <= f.score {
		return
	}
	found := describeOwners(owners)
	found.body = blocks
	if f.isAbout(found, key) {
		f.best, f.score = found, size
	}
}

// isAbout reports whether a story found in the data is the page's: it has the
// page's title, or it has no title, its key says that it is a body and it has
// most of the words of the page's title. The data of a page holds other stories
// too, and the sentences of its scripts.
func (f *bodyFinder) isAbout(found hydrated, key string) bool {
	const most = 0.6
	if found.title != "" {
		return len(f.titles) == 0 || slices.ContainsFunc(f.titles, func(t string) bool {
			return strings.HasPrefix(t, found.title) || strings.HasPrefix(found.title, t)
		})
	}
	return isBodyKey(key) && slices.ContainsFunc(f.titles,
		func(t string) bool { return newWords().about(found.body, t) >= most })
}

// isProse tells a sentence from code, names and addresses.
func isProse(s string) bool {
	const least = 40 // bytes
	if len(s) < least || strings.ContainsAny(s, "{}<>") || strings.Contains(s, "://") && len(s) < 200 {
		return false
	}
	if strings.ContainsAny(s, "。，、！？") {
		return true
	}
	words := strings.Count(s, " ")
	return words*14 >= len(s)/2 && strings.ContainsAny(s, ".,!?:;…»”\"'")
}

// arrayBlocks returns an array of paragraphs: texts, or objects that hold a text
// under a telling key. What has a title or an address of its own is another
// story's card.
func arrayBlocks(array []any) []block {
	var blocks []block
	for _, e := range array {
		if s, ok := e.(string); ok && !isProse(s) && !strings.Contains(s, "<p") {
			continue
		}
		if text := inlineText(e, 0); text != "" {
			blocks = append(blocks, markupBlocks(text)...)
		}
	}
	return blocks
}

// paragraphKeys are the names under which one element of a body keeps its text
// or its parts, the most telling first.
var paragraphKeys = []string{
	"text", "content", "value", "html", "htmlText", "paragraph", "p", "h2", "h3", "body", "children",
	"data", "attributes", "nodes", "fields", "model", "items", "elements",
}

// inlineText returns the text of one element of a body: its own, or that of its
// children, which are the runs of one paragraph, or several when they end as
// sentences do.
func inlineText(v any, depth int) string {
	const deepest = 10
	if depth > deepest {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case object:
		if isCard(v) {
			return ""
		}
		for _, key := range paragraphKeys {
			if text := inlineText(v[key], depth+1); strings.TrimSpace(text) != "" {
				return text
			}
		}
	case []any:
		var b strings.Builder
		ended := false
		for _, e := range v {
			text := inlineText(e, depth+1)
			if ended {
				b.WriteString("<p>")
			}
			b.WriteString(text)
			ended = strings.ContainsAny(text[max(0, len(text)-1):], ".!?\"") || strings.HasSuffix(text, "。")
		}
		return b.String()
	}
	return ""
}

// isCard reports whether an object stands for something beside the text: a
// story, a picture, an embedded post.
func isCard(o object) bool {
	for _, key := range []string{"headline", "headlines", "title", "caption", "slug", "canonical_url", "src", "embed"} {
		switch v := o[key].(type) {
		case string:
			if v != "" {
				return true
			}
		case object, []any:
			return true
		}
	}
	kind := strings.ToLower(text(o["type"]) + text(o["_type"]) + text(o["__typename"]))
	return slices.ContainsFunc([]string{"image", "video", "ad", "promo", "related", "embed", "gallery", "newsletter"},
		func(k string) bool { return kind == k || strings.Contains(kind, k) && len(k) > 2 })
}

// describeOwners fills in the rest of a story from the objects around its body,
// the nearest first.
func describeOwners(owners []object) hydrated {
	const near = 4 // objects
	var h hydrated
	for i := len(owners) - 1; i >= max(0, len(owners)-near); i-- {
		o := owners[i]
		keep(&h.title, o, "title", "headline", "headlines")
		keep(&h.published, o, "datePublished", "publishedAt", "published_at", "publishDate", "publish_date", "first_publish_date", "firstPublished", "published", "publicationDate", "display_date", "createdAt", "date", "deployDt")
		keep(&h.modified, o, "dateModified", "updatedAt", "updated_at", "modified", "last_updated_date", "lastUpdated", "modifiedAt")
		for _, key := range []string{"authors", "author", "byline", "by", "credits", "writers", "writer"} {
			if len(h.authors) == 0 {
				h.authors = ownerNames(o[key], 0)
			}
		}
	}
	return h
}

// keep fills in a text that is still missing from the first key that has one.
func keep(to *string, o object, keys ...string) {
	const longest = 400 // bytes
	for _, key := range keys {
		if s, ok := textOf(o[key]); ok && *to == "" && len(s) <= longest {
			*to = title(s)
		}
	}
}

// textOf returns a text that is written as such or in an object of its own.
func textOf(v any) (s string, ok bool) {
	wrapped, ok := v.(object) // Fusion: {"basic": "…"}; Sanity: {"_text": "…"}
	if !ok {
		s, ok = v.(string)
		return s, ok
	}
	for _, key := range []string{"basic", "main", "default", "text", "rendered"} {
		if s, ok := wrapped[key].(string); ok {
			return s, true
		}
	}
	return "", false
}

// ownerNames returns the names of authors as data lists them.
func ownerNames(v any, depth int) []string {
	const deepest, longest = 4, 100
	if depth > deepest {
		return nil
	}
	switch v := v.(type) {
	case string:
		if s := plain(v); s != "" && len(s) <= longest && !strings.Contains(s, "://") {
			return []string{s}
		}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, ownerNames(e, depth+1)...)
		}
		return all
	case object:
		for _, key := range []string{"name", "fullName", "full_name", "displayName", "display_name", "by", "byline", "title"} {
			if names := ownerNames(v[key], depth+1); len(names) > 0 {
				return names
			}
		}
	}
	return nil
}
