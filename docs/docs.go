// Package docs holds the documents of this folder, and renders them as HTML for the pages of a
// daemon: Find one by its name and show its HTML. What a document says in HTML of its own is
// left out, so that it can only be what Markdown makes of it.
package docs

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

//go:embed *.md
var files embed.FS

// Prefix is where the pages serve the documents.
const Prefix = "/docs/"

// elsewhere is where the files are that a document links to and that are not shipped within.
const elsewhere = "https://github.com/copytaster/copytaster/blob/main/"

// Manual is a document, rendered.
type Manual struct {
	Name  string // in its URL, such as "rules"
	Title string
	HTML  template.HTML // without its title; made from Markdown that comes with the program
}

// Names returns the names of all documents, in the order in which one reads them.
func Names() []string {
	order := []string{"alerts", "rules", "cookbook", "sources", "slack", "webhooks", "mail", "operations", "sizing", "runbook", "reference"}
	found, err := fs.Glob(files, "*.md")
	if err != nil {
		panic(err) // the pattern is right
	}
	var names []string
	for _, file := range found {
		names = append(names, strings.TrimSuffix(file, ".md"))
	}
	rank := func(name string) int {
		if i := slices.Index(order, name); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	return names
}

// rendered are all documents, which never change: they are rendered when the first is asked for.
var rendered = sync.OnceValues(renderAll)

func renderAll() (map[string]Manual, error) {
	all := map[string]Manual{}
	for _, name := range Names() {
		source, err := files.ReadFile(name + ".md")
		if err != nil {
			return nil, fmt.Errorf("read document: %w", err)
		}
		if all[name], err = render(name, source); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Find returns the document of a name; ok is false when there is none.
func Find(name string) (d Manual, ok bool, err error) {
	all, err := rendered()
	if err != nil {
		return d, false, err
	}
	d, ok = all[name]
	return d, ok, nil
}

// render turns Markdown into a Manual.
func render(name string, source []byte) (Manual, error) {
	md := goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	root := md.Parser().Parse(text.NewReader(source), parser.WithContext(parser.NewContext(parser.WithIDs(&anchors{}))))
	d := Manual{Name: name, Title: name}
	var raw []ast.Node
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Link:
			n.Destination = []byte(target(string(n.Destination)))
		case *ast.HTMLBlock, *ast.RawHTML:
			raw = append(raw, n)
		case *ast.Heading:
			if n.Level == 1 && len(raw) == 0 {
				d.Title = string(n.Lines().Value(source))
			}
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return d, fmt.Errorf("render document %s: %w", name, err)
	}
	for _, n := range raw { // comments for the tests: goldmark would leave a remark in their place
		n.Parent().RemoveChild(n.Parent(), n)
	}
	if first, ok := root.FirstChild().(*ast.Heading); ok && first.Level == 1 {
		root.RemoveChild(root, first)
	}
	var out bytes.Buffer
	if err := md.Renderer().Render(&out, source, root); err != nil {
		return d, fmt.Errorf("render document %s: %w", name, err)
	}
	html := reachable.Replace(out.String())
	d.HTML = template.HTML(html) //nolint:gosec // goldmark leaves out raw HTML and URLs that run
	return d, nil
}

// reachable lets a keyboard scroll what may be wider than the screen.
var reachable = strings.NewReplacer("<pre>", `<pre tabindex="0">`, "<table>", `<table tabindex="0">`)

// target is where a link of a document leads on the pages.
func target(link string) string {
	file, anchor, _ := strings.Cut(link, "#")
	if file == "" || strings.Contains(file, ":") {
		return link
	}
	if anchor != "" {
		anchor = "#" + anchor
	}
	at := path.Join("docs", file)
	name := strings.TrimSuffix(path.Base(at), ".md")
	if path.Dir(at) == "docs" && slices.Contains(Names(), name) {
		return Prefix + name + anchor
	}
	return elsewhere + at + anchor
}

// anchors gives headings the names that GitHub does, since that is how documents link to them.
type anchors struct{ used map[string]int }

// Generate returns the anchor of a heading.
func (a *anchors) Generate(heading []byte, _ ast.NodeKind) []byte {
	var b strings.Builder
	for _, r := range strings.ToLower(string(util.TrimRightSpace(heading))) {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			b.WriteRune(r)
		case r == ' ':
			b.WriteByte('-')
		}
	}
	name := b.String()
	if a.used == nil {
		a.used = map[string]int{}
	}
	a.used[name]++
	if n := a.used[name]; n > 1 {
		name = fmt.Sprintf("%s-%d", name, n-1)
	}
	return []byte(name)
}

// Put is for anchors that a document gives itself, which none does.
func (a *anchors) Put([]byte) {}
