// Package browser_test uses the pages as people do, in a real browser.
package browser_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/chromedp"

	"github.com/copytaster/copytaster/internal/store/storetest"
)

// patience is how long anything may take: on a busy machine a browser is slow.
const patience = 90 * time.Second

func TestMain(m *testing.M) {
	code := storetest.Main(m)
	shared.close()
	seeded.close()
	os.Exit(code)
}

// chromium is a browser that all tests share; it starts when the first one asks for it.
type chromium struct {
	mu   sync.Mutex
	ctx  context.Context
	stop context.CancelFunc
}

var shared chromium

// running returns the context of a browser that works.
func (c *chromium) running(program string) (context.Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx != nil && !lost(c.ctx) {
		return c.ctx, nil
	}
	c.close()
	err := c.start(program)
	if err != nil {
		c.close()
		err = c.start(program)
	}
	return c.ctx, err
}

func (c *chromium) start(program string) error {
	alloc, end := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(program), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("lang", "en-GB"), chromedp.WSURLReadTimeout(patience))...)
	silent := chromedp.WithErrorf(func(string, ...any) {}) // of events that the library does not know yet
	ctx, quit := chromedp.NewContext(alloc, silent)
	c.ctx, c.stop = ctx, func() { quit(); end() }
	return chromedp.Do(ctx)
}

func (c *chromium) close() {
	if c.stop != nil {
		c.stop()
	}
}

// lost reports whether a browser has ended.
func lost(ctx context.Context) bool {
	b := chromedp.FromContext(ctx).Browser
	if b == nil {
		return true
	}
	select {
	case <-b.LostConnection:
		return true
	default:
		return false
	}
}

// crash is what a tab panics with when its browser, or its part of it, has ended.
type crash struct{ error }

// surf has a test use a browser. If the browser crashes, as it may where memory is short, the
// test begins once more: a crash says nothing about the pages. It is skipped where there is no
// Chromium, except in CI.
func surf(t *testing.T, act func(s *surfer)) {
	t.Helper()
	program, err := exec.LookPath("chromium")
	switch {
	case err != nil && os.Getenv("CI") != "":
		t.Fatal(err)
	case err != nil:
		t.Skip(err)
	}
	for try := 0; ; try++ {
		err := attempt(t, program, act)
		if err == nil {
			return
		}
		if try > 0 {
			t.Fatal(err)
		}
		t.Log("once more:", err)
	}
}

func attempt(t *testing.T, program string, act func(*surfer)) (err error) {
	t.Helper()
	ctx, err := shared.running(program)
	if err != nil {
		return err
	}
	s := &surfer{t: t, browser: ctx}
	defer s.leave()
	defer func() {
		switch failed := recover().(type) {
		case nil:
		case crash:
			err = failed
		default:
			panic(failed)
		}
	}()
	act(s)
	return nil
}

// surfer is somebody with a browser; what one keeps, such as cookies, another does not see.
type surfer struct {
	t       *testing.T
	browser context.Context
	first   *tab
	closers []context.CancelFunc
}

func (s *surfer) leave() {
	for _, c := range s.closers {
		c()
	}
}

// tab is one tab of a browser.
type tab struct {
	t       *testing.T
	ctx     context.Context
	crashed chan struct{}
}

