package foreign

import (
	"regexp"
	"strings"
)

// Meaning is what a field of another tool is here.
type Meaning uint8

// The meanings.
const (
	InTitle Meaning = iota
	InLead
	InTitleAndLead
	InBody
	InURL
	OfSite
	OfSource
	OfAuthor
	OfLanguage
	OfCountry
	OfSection
	OfTag
	OfDate
	OfLength
	ExactCase
	Nowhere // an index of companies, subjects and the like
)

// places are the fields that are written name:value, by their names. Names of
// two letters are left out: re:publica is a conference.
var places = fieldNames(map[Meaning]string{
	InTitle:        "title intitle allintitle headline head heading titel titre titulo",
	InLead:         "lead lede ingress standfirst summary abstract intro description dek",
	InTitleAndLead: "hlead hlp leadtitle titlelead",
	InBody:         "body text intext allintext content fulltext maintext",
	InURL:          "url inurl allinurl link links uri inanchor allinanchor",
	OfSite:         "site domain website",
	OfSource:       "source sources sourcename sourcelist publication publicationname publisher outlet newspaper pub rst",
	OfAuthor:       "author authors byline authorname journalist",
	OfLanguage:     "language lang sprache",
	OfCountry:      "country sourcecountry sourceregion region location",
	OfSection:      "section",
	OfTag:          "tag tags hashtag hashtags",
	OfDate:         "date after before pubdate published since newer older when",
	OfLength:       "wordcount wc length",
	ExactCase:      "raw casesensitive exactcase",
	Nowhere: "company subject industry ticker entity person topic sentiment pagetype sourcetype filetype at_mentions engagingwith rating channelid related cache define " +
		"authorgender doctype mentions",
})

// codes are the fields that are written code=value.
var codes = fieldNames(map[Meaning]string{
	InTitle: "hd hl ti title headline", InLead: "lp lead", InTitleAndLead: "hlp", InBody: "td tx body text", OfSource: "sn rst so source", OfAuthor: "by au author byline",
	OfLanguage: "la lang language", OfCountry: "country", OfSection: "se section", OfDate: "pd date", OfLength: "wc",
	Nowhere: "co ns in re sc company subject clm art an ipd ipc ip",
})

// dots are the fields that stand behind a term, between dots.
var dots = map[string]Meaning{
	"ti": InTitle, "hd": InTitle, "ab": InLead, "au": OfAuthor, "tx": InBody, "de": Nowhere,
}

// functions are the fields and the like that are written name(value).
var functions = fieldNames(map[Meaning]string{
	InTitle: "headline head title ti intitle", InLead: "lead abstract ab summary", InTitleAndLead: "hlead", InBody: "body text", OfSource: "publication source so",
	OfAuthor: "byline author au", OfLanguage: "language", OfSection: "section", OfDate: "date", OfLength: "length", ExactCase: "allcaps caps nocaps",
	Nowhere: "company subject geographic person term terms ticker industry dateline singular plural",
})

func fieldNames(of map[Meaning]string) map[string]Meaning {
	all := map[string]Meaning{}
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

// MeaningOf returns what a field asks for that is written name:value, name=value or
// name(value): sign is the mark behind its name.
func MeaningOf(name, sign string) (p Meaning, ok bool) {
	p, ok = map[string]map[string]Meaning{":": places, "=": codes, "(": functions}[sign][strings.ToLower(name)]
	return p, ok
}

// Field returns how rules say what a field of another tool asks for, with a
// value to write; ok is false when no tool that is known has the field.
func Field(name, value string) (hint string, ok bool) {
	p, ok := places[strings.ToLower(name)]
	if !ok {
		return "", false
	}
	return p.Hint(value), true
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
			return said(p.Hint(m[2]), "%s= is looked for as a word in %s", m[1], quote(term))
		}
	}
	if m := dotted.FindStringSubmatch(term); m != nil {
		p := dots[strings.ToLower(m[2])]
		if p != Nowhere || strings.HasSuffix(term, ".") { // bild.de is a site
			return said(p.Hint(m[1]), ".%s. is looked for as a word in %s", m[2], quote(term))
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
	return said(p.Hint(m[2]), "%s( ) is looked for as a word in %s", m[1], quote(term))
}

// Hint says how rules ask for a value in a place.
func (p Meaning) Hint(value string) string {
	if value = plain(strings.TrimSuffix(value, ")")); compound.MatchString(strings.Trim(value, `"`)) {
		value = "…"
	}
	switch p {
	case InTitle:
		return "write {any: [" + value + "], in: title}"
	case InLead:
		return "write {any: [" + value + "], in: lead}"
	case InTitleAndLead:
		return "write {any: [" + value + "], in: [title, lead]}"
	case InBody:
		return "write {any: [" + value + "], in: body}"
	case InURL:
		return "write {any: [" + value + "], in: url}"
	case OfSite:
		return "write {any: [" + value + "], in: url}, or only: {source: …} with the name of a source"
	case OfSource:
		return "write only: {source: …} with the name of a source, or only: {outlet: [" + value + "]}, in the rule"
	case OfAuthor:
		return "write only: {author: [" + value + "]} in the rule"
	case OfLanguage:
		return "write only: {language: en} in the rule, with two letters"
	case OfCountry:
		return "write only: {country: KR} in the rule, with two letters: it is the country of the source"
	case OfSection:
		return "write only: {section: [" + value + "]} in the rule"
	case OfTag:
		return "write only: {tag: …} in the rule, with a tag of your sources; #kim in a text is found by kim"
	case OfDate:
		return "leave it out: rules see stories as they come; backtest --since looks back, until: ends a rule"
	case OfLength:
		return "write only: {words: 500+} in the rule"
	case ExactCase:
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
	p := OfLength
	if name := strings.ToLower(m[1]); strings.HasSuffix(name, "date") || name == "pd" {
		p = OfDate
	}
	return said(p.Hint(""), "%s is looked for as words", quote(term))
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
