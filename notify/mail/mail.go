// Package mail sends messages as e-mail through an SMTP server. Make a Sender with New. The
// Message-ID of a message is the same in each attempt, so that whoever gets it twice can drop
// one. A mail that was sent to its end without an answer is in doubt: nobody can ask.
package mail

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	netmail "net/mail"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
)

// How long a mail may take. RFC 5321, 4.5.3.2.6, has a sender wait for ten minutes after the end of a
// mail, because servers look through it before they answer; but a server that hangs must not keep
// what is urgent from everybody for so long.
const (
	longest  = 14 * time.Second // from the dial to the end of the mail
	lastWord = 5 * time.Minute  // from there to the server's answer
)

// Security says how a connection is encrypted.
type Security string

// The kinds of security.
const (
	StartTLS Security = "starttls" // the connection begins in the clear, and sends nothing before it is encrypted
	Implicit Security = "implicit" // encrypted from its first byte
	None     Security = "none"
)

// Options are the properties of a receiver and of the server that takes mail for it.
type Options struct {
	Server   string // host:port
	Security Security
	User     string // "": the server asks nobody who they are
	Password news.Secret
	From     string // an address, with or without a name
	To       []string
	Agent    string // what the sender calls itself
	Zone     *time.Location
	Now      func() time.Time
	Roots    *x509.CertPool // who vouches for the server; nil: the system's
}

// Sender sends to the addresses of one receiver. Its methods may be called from many
// goroutines.
type Sender struct {
	opt    Options
	host   string
	port   int
	from   *netmail.Address
	to     []*netmail.Address
	domain string // of from

	longest, lastWord time.Duration // see the constants
}

// New makes a sender. The error says what is wrong with the options.
func New(opt Options) (*Sender, error) {
	s := &Sender{opt: opt, longest: longest, lastWord: lastWord}
	host, port, err := net.SplitHostPort(opt.Server)
	if err != nil {
		return nil, fmt.Errorf("the server is not host:port: %w", err)
	}
	s.host = host
	if s.port, err = strconv.Atoi(port); err != nil {
		return nil, fmt.Errorf("the port is no number: %w", err)
	}
	if s.from, err = ParseAddress(opt.From); err != nil {
		return nil, err
	}
	_, s.domain, _ = strings.Cut(s.from.Address, "@")
	for _, text := range opt.To {
		to, err := ParseAddress(text)
		if err != nil {
			return nil, err
		}
		s.to = append(s.to, to)
	}
	return s, nil
}

