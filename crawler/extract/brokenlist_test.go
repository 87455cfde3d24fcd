package extract

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/net/html/charset"
)

// brokenLists are lists as broken programs write them, with the titles of the
// stories that are to be read, parted by bars.
var brokenLists = map[string]struct{ doc, want string }{
	// The end of a section that is none, sections in sections.
	"section's end in a title":         {rssOf("Quay ]]> sold", "Ferry stranded"), "Quay ]]> sold|Ferry stranded"},
	"section's end, escaped":           {rssOf("Quay ]]&gt; sold"), "Quay ]]> sold"},
	"section in a section":             {rssOf("<![CDATA[Quay <![CDATA[sold]]> now]]>", "Ferry stranded"), "Quay sold now|Ferry stranded"},
	"section's end in a section":       {rssOf("<![CDATA[Quay ]]]]><![CDATA[> sold]]>"), "Quay ]]> sold"},
	"section without an end":           {rssOf("<![CDATA[Quay sold", "Ferry stranded"), "Quay sold|Ferry stranded"},
	"section's end in a description":   {strings.Replace(rssOf("Quay sold", "Ferry stranded"), "</title>", "</title><description>a ]]> b</description>", 1), "Quay sold|Ferry stranded"},
	"section's end between stories":    {strings.Replace(rssOf("Quay sold", "Ferry stranded"), "</item>", "</item>]]>", 1), "Quay sold|Ferry stranded"},
	"section's end in an attribute":    {strings.Replace(rssOf("Quay sold", "Ferry stranded"), "<title>", `<guid x="a]]>b">1</guid><title>`, 1), "|Quay sold|Ferry stranded"[1:]},
	"section's end in Atom":            {atomOf("Quay ]]> sold", "Ferry stranded"), "Quay ]]> sold|Ferry stranded"},
	"section's end in Atom's content":  {strings.Replace(atomOf("Quay sold", "Ferry stranded"), "</title>", `</title><content type="html"><![CDATA[<p>a]]>b<![CDATA[c]]>]]></content>`, 1), "Quay sold|Ferry stranded"},
	"section's end in a sitemap":       {mapOf("Quay ]]> sold", "Ferry stranded"), "Quay ]]> sold|Ferry stranded"},
	"section in a section, of a map":   {mapOf("<![CDATA[Quay <![CDATA[sold]]> now]]>", "Ferry stranded"), "Quay sold now|Ferry stranded"},
	"section without an end, in a map": {mapOf("Quay sold", "<![CDATA[Ferry stranded"), "Quay sold"},

	// What servers and editors put before a document.
	"a notice of PHP":       {"<br />\n<b>Notice</b>: Undefined index in <b>/a.php</b> on line <b>3</b><br />\n" + rssOf("Quay sold"), "Quay sold"},
	"a warning in plain":    {"Warning: mysql_connect(): denied in /a.php on line 3\n" + rssOf("Quay sold"), "Quay sold"},
	"a table of a debugger": {"<font size='1'><table class='xdebug-error'><tr><th>( ! )</th></tr></table></font>" + rssOf("Quay sold"), "Quay sold"},
	"a comment":             {"<!-- cached <html> at 3 -->\n" + rssOf("Quay sold"), "Quay sold"},
	"blank lines":           {"\n\n \t" + rssOf("Quay sold"), "Quay sold"},
	"two marks of UTF-8":    {"\ufeff\ufeff" + rssOf("Quay sold"), "Quay sold"},
	"a zero byte":           {"\x00" + rssOf("Quay sold"), "Quay sold"},
	"two declarations":      {`<?xml version="1.0"?>` + rssOf("Quay sold"), "Quay sold"},
	"a style sheet":         {`<?xml-stylesheet href="a.xsl"?><!DOCTYPE rss>` + rssOf("Quay sold"), "Quay sold"},
	"a script":              {"<script>var a='<rss>';</script>" + rssOf("Quay sold"), "Quay sold"},
	"a notice in a sitemap": {"<br /><b>Notice</b>: x<br />" + mapOf("Quay sold"), "Quay sold"},
	"a notice in JSON":      {"<br /><b>Notice</b>: x<br />\n" + jsonOf(`"title":"Quay sold"`), "Quay sold"},
	"a notice behind":       {rssOf("Quay sold") + "<br /><b>Fatal error</b>: x", "Quay sold"},
	"a warning before JSON": {"Warning: x in /a.php on line 3\n" + jsonOf(`"title":"Quay sold"`), "Quay sold"},
	"a guard before JSON":   {")]}',\n" + jsonOf(`"title":"Quay sold"`), "Quay sold"},
	"a callback":            {"callback(" + jsonOf(`"title":"Quay sold"`) + ");", "Quay sold"},
	"a mark before JSON":    {"\ufeff" + jsonOf(`"title":"Quay sold"`), "Quay sold"},

	// Tags as HTML has them.
	"attribute without quotes":      {with("<enclosure url=http://x.example/a.mp3?a=1&b=2 length=1 type=a/b />"), "Quay sold|Ferry stranded"},
	"attribute without a value":     {with("<guid isPermaLink>1</guid>"), "Quay sold|Ferry stranded"},
	"attributes without a space":    {with(`<enclosure url="a"length="1"type='a'/>`), "Quay sold|Ferry stranded"},
	"attribute twice":               {with(`<enclosure url="a" url="b"/>`), "Quay sold|Ferry stranded"},
	"typographic quotes":            {with(`<enclosure url=“a” length=”1”/>`), "Quay sold|Ferry stranded"},
	"an angle in an attribute":      {with(`<media:content url="a" title="1 < 2 > 0"/>`), "Quay sold|Ferry stranded"},
	"a quote in an attribute":       {with(`<media:content url="a" title="the "quay" now"/>`), "Quay sold|Ferry stranded"},
	"a prefix that nobody declared": {with("<foo:bar>1</foo:bar>"), "Quay sold|Ferry stranded"},
	"unclosed elements of HTML":     {with("<description>a<br>b<img src=a.jpg>c<p>d</description>"), "Quay sold|Ferry stranded"},
	"names of HTML's characters":    {with("<description>&nbsp;&eacute;&foo;&&lt</description>"), "Quay sold|Ferry stranded"},
	"numbers of no characters":      {with("<description>&#0;&#xFFFFFFF;&#x1f;&#;</description>"), "Quay sold|Ferry stranded"},
	"control characters":            {with("<description>\x00\x08\x1f\x7f</description>"), "Quay sold|Ferry stranded"},
	"broken UTF-8":                  {with("<description>\xff\xfe\xc3</description>"), "Quay sold|Ferry stranded"},
	"end tags crossed":              {with("<a><b></a></b>"), "Quay sold|Ferry stranded"},
	"a story without an end":        {strings.Replace(rssOf("Quay sold", "Ferry stranded"), "</item>", "", 1), "Quay sold|Ferry stranded"},
	"a list without an end":         {strings.TrimSuffix(rssOf("Quay sold", "Ferry stranded"), "</channel></rss>"), "Quay sold|Ferry stranded"},
	"the case of tags":              {strings.NewReplacer("item", "ITEM", "title", "Title").Replace(rssOf("Quay sold", "Ferry stranded")), "Quay sold|Ferry stranded"},
	"an attribute in a sitemap":     {strings.Replace(mapOf("Quay sold", "Ferry stranded"), "<url>", "<url id=1 x>", 1), "Quay sold|Ferry stranded"},
	"an ampersand in a sitemap":     {mapOf("Quay & mole", "Ferry stranded"), "Quay & mole|Ferry stranded"},

	// JSON as no other item has it.
	"tags that are one":     {jsonOf(`"title":"Quay sold","tags":"x"`, `"title":"Ferry stranded"`), "Quay sold|Ferry stranded"},
	"tags that are objects": {jsonOf(`"title":"Quay sold","tags":[{"name":"x"},null,1]`, `"title":"Ferry stranded"`), "Quay sold|Ferry stranded"},
	"author that is a name": {jsonOf(`"title":"Quay sold","author":"Ada"`, `"title":"Ferry stranded","authors":{}`), "Quay sold|Ferry stranded"},
	"authors that are odd":  {jsonOf(`"title":"Quay sold","authors":[1,null,"Ada",{"name":7}]`, `"title":"Ferry stranded","authors":7`), "Quay sold|Ferry stranded"},
	"image that is odd":     {jsonOf(`"title":"Quay sold","image":{}`, `"title":"Ferry stranded","image":[1]`), "Quay sold|Ferry stranded"},
	"an id that is odd":     {jsonOf(`"id":{},"title":"Quay sold"`, `"id":1.5e3,"title":"Ferry stranded"`), "Quay sold|Ferry stranded"},
	"dates that are odd":    {jsonOf(`"title":"Quay sold","date_published":1714752245`, `"title":"Ferry stranded","date_published":{"a":1}`), "Quay sold|Ferry stranded"},
	"title that is odd":     {jsonOf(`"title":{"rendered":"Quay sold"},"url":"https://s.example/a"`, `"title":"Ferry stranded"`), "Quay sold|Ferry stranded"},
	"attachments":           {jsonOf(`"title":"Quay sold","attachments":"x"`, `"title":"Ferry stranded","attachments":[{"size_in_bytes":"1"}]`), "Quay sold|Ferry stranded"},
	"an item that is none":  {jsonOf(`"title":"Quay sold"`) + " ", "Quay sold"},
	"items by number":       {`{"version":"https://jsonfeed.org/version/1","items":{"1":{"title":"Quay sold"},"3":{"title":"Ferry stranded"}}}`, "Quay sold|Ferry stranded"},
	"a comma too many":      {strings.Replace(jsonOf(`"title":"Quay sold"`, `"title":"Ferry stranded"`), "]", ",]", 1), "Quay sold|Ferry stranded"},
	"a version of its own":  {strings.Replace(jsonOf(`"title":"Quay sold"`), `"https://jsonfeed.org/version/1"`, "1", 1), "Quay sold"},
	"a line break in text":  {jsonOf("\"title\":\"Quay\nsold\"", `"title":"Ferry stranded"`), "Quay sold|Ferry stranded"},
}

