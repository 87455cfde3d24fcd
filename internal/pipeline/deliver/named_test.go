package deliver

import (
	"testing"

	"github.com/copytaster/copytaster/notify"
)

// TestNameMark: an agency kills a story, other outlets withdraw it, and it is not said twice.
func TestNameMark(t *testing.T) {
	for headline, want := range map[string]string{
		"KILL: Ship sinks off Oslo":                           "killed",
		"Mandatory Kill - Ship sinks off Oslo":                "killed",
		"WITHDRAWN: 12 killed as ship sinks off Oslo":         "withdrawn",
		"Annulée: Un navire coule":                            "withdrawn",
		"RETRACTION: Report that ship sank off Oslo is false": "withdrawn",
	} {
		d := notify.Development{Piece: notify.Piece{Headline: headline}, New: spoken([]string{"kill", "false"})}
		nameMark(&d)
		if d.New[0] != want || d.New[1] != "said to be false" {
			t.Errorf("%s: %q, want %s", headline, d.New, want)
		}
	}
	d := notify.Development{Piece: notify.Piece{Headline: "Rescue"}, New: spoken([]string{"off"})}
	if nameMark(&d); d.New[0] != "called off" {
		t.Errorf("what is no mark is named %q", d.New)
	}
}
