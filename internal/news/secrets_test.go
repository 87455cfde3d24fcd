package news

import (
	"strings"
	"testing"
)

// TestWithoutSecrets: a secret is hidden wherever it stands, and nothing that is none.
func TestWithoutSecrets(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"call the desk: anna@desk.example":  "call the desk: anna@desk.example",
		"post to xoxb-1-hunter2, please":    "post to [hidden], please",
		"XAPP-1-hunter2 and xoxp-2-hunter2": "[hidden] and [hidden]",
		"xoxe.xoxp-1-hunter2":               "xoxe.[hidden]",
		"tell (https://hooks.slack.com/services/T0/B0/hunter2)":                      "tell (https://hooks.slack.com/services/[hidden])",
		"https://hooks.slack.com/workflows/T0/A0/hunter2":                            "https://hooks.slack.com/workflows/[hidden]",
		"https://hooks.slack-gov.com/triggers/E0/hunter2 now":                        "https://hooks.slack-gov.com/triggers/[hidden] now",
		"https://discord.com/api/webhooks/123/hunter2":                               "https://discord.com/api/webhooks/[hidden]",
		"https://discordapp.com/api/v10/webhooks/123/hunter2":                        "https://discordapp.com/api/v10/webhooks/[hidden]",
		"https://desk.webhook.office.com/webhookb2/hunter2@a/x":                      "https://desk.webhook.office.com/[hidden]",
		"https://chat.googleapis.com/v1/spaces/A/messages?key=hunter2":               "https://chat.googleapis.com/v1/spaces/[hidden]",
		"https://hooks.zapier.com/hooks/catch/1/hunter2/":                            "https://hooks.zapier.com/hooks/[hidden]",
		"https://maker.ifttt.com/trigger/x/with/key/hunter2":                         "https://maker.ifttt.com/trigger/x/with/key/[hidden]",
		"https://api.telegram.org/bot123:hunter2/sendMessage":                        "https://api.telegram.org/bot[hidden]",
		"whsec_aHVudGVyMmh1bnRlcjI=":                                                 "[hidden]",
		"a hash: $2a$10$VU.KuSTU5lYKYAifWKb3.OJr0ZHbCrg0jJrHCdzNBXM3VU.":             "a hash: [hidden]",
		"$6$salt$hunter2 $argon2id$v=19$hunter2":                                     "[hidden] [hidden]",
		"ghp_hunter2hunter2hunter2hunter2":                                           "[hidden]",
		"AKIAHUNTER2HUNTER222":                                                       "[hidden]",
		"eyJhbGciOiJIUzI1NiJ9.eyJodW50ZXIyIjoxfQ.hunter2":                            "[hidden]",
		"-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\nx": "[hidden]\nx",
		"Authorization: Bearer hunter2":                                              "Authorization: [hidden]",
		`{"authorization": "Basic hunter2"}`:                                         `{"authorization": "[hidden]"}`,
		"proxy-authorization=Basic hunter2":                                          "proxy-authorization=[hidden]",
		"Cookie: session=hunter2; theme=dark":                                        "Cookie: [hidden]",
		"Set-Cookie: sid=hunter2":                                                    "Set-Cookie: [hidden]",
		"Bearer hunter2hunter2hunter2":                                               "Bearer [hidden]",
		"see https://anna:hunter2@a.example/x":                                       "see https://[hidden]@a.example/x",
		"postgres://anna:hun/ter2@db/news":                                           "postgres://[hidden]@db/news",
		"postgres://anna:hun@ter2@db/news":                                           "postgres://[hidden]@db/news",
		"postgres://anna:h/un@ter2@db/news":                                          "postgres://[hidden]@db/news",
		"postgres://anna:hun@t/er2@db/news":                                          "postgres://[hidden]@db/news",
		"https://anna:hunter2@a.example/@kim":                                        "https://[hidden]@a.example/@kim",
		"https://${USER}@a.example/x":                                                "https://${USER}@a.example/x",
		"https://a.example/f?page=2&token=hunter2 (feed)":                            "https://a.example/f?page=2&token=[hidden] (feed)",
		"https://a.example/f?token=${TOKEN}":                                         "https://a.example/f?token=${TOKEN}",
		"https://mastodon.example/@anna and x@y":                                     "https://mastodon.example/@anna and x@y",
		"Cookie: what the law says; basic training in Kansas":                        "Cookie: what the law says; basic training in Kansas",
		"it costs $5 or $2.50, $6$ at most":                                          "it costs $5 or $2.50, $6$ at most",
		"the bearer of bad news":                                                     "the bearer of bad news",
		"https://slack.com/services and hooks.slack.com":                             "https://slack.com/services and hooks.slack.com",
	} {
		got := WithoutSecrets(text)
		if got != want {
			t.Errorf("%s is shown as\n%s, want\n%s", text, got, want)
		}
		if again := WithoutSecrets(got); again != got {
			t.Errorf("%s is shown otherwise the second time: %s", got, again)
		}
	}
}

// TestSecretShapes: each form is found alone, so that no other one hides that it is wrong.
func TestSecretShapes(t *testing.T) {
	for _, s := range secretShapes {
		if !strings.HasSuffix(s.shown, redacted) {
			t.Errorf("%v shows what follows the secret", s.of)
		}
		if s.of.MatchString("Kim Jong Un met Putin, said https://tass.com/world/1?page=2 on 12.09.2023") {
			t.Errorf("%v hides a plain text", s.of)
		}
	}
}
