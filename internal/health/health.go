// Package health turns what the crawls of a source gave into a verdict on the
// source. Call Judge after every crawl with the state that the last call
// returned, and tell people what Message says whenever the verdict changed.
//
// The verdict has hysteresis: three bad crawls in a row that point the same way
// change it for the worse, two good ones in a row make it ok again. So one
// hiccup is no news, and a source that flaps is reported once.
//
// A State is small and is meant to be stored as JSON beside the source.
package health

import (
	"errors"
	"fmt"

	"github.com/copytaster/copytaster/internal/news"
)

// Verdict is what is thought of a source.
type Verdict string

// The verdicts.
const (
	Unknown  Verdict = ""           // too little was seen of it
	OK       Verdict = "ok"         // its list can be read
	Failing  Verdict = "failing"    // it cannot be reached, or answers with an error
	Blocked  Verdict = "blocked"    // it does not let us in: robots.txt, 401, 403, 429, a private address
	Gone     Verdict = "gone"       // 404 or 410: the list is no longer there
	NotAList Verdict = "not a list" // something answers, but it is no feed, sitemap or index page
	Empty    Verdict = "empty"      // the list can be read, and lists nothing
)

// toWorse and toOK are how many crawls in a row it takes to change the verdict.
const (
	toWorse = 3
	toOK    = 2
)

// State is the verdict on a source and what may change it. The zero State is
// that of a source which was never crawled.
type State struct {
	Verdict Verdict `json:"verdict,omitempty"`
	Leaning Verdict `json:"leaning,omitempty"` // what the last crawl alone says
	Streak  int     `json:"streak,omitempty"`  // how many crawls in a row have said so
	Bad     int     `json:"bad,omitempty"`     // how many crawls in a row went wrong, in whatever way
	Detail  string  `json:"detail,omitempty"`  // what the last bad crawl said
}

// Healthy reports whether there is nothing to worry about.
func (s State) Healthy() bool { return s.Verdict == OK || s.Verdict == Unknown }

// Outcome is what one crawl of a source's list gave.
type Outcome struct {
	Err   error // nil when the list was read, or was not modified
	Empty bool  // the list was read and held no story; false when it was not modified
}

// Judge returns the state after one more crawl, and whether people should be
// told. The first good crawl of a source makes it ok without a word. A
// *news.LaterError is no outcome: the source has not been asked.
func Judge(prev State, o Outcome) (next State, changed bool) {
	if _, later := errors.AsType[*news.LaterError](o.Err); later {
		return prev, false
	}
	next = prev
	next.Leaning, next.Streak = lean(o), 1
	if next.Leaning == prev.Leaning {
		next.Streak = min(prev.Streak+1, toWorse) // a stable state stays byte for byte the same
	}
	if next.Leaning == OK {
		next.Bad = 0
		return judgeGood(next)
	}
	next.Bad = min(prev.Bad+1, toWorse)
	next.Detail = detail(o)
	return judgeBad(next)
}

func judgeGood(s State) (State, bool) {
	switch {
	case s.Verdict == OK:
	case s.Verdict == Unknown:
		s.Verdict = OK
	case s.Streak >= toOK:
		s.Verdict, s.Detail = OK, ""
		return s, true
	}
	return s, false
}

// judgeBad makes a healthy source bad after any toWorse bad crawls in a row. A
// bad source changes its verdict only when as many agree on another one:
// servers in trouble time out and refuse by turns.
func judgeBad(s State) (State, bool) {
	if s.Leaning == s.Verdict {
		return s, false
	}
	if s.Healthy() && s.Bad >= toWorse || s.Streak >= toWorse {
		s.Verdict = s.Leaning
		return s, true
	}
	return s, false
}

// lean is what one crawl alone says of the source.
func lean(o Outcome) Verdict {
	var crawl *news.CrawlError
	switch {
	case o.Err == nil && o.Empty:
		return Empty
	case o.Err == nil:
		return OK
	case !errors.As(o.Err, &crawl):
		return Failing
	}
	switch crawl.Fault {
	case news.FaultRobots, news.FaultRefused, news.FaultThrottled:
		return Blocked
	case news.FaultGone:
		return Gone
	case news.FaultContent:
		return NotAList
	case news.FaultStatus:
		return leanByStatus(crawl.Status)
	}
	return Failing
}

func leanByStatus(status int) Verdict {
	switch status {
	case 401, 402, 403, 429, 451: // not without a login, money, permission, patience, a law
		return Blocked
	case 404, 410:
		return Gone
	}
	return Failing
}

func detail(o Outcome) string {
	if o.Err == nil {
		return ""
	}
	return o.Err.Error()
}

// Message says in one line, for the operators, how the verdict on a source has
// changed and what may be done about it.
func Message(source string, old, next State) string {
	if next.Verdict == OK {
		return fmt.Sprintf("source %s is ok again (it was %s)", source, old.Verdict)
	}
	msg := fmt.Sprintf("source %s is %s: %s", source, next.Verdict, advice(next.Verdict))
	if next.Detail != "" {
		msg += "; last: " + next.Detail
	}
	return msg
}

func advice(v Verdict) string {
	switch v {
	case Blocked:
		return "it does not let copytaster in, ask the site or look at its robots.txt"
	case Gone:
		return "its list is no longer at this address, `copytaster discover` may find the new one"
	case NotAList:
		return "what it serves is neither a feed nor a sitemap nor an index page, perhaps a consent or captcha page"
	case Empty:
		return "its list is read and has no stories, the site may have been redesigned"
	default:
		return "it cannot be read, copytaster keeps trying at longer intervals"
	}
}
