package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
)

// TestAllAtOnce: a config with mistakes in every corner names each.
func TestAllAtOnce(t *testing.T) {
	var text strings.Builder
	text.WriteString("sources:\n")
	for i := range 100 {
		fmt.Fprintf(&text, "  - {name: s%d, feed: nowhere, schedule: now, shedule: x}\n", i)
	}
	_, mistakes := loadText(t, text.String())
	if len(mistakes) != 300 {
		t.Errorf("%d mistakes, want 300", len(mistakes))
	}
	if !slices.IsSortedFunc(mistakes, func(a, b config.Mistake) int { return a.Line - b.Line }) {
		t.Error("they are not in the order of the lines")
	}
}

// TestTooMany: nobody reads more than a thousand; the rest is counted, and
// warnings are dropped first.
func TestTooMany(t *testing.T) {
	var text strings.Builder
	text.WriteString("alerts:\n  routes:\n    - {to: a, rule: nobody}\nsources:\n")
	for range 3000 {
		text.WriteString("  - {nmae: x}\n")
	}
	_, mistakes := loadText(t, text.String())
	if len(mistakes) != 1001 || len(mistakes.Errors()) != 1001 {
		t.Fatalf("%d mistakes, %d of them errors", len(mistakes), len(mistakes.Errors()))
	}
	if last := mistakes[1000].Error(); last != "copytaster.yaml: and 2000 more" {
		t.Errorf("the last is %q", last)
	}
}

// TestMistakeJSON is the shape of `check --format json`.
func TestMistakeJSON(t *testing.T) {
	_, mistakes := loadText(t, "suorces: []\nretention: 1h\n")
	got, err := json.Marshal(mistakes)
	if err != nil {
		t.Fatal(err)
	}
	want := "[" +
		"{\"file\":\"copytaster.yaml\",\"line\":1,\"column\":1,\"message\":\"unknown key `suorces` in a config file\",\"hint\":\"did you mean `sources`?\",\"severity\":\"error\"}," +
		`{"file":"copytaster.yaml","line":2,"column":12,"message":"\"1h\" is too short: at least 1d","severity":"error"}]`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestMistakePrint(t *testing.T) {
	m := config.Mistake{File: "a.yaml", Line: 12, Column: 3, Message: "no", Hint: "yes", Severity: config.Warning, Excerpt: "\t김x: y"}
	var b bytes.Buffer
	if err := m.Print(&b); err != nil {
		t.Fatal(err)
	}
	want := "a.yaml:12:3: warning: no\n   12 | \t김x: y\n      | \t\u3000^\n  hint: yes\n"
	if diff := cmp.Diff(want, b.String()); diff != "" {
		t.Error(diff)
	}
	if got := (config.Mistake{File: "a.yaml", Message: "there is no such file", Severity: config.Error}).Error(); got != "a.yaml: there is no such file" {
		t.Errorf("of a whole file: %q", got)
	}
}

// TestSecretsNeverShown puts a secret wherever one may be pasted, then breaks
// the config in many ways: no message and no source line may hold it.
func TestSecretsNeverShown(t *testing.T) {
	const secret = "hunter2"
	right := `storage: postgres://anna:hunter2@db/news
slack:
  token: hunter2
sources:
  - name: a
    feed: https://a.example/
    headers: {X-Key: hunter2, X-More: "hunter2"}
    proxy: http://anna:hunter2@proxy:3128
  - name: b
    feed: https://b.example/
    headers:
      Authorization: Bearer hunter2
      Cookie: |
        session=hunter2
`
	breaks := []string{"\t", "[", "{", "\"", "'", ": ", "*", "&", "!", "#", "@", "%", "- ", "\n", "x", "\x00", "\xff", "${A}", "|", ">", ","}
	for i := range right {
		for _, wrong := range append(breaks, "without") {
			text := right[:i] + wrong + right[i:]
			if wrong == "without" {
				text = right[:i] + right[i+1:]
			}
			if _, mistakes := loadText(t, text); strings.Contains(mistakes.Error(), secret) {
				t.Fatalf("with %q at %d:\n%s", wrong, i, mistakes)
			}
		}
	}
}
