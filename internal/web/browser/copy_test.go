package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestCopy: YAML is copied by a button, also where the browser keeps the clipboard from the page,
// and the button says so. What is tried gets its buttons when it is there.
func TestCopy(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, ""), s.tab()
		b.open(d.base + "/rule?name=kim-putin-arms")
		b.do("watch the clipboard", chromedp.Evaluate[chromedp.Void](
			`void (navigator.clipboard.writeText = async text => { window.copied = text; })`))
		b.press("main", "Copy: Written in")
		b.wait(`[...document.querySelectorAll(".copy [role=status]")].some(s => s.textContent === "Copied")`)
		b.wait(`window.copied && window.copied === document.querySelector("textarea.yaml").value`)

		b.open(d.base + "/try")
		b.do("take the clipboard away", chromedp.Evaluate[chromedp.Void](
			`void Object.defineProperty(navigator, "clipboard", { value: undefined })`))
		b.fill("#text", "Kim writes to the port\nNothing else is known.")
		b.fill("#rule", "any: [kim, putin]")
		b.says("✓ matches")
		b.press("#result", "Copy: ")
		b.wait(`[...document.querySelectorAll(".copy [role=status]")].some(s => s.textContent === "Copied")`)
		b.wait(`document.activeElement.textContent.startsWith("Copy")`)
		if !b.holds(`document.querySelectorAll("textarea.yaml").length === document.querySelectorAll(".copy button").length`) {
			t.Errorf("some YAML has no button, or two:\n%s", b.text())
		}
	})
}
