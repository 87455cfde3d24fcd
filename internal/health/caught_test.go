package health

import (
	"testing"
	"time"
)

// TestCaught: what was found of an outage, in words.
func TestCaught(t *testing.T) {
	for want, c := range map[string]Caught{
		"No story of the gap was found":                                    {},
		"1 story of the gap was found late, it matches nothing":            {Stories: 1},
		"2 stories of the gap were found late, none of them matches":       {Stories: 2},
		"1 story of the gap was found late, it matches: 1 was not alerted": {Stories: 1, Matched: 1},
		"9 stories of the gap were found late, 1 of them matches: 1 was alerted, up to 2 h late, 3 pages are still to be read": {
			Stories: 9, Matched: 1, Alerted: 1, Late: 2 * time.Hour, Waiting: 3,
		},
		"9 stories of the gap were found late, 4 of them match: 1 was alerted, 2 were too old to alert and in the digest of what " +
			"was missed, 1 was not alerted": {Stories: 9, Matched: 4, Alerted: 1, TooOld: 2},
	} {
		if got := c.String(); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}
