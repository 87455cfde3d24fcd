package notify

import (
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// Route says where matches of a kind go. A field that names nothing lets every
// match through; one that names several values lets any of them through.
type Route struct {
	Severity []news.Severity
	Topic    []string
	Rule     []string
	Tag      []string      // of the source
	Language []string      // BCP 47; "en" takes in "en-GB"
	To       []string      // channels
	Mention  []string      // people and groups, as a Sender understands them
	Fallback news.Fallback // of alerts that nobody answers
}

// Routes is the configured way of matches to channels.
type Routes struct {
	Default string // channel of what no route takes; "" drops it
	Routes  []Route
}

// Target is one channel to tell, and whom to mention there.
type Target struct {
	Channel  string // without "#"
	Mentions []string
	Fallback news.Fallback
}

// Targets returns the channels that a match is told in. The first route that
// takes the match decides on channels and mentions; the rule's own "to"
// replaces the route's channels, its "also to" adds to them. No channel is
// given twice.
func (r Routes) Targets(m news.Match, s *news.Story) []Target {
	route := Route{To: []string{r.Default}}
	if i := slices.IndexFunc(r.Routes, func(r Route) bool { return r.takes(m, s) }); i >= 0 {
		route = r.Routes[i]
	}
	channels := route.To
	if len(m.To) > 0 {
		channels = m.To
	}
	var targets []Target
	for _, c := range slices.Concat(channels, m.AlsoTo) {
		c = ChannelName(c)
		if c == "" || slices.ContainsFunc(targets, func(t Target) bool { return t.Channel == c }) {
			continue
		}
		targets = append(targets, Target{Channel: c, Mentions: route.Mention, Fallback: route.Fallback})
	}
	return targets
}

// ChannelName is a configured channel without the "#" in front of its name.
func ChannelName(channel string) string {
	return strings.TrimPrefix(strings.TrimSpace(channel), "#")
}

func (r Route) takes(m news.Match, s *news.Story) bool {
	return (len(r.Severity) == 0 || slices.Contains(r.Severity, m.Severity)) &&
		(len(r.Topic) == 0 || slices.Contains(r.Topic, m.Topic)) &&
		(len(r.Rule) == 0 || slices.Contains(r.Rule, m.Rule)) &&
		(len(r.Tag) == 0 || slices.ContainsFunc(r.Tag, func(t string) bool { return slices.Contains(s.Origin.Tags, t) })) &&
		(len(r.Language) == 0 || slices.ContainsFunc(r.Language, func(l string) bool { return speaks(s.Language, l) }))
}

// speaks reports whether a story's language is, or is a variety of, the wanted
// one.
func speaks(language, wanted string) bool {
	language, wanted = strings.ToLower(language), strings.ToLower(wanted)
	return language == wanted || strings.HasPrefix(language, wanted+"-")
}
