package config

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Bounds on what a node may ask for, far beyond any story.
const (
	mostMentions = 1000
	mostWords    = 99_999
	longestTerm  = 1000 // characters
)

// nodeKeys are the keys of a node.
func nodeKeys() []key[rules.Node] {
	return []key[rules.Node]{
		nodeList("all", "Every one of these must be found.",
			func(n *rules.Node) *[]rules.Node { return &n.All }),
		nodeList("any", "At least one of these must be found. A bare list means the same.",
			func(n *rules.Node) *[]rules.Node { return &n.Any }),
		nodeList("none", "None of these may be found: on this level, in the same window and the same fields.",
			func(n *rules.Node) *[]rules.Node { return &n.None }),
		row("at least", "How many of the list under `of` must be found, from 1 to all of them.", whole(1, mostMentions),
			func(n *rules.Node) *int { return &n.AtLeast },
			countOr("write a number such as 2; all: asks for every one, any: for one")).requires("of"),
		nodeList("of", "The list that `at least` counts in.",
			func(n *rules.Node) *[]rules.Node { return &n.Of }).requires("at least"),
		row("times", "How many mentions there must be, at least. A single term is written `{any: [Acme], times: 3}`.", whole(1, mostMentions),
			func(n *rules.Node) *int { return &n.Times },
			countOr("write a number such as 3, or leave the key out")),
		row("within", "How close together: `sentence`, `paragraph`, or a number of words that may stand between the first and the last, such as `30 words`; a Chinese or Japanese character counts half.",
			withinForm(),
			func(n *rules.Node) *rules.Window { return &n.Within }, decodeWindow),
		row("ordered", "`true`: in the order of the list under `all`.", boolean().by(false),
			func(n *rules.Node) *bool { return &n.Ordered }, decodeBoolean).requires("all"),
		nodeList("near", "A mention counts only when one of these stands near it: at most as far as `within` says.",
			func(n *rules.Node) *[]rules.Node { return &n.Near }).requires("within"),
		nodeList("not near", "A mention counts only when none of these stands near it, as far as `within` says: the guard against a namesake.",
			func(n *rules.Node) *[]rules.Node { return &n.NotNear }).requires("within"),
		nodeList("not part of", "A mention inside one of these longer phrases does not count: `\"2021 coup\"` for `coup`.",
			func(n *rules.Node) *[]rules.Node { return &n.NotPartOf }),
		row("in", "Where to look, for all on this level: `title`, `lead`, `body`, `url` or `first 100 words` (of lead and body), or a list of them. Without it title, lead and body.",
			oneOrMore(placeForm()),
			func(n *rules.Node) *[]rules.Place { return &n.In }, listOf("field", decodePlace)),
	}
}

func withinForm() form {
	return form{Type: kinds{"string"}, AnyOf: []form{
		matching(windowForm.String()).or("write sentence, paragraph or a number of words: 30 words"),
		{Enum: []string{"sentence", "paragraph"}},
	}}.like("30 words", "sentence", "paragraph")
}

func placeForm() form {
	return form{Type: kinds{"string"}, AnyOf: []form{
		matching(firstForm.String()).or("write title, lead, body, url or first 100 words"),
		{Enum: fieldNames()},
	}}.like("title", "first 100 words")
}

var (
	conceptForm = newBounded(`[\p{L}_]`, `[\p{L}\p{M}\p{N}_-]`, 64)
	conceptUse  = regexp.MustCompile(`^\$[\p{L}_]`)
	windowForm  = regexp.MustCompile(`^(0|[1-9][0-9]{0,4}) words?$`)
	firstForm   = regexp.MustCompile(`^first ([1-9][0-9]{0,4}) words?$`)
)

// decodeConcepts decodes named nodes and adds them to those of other files.
func decodeConcepts(d *decoder, v value) {
	if v.isEmpty() {
		return
	}
	if v.node.Kind != yaml.MappingNode {
		d.conceptsLost = true
		d.wrongKind(v, wantConcepts)
		return
	}
	if d.out.Definition.Concepts == nil {
		d.out.Definition.Concepts = map[string]rules.Node{}
	}
	for _, p := range d.pairs(v) {
		name := v.file.full(p.key)
		p.value.key = name
		if !d.once(p) {
			continue
		}
		if !conceptForm.MatchString(p.key) {
			d.at(p.position(), p.value.path(), "use up to 64 letters, digits, and _ - between them", "%q is no name for a concept", shorten(p.key))
		}
		d.out.Definition.Concepts[name] = decodeNode(d, p.value)
	}
}

// decodeNode decodes one node: a term or $concept, a list (any of), or a map.
func decodeNode(d *decoder, v value) rules.Node {
	switch v.node.Kind {
	case yaml.SequenceNode:
		all, _ := decodeNodes(d, v)
		return rules.Node{Any: all}
	case yaml.MappingNode:
		var n rules.Node
		if d.isSplitTerm(v) {
			d.splitTerm(v)
			return n
		}
		if len(v.node.Content) == 0 {
			d.mistake(v, "give it all:, any: or none: with a list of terms", "the map is empty")
		}
		decodeMap(d, v, &d.tables.node, &n)
		return n
	default:
		return decodeTerm(d, v)
	}
}

