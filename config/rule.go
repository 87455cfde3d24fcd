package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Keys of the rule language that are refused until they work.
var (
	reservedNode = []string{"at least", "of", "times", "within", "ordered", "near", "not near", "not part of"}
	reservedRule = append([]string{"until", "burst", "escalate", "limit", "cooldown", "digest", "realert"}, reservedNode...)
)

// concepts reads named nodes and adds them to those of other files.
func (l *loader) concepts(v value) {
	if v.empty() {
		return
	}
	if v.node.Kind != yaml.MappingNode {
		l.wrongKind(v, "a map of concepts")
		return
	}
	if l.definition.Concepts == nil {
		l.definition.Concepts = map[string]rules.Node{}
	}
	for _, p := range l.pairs(v) {
		if !l.once(v, p) {
			continue
		}
		l.remember(p.value)
		if !conceptForm.MatchString(p.key) {
			l.at(p.at, p.value.path, "use letters, digits, _ and - between them", "%q is no name for a concept", shorten(p.key))
		}
		l.definition.Concepts[p.key] = l.node(p.value)
	}
}

var (
	conceptForm = regexp.MustCompile(`^[\p{L}_][\p{L}\p{M}\p{N}_-]*$`)
	conceptUse  = regexp.MustCompile(`^\$[\p{L}_]`)
)

