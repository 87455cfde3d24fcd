package health

import (
	"fmt"
	"strings"
	"time"
)

// Caught is what was found of the time in which a source could not be read.
type Caught struct {
	Stories int           // that were published by then, and first listed since
	Waiting int           // of these, those whose page is still to be read
	Matched int           // of these, those that a rule finds
	Alerted int           // of those, those that a channel was told of
	Late    time.Duration // from publication to the alert, of the latest; 0: not known
	TooOld  int           // of those that match, those that a digest of what was missed tells: they are too old to alert
}

// Down is the time in which a source could not be read, as far as Tell is about to say
// that it is over; ok is false where it is not.
func (w *Watched) Down() (since, until time.Time, ok bool) {
	ok = w.Told.Verdict.unreadable() && !w.State.Leaning.unreadable()
	until = w.State.Turned
	if until.IsZero() {
		until = w.Crawled
	}
	return w.Told.Since, until, ok && !w.Told.Since.IsZero()
}

// caughtUp says what was found of the time in which sources could not be read, and whether
// stories of it may be lost.
func (t *text) caughtUp(sources []*Watched) {
	var sum Caught
	var torn, untold []*Watched
	down := 0
	for _, w := range sources {
		if _, _, ok := w.Down(); !ok {
			continue
		}
		down++
		sum.add(w.Caught)
		switch since := w.Told.Since; {
		case w.State.Gap != "" && w.State.Gap != w.Told.Gap:
			torn = append(torn, w)
		case w.State.Joined.Before(since): // it lists only later stories, or what it lists is compared with nothing
			untold = append(untold, w)
		}
	}
	if down == 0 {
		return
	}
	lost := "nothing of it is known to be lost"
	switch {
	case len(torn) > 0 && down == 1:
		lost = "its list is shorter than the gap: what is lost cannot be known"
	case len(torn) > 0:
		lost = "the lists of " + names(torn) + " are shorter than the gap: what is lost there cannot be known"
	}
	switch {
	case len(untold) == 0:
	case down == 1:
		lost = "whether any is lost its list does not tell"
	case len(untold) == down:
		lost = "whether any is lost their lists do not tell"
	default:
		lost += "; whether any is lost the lists of " + names(untold) + " do not tell"
	}
	found := sum.String()
	if sum.Stories == 0 && len(torn)+len(untold) > 0 {
		found = "No story that was found is known to be of the gap"
	}
	t.add("%s; %s.", found, lost)
}

func (c *Caught) add(o Caught) {
	c.Stories, c.Waiting, c.Matched = c.Stories+o.Stories, c.Waiting+o.Waiting, c.Matched+o.Matched
	c.Alerted, c.TooOld, c.Late = c.Alerted+o.Alerted, c.TooOld+o.TooOld, max(c.Late, o.Late)
}

// String says it in words: "12 stories of the gap were found late, 3 of them match: 1 was
// alerted, up to 97 min late, 1 was too old to alert, 1 was not alerted".
func (c Caught) String() string {
	if c.Stories == 0 {
		return "No story of the gap was found"
	}
	said := countOf(c.Stories, "story of the gap was", "stories of the gap were") + " found late"
	switch {
	case c.Matched == 0 && c.Stories == 1:
		said += ", it matches nothing"
	case c.Matched == 0:
		said += ", none of them matches"
	case c.Stories == 1:
		said += ", it matches: " + c.told()
	default:
		said += ", " + countOf(c.Matched, "of them matches", "of them match") + ": " + c.told()
	}
	if c.Waiting > 0 {
		said += ", " + countOf(c.Waiting, "page is", "pages are") + " still to be read"
	}
	return said
}

// told says what became of those that match.
func (c Caught) told() string {
	var all []string
	if c.Alerted > 0 {
		said := countOf(c.Alerted, "was", "were") + " alerted"
		if c.Late > 0 {
			said += ", up to " + roughly(c.Late) + " late"
		}
		all = append(all, said)
	}
	if c.TooOld > 0 {
		all = append(all, countOf(c.TooOld, "was", "were")+" too old to alert and in the digest of what was missed")
	}
	if rest := c.Matched - c.Alerted - c.TooOld; rest > 0 {
		all = append(all, countOf(rest, "was", "were")+" not alerted")
	}
	return strings.Join(all, ", ")
}

func countOf(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
