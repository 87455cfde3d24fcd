package replay

import (
	"cmp"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
)

// Telling leaves out the evidence in sentences that show nothing new. It keeps at
// most three sentences, each with a word or a concept that those before have not.
func Telling(evidence []news.Evidence) []news.Evidence {
	type place struct {
		field    news.FieldName
		variant  int
		sentence string
	}
	at := func(e news.Evidence) place { return place{e.Field, e.Variant, e.Sentence} }
	sought := func(e news.Evidence) string { return cmp.Or(e.Concept, "="+e.Term) }
	kept, shown := []place{}, map[string]bool{}
	for _, e := range evidence {
		if shown[sought(e)] || len(kept) == 3 {
			continue
		}
		kept = append(kept, at(e))
		for _, other := range evidence {
			shown[sought(other)] = shown[sought(other)] || at(other) == at(e)
		}
	}
	return slices.DeleteFunc(slices.Clone(evidence), func(e news.Evidence) bool { return !slices.Contains(kept, at(e)) })
}
