package extract

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
)

func TestMend(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"well-formed", `<rss><channel><title>a</title></channel></rss>`, `<rss><channel><title>a</title></channel></rss>`},
		{"declaration", "\n <?xml version='1.0' encoding='latin1'?><rss/>", `<rss/>`},
		{"late declaration", `<!-- note --><?xml version="1.0"?><rss></rss>`, `<rss></rss>`},
		{"text in front", `garbage <rss></rss>`, `<rss></rss>`},
		{"document type", `<!DOCTYPE rss SYSTEM "rss.dtd"><rss></rss>`, `<rss></rss>`},
		{"entity", `<!DOCTYPE rss [<!ENTITY who "Ada">]><rss a="&who;">&who;</rss>`, `<rss a="Ada">Ada</rss>`},
		{"entity with markup", `<!DOCTYPE rss [<!ENTITY b "<b>">]><rss>&b;</rss>`, `<rss>&lt;b&gt;</rss>`},
		{"HTML entity", `<rss>&hellip;&nbsp;</rss>`, `<rss>&hellip;&nbsp;</rss>`},
		{"bare ampersand", `<rss>AT&T & co &;</rss>`, `<rss>AT&amp;T &amp; co &amp;;</rss>`},
		{"forbidden characters", "<rss>a\x01b\x0bc&#8;d&#x1F;e\uFFFEf</rss>", `<rss>abcdef</rss>`},
		{"allowed references", `<rss>&#9;&#x41;</rss>`, `<rss>&#9;&#x41;</rss>`},
		{"reference beyond Unicode", `<rss>&#99999999;</rss>`, `<rss></rss>`},
		{"broken UTF-8", "<rss>a\xffb</rss>", "<rss>a\uFFFDb</rss>"},
		{"stray angle", `<rss>3 < 4 <3</rss>`, `<rss>3 &lt; 4 &lt;3</rss>`},
		{"stray end", `<rss></b><a></a></c></rss>`, `<rss><a></a></rss>`},
		{"crossed", `<rss><a><b></a></b></rss>`, `<rss><a><b></b></a></rss>`},
		{"other case", `<RSS><a></A></rss>`, `<RSS><a></a></RSS>`},
		{"unclosed", `<rss><a><b>text`, `<rss><a><b>text</b></a></rss>`},
		{"comment dropped, CDATA kept", `<rss><!-- <a> --><![CDATA[<a>&]]></rss>`, `<rss><![CDATA[<a>&]]></rss>`},
		{"angle in quotes", `<rss a="x>y"><b></b></rss>`, `<rss a="x>y"><b></b></rss>`},
		{"quotes never closed", `<rss a="x><b></b></rss>`, `<rss a="x"><b></b></rss>`},
		{"cut in a tag", `<rss><channel><item><title>a</title></item><item><ti`, `<rss><channel></channel></rss> + <rss><channel><item><title>a</title></item></channel></rss>`},
		{"cut in a story", `<rss><channel><item>a</item><item>b`, `<rss><channel></channel></rss> + <rss><channel><item>a</item></channel></rss>`},
		{"cut in CDATA", `<feed><entry>a</entry><entry><![CDATA[b`, `<feed></feed> + <feed><entry>a</entry></feed>`},
		{"cut behind the stories", `<rdf:RDF><channel></channel><item>a</item></rdf:RDF`, `<rdf:RDF><channel></channel></rdf:RDF> + <rdf:RDF><item>a</item></rdf:RDF>`},
		{"story without an end", `<rss><channel><item>a</channel></rss>`, `<rss><channel></channel></rss> + <rss><channel><item>a</item></channel></rss>`},
		{"base is a folder", `<feed xml:base="http://a.test/b/c.xml?d"></feed>`, `<feed xml:base="http://a.test/b/"></feed>`},
		{"base is a host", `<feed xml:base='http://a.test'></feed>`, `<feed xml:base='http://a.test'></feed>`},
	} {
		got, err := mended([]byte(c.in))
		if err != nil || got != c.want {
			t.Errorf("%s:\n got %s, %v\nwant %s", c.name, got, err, c.want)
		}
	}
}

// mended returns the frame of a document, and behind it each batch of stories in
// what stands around them.
func mended(text []byte) (string, error) {
	var batches strings.Builder
	m, err := mendXML(text, func(b batch) error {
		batches.WriteString(" + ")
		batches.Write(b.document(b.stories...))
		return nil
	})
	return m.frame.String() + batches.String(), err
}

func TestMendRefuses(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "no element",
		"no markup":                       "no element",
		"<!DOCTYP":                        "no element",
		"<!DOCTYPE a [":                   "no element",
		"<!DOCTYPE a [>":                  "no element",
		"<!DOCTYPE a []":                  "no element",
		"<!-- only a comment -->":         "no element",
		"<rss><channel><item><title>a":    "document ends inside its first story",
		"garbage <rss><chan":              "document ends inside a tag, before its first story",
		strings.Repeat("<a>", maxDepth+1): "too costly to read: nested more than 256 elements deep",
		`<!DOCTYPE a [<!ENTITY b "` + strings.Repeat("b", maxEntityValue+1) + `">]><a/>`:                            "too costly to read: entities expand too far",
		`<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]><a/>`:                                                    "too costly to read: entities expand too far",
		`<!DOCTYPE a [<!ENTITY b "` + strings.Repeat("b", 4000) + `">]><a x="` + strings.Repeat("&b;", 300) + `"/>`: "too costly to read: entities expand too far",
	} {
		if _, err := mended([]byte(in)); err == nil || err.Error() != want {
			t.Errorf("%.60q: %v, want %s", in, err, want)
		}
	}
}

// FuzzMend wants what is mended to be XML, whatever it was.
func FuzzMend(f *testing.F) {
	for _, s := range []string{`<rss><channel><item>a</item></channel></rss>`, `<a b="c`, `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, "<a>&#8;</b>"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		doc, err := mended(body)
		if err != nil {
			return
		}
		for part := range strings.SplitSeq(doc, " + ") {
			checkXML(t, part)
		}
	})
}

func checkXML(t *testing.T, doc string) {
	t.Helper()
	dec := xml.NewDecoder(strings.NewReader(doc))
	dec.Strict = false
	for depth := 0; ; {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", doc, err)
		}
		switch token.(type) {
		case xml.StartElement:
			depth++
		case xml.EndElement:
			depth--
		}
		if depth > maxDepth {
			t.Fatalf("depth %d", depth)
		}
	}
}