func rssOf(titles ...string) string {
	doc := `<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>F</title>`
	for _, t := range titles {
		doc += "<item><title>" + t + "</title></item>"
	}
	return doc + "</channel></rss>"
}

// with is a list of two stories with something in the first one.
func with(markup string) string {
	return strings.Replace(rssOf("Quay sold", "Ferry stranded"), "</item>", markup+"</item>", 1)
}

func atomOf(titles ...string) string {
	doc := `<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>`
	for _, t := range titles {
		doc += "<entry><title>" + t + "</title></entry>"
	}
	return doc + "</feed>"
}

func mapOf(titles ...string) string {
	doc := `<urlset xmlns:n="x">`
	for _, t := range titles {
		doc += "<url><loc>https://s.example/a</loc><n:news><n:title>" + t + "</n:title></n:news></url>"
	}
	return doc + "</urlset>"
}

func jsonOf(items ...string) string {
	return `{"version":"https://jsonfeed.org/version/1","items":[{` + strings.Join(items, "},{") + "}]}"
}

// One bad entry, or a bad frame, costs no other entry.
func TestBrokenLists(t *testing.T) {
	for name, c := range brokenLists {
		doc := []byte(c.doc)
		kind := Sniff(doc)
		var list List
		var err error
		switch {
		case strings.Contains(c.doc, "<urlset"):
			if kind != KindSitemap {
				t.Errorf("%s: taken for a %s", name, kind)
			}
			list, err = Sitemap(bytes.NewReader(doc), Options{})
		default:
			if kind != KindFeed {
				t.Errorf("%s: taken for a %s", name, kind)
			}
			list, err = Feed(doc, Options{})
		}
		var titles []string
		for _, s := range list.Stories {
			titles = append(titles, s.Title)
		}
		if got := strings.Join(titles, "|"); got != c.want {
			t.Errorf("%s: got %q, want %q, %v", name, got, c.want, err)
		}
	}
}

