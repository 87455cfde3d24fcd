package app_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
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

// takeMails takes one mail a connection until the listener is closed.
func takeMails(l net.Listener, mails chan<- string) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		text := textproto.NewConn(conn)
		_ = text.PrintfLine("220 fake")
		for line, err := text.ReadLine(); err == nil && line != "QUIT"; line, err = text.ReadLine() {
			if line == "DATA" {
				_ = text.PrintfLine("354 go ahead")
				mail, _ := io.ReadAll(text.DotReader())
				mails <- string(mail)
			}
			_ = text.PrintfLine("250 ok")
		}
		_ = text.Close()
	}
}

// TestMailOfAConfig: an alert reaches a channel of Slack and an address that the config
// names.
func TestMailOfAConfig(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	mails := make(chan string, 9)
	go takeMails(l, mails)
	site, slack := newWireSite(t), fakeSlack(t, slackfake.Options{})
	site.add("Kim speaks")
	path := configFile(t, storetest.SQLite(t), slack, wireConfig(site, fmt.Sprintf(`
rules: [{name: kim, any: [Kim], also to: desk}]
mail: {smtp: %q, from: alerts@example.org, tls: none}
sinks: [{name: desk, mail: desk@example.org}]
`, l.Addr().String())))
	if pass := onePass(t, path); !pass.Done() || pass.Sent != 2 {
		t.Errorf("pass %+v", pass)
	}
	if n := len(mails); n != 1 || len(texts(slack, "news")) != 1 {
		t.Fatalf("%d mails, Slack %q", n, texts(slack, "news"))
	}
	if mail := <-mails; !strings.Contains(mail, "To: <desk@example.org>") || !strings.Contains(mail, "Kim speaks") {
		t.Errorf("the mail is %s", mail)
	}
}
