package extract

import (
	"strings"
	"testing"
)

// links are links of https://a.test/dir/page and what becomes of them.
var links = map[string]string{
	"https://b.test/x":         "https://b.test/x",
	"/x":                       "https://a.test/x",
	"x":                        "https://a.test/dir/x",
	"?y=2":                     "https://a.test/dir/page?y=2",
	"../x":                     "https://a.test/x",
	"//b.test/x":               "https://b.test/x",
	" /x y \n":                 "https://a.test/x%20y",
	"":                         "",
	"mailto:a@b.test":          "",
	"javascript:x()":           "",
	"JavaScript:void(0)":       "",
	" java\nscript:alert('x')": "",
	"data:text/html,x":         "",
	"about:blank":              "",
	"tel:+123":                 "",
	"ftp://b.test/x":           "",
	"https:///":                "",
	"http://":                  "",
	"http://[::1":              "",
	"tag:a.test,2024:":         "",
	"urn:uuid:1":               "",
	"https://b.test:port/x":    "",

	// Names of hosts in other scripts.
	"https://пример.рф/путь?имя=1": "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C?%D0%B8%D0%BC%D1%8F=1",
	"https://BÜCHER.test/x":        "https://xn--bcher-kva.test/x",
	"https://xn--bcher-kva.test/x": "https://xn--bcher-kva.test/x",
	"https://b%C3%BCcher.test/x":   "https://xn--bcher-kva.test/x",
	"//한국.test:8080/뉴스":            "https://xn--3e0b707e.test:8080/%EB%89%B4%EC%8A%A4",
	"https://例え。test/x":            "https://xn--r8jz45g.test/x",
	"https://☃.test/x":             "https://xn--n3h.test/x",
	"https://my_site.test/x":       "https://my_site.test/x",

	// What browsers mend.
	"https://b.test/a b?c d":          "https://b.test/a%20b?c%20d",
	"https://b.test/a\n  b":           "https://b.test/a%20%20b",
	"https://b.test/100%":             "https://b.test/100%25",
	"https://b.test/100%-sure/%zz/%4": "https://b.test/100%25-sure/%25zz/%254",
	"https://b.test/%D0%BF":           "https://b.test/%D0%BF",
	"https://b.test/a|b{c}^\"d":       "https://b.test/a%7Cb%7Bc%7D%5E%22d",
	"https://b.test/?q=\"kim\"&x=<1>": "https://b.test/?q=%22kim%22&x=%3C1",
	`https:\\b.test\x\y`:              "https://b.test/x/y",
	"https:/b.test/x":                 "https://b.test/x",
	"https:///b.test/x":               "https://b.test/x",
	"HTTPS//b.test/x":                 "https://b.test/x",
	"http://https://b.test/x":         "https://b.test/x",
	"http://http:/b.test/x":           "http://b.test/x",
	"https-only/x":                    "https://a.test/dir/https-only/x",
	"www.b.test/x":                    "https://www.b.test/x",
	"a.test/x":                        "https://a.test/x",
	"https://b.test:/x":               "https://b.test/x",
	"https://user:word@b.test/x":      "https://b.test/x",

	// What stands behind and around them.
	"https://b.test/x?a=1&amp;b=2":          "https://b.test/x?a=1&b=2",
	"https://b.test/x?a=1&amp;amp;b=2":      "https://b.test/x?a=1&b=2",
	"https://b.test/x?a=1&#038;b=2&#38;c=3": "https://b.test/x?a=1&b=2&c=3",
	`https://b.test/x" target="_blank`:      "https://b.test/x",
	`"https://b.test/x"`:                    "https://b.test/x",
	"<https://b.test/x>":                    "https://b.test/x",
	"https://b.test/x<br/>":                 "https://b.test/x",
	"https://b.test/x]]>":                   "https://b.test/x",
	"https://b.test/x&quot;":                "https://b.test/x",
	"https://b.test/x\u200b\u00a0":          "https://b.test/x",
	"\ufeffhttps://b.test/x":                "https://b.test/x",
	"https://b.test/x\r\nhttps://b.test/y":  "https://b.test/x",
	"https://b.test/x,1.html":               "https://b.test/x,1.html",
	"https://b.test/Rock_(band)":            "https://b.test/Rock_(band)",
	"https://b.test/x#part 2":               "https://b.test/x#part%202",
}

