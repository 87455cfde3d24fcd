package main

import (
	"fmt"
	"strings"

	"github.com/blevesearch/bleve/v2"
	_ "github.com/blevesearch/bleve/v2/analysis/analyzer/custom"
	_ "github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	_ "github.com/blevesearch/bleve/v2/analysis/tokenizer/whitespace"
	"github.com/blevesearch/bleve/v2/mapping"
	"github.com/blevesearch/bleve/v2/search/query"
)

// prepareBleve makes an index of each text and asks it every rule.
func prepareBleve(set ruleSet) builder {
	return func() (*built, error) {
		shape, err := bleveMapping()
		if err != nil {
			return nil, err
		}
		queries := make([]query.Query, len(set.rules))
		for i, r := range set.rules {
			queries[i] = bleveQuery(r)
		}
		return &built{match: func(d *document, into []int) []int {
			into, err := askBleve(shape, queries, d, into)
			if err != nil {
				panic(err) // an index in memory has nothing to fail at
			}
			return into
		}}, nil
	}
}

func bleveMapping() (*mapping.IndexMappingImpl, error) {
	shape := bleve.NewIndexMapping()
	err := shape.AddCustomAnalyzer("words", map[string]any{"type": "custom", "tokenizer": "whitespace", "token_filters": []string{"to_lower"}})
	if err != nil {
		return nil, fmt.Errorf("map index: %w", err)
	}
	field := bleve.NewTextFieldMapping()
	field.Analyzer, field.Store, field.IncludeInAll = "words", false, false
	shape.DefaultMapping.AddFieldMappingsAt("text", field)
	return shape, nil
}

func bleveQuery(r concepts) query.Query {
	var all []query.Query
	for _, c := range r {
		var alternatives []query.Query
		for _, p := range c {
			words := strings.Fields(phraseKey(p))
			if len(words) > 1 {
				alternatives = append(alternatives, query.NewPhraseQuery(words, "text"))
				continue
			}
			one := bleve.NewTermQuery(words[0])
			one.SetField("text")
			alternatives = append(alternatives, one)
		}
		all = append(all, bleve.NewDisjunctionQuery(alternatives...))
	}
	return bleve.NewConjunctionQuery(all...)
}

func askBleve(shape *mapping.IndexMappingImpl, queries []query.Query, d *document, into []int) ([]int, error) {
	index, err := bleve.NewMemOnly(shape)
	if err != nil {
		return nil, err
	}
	defer index.Close()
	if err := index.Index("1", map[string]any{"text": string(appendWords(nil, d.text))}); err != nil {
		return nil, err
	}
	for i, q := range queries {
		found, err := index.Search(bleve.NewSearchRequestOptions(q, 1, 0, false))
		if err != nil {
			return nil, err
		}
		if found.Total > 0 {
			into = append(into, i)
		}
	}
	return into, nil
}
