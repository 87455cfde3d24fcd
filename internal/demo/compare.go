package demo

import "slices"

// Compare compares the alerts that were delivered with those expected before and
// after the pass, in which the site goes on publishing. Those expected before it
// had to be delivered, those expected after it may have been.
func Compare(delivered, before, after []Alert) (missing, surplus []Alert) {
	return without(before, delivered), without(delivered, after)
}

func without(all, some []Alert) []Alert {
	return slices.DeleteFunc(slices.Clone(all), func(a Alert) bool { return slices.Contains(some, a) })
}
