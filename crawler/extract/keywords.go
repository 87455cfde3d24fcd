package extract

import (
	"regexp"
	"slices"
	"strings"
)

// What is believed to be the keywords of a story: pages that give more, or
// sentences, write them for search engines.
const (
	maxKeywords = 20
	maxKeyword  = 60 // bytes
)

// keywordNames are the names under which pages give their keywords, best
// first: the last one is as a rule the same on all pages of an outlet, except
// those that have no other.
var keywordNames = []string{"article:tag", "og:article:tag", "news_keywords", "parsely-tags", "sailthru.tags", "cxenseparse:keywords", "keywords"}

var keywordMark = regexp.MustCompile(`\s*[,;、，|]\s*`)

// keywords returns what the outlet files a story under, from the first place that
// has any.
func keywords(h head, ld linkedData) []string {
	lists := [][]string{ld.keywords}
	for _, name := range keywordNames {
		lists = append(lists, h.meta[name])
	}
	for _, list := range lists {
		if words := splitKeywords(list); len(words) > 0 && !areCodes(words) {
			return words
		}
	}
	return nil
}

// areCodes reports whether keywords are those of a content system: "AER,
// INDG08, MTVID". A few capitals, as in "NATO, EU", are words.
func areCodes(words []string) bool {
	const least = 5
	return len(words) >= least && !slices.ContainsFunc(words, func(w string) bool {
		return strings.Trim(w, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != ""
	})
}

func splitKeywords(list []string) []string {
	var words []string
	for _, part := range list[:min(len(list), 2*maxKeywords)] {
		for _, w := range keywordMark.Split(title(part), 2*maxKeywords) {
			w = strings.Trim(w, " #\"")
			if w == "" || len(w) > maxKeyword || strings.Contains(w, ":") && !strings.Contains(w, " ") { // "type:article"
				continue
			}
			if !slices.ContainsFunc(words, func(other string) bool { return strings.EqualFold(other, w) }) {
				words = append(words, w)
			}
		}
	}
	return words[:min(len(words), maxKeywords)]
}
