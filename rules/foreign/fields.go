package foreign

import (
	"regexp"
	"strings"
)

// target is what a field of another tool is here.
type target uint8

const (
	inTitle target = iota
	inLead
	inTitleAndLead
	inBody
	inURL
	ofSite
	ofSource
	ofAuthor
	ofLanguage
	ofCountry
	ofSection
	ofTag
	ofDate
	ofLength
	exactCase
	nowhere // an index of companies, subjects and the like
)

// places are the fields that are written name:value, by their names. Names of
// two letters are left out: re:publica is a conference.
var places = fieldNames(map[target]string{
	inTitle:        "title intitle allintitle headline head heading titel titre titulo",
	inLead:         "lead lede ingress standfirst summary abstract intro description dek",
	inTitleAndLead: "hlead hlp leadtitle titlelead",
	inBody:         "body text intext allintext content fulltext maintext",
	inURL:          "url inurl allinurl link links uri inanchor allinanchor",
	ofSite:         "site domain website",
	ofSource:       "source sources sourcename sourcelist publication publicationname publisher outlet newspaper pub rst",
	ofAuthor:       "author authors byline authorname journalist",
	ofLanguage:     "language lang sprache",
	ofCountry:      "country sourcecountry sourceregion region location",
	ofSection:      "section",
	ofTag:          "tag tags hashtag hashtags",
	ofDate:         "date after before pubdate published since newer older when",
	ofLength:       "wordcount wc length",
	exactCase:      "raw casesensitive exactcase",
	nowhere: "company subject industry ticker entity person topic sentiment pagetype sourcetype filetype at_mentions engagingwith rating channelid related cache define " +
		"authorgender doctype mentions",
})

// codes are the fields that are written code=value.
var codes = fieldNames(map[target]string{
	inTitle: "hd hl ti title headline", inLead: "lp lead", inTitleAndLead: "hlp", inBody: "td tx body text", ofSource: "sn rst so source", ofAuthor: "by au author byline",
	ofLanguage: "la lang language", ofCountry: "country", ofSection: "se section", ofDate: "pd date", ofLength: "wc",
	nowhere: "co ns in re sc company subject clm art an ipd ipc ip",
})

// dots are the fields that stand behind a term, between dots.
var dots = map[string]target{
	"ti": inTitle, "hd": inTitle, "ab": inLead, "au": ofAuthor, "tx": inBody, "de": nowhere,
}

// functions are the fields and the like that are written name(value).
var functions = fieldNames(map[target]string{
	inTitle: "headline head title ti intitle", inLead: "lead abstract ab summary", inTitleAndLead: "hlead", inBody: "body text", ofSource: "publication source so",
	ofAuthor: "byline author au", ofLanguage: "language", ofSection: "section", ofDate: "date", ofLength: "length", exactCase: "allcaps caps nocaps",
	nowhere: "company subject geographic person term terms ticker industry dateline singular plural",
})

func fieldNames(of map[target]string) map[string]target {
	all := map[string]target{}
	for p, names := range of {
		for name := range strings.FieldsSeq(names) {
			all[name] = p
		}
	}
	return all
}

var (
	named  = regexp.MustCompile(`(?i)(?:^|[\s(+-])([a-z_]{2,16}):([^\s/].*)$|(?i)^(allin[a-z]+):\s(.+)$`)
	coded  = regexp.MustCompile(`(?i)(?:^|[\s(+-])([a-z]{2,10})=(\S.*)$`)
	called = regexp.MustCompile(`(?i)(?:^|[\s(+-])([a-z]{2,16})\((.+)$`)
	// dotted is the kim.ti. of Dialog and Ovid.
	dotted = regexp.MustCompile(`(?i)^(.*\S)\.(ti|hd|ab|au|tx|de)\.?$`)
	// firstWords is the kim/F50/ of Factiva.
	firstWords = regexp.MustCompile(`(?i)^(.*?)\s*/f(\d{1,4})/$`)
)

// compound is more than words.
var compound = regexp.MustCompile(`(?i)[()"]| (?:and|or|not) `)

// Field returns how rules say what a field of another tool asks for, with a
// value to write; ok is false when no tool that is known has the field.
func Field(name, value string) (hint string, ok bool) {
	p, ok := places[strings.ToLower(name)]
	if !ok {
		return "", false
	}
	return p.hint(value), true
}

