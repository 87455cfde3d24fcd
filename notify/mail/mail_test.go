package mail

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

var noon = time.Date(2026, 9, 13, 12, 0, 0, 0, time.UTC)

// to makes a sender to a server.
func to(t *testing.T, s *server, change func(*Options)) *Sender {
	t.Helper()
	opt := Options{
		Server: s.listener.Addr().String(), Security: StartTLS, User: "desk", Password: "hunter2", From: "Новости <alerts@example.org>",
		To: []string{"desk@example.org", "The editor <editor@example.org>"}, Agent: "copytaster/test", Zone: time.FixedZone("MSK", 3*3600),
		Now: func() time.Time { return noon }, Roots: s.roots,
	}
	if change != nil {
		change(&opt)
	}
	sender, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return sender
}

// raised is a message about an alert.
func raised(title string) notify.Message {
	s := &news.Story{
		ID: 1, Cluster: 7, Title: title, URL: "https://tass.example/1?a=1&b=2", Outlet: "TASS", Language: "en",
		Origin: news.Origin{Source: "tass", Tier: "state"}, Published: noon.Add(-time.Minute),
	}
	a := news.Alert{ID: 3, Cluster: 7, Severity: news.Urgent, Rules: []string{"kim"}, Mentions: []string{"@here"}}
	m := notify.Story(news.Delivery{ID: 9, Promise: "PROMISE", Kind: news.DeliverStory}, a, s, []news.Match{{
		Rule: "kim", Evidence: []news.Evidence{{Term: "Kim", Concept: "kim", Field: "title", Text: "Kim", Start: 0, End: 3}},
	}}, noon)
	m.Alert = a.ID
	return m
}

// read parses a mail: its headers, and its bodies by their types.
func read(t *testing.T, data string) (h netmail.Header, bodies map[string]string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(data))
	if err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	bodies = map[string]string{}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
		if err != nil {
			t.Fatal(err)
		}
		bodies[kind] = string(body)
		return m.Header, bodies
	}
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := parts.NextPart() // decodes what is quoted
		if errors.Is(err, io.EOF) {
			return m.Header, bodies
		}
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		body, err := io.ReadAll(p)
		if err != nil {
			t.Fatal(err)
		}
		bodies[kind] = strings.ReplaceAll(string(body), "\r\n", "\n")
	}
}

// subjectOf is the subject as a reader sees it.
func subjectOf(t *testing.T, h netmail.Header) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil {
		t.Error(err)
	}
	return text
}

func TestSend(t *testing.T) {
	for _, security := range []Security{StartTLS, Implicit} {
		s := newServer(t, func(s *server) { s.implicit = security == Implicit })
		sender := to(t, s, func(o *Options) { o.Security = security })
		for range 2 { // what is repeated has the same name
			receipt, err := sender.Send(t.Context(), "desk", raised("Kim Jong Un meets Путин & <Putin>"))
			if err != nil || receipt.TS != "copytaster.PROMISE@example.org" || receipt.ChannelID != "desk" {
				t.Fatal(security, receipt, err)
			}
		}
		got := s.taken()[0]
		if got.from != "alerts@example.org" || !slices.Equal(got.to, []string{"desk@example.org", "editor@example.org"}) {
			t.Errorf("%s: envelope %+v", security, got)
		}
		h, bodies := read(t, got.data)
		again, _ := read(t, s.taken()[1].data)
		want := map[string]string{
			"Message-Id": "<copytaster.PROMISE@example.org>", "Auto-Submitted": "auto-generated", "Precedence": "bulk",
			"X-Auto-Response-Suppress": "All", "List-Id": "<desk.copytaster.example.org>", "In-Reply-To": "", "User-Agent": "copytaster/test",
			"Importance": "high", "Date": "Sun, 13 Sep 2026 12:00:00 +0000",
		}
		for name, value := range want {
			if h.Get(name) != value || again.Get(name) != value {
				t.Errorf("%s: %s is %q, then %q", security, name, h.Get(name), again.Get(name))
			}
		}
		if got := subjectOf(t, h); got != "URGENT · Kim Jong Un meets Путин & <Putin> · TASS (state) · kim" {
			t.Errorf("subject %q", got)
		}
		if from, err := h.AddressList("From"); err != nil || from[0].Name != "Новости" {
			t.Errorf("from %v, %v", from, err)
		}
		plain := "🚨 URGENT · Kim Jong Un meets Путин & <Putin>\n  https://tass.example/1?a=1&b=2\n" +
			"TASS (state) · English · 1 min after publication\nkim: Kim\n"
		page := `<p dir="auto">🚨 <b>URGENT</b> · <a href="https://tass.example/1?a=1&amp;b=2">`
		if diff := cmp.Diff(plain, bodies["text/plain"]); diff != "" {
			t.Error(diff)
		}
		if !strings.Contains(bodies["text/html"], page) || !strings.Contains(bodies["text/html"], "Путин &amp; &lt;Putin&gt;") {
			t.Errorf("page %s", bodies["text/html"])
		}
	}
}

