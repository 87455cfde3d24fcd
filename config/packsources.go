package config

import (
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/config/yamlfile"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// sourceChange is a source in a user's file that lists nothing itself: it says
// how the pack's source of its name differs. The most frequent one says
// `enabled: false`.
type sourceChange struct {
	value  value
	source news.Source
	set    given
}

// sourceChanges stands for "sources" in the paths of such sources: they are no
// sources of their own.
const sourceChanges = "source changes"

// needsPlace reports a source that lists nothing.
func (r *reporter) needsPlace(v value, hint string) {
	r.mistake(v, hint, "the source needs one of %s", strings.Join(placeKeys, ", "))
}

// isSourceChange reports whether an element of a list of sources is a change:
// it has a name, stands in no pack and has none of the keys that say where
// stories are listed.
func isSourceChange(f *file, n *yaml.Node) bool {
	if f.pack != "" || n.Kind != yaml.MappingNode || yamlfile.Lookup(n, "name") == nil {
		return false
	}
	own := false
	yamlfile.EachKey(n, func(key string, _ *yaml.Node) { own = own || slices.Contains(placeKeys, key) })
	return !own
}

// decodeSourceChange decodes a change of a pack's source.
func decodeSourceChange(d *decoder, v value) {
	c, before := sourceChange{value: v.below(sourceChanges)}, len(d.absences)
	c.source.FullText = news.FullTextAuto
	set, whole := decodeMap(d, c.value, &d.tables.source, &c.source)
	d.absentFrom(before, &c.source)
	if !whole {
		d.out.misspelt = append(d.out.misspelt, c.source)
		return
	}
	c.set = set
	d.unique(set, "change of the source", c.source.Name)
	d.out.sourceChanges = append(d.out.sourceChanges, c)
}

// applySourceChanges replaces the sources of packs that have the name of a
// user's, and applies the changes to the others.
func (c *checker) applySourceChanges() {
	c.replaceSources()
	byName := map[string]int{}
	for i, src := range c.said.Sources {
		byName[src.Name] = i
	}
	for _, change := range c.said.sourceChanges {
		i, known := byName[change.source.Name]
		switch {
		case change.source.Name == "": // it is wrong, and that has been said
		case !known:
			c.changesNothing(change)
		case i >= len(c.places.sources) || c.places.sources[i].file.pack == "":
			c.mistake(change.value, "write all of it in one place", "the source %s is no pack's", change.source.Name)
		case len(change.set) == 1:
			c.mistake(change.value, "add enabled: false to switch it off", "nothing is said of the source %s", change.source.Name)
		default:
			c.overlaySource(change, &c.said.Sources[i])
		}
	}
	c.said.Sources = append(c.said.Sources, c.said.misspelt...) // rules and routes may ask for them
}

// overlaySource applies a change to a pack's source.
func (c *checker) overlaySource(change sourceChange, src *news.Source) {
	c.tables.source.overlay(src, &change.source, change.set)
	if links := change.set.find("links"); links != nil && !src.Kind.Traits().Selector {
		c.at(links.position(), change.value.path(), "the source "+src.Name+" is a "+string(src.Kind), "links are looked for on pages only")
	}
}

// changesNothing reports a change of a source that is not there. Its name may be
// misspelt, or it may be a source of the user's own without its URL.
func (c *checker) changesNothing(change sourceChange) {
	packs := packedSources()
	if pack, ok := packs[change.source.Name]; ok {
		c.included(change.value, pack)
		return
	}
	maps.DeleteFunc(packs, func(_, pack string) bool { return !c.docs.has(pack) })
	hint := ""
	if near := text.Nearest(change.source.Name, slices.Collect(maps.Keys(packs))); near != "" {
		hint = "did you mean `" + near + "` of pack:" + packs[near] + "?"
	}
	c.needsPlace(change.value, hint)
}

// replaceSources drops the sources of packs that have the name of a user's.
func (c *checker) replaceSources() {
	own := map[string]bool{}
	for i, s := range c.places.sources {
		if s.file.pack == "" && i < len(c.said.Sources) {
			own[c.said.Sources[i].Name] = true
		}
	}
	for i, s := range c.places.sources {
		if s.file.pack != "" && i < len(c.said.Sources) && own[c.said.Sources[i].Name] {
			c.replaced = append(c.replaced, i)
		}
	}
	c.said.Sources = without(c.said.Sources, c.replaced)
	c.places.sources = without(c.places.sources, c.replaced)
}

// without drops elements by their indexes, which are in order.
func without[T any](all []T, indexes []int) []T {
	for _, i := range slices.Backward(indexes) {
		all = slices.Delete(all, i, i+1)
	}
	return all
}

// packedSources returns the pack of every source in a pack, by the source's name.
func packedSources() map[string]string {
	packOf := map[string]string{}
	for _, pack := range Packs() {
		text, err := readPack(packPrefix + pack)
		if err != nil {
			panic(err) // it was listed
		}
		f := yamlfile.New(packPrefix+pack, text)
		if diagnostic := f.Parse(); diagnostic != nil || f.Top == nil {
			continue
		}
		for _, n := range yamlfile.Elements(yamlfile.Lookup(f.Top, "sources")) {
			if name := yamlfile.Lookup(yamlfile.Resolve(n), "name"); name != nil {
				packOf[name.Value] = pack
			}
		}
	}
	return packOf
}

// placeForms is what an editor accepts as a source of one's own: it has one of
// placeKeys, and links only beside page.
func placeForms() []form {
	all := oneKey(placeKeys...)
	for i := range all {
		if !news.SourceKind(placeKeys[i]).Traits().Selector {
			all[i].Not = &form{Required: []string{"links"}}
		}
	}
	return all
}

// packChangeForm is what an editor accepts as a change of a pack's source.
func packChangeForm() form {
	names := form{Enum: slices.Sorted(maps.Keys(packedSources()))}
	return form{Not: &form{AnyOf: oneKey(placeKeys...)}, Properties: properties{{"name", names}}}
}
