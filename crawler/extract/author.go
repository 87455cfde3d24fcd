package extract

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	mailFirst = regexp.MustCompile(`^\s*(?:mailto:)?[\w.+-]+@[\w.-]+\s*\(([^()]+)\)\s*$`)
	mailPart  = regexp.MustCompile(`\s*[(<\[]?(?:mailto:)?[\w.+-]+@[\w-]+\.[\w.-]+[)>\]]?`)

	// byline is what stands before names. Prepositions of other languages also
	// begin names ("von der Leyen", "Di Maio"), so they count only before a
	// first name and another word.
	byline = regexp.MustCompile(`(?i)^(?:(?:(?:written|reported|posted|story|words|text|analysis|edited|opinion|column)\s+)?by(?:[\s:]+|$)|` +
		`(?:authors?|author\(s\)|autor(?:e|es|en|a|in|innen)?(?:[/:*](?:autor)?in|/autor)?|auteurs?|verfasser|text|byline|автор|текст|oleh|από|penulis|yazar)\s*(?:[:\s]\s*|$))`)
	foreignByline = regexp.MustCompile(`^(?i:von|por|par|di|od|av|af|door)(?::\s*|\s+)(\p{Lu}\S*\s+\S)`)

	// bracketed is what stands in brackets behind a name: where its bearer works.
	bracketed = regexp.MustCompile(`\s*[(\[（【][^()\[\]（）【】]*[)\]）】]?`)

	// reportedFrom is where a report was written, or for whom.
	reportedFrom = regexp.MustCompile(`\s+(?:in|on|at|from|for|aus)(?:\s.*)?$`)

	// institution is where the bearer of the name before it works.
	institution = regexp.MustCompile(`(?i)\b(?:universit\w*|universidad\w*|uniwersytet\w*|universiteit|institut\w*|instytut\w*|istituto|college|school of|hochschule|academy|akademie|` +
		`cent(?:er|re) for|department of|faculty of|ministry of|hospital|laborator\w+|polytechnic\w*)\b`)

	role = `(?:(?:the|our|chief|senior|deputy|staff|political|foreign|diplomatic|science|health|business|economics?|sports?|news|world|` +
		`asia|europe|associate|contributing|special|guest|defen[cs]e|security|national|international|managing|executive|freelance|` +
		`digital|general|crime|city|environment|technology|north korea|korea|china)\s+)*` +
		`(?:correspondent|reporter|editor(?:-in-chief)?|columnist|writer|journalist|analyst|contributor|producer|bureau chief|staff)`
	roleTail  = regexp.MustCompile(`(?i)(?:\s*[,|/–—(·•]\s*|\s+-\s+|^)` + role + `\b.*$`)
	staffTail = regexp.MustCompile(`(?i)(\S)\s+(?:staff(?: writers?)?|newsroom|(?:web|news|digital) desk)$`)
	placeRole = regexp.MustCompile(`(?i)^\S.{0,40}\s(?:correspondent|bureau chief|reporter|editor|editor-in-chief|columnist|writer|journalist|analyst|photographer)$`) // "Seoul correspondent"
	handle    = regexp.MustCompile(`\s*[(\[]?@\w+[)\]]?`)
	koreanTag = regexp.MustCompile(`\s*(?:선임기자|전문기자|인턴기자|특파원|기자|논설위원|편집위원|記者|特派員)(?:\s*외\s*\d+\s*명)?\s*$`)

	separator = regexp.MustCompile(`\s*[;,|•·、，،]\s*|\s+(?:and|und|et|y|e|og|och|en|и|&|with|/)\s+|\s*\n\s*`)
	credit    = regexp.MustCompile(`(?i)^(?:image|photos?|picture|video|foto|bild|credit|source|illustration)s?(?: by| credit)?\s*:`)
	address   = regexp.MustCompile(`(?i)^(?:https?://|www\.|@)|\.(?:com|org|net)(?:/|$)`)
)

// notAuthors are fillers of content systems in the place of a name.
var notAuthors = []string{
	"admin", "administrator", "webmaster", "editor", "editors", "staff", "staff writer", "none", "null", "undefined", "unknown", "n/a",
	"root", "guest", "user", "author", "web desk", "news desk", "no author", "false", "true",
	"jr", "sr", "ii", "iii", "md", "m.d", "phd", "ph.d", // what follows the comma of a name
}

// maxAuthors and maxName bound what is believed to be a byline.
const (
	maxAuthors = 30
	maxBylines = 100 // places on a page where names are looked for
	maxName    = 80  // bytes
)

