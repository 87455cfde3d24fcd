package config

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify/mail"
)

// Mail is the server that takes mail for sinks.
type Mail struct {
	Server   string // host:port; "": there is none
	From     string
	User     string
	Password news.Secret
	Security mail.Security // "": by the port
}

// SecurityOf returns how the connection is encrypted: port 465 is encrypted from the start.
func (m Mail) SecurityOf() mail.Security {
	switch {
	case m.Security != "":
		return m.Security
	case strings.HasSuffix(m.Server, ":465"):
		return mail.Implicit
	default:
		return mail.StartTLS
	}
}

// local reports whether the server is on this machine.
func (m Mail) local() bool {
	host, _, _ := net.SplitHostPort(m.Server)
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

const (
	serverHint  = "write host:port, such as mail.example.org:587"
	addressHint = "write it like desk@example.org"
)

// mailKeys are the keys of mail.
func mailKeys() []key[Mail] {
	return []key[Mail]{
		row("smtp", "`host:port` of the server that takes mail: 587, 465 or 25 is the port as a rule. It may be in a private network.",
			env(matching(`^([^\s:]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$`).or(serverHint)).like("mail.example.org:587"),
			func(m *Mail) *string { return &m.Server }, decodeServer),
		row("from", "Whom mails come from, such as `copytaster <alerts@example.org>`: what cannot be delivered comes back there.",
			env(matching(addressPattern).or(addressHint)), func(m *Mail) *string { return &m.From }, decodeAddress),
		row("user", "The user at the server. Without it the server is not told who we are.", env(words()),
			func(m *Mail) *string { return &m.User }, decodeUser),
		custom("password", "The password of `user`, best as `${SMTP_PASSWORD}`; or use `password_file`.", env(words()),
			mailPassword("password_file", (*decoder).secret)),
		custom("password_file", "A file that holds the password.", env(words()),
			mailPassword("password", (*decoder).secretFile)),
		row("tls", "How the connection is encrypted: `starttls`, `implicit` (the default on port 465) or `none`. The server's certificate must be good.",
			env(choice(string(mail.StartTLS), string(mail.Implicit), string(mail.None))).by(string(mail.StartTLS)),
			func(m *Mail) *mail.Security { return &m.Security }, decodeSecurity),
	}
}

// addressPattern is what editors accept as an address of e-mail.
const addressPattern = `^[^@]*[^\s@<>]@[^\s@<>]+>?$`

// decodeAddress decodes an address of e-mail.
func decodeAddress(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok {
		return "", false
	}
	if _, err := mail.ParseAddress(text); err != nil {
		d.mistake(v, addressHint, "%s: %s", v.quoted(), err)
		return "", false
	}
	return text, true
}

// decodeServer decodes host:port.
func decodeServer(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if !ok {
		return "", false
	}
	host, port, err := net.SplitHostPort(strings.TrimSpace(text))
	n, errPort := strconv.ParseUint(port, 10, 16)
	bare := strings.Trim(host, "[]")
	_, errIP := netip.ParseAddr(bare)
	if err != nil || errPort != nil || n == 0 || errIP != nil && !hostName.MatchString(host) {
		d.mistake(v, serverHint, "%s is no server with a port", v.quoted())
		return "", false
	}
	return net.JoinHostPort(bare, port), true
}

// decodeUser decodes the name of a user.
func decodeUser(d *decoder, v value) (string, bool) {
	text, ok := d.text(v)
	if ok && strings.TrimSpace(text) == "" {
		d.mistake(v, "leave the key out when there is none", "the user is empty")
		return "", false
	}
	return text, ok
}

// decodeSecurity decodes how a connection is encrypted.
func decodeSecurity(d *decoder, v value) (mail.Security, bool) {
	text, ok := d.text(v)
	if !ok {
		return "", false
	}
	switch how := mail.Security(text); how {
	case mail.StartTLS, mail.Implicit, mail.None:
		return how, true
	}
	d.mistake(v, "write starttls, implicit or none", "%s is no way to encrypt", v.quoted())
	return "", false
}

// mailPassword decodes one of the two keys that hold the password. other is the other one.
func mailPassword(other string, decode decodeFunc[news.Secret]) func(*decoder, value, *Mail) {
	return func(d *decoder, v value, m *Mail) {
		secret, ok := decode(d, v)
		if before, set := d.out.keys["mail."+other]; set {
			d.mistake(v, "keep one of them", "mail.%s is set already, in %s:%d", other, before.file, before.line)
			return
		}
		if ok {
			m.Password = secret
		}
	}
}

// checkMail looks at what sinks need of the server that takes their mail.
func (c *checker) checkMail() {
	m := c.said.Mail
	has := func(name string) bool { _, ok := c.said.keys["mail."+name]; return ok }
	for i := range c.said.Sinks {
		if len(c.said.Sinks[i].Mail) == 0 {
			continue
		}
		path := fmt.Sprintf("sinks[%d].mail", i)
		for _, must := range [][2]string{{"smtp", "add mail: {smtp: mail.example.org:587, from: alerts@example.org} at the top"}, {"from", "add mail.from: alerts@example.org"}} {
			if !has(must[0]) {
				c.at(c.places.locate(path), path, must[1], "nothing takes mail: mail.%s is not set", must[0])
				break
			}
		}
	}
	word := has("password") || has("password_file")
	switch {
	case has("user") && !word:
		c.at(c.places.locate("mail.user"), "mail.user", "add mail.password or mail.password_file", "the user has no password")
	case word && !has("user"):
		name := "mail.password"
		if !has("password") {
			name = "mail.password_file"
		}
		c.at(c.places.locate(name), name, "add mail.user", "whose password this is is not said")
	case m.Security != mail.None || m.Server == "" || m.local():
	case word:
		c.at(c.places.locate("mail.tls"), "mail.tls", "write starttls or implicit", "the password could be read on the way")
	default:
		c.warnAt(c.places.locate("mail.tls"), "write starttls or implicit, or keep it within a network that you trust",
			"what is sent can be read on the way")
	}
}
