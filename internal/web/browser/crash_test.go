package browser_test

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestCrash: when the browser ends a test begins once more, with another one.
func TestCrash(t *testing.T) {
	tries := 0
	surf(t, func(s *surfer) {
		b := s.tab()
		if tries++; tries == 1 {
			if err := chromedp.FromContext(s.browser).Browser.Process().Kill(); err != nil {
				t.Fatal(err)
			}
			<-chromedp.FromContext(s.browser).Browser.LostConnection
		}
		b.open("data:text/html,<p>hello")
		b.says("hello")
	})
	if tries != 2 {
		t.Errorf("it took %d tries", tries)
	}
}
