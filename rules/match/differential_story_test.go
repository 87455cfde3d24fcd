package match_test

import (
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// choices reads decisions from bytes, so that a fuzzer that changes a byte
// changes a decision. When they are used up every decision is the first.
type choices struct {
	bytes []byte
	made  int
}

// below chooses a number from 0 to n-1.
func (c *choices) below(n int) int {
	if c.made >= len(c.bytes) {
		return 0
	}
	c.made++
	return int(c.bytes[c.made-1]) * n / 256
}

// chance says yes so many times in a hundred; the last decisions say no.
func (c *choices) chance(percent int) bool { return c.below(100) >= 100-percent }

func pick[T any](c *choices, from []T) T { return from[c.below(len(from))] }

// sample chooses some of a list, at least one.
func sample(c *choices, from []string) []string {
	some := []string{pick(c, from)}
	for c.chance(30) {
		some = append(some, pick(c, from))
	}
	return some
}

// The values of what filters ask.
var (
	sources   = []string{"reuters", "AP", "yonhap"}
	tags      = []string{"wire", "Asia", "state media"}
	tiers     = []string{"wire", "local"}
	countries = []string{"US", "kr"}
	languages = []string{"en", "en-GB", "ko", "pt_BR", "EN"}
	sections  = []string{"World", "World/Asia", "Sports"}
	authors   = []string{"Robert O'Brien", "By Kim Min-su", "staff"}
	outlets   = []string{"Reuters", "Reuters UK", "Associated Press"}
)

// writer makes the stories of one case, from a few words that its rules use
// too.
type writer struct {
	*choices
	palette []int    // numbers of words of the vocabulary
	between []string // fillers
}

func newWriter(c *choices) *writer {
	w := &writer{choices: c, palette: []int{c.below(inflecting)}}
	for range 3 {
		w.palette = append(w.palette, c.below(len(vocabulary)))
	}
	for range 3 {
		w.between = append(w.between, pick(c, fillers))
	}
	return w
}

func (w *writer) story() *news.Story {
	s := &news.Story{Title: w.sentence(6), URL: "https://example.org/" + strings.ReplaceAll(w.sentence(3), " ", "-")}
	for w.chance(40) {
		s.Titles = append(s.Titles, pick(w.choices, []string{w.sentence(6), s.Title, strings.ToUpper(s.Title)}))
	}
	var lines []string
	for len(lines) < 5 && w.chance(85) {
		lines = append(lines, w.paragraph())
	}
	s.Text = strings.Join(lines, pick(w.choices, []string{"\n", "\n", "\n\n", "\r\n"}))
	if w.chance(60) {
		s.Summary = pick(w.choices, []string{w.paragraph(), strings.Join(lines[:min(1, len(lines))], "")})
	}
	w.about(s)
	return s
}

// about says what is known of a story beside its text.
func (w *writer) about(s *news.Story) {
	s.Origin = news.Origin{Source: pick(w.choices, sources), Tier: pick(w.choices, append(tiers, "")),
		Country: pick(w.choices, append(countries, ""))}
	if w.chance(60) {
		s.Origin.Tags = sample(w.choices, tags)
	}
	s.Language = pick(w.choices, append(languages, ""))
	s.Section = pick(w.choices, append(sections, ""))
	s.Outlet = pick(w.choices, append(outlets, ""))
	if w.chance(60) {
		s.Authors, s.Cites = sample(w.choices, authors), sample(w.choices, outlets)
	}
	if w.chance(70) {
		s.FirstSeen = day(w.below(4))
	}
}

func day(n int) time.Time { return time.Date(2026, 12, 5+n, 0, 0, 0, 0, time.UTC) }

func (w *writer) paragraph() string {
	var b strings.Builder
	for range 1 + w.below(4) {
		b.WriteString(w.sentence(9) + pick(w.choices, stops))
	}
	return b.String()
}

// sentence writes at most so many words.
func (w *writer) sentence(most int) string {
	var b strings.Builder
	for i := range 1 + w.below(most) {
		if i > 0 {
			b.WriteString(pick(w.choices, separators))
		}
		if w.chance(30) {
			b.WriteString(pick(w.choices, w.between))
		} else {
			b.WriteString(pick(w.choices, vocabulary[pick(w.choices, w.palette)].texts))
		}
	}
	return b.String()
}