// cleanAuthors makes names of bylines: "By", roles and mail addresses go, lists
// are split, duplicates and fillers dropped.
func cleanAuthors(raw []string) []string {
	names := []string{}
	for _, r := range raw[:min(len(raw), maxBylines)] {
		if len(names) >= maxAuthors {
			break
		}
		r = withoutBy(title(r))
		if m := mailFirst.FindStringSubmatch(r); m != nil {
			r = m[1]
		}
		r = handle.ReplaceAllString(mailPart.ReplaceAllString(r, ""), "")
		r = withoutDates(withoutBrackets(r))
		for _, name := range separator.Split(r, maxAuthors) {
			names = addName(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return names[:min(len(names), maxAuthors)]
}

// pickAuthors returns the names of the first list that holds a person. Many pages
// name their outlet as the author; that counts only when no list knows better.
func pickAuthors(lists [][]string, outlets []string, site string) []string {
	var fallback []string
	for _, list := range lists {
		names := cleanAuthors(list)
		if len(fallback) == 0 {
			fallback = slices.Clone(names)
		}
		persons := slices.DeleteFunc(names, func(name string) bool { return isOutlet(name, outlets, site) })
		if len(persons) > 0 {
			return persons
		}
	}
	return fallback
}

// withShown returns the authors that a page shows beside its headline instead of
// those of its metadata when it shows all of these and more.
func withShown(authors, shown, outlets []string, site string) []string {
	shown = slices.DeleteFunc(shown, func(name string) bool { return isOutlet(name, outlets, site) })
	has := func(name string) bool {
		return slices.ContainsFunc(shown, func(s string) bool { return strings.EqualFold(s, name) })
	}
	if len(shown) <= len(authors) || len(authors) == 0 ||
		slices.ContainsFunc(authors, func(name string) bool { return !has(name) }) {
		return authors
	}
	return shown
}

// withoutBrackets cuts what stands in brackets out of a text that has more.
func withoutBrackets(s string) string {
	return cmp.Or(strings.TrimSpace(bracketed.ReplaceAllString(s, "")), s)
}

// isOutlet reports whether a name is that of the outlet, or of its site.
func isOutlet(name string, outlets []string, site string) bool {
	key := lettersOf(name)
	if len(key) >= 3 && strings.HasPrefix(lettersOf(site), strings.TrimSuffix(key, "com")) {
		return true
	}
	return slices.ContainsFunc(outlets, func(o string) bool {
		const telling = 6 // bytes; shorter names are part of too many others
		outlet := lettersOf(o)
		return outlet != "" && (strings.Contains(key, outlet) || len(key) >= telling && strings.Contains(outlet, key))
	})
}

// lettersOf returns the letters and digits of a name in lower case.
func lettersOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// withoutBy drops the "By" of a byline.
func withoutBy(s string) string {
	return foreignByline.ReplaceAllString(byline.ReplaceAllString(s, ""), "$1")
}

// withoutDates cuts the dates out of a byline.
func withoutDates(s string) string {
	if !strings.ContainsFunc(s, unicode.IsDigit) {
		return s
	}
	var kept strings.Builder
	for _, order := range []dayOrder{dayFirst, monthFirst} {
		c := calendar{order: order}
		for found := c.dates(s); len(found) > 0; found = c.dates(s) {
			kept.WriteString(beforeDate(found[0].before) + "\n")
			s = found[0].after
		}
	}
	return kept.String() + s
}

// beforeDate cuts the words for a date off the end of what stands before one.
func beforeDate(s string) string {
	for {
		s = strings.TrimRight(s, " ,.:;|·•–—-")
		i := strings.LastIndexAny(s, " ,|·•") + 1
		if label := dateLabels[strings.ToLower(s[i:])]; label == 0 || label == labelBy {
			return s
		}
		s = s[:i]
	}
}

// addName adds one name to a list, unless it is none or there already.
func addName(names []string, name string) []string {
	name = withoutBy(strings.TrimSpace(name))
	name = roleTail.ReplaceAllString(name, "")
	name = reportedFrom.ReplaceAllString(name, "")
	name = staffTail.ReplaceAllString(koreanTag.ReplaceAllString(name, ""), "$1")
	name = strings.Trim(name, " .,;:|/()[]<>-–—\"")
	low := strings.ToLower(name)
	if name == "" || startsByline(name) || len(name) > maxName || address.MatchString(name) || credit.MatchString(name) ||
		slices.Contains(notAuthors, low) || isRole(low) {
		return names
	}
	if len(names) > 0 && (placeRole.MatchString(name) || institution.MatchString(name)) {
		return names
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) }) {
		return names
	}
	return append(names, name)
}

// isRole reports whether what stands where a name should be is only a role.
func isRole(low string) bool {
	return roleTail.MatchString(" "+low) && roleTail.ReplaceAllString(" "+low, "") == ""
}
