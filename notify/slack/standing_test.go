package slack

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// TestWorkspace: the token's team and bot, and which scopes it lacks.
func TestWorkspace(t *testing.T) {
	for name, c := range map[string]struct {
		scopes  []string
		missing string
	}{
		"every scope":  {nil, ""},
		"classic app":  {[]string{"bot"}, ""},
		"to post only": {[]string{"chat:write", "channels:read", "users:read"}, "groups:read channels:join channels:history groups:history"},
		"nothing of it": {[]string{"users:read"},
			"chat:write channels:read groups:read channels:join channels:history groups:history"},
	} {
		s, fake := pair(t, slackfake.Options{Scopes: c.scopes})
		w, err := s.Workspace(t.Context(), false)
		if err != nil || w.Team != "Fake" || w.Bot != "copytaster" {
			t.Errorf("%s: %+v, %v", name, w, err)
		}
		var missing []string
		for _, scope := range w.Missing {
			missing = append(missing, scope.Name)
		}
		if got := strings.Join(missing, " "); got != c.missing {
			t.Errorf("%s: %s is missing, want %s", name, got, c.missing)
		}
		fake.Revoke()
		if _, err := s.Workspace(t.Context(), false); problemOf(err) != notify.Unauthorized {
			t.Errorf("%s: with a revoked token: %v", name, err)
		}
	}
}

// TestScopesOfManifest: the scopes that are asked about are those that the
// starter's app has.
func TestScopesOfManifest(t *testing.T) {
	text, err := os.ReadFile("../../config/starter/slack-manifest.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var manifest struct {
		OAuth struct {
			Scopes struct {
				Bot []string `yaml:"bot"`
			} `yaml:"scopes"`
		} `yaml:"oauth_config"`
	}
	if err := yaml.Unmarshal(text, &manifest); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, s := range slices.Concat(scopes, answerScopes, lookupScopes) {
		asked[s.Name] = true
	}
	for _, name := range manifest.OAuth.Scopes.Bot {
		if !asked[name] {
			t.Errorf("the app has %s, and nobody asks about it", name)
		}
		delete(asked, name)
	}
	for name := range asked {
		t.Errorf("%s is asked about, and the app does not have it", name)
	}
}

// TestStanding: how the bot stands to channels that it is in, is not in, and
// may not see. Nothing is changed.
func TestStanding(t *testing.T) {
	s, fake := pair(t, slackfake.Options{Channels: workspace()})
	for channel, want := range map[string]Standing{
		"#desk":      {ID: "C0DESK0001"},
		"secret":     {ID: "G0SECRET01", Private: true, Member: true},
		"C0ARCHIVED": {ID: "C0ARCHIVED", Archived: true},
	} {
		got, err := s.Standing(t.Context(), channel)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", channel, err, diff)
		}
	}
	for _, channel := range []string{"hidden", "nowhere", "G0HIDDEN01"} {
		if got, err := s.Standing(t.Context(), channel); problemOf(err) != notify.NoChannel {
			t.Errorf("%s: %+v, %v", channel, got, err)
		}
	}
	if n := len(fake.Calls("conversations.join")); n != 0 {
		t.Errorf("joined %d channels", n)
	}
	fake.Plan(slackfake.Fault{Method: "conversations.info", Code: "internal_error"})
	if _, err := s.Standing(t.Context(), "desk"); problemOf(err) != notify.Temporary {
		t.Errorf("%v", err)
	}
}
