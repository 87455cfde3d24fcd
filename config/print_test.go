package config_test

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// printRules writes a definition as a rule file.
func printRules(t testing.TB, d rules.Definition) []byte {
	t.Helper()
	concepts := mapping()
	for _, name := range slices.Sorted(maps.Keys(d.Concepts)) {
		concepts.add(name, printNode(d.Concepts[name]))
	}
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range d.Rules {
		list.Content = append(list.Content, printRule(r).Node)
	}
	whole := mapping()
	if len(d.Concepts) > 0 {
		whole.add("concepts", concepts.Node)
	}
	whole.add("rules", list)
	text, err := yaml.Dump(whole.Node)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// printed is a map that is being printed.
type printed struct{ *yaml.Node }

func mapping() printed { return printed{&yaml.Node{Kind: yaml.MappingNode}} }

func (m printed) add(key string, value *yaml.Node) {
	m.Content = append(m.Content, quoted(key), value)
}

func (m printed) text(key, value string) {
	if value != "" {
		m.add(key, quoted(value))
	}
}

func (m printed) texts(key string, values []string) {
	if len(values) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, v := range values {
			list.Content = append(list.Content, quoted(v))
		}
		m.add(key, list)
	}
}

func (m printed) number(key string, n int) {
	if n > 0 {
		m.text(key, fmt.Sprint(n))
	}
}

func quoted(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: text}
}

func printRule(r rules.Rule) printed {
	m := mapping()
	m.text("name", r.Name)
	m.level(r.Node)
	m.nodes("never", r.Never)
	m.filter("only", r.Only)
	m.filter("except", r.Except)
	m.text("severity", r.Severity.String())
	m.text("topic", r.Topic)
	m.text("note", r.Note)
	m.text("instruction", r.Instruction)
	m.text("editor", r.Editor)
	m.texts("to", r.To)
	m.texts("also to", r.AlsoTo)
	m.watch(r)
	if !r.Until.IsZero() {
		m.text("until", r.Until.Add(-1).Format(time.DateOnly))
	}
	if r.Disabled {
		m.text("enabled", "false")
	}
	if len(r.Tests) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, test := range r.Tests {
			list.Content = append(list.Content, printTest(test))
		}
		m.add("tests", list)
	}
	return m
}

// watch prints what a rule's matches are watched for as a whole.
func (m printed) watch(r rules.Rule) {
	if len(r.Escalate) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, e := range r.Escalate {
			one := mapping()
			one.number("outlets", e.Outlets)
			one.duration("over", e.Over)
			one.text("tier", e.Tier)
			one.text("severity", e.Severity.String())
			list.Content = append(list.Content, one.Node)
		}
		m.add("escalate", list)
	}
	if r.Burst != nil {
		one := mapping()
		one.number("news", r.Burst.News)
		one.duration("over", r.Burst.Over)
		one.text("severity", r.Burst.Severity.String())
		m.add("burst", one.Node)
	}
	if r.Expect.Within > 0 {
		one := mapping()
		one.duration("within", r.Expect.Within)
		if r.Expect.On == news.Everyday {
			one.text("on", "Mon-Sun")
		} else {
			one.text("on", r.Expect.On.String())
		}
		m.add("expect", one.Node)
	}
}

func (m printed) duration(key string, d time.Duration) {
	if d > 0 {
		m.text(key, fmt.Sprintf("%dms", d.Milliseconds()))
	}
}

func printTest(test rules.TestCase) *yaml.Node {
	m, story, s := mapping(), quoted(test.Text), test.Story
	if test.Text == "" {
		fields := mapping()
		for _, f := range [][2]string{{"title", s.Title}, {"lead", s.Lead}, {"body", s.Body}, {"url", s.URL}, {"source", s.Source}, {"tier", s.Tier},
			{"country", s.Country}, {"language", s.Language}, {"section", s.Section}, {"outlet", s.Outlet}} {
			fields.text(f[0], f[1])
		}
		fields.texts("tag", s.Tags)
		fields.texts("author", s.Authors)
		fields.texts("cites", s.Cites)
		fields.number("words", s.Words)
		story = fields.Node
	}
	if test.Want {
		m.add("match", story)
	} else {
		m.add("no match", story)
	}
	return m.Node
}

func printNode(n rules.Node) *yaml.Node {
	switch {
	case n.Term != "":
		return quoted(n.Term)
	case n.Concept != "":
		return quoted("$" + n.Concept)
	}
	m := mapping()
	m.level(n)
	return m.Node
}

