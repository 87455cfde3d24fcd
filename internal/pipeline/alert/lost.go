package alert

import (
	"cmp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// compare finds what rules found in the words of a story before, and do not find any more.
// A rule that does not match any more, although all that it found is still there, has
// found what it must not: then it is named itself.
func (said *reread) compare(before, now []news.Match, s *news.Story) {
	words := strings.ToLower(s.Title + "\n" + s.Summary + "\n" + s.Text)
	said.lost = map[string][]string{}
	for _, m := range now {
		for _, e := range m.Evidence {
			said.found = append(said.found, cmp.Or(e.Concept, e.Term))
		}
	}
	for _, m := range before {
		var lost, stands []string
		for _, e := range m.Evidence {
			what := cmp.Or(e.Concept, e.Term)
			switch {
			case strings.Contains(words, strings.ToLower(e.Text)):
				stands = append(stands, what)
			case !slices.Contains(said.found, what) && !slices.Contains(lost, what):
				lost = append(lost, what)
			}
		}
		lost = missing(lost, stands)
		if !slices.ContainsFunc(now, func(n news.Match) bool { return n.Rule == m.Rule }) {
			said.ended = append(said.ended, m.Rule)
			if len(lost) == 0 {
				lost = []string{m.Rule}
			}
		}
		said.lost[m.Rule] = lost
	}
}

// lostBy is what some rules do not find any more.
func (said *reread) lostBy(rules []string) (lost []string) {
	for _, rule := range rules {
		lost = append(lost, missing(said.lost[rule], lost)...)
	}
	return lost
}
