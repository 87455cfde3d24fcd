package match_test

import (
	"slices"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules"
)

// mayMatch indexes a story, and says of rules whether the index lets them match it.
func mayMatch(story *news.Story) func(set *rules.Set, rule int) bool {
	indexed := *story
	indexed.ID = 77
	var b wordindex.Builder
	b.Add(&indexed)
	rows := map[int][]byte{}
	for bucket, row := range b.Rows {
		rows[bucket] = slices.Clone(row)
	}
	find := func(key text.WordKey) wordindex.Places { return wordindex.Find(rows[wordindex.BucketOf(key)], key) }
	return func(set *rules.Set, rule int) bool {
		need := set.NeedOf(rule)
		found := need.Eval(find)
		for place := range found.Backward {
			if place == 77 {
				return true
			}
		}
		return false
	}
}

// A story that a rule cannot match is passed over by the index, where the rule is about words.
func TestNeed(t *testing.T) {
	story := &news.Story{URL: "https://example.com/forfeit", Title: "Putin receives Kim in Moscow",
		Summary: "They spoke of the sanctions.", Text: "Київ чекає.\nПрезидента России ждут в Пекине.\n北京天気予報"}
	all := func(terms ...string) (n rules.Node) {
		for _, term := range terms {
			n.All = append(n.All, rules.Node{Term: term})
		}
		return n
	}
	anyOf := func(terms ...string) rules.Node { return rules.Node{Any: all(terms...).All} }
	for _, c := range []struct {
		rule  rules.Node
		may   bool
		known bool
	}{
		{all("kim", "putin"), true, true},
		{all("kim", "trump"), false, true},
		{anyOf("kim", "trump"), true, true},
		{anyOf("xi", "trump"), false, true},
		{all("~sanction"), true, true},
		{all("~tariff"), false, true},
		{all("sanct*"), true, true},
		{all("tarif*"), false, true},
		{all("recei?es"), true, true},
		{all("xi jinping"), false, true},
		{all("Київ"), true, false}, // its forms have no three letters in common
		{all("Києва"), true, true},
		{all("Харкова"), false, true},
		{all("президент"), true, true},
		{all("министр"), false, true},
		{all("北京"), true, true},
		{all("東京"), false, true},
		{all("/putin|trump/"), true, false},
		{all("k*"), true, false},
		{rules.Node{All: all("kim").All, None: all("xi").All}, true, true},
		{rules.Node{All: all("trump").All, None: all("xi").All}, false, true},
		{rules.Node{Of: all("kim", "xi", "trump").All, AtLeast: 2}, true, true},
		{rules.Node{Of: all("obama", "xi", "trump").All, AtLeast: 2}, false, true},
	} {
		set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{{Name: "r", Node: c.rule}}})
		if set == nil {
			t.Fatalf("%+v: %+v", c.rule, mistakes)
		}
		need := set.NeedOf(0)
		if got := mayMatch(story)(set, 0); got != c.may || need.Known() != c.known {
			t.Errorf("%+v may match: %v, known: %v; want %v, %v", c.rule, got, need.Known(), c.may, c.known)
		}
	}
}
