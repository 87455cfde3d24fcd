package cluster

import (
	"maps"
	"slices"
)

// steps are the acts that a told act implies: the steps that came before it, and
// other words for it. A trial follows on a charge, who is dead was attacked.
// An act that turns a news around is implied by none.
var steps = map[string][]string{
	// courts and police
	"suspected":   {"investigated"},
	"arrested":    {"suspected"},
	"surrendered": {"suspected"},
	"charged":     {"suspected", "investigated"},
	"tried":       {"charged"},
	"convicted":   {"tried", "arrested"},
	"acquitted":   {"tried"},
	"expelled":    {"arrested"},
	"filed":       {"sued"},
	"sued":        {"filed"},
	"dismissed":   {"sued"},
	"ruled":       {"ordered", "suspended", "banned", "sued", "reviewed"},
	"ordered":     {"ruled"},
	"fined":       {"ruled", "investigated"},

	// deals, votes and wins
	"agreed":      {"met", "convened"},
	"signed":      {"agreed"},
	"ceasefire":   {"agreed"},
	"bid":         {"offered"},
	"bought":      {"agreed", "bid"},
	"sold":        {"agreed"},
	"approved":    {"voted", "reviewed"},
	"rejected":    {"voted", "reviewed"},
	"won":         {"elected"},
	"elected":     {"voted", "won"},
	"inaugurated": {"elected", "launched", "appointed"},

	// what changes
	"launched":    {"declared"},
	"changed":     {"declared"},
	"raised":      {"changed", "revised"},
	"lowered":     {"changed", "revised"},
	"revised":     {"changed"},
	"eased":       {"changed"},
	"laid off":    {"changed"},
	"moved":       {"arrived"},
	"arrived":     {"moved"},
	"locked down": {"closed", "banned"},
	"bankrupt":    {"filed"},

	// violence
	"died":      {"attacked", "shot", "crashed"},
	"injured":   {"attacked", "shot", "crashed"},
	"shot":      {"attacked"},
	"attacked":  {"shot"},
	"retreated": {"attacked"},
	"seized":    {"attacked"},
	"displaced": {"fled"},
	"fled":      {"displaced"},
}

// implied returns the acts that some acts imply, and these themselves.
func implied(acts []string) []string {
	all := map[string]bool{}
	var walk func(act string)
	walk = func(act string) {
		if all[act] {
			return
		}
		all[act] = true
		for _, step := range steps[act] {
			walk(step)
		}
	}
	for _, act := range acts {
		walk(act)
	}
	return slices.Sorted(maps.Keys(all))
}
