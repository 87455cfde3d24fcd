package docs

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	linked   = regexp.MustCompile(`href="([^"]*)"`)
	anchored = regexp.MustCompile(`id="([^"]*)"`)
)

// TestLinks: what a document links to among the documents is there, headings too.
func TestLinks(t *testing.T) {
	at := map[string]bool{}
	all := map[string]Manual{}
	for _, name := range Names() {
		d, ok, err := Find(name)
		if err != nil || !ok || d.Title == "" || d.Title == name || len(d.HTML) < 500 {
			t.Fatalf("%s: %q, %d bytes, %v, %v", name, d.Title, len(d.HTML), ok, err)
		}
		all[name], at[Prefix+name] = d, true
		for _, found := range anchored.FindAllStringSubmatch(string(d.HTML), -1) {
			at[Prefix+name+"#"+html.UnescapeString(found[1])] = true
		}
	}
	links := 0
	for name, d := range all {
		for _, found := range linked.FindAllStringSubmatch(string(d.HTML), -1) {
			link := html.UnescapeString(found[1])
			if strings.HasPrefix(link, "#") {
				link = Prefix + name + link
			}
			if strings.HasPrefix(link, "http") {
				continue
			}
			if links++; !at[link] {
				t.Errorf("%s links to %s, which is not there", name, link)
			}
		}
	}
	if links < 100 {
		t.Errorf("only %d links were looked at", links)
	}
}

// TestOnce: a document is rendered once, however often it is shown.
func TestOnce(t *testing.T) {
	if _, ok, err := Find("rules"); err != nil || !ok {
		t.Fatalf("%v, %v", ok, err)
	}
	if n := testing.AllocsPerRun(10, func() { _, _, _ = Find("rules") }); n > 10 {
		t.Errorf("%g allocations to show a document again", n)
	}
	if _, ok, err := Find("nothing"); err != nil || ok {
		t.Errorf("there is a document that is not: %v", err)
	}
}

// TestOrder: one reads of the size of a machine after how to run it, and nothing that people of the
// project alone read comes before what users do.
func TestOrder(t *testing.T) {
	names := Names()
	at := func(name string) int { return slices.Index(names, name) }
	if at("operations") < 0 || at("sizing") != at("operations")+1 || at("reference") > at("architecture") || names[0] != "alerts" {
		t.Errorf("the order is %q", names)
	}
}

// TestRender: nothing of a document becomes HTML that Markdown does not make.
func TestRender(t *testing.T) {
	for _, c := range []struct{ source, want, not string }{
		{"# T\n\n<script>alert(1)</script>\n\ntext", "<p>text</p>", "script"},
		{"a <b onclick=x>b</b> c", "<p>a b c</p>", "<b"},
		{"[a](javascript:alert(1))", `<a href="">a</a>`, "javascript"},
		{"[a](../README.md#x)", `href="https://github.com/copytaster/copytaster/blob/main/README.md#x"`, "README.md\""},
		{"[a](rules.md#near)", `href="/docs/rules#near"`, ".md"},
		{"[a](https://riverqueue.com)", `href="https://riverqueue.com"`, "docs"},
		{"<!-- not run: why -->\n```yaml\na: <x>\n```", `<pre tabindex="0"><code class="language-yaml">a: &lt;x&gt;`, "not run"},
		{"| a | b |\n| --- | --- |\n| 1 | 2 |", "<td>1</td>", "style"},
		{"| a |\n| --- |\n| `<table>` |", `<table tabindex="0">`, "<table>"},
		{"## `a.b` and c\n\n## `a.b` and c", `id="ab-and-c-1"`, "style"},
	} {
		d, err := render("x", []byte(c.source))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(d.HTML); !strings.Contains(got, c.want) || strings.Contains(got, c.not) {
			t.Errorf("%q became %q, want %q and no %q", c.source, got, c.want, c.not)
		}
	}
	for _, name := range []string{"", "nothing", "../README", "rules.md", "docs", "/etc/passwd", "rules/"} {
		if _, ok, err := Find(name); ok || err != nil {
			t.Errorf("%q was found, error %v", name, err)
		}
	}
}

// TestNames: what one reads first comes first, and each document is there once.
func TestNames(t *testing.T) {
	names := Names()
	if len(names) < 10 || names[0] != "alerts" || slices.Index(names, "reference") > slices.Index(names, "benchmarks") {
		t.Errorf("names %v", names)
	}
	if slices.Sort(names); len(slices.Compact(names)) != len(Names()) {
		t.Errorf("some are there twice: %v", names)
	}
}
