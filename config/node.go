package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Bounds on what a node may ask for, far beyond what stories hold.
const (
	mostMentions = 1000
	mostWords    = 99_999
	longestTerm  = 1000 // characters
)

func nodeKeys() []key[rules.Node] {
	return []key[rules.Node]{
		{"all", "Every one of these must be found.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.All = l.nodes(v) }},
		{"any", "At least one of these must be found. A bare list means the same.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.Any = l.nodes(v) }},
		{"none", "None of these may be found: on this level, in the same window and the same fields.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.None = l.nodes(v) }},
		{"at least", "How many of the list under `of` must be found, from 1 to all of them.", whole(1, mostMentions),
			func(l *loader, v value, n *rules.Node) {
				n.AtLeast = l.count(v, "write a number such as 2; all: asks for every one, any: for one")
			}},
		{"of", "The list that `at least` counts in.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.Of = l.nodes(v) }},
		{"times", "How many mentions there must be, at least. A single term is written `{any: [Acme], times: 3}`.", whole(1, mostMentions),
			func(l *loader, v value, n *rules.Node) {
				n.Times = l.count(v, "write a number such as 3, or leave the key out")
			}},
		{"within", "How close together: `sentence`, `paragraph`, or a number of words that may stand between the first and the last, such as `30 words`; a Chinese or Japanese character counts half.",
			form{Type: kinds{"string"}, AnyOf: []form{matching(windowForm.String()).or("write sentence, paragraph or a number of words: 30 words"), {Enum: []string{"sentence", "paragraph"}}}}.like("30 words", "sentence", "paragraph"),
			func(l *loader, v value, n *rules.Node) { n.Within = l.window(v) }},
		{"ordered", "`true`: in the order of the list under `all`.", truth().by(false),
			func(l *loader, v value, n *rules.Node) { l.boolean(v, &n.Ordered) }},
		{"near", "A mention counts only when one of these stands near it: at most as far as `within` says.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.Near = l.nodes(v) }},
		{"not near", "A mention counts only when none of these stands near it, as far as `within` says: the guard against a namesake.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.NotNear = l.nodes(v) }},
		{"not part of", "A mention inside one of these longer phrases does not count: `\"2021 coup\"` for `coup`.", the("nodes"),
			func(l *loader, v value, n *rules.Node) { n.NotPartOf = l.nodes(v) }},
		{"in", "Where to look, for all on this level: `title`, `lead`, `body`, `url` or `first 100 words` (of lead and body), or a list of them. Without it title, lead and body.",
			oneOrMore(form{Type: kinds{"string"}, AnyOf: []form{matching(firstForm.String()).or("write title, lead, body, url or first 100 words"), {Enum: fieldNames()}}}.like("title", "first 100 words")),
			func(l *loader, v value, n *rules.Node) { n.In = l.fields(v) }},
	}
}

var (
	conceptForm = newBounded(`[\p{L}_]`, `[\p{L}\p{M}\p{N}_-]`, 64)
	conceptUse  = regexp.MustCompile(`^\$[\p{L}_]`)
	windowForm  = regexp.MustCompile(`^(0|[1-9][0-9]{0,4}) words?$`)
	firstForm   = regexp.MustCompile(`^first ([1-9][0-9]{0,4}) words?$`)
)

// concepts reads named nodes and adds them to those of other files.
func (l *loader) concepts(v value) {
	if v.empty() {
		return
	}
	if v.node.Kind != yaml.MappingNode {
		l.conceptsLost = true
		l.wrongKind(v, wantConcepts)
		return
	}
	if l.definition.Concepts == nil {
		l.definition.Concepts = map[string]rules.Node{}
	}
	for _, p := range l.pairs(v) {
		name := v.file.full(p.key)
		p.value.key = name
		if !l.once(p) {
			continue
		}
		if !conceptForm.MatchString(p.key) {
			l.at(p.position(), p.value.path(), "use up to 64 letters, digits, and _ - between them", "%q is no name for a concept", shorten(p.key))
		}
		l.definition.Concepts[name] = l.node(p.value)
	}
}

// node reads one node: a term or $concept, a list (any of), or a map.
func (l *loader) node(v value) rules.Node {
	switch v.node.Kind {
	case yaml.SequenceNode:
		return rules.Node{Any: l.nodes(v)}
	case yaml.MappingNode:
		var n rules.Node
		if l.isSplitTerm(v) {
			l.splitTerm(v)
			return n
		}
		if len(v.node.Content) == 0 {
			l.mistake(v, "give it all:, any: or none: with a list of terms", "the map is empty")
		}
		object(l, v, &l.tables.node, &n)
		return n
	default:
		return l.term(v)
	}
}

// isSplitTerm reports whether a map is most likely a term that YAML took apart:
// one key nobody knows, with a scalar after it.
func (l *loader) isSplitTerm(v value) bool {
	if len(v.node.Content) != 2 || resolve(v.node.Content[1]).Kind != yaml.ScalarNode {
		return false
	}
	name := v.node.Content[0].Value
	return l.tables.node.find(name) == nil && (l.tables.node.vocabulary().likely(name) == "" || foreignField(name, "") != "" || v.isBraced())
}

// isBraced reports whether a map is one word in braces: {US}.
func (v value) isBraced() bool {
	return v.node.Style&yaml.FlowStyle != 0 && len(v.node.Content) == 2 && resolve(v.node.Content[1]).Tag == "!!null"
}

// splitTerm complains of a term that YAML took apart.
func (l *loader) splitTerm(v value) {
	name, text := v.node.Content[0].Value, resolve(v.node.Content[1]).Value
	switch hint := foreignField(name, text); {
	case v.isBraced():
		l.mistake(v, "write ="+shorten(name)+" for a word in this case only; lists stand in brackets", "braces make a map of a word")
	case hint != "":
		l.mistake(v, hint, "a term has no field in front of it: this reads as a map")
	case secretName.MatchString(name):
		l.mistake(v, quoteIt, "a text that holds \": \" must be quoted: this reads as a map")
	default:
		l.mistake(v, "quote it: "+strconv.Quote(shorten(name+": "+text)), "a text that holds \": \" must be quoted: this reads as a map")
	}
}

// nodes reads a list of nodes; an empty one could only be a slip.
func (l *loader) nodes(v value) []rules.Node {
	if v.node.Kind != yaml.SequenceNode {
		l.wrongKind(v, wantTerms)
		return nil
	}
	if len(v.node.Content) == 0 {
		l.mistake(v, "", "the list is empty")
		return nil
	}
	all := make([]rules.Node, len(v.node.Content))
	for i, n := range v.node.Content {
		all[i] = l.node(v.element(i, n))
	}
	return all
}

// term reads a text as written: 007, 1e3, no and ~ are terms like any other.
func (l *loader) term(v value) rules.Node {
	text, ok := l.written(v, "a term")
	if !ok {
		return rules.Node{}
	}
	switch {
	case strings.TrimSpace(text) == "":
		l.mistake(v, "", "the term is empty")
		return rules.Node{}
	case len(text) > longestTerm && utf8.RuneCountInString(text) > longestTerm:
		l.mistake(v, "a quote or comma may be missing", "the term is longer than %d characters", longestTerm)
		return rules.Node{}
	case strings.ContainsFunc(text, isControl):
		l.mistake(v, "delete its escape", "a control character stands in the term")
		return rules.Node{}
	}
	l.commas(v, text)
	if text[0] != '$' || !conceptUse.MatchString(text) {
		return rules.Node{Term: text}
	}
	name := text[1:]
	pack, own, dotted := strings.Cut(name, ".")
	if !conceptForm.MatchString(pack) || dotted && !conceptForm.MatchString(own) {
		l.mistake(v, "write $ and the name of a concept, alone", "%s names no concept", shown(v))
		return rules.Node{}
	}
	if dotted {
		l.borrowed = append(l.borrowed, borrowed{name: name, value: v})
	}
	return rules.Node{Concept: v.file.full(name)}
}

// count reads a number of mentions or nodes.
func (l *loader) count(v value, hint string) int {
	text, ok := l.written(v, "a number")
	if !ok {
		return 0
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > mostMentions {
		l.mistake(v, hint, "%s is no whole number from 1 to %d", shown(v), mostMentions)
		return 0
	}
	return n
}

// window reads how close mentions must lie.
func (l *loader) window(v value) rules.Window {
	text, ok := l.written(v, "a window")
	if !ok {
		return rules.Window{}
	}
	switch text {
	case "sentence":
		return rules.Window{Unit: rules.Sentence}
	case "paragraph":
		return rules.Window{Unit: rules.Paragraph}
	}
	if n, ok := number(windowForm, text); ok {
		return rules.Window{Unit: rules.Words, Words: n}
	}
	l.mistake(v, windowHint(text), "%s is no window", shown(v))
	return rules.Window{}
}

func windowHint(text string) string {
	if _, err := strconv.Atoi(text); err == nil {
		return "did you mean `" + text + " words`?"
	}
	if hint := didYouMean(text, []string{"sentence", "paragraph"}); hint != "" {
		return hint
	}
	switch {
	case strings.HasSuffix(text, " words") && strings.Trim(text, "0123456789 words") == "":
		return fmt.Sprintf("at most %d words", mostWords)
	case strings.HasSuffix(text, " words"):
		return "write the number in digits, such as 30 words"
	}
	return "write 30 words, sentence or paragraph"
}

// number gives the number in a text of a form.
func number(of *regexp.Regexp, text string) (n int, ok bool) {
	found := of.FindStringSubmatch(text)
	if found == nil {
		return 0, false
	}
	n, err := strconv.Atoi(found[1])
	return n, err == nil
}

func fieldNames() []string {
	return []string{string(news.FieldTitle), string(news.FieldLead), string(news.FieldBody), string(news.FieldURL)}
}

// fields reads where to look.
func (l *loader) fields(v value) []rules.Place {
	var all []rules.Place
	for _, e := range l.oneOrMore(v, "field") {
		name, ok := l.written(e, "a field")
		if !ok {
			continue
		}
		if n, first := number(firstForm, name); first {
			all = append(all, rules.Place{Words: n})
			continue
		}
		hint := likely(name, fieldNames(), placeSynonyms())
		switch {
		case slices.Contains(fieldNames(), name):
			all = append(all, rules.Place{Field: news.FieldName(name)})
			continue
		case strings.HasPrefix(name, "first"):
			hint = "write it like first 100 words"
		case strings.ContainsAny(name, ","):
			hint = "write a list: [title, lead]"
		}
		l.mistake(e, hint, "%s is none of %s, first 100 words", shown(e), strings.Join(fieldNames(), ", "))
	}
	return all
}
