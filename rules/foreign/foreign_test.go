package foreign_test

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/rules/foreign"
)

func load(t testing.TB, name string, into any) {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// TestForms: each form of another tool is noticed, and its hint is how rules
// say it.
func TestForms(t *testing.T) {
	var forms []struct{ Tool, Form, Says, Hint string }
	load(t, "forms.yaml", &forms)
	if len(forms) < 100 {
		t.Errorf("only %d forms: was testdata lost?", len(forms))
	}
	for _, f := range forms {
		got, ok := foreign.Find(f.Form)
		if !ok || got.Message != f.Says || got.Hint != f.Hint {
			t.Errorf("%s: %s\n got %s\n     %s\nwant %s\n     %s", f.Tool, f.Form, got.Message, got.Hint, f.Says, f.Hint)
		}
	}
}

// TestInnocent: names and ordinary words raise no alarm.
func TestInnocent(t *testing.T) {
	var terms []string
	load(t, "innocent.yaml", &terms)
	if len(terms) < 100 {
		t.Errorf("only %d terms: was testdata lost?", len(terms))
	}
	for _, term := range terms {
		if got, ok := foreign.Find(term); ok {
			t.Errorf("%s: %s (%s)", term, got.Message, got.Hint)
		}
	}
}

// TestHintsAreYAML: what a hint says to write can be read as YAML.
func TestHintsAreYAML(t *testing.T) {
	var forms []struct{ Form string }
	load(t, "forms.yaml", &forms)
	read := 0
	for _, f := range forms {
		got, _ := foreign.Find(f.Form)
		written, ok := strings.CutPrefix(got.Hint, "write ")
		if !ok || !strings.ContainsAny(written[:1], "{[") {
			continue
		}
		written, _, _ = strings.Cut(written, ", or ")
		written, _, _ = strings.Cut(written, ": a list is any")
		written, _, _ = strings.Cut(written, ": lists stand")
		var into any
		if err := yaml.Unmarshal([]byte(written), &into); err != nil {
			t.Errorf("%s: %s: %v", f.Form, got.Hint, err)
		}
		read++
	}
	if read < 40 {
		t.Errorf("only %d hints were read", read)
	}
}

func TestField(t *testing.T) {
	for _, c := range []struct{ name, value, hint string }{
		{"title", "kim", "write {any: [kim], in: title}"},
		{"Headline", "kim, putin", `write {any: ["kim, putin"], in: title}`},
		{"ingress", "kim", "write {any: [kim], in: lead}"},
		{"kim", "", ""},
	} {
		if hint, ok := foreign.Field(c.name, c.value); hint != c.hint || ok != (c.hint != "") {
			t.Errorf("%s: %q, %v", c.name, hint, ok)
		}
	}
}

func FuzzFind(f *testing.F) {
	var forms []struct{ Form string }
	load(f, "forms.yaml", &forms)
	for _, one := range forms {
		f.Add(one.Form)
	}
	f.Fuzz(func(t *testing.T, term string) {
		got, ok := foreign.Find(term)
		if ok != (got.Message != "") || ok != (got.Hint != "") {
			t.Errorf("%q: %v %+v", term, ok, got)
		}
		if utf8.ValidString(term) && !utf8.ValidString(got.Message+got.Hint) {
			t.Errorf("%q: %+v is not UTF-8", term, got)
		}
	})
}
