package config

import (
	"bufio"
	"net/textproto"
	"net/url"
	"strings"

	"go.yaml.in/yaml/v4"
	"golang.org/x/net/http/httpguts"

	"github.com/copytaster/copytaster/internal/news"
)

// This file decodes what a source's requests carry: headers, a user, cookies and
// a proxy.

// withHeaders is a key that adds headers.
func withHeaders(name, doc string, f form, decode func(d *decoder, v value, s *news.Source)) key[news.Source] {
	k := custom(name, doc, f, decode)
	k.copy = func(into, from *news.Source) { into.Headers = from.Headers }
	return k
}

// decodeHeaders decodes a map of headers, whose values are secrets.
func decodeHeaders(d *decoder, v value, s *news.Source) {
	if v.node.Kind != yaml.MappingNode {
		d.wrongKind(v, "a map of headers")
		return
	}
	written := map[string]position{}
	for _, p := range d.pairs(v) {
		p.value.hide()
		if first, again := written[p.key]; again {
			d.twice(p, first)
			continue
		}
		written[p.key] = p.position()
		if text, ok := d.secret(p.value); ok {
			d.header(p.value, p.position(), s, p.key, text.Reveal())
		}
	}
}

// header adds one header to those of the source.
func (d *decoder) header(v value, at position, s *news.Source, name, text string) {
	name = textproto.CanonicalMIMEHeaderKey(name)
	switch _, set := s.Headers[name]; {
	case !httpguts.ValidHeaderFieldName(name):
		d.at(at, v.path(), "write it like X-Api-Key", "this is no header's name")
	case !httpguts.ValidHeaderFieldValue(text):
		d.at(at, v.path(), "", "the value of %s cannot be sent in a header", name)
	case name == "Host" || name == "Content-Length" || name == "Connection" || name == "Transfer-Encoding":
		d.at(at, v.path(), "", "%s is not for configs to set", name)
	case set:
		d.at(at, v.path(), "", "the header %s is set twice", name)
	default:
		if s.Headers == nil {
			s.Headers = map[string]news.Secret{}
		}
		s.Headers[name] = news.Secret(text)
	}
}

// decodeHeadersFile reads a file with a header a line, "Name: value". Empty lines
// and those that begin with # are skipped.
func decodeHeadersFile(d *decoder, v value, s *news.Source) {
	text, ok := d.secretFile(v)
	if !ok {
		return
	}
	lines := bufio.NewScanner(strings.NewReader(text.Reveal()))
	lines.Buffer(nil, maxSecret+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, val, found := strings.Cut(line, ":")
		if !found {
			d.mistake(v, "write Name: value on each line", "line %d of %s is no header", n, v.quoted())
			continue
		}
		d.header(v, v.position(), s, strings.TrimSpace(name), strings.TrimSpace(val))
	}
}

// withUser is the key with the user and password of a site.
func withUser(name, doc string, t *table[news.Source]) key[news.Source] {
	k := custom(name, doc, the(name), func(d *decoder, v value, s *news.Source) {
		v.hide()
		set, whole := decodeMap(d, v, t, s)
		if !whole {
			return
		}
		for _, needed := range t.names() {
			if !set.has(needed) {
				d.mistake(v, "", "basic_auth needs %s", needed)
			}
		}
	})
	k.copy = func(into, from *news.Source) { into.User, into.Password = from.User, from.Password }
	return k
}

// basicAuthKeys are the keys of basic_auth.
func basicAuthKeys() []key[news.Source] {
	return []key[news.Source]{
		row("user", "The user's name.", env(words()),
			func(s *news.Source) *string { return &s.User },
			func(d *decoder, v value) (string, bool) {
				user, ok := d.word(v)
				if strings.Contains(user, ":") {
					d.mistake(v, "", "a user's name holds no colon")
				}
				return user, ok
			}),
		row("password_file", "A file that holds the password.", env(words()),
			func(s *news.Source) *news.Secret { return &s.Password }, (*decoder).secretFile),
	}
}

// decodeCookies checks that the file is there. The crawler reads it, and again
// when it has changed.
func decodeCookies(d *decoder, v value) (string, bool) {
	if _, ok := d.secretFile(v); !ok {
		return "", false
	}
	return d.filePath(v)
}

const proxyHint = "write it like http://proxy.example:3128 or socks5://127.0.0.1:1080"

func decodeProxy(d *decoder, v value) (news.Secret, bool) {
	text, ok := d.secret(v)
	if !ok {
		return "", false
	}
	u, err := url.Parse(text.Reveal())
	if err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "socks5" {
		d.mistake(v, proxyHint, "this is no URL of a proxy")
		return "", false
	}
	return text, true
}
