package replay

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/rules"
)

// A changed rule brings a flood when it takes at least FewestFlood stories of FloodDays days,
// and more than FloodTimes as many as before.
const (
	FloodDays   = 7
	FewestFlood = 50
	FloodTimes  = 5
)

// Flood is a changed rule that takes far more stories than before.
type Flood struct {
	Rule    string
	Was, Is int  // stories that it takes
	New     bool // there was none of its name that was enabled
}

// String says what the rule would have taken: "port would have taken 212 stories in 7 days
// (was 9)".
func (f Flood) String() string {
	was := "was " + text.Thousands(f.Was)
	if f.New {
		was = "it is new"
	}
	return fmt.Sprintf("%s would have taken %s stories in %d days (%s)", f.Rule, text.Thousands(f.Is), FloodDays, was)
}

// Floods returns the floods that the rules of a definition bring which those of the one before
// do not have. Only these rules are led through the input; a renamed one is not among them.
// When ctx ends it returns none, and the error.
func Floods(ctx context.Context, in Input, before, after rules.Definition) (floods []Flood, err error) {
	old, err := Compile(before, nil)
	if err != nil {
		return nil, err
	}
	now, err := Compile(after, nil)
	if err != nil {
		return nil, err
	}
	changed := changedRules(old, now)
	if len(changed) == 0 {
		return nil, nil
	}
	was, _, err := taken(ctx, in, enabled(before, changed))
	if err != nil {
		return nil, err
	}
	is, order, err := taken(ctx, in, enabled(after, changed))
	if err != nil {
		return nil, err
	}
	for _, rule := range order {
		n, had := was[rule]
		if f := (Flood{Rule: rule, Was: n, Is: is[rule], New: !had}); f.Is >= FewestFlood && f.Is > FloodTimes*f.Was {
			floods = append(floods, f)
		}
	}
	return floods, nil
}

// changedRules returns the enabled rules that are new or have another meaning than before.
func changedRules(old, now Version) map[string]bool {
	had, gone := map[string]string{}, map[string]bool{}
	for i, r := range old.Set.Rules() {
		had[r.Name] = old.meaning(i, &r)
		gone[had[r.Name]] = true
	}
	for _, r := range now.Set.Rules() {
		delete(gone, had[r.Name])
	}
	changed := map[string]bool{}
	for i, r := range now.Set.Rules() {
		meaning := now.meaning(i, &r)
		was, known := had[r.Name]
		if !r.Disabled && was != meaning && (known || !gone[meaning]) {
			changed[r.Name] = true
		}
	}
	return changed
}

// enabled returns a definition with those of some rules alone that are enabled.
func enabled(d rules.Definition, some map[string]bool) rules.Definition {
	few := rules.Definition{Concepts: d.Concepts}
	for _, r := range d.Rules {
		if some[r.Name] && !r.Disabled {
			few.Rules = append(few.Rules, r)
		}
	}
	return few
}

// taken returns how many stories of an input each rule takes, and the rules in their order.
func taken(ctx context.Context, in Input, d rules.Definition) (by map[string]int, order []string, err error) {
	by = map[string]int{}
	if len(d.Rules) == 0 {
		return by, nil, nil
	}
	v, err := Compile(d, nil)
	if err != nil {
		return nil, nil, err
	}
	report, err := Backtest(ctx, in, Options{Rules: v, Zone: time.UTC})
	if err != nil {
		return nil, nil, err
	}
	for _, r := range report.ByRule {
		by[r.Rule], order = r.Matches, append(order, r.Rule)
	}
	return by, order, nil
}
