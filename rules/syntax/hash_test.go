package syntax_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules/syntax"
)

// TestHashes holds that hashes stay as they are: they are stored with matches.
func TestHashes(t *testing.T) {
	kim, x := term("Kim"), term("x1")
	concepts := map[string]syntax.Node{
		"arms": {Any: []syntax.Node{term("missile*"), term("~weapon")}},
		"two":  {All: []syntax.Node{{Concept: "arms"}, kim}},
	}
	h := syntax.NewHasher(func(name string) syntax.Node { return concepts[name] })
	for i, tt := range []struct {
		node syntax.Node
		want string
	}{
		{kim, "88136b4571882828"},
		{syntax.Node{Concept: "two"}, "0655e5f1fecb42d1"},
		{syntax.Node{All: []syntax.Node{kim, {Any: []syntax.Node{term("Putin"), kim}}}}, "92c384ce4d5c20c3"},
		{syntax.Node{Any: []syntax.Node{kim}, None: []syntax.Node{term("film")},
			In: []syntax.Place{{Field: news.FieldTitle}, {Words: 100}}}, "527adfef90c408dd"},
		{syntax.Node{Of: []syntax.Node{kim, x, {Concept: "arms"}}, AtLeast: 2}, "15fee42eff8ca3be"},
		{syntax.Node{Any: []syntax.Node{kim}, Times: 3}, "0de3dd2e82c8a218"},
		{syntax.Node{All: []syntax.Node{kim, x}, Within: syntax.Window{Unit: syntax.Words, Words: 3}, Ordered: true}, "7f4c6d5ab12f7131"},
		{syntax.Node{Any: []syntax.Node{kim}, Near: []syntax.Node{term("x")}, NotNear: []syntax.Node{term("x2")},
			NotPartOf: []syntax.Node{term("a b")}, Within: syntax.Window{Unit: syntax.Sentence}}, "dca9e7fcbc021605"},
	} {
		r := syntax.Rule{Name: "r", Node: tt.node}
		if i%2 == 1 {
			r.Never = []syntax.Node{term("opera")}
			r.Only = syntax.Filter{Source: []string{"a"}, Cites: []string{"Reuters", "AP"}, MinWords: 10}
			r.Except = syntax.Filter{Language: []string{"de"}, MaxWords: 10}
			r.Until = time.Unix(1e9, 0)
		}
		if got := h.Rule(&r); got != tt.want {
			t.Errorf("%+v: %s, want %s", tt.node, got, tt.want)
		}
	}
}

// TestHashIsOfWhatARuleFinds holds that a hash changes with what a rule finds, and
// with nothing else.
func TestHashIsOfWhatARuleFinds(t *testing.T) {
	hash := func(yaml string) string {
		t.Helper()
		d, err := config.ParseRules("rules.yaml", []byte(yaml))
		if err != nil {
			t.Fatal(err)
		}
		return syntax.NewHasher(func(name string) syntax.Node { return d.Concepts[name] }).Rule(&d.Rules[0])
	}
	const concepts = "concepts: {kim: [Kim], both: [$kim]}\n"
	base := hash(concepts + "rules: [{name: a, all: [$both, Putin]}]")
	for _, same := range []string{
		concepts + "rules: [{name: b, all: [$both, Putin], severity: high, topic: x, to: y, note: z}]",
		concepts + "rules: [{name: a, all: [$both, Putin], tests: [{match: Kim Putin}]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], until: 2030-01-01}]",
		concepts + "rules: [{name: a, all: [$both, Putin], escalate: {outlets: 3, over: 45m, severity: urgent}}]",
		concepts + "rules: [{name: a, all: [$both, Putin], burst: {news: 8, over: 1h, severity: high}, expect: 26h}]",
		"concepts: {other: [x], kim: [Kim], both: [$kim]}\nrules: [{name: a, all: [$both, Putin]}]",
	} {
		if got := hash(same); got != base {
			t.Errorf("%s has the hash %s, not %s", same, got, base)
		}
	}
	seen := map[string]string{base: "the first"}
	for _, other := range []string{
		concepts + "rules: [{name: a, all: [$both, ~Putin]}]",
		concepts + "rules: [{name: a, any: [$both, Putin]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], in: title}]",
		concepts + "rules: [{name: a, all: [$both, Putin], none: [x]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], never: [x]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], only: {language: en}}]",
		concepts + "rules: [{name: a, all: [$both, Putin], except: {language: ko}}]",
		"concepts: {kim: [Kim, Moon], both: [$kim]}\nrules: [{name: a, all: [$both, Putin]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], within: sentence}]",
		concepts + "rules: [{name: a, all: [$both, Putin], within: paragraph}]",
		concepts + "rules: [{name: a, all: [$both, Putin], within: 5 words}]",
		concepts + "rules: [{name: a, all: [$both, Putin], within: 6 words}]",
		concepts + "rules: [{name: a, all: [$both, Putin], within: 5 words, near: [met]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], within: 5 words, not near: [film]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], not part of: [Kim Putin]}]",
		concepts + "rules: [{name: a, all: [$both, Putin], ordered: true}]",
		concepts + "rules: [{name: a, at least: 1, of: [$both, Putin]}]",
		concepts + "rules: [{name: a, at least: 2, of: [$both, Putin]}]",
		concepts + "rules: [{name: a, any: [$both, Putin], times: 2}]",
		concepts + "rules: [{name: a, all: [$both, Putin], in: first 10 words}]",
		concepts + "rules: [{name: a, all: [$both, Putin], in: first 11 words}]",
	} {
		got := hash(other)
		if same, known := seen[got]; known {
			t.Errorf("%s has the same hash as %s", other, same)
		}
		seen[got] = other
	}
}
