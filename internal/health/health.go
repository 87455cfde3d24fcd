// Package health turns what the crawls of a source gave into a verdict on the
// source, and what happens to many sources into few words for the operators.
// Call Judge after every crawl with the state that the last call returned, and
// Tell every few seconds with the states of all sources.
//
// The verdict has hysteresis: three bad crawls in a row that point the same way
// change it for the worse, two good ones in a row make it ok again. So one
// hiccup is no news, and a source that flaps is reported once. A hostile
// document is told of at once: its source is asked again only after a day. So is
// the end of what the config expects of a source.
// JudgeOverlap does the same for stories that may have been missed. Tell compares
// what is thought of the sources with what the operators have heard, so that it
// does not matter which daemon found something out, or when one was restarted.
//
// A State, a Told and a Timeline are meant to be stored as JSON beside the source. The first two
// are small. A Timeline is apart from them, because all sources are looked at every few seconds.
package health

import (
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Verdict is what is thought of a source.
type Verdict string

// The verdicts.
const (
	Unknown    Verdict = ""           // too little was seen of it
	OK         Verdict = "ok"         // its list can be read
	Slow       Verdict = "slow"       // its list can be read, and takes longer than SlowAfter
	Moved      Verdict = "moved"      // its list is read through a permanent redirect
	Silent     Verdict = "silent"     // its list can be read, and gives nothing new for far longer than usual
	Empty      Verdict = "empty"      // its list can be read, and lists nothing
	Redesigned Verdict = "redesigned" // nothing new for far longer than usual, of an index page that used to list stories
	Failing    Verdict = "failing"    // it cannot be reached, or answers with an error
	Blocked    Verdict = "blocked"    // it does not let us in: robots.txt, 401, 403, 429, a private address
	Gone       Verdict = "gone"       // 404 or 410: the list is no longer there
	NotAList   Verdict = "not a list" // something answers, but it is no feed, sitemap or index page
	Wall       Verdict = "wall"       // a captcha, a consent page or the like stands in front of it
	Hostile    Verdict = "hostile"    // what it serves would take far more memory to read than its size suggests
)

// Verdicts are all but Unknown, the best first.
func Verdicts() []Verdict {
	return []Verdict{OK, Slow, Moved, Silent, Empty, Redesigned, Failing, Blocked, Gone, NotAList, Wall, Hostile}
}

// SlowAfter is what a crawl of a list may take: half of the default time limit
// of a request. Waiting for the pace of a host takes up to 5 s of it.
const SlowAfter = 15 * time.Second

// toWorse and toOK are how many crawls in a row it takes to change the verdict.
const (
	toWorse = 3
	toOK    = 2
)

// State is the verdict on a source and what may change it. The zero State is
// that of a source which was never crawled.
type State struct {
	Verdict  Verdict   `json:"verdict,omitempty"`
	Since    time.Time `json:"since,omitzero"`     // when the verdict was reached
	Leaning  Verdict   `json:"leaning,omitempty"`  // what the last crawl alone says
	Streak   int       `json:"streak,omitempty"`   // how many crawls in a row have said so
	Bad      int       `json:"bad,omitempty"`      // how many crawls in a row went wrong, in whatever way
	Turned   time.Time `json:"turned,omitzero"`    // when its list became unreadable, or readable again; zero: it has always been readable
	Detail   string    `json:"detail,omitempty"`   // what the last bad crawl said
	Gap      string    `json:"gap,omitempty"`      // when stories may have been missed last, as people are told
	GapFrom  time.Time `json:"gap_from,omitzero"`  // when it began; zero of one that was found by an older version
	GapTo    time.Time `json:"gap_to,omitzero"`    // when it ended
	GapAt    time.Time `json:"gap_at,omitzero"`    // when that was found
	GapDown  bool      `json:"gap_down,omitempty"` // because it could not be read
	Joined   time.Time `json:"joined,omitzero"`    // when its list joined up with what was seen, after it could not be read
	Overlaps int       `json:"overlaps,omitempty"` // lists in a row, since then, that missed none
	Skipped  int       `json:"skipped,omitempty"`  // entries of the last list that could not be read
}

// Healthy reports whether there is nothing to worry about.
func (s State) Healthy() bool { return s.Verdict == OK || s.Verdict == Unknown }

// ListsNothing reports whether the list, as far as it could be read last, holds no
// story.
func (s State) ListsNothing() bool { return s.Leaning == Empty || s.Leaning == Redesigned }

// Barren says why no story comes of a source whose list can be read, "" when one
// does. stories is how many it has ever listed: a feed or a search that listed
// some may be empty for a while, an index page may not.
func (s State) Barren(kind news.SourceKind, stories int64) string {
	if !s.ListsNothing() || stories > 0 && !kind.Traits().NeverEmpty {
		return ""
	}
	return kind.Barren()
}

// Outcome is what one crawl of a source's list gave.
type Outcome struct {
	At      time.Time
	Took    time.Duration
	Err     error            // nil when the list was read, or was not modified
	Empty   bool             // the list was read and holds no story, or was not modified since it held none
	Yielded bool             // the list is of a kind that is never empty, and has given stories before
	MovedTo string           // URL of a permanent redirect, "" when there was none
	Skipped int              // entries of the list that could not be read; of one not modified as many as before
	Silent  time.Duration    // since its last new story, when it is longer than expected, or far longer than usual
	Usually time.Duration    // the longest that it used to be silent
	Expect  news.Expectation // what the config expects, which takes the place of what is usual
}

// Judge returns the state after one more crawl, and whether people should be
// told. The first good crawl of a source makes it ok without a word. A
// *news.LaterError is no outcome: the source has not been asked.
func Judge(prev State, o Outcome) (next State, changed bool) {
	if _, later := errors.AsType[*news.LaterError](o.Err); later {
		return prev, false
	}
	next = prev
	if o.Err == nil {
		next.Skipped = o.Skipped
	}
	next.Leaning, next.Streak = lean(o), 1
	if next.Leaning == prev.Leaning {
		next.Streak = min(prev.Streak+1, toWorse) // a stable state stays byte for byte the same
	}
	if next.Leaning.unreadable() != prev.Leaning.unreadable() {
		next.Turned = whole(o.At)
	}
	if prev.Verdict == Unknown && o.Err == nil && !o.Empty {
		next.Verdict = OK // whatever else there is to say of it
	}
	if next.Leaning == OK {
		next.Bad = 0
		changed = next.judgeGood(next.Verdict == Silent && o.Expect.Within > 0)
	} else {
		next.Bad = min(prev.Bad+1, toWorse)
		next.Detail = detail(prev, o)
		changed = next.judgeBad(next.Leaning == Hostile || next.Leaning == Silent && o.Expect.Within > 0)
	}
	if next.Verdict != prev.Verdict {
		next.Since = whole(o.At)
	}
	return next, changed
}

// whole is a time as it is stored.
func whole(t time.Time) time.Time { return t.UTC().Truncate(time.Second) }

// judgeGood makes a bad source ok after toOK good crawls in a row. What is certain
// after one crawl takes no more.
func (s *State) judgeGood(certain bool) (changed bool) {
	if s.Verdict == OK || s.Streak < toOK && !certain {
		return false
	}
	s.Verdict, s.Detail = OK, ""
	return true
}

// judgeBad makes a healthy source bad after any toWorse bad crawls in a row. A
// bad source changes its verdict only when as many agree on another one:
// servers in trouble time out and refuse by turns. What is certain after one crawl
// takes no more.
func (s *State) judgeBad(certain bool) (changed bool) {
	if s.Leaning == s.Verdict {
		return false
	}
	if s.Healthy() && s.Bad >= toWorse || s.Streak >= toWorse || certain {
		s.Verdict = s.Leaning
		return true
	}
	return false
}

// lean is what one crawl alone says of the source.
func lean(o Outcome) Verdict {
	if o.Err != nil {
		return leanByFault(o.Err)
	}
	switch {
	case o.Empty && o.Yielded:
		return Redesigned
	case o.Empty:
		return Empty
	case o.Silent > 0:
		return Silent
	case o.MovedTo != "":
		return Moved
	case o.Took > SlowAfter:
		return Slow
	}
	return OK
}

func leanByFault(err error) Verdict {
	var crawl *news.CrawlError
	if !errors.As(err, &crawl) {
		return Failing
	}
	switch crawl.Fault {
	case news.FaultRobots, news.FaultRefused, news.FaultThrottled:
		return Blocked
	case news.FaultGone:
		return Gone
	case news.FaultContent:
		return NotAList
	case news.FaultWall:
		return Wall
	case news.FaultHostile:
		return Hostile
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

// detail says what is wrong, in words that stay the same as long as it is the
// same.
func detail(prev State, o Outcome) string {
	switch lean(o) {
	case Moved:
		return "to " + o.MovedTo
	case Silent:
		if prev.Leaning == Silent {
			return prev.Detail
		}
		since := o.At.Add(-o.Silent).UTC().Format("2 Jan 2006 15:04")
		if o.Expect.Within > 0 {
			return fmt.Sprintf("nothing new since %s UTC; a story is expected %s", since, within(o.Expect))
		}
		return fmt.Sprintf("nothing new since %s UTC; the longest it used to be silent is %s", since, roughly(o.Usually))
	case Slow:
		return fmt.Sprintf("its list took longer than %s", SlowAfter)
	}
	if o.Err == nil {
		return ""
	}
	return o.Err.Error()
}

// within says in which time something is expected: "within 26 h", "within 26 h on
// Mon-Fri".
func within(e news.Expectation) string {
	text := "within " + roughly(e.Within)
	if days := e.On.String(); days != "" {
		text += " on " + days
	}
	return text
}

// roughly is a duration in its greatest unit, or two.
func roughly(d time.Duration) string {
	switch hours := int(d / time.Hour); {
	case hours >= 48:
		return fmt.Sprintf("%d days", hours/24)
	case hours >= 1:
		return fmt.Sprintf("%d h", hours)
	}
	if d < time.Minute {
		return "less than a minute"
	}
	return fmt.Sprintf("%d min", int(d/time.Minute))
}

// Message says in one line, for the operators, how the verdict on a source has
// changed and what may be done about it.
func Message(source string, old, next State) string {
	if next.Verdict == OK {
		return fmt.Sprintf("source %s is ok again (it was %s)", source, old.Verdict)
	}
	if next.Verdict == Wall {
		return fmt.Sprintf("source %s is behind a wall: %s; last: %s", source, advice(Wall), next.Detail)
	}
	if next.Verdict == Moved {
		return fmt.Sprintf("source %s has moved for good %s: put that URL in the config", source, next.Detail)
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
		return "what it serves is neither a feed nor a sitemap nor an index page"
	case Wall:
		return "a captcha, consent or log-in page stands in front of it, ask the site or set cookies_file"
	case Hostile:
		return "what it serves is built to use up memory, it is asked again once a day"
	case Empty:
		return "its list is read and has no stories"
	case Redesigned:
		return "its index page has no stories that could be found any more, look at `links`, or let `copytaster discover` find a feed"
	case Silent:
		return "its list is read and gives nothing new, the site may list its news elsewhere by now"
	case Slow:
		return "it takes long to answer, alerts may come late"
	default:
		return "it cannot be read, copytaster keeps trying at longer intervals"
	}
}
