package app_test

import (
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/slackfake"
)

// TestLookAtSlack: each channel's look says whether alerts will arrive there,
// and whether an invitation would help.
func TestLookAtSlack(t *testing.T) {
	channels := []slackfake.Channel{
		{Name: "news", Member: true}, {Name: "open"}, {Name: "vault", Private: true}, {ID: "C0ARCHIVED", Name: "old", Archived: true},
	}
	for name, c := range map[string]struct {
		scopes []string
		open   app.ChannelLook
	}{
		"every scope": {nil, app.ChannelLook{Joins: true}},
		"no joining":  {[]string{"chat:write", "channels:read", "groups:read", "channels:history", "groups:history"}, app.ChannelLook{}},
	} {
		fake := slackfake.New(slackfake.Options{Channels: channels, Scopes: c.scopes})
		if err := fake.Start(); err != nil {
			t.Fatal(err)
		}
		defer fake.Close()
		settings := config.Slack{Token: slackfake.DefaultToken, APIURL: fake.URL()}
		look, err := app.LookAtSlack(t.Context(), silent, settings, []string{"news", "open", "vault", "C0ARCHIVED"})
		if err != nil || look.Team != "Fake" || look.Bot != "copytaster" || len(look.Channels) != 4 || look.MayJoin != c.open.Joins {
			t.Fatalf("%s: %+v, %v", name, look, err)
		}
		news, open, vault, old := look.Channels[0], look.Channels[1], look.Channels[2], look.Channels[3]
		if !news.Member || news.Err != nil || news.ID == "" || news.Name != "news" {
			t.Errorf("%s: %+v", name, news)
		}
		if open.Member || open.Joins != c.open.Joins || (open.Err == nil) != c.open.Joins || !open.Asked || open.Hidden {
			t.Errorf("%s: %+v", name, open)
		}
		if !vault.Hidden || vault.Err == nil || vault.ID != "" {
			t.Errorf("%s: %+v", name, vault)
		}
		if old.Err == nil || old.Err.Error() != "the channel is archived" {
			t.Errorf("%s: %+v", name, old)
		}
		if joined, _ := fake.Channel("open"); joined.Member {
			t.Errorf("%s: looking joined a channel", name)
		}
		fake.Revoke()
		if _, err := app.LookAtSlack(t.Context(), silent, settings, nil); err == nil {
			t.Errorf("%s: a revoked token is good", name)
		}
	}
}
