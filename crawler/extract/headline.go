package extract

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// titles returns the title that is shown and the others that rules look in.
//
// The JSON-LD's headline goes first, except where it is one with the <h1> or
// with the <title>: pages keep these for their own readers and for search
// engines, and give others, as a message in Slack is, the title of OpenGraph.
// What is only the name of the site is no title, unless there is no other.
func titles(h head, ld linkedData, outlets []string, site string) (string, []string) {
	clean := func(t string) string { return withoutSite(title(t), outlets, site) }
	heading, page := clean(first(h.headings)), clean(h.title)
	linked, called := clean(ld.headline), clean(ld.name)
	if isOneOf(called, heading, page) && !isOneOf(linked, heading, page) {
		linked, called = called, linked // an encyclopedia's headline is its description
	}
	og := clean(first(h.meta["og:title"]))
	onTop := clean(first(h.topHeadings()))
	all := []string{}
	if forOthers(linked, og, onTop, page) {
		all = append(all, og)
	}
	for _, t := range []string{
		linked, og, heading, clean(first(h.meta["twitter:title"])), page, clean(first(h.meta["title"])), clean(ld.alternative), called,
	} {
		if t != "" && !slices.ContainsFunc(all, func(s string) bool { return strings.EqualFold(s, t) }) {
			all = append(all, t)
		}
	}
	if known := slices.DeleteFunc(slices.Clone(all), func(t string) bool {
		return isSite(t, outlets, site)
	}); len(known) > 0 {
		all = known
	}
	if len(all) == 0 {
		return "", nil
	}
	return shortened(asMostSpell(all))
}

// asMostSpell puts before the first title the spelling of it with which most of
// all titles begin: "Valley: Bridge" before "Valley - Bridge".
func asMostSpell(all []string) []string {
	begun := func(by string) (n int) {
		for _, t := range all {
			if strings.HasPrefix(t, by) {
				n++
			}
		}
		return n
	}
	first := all[0]
	for _, t := range all[1:] {
		if lettersOf(t) == lettersOf(first) && begun(t) > begun(first) {
			first = t
		}
	}
	return append([]string{first}, slices.DeleteFunc(all, func(t string) bool { return t == first })...)
}

// isOneOf reports whether a title is one of others, whatever its signs.
func isOneOf(t string, others ...string) bool {
	letters := lettersOf(t)
	return letters != "" && slices.ContainsFunc(others, func(o string) bool { return lettersOf(o) == letters })
}

// forOthers reports whether OpenGraph's title goes before the JSON-LD's.
func forOthers(linked, og, heading, page string) bool {
	same := func(a, b string) bool { return lettersOf(a) == lettersOf(b) }
	if linked == "" || og == "" || same(og, linked) {
		return false
	}
	return same(page, linked) && (same(heading, linked) || same(heading, og))
}

// addition is what a title adds to another one: a section, the outlet.
var addition = regexp.MustCompile(`^\s*[|\-–—·»：]+\s*[^|]{1,40}$`)

// shortened replaces the first title by another that it only adds something to.
func shortened(all []string) (string, []string) {
	for i, t := range all[1:] {
		if rest, ok := strings.CutPrefix(all[0], t); ok && addition.MatchString(rest) {
			all[0], all[i+1] = all[i+1], all[0]
			break
		}
	}
	return all[0], all[1:]
}

// bars part a title from its outlet even without spaces around them: the last
// one is a Hangul vowel that Korean content systems take for a bar.
const bars = "|｜│：ㅣ"

// siteMarks part a title from what follows it.
var siteMarks = []string{" | ", " - ", " – ", " — ", " · ", " » ", " :: ", " * ", " / ", ": ", "|", "｜", "│", "：", "ㅣ"}

// withoutSite drops the outlet's name from the end of a page's title, with the
// date or the name that stands behind it and the section that stands before.
func withoutSite(t string, outlets []string, site string) string {
	for _, mark := range siteMarks {
		i := strings.LastIndex(t, mark)
		if i <= 0 {
			continue
		}
		head, tail := strings.TrimSpace(t[:i]), strings.TrimSpace(t[i+len(mark):])
		if isSite(tail, outlets, site) {
			if strings.Contains(bars, strings.TrimSpace(mark)) {
				return shortSection.ReplaceAllString(head, "")
			}
			return head
		}
		if j := strings.LastIndex(head, mark); j > 0 && len(mark) > 2 &&
			isSite(strings.TrimSpace(head[j+len(mark):]), outlets, site) {
			return strings.TrimSpace(head[:j])
		}
		if mark == " | " && len(strings.Fields(tail)) <= 4 {
			return head
		}
	}
	return t
}

// shortSection is the section between a headline and a bar: "-정치".
var shortSection = regexp.MustCompile(`[-–]\p{L}{1,6}$`)

// isSite reports whether a text is the name of the outlet or of its site:
// "Taipei Times" on taipeitimes.com.
func isSite(text string, outlets []string, site string) bool {
	const telling = 5 // letters; shorter parts of a site's name are words
	name := nameOf(text)
	if slices.ContainsFunc(outlets, func(o string) bool {
		return strings.EqualFold(text, o) || name != "" && nameOf(o) == name
	}) {
		return true
	}
	label, _, _ := strings.Cut(site, ".")
	label = lettersOf(label)
	if name == "" || label == "" {
		return false
	}
	return name == label || utf8.RuneCountInString(label) >= telling && strings.HasPrefix(name, label) &&
		len(strings.Fields(text)) <= 3
}

// nameOf returns the letters of an outlet's name without its article: "The Daily
// Herald" is the same as "Daily Herald".
func nameOf(outlet string) string {
	return lettersOf(strings.TrimPrefix(strings.ToLower(outlet), "the "))
}
