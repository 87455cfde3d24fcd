package config

import (
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// decoded is what the second phase returns: what the files say, each value right
// by itself.
type decoded struct {
	Config // settings and sources; Definition holds the concepts and rules

	changes       []change            // to rules of packs
	sourceChanges []sourceChange      // to sources of packs
	misspelt      []news.Source       // sources that would be changes except for a wrong key
	borrowed      []borrowed          // uses of packs' concepts in other files
	keys          map[string]position // of every setting, and every name of a source, rule or concept
	secrets       digests             // of the files with secrets
}

// document is what one file adds to what all files say.
type document struct {
	*decoded

	defaults rules.Rule // for the rules of this file
}

// decode turns the trees of files into what they say, one file after the other.
// What is wrong with a value goes to the reporter.
func decode(docs *documents, env Getenv, rep *reporter) *decoded {
	d := &decoder{reporter: rep, env: env, dir: docs.dir(), out: &decoded{
		Config: defaults(), keys: map[string]position{}, secrets: digests{},
	}}
	d.out.Storage = d.storagePath("copytaster.db", docs.path)
	for _, f := range docs.files {
		if f.Top != nil {
			d.document(f)
		}
	}
	return d.out
}

// decoder is one run of decode.
type decoder struct {
	*reporter

	env Getenv
	dir string // of the first file
	out *decoded
}

// document decodes one file.
func (d *decoder) document(f *file) {
	top := *f.root()
	if top.isEmpty() {
		return // "---" and nothing else
	}
	t := &d.tables.document
	switch {
	case f.onlyRules:
		t = &d.tables.ruleFile
	case f.pack != "":
		t = &d.tables.packFile
	}
	doc := document{decoded: d.out}
	first := len(d.out.Definition.Rules)
	decodeMap(d, top, t, &doc)
	added := d.out.Definition.Rules[first:]
	for i := range added {
		d.tables.defaults.fill(&added[i], &doc.defaults)
		keepHigher(&added[i])
	}
}

// list returns the elements of a list. An empty value is an empty list.
func (d *decoder) list(v value, what string) []value {
	if v.isEmpty() && !v.isComment() {
		return nil
	}
	if v.node.Kind != yaml.SequenceNode {
		d.wrongKind(v, what)
		return nil
	}
	all := make([]value, len(v.node.Content))
	for i, n := range v.node.Content {
		all[i] = v.element(i, n)
	}
	return all
}

// wrongKind says what is there instead of what is wanted, at the slip of the pen
// that made it so when it is one that can be told.
func (d *decoder) wrongKind(v value, want string) {
	if v.node.Kind == yaml.ScalarNode && v.node.Style == 0 && !v.isEmpty() {
		if m, ok := d.tables.slips().AtHead(v.file.File, v.node.Line); ok {
			d.at(position{v.file.Path, m.Line, m.Column}, v.path(), m.Hint, "%s", m.Message)
			return
		}
	}
	d.mistake(v, rightForm(v, want), "%s is wanted here, not %s", want, v.kind())
}
