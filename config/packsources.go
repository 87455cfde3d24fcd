package config

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
)

// sourceChange is a source of the user's that lists nothing itself: it says
// what is different about the pack's source of its name. The commonest says
// `enabled: false`.
type sourceChange struct {
	value value
	name  string
	bare  bool // it says nothing but the name
}

// sourceChanges is where such sources stand in paths: they are no sources of
// their own.
const sourceChanges = "source changes"

// needsPlace complains of a source that lists nothing.
func (l *loader) needsPlace(v value, hint string) {
	l.mistake(v, hint, "the source needs one of %s", strings.Join(placeKeys, ", "))
}

// isSourceChange reports whether an element of a list of sources is a change:
// it has a name, stands in no pack and has none of the keys that say where
// stories are listed.
func isSourceChange(f *file, n *yaml.Node) bool {
	if f.pack != "" || n.Kind != yaml.MappingNode || lookup(n, "name") == nil {
		return false
	}
	own := false
	eachKey(n, func(key string, _ *yaml.Node) { own = own || slices.Contains(placeKeys, key) })
	return !own
}

// sourceChange reads a change. What it says is read again, into the pack's
// source, when all files are there.
func (l *loader) sourceChange(v value) {
	src, before := news.Source{FullText: news.FullTextAuto}, len(l.absences)
	v.up = &value{file: v.file, node: v.node, up: v.up.up, key: sourceChanges, index: inMap}
	set, whole := object(l, v, &l.tables.source, &src)
	l.absentFrom(before, &src)
	if !whole {
		l.misspelt = append(l.misspelt, src)
		return
	}
	l.unique(set, "change of the source", src.Name)
	l.sourceChanges = append(l.sourceChanges, sourceChange{value: v, name: src.Name, bare: len(set) == 1})
}

// applySourceChanges lets the user's sources take the place of a pack's that
// have their names, and changes those that are only to be changed.
func (l *loader) applySourceChanges() {
	l.replaceSources()
	byName := map[string]int{}
	for i, src := range l.config.Sources {
		byName[src.Name] = i
	}
	for _, c := range l.sourceChanges {
		i, known := byName[c.name]
		switch {
		case c.name == "": // it is wrong, and that has been said
		case !known:
			l.changesNothing(c)
		case i >= len(l.places.sources) || l.places.sources[i].file.pack == "":
			l.mistake(c.value, "write all of it in one place", "the source %s is no pack's", c.name)
		case c.bare:
			l.mistake(c.value, "add enabled: false to switch it off", "nothing is said of the source %s", c.name)
		default:
			l.overlaySource(c, &l.config.Sources[i])
		}
	}
	l.config.Sources = append(l.config.Sources, l.misspelt...) // rules and routes may ask for them
}

// overlaySource puts what a change says over a pack's source.
func (l *loader) overlaySource(c sourceChange, src *news.Source) {
	set, _ := object(l, c.value, &l.tables.source, src)
	if links := set.find("links"); links != nil && !src.Kind.Traits().Selector {
		l.at(links.position(), c.value.path(), "the source "+c.name+" is a "+string(src.Kind), "links are looked for on pages only")
	}
}

// changesNothing complains of a change of a source that is not there. It may be
// misspelt, or a source of the user's own without its URL.
func (l *loader) changesNothing(c sourceChange) {
	packs := packedSources()
	if pack, ok := packs[c.name]; ok {
		l.included(c.value, pack)
		return
	}
	maps.DeleteFunc(packs, func(_, pack string) bool { _, included := l.order[packPrefix+pack]; return !included })
	hint := ""
	if near := nearest(c.name, slices.Collect(maps.Keys(packs))); near != "" {
		hint = "did you mean `" + near + "` of pack:" + packs[near] + "?"
	}
	l.needsPlace(c.value, hint)
}

// replaceSources drops the sources of packs whose names the user's have.
func (l *loader) replaceSources() {
	own := map[string]bool{}
	for i, s := range l.places.sources {
		if s.file.pack == "" && i < len(l.config.Sources) {
			own[l.config.Sources[i].Name] = true
		}
	}
	for i, s := range l.places.sources {
		if s.file.pack != "" && i < len(l.config.Sources) && own[l.config.Sources[i].Name] {
			l.replaced = append(l.replaced, i)
		}
	}
	l.config.Sources = without(l.config.Sources, l.replaced)
	l.places.sources = without(l.places.sources, l.replaced)
}

// without drops elements by their indexes, which are in order.
func without[T any](all []T, indexes []int) []T {
	for _, i := range slices.Backward(indexes) {
		all = slices.Delete(all, i, i+1)
	}
	return all
}

// packedSources gives the pack of every source that stands in one, by the
// source's name.
func packedSources() map[string]string {
	packOf := map[string]string{}
	for _, pack := range Packs() {
		text, err := readPack(packPrefix + pack)
		if err != nil {
			panic(err) // it was listed
		}
		top, _ := parse(newFile(packPrefix+pack, text))
		if top == nil {
			continue
		}
		for _, n := range elements(lookup(resolve(top), "sources")) {
			if name := lookup(resolve(n), "name"); name != nil {
				packOf[name.Value] = pack
			}
		}
	}
	return packOf
}

// placeForms is what an editor takes for a source of one's own: it is listed in
// one place, and picks links on pages only.
func placeForms() []form {
	all := oneKey(placeKeys...)
	for i := range all {
		if !news.SourceKind(placeKeys[i]).Traits().Selector {
			all[i].Not = &form{Required: []string{"links"}}
		}
	}
	return all
}

// packChangeForm is what an editor takes for a change of a pack's source.
func packChangeForm() form {
	names := form{Enum: slices.Sorted(maps.Keys(packedSources()))}
	return form{Not: &form{AnyOf: oneKey(placeKeys...)}, Properties: properties{{"name", names}}}
}