func TestAbsolute(t *testing.T) {
	base := baseOf(Options{URL: "https://a.test/dir/page?x=1"})
	for ref, want := range links {
		got := absolute(base, ref)
		if got != want {
			t.Errorf("%q: got %q, want %q", ref, got, want)
		}
		if again := absolute(base, got); again != got {
			t.Errorf("%q: %q becomes %q", ref, got, again)
		}
	}
	for ref, want := range map[string]string{"/x": "", "x": "", "#x": "", "//b.test/x": "https://b.test/x", "b.test/x": ""} {
		if got := absolute(nil, ref); got != want {
			t.Errorf("%q relative to nothing: %q", ref, got)
		}
	}
}

// The link of a story, wherever its feed or page writes it.
func TestLinksOfLists(t *testing.T) {
	const want = "https://xn--e1afmkfd.xn--p1ai/a?b=1&c=2"
	o := Options{URL: "https://s.example/dir/feed"}
	item := func(s string) string {
		return "<rss><channel><item><title>Quay sold</title>" + s + "</item></channel></rss>"
	}
	for name, doc := range map[string]string{
		"RSS":                 item("<link>https://пример.рф/a?b=1&amp;c=2</link>"),
		"RSS, escaped twice":  item("<link>https://пример.рф/a?b=1&amp;amp;c=2</link>"),
		"RSS, unescaped":      item("<link>https://пример.рф/a?b=1&c=2</link>"),
		"RSS, section":        item("<link><![CDATA[ https://пример.рф/a?b=1&c=2 ]]></link>"),
		"RSS, from a script":  item("<link>javascript:open(1)</link><guid>https://пример.рф/a?b=1&amp;c=2</guid>"),
		"RSS, lines":          item("<link>\n\t//пример.рф/a?b=1&amp;c=2\n</link>"),
		"RSS, as Atom":        item(`<link href="https://пример.рф/a?b=1&amp;c=2"/>`),
		"RSS, only a guid":    item("<guid>https://пример.рф/a?b=1&amp;c=2</guid>"),
		"Atom":                `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Quay sold</title><link href="//пример.рф/a?b=1&amp;c=2"/></entry></feed>`,
		"Atom, base":          `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://пример.рф/"><entry><title>Quay sold</title><link href="a?b=1&amp;c=2"/></entry></feed>`,
		"JSON":                `{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"Quay sold","url":" https://пример.рф/a?b=1&c=2"}]}`,
		"JSON, from a script": `{"version":"https://jsonfeed.org/version/1","items":[{"id":"https://пример.рф/a?b=1&c=2","title":"Quay sold","url":"javascript:;"}]}`,
	} {
		if list, err := Feed([]byte(doc), o); err != nil || len(list.Stories) != 1 || list.Stories[0].URL != want {
			t.Errorf("%s: %+v, %v", name, list.Stories, err)
		}
	}
	list, err := Sitemap(strings.NewReader("<urlset><url><loc>//пример.рф/a?b=1&amp;amp;c=2</loc></url><url><loc>javascript:;</loc></url></urlset>"), o)
	if err != nil || len(list.Stories) != 1 || list.Stories[0].URL != want || list.Skipped != 1 {
		t.Errorf("sitemap: %+v, %v", list, err)
	}
	list, err = Index([]byte(`<base href="//пример.рф/x/"><a href=" ../a?b=1&c=2#top">Quay sold</a><a href="javascript:;">Quay not sold</a>`), "a", o)
	if err != nil || len(list.Stories) != 1 || list.Stories[0].URL != want {
		t.Errorf("index: %+v, %v", list, err)
	}
}

// A source whose own address is in another script knows its own links.
func TestIndexInAnotherScript(t *testing.T) {
	page := cardPage(cards["heading and label"], cardTitles)
	for _, at := range []string{"https://пример.рф/", "https://xn--e1afmkfd.xn--p1ai/"} {
		for _, href := range []string{"/n/", "https://пример.рф/n/", "https://xn--e1afmkfd.xn--p1ai/n/", "https://ПРИМЕР.рф/n/"} {
			list, err := Index([]byte(strings.ReplaceAll(page, `"/n/`, `"`+href)), "", Options{URL: at})
			if err != nil || len(list.Stories) != len(cardTitles) || !strings.HasPrefix(list.Stories[0].URL, "https://xn--e1afmkfd.xn--p1ai/n/") {
				t.Errorf("%s on %s: %+v, %v", href, at, list.Stories, err)
			}
		}
	}
}
