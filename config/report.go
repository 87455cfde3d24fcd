package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// maxMistakes is how many mistakes are shown one by one.
const maxMistakes = 1000

// reporter collects the mistakes of all phases and leaves out those that only
// follow from others:
//
//  1. When a file is lost, nothing is said about what the files mean together:
//     what is missing may stand in the lost one.
//  2. When a key of a node is wrong, nothing is said about what the node means.
//  3. When concepts are lost, no concept is unknown.
//  4. The compiler's mistake about a path that is spoilt is not repeated.
type reporter struct {
	tables   *tables
	mistakes Mistakes
	absences []absence

	lost         bool            // a file could not be read or is not YAML
	conceptsLost bool            // concepts could not be read
	spoilt       map[string]bool // paths at or below which there are mistakes
	halfRead     map[string]bool // paths of nodes one of whose keys is wrong
}

func newReporter() *reporter {
	return &reporter{tables: newTables(), spoilt: map[string]bool{}, halfRead: map[string]bool{}}
}

// add records a mistake. A token or password that it quotes, because it stands
// where none belongs, is masked.
func (r *reporter) add(m Mistake) { r.mistakes = append(r.mistakes, masking(m)) }

// masking hides tokens and passwords in a mistake, and characters that are not
// to be shown.
func masking(m Mistake) Mistake {
	m.Message = yamlfile.Visible(yamlfile.MaskTokens(m.Message))
	m.Hint = yamlfile.Visible(news.WithoutSecrets(m.Hint))
	return m
}

// mistake records what is wrong with a value.
func (r *reporter) mistake(v value, hint, format string, args ...any) {
	r.at(v.position(), v.path(), hint, format, args...)
}

// at records what is wrong at a position. The mistake spoils the path.
func (r *reporter) at(p position, path, hint, format string, args ...any) {
	r.spoil(path)
	r.add(mistakeAt(p, Error, hint, format, args...))
}

// warn records what may be wrong with a value.
func (r *reporter) warn(v value, hint, format string, args ...any) {
	r.warnAt(v.position(), hint, format, args...)
}

// warnAt records what may be wrong at a position. Nothing is said about packs:
// their users cannot mend them.
func (r *reporter) warnAt(p position, hint, format string, args ...any) {
	if !isPack(p.file) {
		r.add(mistakeAt(p, Warning, hint, format, args...))
	}
}

func mistakeAt(p position, s Severity, hint, format string, args ...any) Mistake {
	return Mistake{
		File: p.file, Line: p.line, Column: p.column,
		Message: fmt.Sprintf(format, args...), Hint: hint, Severity: s,
	}
}

// absent records that something outside the files does not supply a value. For
// the name of a file or source that is a mistake, whoever uses the config.
func (r *reporter) absent(v value, hint, format string, args ...any) {
	part := v.part()
	if part == "include" || v.key == "name" {
		r.mistake(v, "", format, args...)
		return
	}
	r.spoil(v.path())
	a := absence{part, masking(mistakeAt(v.position(), Error, hint, format, args...))}
	if !slices.ContainsFunc(r.absences, func(b absence) bool { return a.mistake == b.mistake }) {
		r.absences = append(r.absences, a) // an alias is read at every use, but reported once
	}
}

// absentFrom attributes the absences from number n on to a source.
func (r *reporter) absentFrom(n int, src *news.Source) {
	for i := n; i < len(r.absences); i++ {
		r.absences[i].part = UseSource(src.Name)
	}
}

// lacks reports whether a value of a part is absent.
func (r *reporter) lacks(part Use) bool {
	return slices.ContainsFunc(r.absences, func(a absence) bool { return a.part == part })
}

// spoil notes that there is a mistake at or below a path. When the path ends in
// a key of a node, or one that may have been meant for one, the node counts as
// half read.
func (r *reporter) spoil(path string) {
	path = bareLists(path)
	if above := level(path); above != "" {
		name := path[len(above)+1:]
		ofNode := r.tables.node.find(name) != nil || r.tables.rule.find(name) == nil
		r.halfRead[above] = r.halfRead[above] || ofNode
	}
	for ; path != "" && !r.spoilt[path]; path = parent(path) {
		r.spoilt[path] = true
	}
}

// compiled records what the compiler of the rules found, except for what
// follows from other mistakes.
func (r *reporter) compiled(m rules.Mistake, p position) {
	path := bareLists(m.Path)
	switch {
	case r.halfRead[level(path)]:
	case r.conceptsLost && strings.HasPrefix(m.Message, rules.UnknownConcept):
	case m.Warning:
		r.warnAt(p, m.Hint, "%s", m.Message)
	case !r.spoilt[path]:
		r.at(p, "", m.Hint, "%s", m.Message)
	}
}

// strangeKey reports whether an unknown key stands at the top of a file: it may
// be any other key, misspelt.
func (r *reporter) strangeKey() bool {
	for path := range maps.Keys(r.spoilt) {
		isKey := path == changes || path == sourceChanges || r.tables.document.find(path) != nil
		if parent(path) == "" && !isKey {
			return true
		}
	}
	return false
}

// report returns all mistakes in the order of the files, with their source
// lines. Beyond maxMistakes they are only counted, warnings first.
func (r *reporter) report(files *documents) Mistakes {
	found := r.mistakes.sorted(files.order)
	if errs := found.Errors(); len(found) > maxMistakes && len(errs) > 0 {
		found = errs
	}
	if more := len(found) - maxMistakes; more > 0 {
		rest := Mistake{File: files.path, Message: fmt.Sprintf("and %d more", more), Severity: found[0].Severity}
		found = append(found[:maxMistakes:maxMistakes], rest)
	}
	for i := range found {
		files.quote(&found[i])
	}
	for i := range r.absences {
		files.quote(&r.absences[i].mistake)
	}
	return found
}

// parent returns a path without its last step.
func parent(path string) string { return path[:max(strings.LastIndexAny(path, ".["), 0)] }

// level returns the path of the map that a key stands in, "" when the path ends
// in no key.
func level(path string) string {
	if above := parent(path); strings.HasPrefix(path[len(above):], ".") {
		return above
	}
	return ""
}

// bareLists writes a path as if every "any" were a bare list, which means the
// same: "concepts.kim.any[2]" is "concepts.kim[2]".
func bareLists(path string) string { return strings.ReplaceAll(path, ".any[", "[") }
