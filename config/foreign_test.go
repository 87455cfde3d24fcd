package config_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// TestForeignKeys: each key of another tool has a hint of its own, however it
// is spelt, and none is led to the likeliest spelling.
func TestForeignKeys(t *testing.T) {
	places := map[string]string{
		"rule":          "rules: [{name: r, any: [x1], %s: [y1]}]",
		"node":          "rules: [{name: r, any: [{any: [x1], %s: [y1]}]}]",
		"only":          "rules: [{name: r, any: [x1], only: {%s: y1}}]",
		"test":          "rules: [{name: r, any: [x1], tests: [{%s: y1}]}]",
		"source":        "sources: [{name: a, %s: y1}]",
		"route":         "alerts: {routes: [{to: a, %s: y1}]}",
		"alerts":        "alerts: {%s: y1}",
		"if_unanswered": "alerts: {routes: [{to: a, if_unanswered: {%s: y1}}]}",
		"escalate":      "rules: [{name: r, any: [x1], escalate: {%s: y1}}]",
		"burst":         "rules: [{name: r, any: [x1], burst: {%s: y1}}]",
		"expect":        "rules: [{name: r, any: [x1], expect: {%s: y1}}]",
		"document":      "%s: y1",
		"severity":      "rules: [{name: r, any: [x1], severity: %s}]",
		"place":         "rules: [{name: r, any: [x1], in: %s}]",
	}
	var cases []struct{ In, Key, Hint string }
	b, err := os.ReadFile("testdata/keys.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		_, mistakes := loadText(t, fmt.Sprintf(places[c.In], c.Key))
		said := mistakes.Errors()
		if len(said) == 0 || said[0].Hint != c.Hint {
			t.Errorf("%s in a %s: %v", c.Key, c.In, said)
		}
	}
}

// TestForeignKeysKeepSecrets: the value of a key that is not ours is not shown,
// whatever the mistake says about the key.
func TestForeignKeysKeepSecrets(t *testing.T) {
	for _, text := range []string{"webhook: hunter2", "slack: {bot_token: hunter2}", "sources: [{name: a, password: hunter2}]", "alerts: {channel: hunter2}",
		"rules:\n  - name: r\n    any: [token: hunter2]"} {
		_, mistakes := loadText(t, text)
		if said := mistakes.Error(); strings.Contains(said, "hunter2") || len(mistakes) == 0 {
			t.Errorf("%s: %s", text, said)
		}
	}
}
