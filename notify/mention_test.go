package notify_test

import (
	"testing"

	"github.com/copytaster/copytaster/notify"
)

func TestParseMention(t *testing.T) {
	for who, want := range map[string]notify.Mention{
		"@here":                       {Broadcast: "here"},
		"channel":                     {Broadcast: "channel"},
		"<!everyone>":                 {Broadcast: "everyone"},
		"<!here|here>":                {Broadcast: "here"},
		"U012AB3CD":                   {User: "U012AB3CD"},
		"@W012AB3CD":                  {User: "W012AB3CD"},
		"<@U012AB3CD>":                {User: "U012AB3CD"},
		"<@U012AB3CD|anna>":           {User: "U012AB3CD"},
		"S012AB3CD4E":                 {Group: "S012AB3CD4E"},
		"<!subteam^S012AB3CD4E>":      {Group: "S012AB3CD4E"},
		"<!subteam^S012AB3CD4E|@x>":   {Group: "S012AB3CD4E"},
		"@oncall":                     {},
		"@heretic":                    {},
		"anna@example.org":            {},
		"<!here> <!channel>":          {},
		"UNDER":                       {},
		"<!date^1^{date}|x>":          {},
		"U012AB3CD\n<!channel>":       {},
		"<@U012AB3CD|x> <@U912AB3CD>": {},
	} {
		if got, ok := notify.ParseMention(who); got != want || ok != (want != notify.Mention{}) {
			t.Errorf("%q: %+v, %v, want %+v", who, got, ok, want)
		}
	}
}

// A message says above its buttons, and in its text, of which rules the mentions rest.
func TestRest(t *testing.T) {
	m := notify.Message{Text: "URGENT · Kim", Body: []notify.Part{
		{Kind: notify.Line, Runs: []notify.Run{{Text: "Kim"}}}, notify.GotButton(7),
	}}
	if got := m.Rest(nil); got.Text != m.Text || len(got.Parts()) != 2 {
		t.Errorf("of no rules: %q, %+v", got.Text, got.Parts())
	}
	got := m.Rest([]string{"kim", "kim", "arms"})
	const want = "mentions rest: 5 in 10 minutes for kim, arms"
	if got.Text != "URGENT · Kim · "+want {
		t.Errorf("text %q", got.Text)
	}
	parts := got.Parts()
	if len(parts) != 3 || parts[1].Runs[0].Text != "🔕 "+want || parts[2].Kind != notify.Buttons {
		t.Errorf("parts %+v", parts)
	}
	if len(m.Body) != 2 {
		t.Error("the message itself was changed")
	}
}
