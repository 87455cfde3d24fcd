package extract

import (
	"errors"
	"html"
	"regexp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// linkedData is what the JSON-LD of a page says about its story.
type linkedData struct {
	headline, alternative, description string
	name                               string // of the page or its subject, where it is not the headline
	authors                            []string
	published, modified                string
	language, section, publisher       string
	keywords                           []string
	body                               string   // text, one paragraph a line
	updates                            []object // entries of a live blog
	paywalled                          bool
}

// articleRank orders schema.org's types by how surely they are the story.
var articleRank = map[string]int{
	"newsarticle": 5, "reportagenewsarticle": 5, "analysisnewsarticle": 5, "opinionnewsarticle": 5, "backgroundnewsarticle": 5,
	"reviewnewsarticle": 5, "askpublicnewsarticle": 5, "article": 4, "advertisercontentarticle": 4, "liveblogposting": 4,
	"blogposting": 4, "report": 4, "scholarlyarticle": 4, "techarticle": 4, "socialmediaposting": 2, "videoobject": 1, "webpage": 1,
}

// maxNesting bounds how deep the objects of a page are searched for its story.
const maxNesting = 5

type object = map[string]any

// readJSONLD finds the object of a page's JSON-LD that is its story: of the
// best type, then outermost, then about this page, then with the longest body.
func readJSONLD(scripts []string, pageURL string) linkedData {
	f := ldFinder{page: news.CanonicalURL(pageURL), byID: map[string]object{}}
	values := newValues()
	for _, s := range scripts {
		f.search(parseJSONLD(s, values), 0)
	}
	if f.best == nil {
		return linkedData{}
	}
	return f.describe(f.best)
}

// parseJSONLD reads JSON as pages write it: in comments, with line breaks in
// strings, escaped as HTML.
func parseJSONLD(s string, values *values) any {
	s = strings.TrimSpace(s)
	for _, wrap := range []string{"<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA["} {
		s = strings.TrimSpace(strings.TrimPrefix(s, wrap))
	}
	for _, wrap := range []string{"-->", "//]]>", "/*]]>*/", "]]>", ";"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, wrap))
	}
	v, err := values.parse([]byte(s))
	if err == nil || errors.Is(err, errManyValues) {
		return v
	}
	s = controls.ReplaceAllString(s, " ")
	s = trailingComma.ReplaceAllString(s, "$1")
	if v, err = values.parse([]byte(s)); err == nil {
		return v
	}
	v, _ = values.parse([]byte(html.UnescapeString(s))) // what cannot be read says nothing
	return v
}

var (
	controls      = regexp.MustCompile(`[\x00-\x1f]+`)
	trailingComma = regexp.MustCompile(`,\s*([}\]])`)
)

type ldFinder struct {
	page  string
	byID  map[string]object
	best  object
	score int
}

func (f *ldFinder) search(v any, depth int) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			f.search(e, depth)
		}
	case object:
		if id, ok := v["@id"].(string); ok && len(v) > 1 {
			f.byID[id] = v
		}
		f.consider(v, depth)
		f.search(v["@graph"], depth)
		if depth >= maxNesting {
			return
		}
		for _, key := range []string{"mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart", "about", "articles"} {
			f.search(v[key], depth+1)
		}
	}
}

func (f *ldFinder) consider(v object, depth int) {
	rank := 0
	for _, t := range texts(v["@type"]) {
		t = t[strings.LastIndexAny(t, "/:#")+1:]
		rank = max(rank, articleRank[strings.ToLower(t)])
	}
	if rank < 2 {
		return
	}
	score := rank*100 - depth*10
	if f.page != "" && slices.ContainsFunc([]any{v["url"], v["@id"], v["mainEntityOfPage"]},
		func(ref any) bool { return news.CanonicalURL(linkOf(ref)) == f.page }) {
		score += 5
	}
	if len(text(v["articleBody"])) > 0 {
		score += 2
	}
	if f.best == nil || score > f.score || score == f.score && len(text(v["articleBody"])) > len(text(f.best["articleBody"])) {
		f.best, f.score = v, score
	}
}

func (f *ldFinder) describe(v object) linkedData {
	firstText := func(keys ...string) string {
		for _, k := range keys {
			if s := strings.TrimSpace(text(v[k])); s != "" {
				return s
			}
		}
		return ""
	}
	d := linkedData{
		headline:    firstText("headline", "name"),
		alternative: firstText("alternativeHeadline"),
		description: firstText("description"),
		published:   firstText("datePublished", "dateCreated"),
		modified:    firstText("dateModified"),
		language:    firstText("inLanguage"),
		section:     firstText("articleSection"),
		publisher:   first(f.names(v["publisher"], 0)),
		keywords:    texts(v["keywords"]),
		authors:     f.names(v["author"], 0),
		body:        ldBody(firstText("articleBody")),
		updates:     objects(v["liveBlogUpdate"]),
		paywalled:   isFalse(v["isAccessibleForFree"]),
	}
	if name := firstText("name"); name != d.headline {
		d.name = name
	}
	if len(d.authors) == 0 {
		d.authors = f.names(v["creator"], 0)
	}
	if parts, ok := v["hasPart"]; ok && !d.paywalled {
		d.paywalled = slices.ContainsFunc(objects(parts), func(o object) bool { return isFalse(o["isAccessibleForFree"]) })
	}
	return d
}

// names returns the names of persons and organisations, which may be texts,
// objects, lists of them or references to objects elsewhere on the page.
func (f *ldFinder) names(v any, depth int) []string {
	if depth > maxNesting {
		return nil
	}
	switch v := v.(type) {
	case string:
		if v = strings.TrimSpace(v); v != "" {
			return []string{v}
		}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, f.names(e, depth+1)...)
		}
		return all
	case object:
		if name, ok := v["name"]; ok {
			return f.names(name, depth+1)
		}
		if full := strings.TrimSpace(text(v["givenName"]) + " " + text(v["familyName"])); full != "" {
			return []string{full}
		}
		if id, ok := v["@id"].(string); ok && f.byID[id] != nil {
			return f.names(f.byID[id]["name"], depth+1)
		}
		return f.names(v["author"], depth+1)
	}
	return nil
}

// ldBody returns an articleBody, which is text or HTML, as paragraphs.
func ldBody(s string) string {
	if strings.Contains(s, "&lt;") {
		s = html.UnescapeString(s)
	}
	return paragraphs(s)
}

// text returns the first text of a JSON-LD value.
func text(v any) string { return first(texts(v)) }

// texts returns the texts of a JSON-LD value: one, several, or with a language.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, texts(e)...)
		}
		return all
	case object:
		for _, key := range []string{"@value", "name"} {
			if s, ok := v[key].(string); ok {
				return []string{s}
			}
		}
	}
	return nil
}

// linkOf returns the URL of a value that is a URL or an object with one.
func linkOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case object:
		s, _ := v["@id"].(string)
		return s
	}
	return ""
}

func objects(v any) []object {
	switch v := v.(type) {
	case object:
		return []object{v}
	case []any:
		var all []object
		for _, e := range v {
			if o, ok := e.(object); ok {
				all = append(all, o)
			}
		}
		return all
	}
	return nil
}

func isFalse(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		return strings.EqualFold(strings.TrimSpace(v), "false")
	}
	return false
}
