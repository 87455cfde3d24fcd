package probe

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/slackfake"
)

// workspace starts a Slack with people and a group, and returns the beginning of
// a config for it.
func workspace(t *testing.T, scopes ...string) string {
	t.Helper()
	fake := slackfake.New(slackfake.Options{
		Scopes: scopes,
		Users: []slackfake.User{
			{ID: "U000000001", Name: "anna", DisplayName: "Anna K"}, {ID: "U000000002", Name: "ben", Deleted: true},
			{ID: "U000000003", Name: "cleo"}, {ID: "U000000004", Name: "cleo2", DisplayName: "cleo"},
		},
		Groups:   []slackfake.Group{{ID: "S000000001", Handle: "oncall", Name: "On call"}},
		Channels: []slackfake.Channel{{Name: "news", Member: true}},
	})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = fake.Close() })
	return "slack: {token: xoxb-fake, api_url: \"" + fake.URL() + "\"}\n"
}

func mentioning(who string) string {
	return "alerts: {default_channel: news, routes: [{severity: urgent, to: news, mention: [" + who + "]}]}\n"
}

// TestHandles: the hints of handles get the IDs that Slack knows.
func TestHandles(t *testing.T) {
	slack := workspace(t)
	few := workspace(t, "chat:write", "users:read")
	for _, c := range []struct{ slack, who, hint string }{
		{slack, `"@oncall"`, "write mention: [S000000001]: @oncall is the user group S000000001 (@oncall, On call)"},
		{slack, `"@Anna K"`, "write mention: [U000000001]"},
		{slack, `"@cleo"`, "write the ID of one of them: @cleo is the user U000000003 (@cleo), and the user U000000004"},
		{slack, `"@ben"`, "who is deactivated"},
		{slack, `"@nobody"`, "Slack knows nobody named @nobody"},
		{few, `"@oncall"`, "the token lacks the scope usergroups:read"},
		{"slack: {token: xoxb-fake, api_url: \"http://127.0.0.1:1\"}\n", `"@oncall"`, "ask Slack"},
		{"", `"@oncall"`, "write the ID of a user"}, // nobody can be asked
	} {
		path := written(t, c.slack+mentioning(c.who))
		_, err := config.Load(path, emptyEnv)
		mistakes, ok := err.(config.Mistakes)
		if !ok || len(mistakes) != 1 {
			t.Fatalf("%s: %v", c.who, err)
		}
		Handles(t.Context(), path, emptyEnv, mistakes)
		if !strings.Contains(mistakes[0].Hint, c.hint) {
			t.Errorf("%s: %s", c.who, mistakes[0].Hint)
		}
	}
}

// TestMentions: an ID that reaches nobody is a warning.
func TestMentions(t *testing.T) {
	slack := workspace(t)
	for who, want := range map[string]string{
		"S000000001": "", "U000000001": "", `"@here"`: "",
		"U000000002": "mention U000000002: the user U000000002 (@ben) is deactivated",
		"U000000009": "mention U000000009: Slack knows nobody with this ID",
	} {
		cfg, err := config.Load(written(t, slack+mentioning(who)), emptyEnv)
		if err != nil {
			t.Fatal(err)
		}
		answer := Slack(t.Context(), cfg)
		var got []string
		for _, m := range answer.Mistakes(cfg) {
			got = append(got, string(m.Severity)+" "+m.Message)
		}
		if want != "" {
			want = "warning " + want
		}
		if strings.Join(got, "|") != want || !answer.OK {
			t.Errorf("%s: %q, want %q", who, got, want)
		}
	}
}
