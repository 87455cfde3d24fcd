package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPlayground: while somebody types a rule the page says what each clause is worth on a text,
// and how many stories of the archive it would find.
func TestPlayground(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, ""), s.tab()
		b.open(d.base + "/try")
		b.fill("#text", "Kim writes to the port\nNothing else is known.")
		b.fill("#rule", "all: [kim, putin]")
		b.says("✗ does not match")
		b.wait(`document.querySelector("#result").innerText.includes("✓ all[0]") || document.querySelectorAll("#result .yes").length === 1`)
		b.wait(`document.querySelectorAll("#result .no").length > 0`)
		b.wait(`document.querySelectorAll("#result svg.bars rect").length === 7`)
		before := run(b, "read the bars", chromedp.Evaluate[string](`document.querySelector("#result svg.bars").getAttribute("aria-label")`))
		b.fill("#rule", "any: [kim, port]")
		b.says("✓ matches")
		b.wait(`document.querySelectorAll("#result mark").length === 2`)
		b.wait(`document.querySelector("#result svg.bars").getAttribute("aria-label") !== "` + before + `"`)
		b.wait(`[...document.querySelectorAll("#result svg.bars rect")].some(r => r.height.baseVal.value > 20)`)
		b.says("dated before or after") // those of the demo
		b.fill("#rule", "any: [kim, port")
		b.says("That is no rule")
		b.fill("#rule", "\b") // nothing
		b.wait(`document.querySelectorAll("#verdict > *, #found > *").length === 0`)
		article := "<h1>Kim sees the port</h1>" + strings.Repeat("<p>The freighter left the harbour of Emden in the morning, with a crew of nine.</p>", 6)
		web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, "<html><title>Kim sees the port</title><article>"+article+"</article></html>")
		}))
		defer web.Close()
		b.fill("#rule", "all: [kim, freighter]")
		b.fill("#text", web.URL+"/a")
		b.says("Try reads its page")
		b.press("main", "Try")
		b.says("✓ matches")
		b.says("Its page as it was read at")
		b.fill("#rule", "all: [kim, freighter, harbour]") // it is not read again
		b.wait(`document.querySelector("#result .clauses, #result .plain").innerText.includes("harbour")`)
		b.says("✓ matches")
		b.wait(`(window.native = window.fetch, window.fetch = () => Promise.reject(), true)`)
		b.fill("#rule", "any: [freighter]")
		b.says("does not answer") // and no verdict of before
		b.wait(`document.querySelectorAll("#result .tag, #result svg").length === 0`)
		const busy = "<main><h1>Service Unavailable</h1><p>Others read the archive just now.</p></main>"
		b.wait(`(window.fetch = (at, how) => how.body.has("part") ? window.native(at, how) : Promise.resolve(new Response("` + busy + `", {status: 503})), true)`)
		b.fill("#rule", "all: [freighter]")
		b.says("Others read the archive just now.") // and the verdict stays
		b.says("✓ matches")
		b.wait(`(window.fetch = window.native, true)`)
		b.press("main", "Try")
		b.says("✓ matches")
		if got := run(b, "where", chromedp.Location()); got != d.base+"/try" {
			t.Errorf("the page was left for %s", got)
		}
	})
}
