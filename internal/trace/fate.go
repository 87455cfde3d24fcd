package trace

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
)

// Fate is what became of a story.
type Fate string

// The fates, in the order of the way.
const (
	NeverListed Fate = "never listed"
	TextGone    Fate = "listed, kept no more" // what a list said of it is known as hashes alone
	NotRead     Fate = "listed, not read"     // its page is still to be read, or could not be
	NotMatched  Fate = "not matched"
	NotAlerted  Fate = "matched, not alerted" // it was too old, or came with a first crawl
	Waiting     Fate = "waiting"              // its alert is still to be sent
	Posted      Fate = "posted"
	Folded      Fate = "folded"     // told in a digest
	Dead        Fate = "dead"       // its alert was given up
	TakenBack   Fate = "taken back" // a recall took its alert back
	Joined      Fate = "joined"     // it carries the text of a story that alerted
	LinkedFate  Fate = "linked"     // it tells in other words what was alerted
)

// fate says what became of a story, and why.
func (t *Tracer) fate(w *Way, s *store.StoryState) (Fate, string) {
	if len(w.Matches) == 0 {
		return unmatched(w, s)
	}
	if len(w.Alerts) == 0 {
		return NotAlerted, t.unalerted(s)
	}
	own := slices.DeleteFunc(slices.Clone(w.Alerts), func(a ToldAlert) bool { return !a.Own })
	if len(own) == 0 {
		return further(w.Alerts)
	}
	best, reasons := Fate(""), []string{}
	for i := range own {
		fate, reason := own[i].fate()
		reasons = append(reasons, reason)
		if best == "" || slices.Index(byMerit, fate) < slices.Index(byMerit, best) {
			best = fate
		}
	}
	return best, strings.Join(reasons, "; ")
}

// byMerit orders the fates of the alerts of one story: that of the story is the first.
var byMerit = []Fate{Posted, Folded, Waiting, TakenBack, Dead}

// unmatched is the fate of a story that no rule matched.
func unmatched(w *Way, s *store.StoryState) (Fate, string) {
	switch {
	case s.Waiting && s.Tries > 0:
		return NotRead, fmt.Sprintf("its page could not be read yet, %s: %s", text.Plural(s.Tries, "try"), orUnknown(s.PageError))
	case s.Waiting:
		return NotRead, "its page waits for its turn at " + s.Host
	case s.PageError != "" && !s.FromPage:
		return NotRead, "its page could not be read, and no rule matched what the list says of it: " + s.PageError
	}
	var nearest string
	for _, v := range w.Rules {
		if len(v.Failed) > 0 {
			nearest = fmt.Sprintf("; nearest was %s: %s", v.Rule, v.Failed[0])
			break
		}
	}
	return NotMatched, "no rule matched it" + nearest
}

func orUnknown(cause string) string {
	if cause == "" {
		return "why is not recorded"
	}
	return cause
}

// unalerted says why a story that matched called for no alert.
func (t *Tracer) unalerted(s *store.StoryState) string {
	switch {
	case s.FirstRun:
		return "it came with the first crawl of its source, or an import, which alerts only on what is new (`alerts.first_run`)"
	case s.Published.IsZero():
		return "no alert was called for when it matched"
	default:
		age := s.FirstSeen.Sub(s.Published).Round(1e9)
		return fmt.Sprintf("it was %s old when it was first listed: `alerts.max_age` keeps older ones from alerting", age)
	}
}

// fate is the fate of an alert, by the delivery that tells of it first.
func (a *ToldAlert) fate() (Fate, string) {
	if a.takenBack {
		r := a.Recalled[len(a.Recalled)-1]
		return TakenBack, fmt.Sprintf("taken back in %s by %s (recall %d)", a.Channel, r.By, r.ID)
	}
	kind, told := news.DeliverStory, Posted
	if a.Folded {
		kind, told = news.DeliverDigest, Folded
	}
	i := slices.IndexFunc(a.Deliveries, func(d Delivery) bool { return d.Kind == kind })
	if i < 0 {
		return Waiting, "the delivery to " + a.Channel + " is not kept any more"
	}
	d := a.Deliveries[i]
	switch {
	case d.State == news.StateDead:
		return Dead, fmt.Sprintf("given up in %s: %s", a.Channel, orUnknown(d.Error))
	case d.State == news.StateSent && d.About == news.AboutFold:
		return told, "folded into a storm in " + a.Channel + ", and listed in its thread"
	case d.About == news.AboutFold:
		return told, "folded into a storm in " + a.Channel + ", to be listed in its thread"
	case d.State == news.StateSent && a.Folded:
		return told, "told in a digest in " + a.Channel
	case d.State == news.StateSent:
		return told, "posted in " + a.Channel
	case a.Folded:
		return told, "to be told in a digest in " + a.Channel
	case d.Error != "":
		return Waiting, fmt.Sprintf("%s in %s: %s", strings.ReplaceAll(string(d.State), "_", " "), a.Channel, d.Error)
	default:
		return Waiting, fmt.Sprintf("%s in %s", strings.ReplaceAll(string(d.State), "_", " "), a.Channel)
	}
}

// further is the fate of a story that came after the one which raised the alert.
func further(alerts []ToldAlert) (Fate, string) {
	fate, reasons := LinkedFate, []string{}
	for _, a := range alerts {
		if a.Relation != cluster.Linked.String() {
			fate = Joined
		}
		reason := fmt.Sprintf("%s has an alert on the news", a.Channel)
		if a.Worth != "" {
			reason += fmt.Sprintf(" (this story: %s)", a.Worth)
		}
		if own, cause := a.fate(); own == Dead || own == TakenBack {
			reason += "; " + cause
		}
		reasons = append(reasons, reason)
	}
	return fate, strings.Join(reasons, "; ")
}