// isSplitTerm reports whether a map is most likely a term with a colon: one key
// that is not known, with a scalar for its value.
func (d *decoder) isSplitTerm(v value) bool {
	if len(v.node.Content) != 2 || yamlfile.Resolve(v.node.Content[1]).Kind != yaml.ScalarNode {
		return false
	}
	name := v.node.Content[0].Value
	if d.tables.node.find(name) != nil {
		return false
	}
	return d.tables.node.vocabulary().likely(name) == "" || foreignField(name, "") != "" || v.isBraced()
}

// splitTerm reports a term that YAML reads as a map.
func (d *decoder) splitTerm(v value) {
	name, text := v.node.Content[0].Value, yamlfile.Resolve(v.node.Content[1]).Value
	switch hint := foreignField(name, text); {
	case v.isBraced():
		d.mistake(v, "write ="+shorten(name)+" for a word in this case only; lists stand in brackets", "braces make a map of a word")
	case hint != "":
		d.mistake(v, hint, "a term has no field in front of it: this reads as a map")
	case yamlfile.NamesSecret(name):
		d.mistake(v, yamlfile.QuoteIt, "a text that holds \": \" must be quoted: this reads as a map")
	default:
		d.mistake(v, "quote it: "+strconv.Quote(shorten(name+": "+text)), "a text that holds \": \" must be quoted: this reads as a map")
	}
}

// decodeNodes decodes a list of nodes. An empty one could only be a slip.
func decodeNodes(d *decoder, v value) ([]rules.Node, bool) {
	if v.node.Kind != yaml.SequenceNode {
		d.wrongKind(v, wantTerms)
		return nil, false
	}
	if len(v.node.Content) == 0 {
		d.mistake(v, "", "the list is empty")
		return nil, false
	}
	all := make([]rules.Node, len(v.node.Content))
	for i, n := range v.node.Content {
		all[i] = decodeNode(d, v.element(i, n))
	}
	return all, true
}

// decodeTerm decodes a text as it is written: 007, 1e3, no and ~ are terms like
// any other.
func decodeTerm(d *decoder, v value) rules.Node {
	text, ok := d.written(v, "a term")
	if !ok {
		return rules.Node{}
	}
	switch {
	case strings.TrimSpace(text) == "":
		d.mistake(v, "", "the term is empty")
		return rules.Node{}
	case len(text) > longestTerm && utf8.RuneCountInString(text) > longestTerm:
		d.mistake(v, "a quote or comma may be missing", "the term is longer than %d characters", longestTerm)
		return rules.Node{}
	case strings.ContainsFunc(text, yamlfile.IsControl):
		d.mistake(v, "delete its escape", "a control character stands in the term")
		return rules.Node{}
	}
	d.commas(v, text)
	if text[0] != '$' || !conceptUse.MatchString(text) {
		return rules.Node{Term: text}
	}
	name := text[1:]
	pack, own, dotted := strings.Cut(name, ".")
	if !conceptForm.MatchString(pack) || dotted && !conceptForm.MatchString(own) {
		d.mistake(v, "write $ and the name of a concept, alone", "%s names no concept", v.quoted())
		return rules.Node{}
	}
	if dotted {
		d.out.borrowed = append(d.out.borrowed, borrowed{name: name, value: v})
	}
	return rules.Node{Concept: v.file.full(name)}
}

// countOr decodes a number of mentions or nodes.
func countOr(hint string) decodeFunc[int] {
	return func(d *decoder, v value) (int, bool) {
		text, ok := d.written(v, "a number")
		if !ok {
			return 0, false
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > mostMentions {
			d.mistake(v, hint, "%s is no whole number from 1 to %d", v.quoted(), mostMentions)
			return 0, false
		}
		return n, true
	}
}

// decodeWindow decodes how close mentions must lie.
func decodeWindow(d *decoder, v value) (rules.Window, bool) {
	text, ok := d.written(v, "a window")
	if !ok {
		return rules.Window{}, false
	}
	switch text {
	case "sentence":
		return rules.Window{Unit: rules.Sentence}, true
	case "paragraph":
		return rules.Window{Unit: rules.Paragraph}, true
	}
	if n, ok := number(windowForm, text); ok {
		return rules.Window{Unit: rules.Words, Words: n}, true
	}
	d.mistake(v, windowHint(text), "%s is no window", v.quoted())
	return rules.Window{}, false
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

// number returns the number in a text of a form.
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

// decodePlace decodes where to look.
func decodePlace(d *decoder, v value) (rules.Place, bool) {
	name, ok := d.written(v, "a field")
	if !ok {
		return rules.Place{}, false
	}
	if n, first := number(firstForm, name); first {
		return rules.Place{Words: n}, true
	}
	if slices.Contains(fieldNames(), name) {
		return rules.Place{Field: news.FieldName(name)}, true
	}
	hint := likely(name, fieldNames(), placeSynonyms())
	switch {
	case strings.HasPrefix(name, "first"):
		hint = "write it like first 100 words"
	case strings.ContainsAny(name, ","):
		hint = "write a list: [title, lead]"
	}
	d.mistake(v, hint, "%s is none of %s, first 100 words", v.quoted(), strings.Join(fieldNames(), ", "))
	return rules.Place{}, false
}
