package rules_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

func TestShortestTest(t *testing.T) {
	set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{
		{Name: "kim", Node: rules.Node{Term: "Kim Jong-un"}},
		{Name: "tagged", Node: rules.Node{Term: "talks"}, Only: rules.Filter{Tag: []string{"wire"}}},
		{Name: "korean", Node: rules.Node{Term: "talks"}, Only: rules.Filter{Language: []string{"ko"}}},
		{Name: "talks", Node: rules.Node{Term: "talks"}},
	}})
	if set == nil {
		t.Fatal(mistakes)
	}
	story := func() *news.Story {
		return &news.Story{
			Title: "Leaders meet", Titles: []string{"Kim Jong-un meets guests"}, Summary: "They met on Monday.",
			Text: "They met on Monday.\nNothing else is known. The talks went on.\nIt rained.", Language: "en",
			Origin: news.Origin{Source: "press", Tags: []string{"wire"}},
		}
	}
	untagged := story()
	untagged.Origin.Tags = nil
	for _, c := range []struct {
		name, rule string
		story      *news.Story
		want       rules.TestCase
		none       bool
	}{
		{name: "the title that has it", rule: "kim", story: story(),
			want: rules.TestCase{Want: true, Story: rules.TestStory{Title: "Kim Jong-un meets guests"}}},
		{name: "with the sentence", rule: "talks", story: story(),
			want: rules.TestCase{Want: true, Story: rules.TestStory{Title: "Leaders meet", Body: "They met on Monday.\nThe talks went on."}}},
		{name: "with what is known of it", rule: "korean", story: story(), want: rules.TestCase{Story: rules.TestStory{
			Title: "Leaders meet", Lead: story().Summary, Body: story().Text, Source: "press", Tags: []string{"wire"}, Language: "en",
		}}},
		{name: "no match", rule: "talks", story: &news.Story{Title: "Rain"},
			want: rules.TestCase{Story: rules.TestStory{Title: "Rain"}}},
		{name: "what is not known decides", rule: "tagged", story: untagged, none: true},
		{name: "nothing to write", rule: "kim", story: &news.Story{}, none: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := rules.ShortestTest(set, c.story, set.Explain(c.story, c.rule)[0])
			if ok == c.none {
				t.Fatalf("found %v: %+v", ok, got)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
