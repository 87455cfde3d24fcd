package websub

import (
	"net/url"
	"slices"
	"strings"
)

// maxURL is the longest URL that is taken for a hub or a topic, in bytes: they
// are stored, sent in forms and compared.
const maxURL = 2048

// Links finds the hubs and the topic of a document in the values of its Link
// headers (section 4; RFC 8288, section 3), resolved against the document's
// URL. A link about another document (anchor) does not count.
func Links(headers []string, base string) (hubs []string, topic string) {
	from, err := url.Parse(base)
	if err != nil {
		return nil, ""
	}
	for _, h := range headers {
		for _, l := range parseLinks(h) {
			target := resolve(from, l.target)
			if target == "" || l.anchored {
				continue
			}
			if l.relates("hub") {
				hubs = append(hubs, target)
			}
			if topic == "" && l.relates("self") {
				topic = target
			}
		}
	}
	return hubs, topic
}

// Choose picks one of several hubs: the first that is asked over https, so
// that nobody else reads the secret, else the first; "" of none. What is no web
// address is passed over.
func Choose(hubs []string) string {
	first := ""
	for _, h := range hubs {
		u, err := url.Parse(h)
		switch {
		case err != nil || !isWeb(u) || len(h) > maxURL:
		case u.Scheme == "https":
			return h
		case first == "":
			first = h
		}
	}
	return first
}

func resolve(base *url.URL, ref string) string {
	u, err := base.Parse(strings.TrimSpace(ref))
	if err != nil || !isWeb(u) {
		return ""
	}
	if text := u.String(); len(text) <= maxURL {
		return text
	}
	return ""
}

func isWeb(u *url.URL) bool {
	return u.Hostname() != "" && (u.Scheme == "http" || u.Scheme == "https")
}

// link is one link of a Link header.
type link struct {
	target   string
	rel      string
	anchored bool // it is about another document
}

// relates reports whether the link has a relation among others.
func (l *link) relates(rel string) bool {
	return slices.ContainsFunc(strings.Fields(l.rel), func(r string) bool { return strings.EqualFold(r, rel) })
}

// parseLinks reads one header. What is malformed ends it: what came before
// counts.
func parseLinks(header string) (links []link) {
	for rest := header; ; {
		rest = strings.TrimLeft(rest, " \t,")
		if !strings.HasPrefix(rest, "<") {
			return links
		}
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return links
		}
		l := link{target: rest[1:end]}
		rest = l.parameters(rest[end+1:])
		links = append(links, l)
	}
}

// parameters reads those of one link and returns what follows them. The first
// rel counts (RFC 8288, section 3.3).
func (l *link) parameters(rest string) string {
	for named := false; ; {
		rest = strings.TrimLeft(rest, " \t")
		if !strings.HasPrefix(rest, ";") {
			return rest
		}
		rest = strings.TrimLeft(rest[1:], " \t")
		end := strings.IndexAny(rest, "=;, \t")
		if end < 0 {
			end = len(rest)
		}
		name := rest[:end]
		rest = strings.TrimLeft(rest[end:], " \t")
		value := ""
		if strings.HasPrefix(rest, "=") {
			value, rest = parameterValue(strings.TrimLeft(rest[1:], " \t"))
		}
		switch {
		case strings.EqualFold(name, "rel") && !named:
			l.rel, named = value, true
		case strings.EqualFold(name, "anchor"):
			l.anchored = true
		}
	}
}

// parameterValue reads a token or a quoted string, whose end may be missing.
func parameterValue(text string) (value, rest string) {
	if !strings.HasPrefix(text, `"`) {
		end := strings.IndexAny(text, ";, \t")
		if end < 0 {
			end = len(text)
		}
		return text[:end], text[end:]
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return b.String(), text[i+1:]
		case c == '\\' && i+1 < len(text):
			i++
			b.WriteByte(text[i])
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}