func (m printed) nodes(key string, nodes []rules.Node) {
	if len(nodes) > 0 {
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, n := range nodes {
			list.Content = append(list.Content, printNode(n))
		}
		m.add(key, list)
	}
}

func (m printed) level(n rules.Node) {
	m.nodes("all", n.All)
	m.nodes("any", n.Any)
	m.nodes("none", n.None)
	m.nodes("of", n.Of)
	m.number("at least", n.AtLeast)
	m.number("times", n.Times)
	switch n.Within.Unit {
	case rules.Words:
		m.text("within", fmt.Sprintf("%d words", n.Within.Words))
	case rules.Sentence:
		m.text("within", "sentence")
	case rules.Paragraph:
		m.text("within", "paragraph")
	}
	if n.Ordered {
		m.text("ordered", "true")
	}
	m.nodes("near", n.Near)
	m.nodes("not near", n.NotNear)
	m.nodes("not part of", n.NotPartOf)
	var places []string
	for _, p := range n.In {
		if p.Field == "" {
			places = append(places, fmt.Sprintf("first %d words", p.Words))
		} else {
			places = append(places, string(p.Field))
		}
	}
	m.texts("in", places)
}

func (m printed) filter(key string, f rules.Filter) {
	inner := mapping()
	inner.texts("source", f.Source)
	inner.texts("tag", f.Tag)
	inner.texts("tier", f.Tier)
	inner.texts("country", f.Country)
	inner.texts("language", f.Language)
	inner.texts("section", f.Section)
	inner.texts("author", f.Author)
	inner.texts("outlet", f.Outlet)
	inner.texts("cites", f.Cites)
	switch {
	case f.MaxWords > 0:
		inner.text("words", fmt.Sprintf("%d-%d", f.MinWords, f.MaxWords))
	case f.MinWords > 0:
		inner.text("words", fmt.Sprintf("%d+", f.MinWords))
	}
	if len(inner.Content) > 0 {
		m.add(key, inner.Node)
	}
}

// checkPrinted: what is printed means what was read.
func checkPrinted(t *testing.T, text []byte) {
	t.Helper()
	first, err := config.ParseRules("rules.yaml", text)
	if err != nil {
		return
	}
	again := printRules(t, first)
	second, err := config.ParseRules("rules.yaml", again)
	if err != nil {
		t.Fatalf("%v\n%s", err, again)
	}
	if diff := cmp.Diff(first, second, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("read (-), printed and read (+):\n%s\n%s", diff, again)
	}
}

// yamlFiles yields the texts that are config files or packs.
func (a archive) yamlFiles() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for name, text := range a.files {
			isYAML := strings.HasSuffix(name, ".yaml") || strings.HasPrefix(name, "pack:")
			if isYAML && !yield(text) {
				return
			}
		}
	}
}

// ruleSeeds are rule files to begin with: the packs, the starter's, and those
// of testdata, right or wrong.
func ruleSeeds(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, pattern := range []string{"testdata/bad/*.txtar", "testdata/good/*.txtar"} {
		for _, a := range archives(t, pattern) {
			all = slices.AppendSeq(all, a.yamlFiles())
		}
	}
	for _, path := range []string{"starter/rules.yaml", "packs/dprk.yaml"} {
		all = append(all, readFile(t, path))
	}
	return all
}

func TestPrint(t *testing.T) {
	parsed := 0
	for _, text := range ruleSeeds(t) {
		checkPrinted(t, text)
		if d, err := config.ParseRules("rules.yaml", text); err == nil && len(d.Rules) > 0 {
			parsed++
		}
	}
	if parsed < 10 {
		t.Errorf("only %d rule files were read", parsed)
	}
}

// FuzzParseRules: whatever is read as rules can be printed, and means the same
// when it is read again.
func FuzzParseRules(f *testing.F) {
	for _, text := range ruleSeeds(f) {
		f.Add(text)
	}
	f.Fuzz(checkPrinted)
}

// Lines are counted as the YAML library counts them: else a mistake stands in a
// line that the file has not.
func TestLineBreaks(t *testing.T) {
	for _, lineBreak := range []string{"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029"} {
		_, err := config.ParseRules("rules.yaml", []byte("#"+lineBreak+"rules"+lineBreak+lineBreak))
		if err == nil || !strings.Contains(err.Error(), "rules.yaml:2:") {
			t.Errorf("with %q: %v", lineBreak, err)
		}
	}
}
