package notify

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestCoverage(t *testing.T) {
	for _, tt := range []struct {
		coverage Coverage
		want     string
	}{
		{Coverage{}, ""},
		{Coverage{Own: []string{"TASS"}}, ""},
		{Coverage{Own: []string{"TASS"}, Citing: "KCNA"}, ""},
		{Coverage{Copies: 1}, "1 copy"},
		{Coverage{Copies: 2, Citing: "KCNA"}, "2 copies"},
		{Coverage{Own: []string{"TASS"}, Copies: 5}, "1 own report · 5 copies"},
		{Coverage{Own: []string{"TASS"}, Copies: 5, Citing: "KCNA"}, "1 own report, citing KCNA · 5 copies"},
		{Coverage{Own: []string{"TASS", "Reuters"}}, "2 own reports"},
		{Coverage{Own: []string{"TASS", "Reuters", "Yonhap"}, Copies: 5, Citing: "KCNA"}, "3 own reports, all citing KCNA · 5 copies"},
	} {
		if got := tt.coverage.String(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.coverage, got, tt.want)
		}
	}
}

// TestStateComesFirst: what a phone shows of a message begins with its state.
func TestStateComesFirst(t *testing.T) {
	s := &news.Story{Title: "Kim met Putin", Outlet: "TASS", URL: "https://example.org/1"}
	m := Story(news.Delivery{}, news.Alert{Severity: news.High}, s, nil, time.Time{})
	raised, corrected := &Raise{From: news.Info}, &Correction{Was: "Kim meets Putin"}
	for _, tt := range []struct {
		state State
		want  string
	}{
		{State{}, "HIGH · Kim met Putin · TASS"},
		{State{Coverage: Coverage{Copies: 2}}, "HIGH · Kim met Putin · TASS · 2 copies"},
		{State{Raised: raised}, "RAISED FROM INFO · HIGH · Kim met Putin"},
		{State{Raised: raised, Corrected: corrected}, "HEADLINE CHANGED · HIGH · Kim met Putin"},
		{State{Corrected: &Correction{}}, "TEXT CHANGED · HIGH · Kim met Putin"},
		{State{Corrected: &Correction{Was: "Kim meets Putin", Noted: true}}, "CORRECTED · HIGH · Kim met Putin"},
		{State{Corrected: corrected, Restored: &Restoration{}}, "RESTORED · HIGH · Kim met Putin"},
		{State{Mismatch: &Mismatch{}}, "THE FULL TEXT DOES NOT MATCH · HIGH · Kim met Putin"},
		{State{Raised: raised, Withdrawn: &Withdrawal{How: Withdrawn}}, "WITHDRAWN · Kim met Putin"},
		{State{Withdrawn: &Withdrawal{How: Killed}}, "KILLED · Kim met Putin"},
		{State{Withdrawn: &Withdrawal{How: PageGone}}, "PAGE GONE · Kim met Putin"},
		{State{Withdrawn: &Withdrawal{How: Held, Carried: []string{"Reuters"}}}, "HELD · Kim met Putin · TASS · Still carried by Reuters"},
	} {
		if got := m.In(tt.state).Text; !strings.HasPrefix(got, tt.want) {
			t.Errorf("%q, want %q first", got, tt.want)
		}
	}
	if m.State.Raised != nil || m.Text != "HIGH · Kim met Putin · TASS" {
		t.Error("the message itself was changed")
	}
}

// TestInDoesNotChangeTheState: what is shown is cleaned, what is stored is not.
func TestInDoesNotChangeTheState(t *testing.T) {
	s := State{
		Withdrawn: &Withdrawal{Outlet: "TASS\x00", Carried: []string{"TASS", "Reuters\x00"}},
		Corrected: &Correction{Was: "a\x00", Changes: []news.Change{{Went: "b\x00"}}},
		Raised:    &Raise{Outlets: []string{"c\x00"}}, Restored: &Restoration{Outlet: "d\x00"}, Continued: &Chapter{Headline: "e\x00"},
		Earlier: []Chapter{{Headline: "f\x00"}}, Channels: []string{"g\x00"},
	}
	m := Message{}.In(s)
	for name, both := range map[string][2]string{
		"outlet":   {s.Withdrawn.Outlet, m.State.Withdrawn.Outlet},
		"carried":  {s.Withdrawn.Carried[1], m.State.Withdrawn.Carried[0]},
		"was":      {s.Corrected.Was, m.State.Corrected.Was},
		"went":     {s.Corrected.Changes[0].Went, m.State.Corrected.Changes[0].Went},
		"outlets":  {s.Raised.Outlets[0], m.State.Raised.Outlets[0]},
		"restored": {s.Restored.Outlet, m.State.Restored.Outlet},
		"headline": {s.Continued.Headline, m.State.Continued.Headline},
		"earlier":  {s.Earlier[0].Headline, m.State.Earlier[0].Headline},
	} {
		if !strings.HasSuffix(both[0], "\x00") || strings.Contains(both[1], "\x00") {
			t.Errorf("%s: %q, shown as %q", name, both[0], both[1])
		}
	}
}

