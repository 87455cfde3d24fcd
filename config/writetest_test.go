package config_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

// TestWriteTest: a test is read back as what was written, and what it does not say
// is left out.
func TestWriteTest(t *testing.T) {
	for _, tt := range []struct {
		test rules.TestCase
		text string
	}{
		{rules.TestCase{Want: true, Story: rules.TestStory{Title: "Kim: \"envoy\" <b> & # 'x'"}},
			"  - match:\n      title: \"Kim: \\\"envoy\\\" <b> & # 'x'\""},
		{rules.TestCase{Story: rules.TestStory{
			Title: "yes", Lead: "two\nlines", Body: "a\tb\\", URL: "https://a.example/?q=$1&r", Source: "tass", Tags: []string{"wire", "no"},
			Tier: "1", Country: "NO", Language: "no", Section: "~", Authors: []string{"Li, A", "null"}, Outlet: "AP", Cites: []string{"Reuters"},
		}}, "  - no match:\n      title: \"yes\"\n      lead: \"two\\nlines\"\n      body: \"a\\tb\\\\\"\n" +
			"      url: \"https://a.example/?q=$1&r\"\n      source: \"tass\"\n      tag: [\"wire\",\"no\"]\n      tier: \"1\"\n" +
			"      country: \"NO\"\n      language: \"no\"\n      section: \"~\"\n      author: [\"Li, A\",\"null\"]\n" +
			"      outlet: \"AP\"\n      cites: [\"Reuters\"]"},
	} {
		text := config.WriteTest(tt.test)
		if diff := cmp.Diff(tt.text, text); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		d, err := config.ParseRules("rules.yaml", []byte("rules:\n- name: r\n  any: [Kim]\n  tests:\n"+text+"\n"))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := d.Rules[0].Tests[0]
		got.Path = ""
		if diff := cmp.Diff(tt.test, got); diff != "" {
			t.Errorf("-written +read:\n%s", diff)
		}
	}
}