// field finds title:kim, hd=kim, kim.ti. and kim/F50/.
func field(term string) (Form, bool) {
	if m := named.FindStringSubmatch(term); m != nil {
		name, value := m[1]+m[3], m[2]+m[4]
		if hint, ok := Field(name, value); ok {
			return said(hint, "%s: is looked for as a word in %s", name, quote(term))
		}
	}
	if m := coded.FindStringSubmatch(term); m != nil {
		if p, ok := codes[strings.ToLower(m[1])]; ok {
			return said(p.hint(m[2]), "%s= is looked for as a word in %s", m[1], quote(term))
		}
	}
	if m := dotted.FindStringSubmatch(term); m != nil {
		p := dots[strings.ToLower(m[2])]
		if p != nowhere || strings.HasSuffix(term, ".") { // bild.de is a site
			return said(p.hint(m[1]), ".%s. is looked for as a word in %s", m[2], quote(term))
		}
	}
	if m := firstWords.FindStringSubmatch(term); m != nil {
		return said("write {any: "+list(m[1])+", in: first "+m[2]+" words}", "/F%s/ is looked for as a word in %s", m[2], quote(term))
	}
	return no()
}

// function finds hlead(kim) and allcaps(aids).
func function(term string) (Form, bool) {
	m := called.FindStringSubmatch(term)
	if m == nil {
		return no()
	}
	p, ok := functions[strings.ToLower(m[1])]
	if !ok {
		return no()
	}
	return said(p.hint(m[2]), "%s( ) is looked for as a word in %s", m[1], quote(term))
}

// hint says how rules ask for a value in a place.
func (p target) hint(value string) string {
	if value = plain(strings.TrimSuffix(value, ")")); compound.MatchString(strings.Trim(value, `"`)) {
		value = "…"
	}
	switch p {
	case inTitle:
		return "write {any: [" + value + "], in: title}"
	case inLead:
		return "write {any: [" + value + "], in: lead}"
	case inTitleAndLead:
		return "write {any: [" + value + "], in: [title, lead]}"
	case inBody:
		return "write {any: [" + value + "], in: body}"
	case inURL:
		return "write {any: [" + value + "], in: url}"
	case ofSite:
		return "write {any: [" + value + "], in: url}, or only: {source: …} with the name of a source"
	case ofSource:
		return "write only: {source: …} with the name of a source, or only: {outlet: [" + value + "]}, in the rule"
	case ofAuthor:
		return "write only: {author: [" + value + "]} in the rule"
	case ofLanguage:
		return "write only: {language: en} in the rule, with two letters"
	case ofCountry:
		return "write only: {country: KR} in the rule, with two letters: it is the country of the source"
	case ofSection:
		return "write only: {section: [" + value + "]} in the rule"
	case ofTag:
		return "write only: {tag: …} in the rule, with a tag of your sources; #kim in a text is found by kim"
	case ofDate:
		return "leave it out: rules see stories as they come; backtest --since looks back, until: ends a rule"
	case ofLength:
		return "write only: {words: 500+} in the rule"
	case exactCase:
		return "write =US for a word in this case only"
	}
	return "there is no such index: list the names and words to look for"
}

var compared = regexp.MustCompile(`(?i)^(wc|wordcount|words|length|date|pd|load-date)\s*[<>]=?\s*\d`)

// comparison finds wc>500 and date>2026.
func comparison(term string) (Form, bool) {
	m := compared.FindStringSubmatch(term)
	if m == nil {
		return no()
	}
	p := ofLength
	if name := strings.ToLower(m[1]); strings.HasSuffix(name, "date") || name == "pd" {
		p = ofDate
	}
	return said(p.hint(""), "%s is looked for as words", quote(term))
}

var atLeast = regexp.MustCompile(`(?i)(?:^|\s)atl(?:east)?\s?(\d{1,3})[\s(]+(.+)$`)

// frequency finds atleast5 kim.
func frequency(term string) (Form, bool) {
	m := atLeast.FindStringSubmatch(term)
	if m == nil {
		return no()
	}
	return said("write {any: "+list(strings.TrimSuffix(m[2], ")"))+", times: "+m[1]+"}", "%s is looked for as a phrase", quote(term))
}
