package alert_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
)

// night is a newsroom whose channel is quiet from ten to seven, and was told of the earthquake in
// the evening.
func night(w *pipetest.World, outlets ...string) *newsroom {
	w.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 22 * time.Hour, To: 7 * time.Hour}}}}
	room := newNewsroom(w, append(outlets, "geo")...)
	room.rests(9*time.Hour + 30*time.Minute)
	room.tells("geo", quake)
	room.wantSaid("post: NORMAL · Earthquake of")
	return room
}

// titled has the outlet of the first story list it under other headlines, one after the other,
// within ten minutes each.
func (r *newsroom) titled(titles ...string) {
	for _, title := range titles {
		r.lists["geo"][0].Title = title
		r.minutes(10)
	}
}

// morning lets the night go by, and returns what the channel was told since n messages.
func (r *newsroom) morning(n int) []string {
	r.rests(10 * time.Hour)
	return r.said()[n:]
}

// TestVoidInTheMorning: what waits for the end of the quiet and is void by then is not told, and
// what came after the other is told as one.
func TestVoidInTheMorning(t *testing.T) {
	held, killed := "HOLD: "+quake.Title, "KILL: "+quake.Title
	other, third := "Strong earthquake strikes Kermadec Islands", "Harbours of Kermadec Islands closed after earthquake"
	for name, c := range map[string]struct {
		evening, night []string // headlines
		want           []string
		shows          string // the message by then
	}{
		"withdrawn and restored":                {nil, []string{killed, quake.Title}, nil, ""},
		"withdrawn and restored, twice":         {nil, []string{killed, quake.Title, killed, quake.Title}, nil, ""},
		"withdrawn, restored and withdrawn":     {nil, []string{killed, quake.Title, killed}, []string{"broadcast 1: KILLED"}, "gone"},
		"held, then killed":                     {nil, []string{held, killed}, []string{"broadcast 1: KILLED"}, "gone"},
		"withdrawn before, restored":            {[]string{killed}, []string{quake.Title}, []string{"broadcast 1: RESTORED"}, "back"},
		"withdrawn before, restored, withdrawn": {[]string{killed}, []string{quake.Title, killed}, nil, "gone"},
		"held before, restored, killed":         {[]string{held}, []string{quake.Title, killed}, []string{"broadcast 1: KILLED"}, "gone"},
		"another headline, and back":            {nil, []string{other, quake.Title}, nil, ""},
		"three headlines": {nil, []string{other, quake.Title, third},
			[]string{"reply 1: HEADLINE CHANGED · Harbours of Kermadec Islands closed after earthquake · it was: Earthquake of"}, "changed"},
		"another headline, withdrawn, restored": {nil, []string{other, "KILL: " + other, other}, []string{"reply 1: HEADLINE CHANGED"}, "changed"},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				room := night(w)
				room.titled(c.evening...)
				told := len(w.Posts)
				room.rests(2 * time.Hour)
				room.titled(c.night...)
				if n := len(w.Posts) - told; n != 0 {
					t.Errorf("told in the quiet: %q", room.said()[told:])
				}
				if got := room.morning(told); !slices.EqualFunc(got, c.want, strings.HasPrefix) {
					t.Errorf("in the morning it is told %q, want %q", got, c.want)
				}
				if s := room.shows(); (s.Withdrawn != nil) != (c.shows == "gone") || (s.Restored != nil) != (c.shows == "back") ||
					(s.Corrected != nil) != (c.shows == "changed") {
					t.Errorf("the message shows %+v, want %q", s, c.shows)
				}
			})
		})
	}
}

// TestRaisedTwiceAtNight: an alert that is raised twice before the channel is told is told once, from
// what it was at first. The report that raised it before is told as one that has news.
func TestRaisedTwiceAtNight(t *testing.T) {
	const raised = "broadcast 1: RAISED FROM NORMAL · "
	for second, want := range map[string]struct{ night, day []string }{
		"#urgent": {[]string{raised + "URGENT · Magnitude 6.1", "broadcast 1: NEW · Kermadec"}, nil},
		"#grave":  {[]string{"reply 1: NEW · Kermadec"}, []string{raised + "HIGH · Magnitude 6.1"}},
	} {
		t.Run(second, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
					matches := pipetest.Hashtags{}.Match(s)
					for i := range matches {
						if rule := matches[i].Rule; rule == "high" || rule == "grave" {
							matches[i].Severity = news.High
						}
					}
					return matches
				})
				w.Plan.Routes.Routes = []notify.Route{{Rule: []string{"grave"}, To: []string{"news"}, Mention: []string{"U1"}}}
				room := night(w, "harbour", "port")
				room.rests(2 * time.Hour)
				high, more := quakeToll, quakeOwn
				high.Text += " #high"
				more.Text += " " + second
				room.tells("harbour", high)
				room.tells("port", more)
				room.minutes(10)
				told := room.said()[1:]
				if !slices.EqualFunc(told, want.night, strings.HasPrefix) {
					t.Errorf("at night it is told %q, want %q", told, want.night)
				}
				if day := room.morning(1 + len(told)); !slices.EqualFunc(day, want.day, strings.HasPrefix) {
					t.Errorf("in the morning it is told %q, want %q", day, want.day)
				}
			})
		})
	}
}
