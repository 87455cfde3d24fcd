package feedback

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// TestWordsOf: words are whole in scripts with spaces, and left out in those without.
func TestWordsOf(t *testing.T) {
	for text, want := range map[string]string{
		"Kim Kardashian: fashion": "kim kardashian fashion",
		"김 감독이 야구장에":              "김 감독이 야구장에",
		"习近平 met Putin":           "met putin",
		"":                        "",
	} {
		var folded []string
		for _, w := range wordsOf(text) {
			folded = append(folded, w.folded)
		}
		if got := strings.Join(folded, " "); got != want {
			t.Errorf("%q has the words %q, want %q", text, got, want)
		}
	}
}

// TestHeadlined: capitals say something only where other words have none.
func TestHeadlined(t *testing.T) {
	for text, want := range map[string]bool{
		"Kim Watches Rocket Launch From Wonsan Beach":  true,
		"Putin and Kim Kardashian: fashion week opens": false,
		"KIM WATCHES ROCKET LAUNCH":                    true,
		"Tennis: Kim Clijsters talks of her comeback":  false,
	} {
		if got := headlined(wordsOf(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestPrecision: a percentage is said from ten answers on.
func TestPrecision(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for want, n := range map[string]store.RuleAnswers{
		"1 alert in 30 days, 0 got, 1 not relevant, 0 unanswered":                                           {Alerts: 1, Irrelevant: 1},
		"9 alerts in 30 days, 8 got, 1 not relevant, 0 unanswered":                                          {Alerts: 9, Got: 8, Irrelevant: 1},
		"41 alerts in 30 days, 9 got, 1 not relevant, 31 unanswered; 90 % of the answered ones were wanted": {Alerts: 41, Got: 9, Irrelevant: 1},
	} {
		r := Record{Counts: n, Since: now.Add(-Over), now: now}
		if got := r.Precision(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