// ParseAddress reads an address such as desk@example.org or "The desk <desk@example.org>".
// Not every server takes one that is not in ASCII, and so none is.
func ParseAddress(written string) (*netmail.Address, error) {
	a, err := netmail.ParseAddress(written)
	if err != nil {
		return nil, errors.New("this is no address of e-mail")
	}
	local, domain, _ := strings.Cut(a.Address, "@")
	strange := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case strings.ContainsFunc(a.Address, strange):
		return nil, errors.New("the address is not in ASCII")
	case strings.ContainsAny(local, `"\`) || strings.ContainsAny(domain, `[]@`):
		return nil, errors.New("this is no plain address of e-mail")
	}
	return a, nil
}

// Resolve returns the channel's own name: there is nothing to look up.
func (s *Sender) Resolve(_ context.Context, channel string) (string, error) { return channel, nil }

// Send sends a mail. One whose end got no answer is in doubt. It goes to all addresses or to none.
func (s *Sender) Send(ctx context.Context, channel string, m notify.Message) (notify.Receipt, error) {
	id := s.idOf(m)
	mail := s.compose(channel, id, m)
	if err := s.connected(ctx, func(l *line) error { return s.hand(ctx, l, mail) }); err != nil {
		return notify.Receipt{}, s.verdict(err)
	}
	return notify.Receipt{ChannelID: channel, TS: id, Thread: m.Thread}, nil
}

// line is a connection to a server that has let us in.
type line struct {
	*smtp.Client

	conn   net.Conn
	goesOn func() bool // ends the bound of what comes before the end of a mail; false: it is over
}

// connected does something with a server that has let us in.
func (s *Sender) connected(ctx context.Context, do func(*line) error) error {
	ctx, cancel := context.WithTimeout(ctx, s.longest)
	defer cancel()
	conn, err := s.dial(ctx)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // what was sent is acknowledged
	goesOn := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer goesOn()
	c, err := s.client(conn)
	if err != nil {
		return err
	}
	in, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return err
	}
	if err := do(&line{in, conn, goesOn}); err != nil {
		return err // to say goodbye could end what was cut off, as if it were whole
	}
	if in.UpdateDeadline(s.longest) == nil {
		_ = in.Quit() // all is done
	}
	return nil
}

// handError is an error of handing a mail over.
type handError struct {
	error

	mail  bool // it is about the mail itself, not about who sends or gets it
	ended bool // the server has all of it
}

// Unwrap returns the error itself.
func (e *handError) Unwrap() error { return e.error }

// hand gives a mail to a server.
func (s *Sender) hand(ctx context.Context, l *line, mail *gomail.Msg) error {
	if err := l.Mail("<" + s.from.Address + ">"); err != nil {
		return &handError{error: fmt.Errorf("from %s: %w", s.from.Address, err)}
	}
	var refused []error
	for _, to := range s.to {
		if err := l.Rcpt("<" + to.Address + ">"); err != nil {
			refused = append(refused, fmt.Errorf("to %s: %w", to.Address, err))
		}
	}
	if len(refused) > 0 {
		return &handError{error: errors.Join(refused...)}
	}
	w, err := l.Data()
	if err != nil {
		return &handError{error: err, mail: true}
	}
	if _, err := mail.WriteTo(w); err != nil {
		return &handError{error: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.lastWord)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = l.conn.Close() })()
	if !l.goesOn() {
		return &handError{error: context.DeadlineExceeded}
	}
	if err = l.UpdateDeadline(s.lastWord); err == nil {
		err = w.Close()
	}
	if err != nil {
		return &handError{error: err, mail: true, ended: true}
	}
	return nil
}

// dial opens a connection.
func (s *Sender) dial(ctx context.Context) (net.Conn, error) {
	plain := &net.Dialer{}
	if s.opt.Security == Implicit {
		return (&tls.Dialer{NetDialer: plain, Config: s.tls()}).DialContext(ctx, "tcp", s.opt.Server)
	}
	return plain.DialContext(ctx, "tcp", s.opt.Server)
}

func (s *Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.host, RootCAs: s.opt.Roots, MinVersion: tls.VersionTLS12}
}

// client makes a client that uses a connection. It never tells a password to a server that
// could be another one.
func (s *Sender) client(conn net.Conn) (*gomail.Client, error) {
	policy := gomail.NoTLS // the connection is encrypted already, or never
	if s.opt.Security == StartTLS {
		policy = gomail.TLSMandatory
	}
	dialled := func(context.Context, string, string) (net.Conn, error) { return conn, nil }
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(s.longest), gomail.WithTLSConfig(s.tls()), gomail.WithTLSPolicy(policy),
		gomail.WithDialContextFunc(dialled), gomail.WithoutNoop(), gomail.WithoutRset(),
	}
	if s.opt.User != "" {
		options = append(options, gomail.WithUsername(s.opt.User), gomail.WithPassword(s.opt.Password.Reveal()),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthPlain,
				gomail.SMTPAuthLogin, gomail.SMTPAuthCramMD5))
	}
	return gomail.NewClient(s.host, options...)
}

// idOf is the name of a message, the same in each attempt. A test, which is no delivery, is
// never the same as another one.
func (s *Sender) idOf(m notify.Message) string {
	name := m.Promise
	switch {
	case name != "":
	case m.Delivery != 0:
		name = strconv.FormatInt(m.Delivery, 10)
	default:
		name = rand.Text()
	}
	return "copytaster." + name + "@" + s.domain
}

// verdict is what an error means for the delivery: what the server calls temporary, and a
// connection that was lost, is tried again. It is in doubt where the server may have taken the mail.
// Other refusals of the mail itself are about this one, and all others have to be mended by
// somebody.
func (s *Sender) verdict(err error) error {
	se := &notify.SendError{Problem: notify.NoChannel, Err: fmt.Errorf("send mail: %w", s.told(err))}
	handed, handing := errors.AsType[*handError](err)
	code := 0
	if answer, answered := errors.AsType[*textproto.Error](err); answered {
		code = answer.Code
	}
	switch {
	case code == 0 && handing && handed.ended:
		se.Problem = notify.InDoubt
	case code >= 400 && code < 500, code == 0 && (handing || passing(err)):
		se.Problem = notify.Temporary
	case handing && handed.mail:
		se.Problem = notify.Malformed
	}
	return se
}

// passing reports whether an error is the network's, and passes by itself.
func passing(err error) bool {
	if d, ok := errors.AsType[*net.DNSError](err); ok {
		return !d.IsNotFound
	}
	_, isNet := errors.AsType[net.Error](err)
	return isNet || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// told is an error on one line, without the password.
func (s *Sender) told(err error) error {
	said := text.OneLine(err.Error())
	if secret := s.opt.Password.Reveal(); secret != "" {
		said = strings.ReplaceAll(said, secret, "[hidden]")
	}
	return errors.New(said)
}

// Edit does nothing: what was sent stays. What matters is told by a mail of its own.
func (s *Sender) Edit(context.Context, notify.Receipt, notify.Message) error { return nil }

// Find finds nothing: nobody can ask what has arrived.
func (s *Sender) Find(context.Context, string, notify.Sought, time.Time) (notify.Receipt, bool, error) {
	return notify.Receipt{}, false, nil
}

// Newest knows of no mail.
func (s *Sender) Newest(context.Context, string) (t notify.Trace, found bool, err error) {
	return t, false, nil
}

// Permalink returns "": mails have no URL.
func (s *Sender) Permalink(context.Context, notify.Receipt) (string, error) { return "", nil }

// Probe asks whether the server lets us in, and sends nothing.
func (s *Sender) Probe(ctx context.Context) error {
	if err := s.connected(ctx, func(*line) error { return nil }); err != nil {
		return fmt.Errorf("ask server %s: %w", s.opt.Server, s.told(err))
	}
	return nil
}