// tab opens a tab.
func (s *surfer) tab() *tab {
	s.t.Helper()
	parent, opts := s.browser, []chromedp.ContextOption{chromedp.WithNewBrowserContext()}
	if s.first != nil {
		parent, opts = s.first.ctx, nil
	}
	ctx, cancel := chromedp.NewContext(parent, opts...)
	b := &tab{t: s.t, ctx: ctx, crashed: make(chan struct{})}
	if s.first == nil {
		s.first = b
		s.closers = append(s.closers, cancel) // and with it the tabs that it opened
	}
	b.do("open a tab", chromedp.Steps())
	var once sync.Once
	err := chromedp.Listen(ctx, func(ev any) {
		if _, ok := ev.(*inspector.EventTargetCrashed); ok {
			once.Do(func() { close(b.crashed) })
		}
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return b
}

// run runs an action in a tab.
func run[T any](b *tab, what string, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx := b.ctx
	if chromedp.FromContext(ctx).Target != nil { // else the tab would end with the action that opens it
		within, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		ctx = within
	}
	v, err := chromedp.Run(ctx, a)
	if err != nil {
		b.fail(what, err)
	}
	return v
}

// do runs an action that returns nothing.
func (b *tab) do(what string, a chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, what, a)
}

// fail ends the test, or has it begin again when the browser crashed.
func (b *tab) fail(what string, err error) {
	b.t.Helper()
	if b.gone() {
		panic(crash{fmt.Errorf("the browser crashed: %s: %w", what, err)})
	}
	b.t.Fatalf("%s: %v", what, err)
}

func (b *tab) gone() bool {
	select {
	case <-b.crashed:
		return true
	default:
		return lost(b.ctx)
	}
}

// open goes to a page.
func (b *tab) open(url string) {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
}

// wait waits until a JavaScript condition holds, also on a page that is still to come.
func (b *tab) wait(condition string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		held, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("!!document.body && !!("+condition+")"))
		if err == nil && held {
			return
		}
		select {
		case <-b.crashed:
			b.fail(condition, errors.New("its tab ended"))
		case <-ctx.Done():
			if !b.gone() {
				b.t.Fatalf("it never came: %s: %v; the page is %s", condition, err, b.text())
			}
			b.fail(condition, ctx.Err())
		case <-again.C:
		}
	}
}

// until opens a page again and again until a JavaScript condition holds on it.
func (b *tab) until(url, condition string) {
	b.t.Helper()
	again := time.NewTicker(200 * time.Millisecond)
	defer again.Stop()
	for end := time.Now().Add(patience); ; <-again.C {
		if b.open(url); b.holds(condition) {
			return
		}
		if time.Now().After(end) {
			b.t.Fatalf("it never came: %s; the page is %s", condition, b.text())
		}
	}
}

// says waits until the page says something.
func (b *tab) says(text string) {
	b.t.Helper()
	b.wait("document.body.innerText.includes(" + strconv.Quote(text) + ")")
}

// text is what the page says.
func (b *tab) text() string {
	b.t.Helper()
	return run(b, "read the page", chromedp.Evaluate[string](`location.href + "\n" + document.body.innerText`))
}

// holds reports whether a JavaScript condition holds at once.
func (b *tab) holds(condition string) bool {
	b.t.Helper()
	return run(b, condition, chromedp.Evaluate[bool]("!!("+condition+")"))
}

// button is the JavaScript of the first button in an element with some words.
func button(in, words string) string {
	return fmt.Sprintf(`[...document.querySelectorAll(%q)].find(b => b.textContent.startsWith(%q))`, in+" button", words)
}

// press presses a button with the mouse, as soon as it is there.
func (b *tab) press(in, words string) {
	b.t.Helper()
	b.wait(button(in, words))
	b.do("press "+words, chromedp.Click(chromedp.JSPath(button(in, words))))
}

// fill writes into a field of a form, instead of what stands there.
func (b *tab) fill(css, text string) {
	b.t.Helper()
	b.wait(fmt.Sprintf("document.querySelector(%q)", css))
	b.do("select "+css, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).select()", css)))
	b.do("fill "+css, chromedp.SendKeys(chromedp.CSS(css), text))
}

// key presses keys.
func (b *tab) key(keys string, opts ...chromedp.KeyOption) {
	b.t.Helper()
	b.do("press a key", chromedp.KeyEvent(keys, opts...))
}

// look is how somebody looks at pages.
type look struct {
	name   string
	width  int64
	scheme string // the colours that they prefer
}

var looks = []look{
	{"desktop-light", 1280, "light"}, {"desktop-dark", 1280, "dark"}, {"phone-light", 390, "light"}, {"phone-dark", 390, "dark"},
}

// by looks at pages in another way.
func (b *tab) by(l look) {
	b.t.Helper()
	b.do("set the width", chromedp.EmulateViewport(l.width, 900))
	b.do("set the colours", func(ctx context.Context, _ *chromedp.Target) (v chromedp.Void, err error) {
		_, err = chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: l.scheme}},
		})
		return v, err
	})
}

// plain switches JavaScript off, for the pages that are opened from now on.
func (b *tab) plain() {
	b.t.Helper()
	b.do("switch JavaScript off", func(ctx context.Context, _ *chromedp.Target) (v chromedp.Void, err error) {
		off := emulation.SetScriptExecutionDisabledParams{Value: true}
		_, err = chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, off)
		return v, err
	})
}