// TestFit: a list gives up its links first, then its last items; what is around
// it stays.
func TestFit(t *testing.T) {
	item := part(Bullet, Run{Text: strings.Repeat("x", 100), Link: "https://example.org/" + strings.Repeat("y", 1500)})
	for n, want := range map[int][2]int{2: {2, 2}, 10: {10, 0}, 100: {45, 0}} {
		parts := []Part{part(Line, bold("head"))}
		for range n {
			parts = append(parts, item)
		}
		items, linked, size := 0, 0, 0
		fitted := fit(append(parts, part(Small, say("tail"))))
		for _, p := range fitted {
			size += p.takes()
			if p.Kind == Bullet {
				items++
				linked += min(len(p.Runs[0].Link), 1)
			}
		}
		if items < want[0] || linked < want[1] || size > mostShown+100 || fitted[0].Runs[0].Text != "head" {
			t.Errorf("%d items: %d are left, %d linked, %d characters", n, items, linked, size)
		}
		last := fitted[len(fitted)-1].Runs[0].Text
		if n == 100 && !strings.HasSuffix(last, "more are not shown") || n < 100 && last != "tail" {
			t.Errorf("%d items end with %q", n, last)
		}
	}
	if parts := []Part{item, item, item, item, item, item, item}; len(fit(parts)) != 7 || parts[6].Runs[0].Link == "" {
		t.Error("the caller's parts were changed")
	}
}

