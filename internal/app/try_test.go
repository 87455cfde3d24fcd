package app_test

import (
	"io"
	"strings"
	"testing"
	"time"
)

// TestTry: a rule is tried by its name, and as YAML in the forms that people type. What is
// wrong with one is said, whatever it is.
func TestTry(t *testing.T) {
	site, slack := newWireSite(t), answerSlack(t)
	site.add("Kim met Putin")
	run(t, io.Discard, serving(t, answerConfig(t, t.TempDir()+"/copytaster.db", slack, site)))
	first(t, slack)
	await(t, "two connections", func() bool { return slack.Link.Open() == 2 })
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'j'; i++ {
		bomb += strings.NewReplacer("N", string(i), "P", string(i-1)).Replace("N: &N [*P,*P,*P,*P,*P,*P,*P,*P,*P]\n")
	}
	for i, tt := range []struct{ typed, want string }{
		{"kim", "kim would have taken 1 of 1 story of the last 7 days, about 0.1 a day\nKim met Putin · "},
		{"kin", "There is no rule kin. Did you mean kim?"},
		{"nonsense", "A rule as YAML looks like all: [kim, putin]."},
		{"all: [Kim, Putin]", "tried would have taken 1 of 1 story"},
		{"all: [“Kim”, Trump]", "tried would have taken 0 of 1 story"},
		{"- {all: [Kim]}", "tried would have taken 1 of 1 story"},
		{"{name: mine, any: [Kim]}", "mine would have taken 1 of 1 story"},
		{"name: mine\nall:\n  - Kim\nnever:\n  - Putin", "mine would have taken 0 of 1 story"},
		{"- any:\n    - Kim", "tried would have taken 1 of 1 story"},
		{"rules:\n- {name: one, any: [Kim]}\n- {name: two, any: [Xi]}", "two would have taken 0 of 1 story"},
		{"al: [Kim]", "That is no rule:"},
		{"all: [Kim]\nanny: [Putin]", "line 2, “anny: [Putin]”: unknown key"},
		{"- all: [Kim]\n  severity: hi", "line 2, “severity: hi”:"},
		{"rules:\n- {name: one, any: [Kim]}\n- {name: two, anny: [Xi]}", "line 3, “- {name: two, anny: [Xi]}”:"},
		{"all: [", "That is no rule:"},
		{"all: [$nobody]", "unknown concept $nobody"},
		{"storage: postgres://example.org/news", "That is no rule:"},
		{"include: [/etc/passwd]", "That is no rule:"},
		{"all: [<@U0ANNA00001>, <!channel>]", "tried would have taken 0 of 1 story"},
		{bomb, "That is no rule:"},
		{strings.Repeat("[", 9000), "That is no rule"},
	} {
		before := len(slack.Whispers("U0ANNA00001"))
		began := time.Now()
		if _, err := slack.As("U0ANNA00001").Slash("news", "/copytaster", "try "+tt.typed); err != nil {
			t.Fatal(err)
		}
		await(t, "an answer", func() bool { return len(slack.Whispers("U0ANNA00001")) > before })
		said := slack.Whispers("U0ANNA00001")[before].Text
		if !strings.Contains(said, tt.want) {
			t.Errorf("%d. %.80q: told %q after %s, want %q", i, tt.typed, said, time.Since(began), tt.want)
		}
	}
}
