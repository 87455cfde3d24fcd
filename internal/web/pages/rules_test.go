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
