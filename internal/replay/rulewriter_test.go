package replay

import (
	"math/rand/v2"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// ruleWriter makes stories and rules of the same words.
type ruleWriter struct{ *rand.Rand }

var (
	storyWords = strings.Split("Kim|Putin|putin's|sanctions|sanctioned|missile|Missiles|missile-defence|Москва|Москве|президента|"+
		"президент|北京|東京都知事|金正恩総書記|김정은이|김정은|핵실험을|بوتين|وبوتين|Iran|IRAN|arms|Army|deal|arms deal|summit|U.S.|us|Straße|"+
		"STRASSE|organisation|Organization|13 dead|1,279|the|said|of|and|в|met|в Пекине|São Paulo|Kim Jong-un", "|")
	ruleTerms = strings.Split("kim|=Kim|Putin|=US|U.S.|~sanction|sanct*|~missile|missil*|=M*|Москва|президент|~президент|"+
		"北京|東京|金正恩|김정은|핵실험|بوتين|iran|arms|arms deal|\"arms\"|summit|strasse|organi?ation|/missiles?/|/[0-9]+ dead/|1,279|"+
		"Sao Paulo|kim jong-un|the|said|absent|nowhere to be found|s*|/(?-i)Kim/", "|")
)

func oneOf[T any](w ruleWriter, from ...T) T { return from[w.IntN(len(from))] }

func (w ruleWriter) often(percent int) bool { return w.IntN(100) < percent }

// text writes some lines.
func (w ruleWriter) text(lines int) string {
	var b strings.Builder
	for range lines {
		for range 1 + w.IntN(12) {
			b.WriteString(oneOf(w, storyWords...) + oneOf(w, " ", " ", " ", ", ", ". "))
		}
		b.WriteString(".\n")
	}
	return b.String()
}

// retell changes what a story says.
func (w ruleWriter) retell(s *news.Story) {
	s.Title, s.Titles, s.Summary, s.Text = strings.TrimSpace(w.text(1)), nil, "", ""
	if w.often(20) {
		s.Titles = []string{w.text(1), s.Title}
	}
	if w.often(60) {
		s.Summary = w.text(1)
	}
	if w.often(80) {
		s.Text = w.text(1 + w.IntN(4))
	}
	if w.often(20) {
		s.Text = s.Summary + s.Text
	}
}

// definition writes rules that are no mistakes.
func (w ruleWriter) definition(n int) (d rules.Definition) {
	d.Concepts = map[string]rules.Node{"people": {Any: w.nodes(3, 0)}}
	for len(d.Rules) < n {
		rule := rules.Rule{Name: "r" + string(rune('A'+len(d.Rules))), Node: w.level(2)}
		w.bound(&rule)
		if set, _ := rules.Compile(rules.Definition{Concepts: d.Concepts, Rules: []rules.Rule{rule}}); set != nil {
			d.Rules = append(d.Rules, rule)
		}
	}
	return d
}

// bound adds conditions on the whole story to some rules.
func (w ruleWriter) bound(r *rules.Rule) {
	if w.often(20) {
		r.Never = w.nodes(1, 1)
	}
	filter := func() rules.Filter {
		return oneOf(w, rules.Filter{Source: []string{"tass", "yonhap"}}, rules.Filter{Tag: []string{"wire"}},
			rules.Filter{Language: []string{"en"}}, rules.Filter{Section: []string{"World"}},
			rules.Filter{MinWords: 10}, rules.Filter{MaxWords: 20}, rules.Filter{Outlet: []string{"Reuters"}})
	}
	if w.often(20) {
		r.Only = filter()
	}
	if w.often(20) {
		r.Except = filter()
	}
	if w.often(10) {
		r.Until = began.Add(time.Duration(w.IntN(48)) * time.Hour)
	}
}

func (w ruleWriter) nodes(n, depth int) (all []rules.Node) {
	for range n {
		all = append(all, w.node(depth))
	}
	return all
}

func (w ruleWriter) node(depth int) rules.Node {
	switch {
	case depth == 0 || w.often(45):
		return rules.Node{Term: oneOf(w, ruleTerms...)}
	case w.often(15):
		return rules.Node{Concept: "people"}
	}
	return w.level(depth)
}

// level writes a level of lists and what is asked of their mentions.
func (w ruleWriter) level(depth int) (n rules.Node) {
	switch w.IntN(6) {
	case 0:
		n.Any = w.nodes(1+w.IntN(3), depth-1)
	case 1:
		n.All = w.nodes(1+w.IntN(2), depth-1)
	case 2:
		n.Of = w.nodes(2+w.IntN(3), depth-1)
		n.AtLeast = 1 + w.IntN(len(n.Of))
	case 3:
		n.All = w.nodes(2, depth-1)
		n.Ordered = w.often(50)
		n.Within = w.within()
	case 4:
		n.Any = w.nodes(1+w.IntN(2), depth-1)
		n.Times = 2
	default:
		n.Any = w.nodes(1+w.IntN(2), 0)
		n.Within = w.within()
		n.Near = w.nodes(w.IntN(2), 0)
		n.NotNear = w.nodes(1-len(n.Near), 0)
		n.NotPartOf = w.nodes(w.IntN(2), 0)
	}
	if w.often(20) {
		n.None = w.nodes(1, 0)
	}
	if w.often(25) {
		n.In = oneOf(w, []rules.Place{{Field: news.FieldTitle}}, []rules.Place{{Field: news.FieldLead}, {Words: 10}},
			[]rules.Place{{Field: news.FieldURL}, {Field: news.FieldBody}})
	}
	return n
}

func (w ruleWriter) within() rules.Window {
	return oneOf(w, rules.Window{Unit: rules.Words, Words: w.IntN(10)}, rules.Window{Unit: rules.Sentence},
		rules.Window{Unit: rules.Paragraph})
}
