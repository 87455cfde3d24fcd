package browser_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPictures: nothing on any page is wider than the screen. COPYTASTER_PICTURES is a folder that
// keeps a picture of each page, for people to look at.
func TestPictures(t *testing.T) {
	folder := os.Getenv("COPYTASTER_PICTURES")
	surf(t, func(s *surfer) {
		d, b := start(t, users), s.tab()
		shoot := func(name string) {
			t.Helper()
			for _, l := range looks {
				b.by(l)
				if !b.holds("document.documentElement.scrollWidth <= innerWidth") {
					t.Errorf("%s, %s: the page is wider than the screen, by %s", name, l.name, run(b, "look for it", chromedp.Evaluate[string](widest)))
				}
				if folder == "" {
					continue
				}
				out := filepath.Join(folder, fmt.Sprintf("%s-%s.png", name, l.name))
				if err := os.WriteFile(out, run(b, "draw "+name, chromedp.FullScreenshot(100)), 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.open(d.base)
		shoot("login")
		enter(b, "ada", "wrong")
		b.says("is wrong")
		shoot("login-wrong")
		enter(b, "ada", "correct-horse")
		b.says("Log out")
		for _, page := range everyPage(b, d.base) {
			b.open(d.base + page)
			shoot("page-" + strings.Trim(strings.NewReplacer("/", "-", "?", "-", "=", "-", "&", "-", ".", "-").Replace(page), "-"))
		}
		b.open(d.base + "/try")
		tried(b)
		shoot("try-tried")
		b.fill("#rule", "all: [")
		b.says("That is no rule")
		shoot("try-wrong")
	})
}

// widest is the JavaScript that finds what is too wide.
const widest = `([...document.querySelectorAll("main *, header *")].find(e => e.getBoundingClientRect().right > innerWidth + 1 &&
	!e.closest(".wide, pre, .document table")) || document.body).outerHTML.slice(0, 200)`
