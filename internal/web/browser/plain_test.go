package browser_test

import (
	"testing"
)

// TestWithoutJavaScript: all that people do they can do by plain forms.
func TestWithoutJavaScript(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, users), s.tab()
		b.plain()
		b.open(d.base + "/try")
		enter(b, "ada", "correct-horse")
		b.says("Try a rule")
		b.fill("#rule", "any: [kim, putin]")
		b.fill("#text", "Kim writes")
		b.press("main", "Try")
		b.says("✓ matches")
		b.wait(`document.querySelectorAll("textarea.yaml[readonly]").length > 0 && !document.querySelector(".copy")`)
		b.wait(`document.querySelectorAll("#result svg.bars rect").length === 7`)

		b.open(d.base)
		b.press("#open", "Got it")
		b.says("You have it.")
		b.open(d.base + links(b, d.base+"/rule?name=kim-putin-arms", "/story?id=")[0])
		b.press("main", "Undo")
		b.says("That is taken back.")
		b.press("main", "Not relevant")
		b.says("not relevant, by ada")

		b.open(d.base + "/deliveries?state=parked")
		b.press("main", "Drop")
		b.says("was given up: nobody waits")
		b.open(d.base + "/deliveries?state=dead")
		b.press("main", "Retry")
		b.says("is due now.")
		b.press("header", "Log out")
		b.says("Password")
	})
}
