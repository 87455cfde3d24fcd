package extract

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"io"
	"net/url"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// GoogleNews reads a feed of Google News, as GoogleNewsURL gives: Feed, but
// that a title loses the outlet's name at its end, which becomes the Outlet,
// and that a link leads to the outlet where it says how. A link that does not
// stays Google's own, without its parameters, so that the story keeps its
// identity. There are no summaries: Google's only say the title again.
func GoogleNews(body []byte, o Options) (list List, err error) {
	if list, err = Feed(body, o); err != nil {
		return List{}, err
	}
	outlets := googleOutlets(toUTF8(body, o.Charset))
	for i := range list.Stories {
		s := &list.Stories[i]
		s.Outlet, s.Summary = "", ""
		outlet := outlets[s.GUID]
		s.Title, s.Outlet = splitOutlet(s.Title, outlet.name)
		if u, err := url.Parse(outlet.site); s.Outlet == "" && err == nil {
			s.Outlet = strings.TrimPrefix(u.Hostname(), "www.")
		}
		s.URL, _ = ResolveGoogleNews(s.URL)
	}
	return list, nil
}

// googleOutlet is the source element of one story: <source url="site">name</source>.
type googleOutlet struct{ name, site string }

// googleOutlets gives the outlets by the stories' ids. A broken feed gives
// those before the break.
func googleOutlets(text []byte) map[string]googleOutlet {
	outlets := map[string]googleOutlet{}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 by now
	var id string
	var outlet googleOutlet
	for {
		token, err := d.Token()
		if err != nil {
			return outlets
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "item":
				id, outlet = "", googleOutlet{}
			case "guid":
				id = charData(d)
			case "source":
				outlet.name = charData(d)
				for _, a := range t.Attr {
					if a.Name.Local == "url" {
						outlet.site = a.Value
					}
				}
			}
		case xml.EndElement:
			if t.Name.Local == "item" && id != "" {
				outlets[id] = outlet
			}
		}
	}
}

// charData reads the text that directly follows a start tag.
func charData(d *xml.Decoder) string {
	token, _ := d.Token() // an error comes again with the next token
	text, _ := token.(xml.CharData)
	return squeeze(string(text))
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

// ResolveGoogleNews gives the page of the outlet that a link of Google News
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
	return "https://news.google.com/rss/articles/" + id, false
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
		!news.IsGoogleNews(raw) && !strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '\ufffd' })
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
