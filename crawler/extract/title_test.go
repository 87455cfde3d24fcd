package extract

import (
	"fmt"
	"html"
	"strings"
	"testing"
)

func TestTitle(t *testing.T) {
	for in, want := range map[string]string{
		"  Two \n lines ":                          "Two lines",
		"A &amp; B":                                "A & B",
		"<b>Bold</b> words":                        "Bold words",
		"the <blink> tag":                          "the <blink> tag",
		"3 < 4 > 2":                                "3 < 4 > 2",
		"&lt;i&gt;twice&lt;/i&gt; escaped":         "twice escaped",
		"line<br/>break":                           "line break",
		"<![CDATA[in a section]]>":                 "in a section",
		"zero\u200bwidth soft\u00adhyphen":         "zerowidth softhyphen",
		"control\x01 \x7f characters":              "control characters",
		"ideographic\u3000space":                   "ideographic space",
		"CO<sub>2</sub> levies rise":               "CO2 levies rise",
		"<b>Put</b>in<i>s</i> envoy":               "Putins envoy",
		`x<sup class="n">2</sup> is <em>back</em>`: "x2 is back",
		"<xhtml:div>Mis<xhtml:b>sile</xhtml:b> test</xhtml:div>": "Missile test",
		"Breaking:<br/>quay sold":                                "Breaking: quay sold",
		"<p>Quay sold</p><p>Mayor resigns</p>":                   "Quay sold Mayor resigns",
		"Long<wbr>word and soft\u00adhyphen":                     "Longword and softhyphen",
		`<a href="https://s.example/?a=1&amp;b=2">Quay</a> sold`: "Quay sold",
		`<font color=red>Quay</font> sold`:                       "Quay sold",
		`<span style='color:red'data-x="1">Quay</span> sold`:     "Quay sold",
		"<ruby>港<rp>(</rp><rt>みなと</rt><rp>)</rp></ruby>が閉鎖":      "港が閉鎖",
		"Quay sold <!-- ad -->":                                  "Quay sold",
		"AT&T and R&D":                                           "AT&T and R&D",
		"AT&amp;T":                                               "AT&T",
		"AT&amp;amp;amp;T":                                       "AT&T",
		"Smith&Ltd, arts&sections, news&times, cats&regional;":   "Smith&Ltd, arts&sections, news&times, cats&regional;",
		"Tom &amp Jerry":                                         "Tom & Jerry",
		"Mayor&#8217s speech &#x2014; &eacute;t&eacute;":         "Mayor’s speech — été",
		"a < b, b > c":                                           "a < b, b > c",
		"a &lt; b":                                               "a < b",
		"if a <b and c> d":                                       "if a <b and c> d",
		"1<2 & 3>2":                                              "1<2 & 3>2",
		"the <blink> tag, #include <stdio.h>":                    "the <blink> tag, #include <stdio.h>",
		"<3 for the harbour":                                     "<3 for the harbour",
		"<![CDATA[Quay <b>sold</b>]]>":                           "Quay sold",
		"&lt;![CDATA[Quay sold]]&gt;":                            "Quay sold",
		"&unknown; & &; &#; &#x;":                                "&unknown; & &; &#; &#x;",
		" \n ":                                                   "",
	} {
		if got := title(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// Titles come as text, as HTML in a section, escaped up to three times and as
// XHTML, in every kind of list.
func TestTitleInLists(t *testing.T) {
	const want = "Putin’s CO2 plan: AT&T < 5"
	const markup = "<b>Put</b>in’s CO<sub>2</sub> plan: AT&amp;T &lt; 5"
	escape := html.EscapeString
	rss := func(title string) string {
		return "<rss><channel><title>F</title><item><title>" + title + "</title><link>https://s.example/a</link></item></channel></rss>"
	}
	atom := func(kind, title string) string {
		return `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title><entry><title` + kind + ">" + title +
			`</title><id>1</id><link href="https://s.example/a"/></entry></feed>`
	}
	json := func(title string) string {
		return fmt.Sprintf(`{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","url":"https://s.example/a","title":%q}]}`, title)
	}
	for name, doc := range map[string]string{
		"RSS, text":           rss(escape(want)),
		"RSS, elements":       rss(markup),
		"RSS, escaped":        rss(escape(markup)),
		"RSS, escaped twice":  rss(escape(escape(markup))),
		"RSS, section":        rss("<![CDATA[" + markup + "]]>"),
		"RSS, torn section":   rss("<![CDATA[<b>Put</b>]]>in’s CO<![CDATA[<sub>2</sub>]]> plan: AT&amp;T &lt; 5"),
		"Atom, text":          atom("", escape(want)),
		"Atom, html":          atom(` type="html"`, escape(markup)),
		"Atom, html, twice":   atom(` type="html"`, escape(escape(markup))),
		"Atom, html, section": atom(` type="html"`, "<![CDATA["+markup+"]]>"),
		"Atom, xhtml":         atom(` type="xhtml"`, `<div xmlns="http://www.w3.org/1999/xhtml">`+markup+"</div>"),
		"Atom, xhtml, prefix": atom(` type="xhtml" xmlns:h="http://www.w3.org/1999/xhtml"`,
			"<h:div>"+strings.NewReplacer("<b", "<h:b", "</b", "</h:b", "<s", "<h:s", "</s", "</h:s").Replace(markup)+"</h:div>"),
		"JSON, text":    json(want),
		"JSON, markup":  json(markup),
		"JSON, escaped": json(escape(markup)),
	} {
		list, err := Feed([]byte(doc), Options{})
		if err != nil || len(list.Stories) != 1 || list.Stories[0].Title != want {
			t.Errorf("%s: %+v, %v", name, list.Stories, err)
		}
	}
	for name, title := range map[string]string{
		"text": escape(want), "elements": markup, "escaped": escape(markup), "section": "<![CDATA[" + markup + "]]>",
	} {
		doc := `<urlset xmlns:n="x"><url><loc>https://s.example/a</loc><n:news><n:title>` + title + "</n:title></n:news></url></urlset>"
		list, err := Sitemap(strings.NewReader(doc), Options{})
		if err != nil || len(list.Stories) != 1 || list.Stories[0].Title != want {
			t.Errorf("sitemap, %s: %+v, %v", name, list.Stories, err)
		}
	}
}

// Summaries and texts lose no letters to their markup, nor show it when it was
// escaped once too often.
func TestMarkupOfTexts(t *testing.T) {
	for in, want := range map[string]string{
		"<p>CO<sub>2</sub> and <b>Put</b>in</p>":                              "CO2 and Putin",
		"&lt;p&gt;CO&lt;sub&gt;2&lt;/sub&gt; rises&lt;/p&gt;":                 "CO2 rises",
		"&amp;lt;p class=&amp;quot;x&amp;quot;&amp;gt;Quay&amp;lt;/p&amp;gt;": "Quay",
		"a &lt; b &amp; c":             "a < b & c",
		"use &lt;blink&gt;":            "use <blink>",
		"<p>use the &lt;b&gt; tag</p>": "use the <b> tag",
	} {
		if got := teaser(in); got != want {
			t.Errorf("teaser %q: got %q, want %q", in, got, want)
		}
		if got := paragraphs(in); got != want {
			t.Errorf("paragraphs %q: got %q, want %q", in, got, want)
		}
	}
}

func TestWithoutOutlet(t *testing.T) {
	base := baseOf(Options{URL: "https://news.valleypost.example/feed"})
	for in, want := range map[string]string{
		"Quay sold - Daily Herald":                "Quay sold",
		"Quay sold – The Daily Herald":            "Quay sold",
		"Quay sold | DAILY HERALD":                "Quay sold",
		"Quay sold|Daily Herald":                  "Quay sold",
		"Quay sold · Daily Herald Online":         "Quay sold",
		"Quay sold — dailyherald.com":             "Quay sold",
		"Quay sold - Valley Post":                 "Quay sold",
		"Quay sold - valleypost.example":          "Quay sold",
		"North Korea - US talks - Daily Herald":   "North Korea - US talks",
		"Quay sold - Daily Herald - Daily Herald": "Quay sold - Daily Herald",
		"Quay sold - Herald":                      "Quay sold - Herald",
		"Quay sold - Valley":                      "Quay sold - Valley",
		"Live | Storm hits coast":                 "Live | Storm hits coast",
		"Storm hits coast - mayor":                "Storm hits coast - mayor",
		"Paper of the year: Daily Herald":         "Paper of the year: Daily Herald",
		"Who owns the Daily Herald":               "Who owns the Daily Herald",
		"Daily Herald - Quay sold":                "Daily Herald - Quay sold",
		"Daily Herald":                            "Daily Herald",
		" - Daily Herald":                         " - Daily Herald",
		"Rail-link F-35 - Daily-Herald":           "Rail-link F-35",
		"":                                        "",
	} {
		if got := withoutOutlet(in, base, "", "Daily Herald"); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	if got := withoutOutlet("Ceasefire must hold - UN", baseOf(Options{URL: "https://un.example/"})); got != "Ceasefire must hold - UN" {
		t.Errorf("a short name of a site: %q", got)
	}
}

// Where a list names its outlet, its headlines do not end with it.
func TestOutletOfLists(t *testing.T) {
	o := Options{URL: "https://s.example/"}
	for name, doc := range map[string]string{
		"RSS":        `<rss><channel><title>Daily Herald</title><item><title>Quay sold - Daily Herald</title><link>/a</link></item></channel></rss>`,
		"title last": `<rss><channel><item><title>Quay sold - Daily Herald</title><link>/a</link></item><title>Daily Herald</title></channel></rss>`,
		"source": `<rss><channel><title>All papers</title><item><title>Quay sold - Daily Herald</title><link>/a</link>` +
			`<source url="https://h.example/feed">Daily Herald</source></item></channel></rss>`,
		"Atom": `<feed xmlns="http://www.w3.org/2005/Atom"><title type="html">Daily &lt;b&gt;Herald&lt;/b&gt;</title>` +
			`<entry><title>Quay sold | Daily Herald</title><link href="/a"/></entry></feed>`,
		"Atom, source": `<feed xmlns="http://www.w3.org/2005/Atom"><title>All papers</title><entry><title>Quay sold | Daily Herald</title>` +
			`<link href="/a"/><source><title>Daily Herald</title></source></entry></feed>`,
		"JSON": `{"version":"https://jsonfeed.org/version/1","title":"Daily Herald","items":[{"url":"/a","title":"Quay sold — Daily Herald"}]}`,
	} {
		if list, err := Feed([]byte(doc), o); err != nil || len(list.Stories) != 1 || list.Stories[0].Title != "Quay sold" {
			t.Errorf("%s: %+v, %v", name, list.Stories, err)
		}
	}
	list, err := Sitemap(strings.NewReader(`<urlset xmlns:n="x"><url><loc>https://s.example/a</loc><n:news><n:publication><n:name>Daily Herald`+
		`</n:name></n:publication><n:title>Quay sold - Daily Herald</n:title></n:news></url></urlset>`), o)
	if err != nil || len(list.Stories) != 1 || list.Stories[0].Title != "Quay sold" {
		t.Errorf("sitemap: %+v, %v", list.Stories, err)
	}
}