// TestFollows: what follows an alert answers its first mail, whoever sent that.
func TestFollows(t *testing.T) {
	s := newServer(t, nil)
	sender := to(t, s, nil)
	for thread, want := range map[string]string{
		"copytaster.A@example.org": "<copytaster.A@example.org>", "msg_A": "", "a@b>\r\nBcc: <c@d": "", "": "",
	} {
		m := raised("Kim")
		m.Thread = thread
		receipt, err := sender.Send(t.Context(), "desk", m)
		if err != nil || receipt.Thread != thread {
			t.Fatal(receipt, err)
		}
		h, _ := read(t, s.last().data)
		if h.Get("In-Reply-To") != want || h.Get("References") != want || h.Get("Bcc") != "" {
			t.Errorf("%q: headers %v", thread, h)
		}
	}
}

// TestHostile: what outlets write ends no header, turns none round, and is no markup.
func TestHostile(t *testing.T) {
	s := newServer(t, nil)
	for _, title := range []string{
		"Kim\r\nBcc: thief@example.org\r\n\r\nbody", "Kim\u202e gnirts \u2066x", "=?utf-8?q?Kim=0d=0aBcc:_x?=", "Kim\u2028Bcc: x", "Kim\x00\x7f",
		"Kim </p><script>alert(1)</script>", strings.Repeat("Kim", 400), ".\r\n.\r\nKim", "Kim \xff\xfe",
	} {
		m := raised(title)
		m.Text, m.Headline = "URGENT · "+title, title // as if nothing had cleaned it
		if _, err := to(t, s, nil).Send(t.Context(), "A sink\r\nX-Y: z", m); err != nil {
			t.Fatalf("%q: %v", title, err)
		}
		h, bodies := read(t, s.last().data)
		for name := range h {
			if name == "Bcc" || name == "X-Y" {
				t.Errorf("%q: header %s", title, name)
			}
		}
		subject := subjectOf(t, h)
		tooLong := len([]rune(subject)) > longestSubject
		if tooLong || strings.ContainsFunc(subject, news.Unseen) || !strings.HasPrefix(subject, "URGENT · ") {
			t.Errorf("%q: subject %q", title, subject)
		}
		if len(bodies) != 2 || strings.Contains(bodies["text/html"], "<script>") {
			t.Errorf("%q: bodies %q", title, bodies)
		}
	}
}

// TestVerdict: what an answer of the server means for the delivery.
func TestVerdict(t *testing.T) {
	for answer, want := range map[string]notify.Problem{
		"EHLO 421 busy": notify.Temporary, "EHLO 554 go away": notify.NoChannel, "AUTH 535 5.7.8 wrong": notify.NoChannel,
		"AUTH 454 later": notify.Temporary, "MAIL 451 later": notify.Temporary, "MAIL 550 you may not": notify.NoChannel,
		"RCPT 450 greylisted": notify.Temporary, "RCPT 550 5.1.1 nobody": notify.NoChannel, "DATA 451 later": notify.Temporary,
		"DATA 554 no": notify.Malformed, ". 452 full": notify.Temporary, ". 552 too big": notify.Malformed, ". 554 spam": notify.Malformed,
		"STARTTLS 454 no TLS now": notify.Temporary, "RSET 421 bye": "", "QUIT 500 what": "",
	} {
		s := newServer(t, nil)
		verb, line, _ := strings.Cut(answer, " ")
		s.answers[verb] = line
		if verb == "EHLO" {
			s.answers["HELO"] = line
		}
		_, err := to(t, s, nil).Send(t.Context(), "desk", raised("Kim"))
		if se, _ := errors.AsType[*notify.SendError](err); (err == nil) != (want == "") || se != nil && se.Problem != want {
			t.Errorf("%s: %v, want %s", answer, err, want)
		}
		if taken := len(s.taken()); (taken == 0) == (want == "") {
			t.Errorf("%s: %d mails", answer, taken)
		}
	}
}

// TestDoubt: a mail whose end was not confirmed may have arrived. It has the same name when it is
// sent again.
func TestDoubt(t *testing.T) {
	s := newServer(t, func(s *server) { s.cut = true })
	for range 2 {
		_, err := to(t, s, nil).Send(t.Context(), "desk", raised("Kim"))
		if se, ok := errors.AsType[*notify.SendError](err); !ok || se.Problem != notify.InDoubt {
			t.Fatal(err)
		}
	}
	one, _ := read(t, s.taken()[0].data)
	two, _ := read(t, s.taken()[1].data)
	if one.Get("Message-Id") != two.Get("Message-Id") || one.Get("Message-Id") == "" {
		t.Errorf("%q, %q", one.Get("Message-Id"), two.Get("Message-Id"))
	}
}