func TestLasted(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Hour: "0 min", 59 * time.Second: "0 min", 17 * time.Minute: "17 min", 2 * time.Hour: "2 h",
		2*time.Hour + 28*time.Minute: "2 h 28 min", 47 * time.Hour: "47 h", 49 * time.Hour: "2 days",
	} {
		if got := lasted(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}

func TestLanguageName(t *testing.T) {
	for code, want := range map[string]string{"en": "English", "ko": "Korean", "pt-BR": "Brazilian Portuguese", "zh-Hant": "Traditional Chinese",
		"": "", "x y": "x y", "qqz": "qqz"} {
		if got := languageName(code); got != want {
			t.Errorf("%q: %q, want %q", code, got, want)
		}
	}
}

// TestDateInsteadOfDelay: after a week the date says more than the delay.
func TestDateInsteadOfDelay(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for delay, want := range map[time.Duration]string{7 * 24 * time.Hour: "7 days after publication", 7*24*time.Hour + 1: "published "} {
		m := Story(news.Delivery{}, news.Alert{}, &news.Story{Title: "x", Published: at}, nil, at.Add(delay))
		if got := m.byline()[0].Text; got != want {
			t.Errorf("%s: %q, want %q", delay, got, want)
		}
	}
}

// TestFollowups: who is told, and who is called.
func TestFollowups(t *testing.T) {
	f := Followup{Alert: news.Alert{Mentions: []string{"@here"}}, Story: Piece{Headline: "Kim met Putin"}, Thread: "1.1"}
	development := []Development{{Piece: Piece{Headline: "Kim left"}}}
	for _, tt := range []struct {
		name             string
		build            func(Followup) Message
		severity         news.Severity
		broadcast, calls bool
	}{
		{"batch", func(f Followup) Message { return f.Batch(Batch{Copies: []string{"x"}}) }, news.Urgent, false, false},
		{"development", func(f Followup) Message { return f.Developments(development) }, news.Normal, true, false},
		{"development of info", func(f Followup) Message { return f.Developments(development) }, news.Info, false, false},
		{"no development", func(f Followup) Message { return f.Developments(nil) }, news.Normal, true, false},
		{"turn", func(f Followup) Message {
			return f.Developments([]Development{{Piece: Piece{Headline: "Kim left"}, Turn: "called off"}})
		}, news.Normal, true, true},
		{"raised", func(f Followup) Message { return f.Raised(Raise{}) }, news.Normal, true, true},
		{"correction", func(f Followup) Message { return f.Corrected(Correction{}) }, news.High, true, true},
		{"correction of normal", func(f Followup) Message { return f.Corrected(Correction{}) }, news.Normal, false, false},
		{"withdrawal", func(f Followup) Message { return f.Withdrawn(Withdrawal{}) }, news.Info, true, true},
		{"restoration", func(f Followup) Message { return f.Restored(Restoration{}) }, news.Normal, true, true},
		{"mismatch", func(f Followup) Message { return f.Mismatched(Mismatch{}) }, news.High, true, false},
		{"mismatch of normal", func(f Followup) Message { return f.Mismatched(Mismatch{}) }, news.Normal, false, false},
	} {
		f.Alert.Severity = tt.severity
		m := tt.build(f)
		checkMessage(t, m)
		if m.Broadcast != tt.broadcast || len(m.Mentions) > 0 != tt.calls || m.Thread != "1.1" {
			t.Errorf("%s: %+v", tt.name, m)
		}
		post := f
		post.Thread = ""
		if m := tt.build(post); m.Broadcast || m.Thread != "" {
			t.Errorf("%s as a post: %+v", tt.name, m)
		}
	}
}

// FuzzState: whatever outlets write, a message in any state is fit to be shown.
func FuzzState(f *testing.F) {
	f.Add("Kim\x00 met \u202ePutin", "<!here>", "https://example.org/<x>", uint8(3), int64(1_795_413_600), uint16(500))
	f.Add("", "", "", uint8(0), int64(-1), uint16(0))
	f.Fuzz(func(t *testing.T, text, outlet, url string, way uint8, at int64, n uint16) {
		when := time.Unix(at%4e9, 0)
		all := make([]string, n%40)
		for i := range all {
			all[i] = outlet + strings.Repeat("x", i%7)
		}
		how := []How{Withdrawn, Killed, PageGone, Held}[way%4]
		s := &news.Story{Title: text, URL: url, Outlet: outlet, Language: outlet, Text: text, Cites: all, Published: when}
		withdrawn := Withdrawal{How: how, Outlet: outlet, At: when, Stood: when, Notice: text, Carried: all}
		changes := []news.Change{{Went: text, Came: outlet}}
		corrected := Correction{Outlet: outlet, At: when, Was: text, Changes: changes, Lost: all}
		raised := Raise{At: when, Outlets: all, Over: time.Duration(at), Rules: all}
		chapter := Chapter{Headline: text, Link: url, At: when}
		state := State{
			Coverage:  Coverage{Own: all, Citing: outlet, Copies: int(n), Newest: when},
			Corrected: &corrected, Raised: &raised, Mismatch: &Mismatch{At: when, Lost: all},
			Restored: &Restoration{How: how, Outlet: outlet, Gone: when, At: when},
			Earlier:  []Chapter{chapter}, Related: []Chapter{chapter}, Continued: &chapter, Channels: all,
		}
		if way%2 == 0 {
			state.Withdrawn = &withdrawn
		}
		a := news.Alert{Severity: news.Severity(way % 4), Rules: all}
		checkMessage(t, Story(news.Delivery{Kind: news.DeliverStory}, a, s, nil, when).In(state))
		ops := news.Delivery{Kind: news.DeliverOps}
		outage := Outage{Sources: all, Of: int(n), Since: when, Cause: text, Next: when, Last: when, PerDay: 2}
		recovery := Recovery{Sources: all, Of: int(n), Since: when, At: when}
		follow := Followup{Alert: a, Story: PieceOf(s), Earlier: &chapter}
		report := Development{Piece: PieceOf(s), New: all, Was: text, Turn: outlet}
		pieces := []Piece{PieceOf(s), {}}
		for _, m := range []Message{
			follow.Batch(Batch{Own: []Piece{PieceOf(s), PieceOf(s)}, Copies: all, Since: when}),
			follow.Developments([]Development{report, report, report, report, report, report, report}),
			follow.Withdrawn(withdrawn), follow.Corrected(corrected), follow.Raised(raised),
			Signal{Rule: text, Mentions: all, At: when, Since: when, Expected: text, Pieces: pieces[:1]}.Message(ops),
			Signal{Rule: text, At: when, News: int(n) + 1, Over: time.Duration(at), Pieces: pieces}.Message(ops),
			follow.Restored(*state.Restored), follow.Mismatched(*state.Mismatch), Down(ops, outage), Up(ops, recovery),
		} {
			checkMessage(t, m)
		}
	})
}

// A story that fell within two minutes is told by one time, else by the two between which it
// fell.
func TestWindowOfWithdrawal(t *testing.T) {
	stood := time.Date(2026, 11, 23, 14, 47, 0, 0, time.UTC)
	for after, want := range map[time.Duration]string{
		-time.Hour: "Seen ", 0: "Seen ", 119 * time.Second: "Seen ", 2 * time.Minute: "Between ", time.Hour: "Between ",
	} {
		w := Withdrawal{How: Withdrawn, Outlet: "TASS", Stood: stood, At: stood.Add(after)}
		if got := w.what()[0].Text; got != want {
			t.Errorf("after %s: %q, want %q", after, got, want)
		}
	}
}

// The lines of the rules do not list what another line says they do not find any more.
func TestLostIsNotListed(t *testing.T) {
	found := func(concept, term, text string) news.Evidence {
		return news.Evidence{Concept: concept, Term: term, Text: text}
	}
	matches := []news.Match{
		{Rule: "arms", Evidence: []news.Evidence{found("kim", "Kim", "Kim"), found("arms", "shell", "shells"), found("", "~envoy", "envoys")}},
		{Rule: "race", Evidence: []news.Evidence{found("", "arms race", "arms race"), found("race", "races", "Races")}},
		{Rule: "series", Evidence: []news.Evidence{found("", "talks", "talks")}},
	}
	for _, c := range []struct {
		state State
		want  string
	}{
		{State{}, "arms: Kim, shells → arms, envoys | race: arms race, Races → race | series: talks"},
		{State{Corrected: &Correction{Lost: []string{"~envoy"}}}, "arms: Kim, shells → arms | race: arms race, Races → race | series: talks"},
		{State{Corrected: &Correction{Lost: []string{"kim", "~envoy", "race"}}}, "arms: shells → arms | race: arms race | series: talks"},
		{State{Corrected: &Correction{Lost: []string{"arms"}}}, "arms: Kim, envoys | race: arms race, Races → race | series: talks"},
		{State{Corrected: &Correction{Lost: []string{"series"}}}, "arms: Kim, shells → arms, envoys | race: arms race, Races → race"},
		{State{Mismatch: &Mismatch{Lost: []string{"shells", "Kim", "envoys"}}}, "race: arms race, Races → race | series: talks | arms"},
		{State{
			Corrected: &Correction{Lost: []string{"kim"}}, Mismatch: &Mismatch{Lost: []string{"envoys"}},
		}, "arms: shells → arms | race: arms race, Races → race | series: talks"},
	} {
		on := news.Alert{Rules: []string{"arms", "race", "series"}}
		m := Story(news.Delivery{}, on, &news.Story{Title: "Kim"}, matches, time.Time{}).In(c.state)
		var lines []string
		for _, p := range m.why() {
			lines = append(lines, p.Runs[0].Text)
		}
		if got := strings.Join(lines, " | "); got != c.want {
			t.Errorf("%+v lists %q, want %q", c.state, got, c.want)
		}
	}
}

// shownOf counts the items of a message's lists, those with a link, and what the message takes.
func shownOf(m Message) (items, linked, size int) {
	for _, p := range m.Parts() {
		size += p.takes()
		if p.Kind == Bullet {
			items++
			linked += len(slices.DeleteFunc(p.Runs, func(r Run) bool { return r.Link == "" }))
		}
	}
	return items, linked, size
}

// TestFullDigest: a full digest shows every story, however long its headlines are, each with its
// number, and links as long as there is a place for them.
func TestFullDigest(t *testing.T) {
	for length, ruled := range map[int]int{20: 5, 70: 5, briefHeadline: 5, briefHeadline - 1: news.MostInDigest} {
		var briefs []Brief
		for i := range news.MostInDigest {
			briefs = append(briefs, Brief{
				Severity: news.Severity(i % 3), Headline: strings.Repeat("ü", length), Link: "https://example.org/" + strings.Repeat("y", 70),
				Source: "The Lantern Herald", Time: time.Date(2026, 11, 30, 6, i, 0, 0, time.UTC), Rules: []string{fmt.Sprintf("rule-%d", i%ruled)},
			})
		}
		z := news.Snooze{Since: briefs[0].Time, Until: briefs[19].Time, By: news.Person{Name: "Anna"}}
		for name, m := range map[string]Message{
			"gathered": Gathered(news.Delivery{}, Period{Since: briefs[0].Time, Until: briefs[19].Time}, briefs),
			"missed":   Missed(news.Delivery{}, briefs), "kept": Kept(news.Delivery{}, &z, briefs),
		} {
			m.Body = append(m.Body, Part{Kind: Buttons, Buttons: []Button{{Label: "Got all 20"}}})
			items, linked, size := shownOf(m)
			if items != len(briefs) || size > mostShown || ruled <= 5 && linked < len(briefs)*3/4 {
				t.Errorf("%s, headlines of %d, %d rules: %d stories, %d links, %d characters", name, length, ruled, items, linked, size)
			}
		}
	}
}
