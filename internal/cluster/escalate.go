package cluster

import (
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Raised is an escalation that the reports of a news have reached.
type Raised struct {
	Severity news.Severity
	Outlets  []string      // that reached it, one for each voice, in the order in which they came
	Over     time.Duration // within which they came; 0 when one outlet was enough
}

// Escalate returns the most severe escalation that the reports of a news have
// reached. The zero Raised, and false, says that none is above a severity.
func Escalate(all []news.Escalation, reports []Account, above news.Severity) (r Raised, ok bool) {
	for _, e := range all {
		if e.Severity <= above {
			continue
		}
		if reached, is := reach(e, reports); is {
			r, ok, above = reached, true, e.Severity
		}
	}
	return r, ok
}

// reach looks for the first stretch of reports that are enough for an escalation.
func reach(e news.Escalation, reports []Account) (Raised, bool) {
	var own []Account
	for _, r := range reports {
		if r.Kind == OwnReport && (e.Tier == "" || slices.Contains(r.Tiers, e.Tier)) {
			own = append(own, r)
		}
	}
	slices.SortStableFunc(own, func(a, b Account) int { return a.Seen.Compare(b.Seen) })
	first := 0
	for last := range own {
		for e.Over > 0 && own[last].Seen.Sub(own[first].Seen) > e.Over {
			first++
		}
		if last-first+1 < e.Outlets {
			continue
		}
		if outlets := voicesOf(own[first : last+1]); len(outlets) >= e.Outlets {
			return Raised{Severity: e.Severity, Outlets: outlets, Over: own[last].Seen.Sub(own[first].Seen)}, true
		}
	}
	return Raised{}, false
}

// voicesOf returns an outlet for each independent voice.
func voicesOf(reports []Account) []string {
	var outlets []string
	c := voiceCounter{owners: map[string]string{}}
	for i := range reports {
		if c.add(&reports[i]) {
			outlets = append(outlets, reports[i].Outlet)
		}
	}
	return outlets
}
