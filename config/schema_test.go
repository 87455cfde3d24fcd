package config

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

// schemaNode is the part of JSON Schema that ours uses.
type schemaNode struct {
	Ref         string                `json:"$ref"`
	Description string                `json:"description"`
	Properties  map[string]schemaNode `json:"properties"`
	Additional  any                   `json:"additionalProperties"`
	AnyOf       []schemaNode          `json:"anyOf"`
	Defs        map[string]schemaNode `json:"$defs"`
	Enum        []any                 `json:"enum"`
	Default     any                   `json:"default"`
}

func readSchema(t *testing.T) schemaNode {
	t.Helper()
	text, err := fs.ReadFile(Starter(), "copytaster.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schemaNode
	if err := json.Unmarshal(text, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaKeys: the schema names exactly the keys that are accepted, each
// with a description, and allows no others.
func TestSchemaKeys(t *testing.T) {
	l := newLoader("copytaster.yaml", disk{}, nil)
	s := readSchema(t)
	node := func(n schemaNode) schemaNode { return n.AnyOf[len(n.AnyOf)-1] }
	for name, c := range map[string]struct {
		schema schemaNode
		keys   keys
	}{
		"a config file": {s, l.documentKeys(nil)},
		"crawl":         {s.Properties["crawl"], l.crawlKeys()},
		"slack":         {s.Properties["slack"], l.slackKeys()},
		"alerts":        {s.Properties["alerts"], l.alertsKeys()},
		"a route":       {s.Defs["route"], l.routeKeys(&notify.Route{})},
		"a source":      {s.Defs["source"], l.sourceKeys(&news.Source{})},
		"basic_auth":    {s.Defs["source"].Properties["basic_auth"], l.basicAuthKeys(&news.Source{})},
		"a node":        {node(s.Defs["node"]), l.nodeKeys(&rules.Node{})},
		"a rule":        {s.Defs["rule"], l.ruleKeys(&rules.Rule{})},
		"a filter":      {s.Defs["filter"], l.filterKeys(&rules.Filter{})},
		"a test":        {s.Defs["test"], l.testKeys(&rules.TestCase{})},
		"a story":       {s.Defs["story"], l.storyKeys(&rules.TestStory{})},
	} {
		want, got := slices.Sorted(maps.Keys(c.keys)), slices.Sorted(maps.Keys(c.schema.Properties))
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: accepted (-), in the schema (+):\n%s", name, diff)
		}
		if c.schema.Additional != false {
			t.Errorf("%s: the schema allows other keys", name)
		}
		for key, p := range c.schema.Properties {
			if p.Description == "" && s.Defs[strings.TrimPrefix(p.Ref, "#/$defs/")].Description == "" {
				t.Errorf("%s: %s has no description", name, key)
			}
		}
	}
}

// TestSchemaReferences: every reference leads somewhere, and every definition
// is used.
func TestSchemaReferences(t *testing.T) {
	text, err := fs.ReadFile(Starter(), "copytaster.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	for name := range readSchema(t).Defs {
		if !strings.Contains(string(text), `"#/$defs/`+name+`"`) {
			t.Errorf("%s is defined and not used", name)
		}
	}
	for part := range strings.SplitSeq(string(text), `"#/$defs/`) {
		name, _, _ := strings.Cut(part, `"`)
		if _, ok := readSchema(t).Defs[name]; !ok && !strings.HasPrefix(part, "{") {
			t.Errorf("%s is used and not defined", name)
		}
	}
}

// TestSchemaDefaults: the defaults that editors show are those that hold.
func TestSchemaDefaults(t *testing.T) {
	s := readSchema(t)
	c := newLoader("copytaster.yaml", disk{}, nil)
	c.defaults()
	for _, d := range []struct {
		schema schemaNode
		want   any
	}{
		{s.Properties["storage"], c.config.Storage},
		{s.Properties["listen"], c.config.Listen},
		{s.Properties["timezone"], c.config.Timezone.String()},
		{s.Properties["retention"], formatDuration(c.config.Retention)},
		{s.Properties["crawl"].Properties["workers"], float64(c.config.Crawl.Workers)},
		{s.Properties["crawl"].Properties["timeout"], formatDuration(c.config.Crawl.Timeout)},
		{s.Properties["crawl"].Properties["host_interval"], formatDuration(c.config.Crawl.HostInterval)},
		{s.Properties["slack"].Properties["api_url"], c.config.Slack.APIURL},
		{s.Properties["alerts"].Properties["first_run"], formatDuration(c.config.Alerts.FirstRun.Younger)},
	} {
		if d.schema.Default != d.want {
			t.Errorf("the schema says %v, the default is %v", d.schema.Default, d.want)
		}
	}
}

// TestSchemaWords: the words that editors offer are those that are accepted.
func TestSchemaWords(t *testing.T) {
	s := readSchema(t)
	for name, c := range map[string]struct {
		schema schemaNode
		yaml   string // %s stands for the word
	}{
		"full_text": {s.Defs["source"].Properties["full_text"], "sources: [{name: a, feed: \"https://a.example/\", full_text: %s}]"},
		"robots":    {s.Defs["source"].Properties["robots"], "sources: [{name: a, feed: \"https://a.example/\", robots: %s}]"},
		"severity":  {s.Defs["severity"], "rules: [{name: a, any: [x], severity: %s}]"},
		"in":        {s.Defs["field"], "rules: [{name: a, any: [x], in: %s}]"},
		"first_run": {s.Properties["alerts"].Properties["first_run"].AnyOf[1], "alerts: {first_run: %s}"},
	} {
		if len(c.schema.Enum) == 0 {
			t.Errorf("%s: the schema offers nothing", name)
		}
		for _, word := range c.schema.Enum {
			text := strings.ReplaceAll(c.yaml, "%s", word.(string))
			if _, err := LoadFiles("a.yaml", map[string][]byte{"a.yaml": []byte(text)}, nil); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}