// TestSlowServer: a server may take longer to confirm a mail than for all before, and gets one copy. One
// that says nothing at all leaves the mail in doubt.
func TestSlowServer(t *testing.T) {
	const short = time.Second
	for name, c := range map[string]struct {
		lastWord time.Duration
		want     notify.Problem
	}{"slow": {time.Minute, ""}, "silent": {short / 4, notify.InDoubt}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			late := make(chan struct{})
			s := newServer(t, func(s *server) {
				s.confirm = func() {
					time.AfterFunc(short+short/2, func() { close(late) })
					<-late
				}
			})
			sender := to(t, s, nil)
			sender.longest, sender.lastWord = short, c.lastWord
			_, err := sender.Send(t.Context(), "desk", raised("Kim"))
			se, refused := errors.AsType[*notify.SendError](err)
			if refused != (c.want != "") || refused && se.Problem != c.want {
				t.Errorf("%v, want %q", err, c.want)
			}
			if n := len(s.taken()); n != 1 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

// TestRefusedOnce: a mail that was refused is tried as plain text.
func TestRefusedOnce(t *testing.T) {
	s := newServer(t, nil)
	m := raised("Kim спешит")
	m.Plain = true
	if _, err := to(t, s, nil).Send(t.Context(), "desk", m); err != nil {
		t.Fatal(err)
	}
	if _, bodies := read(t, s.taken()[0].data); len(bodies) != 1 || !strings.Contains(bodies["text/plain"], "Kim спешит") {
		t.Errorf("bodies %q", bodies)
	}
}

// TestConnection: what must be mended is told apart from what passes, nothing is said in the
// clear, and no error shows the password.
func TestConnection(t *testing.T) {
	for name, c := range map[string]struct {
		server func(*server)
		change func(*Options)
		want   notify.Problem
	}{
		"wrong password":    {nil, func(o *Options) { o.Password = "swordfish" }, notify.NoChannel},
		"unknown authority": {nil, func(o *Options) { o.Roots = nil }, notify.NoChannel},
		"no STARTTLS":       {func(s *server) { s.noTLS = true }, nil, notify.NoChannel},
		"no AUTH":           {func(s *server) { s.noTLS = true }, func(o *Options) { o.Security = None }, notify.NoChannel},
		"nobody":            {nil, func(o *Options) { o.Security, o.User, o.Password = None, "", "" }, notify.NoChannel},
		"nobody asked":      {func(s *server) { s.noTLS = true }, func(o *Options) { o.Security, o.User, o.Password = None, "", "" }, ""},
	} {
		s := newServer(t, c.server)
		sender := to(t, s, c.change)
		_, err := sender.Send(t.Context(), "desk", raised("Kim"))
		se, _ := errors.AsType[*notify.SendError](err)
		if (err == nil) != (c.want == "") || se != nil && se.Problem != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "swordfish") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v", name, err)
		}
		if probed := sender.Probe(t.Context()); (probed == nil) != (c.want == "" || name == "nobody") {
			t.Errorf("%s: probe says %v", name, probed)
		}
	}
	s := newServer(t, nil)
	s.stop()
	_, err := to(t, s, nil).Send(t.Context(), "desk", raised("Kim"))
	if se, _ := errors.AsType[*notify.SendError](err); se == nil || se.Problem != notify.Temporary {
		t.Errorf("nobody listens: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := to(t, newServer(t, nil), nil).Send(ctx, "desk", raised("Kim")); err == nil {
		t.Error("sent after the end")
	}
}

// TestProbe: the server lets us in, and gets nothing.
func TestProbe(t *testing.T) {
	s := newServer(t, nil)
	if err := to(t, s, nil).Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.stop()
	if want := []string{"EHLO", "STARTTLS", "EHLO", "AUTH", "QUIT"}; !slices.Equal(s.said, want) {
		t.Errorf("said %q", s.said)
	}
}

func TestParseAddress(t *testing.T) {
	for text, ok := range map[string]bool{
		"desk@example.org": true, "The desk <desk@example.org>": true, "Стол <desk@example.org>": true, "desk": false, "": false,
		"стол@example.org": false, "desk@пример.рф": false, "desk@xn--e1afmkfd.xn--p1ai": true, "a@b\r\nBcc: c@d": false,
		`"a b"@example.org`: false, "a@[127.0.0.1]": false, "a@b, c@d": false,
	} {
		if _, err := ParseAddress(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestWhatIsNotDone: there is nothing to edit, to find or to link.
func TestWhatIsNotDone(t *testing.T) {
	s := newServer(t, nil)
	sender, at := to(t, s, nil), notify.Receipt{ChannelID: "desk", TS: "a@b"}
	if err := sender.Edit(t.Context(), at, raised("Kim")); err != nil {
		t.Error(err)
	}
	if _, found, err := sender.Find(t.Context(), "desk", notify.Sought{}, noon); found || err != nil {
		t.Error(found, err)
	}
	if _, found, err := sender.Newest(t.Context(), "desk"); found || err != nil {
		t.Error(found, err)
	}
	if link, err := sender.Permalink(t.Context(), at); link != "" || err != nil {
		t.Error(link, err)
	}
	if len(s.said) != 0 {
		t.Errorf("said %q", s.said)
	}
}
