package convert

import (
	"strings"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Tool is a search tool whose queries Convert reads.
type Tool string

// The tools.
const (
	GoogleAlerts Tool = "google-alerts"
	Meltwater    Tool = "meltwater"
	Factiva      Tool = "factiva"
	Lexis        Tool = "lexis"
)

// Tools returns all tools, in the order in which people are told of them.
func Tools() []Tool { return []Tool{GoogleAlerts, Meltwater, Factiva, Lexis} }

// dialect is how the queries of a tool are written.
type dialect struct {
	tool       Tool
	operators  map[string]operation // by their names in lower case
	capitals   bool                 // a name in lower case is a word
	distances  map[string]bool      // the names that a number follows; "" is /5
	keepsOrder map[string]bool      // of these
	stepped    bool                 // the next word is a distance of 1, not of 0
	minus      bool                 // -word excludes it, | is or
	slashes    bool                 // /N5/ and /F50/
	counts     bool                 // atleast5
	calls      bool                 // headline(…)
	signs      string               // between a field and its value: ":" or "="
	joined     action               // of two words without an operator; near is a phrase
	order      [6]action            // what binds first; none fills it up
	nearest    bool                 // of several distances the smallest binds first
	letter     string               // the sign of exactly one letter
	ending     string               // the sign of any ending
	plurals    bool                 // a word finds its plural, too
	unsure     bool                 // the tool does not say whether and or or binds first
}

// dialects follow what the makers say:
//
//   - Google: https://support.google.com/websearch/answer/2466433; "or" is read before
//     the space, and what a minus excludes is excluded whatever "or" stands in front of it.
//   - Meltwater: https://help.meltwater.com/en/articles/4064557; without a number NEAR is
//     of four words.
//   - Factiva: "Search Statement Operators" and "Search Statement Examples" of its
//     developer's kit: words side by side are a phrase, adjN and w/N keep the order, and
//     adj1 is side by side.
//   - Lexis: "Connector Order and Priority": or, distances, sentence, paragraph, and, and not.
var dialects = map[Tool]*dialect{
	GoogleAlerts: {
		operators: map[string]operation{"or": {does: or}, "and": {does: and}, "not": {does: not}},
		capitals:  true, minus: true, signs: ":", joined: and,
		order: [...]action{notNear, near, or, not, and, none},
	},
	Meltwater: {
		operators: map[string]operation{
			"or": {does: or}, "and": {does: and}, "not": {does: not},
			"near": {does: near, window: words(4)}, "onear": {does: near, window: words(4), ordered: true},
		},
		distances: names("near onear"), keepsOrder: names("onear"), signs: ":", joined: and,
		order: [...]action{notNear, near, not, and, or, none}, letter: "?", ending: "*", unsure: true,
	},
	Factiva: {
		operators: map[string]operation{
			"or": {does: or}, "and": {does: and}, "not": {does: not},
			"same": {does: near, window: syntax.Window{Unit: syntax.Paragraph}},
			"adj":  {does: near, ordered: true, window: words(0)}, "w": {does: near, ordered: true, window: words(0)},
		},
		distances: names("near w adj"), keepsOrder: names("w adj"), stepped: true, slashes: true, counts: true,
		signs: "=", joined: near, order: [...]action{notNear, near, not, and, or, none}, letter: "?", ending: "*",
	},
	Lexis: {
		operators: map[string]operation{
			"or": {does: or}, "and": {does: and}, "not": {does: not},
			"w/s": sentence(), "/s": sentence(), "w/sent": sentence(),
			"w/p": paragraph(), "/p": paragraph(), "w/para": paragraph(),
		},
		distances: names("w pre near onear /"), keepsOrder: names("pre onear"), stepped: true, counts: true, calls: true,
		signs: "", joined: near, order: [...]action{or, notNear, near, and, not, none}, nearest: true,
		letter: "*?", ending: "!", plurals: true,
	},
}

func dialectOf(tool Tool) *dialect {
	d := *dialects[tool]
	d.tool = tool
	return &d
}

func names(list string) map[string]bool {
	all := map[string]bool{}
	for name := range strings.FieldsSeq(list) {
		if name == "/" {
			name = ""
		}
		all[name] = true
	}
	return all
}

func words(n int) syntax.Window { return syntax.Window{Unit: syntax.Words, Words: n} }

func sentence() operation { return operation{does: near, window: syntax.Window{Unit: syntax.Sentence}} }
func paragraph() operation {
	return operation{does: near, window: syntax.Window{Unit: syntax.Paragraph}}
}

// steps is the window of a distance as the tool counts.
func (d *dialect) steps(n int) syntax.Window {
	if d.stepped {
		n = max(0, n-1)
	}
	return words(n)
}
