package news

import (
	"slices"
	"time"
)

// Recall takes back what a rule told since a time, because it flooded. Alerts that other
// rules raised, too, stand for those.
type Recall struct {
	ID       int64
	Rule     string
	Channel  string    // without "#"; "" is all channels
	Since    time.Time // alerts that were recorded then or later
	By       Person
	Why      string // "" when nothing was said
	At       time.Time
	Undone   time.Time // zero: it stands
	UndoneBy Person
}

// RecalledRules are the rules of recalls.
func RecalledRules(all []Recall) []string {
	rules := make([]string, len(all))
	for i := range all {
		rules[i] = all[i].Rule
	}
	return rules
}

// TakenBack reports whether recalls take back all that an alert told: each of its rules.
func (a *Alert) TakenBack(all []Recall) bool {
	rules := RecalledRules(all)
	return len(rules) > 0 && !slices.ContainsFunc(a.Rules, func(rule string) bool { return !slices.Contains(rules, rule) })
}
