package config

import (
	"embed"
	"errors"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

//go:embed packs/*.yaml
var packs embed.FS

// packPrefix is what the name of a pack begins with in an include list, and in
// the places of what stands in it.
const packPrefix = "pack:"

func isPack(path string) bool { return strings.HasPrefix(path, packPrefix) }

// Packs lists the names of the files of rules and sources that the program
// brings along.
func Packs() []string {
	files, err := fs.Glob(packs, "packs/*.yaml")
	if err != nil {
		panic(err) // the pattern is valid
	}
	for i, name := range files {
		files[i] = strings.TrimSuffix(strings.TrimPrefix(name, "packs/"), ".yaml")
	}
	return files
}

// readPack reads a pack by its name in an include list.
func readPack(path string) ([]byte, error) {
	return packs.ReadFile("packs/" + strings.TrimPrefix(path, packPrefix) + ".yaml")
}

// includePack opens a pack; one that is included twice counts once.
func (l *loader) includePack(v value, path string) {
	err := l.open(path, nil)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		name := strings.TrimPrefix(path, packPrefix)
		hint := "there are " + strings.Join(Packs(), ", ")
		if near := text.Nearest(name, Packs()); near != "" {
			hint = "did you mean `" + packPrefix + near + "`? " + hint
		}
		l.mistake(v, hint, "there is no pack %q", shorten(name))
		l.lost = true
	} else if err != nil {
		l.mistake(v, "", "%s: %s", path, cause(err))
	}
}

// full is the name that a concept or rule of the file has outside of it.
func (f *file) full(name string) string {
	if f.pack == "" || strings.Contains(name, ".") {
		return name
	}
	return f.pack + "." + name
}

// packOf is the pack that a full name belongs to; "" when it is none's.
func packOf(name string) string {
	pack, _, dotted := strings.Cut(name, ".")
	if !dotted {
		return ""
	}
	if _, err := fs.Stat(packs, "packs/"+pack+".yaml"); err != nil {
		return ""
	}
	return pack
}

// borrowed is a concept of a pack where a file outside of it uses it.
type borrowed struct {
	name  string
	value value
}

// checkBorrowed looks for the concepts of packs that are not there.
func (l *loader) checkBorrowed() {
	for _, b := range l.borrowed {
		if _, known := l.definition.Concepts[b.name]; known {
			continue
		}
		pack, name, _ := strings.Cut(b.name, ".")
		if !slices.Contains(Packs(), pack) {
			hint := "there are " + strings.Join(Packs(), ", ")
			if near := text.Nearest(pack, Packs()); near != "" {
				hint = "did you mean `$" + near + "." + name + "`?"
			}
			l.mistake(b.value, hint, "there is no pack %q", pack)
		} else if l.included(b.value, pack) {
			l.mistake(b.value, ownName(pack, name, maps.Keys(l.definition.Concepts), "$"), "the pack %s has no concept %q", pack, name)
		}
	}
}

// included complains when a pack is not.
func (l *loader) included(v value, pack string) bool {
	if _, ok := l.order[packPrefix+pack]; ok {
		return true
	}
	l.mistake(v, "add it to the list under include: \""+packPrefix+pack+"\"", "the pack %s is not included", pack)
	return false
}

// ownName is the hint for a name that a pack does not know, when it has one
// like it among all full names.
func ownName(pack, name string, all iter.Seq[string], sign string) string {
	var names []string
	for full := range all {
		if own, ok := strings.CutPrefix(full, pack+"."); ok {
			names = append(names, own)
		}
	}
	if near := text.Nearest(name, names); near != "" {
		return "did you mean `" + sign + pack + "." + near + "`?"
	}
	return ""
}

// change is a rule of the user's that has the name of a pack's and nothing to
// look for: it says what is different about that one. The commonest says
// `enabled: false`.
type change struct {
	value value
	rule  rules.Rule
	set   given
}

// changes is where such rules stand in paths: they are no rules of their own.
const changes = "changes"

// isChange reports whether an element of a list of rules is a change: it has a
// pack's name and no key but those that a change may have.
func isChange(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode {
		return false
	}
	name := lookup(n, "name")
	if name == nil || name.Kind != yaml.ScalarNode || packOf(name.Value) == "" {
		return false
	}
	own := false
	eachKey(n, func(key string, _ *yaml.Node) {
		own = own || slices.Contains([]string{"all", "any", "of", "none", "tests"}, key)
	})
	return !own
}

// change reads a change of a pack's rule.
func (l *loader) change(v value) {
	c := change{value: v}
	set, whole := object(l, v, &l.tables.change, &c.rule)
	if !whole {
		return
	}
	if len(set) == 1 {
		l.mistake(v, "add enabled: false to switch it off", "nothing is said of the rule %s", c.rule.Name)
		return
	}
	c.set = set
	l.unique(set, "change of the rule", c.rule.Name)
	l.changes = append(l.changes, c)
}

// applyChanges changes the rules of packs.
func (l *loader) applyChanges() {
	byName := map[string]int{}
	for i, r := range l.definition.Rules {
		byName[r.Name] = i
	}
	for _, c := range l.changes {
		pack, name, _ := strings.Cut(c.rule.Name, ".")
		i, known := byName[c.rule.Name]
		switch {
		case known && isPack(l.places.rules[i].file.path):
			overlay(&l.definition.Rules[i], &c.rule, c.set)
		case known:
			l.mistake(c.value, "write all of it in one place", "the rule %s is no pack's", c.rule.Name)
		case l.included(c.value, pack):
			l.mistake(c.value, ownName(pack, name, maps.Keys(byName), ""), "the pack %s has no rule %q", pack, name)
		}
	}
}

// overlay puts what some keys say over a rule.
func overlay(rule, from *rules.Rule, set given) {
	for _, p := range set {
		switch p.key {
		case "severity":
			rule.Severity = from.Severity
		case "topic":
			rule.Topic = from.Topic
		case "to":
			rule.To = from.To
		case "also to":
			rule.AlsoTo = from.AlsoTo
		case "only":
			rule.Only = from.Only
		case "except":
			rule.Except = from.Except
		case "note":
			rule.Note = from.Note
		case "instruction":
			rule.Instruction = from.Instruction
		case "enabled":
			rule.Disabled = from.Disabled
		case "until":
			rule.Until = from.Until
		}
	}
}
