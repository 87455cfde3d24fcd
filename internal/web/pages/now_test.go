package pages

import (
	"html/template"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/app"
)

// TestCounted: the first page says of stories that were not counted just now when they were, or
// that they are being counted.
func TestCounted(t *testing.T) {
	frames, err := readFrames(&site{})
	if err != nil {
		t.Fatal(err)
	}
	now := frames["now"].Funcs(template.FuncMap{"when": func(any) string { return "at noon" }})
	before := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		counted   *time.Time
		want, not []string
	}{
		{nil, []string{"<dd>1000007, 3 waiting", "<dd>12</dd>"}, []string{"counted"}},
		{&before, []string{"<dd>1000007, 3 waiting", "<dt>counted</dt>", "at noon"}, []string{"being counted"}},
		{&time.Time{}, []string{"are being counted"}, []string{"1000007", "0 waiting", "never"}},
	} {
		v := state{Status: app.Status{Stories: 1_000_007, Waiting: 3, Alerts: 12, Counted: tt.counted}}
		var out strings.Builder
		if err := now.ExecuteTemplate(&out, "main", sheet{Data: v}); err != nil {
			t.Fatal(err)
		}
		_, kept, _ := strings.Cut(out.String(), `id="kept"`)
		for _, want := range tt.want {
			if !strings.Contains(kept, want) {
				t.Errorf("counted at %v: %q is missing in %s", tt.counted, want, kept)
			}
		}
		for _, not := range tt.not {
			if strings.Contains(kept, not) {
				t.Errorf("counted at %v: %q is in %s", tt.counted, not, kept)
			}
		}
	}
}