// The bytes are believed before the header, and the document before a header
// that the bytes belie, in every kind of list.
func TestLyingCharsets(t *testing.T) {
	for written, text := range map[string]string{
		"windows-1251": "Мэр островов подал в отставку", "koi8-r": "Мэр островов подал в отставку", "euc-kr": "섬 시장 사임", "shift_jis": "島の市長が辞任",
		"gb18030": "岛上市长辞职", "big5": "島上市長辭職", "iso-8859-2": "Żółta łódź na mieliźnie", "windows-1256": "استقالة رئيس البلدية", "iso-8859-7": "Παραιτήθηκε ο δήμαρχος",
	} {
		for kind, doc := range map[string]string{
			"RSS":     `<?xml version="1.0" encoding="` + written + `"?><rss><channel><item><title>` + text + `</title></item></channel></rss>`,
			"Atom":    `<?xml version='1.0' encoding='` + written + `'?><feed xmlns="http://www.w3.org/2005/Atom"><entry><title>` + text + `</title></entry></feed>`,
			"sitemap": `<?xml version="1.0" encoding="` + written + `"?><urlset><url><loc>https://s.example/a</loc><title>` + text + `</title></url></urlset>`,
			"index":   `<html><head><meta charset="` + written + `"><body><main><a href="/2024/05/a-b-c-d-e">` + text + " " + text + "</a>",
		} {
			t.Run(kind+" in "+written, func(t *testing.T) { checkLyingCharset(t, kind, written, doc, text) })
		}
	}
}

