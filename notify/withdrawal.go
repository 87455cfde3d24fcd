package notify

import (
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// How says in which way a story was withdrawn.
type How string

// The ways of withdrawing.
const (
	Withdrawn How = "withdrawn" // the outlet says so
	Killed    How = "killed"    // an agency says so, in its own words
	PageGone  How = "page gone" // the page is not there any more, and nobody says why
	Held      How = "held"      // not to be used until it was checked
)

// Withdrawal is a story that its outlet does not stand by, or not for now.
type Withdrawal struct {
	How     How
	Outlet  string
	Status  int       // of HTTP, for PageGone; else 0
	Stood   time.Time // when the story was last seen to stand; zero when that is not known
	At      time.Time // when it was seen that it does not
	Notice  string    // what the outlet says; "" when it says nothing
	Carried []string  // other outlets that carry the news
}

// Restoration is a story that stands again after it was withdrawn.
type Restoration struct {
	How    How // it was
	Outlet string
	Gone   time.Time // when it was seen to be withdrawn
	At     time.Time // when it was seen to stand
}

// Linked is what became of a story of another news that may be the same.
type Linked struct {
	How    How
	Outlet string
	At     time.Time // when that was seen
	Back   bool      // the story stands again
}

// HowOf returns what messages say of a kind of withdrawal; "" for any other kind.
func HowOf(kind news.RevisionKind) How {
	switch kind {
	case news.RevisedHeld:
		return Held
	case news.RevisedKilled:
		return Killed
	case news.RevisedRetracted:
		return Withdrawn
	case news.RevisedWithdrawn:
		return PageGone
	default:
		return ""
	}
}

// calledBack reports whether the outlet itself calls the story back: what it said is not
// shown any more.
func (h How) calledBack() bool { return h == Withdrawn || h == Killed }

// by says who withdrew a story: "withdrawn by TASS".
func (h How) by(outlet string) string {
	switch h {
	case Killed:
		return "killed by " + outlet
	case PageGone:
		return "page gone from " + outlet
	case Held:
		return "held back by " + outlet
	default:
		return "withdrawn by " + outlet
	}
}

// was says what became of a story: "withdrawn".
func (h How) was() string {
	switch h {
	case Killed:
		return "killed"
	case PageGone:
		return "taken offline: its page is gone, and nothing says why"
	case Held:
		return "held back until it is checked"
	default:
		return "withdrawn"
	}
}

// style is how the headline of a withdrawn story is set.
func (h How) style() Style {
	if h == Held {
		return Bold
	}
	return Strike
}

// label says in one word how a story was withdrawn.
func (h How) label() string {
	switch h {
	case Killed:
		return "KILLED"
	case PageGone:
		return "PAGE GONE"
	case Held:
		return "HELD"
	default:
		return "WITHDRAWN"
	}
}

func (h How) sign() string {
	if h == Held {
		return "✋"
	}
	return "🚫"
}

// exact is how short a time is that is told as one instant.
const exact = 2 * time.Minute

// what says what became of a story, and when: "Between today 14:47 and 15:20, TASS
// withdrew the story."
func (w *Withdrawal) what() []Run {
	said := w.Outlet + " withdrew the story"
	switch w.How {
	case Killed:
		said = w.Outlet + " killed the story"
	case PageGone:
		said = "the page vanished from " + w.Outlet
		if w.Status != 0 {
			said += fmt.Sprintf(" (%d)", w.Status)
		}
		said += "; nothing says why"
	case Held:
		said = w.Outlet + " asked not to use the story until it is checked"
	case Withdrawn:
	}
	if w.Notice != "" {
		said += ". It says: “" + w.Notice + "”"
	}
	if w.Stood.IsZero() || w.At.Sub(w.Stood) < exact {
		return []Run{say("Seen "), at(w.At), say(": " + said)}
	}
	return []Run{say("Between "), at(w.Stood), say(" and "), until(w.At, w.Stood), say(", " + said)}
}

// carried says who carries the news although it was withdrawn.
func (w *Withdrawal) carried() string {
	if len(w.Carried) == 0 {
		return "No other outlet is known to carry it"
	}
	return "Still carried by " + list(w.Carried, maxOutlets)
}

func (r *Restoration) what() []Run {
	again, before := "Back since ", "; "+r.Outlet+" had withdrawn it "
	switch r.How {
	case Killed:
		before = "; " + r.Outlet + " had killed it "
	case PageGone:
		before = "; the page was gone from " + r.Outlet + " since "
	case Held:
		again, before = "Released since ", "; "+r.Outlet+" had held it back "
	case Withdrawn:
	}
	return []Run{say(again), at(r.At), say(before), at(r.Gone)}
}

func (w *Withdrawal) clean() *Withdrawal {
	if w == nil {
		return nil
	}
	c := *w
	c.Outlet, c.Notice, c.Carried = outlet(w.Outlet), line(w.Notice, maxNotice), names(w.Carried)
	c.Carried = slices.DeleteFunc(c.Carried, func(o string) bool { return o == c.Outlet })
	return &c
}
