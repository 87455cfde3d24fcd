package mail

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"

	"crypto/x509"
)

// server is a strict SMTP server: it takes commands in their order alone, passwords over TLS
// alone, and knows one user.
type server struct {
	t        *testing.T
	listener net.Listener
	cert     tls.Certificate
	roots    *x509.CertPool
	implicit bool
	noTLS    bool
	answers  map[string]string // to commands, in place of a good one
	cut      bool              // the connection is cut before a mail is confirmed
	confirm  func()            // is called before a mail is confirmed

	mu    sync.Mutex
	mails []sent
	said  []string // all commands, without what they say
	done  sync.WaitGroup
}

// sent is a mail that was taken.
type sent struct {
	from string
	to   []string
	data string
}

// newServer starts a server.
func newServer(t *testing.T, set func(*server)) *server {
	t.Helper()
	web := httptest.NewUnstartedServer(http.NotFoundHandler()) // has a certificate for 127.0.0.1
	web.StartTLS()
	t.Cleanup(web.Close)
	s := &server{t: t, cert: web.TLS.Certificates[0], roots: x509.NewCertPool(), answers: map[string]string{}}
	s.roots.AddCert(web.Certificate())
	if set != nil {
		set(s)
	}
	var err error
	if s.listener, err = (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.done.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.done.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(s.stop)
	return s
}

// taken are the mails that were taken so far.
func (s *server) taken() []sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// last is the mail that was taken last.
func (s *server) last() sent {
	all := s.taken()
	return all[len(all)-1]
}

func (s *server) stop() {
	_ = s.listener.Close()
	s.done.Wait()
}

func (s *server) serve(conn net.Conn) {
	defer func() { _ = conn.Close() }()
	if s.implicit {
		conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{s.cert}})
	}
	talk := &talk{server: s, conn: conn, text: textproto.NewConn(conn), safe: s.implicit}
	talk.say("220 fake ESMTP")
	for {
		line, err := talk.text.ReadLine()
		if err != nil || !talk.hear(line) {
			return
		}
	}
}

// talk is one connection.
type talk struct {
	*server

	conn net.Conn
	text *textproto.Conn
	safe bool // encrypted
	in   bool // the user is known
	mail sent
}

func (k *talk) say(line string) { _ = k.text.PrintfLine("%s", line) }

// hear answers a command, and reports whether the connection goes on.
func (k *talk) hear(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	k.mu.Lock()
	k.said = append(k.said, verb)
	k.mu.Unlock()
	if answer := k.answers[verb]; answer != "" {
		k.say(answer)
		return true
	}
	switch verb {
	case "EHLO":
		k.greet()
	case "STARTTLS":
		k.say("220 go ahead")
		k.conn = tls.Server(k.conn, &tls.Config{Certificates: []tls.Certificate{k.cert}})
		k.text, k.safe = textproto.NewConn(k.conn), true
	case "AUTH":
		k.know(rest)
	case "MAIL":
		k.mail = sent{from: between(rest)}
		k.say(k.when(k.in || k.noTLS, "250 ok", "530 who are you?"))
	case "RCPT":
		k.mail.to = append(k.mail.to, between(rest))
		k.say(k.when(k.mail.from != "", "250 ok", "503 no MAIL"))
	case "DATA":
		return k.take()
	case "*": // whoever was refused gives up
		k.say("501 as you wish")
	case "RSET", "NOOP":
		k.say("250 ok")
	case "QUIT":
		k.say("221 bye")
		return false
	default:
		k.t.Errorf("unknown command %q", line)
		return false
	}
	return true
}

func (k *talk) when(ok bool, then, other string) string {
	if ok {
		return then
	}
	return other
}

func (k *talk) greet() {
	switch {
	case k.noTLS:
		k.say("250 fake")
	case k.safe:
		k.say("250-fake\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN")
	default:
		k.say("250-fake\r\n250 STARTTLS")
	}
}

func (k *talk) know(rest string) {
	word, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(rest, "PLAIN "))
	if !k.safe || err != nil {
		k.t.Errorf("a password in the clear, or a mistake: %q, %v", rest, err)
	}
	if k.in = string(word) == "\x00desk\x00hunter2"; !k.in {
		k.say("535 5.7.8 " + fmt.Sprintf("%q is wrong", word))
		return
	}
	k.say("235 welcome")
}

// take takes a mail.
func (k *talk) take() bool {
	if len(k.mail.to) == 0 {
		k.say("503 no RCPT")
		return true
	}
	k.say("354 go ahead")
	data, err := bufio.NewReader(k.text.DotReader()).ReadString(0)
	if err == nil {
		k.t.Error("a mail with a NUL")
	}
	if answer := k.answers["."]; answer != "" {
		k.say(answer)
		return true
	}
	k.mail.data = data
	k.mu.Lock()
	k.mails = append(k.mails, k.mail)
	k.mu.Unlock()
	if k.confirm != nil {
		k.confirm()
	}
	if k.cut {
		return false
	}
	k.say("250 taken")
	return true
}

// between is what stands between angle brackets.
func between(text string) string {
	_, text, _ = strings.Cut(text, "<")
	text, _, _ = strings.Cut(text, ">")
	return text
}
