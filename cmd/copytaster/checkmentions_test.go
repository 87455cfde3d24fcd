package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/slackfake"
)

// TestCheckMentions: a handle is an error, to which --online adds the ID; an ID
// that nobody has is warned of.
func TestCheckMentions(t *testing.T) {
	people := slackfake.Options{
		Users: []slackfake.User{
			{ID: "U000000001", Name: "anna", DisplayName: "Anna K", RealName: "Anna Kim"}, {ID: "U000000002", Name: "ben", Deleted: true},
			{ID: "U000000003", Name: "cleo"}, {ID: "U000000004", Name: "cleo2", DisplayName: "cleo"},
		},
		Groups: []slackfake.Group{{ID: "S000000001", Handle: "oncall", Name: "On call"}, {ID: "S000000002", Handle: "old", Name: "Old", Disabled: true}},
	}
	few := people
	few.Scopes = []string{"chat:write", "channels:read", "groups:read", "channels:join", "channels:history", "groups:history", "users:read"}
	for _, c := range []struct {
		mention string
		options slackfake.Options
		online  bool
		ok      bool
		says    string
	}{
		{`"@oncall"`, people, false, false, "hint: write the ID of a user (U012AB3CD) or user group (S012AB3CD)"},
		{`"@oncall"`, people, true, false, "hint: write mention: [S000000001]: @oncall is the user group S000000001 (@oncall, On call)"},
		{`oncall`, people, true, false, "hint: write mention: [S000000001]"},
		{`"@Anna K"`, people, true, false, "hint: write mention: [U000000001]: @Anna K is the user U000000001 (@Anna K, Anna Kim)"},
		{`"@anna kim"`, people, true, false, "hint: write mention: [U000000001]"},
		{`"@cleo"`, people, true, false, "hint: write the ID of one of them: @cleo is the user U000000003 (@cleo), and the user U000000004 (@cleo)"},
		{`"@ben"`, people, true, false, "the user U000000002 (@ben), who is deactivated"},
		{`"@nobody"`, people, true, false, "hint: Slack knows nobody named @nobody"},
		{`"@oncall"`, few, true, false, "hint: the token lacks the scope usergroups:read"},
		{`S000000001`, people, true, true, "S000000001  the user group S000000001 (@oncall, On call)"},
		{`S000000002`, people, true, true, "warning: mention S000000002: the user group S000000002 (@old) is deactivated"},
		{`U000000009`, people, true, true, "warning: mention U000000009: Slack knows nobody with this ID"},
		{`S000000001`, few, true, true, "Slack: Fake as @copytaster"},
		{`"@here"`, people, true, true, "Slack: Fake as @copytaster"},
		{`"@Here"`, people, false, false, "did you mean `@here`?"},
		{`u000000001`, people, false, false, "did you mean `U000000001`?"},
		{`"#desk"`, people, false, false, "write it under to:"},
		{`""`, people, false, false, "the mention is empty"},
	} {
		fake := slackfake.New(c.options)
		if err := fake.Start(); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(t.TempDir(), "c.yaml")
		text := "slack: {token: xoxb-fake, api_url: \"" + fake.URL() + "\"}\nalerts: {default_channel: news, routes: [{severity: urgent, to: news, mention: [" + c.mention + "]}]}\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		args := []string{"check", "-c", path}
		if c.online {
			args = append(args, "--online")
		}
		var out bytes.Buffer
		code := run(t.Context(), args, stdio{in: strings.NewReader(""), out: &out, err: &out, env: os.LookupEnv})
		if said := out.String(); (code == 0) != c.ok || !strings.Contains(said, c.says) {
			t.Errorf("%s: exit %d:\n%s\nwant %s", c.mention, code, said, c.says)
		}
		if err := fake.Close(); err != nil {
			t.Error(err)
		}
	}
}
