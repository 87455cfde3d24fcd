package probe

import (
	"net"
	"net/textproto"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/config"
)

// TestSinksByMail: a server that takes mail is asked and gets none, and one that is down is a
// mistake that names what to look at.
func TestSinksByMail(t *testing.T) {
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	said := make(chan string, 9)
	go func() {
		defer close(said)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		text := textproto.NewConn(conn)
		defer text.Close()
		_ = text.PrintfLine("220 fake")
		for line, err := text.ReadLine(); err == nil; line, err = text.ReadLine() {
			said <- strings.Fields(line)[0]
			_ = text.PrintfLine("250 ok")
		}
	}()
	cfg := &config.Config{
		Mail:  config.Mail{Server: l.Addr().String(), From: "alerts@example.org", Security: "none"},
		Sinks: []config.Sink{{Name: "desk", Mail: []string{"desk@example.org"}}},
	}
	answers := Sinks(t.Context(), cfg)
	var verbs []string
	for verb := range said {
		verbs = append(verbs, verb)
	}
	if got := strings.Join(verbs, " "); !answers[0].OK || answers[0].Detail != cfg.Mail.Server+" takes mail" || got != "EHLO QUIT" {
		t.Errorf("answer %+v, said %s", answers[0], got)
	}
	_ = l.Close()
	answers = Sinks(t.Context(), cfg)
	if a := answers[0]; a.OK || !strings.Contains(a.Detail, "refused") || a.path != "sinks[0].mail" || !strings.Contains(a.hint, "tls") {
		t.Errorf("answer %+v", a)
	}
}