// node reads one node: a term or $concept, a list (any of), or a map.
func (l *loader) node(v value) rules.Node {
	switch v.node.Kind {
	case yaml.SequenceNode:
		return rules.Node{Any: l.nodes(v)}
	case yaml.MappingNode:
		var n rules.Node
		if l.isSplitTerm(v) {
			l.mistake(v, quoteIt, "a text that holds \": \" must be quoted: this reads as a map")
			return n
		}
		if len(v.node.Content) == 0 {
			l.mistake(v, "give it all:, any: or none: with a list of terms", "the map is empty")
		}
		l.object(v, "a node", l.nodeKeys(&n), reservedNode...)
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
	key := v.node.Content[0].Value
	known := []string{"all", "any", "none", "in"}
	return !slices.Contains(known, key) && !slices.Contains(reservedNode, key) && nearest(key, known) == ""
}

func (l *loader) nodeKeys(n *rules.Node) keys {
	return keys{
		"all":  func(v value) { n.All = l.nodes(v) },
		"any":  func(v value) { n.Any = l.nodes(v) },
		"none": func(v value) { n.None = l.nodes(v) },
		"in":   func(v value) { n.In = l.fields(v) },
	}
}

// nodes reads a list of nodes; an empty one could only be a slip.
func (l *loader) nodes(v value) []rules.Node {
	if v.node.Kind != yaml.SequenceNode {
		l.wrongKind(v, "a list of terms")
		return nil
	}
	if len(v.node.Content) == 0 {
		l.mistake(v, "", "the list is empty")
	}
	var all []rules.Node
	for _, e := range l.list(v, "a list of terms") {
		all = append(all, l.node(e))
	}
	return all
}

// term reads a text as written: 007, 1e3, no and ~ are terms like any other.
func (l *loader) term(v value) rules.Node {
	text, ok := l.written(v, "a term")
	if !ok {
		return rules.Node{}
	}
	if strings.TrimSpace(text) == "" {
		l.mistake(v, "", "the term is empty")
		return rules.Node{}
	}
	if !conceptUse.MatchString(text) {
		return rules.Node{Term: text}
	}
	name := text[1:]
	if !conceptForm.MatchString(name) {
		hint := "write $ and the name of a concept, alone"
		if strings.Contains(name, ".") {
			hint = "packs are " + unsupported
		}
		l.mistake(v, hint, "%s names no concept", shown(v))
		return rules.Node{}
	}
	return rules.Node{Concept: name}
}

func (l *loader) fields(v value) []rules.Place {
	var all []rules.Place
	for _, e := range l.oneOrMore(v, "field") {
		name, ok := l.written(e, "a field")
		known := []string{string(news.FieldTitle), string(news.FieldLead), string(news.FieldBody), string(news.FieldURL)}
		switch {
		case !ok:
		case slices.Contains(known, name):
			all = append(all, rules.Place{Field: news.FieldName(name)})
		case strings.HasPrefix(name, "first "):
			l.mistake(e, unsupported, "%s is no field", shown(e))
		default:
			l.mistake(e, didYouMean(name, known), "%s is none of %s", shown(e), strings.Join(known, ", "))
		}
	}
	return all
}

// rules reads a list of rules and adds them to those of other files.
func (l *loader) rules(v value) {
	for _, e := range l.listFrom(v, "a list of rules", len(l.definition.Rules)) {
		r := rules.Rule{Severity: news.Normal}
		if l.object(e, "a rule", l.ruleKeys(&r), reservedRule...) {
			if _, set := l.keys[e.path+".name"]; !set {
				l.mistake(e, "add name: a short word for it", "the rule has no name")
			}
			l.unique(e, "rule", r.Name)
		}
		l.definition.Rules = append(l.definition.Rules, r)
	}
}

func (l *loader) ruleKeys(r *rules.Rule) keys {
	k := l.nodeKeys(&r.Node)
	k["name"] = func(v value) { r.Name, _ = l.name(v, "rule") }
	k["never"] = func(v value) { r.Never = l.nodes(v) }
	k["only"] = func(v value) { l.object(v, "only", l.filterKeys(&r.Only)) }
	k["except"] = func(v value) { l.object(v, "except", l.filterKeys(&r.Except)) }
	k["severity"] = func(v value) {
		if s, ok := l.severity(v); ok {
			r.Severity = s
		}
	}
	k["topic"] = func(v value) { r.Topic, _ = l.word(v) }
	k["to"] = func(v value) { r.To = l.channels(v) }
	k["also to"] = func(v value) { r.AlsoTo = l.channels(v) }
	k["enabled"] = func(v value) { enabled := true; l.boolean(v, &enabled); r.Disabled = !enabled }
	k["note"] = func(v value) { r.Note, _ = l.word(v) }
	k["tests"] = func(v value) { r.Tests = l.tests(v) }
	return k
}

func (l *loader) filterKeys(f *rules.Filter) keys {
	return keys{
		"source":   func(v value) { f.Source = l.words(v, "source") },
		"tag":      func(v value) { f.Tag = l.words(v, "tag") },
		"tier":     func(v value) { f.Tier = l.words(v, "tier") },
		"country":  func(v value) { f.Country = l.countries(v) },
		"language": func(v value) { f.Language = l.languages(v) },
		"section":  func(v value) { f.Section = l.words(v, "section") },
		"author":   func(v value) { f.Author = l.words(v, "author") },
		"outlet":   func(v value) { f.Outlet = l.words(v, "outlet") },
		"cites":    func(v value) { f.Cites = l.words(v, "outlet") },
		"words":    func(v value) { l.lengths(v, f) },
	}
}

func (l *loader) countries(v value) []string {
	var all []string
	for _, e := range l.oneOrMore(v, "country") {
		if text := l.country(e); text != "" {
			all = append(all, text)
		}
	}
	return all
}

var lengthForm = regexp.MustCompile(`^(\d{1,6})(\+|-(\d{1,6}))$`)

// lengths reads how many words a story has: 150+ or 150-800.
func (l *loader) lengths(v value, f *rules.Filter) {
	text, ok := l.written(v, "a number of words")
	if !ok {
		return
	}
	part := lengthForm.FindStringSubmatch(text)
	if part == nil {
		l.mistake(v, "write 150+ or 150-800", "%s is no number of words", shown(v))
		return
	}
	f.MinWords, _ = strconv.Atoi(part[1]) // six digits fit
	if part[3] != "" {
		f.MaxWords, _ = strconv.Atoi(part[3])
	}
	if part[3] != "" && f.MaxWords < max(f.MinWords, 1) {
		l.mistake(v, "", "%s: the most words are fewer than the least", shown(v))
	}
}
