package extract

import (
	"encoding/base64"
	"encoding/binary"
	"net/url"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/mmcdole/gofeed/rss"
)

// GoogleNews reads a feed of Google News, as GoogleNewsURL gives: Feed, but
// that a title loses the outlet's name at its end, which becomes the Outlet,
// and that a link leads to the outlet where it says how. A link that does not
// stays Google's own, without its parameters, so that the story keeps its
// identity. There are no summaries: Google's only say the title again.
func GoogleNews(body []byte, o Options) (list List, err error) {
	defer finish("feed", &err)
	c := feedContext{o: o, base: baseOf(o), google: true}
	return c.read(body)
}

// googleStory sets a story of Google News right; the source element names its
// outlet: <source url="site">name</source>.
func googleStory(s *news.Story, source *rss.Source) {
	if source == nil {
		source = &rss.Source{}
	}
	s.Summary = ""
	s.Title, s.Outlet = splitOutlet(s.Title, squeeze(source.Title))
	if s.Outlet == "" {
		s.Outlet = news.ShownHost(source.URL)
	}
	s.URL, _ = ResolveGoogleNews(s.URL)
}

// splitOutlet takes the outlet off the end of a title of Google News, "Title -
// Outlet". Without a name everything behind the last " - " is one.
func splitOutlet(title, name string) (short, outlet string) {
	const dash = " - "
	if name != "" {
		return strings.TrimSpace(strings.TrimSuffix(title, dash+name)), name
	}
	if i := strings.LastIndex(title, dash); i > 0 {
		return strings.TrimSpace(title[:i]), strings.TrimSpace(title[i+len(dash):])
	}
	return title, ""
}

// ResolveGoogleNews returns the page of the outlet that a link of Google News
// leads to (news.google.com/rss/articles/CBMi…). Until the summer of 2024 the
// links held it: base64 of a protocol buffer with the URL in field 4. Those
// since hold a token that only Google can read; then ok is false and resolved
// is the link without its parameters. Any other link comes back as it is.
func ResolveGoogleNews(link string) (resolved string, ok bool) {
	u, err := url.Parse(link)
	if err != nil || !news.IsGoogleNews(link) {
		return link, false
	}
	folder, id, _ := cutLast(strings.TrimSuffix(u.Path, "/"), "/")
	if !strings.HasSuffix(folder, "/articles") && !strings.HasSuffix(folder, "/read") {
		return link, false
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(id, "="))
	if err == nil {
		if page := protoText(text, 4); isPageURL(page) {
			return page, true
		}
	}
	return "https://news.google.com/rss/articles/" + url.PathEscape(id), false
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return "", s, false
}

func isPageURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Hostname() != "" && u.User == nil &&
		!news.IsGoogleNews(raw) && !strings.ContainsFunc(raw,
		func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\ufffd' })
}

// protoText finds a field of text in a protocol buffer
// (https://protobuf.dev/programming-guides/encoding); "" when there is none.
func protoText(b []byte, field uint64) string {
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 {
			return ""
		}
		b = b[n:]
		value, n := binary.Uvarint(b) // a number, or the length of what follows
		if n <= 0 {
			return ""
		}
		b = b[n:]
		switch tag & 7 {
		case 0:
		case 2:
			if value > uint64(len(b)) {
				return ""
			}
			if tag>>3 == field {
				return string(b[:value])
			}
			b = b[value:]
		default: // fixed numbers, which these links have none of
			return ""
		}
	}
	return ""
}
