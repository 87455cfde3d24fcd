package trace

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Rulebook is what a config judges stories by. It holds no secrets.
type Rulebook struct {
	Definition rules.Definition
	Origins    map[string]news.Origin // what rules may ask of a source, by its name
}

// NewRulebook makes the rulebook of rules and sources. The tests of the rules are left
// out.
func NewRulebook(d rules.Definition, sources []news.Source) Rulebook {
	b := Rulebook{
		Definition: rules.Definition{Concepts: d.Concepts, Rules: slices.Clone(d.Rules)},
		Origins:    make(map[string]news.Origin, len(sources)),
	}
	for i := range b.Definition.Rules {
		b.Definition.Rules[i].Tests = nil
	}
	for _, src := range sources {
		b.Origins[src.Name] = src.Origin
	}
	return b
}

// Pack returns the rulebook as the store keeps it: JSON, packed with gzip.
func (b Rulebook) Pack() ([]byte, error) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	//nolint:musttag // the names of the fields are those of the keys, and Unpack knows them
	if err := errors.Join(json.NewEncoder(z).Encode(b), z.Close()); err != nil {
		return nil, fmt.Errorf("pack rules: %w", err)
	}
	return packed.Bytes(), nil
}

// mostUnpacked is the largest rulebook that is read, in bytes.
const mostUnpacked = 1 << 30

// Unpack reads what Pack returned.
func Unpack(packed []byte) (b Rulebook, err error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err == nil {
		err = json.NewDecoder(io.LimitReader(z, mostUnpacked)).Decode(&b) //nolint:musttag // as in Pack
	}
	if err != nil {
		return b, fmt.Errorf("unpack rules: %w", err)
	}
	return b, nil
}

// origin returns what rules may ask of a source.
func (b Rulebook) origin(source string) news.Origin {
	if o, known := b.Origins[source]; known {
		return o
	}
	return news.Origin{Source: source}
}

// compile compiles the rules.
func (b Rulebook) compile() (*rules.Set, error) {
	set, mistakes := rules.Compile(b.Definition)
	if set == nil {
		i := slices.IndexFunc(mistakes, func(m rules.Mistake) bool { return !m.Warning })
		return nil, fmt.Errorf("compile rules: %s: %s", mistakes[i].Path, mistakes[i].Message)
	}
	return set, nil
}
