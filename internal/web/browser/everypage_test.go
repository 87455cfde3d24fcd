package browser_test

import (
	"strconv"

	"github.com/chromedp/chromedp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// everyPage lists pages of each kind, in each of their states.
func everyPage(b *tab, base string) []string {
	b.t.Helper()
	pages := []string{
		"/", "/?said=got", "/deliveries", "/deliveries?state=parked", "/deliveries?state=dead", "/sources", "/source?name=fjord-times", "/source?name=vostok-wire", "/snoozes", "/snooze?rule=kim-putin-arms", "/snooze?alert=1", "/rules", "/rule?name=kim-putin-arms",
		"/story", "/story?url=example.org/a", "/try", "/config", "/docs/", "/docs/sizing", "/nothing",
	}
	return append(pages, links(b, base+"/rule?name=kim-putin-arms", "/story?id=")[0])
}

// atRest is true once nothing of the page is dimmed while something is asked for.
const atRest = `document.querySelector("[aria-busy]") === null`

// tried fills in the form to try a rule, and waits for what comes of it.
func tried(b *tab) {
	b.t.Helper()
	b.fill("#rule", "all: [[kim, 김정은], putin]")
	b.fill("#text", "Kim Jong Un speaks\nPutin's envoy listens.")
	b.wait(`document.querySelectorAll("#result svg.bars rect").length > 0`)
	b.wait(atRest)
}

// links are those of a page that begin with a path.
func links(b *tab, page, path string) []string {
	b.t.Helper()
	b.open(page)
	return run(b, "read links", chromedp.Evaluate[[]string](
		`[...new Set([...document.querySelectorAll("main a")].map(a => a.getAttribute("href")).filter(h => h.startsWith("`+path+`")))]`))
}
