package config_test

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/copytaster/copytaster/config"
)

// TestStarterSchema: what init writes is what `schema` prints.
func TestStarterSchema(t *testing.T) {
	const path = "starter/copytaster.schema.json"
	if *update {
		if err := os.WriteFile(path, config.Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(written, config.Schema()) {
		t.Error("it differs: go test ./config -run StarterSchema -update")
	}
}

func compiledSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("copytaster.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("copytaster.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaAccepts: whatever Load accepts, an editor must not mark.
func TestSchemaAccepts(t *testing.T) {
	schema := compiledSchema(t)
	accept := func(name string, text []byte) {
		t.Helper()
		v, ok := editorValue(text)
		if !ok {
			t.Errorf("%s is no YAML", name)
		} else if err := schema.Validate(v); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, a := range archives(t, "testdata/good/*.txtar") {
		for name, text := range a.files {
			if strings.HasSuffix(name, ".yaml") && !strings.HasPrefix(filepath.Base(name), ".") || strings.HasPrefix(name, "pack:") {
				accept(a.name()+": "+name, text)
			}
		}
	}
	for _, pattern := range []string{"starter/copytaster.yaml", "starter/rules.yaml", "starter/sources.yaml", "packs/*.yaml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Errorf("no %s: %v", pattern, err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			accept(path, text)
		}
	}
}

// TestSchemaRejects: an editor marks what is wrong by its keys or its look, and
// the list of what it cannot know is no longer than that.
func TestSchemaRejects(t *testing.T) {
	schema := compiledSchema(t)
	left := unseen()
	for _, a := range archives(t, "testdata/bad/*.txtar") {
		readable, rejected := true, false
		for name, text := range a.files {
			if !strings.HasSuffix(name, ".yaml") {
				continue
			}
			v, ok := editorValue(text)
			readable = readable && ok
			rejected = rejected || ok && schema.Validate(v) != nil
		}
		reason, listed := left[a.name()]
		delete(left, a.name())
		switch {
		case !readable && listed, rejected && listed:
			t.Errorf("%s is listed, for %q, and is found", a.name(), reason)
		case readable && !rejected && !listed:
			t.Errorf("%s is not found, and not listed", a.name())
		}
	}
	for name := range left {
		t.Errorf("%s is listed, and there is no such case", name)
	}
}

// unseen lists the cases of testdata/bad that no schema can know to be wrong,
// with the reason.
func unseen() map[string]string {
	all := map[string]string{}
	for reason, cases := range map[string]string{
		"it takes all files to know": "auth-header-from-anybody mail-none mail-password slack-both slack-signed channel-missing expect-retention concept-twice-over-files duplicate-over-files rule-twice source-twice source-twice-over-files rule-concept-use rule-cycle compose-mistake-far " +
			"pack-concept-unknown pack-rule-again pack-rule-changed-twice pack-rule-of-no-pack pack-rule-unknown " +
			"pack-source-changed-twice pack-source-not-included",
		"it takes the names of all rules to know that this one changes a pack's":     "pack-rule-key pack-rule-unchanged",
		"it takes the pack to know what it says of the source that is to be changed": "pack-source-unchanged pack-source-links",
		"it lies on the disk":              "cookies-file headers-file secret-file-empty secret-file-missing secret-not-a-token include-cycle include-folder include-none include-pattern include-self pack-file",
		"it is in the environment":         "env-empty env-name env-unset env-value-hidden",
		"JSON has no key twice":            "defaults-twice duplicate-key duplicate-key-nested duplicate-section",
		"JSON has no merges":               "merge",
		"an empty value is a term too":     "ampersand hash-term",
		"it takes the unit of the size":    "size-large size-small",
		"it takes the calendar":            "cron-impossible until-no-such-day",
		"it takes the zones there are":     "dates-in timezone timezone-local",
		"it takes the parser of the value": "cron-every cron-step cron-sunday selector rule-sigils storage-postgres",
		"it takes the meaning of the rule": "rule-only-negative",
	} {
		for name := range strings.FieldsSeq(cases) {
			all[name] = reason
		}
	}
	return all
}

// schemaNode is the part of JSON Schema that the tests below look at.
type schemaNode struct {
	Description string                `json:"description"`
	Properties  map[string]schemaNode `json:"properties"`
	Additional  any                   `json:"additionalProperties"`
	AnyOf       []schemaNode          `json:"anyOf"`
	AllOf       []schemaNode          `json:"allOf"`
	Ref         string                `json:"$ref"`
	Definitions map[string]schemaNode `json:"definitions"`
	Enum        []any                 `json:"enum"`
	Default     any                   `json:"default"`
}

func readSchema(t *testing.T) schemaNode {
	t.Helper()
	var s schemaNode
	if err := json.Unmarshal(config.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSchemaKeys: the schema has exactly the keys that are read. A key that is
// not known makes Load list those that are.
func TestSchemaKeys(t *testing.T) {
	s := readSchema(t)
	s.Definitions["whole"] = schemaNode{Properties: s.Properties}
	without := map[string]bool{"nodes": true, "concepts": true} // keys of their own
	for name, text := range map[string]string{
		"whole":         "zzzzzz: x",
		"crawl":         "crawl: {zzzzzz: x}",
		"slack":         "slack: {zzzzzz: x}",
		"alerts":        "alerts: {zzzzzz: x}",
		"route":         "alerts: {routes: [{zzzzzz: x}]}",
		"if_unanswered": "alerts: {routes: [{if_unanswered: {zzzzzz: x}}]}",
		"sink":          "sinks: [{zzzzzz: x}]",
		"storm":         "alerts: {storm: {zzzzzz: x}}",
		"mail":          "mail: {zzzzzz: x}",
		"auth":          "auth: {zzzzzz: x}",
		"auth_user":     "auth: {users: [{zzzzzz: x}]}",
		"channel":       "alerts: {channels: [{zzzzzz: x}]}",
		"source":        "sources: [{zzzzzz: x}]",
		"basic_auth":    "sources: [{basic_auth: {zzzzzz: x}}]",
		"defaults":      "defaults: {zzzzzz: x}",
		"rule":          "rules: [{zzzzzz: x}]",
		"escalate":      "rules: [{escalate: {zzzzzz: x}}]",
		"burst":         "rules: [{burst: {zzzzzz: x}}]",
		"expect":        "rules: [{expect: {zzzzzz: x}}]",
		"node":          "rules: [{any: [{zzzzzz: x, any: [a]}]}]",
		"filter":        "rules: [{only: {zzzzzz: x}}]",
		"test":          "rules: [{tests: [{zzzzzz: x}]}]",
		"story":         "rules: [{tests: [{match: {zzzzzz: x}}]}]",
	} {
		_, mistakes := loadText(t, text)
		i := slices.IndexFunc(mistakes, func(m config.Mistake) bool { return strings.Contains(m.Message, "`zzzzzz`") })
		if i < 0 {
			t.Errorf("%s: %v", name, mistakes)
			continue
		}
		known := strings.Split(strings.TrimPrefix(mistakes[i].Hint, "known keys: "), ", ")
		if diff := cmp.Diff(known, slices.Sorted(maps.Keys(s.Definitions[name].Properties))); diff != "" {
			t.Errorf("%s: read (-), in the schema (+):\n%s", name, diff)
		}
		without[name] = true
	}
	for name := range s.Definitions {
		if !without[name] {
			t.Errorf("%s is not compared", name)
		}
	}
}

// TestSchemaDescriptions: every key says what it is for, and no map takes keys
// that are not listed.
func TestSchemaDescriptions(t *testing.T) {
	s := readSchema(t)
	s.Definitions["the whole"] = schemaNode{Properties: s.Properties, Additional: s.Additional}
	keys := 0
	for name, d := range s.Definitions {
		if len(d.Properties) > 0 && d.Additional != false {
			t.Errorf("%s takes other keys", name)
		}
		for key, p := range d.Properties {
			keys++
			if len(p.Description) < 10 || !strings.HasSuffix(p.Description, ".") {
				t.Errorf("%s: %s is described as %q", name, key, p.Description)
			}
		}
	}
	if keys < 100 {
		t.Errorf("only %d keys", keys)
	}
}

// TestSchemaReferences: every reference leads somewhere, and every definition
// is used.
func TestSchemaReferences(t *testing.T) {
	used := map[string]bool{}
	for i, part := range strings.Split(string(config.Schema()), `"#/definitions/`) {
		if name, _, _ := strings.Cut(part, `"`); i > 0 {
			used[name] = true
		}
	}
	defined := map[string]bool{}
	for name := range readSchema(t).Definitions {
		defined[name] = true
	}
	if diff := cmp.Diff(defined, used); diff != "" {
		t.Errorf("defined (-), used (+):\n%s", diff)
	}
}

// TestSchemaDefaults: the defaults that editors show are those that hold.
func TestSchemaDefaults(t *testing.T) {
	s := readSchema(t)
	c, mistakes := loadText(t, "sources: [{name: a, feed: \"https://a.example/\"}]\nalerts: {default_channel: a}\nrules: [{name: a, any: [x]}]\n")
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	d := s.Definitions
	for name, want := range map[string]struct {
		schema schemaNode
		value  any
	}{
		"storage":       {s.Properties["storage"], c.Storage},
		"listen":        {s.Properties["listen"], c.Listen},
		"timezone":      {s.Properties["timezone"], c.Timezone.String()},
		"retention":     {s.Properties["retention"], "90d"},
		"workers":       {d["crawl"].Properties["workers"], float64(c.Crawl.Workers)},
		"timeout":       {d["crawl"].Properties["timeout"], "30s"},
		"host_interval": {d["crawl"].Properties["host_interval"], "1s"},
		"api_url":       {d["slack"].Properties["api_url"], c.Slack.APIURL},
		"first_run":     {d["alerts"].Properties["first_run"], "6h"},
		"max_age":       {d["alerts"].Properties["max_age"], "48h"},
		"severity":      {d["rule"].Properties["severity"], c.Definition.Rules[0].Severity.String()},
		"full_text":     {d["source"].Properties["full_text"], string(c.Sources[0].FullText)},
	} {
		if want.schema.Default != want.value {
			t.Errorf("%s: the schema says %v, the default is %v", name, want.schema.Default, want.value)
		}
	}
	same, mistakes := loadText(t, "retention: 90d\ncrawl: {timeout: 30s, host_interval: 1s}\nalerts: {first_run: 6h, max_age: 48h}\n")
	if mistakes != nil || same.Retention != c.Retention ||
		same.Crawl.Timeout != c.Crawl.Timeout || same.Crawl.HostInterval != c.Crawl.HostInterval ||
		same.Alerts.FirstRun != c.Alerts.FirstRun || same.Alerts.MaxAge != c.Alerts.MaxAge {
		t.Errorf("the defaults written out are others: %+v", same)
	}
}

// TestSchemaWords: the words that editors offer are those that are accepted.
func TestSchemaWords(t *testing.T) {
	d := readSchema(t).Definitions
	for name, c := range map[string]struct {
		schema schemaNode
		yaml   string // %s stands for the word
	}{
		"full_text": {d["source"].Properties["full_text"], "sources: [{name: a, feed: \"https://a.example/\", full_text: %s}]"},
		"robots":    {d["source"].Properties["robots"], "sources: [{name: a, feed: \"https://a.example/\", robots: %s}]"},
		"severity":  {d["rule"].Properties["severity"], "rules: [{name: a, any: [x], severity: %s}]"},
		"routes":    {d["route"].Properties["severity"], "alerts: {routes: [{to: a, severity: %s}]}"},
		"in":        {d["node"].Properties["in"], "rules: [{name: a, any: [x], in: %s}]"},
		"within":    {d["node"].Properties["within"], "rules: [{name: a, all: [x, y], within: %s}]"},
	} {
		words := offered(c.schema)
		if len(words) < 2 {
			t.Errorf("%s: the schema offers %q", name, words)
		}
		for _, word := range words {
			if _, mistakes := loadText(t, strings.ReplaceAll(c.yaml, "%s", word)); mistakes != nil {
				t.Errorf("%s: %v", name, mistakes)
			}
		}
	}
}

func offered(s schemaNode) []string {
	var all []string
	for _, word := range s.Enum {
		all = append(all, word.(string))
	}
	for _, one := range append(slices.Clone(s.AnyOf), s.AllOf...) {
		all = append(all, offered(one)...)
	}
	return all
}

// TestStarterSaysItsSchema: editors find the schema beside the starter.
func TestStarterSaysItsSchema(t *testing.T) {
	for _, name := range []string{"copytaster.yaml", "rules.yaml", "sources.yaml"} {
		text, err := fs.ReadFile(config.Starter(), name)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(text), "# yaml-language-server: $schema=copytaster.schema.json\n") {
			t.Errorf("%s does not begin with its schema", name)
		}
	}
}
