package browser_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// audit is the JavaScript that has axe look at a page, and returns what people would stumble on.
// What only another width or other colours change is all that is looked at once more.
const audit = `axe.run(document, {resultTypes: ["violations"]%s}).then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact))
	.flatMap(v => v.nodes.map(n => v.impact + " " + v.id + ": " + n.html.slice(0, 160) + " " + n.failureSummary.replace(/\s+/g, " ").slice(0, 200))))`

// TestAccessible: axe finds nothing serious on any page, in any colours, on a desktop or a phone.
func TestAccessible(t *testing.T) {
	axe, err := os.ReadFile("testdata/axe.min.js")
	if err != nil {
		t.Fatal(err)
	}
	surf(t, func(s *surfer) {
		d, b := start(t, users), s.tab()
		check := func(page string) {
			t.Helper()
			for _, l := range looks {
				b.by(l)
				some := map[bool]string{true: `, runOnly: ["color-contrast", "link-in-text-block"]`}[l.scheme == "dark"]
				script := fmt.Sprintf(audit, some)
				for _, found := range run(b, "audit "+page, chromedp.Evaluate[[]string](script, chromedp.EvalAwaitPromise)) {
					t.Errorf("%s, %s: %s", page, l.name, found)
				}
			}
		}
		load := func(page string) {
			t.Helper()
			b.open(d.base + page)
			b.do("load axe", chromedp.Evaluate[chromedp.Void](string(axe)+"; undefined"))
		}
		load("/")
		check("/login")
		enter(b, "ada", "wrong")
		b.says("is wrong")
		b.do("load axe", chromedp.Evaluate[chromedp.Void](string(axe)+"; undefined"))
		check("/login, with a wrong password")
		enter(b, "ada", "correct-horse")
		b.says("Log out")
		pages := everyPage(b, d.base)
		if !strings.HasPrefix(pages[len(pages)-1], "/story?id=") {
			t.Fatalf("no page of a story among %v", pages)
		}
		for _, page := range pages {
			load(page)
			check(page)
		}
		load("/try")
		tried(b)
		check("/try, with what came of it")
		b.fill("#rule", "all: [")
		b.says("That is no rule")
		b.wait(atRest)
		check("/try, with a mistake")
	})
}
