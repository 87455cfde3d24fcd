package rules_test

import (
	"fmt"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// kimAndPutin is what config reads from
//
//	concepts:
//	  kim: [Kim Jong-un, 김정은]
//	rules:
//	  - name: kim-putin-arms
//	    all: [$kim, Putin, [arms, ~weapon]]
func kimAndPutin() rules.Definition {
	return rules.Definition{
		Concepts: map[string]rules.Node{"kim": {Any: []rules.Node{{Term: "Kim Jong-un"}, {Term: "김정은"}}}},
		Rules: []rules.Rule{{
			Name: "kim-putin-arms", Severity: news.High,
			Node: rules.Node{All: []rules.Node{
				{Concept: "kim"}, {Term: "Putin"}, {Any: []rules.Node{{Term: "arms"}, {Term: "~weapon"}}},
			}},
			Tests: []rules.TestCase{
				{Want: true, Text: "Kim Jong Un and Putin’s envoy discussed weapons deliveries"},
				{Want: false, Text: "Putin met Kim Kardashian to talk about fashion"},
			},
		}},
	}
}

func ExampleCompile() {
	d := kimAndPutin()
	d.Rules[0].Node.All[0].Concept = "kin"
	_, mistakes := rules.Compile(d)
	for _, m := range mistakes {
		fmt.Printf("%s: %s (%s)\n", m.Path, m.Message, m.Hint)
	}
	// Output: rules[0].all[0]: unknown concept $kin (did you mean $kim?)
}

func ExampleSet_Match() {
	set, _ := rules.Compile(kimAndPutin())
	story := &news.Story{Title: "KIM JONG-UN RECEIVES PUTIN’S ENVOY", Text: "The U.N. warned. They spoke of new weapons in Pyongyang."}
	for _, m := range set.Match(story) {
		fmt.Println(m.Rule, m.Severity)
		for _, e := range m.Evidence {
			fmt.Printf("  %s in %s: %s\n", e.Text, e.Field, e.Sentence)
		}
	}
	// Output:
	// kim-putin-arms high
	//   KIM JONG-UN in title: KIM JONG-UN RECEIVES PUTIN’S ENVOY
	//   PUTIN in title: KIM JONG-UN RECEIVES PUTIN’S ENVOY
	//   weapons in lead: They spoke of new weapons in Pyongyang.
}

func ExampleSet_Explain() {
	set, _ := rules.Compile(kimAndPutin())
	story := &news.Story{Title: "Putin met Kim Kardashian to talk about fashion"}
	for _, e := range set.Explain(story, "kim-putin-arms") {
		for _, f := range e.Failed {
			fmt.Println(f)
		}
	}
	// Output:
	// all[0] $kim: none of 2 terms found, but "Kim" is there, not all of "Kim Jong-un"
	// all[2] [arms, ~weapon]: none of 2 terms found
}

func ExampleSet_Test() {
	set, _ := rules.Compile(kimAndPutin())
	report := set.Test()
	fmt.Println(report.Passed, "passed,", report.Failed, "failed")
	// Output: 2 passed, 0 failed
}
