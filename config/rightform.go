package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/rules/foreign"
)

// What wrongKind says is wanted, where the right form can be shown.
const (
	wantTerms    = "a list of terms"
	wantRules    = "a list of rules"
	wantConcepts = "a map of concepts"
	wantKeys     = "a map with the keys of "
)

// rightForm returns the hint for a value of the wrong kind: the value in the form
// that is wanted. Texts are shown only where no secret belongs.
func rightForm(v value, want string) string {
	switch {
	case v.isEmpty() && v.node.Anchor != "":
		return "& begins an anchor; " + yamlfile.QuoteIt
	case v.isComment():
		return "# begins a comment; " + yamlfile.QuoteIt
	case v.isEmpty():
		return ""
	case want == wantTerms:
		return rightTerms(v)
	case want == wantRules && v.node.Kind == yaml.MappingNode:
		return rightRules(v)
	case want == wantConcepts:
		return rightConcepts(v)
	case strings.HasPrefix(want, wantKeys):
		return rightMap(v, strings.TrimPrefix(want, wantKeys))
	case v.node.Kind == yaml.MappingNode && strings.Contains(want, "text"):
		return "a text that holds \": \" must be quoted"
	case v.node.Kind == yaml.ScalarNode && strings.HasPrefix(want, "a list"):
		return "write [one, two], or each on a line of its own after \"- \""
	case v.node.Kind == yaml.MappingNode && strings.HasPrefix(want, "a list"):
		return "begin each element with a hyphen and a space: - " + keysOf(v)[0] + ": …"
	}
	return ""
}

var betweenWords = regexp.MustCompile(`\s*[,;，、]\s*`)

// rightTerms writes a list of terms.
func rightTerms(v value) string {
	switch {
	case windowForm.MatchString(v.node.Value):
		return "name the words that have to be near, and write within: " + v.node.Value + " beside them"
	case v.node.Kind == yaml.ScalarNode:
		if form, ok := foreign.Find(v.node.Value); ok && !strings.Contains(v.node.Value, ";") {
			return form.Hint
		}
		return "write " + flowList(betweenWords.Split(shorten(v.node.Value), -1))
	case v.node.Kind != yaml.MappingNode || len(v.node.Content) == 0:
		return "write [kim, putin]"
	}
	keys := keysOf(v)
	if slices.ContainsFunc(keys, func(k string) bool { return slices.Contains([]string{"all", "any", "none", "of", "in", "within"}, k) }) {
		return "write the map as the element of a list: [{" + keys[0] + ": …}], or with a hyphen in front: - " + keys[0] + ": …"
	}
	return "lists stand in brackets: " + flowList(keys)
}

// rightRules writes the element that a map of rules should be.
func rightRules(v value) string {
	keys := keysOf(v)
	if slices.Contains(keys, "name") {
		return "begin each rule with a hyphen and a space: - name: …"
	}
	return "rules are a list, each with its name: - name: " + shorten(keys[0])
}

// rightConcepts writes the map that a list of concepts should be.
func rightConcepts(v value) string {
	if first := yamlfile.Elements(v.node); len(first) > 0 {
		if n := yamlfile.Resolve(first[0]); n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			return "leave the hyphens out: " + shorten(yamlfile.Resolve(n.Content[0]).Value) + ": […]"
		}
	}
	return "give each concept a name and a list: kim: [Kim Jong-un, 김정은]"
}

// rightMap writes the map that a list or text should be.
func rightMap(v value, of string) string {
	example := map[string]string{"only": "{language: en, source: [reuters]}", "except": "{language: en, source: [reuters]}", "a rule": "{name: kim, any: [Kim Jong-un]}"}[of]
	if first := yamlfile.Elements(v.node); len(first) > 0 {
		if n := yamlfile.Resolve(first[0]); n.Kind == yaml.MappingNode && len(n.Content) > 0 {
			return "write the keys without hyphens, or in braces: {" + shorten(yamlfile.Resolve(n.Content[0]).Value) + ": …}"
		}
	}
	if example == "" {
		return ""
	}
	return "write keys and values: " + example
}

// keysOf lists the keys of a map that are texts; "…" alone when there is none.
func keysOf(v value) []string {
	var keys []string
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		if k := yamlfile.Resolve(v.node.Content[i]); k.Kind == yaml.ScalarNode {
			keys = append(keys, k.Value)
		}
	}
	if keys == nil {
		return []string{"…"}
	}
	return keys
}

// flowList writes texts as a list in brackets, the first few.
func flowList(texts []string) string {
	const most = 5
	var written []string
	for i, text := range texts {
		if i == most {
			written = append(written, "…")
			break
		}
		if text = strings.TrimSpace(text); strings.ContainsAny(text, ",[]{}:#\"") {
			text = strconv.Quote(text)
		}
		written = append(written, text)
	}
	return "[" + strings.Join(written, ", ") + "]"
}

var (
	// commaName is a name that holds a comma: a place and its state, a company
	// and its form, a person and his rank.
	commaName = regexp.MustCompile(`(?i), (?:inc|ltd|llc|plc|corp|co|gmbh|s\.?a|jr|sr|i{1,3}|iv|ph\.?d|m\.?d|esq|d\.?c|(?-i:[A-Z]{2})|` + states + `)\.?(?:,.*)?$|[,&] (?:and|und|et|y|e) | (?:and|&) `)
	comma     = regexp.MustCompile(`[\p{L}\p{M}\p{N}*"”)](?:, ?|，|、)[\p{L}\p{N}$=~"“(]`)
	grouped   = regexp.MustCompile(`\d,\d`)
)

// states are the states and countries that the name of a place ends with.
const states = `alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|kansas|kentucky|louisiana|maine|` +
	`maryland|massachusetts|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|` +
	`oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|west virginia|wisconsin|wyoming|` +
	`ontario|quebec|alberta|british columbia|manitoba|nova scotia|england|scotland|wales|france|germany|russia|ukraine|china|japan|italy|spain|canada|australia|usa|uk`

// commas warns of a comma in a term that may have been meant to separate two: in
// a list with hyphens, and a full-width one. A quoted term is left alone.
func (d *decoder) commas(v value, text string) {
	if v.node.Style != 0 || v.up == nil || v.up.node.Kind != yaml.SequenceNode || !strings.ContainsAny(text, ",，、") {
		return
	}
	where := "behind a hyphen"
	if v.up.node.Style&yaml.FlowStyle != 0 {
		where = "when it is full-width"
	}
	if plain := grouped.ReplaceAllString(text, "00"); !comma.MatchString(plain) || commaName.MatchString(plain) {
		return
	}
	d.warn(v, "write "+flowList(betweenWords.Split(text, -1))+", or each on a line of its own; quote it if it is one name: "+strconv.Quote(text),
		"a comma parts nothing %s: %s is looked for as one phrase", where, v.quoted())
}
