package config

import (
	"path/filepath"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
)

// written returns a scalar as it is written, whatever type YAML sees in it:
// 007, 1e3, no and ~ are texts.
func (d *decoder) written(v value, want string) (string, bool) {
	switch {
	case v.node.Kind != yaml.ScalarNode || v.isEmpty():
		d.wrongKind(v, want)
	case v.node.Style&yaml.TaggedStyle != 0:
		d.mistake(v, yamlfile.QuoteIt, "! begins a YAML tag, which means nothing here")
	default:
		return v.node.Value, true
	}
	return "", false
}

// text reads a text and puts the environment's values into it.
func (d *decoder) text(v value) (string, bool) {
	raw, ok := d.written(v, "a text")
	if !ok || v.isPlain() {
		return raw, ok
	}
	text, ok := d.expand(v, raw)
	if ok && text == "" && raw != "" && v.key != "listen" { // where nothing means off
		return "", d.filled(v)
	}
	return text, ok
}

var reference = regexp.MustCompile(`\$\$|\$\{[^}]*\}?`)

var variable = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)

// filled reports whether all variables that a value names hold something.
func (d *decoder) filled(v value) bool {
	for _, ref := range reference.FindAllString(v.node.Value, -1) {
		if name := variable.FindStringSubmatch(ref); name != nil {
			if text, _ := d.env(name[1]); strings.TrimSpace(text) == "" {
				d.absent(v, setIt, "the environment has nothing in %s", name[1])
				return false
			}
		}
	}
	return true
}

// expand replaces ${NAME} by the environment's value and $$ by $. A $ before
// anything else is itself.
func (d *decoder) expand(v value, raw string) (string, bool) {
	good := true
	text := reference.ReplaceAllStringFunc(raw, func(ref string) string {
		if ref == "$$" {
			return "$"
		}
		name := variable.FindStringSubmatch(ref)
		if name == nil {
			d.mistake(v, "write ${NAME}; a literal ${ is $${", "${ begins the name of a variable of the environment, which is letters, digits and _")
			good = false
			return ""
		}
		val, ok := d.env(name[1])
		if !ok {
			d.absent(v, setIt, "the environment has no %s", name[1])
			good = false
		}
		return val
	})
	return text, good
}

// secret reads a text that must never be shown.
func (d *decoder) secret(v value) (news.Secret, bool) {
	if !yamlfile.OnlyVariables(v.node.Value) {
		v.hide()
	}
	text, ok := d.text(v)
	if !ok || !d.filled(v) {
		return "", false
	}
	if strings.TrimSpace(text) == "" {
		d.mistake(v, "leave the key out when there is none", "the value is empty")
		return "", false
	}
	return news.Secret(text), true
}

// secretFile reads the text of a file, without the newlines at its end.
func (d *decoder) secretFile(v value) (news.Secret, bool) {
	path, ok := d.filePath(v)
	if !ok {
		return "", false
	}
	text, err := readFile(path, maxSecret)
	if err != nil {
		d.out.secrets.add(relative(d.dir, path), []byte("error: "+cause(err)))
		d.absent(v, putItThere, "%s: %s", v.quoted(), cause(err))
		return "", false
	}
	d.out.secrets.add(relative(d.dir, path), text)
	trimmed := strings.TrimRight(string(text), "\r\n")
	if strings.TrimSpace(trimmed) == "" {
		d.absent(v, putItThere, "the file %s is empty", v.quoted())
		return "", false
	}
	return news.Secret(trimmed), true
}

// filePath reads a path, relative to the file it is written in.
func (d *decoder) filePath(v value) (string, bool) {
	path, ok := d.text(v)
	if !ok {
		return "", false
	}
	if path == "" {
		d.mistake(v, "", "the name of the file is missing")
		return "", false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(filepath.Dir(v.file.Path), path)
	}
	return path, true
}

// word reads one text that is not empty.
func (d *decoder) word(v value) (string, bool) {
	text, ok := d.text(v)
	if ok && strings.TrimSpace(text) == "" {
		d.mistake(v, "leave the key out when there is none", "the value is empty")
		return "", false
	}
	return text, ok
}

// oneOrMore lists a scalar as itself and a list as its elements, of which there
// must be one.
func (d *decoder) oneOrMore(v value, what string) []value {
	if v.node.Kind == yaml.ScalarNode && !v.isEmpty() {
		return []value{v}
	}
	if v.node.Kind != yaml.SequenceNode {
		d.wrongKind(v, "a "+what+" or a list of them")
		return nil
	}
	if len(v.node.Content) == 0 {
		d.mistake(v, "leave the key out when there is none", "the list is empty")
	}
	return d.list(v, what)
}
