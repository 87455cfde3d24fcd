package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify/webhook"
)

// TestSinkOfAConfig: an alert reaches a channel of Slack and a receiver that the config
// names, which gets the same words.
func TestSinkOfAConfig(t *testing.T) {
	var mu sync.Mutex
	var got []webhook.Payload
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var p webhook.Payload
		if err := json.NewDecoder(r.Body).Decode(&p); err != nil || r.Header.Get("Webhook-Signature") == "" || r.Header.Get("X-Key") != "k" {
			t.Errorf("headers %v: %v", r.Header, err)
		}
		mu.Lock()
		defer mu.Unlock()
		got = append(got, p)
	}))
	defer server.Close()
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, fmt.Sprintf(`
rules: [{name: kim, any: [Kim], also to: pager}]
sinks: [{name: pager, webhook: %q, secret: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw, headers: {X-Key: k}}]
`, server.URL+"/hook")))
	if pass := onePass(t, path); !pass.Done() || pass.Sent != 2 {
		t.Errorf("pass %+v", pass)
	}
	if len(got) != 1 || got[0].Data.Sink != "pager" || !strings.Contains(got[0].Data.Text, "Kim speaks") ||
		len(texts(slack, "news")) != 1 {
		t.Errorf("the receiver got %+v, Slack %q", got, texts(slack, "news"))
	}
}
