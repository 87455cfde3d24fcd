package convert_test

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
	"github.com/copytaster/copytaster/rules/convert"
)

type queryCase struct {
	Tool        convert.Tool
	Query, Rule string
	Lost        []string
	Error       string
	Finds       []string
	Misses      []string
}

func cases(t testing.TB) []queryCase {
	t.Helper()
	var all []queryCase
	for _, file := range []string{"testdata/queries.yaml", "testdata/saved.yaml"} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var some []queryCase
		if err := yaml.Unmarshal(b, &some); err != nil {
			t.Fatal(err)
		}
		all = append(all, some...)
	}
	return all
}

// shown returns the keys of a rule in one line, as config.WriteRules writes them.
func shown(q *convert.Query) string {
	draft := config.RuleDraft{Rule: rules.Rule{Name: "x", Node: q.Node, Only: q.Only, Except: q.Except}}
	_, keys, _ := strings.Cut(string(config.WriteRules([]config.RuleDraft{draft})), "name: x\n")
	lines := strings.Split(strings.TrimSpace(keys), "\n")
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return strings.Join(lines, "; ")
}

// TestQueries: each query becomes the rule that finds what it found, a config takes that
// rule, and what a rule cannot say is named where it stands.
func TestQueries(t *testing.T) {
	for _, c := range cases(t) {
		t.Run(fmt.Sprint(c.Tool, " ", c.Query), func(t *testing.T) {
			q, err := convert.Convert(c.Tool, c.Query)
			if err != nil || c.Error != "" {
				if fmt.Sprint(err) != c.Error {
					t.Fatalf("error %v, want %s", err, c.Error)
				}
				return
			}
			if got := shown(&q); got != c.Rule {
				t.Errorf("\n got %s\nwant %s", got, c.Rule)
			}
			var lost []string
			for _, l := range q.Lost {
				lost = append(lost, fmt.Sprint(l.Column, " ", l.Text))
				if l.Why == "" {
					t.Errorf("nothing says why %q is lost", l.Text)
				}
			}
			if !slices.Equal(lost, c.Lost) {
				t.Errorf("lost %q, want %q", lost, c.Lost)
			}
			try(t, &q, c.Finds, c.Misses)
		})
	}
}

// said are operators, names of fields that a rule has keys for, and what is read as a part of
// them: a query is not carried over word by word there.
var said = regexp.MustCompile(`(?i)[a-z_]+[:=]|[a-z]+[(]|\b(?:and|or|not|but|near|onear|same|adj|w/[a-z]+|/[sp]|(?:near|onear|w|pre|adj|atleast)?/?\d+|around\(\d+\))\b` +
	`|/[nf]\d+/|(?:wc|words|length)\s*[<>]=?\s*\d+`)

// TestNothingIsDropped: each word of a query is in the rule, or in what is named as lost.
func TestNothingIsDropped(t *testing.T) {
	for _, c := range cases(t) {
		q, err := convert.Convert(c.Tool, c.Query)
		if err != nil {
			continue
		}
		kept := shown(&q)
		for _, l := range q.Lost {
			kept += " " + l.Text
		}
		kept = strings.ToLower(kept)
		notWord := func(r rune) bool { return !unicode.IsLetter(r) }
		for _, word := range strings.FieldsFunc(strings.ToLower(said.ReplaceAllString(c.Query, " ")), notWord) {
			if word != "uk" && !strings.Contains(kept, word) { // which is GB
				t.Errorf("%s: %s: nothing says what became of %s: %s", c.Tool, c.Query, word, kept)
			}
		}
	}
}

// try runs a rule over texts.
func try(t *testing.T, q *convert.Query, finds, misses []string) {
	t.Helper()
	r := rules.Rule{Name: "x", Node: q.Node}
	for _, text := range finds {
		r.Tests = append(r.Tests, rules.TestCase{Want: true, Text: text})
	}
	for _, text := range misses {
		r.Tests = append(r.Tests, rules.TestCase{Text: text})
	}
	set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{r}})
	if set == nil {
		t.Fatalf("the rule is refused: %v", mistakes)
	}
	for _, f := range set.Test().Failures {
		t.Errorf("match %v wanted: %s: %s", f.Want, f.Text, f.Reason)
	}
}

// TestName: a rule is named after what it looks for, by three words at most.
func TestName(t *testing.T) {
	for query, want := range map[string]string{
		"kim":                                "kim",
		"kim jong un and (moon or xi) not x": "kim jong un moon xi",
		"hd=weapon* and by=doe":              "weapon",
	} {
		q, err := convert.Convert(convert.Factiva, query)
		if err != nil || q.Name() != want {
			t.Errorf("%s: %q, %v, want %q", query, q.Name(), err, want)
		}
	}
}

// TestHuge: what is too long or too deep is refused, in no time.
func TestHuge(t *testing.T) {
	for what, query := range map[string]string{
		"too long": strings.Repeat("kim OR ", 20_000), "too deep": strings.Repeat("(", 1000) + "kim" + strings.Repeat(")", 1000),
	} {
		if _, err := convert.Convert(convert.Meltwater, query); err == nil {
			t.Errorf("%s: converted", what)
		}
	}
	q, err := convert.Convert(convert.Lexis, strings.Repeat("kim w/3 putin w/2 xi or ", 2000)+"moon")
	if err != nil || len(q.Node.All) == 0 {
		t.Errorf("%d nodes, %v", len(q.Node.All), err)
	}
}

// TestSearches: one query a line, unless it cannot end there, with the names above them.
func TestSearches(t *testing.T) {
	text := "\ufeff# Kim\nkim AND\n  putin\n\n(moon OR\nxi)\r\nNOT film\nOR fiction\n# two\n# lines\n\"a\nb\"\n\n\n# nothing below\n"
	want := []convert.Search{
		{Name: "Kim", Query: "kim AND\n  putin", Line: 2},
		{Query: "(moon OR\nxi)", Line: 5},
		{Query: "NOT film\nOR fiction", Line: 7},
		{Name: "lines", Query: "\"a\nb\"", Line: 11},
	}
	got := convert.Searches(convert.Meltwater, text)
	if !slices.Equal(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if line, at := got[0].Place(11); line != 3 || at != 3 {
		t.Errorf("column 11 is at %d:%d", line, at)
	}
}

// FuzzConvert: whatever is converted is a rule that a config takes.
func FuzzConvert(f *testing.F) {
	for _, c := range cases(f) {
		f.Add(slices.Index(convert.Tools(), c.Tool), c.Query)
	}
	f.Fuzz(func(t *testing.T, tool int, query string) {
		all := convert.Tools()
		of := all[(tool%len(all)+len(all))%len(all)]
		for _, e := range convert.Searches(of, query) {
			q, err := convert.Convert(of, e.Query)
			if err != nil {
				continue
			}
			for _, l := range q.Lost {
				if line, at := e.Place(l.Column); line < 1 || at < 1 {
					t.Errorf("%q is lost at %d:%d", l.Text, line, at)
				}
			}
			rule := rules.Rule{Name: "x", Node: q.Node, Only: q.Only, Except: q.Except}
			set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{rule}})
			if set == nil {
				t.Errorf("%s: %q is refused: %v", of, e.Query, mistakes)
			}
		}
	})
}