// checkLyingCharset reads a document with one story of a title, whatever charset
// a header claims for it.
func checkLyingCharset(t *testing.T, kind, written, doc, title string) {
	t.Helper()
	enc, _ := charset.Lookup(written)
	body, err := enc.NewEncoder().Bytes([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range []string{"", "utf-8", "UTF8", "iso-8859-1", "us-ascii", "nonsense"} {
		o := Options{URL: "https://s.example/", Charset: header}
		var list List
		want := title
		switch kind {
		case "sitemap":
			list, err = Sitemap(bytes.NewReader(body), o)
		case "index":
			list, err = Index(body, "a", o)
			want = title + " " + title
		default:
			list, err = Feed(body, o)
		}
		if err != nil || len(list.Stories) != 1 || list.Stories[0].Title != want && kind != "sitemap" {
			t.Errorf("under %q: %+v, %v", header, list.Stories, err)
		}
	}
}

// Of a packed sitemap that is cut off, or has something behind its end, the
// whole entries are read.
func TestTornSitemap(t *testing.T) {
	var doc strings.Builder
	for i := range 3000 {
		folder, name := strings.Repeat(string(rune('a'+i%26)), 1+i%7), strings.Repeat(string(rune('a'+i*i%26)), 5)
		doc.WriteString("<url><loc>https://s.example/" + folder + "/" + name + "</loc></url>")
	}
	packed := zipped("<urlset>" + doc.String() + "</urlset>")
	for name, torn := range map[string]string{
		"half": packed[:len(packed)/2], "the sum": packed[:len(packed)-4], "rubbish": packed + "\r\n<!-- cached -->", "zeros": packed + strings.Repeat("\x00", 512),
		"a second file": packed + zipped("<!-- 1 -->"),
	} {
		list, err := Sitemap(strings.NewReader(torn), Options{})
		if err != nil || len(list.Stories) < 500 || name != "half" && len(list.Stories) != 2000 {
			t.Errorf("%s: %d stories, %v", name, len(list.Stories), err)
		}
	}
}
