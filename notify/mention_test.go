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
