package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// reachable lists what a keyboard has to reach, and focused says which of it has the focus.
const (
	reachable = `window.all = [...document.querySelectorAll("a[href], button, select, input:not([type=hidden]), textarea, summary, [tabindex='0']")]
		.filter(e => e.checkVisibility({visibilityProperty: true})), window.all.length`
	focused = `window.all.indexOf(document.activeElement)`
	// scroller is an element that is wider than it is shown: the browser itself lets it have the focus.
	scroller = `window.all.indexOf(document.activeElement) < 0 && document.activeElement !== document.body &&
		document.activeElement.scrollWidth > document.activeElement.clientWidth`
	marked = `(() => { const s = getComputedStyle(document.activeElement), r = document.activeElement.getBoundingClientRect();
		return s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2 && r.width > 0 && r.bottom > 0 && r.top < innerHeight; })()`
)

// TestKeyboard: the Tab key goes through all that a page has, in its order, each with a mark that
// is seen.
func TestKeyboard(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, users), s.tab()
		b.open(d.base)
		enter(b, "ada", "correct-horse")
		b.says("Log out")
		for _, page := range everyPage(b, d.base) {
			b.open(d.base + page)
			n := run(b, "count what is reachable", chromedp.Evaluate[int](reachable))
			for i := range n {
				b.key(kb.Tab)
				for b.holds(scroller) { // browsers let the arrow keys move these
					b.key(kb.Tab)
				}
				if at := run(b, "look", chromedp.Evaluate[int](focused)); at != i {
					t.Errorf("%s: the Tab key leads to %d instead of %d, %s", page, at, i,
						run(b, "look", chromedp.Evaluate[string](`(window.all[`+itoa(i)+`] || document.body).outerHTML.slice(0, 200)`)))
					break
				}
				if !b.holds(marked) {
					t.Errorf("%s: nobody sees that this has the focus: %s", page,
						run(b, "look", chromedp.Evaluate[string](`document.activeElement.outerHTML.slice(0, 200)`)))
				}
			}
		}
	})
}

// TestKeysAct: the skip link leads to the content; Enter and Space press what has the focus.
func TestKeysAct(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, ""), s.tab()
		b.open(d.base)
		b.key(kb.Tab)
		b.wait(`document.activeElement.className === "skip" && document.activeElement.getBoundingClientRect().left >= 0`)
		b.key(kb.Enter)
		b.wait(`document.activeElement.id === "main"`)
		b.key(kb.Tab)
		b.wait(`document.querySelector("#open").contains(document.activeElement)`)
		b.tabTo(button("#open", "Got it"))
		b.key(" ")
		b.says("You have it.")

		b.tabTo(`document.querySelector("summary")`)
		b.key(kb.Enter)
		b.wait(`document.querySelector("details").open`)
		b.key(" ")
		b.wait(`!document.querySelector("details").open`)

		b.open(d.base + "/story")
		b.tabTo(`document.querySelector("#url")`)
		b.key("example.org/a")
		b.key(kb.Enter)
		b.says("never listed")

		b.open(d.base + "/try")
		b.tabTo(`document.querySelector("#rule")`)
		b.key("any: [kim]")
		b.key(kb.Escape) // it takes nothing of what was typed
		b.key(kb.Tab)    // a text is left as any field is
		b.wait(`document.activeElement.id === "text" && document.querySelector("#rule").value === "any: [kim]"`)
		b.key(kb.Tab)
		b.key(kb.Enter)
		b.wait(`document.querySelectorAll("#result svg.bars rect").length === 7`)
	})
}

// tabTo presses the Tab key until an element has the focus.
func (b *tab) tabTo(element string) {
	b.t.Helper()
	b.wait(element)
	for range 200 {
		if b.holds(element + " === document.activeElement") {
			return
		}
		b.key(kb.Tab)
	}
	b.t.Fatalf("the Tab key never reaches %s", element)
}
