// Package yamlfile reads YAML files that people write by hand. File.Parse makes
// the tree of a file; a Diagnostic says what is wrong with its syntax in people's
// words, if possible at the slip of the pen that is behind it. File.Excerpt
// returns a line to show with it.
//
// It knows the keys of a config only by the names that NewSlips is given, and
// secrets only by their looks and the names of their keys: no line that it
// returns holds what may be a token or password.
package yamlfile

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Bounds on the tree of a file, aliases followed: deep or wide beyond any
// config's need.
const (
	maxDepth    = 64
	maxExpanded = 200_000 // values that aliases add to those written out
)

// File is one YAML file.
type File struct {
	Path string // as people would type it
	Text []byte
	Top  *yaml.Node // of the tree, after Parse; nil when the file is not YAML or empty

	lines   []string
	secrets map[int]bool // lines that Hide was told of
}

// New returns a file that is not parsed yet.
func New(path string, text []byte) *File {
	f := &File{Path: path, Text: text, secrets: map[int]bool{}}
	f.lines = strings.Split(lineBreaks.Replace(strings.TrimPrefix(string(text), "\ufeff")), "\n")
	return f
}

// Bare returns the file without its tree, for whoever keeps it for long. New
// and Hide make it whole again.
func (f *File) Bare() *File { return &File{Path: f.Path, Text: f.Text, secrets: f.secrets} }

// Again returns a bare file, parsed again.
func (f *File) Again() *File {
	again := New(f.Path, f.Text)
	again.secrets = f.secrets
	again.Parse()
	return again
}

// lineBreaks are the line breaks of YAML 1.1: the YAML library counts lines by
// them. https://yaml.org/spec/1.1/#b-char
var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\u2028", "\n", "\u2029", "\n")

// Parse reads the text into the tree. The diagnostic is nil when it is YAML.
func (f *File) Parse() *Diagnostic {
	if diagnostic := f.unreadable(); diagnostic != nil {
		return diagnostic
	}
	loader, err := yaml.NewLoader(bytes.NewReader(f.Text),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		return &Diagnostic{Message: err.Error()}
	}
	var doc, more yaml.Node
	if err := loader.Load(&doc); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		return f.syntaxDiagnostic(err)
	}
	if err := loader.Load(&more); err == nil {
		return &Diagnostic{Line: more.Line, Column: 1, Message: "a second document begins here",
			Hint: "put it into a file of its own and include that"}
	} else if !errors.Is(err, io.EOF) {
		return f.syntaxDiagnostic(err)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) == 0 {
		return nil
	}
	top := doc.Content[0]
	if diagnostic := tooLarge(top); diagnostic != nil {
		return diagnostic
	}
	f.Top = Resolve(top)
	return nil
}

// lastLine is the last line that holds anything.
func (f *File) lastLine() int {
	for i := len(f.lines); i > 1; i-- {
		if strings.TrimSpace(f.lines[i-1]) != "" {
			return i
		}
	}
	return 1
}

// Rest returns the text of a line from a column on.
func (f *File) Rest(line, column int) string {
	if line < 1 || line > len(f.lines) {
		return ""
	}
	runes := []rune(f.lines[line-1])
	return string(runes[min(max(column-1, 0), len(runes)):])
}

// Hide keeps the value of a line from being shown.
func (f *File) Hide(line int) { f.secrets[line] = true }

// Excerpt returns a line of the file to show, secrets masked.
func (f *File) Excerpt(line int) string {
	if f.secrets[line] && line <= len(f.lines) {
		text := f.lines[line-1]
		key, value, found := strings.Cut(text[:min(len(text), maxExcerpt)], ":")
		if value = strings.TrimSpace(value); found && value != "" {
			return MaskTokens(key) + ": " + hide(value)
		}
		return text[:indent(text)] + hide(text[indent(text):])
	}
	return excerpt(f.lines, line, secretKey)
}

// unreadable finds bytes that no YAML file holds: the YAML library does not say
// where they stand.
func (f *File) unreadable() *Diagnostic {
	if strings.HasPrefix(string(f.Text), "\xff\xfe") || strings.HasPrefix(string(f.Text), "\xfe\xff") {
		return &Diagnostic{Message: "the file is UTF-16", Hint: "save it as UTF-8"}
	}
	if utf8.Valid(f.Text) && bytes.IndexFunc(f.Text, IsControl) < 0 {
		return nil
	}
	for i, line := range f.lines {
		column := 0
		for at, r := range line {
			column++
			_, size := utf8.DecodeRuneInString(line[at:])
			if r == utf8.RuneError && size == 1 {
				return &Diagnostic{Line: i + 1, Column: column, Message: "the text is not UTF-8 here", Hint: "save the file as UTF-8"}
			}
			if IsControl(r) {
				return &Diagnostic{Line: i + 1, Column: column, Message: "a control character stands here", Hint: "delete it"}
			}
		}
	}
	return nil
}

// IsControl reports whether a character has no place in a line of YAML.
func IsControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7f
}
