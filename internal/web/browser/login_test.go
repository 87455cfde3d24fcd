package browser_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/copytaster/copytaster/internal/login"
)

// users are one, Ada, whose password is "correct-horse".
const users = "auth: {users: [{name: ada, password_hash: $2a$10$VU.KuSTU5lYKYAifWKb3.OJr0ZHbCrg0jJrHCdzNBXM3VU7Kf6ioW}]}\n"

// enter logs in.
func enter(b *tab, name, password string) {
	b.t.Helper()
	b.wait(`document.querySelector("#password") && document.readyState === "complete"`)
	b.fill("#name", name)
	b.fill("#password", password)
	b.press("form", "Log in")
}

// TestLogin: who logs in sees the page that they wanted; who logs out, or stays for too long,
// sees nothing more, and neither does a page of theirs that is still open.
func TestLogin(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, users), s.tab()
		b.open(d.base + "/deliveries?state=sent")
		enter(b, "ada", "wrong")
		b.says("The name or the password is wrong.")
		enter(b, "ada", "correct-horse")
		b.says("Log out")
		if got := run(b, "where", chromedp.Location()); got != d.base+"/deliveries?state=sent" {
			t.Errorf("a login leads to %s", got)
		}
		open := s.tab()
		open.open(d.base)
		open.says("What nobody has answered")
		b.press("header", "Log out")
		b.says("Password")
		b.open(d.base + "/config")
		b.says("Password")
		open.do("come back to the open page", chromedp.Evaluate[chromedp.Void](`document.dispatchEvent(new Event("visibilitychange"))`))
		open.says("Password")

		enter(b, "ada", "correct-horse")
		b.says("crawl.host_interval")
		d.clock.pass(login.Lifetime + time.Minute)
		b.open(d.base + "/rules")
		b.says("Password")
	})
}

// TestLoginByStranger: what somebody else's browser keeps lets nobody in.
func TestLoginByStranger(t *testing.T) {
	surf(t, func(s *surfer) {
		d, b := start(t, users), s.tab()
		b.open(d.base)
		enter(b, "ada", "correct-horse")
		b.says("Log out")
		other := &surfer{t: t, browser: s.browser}
		defer other.leave()
		stranger := other.tab()
		stranger.open(d.base)
		stranger.says("Password")
	})
}
