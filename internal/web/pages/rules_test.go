package pages_test

import (
	"html"
	"path/filepath"
	"strings"
	"testing"
)

// TestRuleText: the page of a rule shows it as it is written, whatever that is, with its tests,
// those that fail first.
func TestRuleText(t *testing.T) {
	written := "- name: paid # </textarea><script>alert(1)</script>\n  any:\n    - Kim\n    - \"</textarea><img src=x onerror=alert(1)>\"\n" +
		"  tests:\n    - match: Kim </textarea> speaks\n    - match: Snow </li><script>falls\n    - no match: Rain\n" +
		"    - match:\n        title: Kim is back"
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "  "+strings.ReplaceAll(written, "\n", "\n  "))
	body := ask(h, "GET", "/rule?name=paid").Body.String()
	onlyOurs(t, "paid", body)
	for _, want := range []string{
		html.EscapeString(written) + "</textarea>", `rows="10"`, "Written in ", "copytaster.yaml, line ", "Of its tests 3 passed and 1 failed.",
		"</span> no match: <bdi>Rain</bdi>", "match: <bdi>Kim is back</bdi>",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	failed, passed := strings.Index(body, "✗ failed"), strings.Index(body, `<span class="yes">✓`)
	if failed < 0 || passed < failed {
		t.Fatalf("the test that fails is not first:\n%s", body)
	}
	if told := body[failed:passed]; !strings.Contains(told, "Snow &lt;/li&gt;") || !strings.Contains(told, "none of 2 terms found") {
		t.Errorf("the page does not say why a test fails: %s", told)
	}
	if body := ask(h, "GET", "/rule?name=kim").Body.String(); strings.Contains(body, "Its tests") || strings.Contains(body, "Changed in") {
		t.Error("a rule without tests or changes shows some")
	}
}

// TestRuleHidesSecrets: what is a secret by its form is shown nowhere, whatever of a rule it stands in.
func TestRuleHidesSecrets(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), `  - name: leaky
    any: [Leak]
    note: post it to https://hooks.slack.com/services/T0/B0/hunter2
    instruction: "curl -H 'Authorization: Bearer hunter2' https://desk:hunter2@desk.example/"
    topic: xoxb-1-hunter2
    # whsec_hunter2hunter2
    tests:
      - match: Leak of xapp-1-hunter2
`)
	for _, at := range []string{"/rule?name=leaky", "/rules", "/config", "/try?rule=leaky"} {
		body := ask(h, "GET", at).Body.String()
		if !strings.Contains(body, "leaky") || strings.Contains(body, "hunter2") {
			t.Errorf("%s lacks the rule, or shows a secret of it:\n%s", at, body)
		}
	}
}
