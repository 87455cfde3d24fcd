package browser_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/copytaster/copytaster/internal/slackfake"
)

// TestAnswer: what one person answers shows in the tab of another, which nobody reloads, and so
// does that they take it back.
func TestAnswer(t *testing.T) {
	surf(t, func(s *surfer) {
		d := start(t, "")
		mine, other := s.tab(), s.tab()
		other.open(d.base)
		mine.open(d.base)
		other.wait(button("#open", "Got it"))
		other.wait(`window.mark = "not reloaded"`)
		list := `[...document.querySelectorAll("#open li")].map(l => l.querySelector("a").innerText).join("; ")`
		before := run(other, "read what is open", chromedp.Evaluate[string](list))
		story := run(mine, "find the story", chromedp.Evaluate[string](`document.querySelector("#open li a").href`))
		mine.press("#open", "Got it")
		mine.says("You have it.")
		other.wait(fmt.Sprintf("%s !== %q", list, before))
		mine.open(story)
		mine.says("got by somebody on this machine")
		mine.press("main", "Undo")
		mine.says("That is taken back.")
		other.wait(fmt.Sprintf("%s === %q", list, before))
		if !other.holds(`window.mark === "not reloaded"`) {
			t.Error("the other tab was reloaded")
		}
	})
}

// TestStale: a page that cannot be kept up to date says so, and no more when it can be again.
func TestStale(t *testing.T) {
	surf(t, func(s *surfer) {
		d := start(t, "")
		b := s.tab()
		b.open(d.base)
		const stale = `document.querySelector("#state").innerText.includes("has not been kept up to date since")`
		const look = `document.dispatchEvent(new Event("visibilitychange")), true`
		b.wait(`(window.native ??= window.fetch, window.fetch = () => Promise.reject(), ` + look + `)`)
		b.wait(stale + ` && document.querySelector("#state").className === "state bad"`)
		b.wait(`(window.fetch = window.native, ` + look + `)`)
		b.wait(`!` + stale)
		d.stop()
		b.wait(stale)
	})
}

// TestRetry: a delivery that was given up is retried, and arrives once what was wrong is mended.
func TestRetry(t *testing.T) {
	surf(t, func(s *surfer) {
		d := start(t, "")
		b := s.tab()
		b.open(d.base + "/deliveries?state=parked")
		b.press("main", "Drop")
		b.says("was given up: nobody waits")
		d.slack.AddChannel(slackfake.Channel{Name: missing, Member: true})
		b.open(d.base + "/deliveries?state=dead")
		b.press("main", "Retry")
		b.wait(`new URLSearchParams(location.search).get("done") === "retried"`)
		done, err := url.Parse(run(b, "where", chromedp.Evaluate[string]("location.href")))
		if err != nil {
			t.Fatal(err)
		}
		b.until(d.base+"/deliveries?state=sent", `[...document.querySelectorAll("tbody th")].some(e => e.textContent === "`+done.Query().Get("id")+`")`)
		if len(d.slack.Messages(missing)) == 0 {
			t.Error("nothing arrived in the channel")
		}
	})
}
