package extract

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A hostile document takes little to send and much to read: one kind of
// construct, as many times as fit. It is read by all readers that it may come
// to.
type hostile struct {
	name string
	make func() []byte
}

// many repeats a part, filled in with a number, up to a number of bytes.
func many(size int, format string) string {
	var b strings.Builder
	b.Grow(size + 1024)
	for n := 0; b.Len() < size; n++ {
		if strings.Contains(format, "%") {
			fmt.Fprintf(&b, format, n)
		} else {
			b.WriteString(format)
		}
	}
	return b.String()
}

// hostileFeeds are near the largest that is read, 10 MB.
func hostileFeeds() []hostile {
	const (
		full = maxFeed - 64<<10
		item = "<item><title>Harbour closed</title><link>https://a.example/1</link></item>"
	)
	var list []hostile
	add := func(name, before, part, after string) {
		list = append(list, hostile{name, func() []byte { return []byte(before + many(full, part) + after) }})
	}
	rss := func(name, part string) { add(name, "<rss><channel>"+item, part, item+"</channel></rss>") }
	within := func(name, part string) {
		add(name, "<rss xmlns:m='m'><channel>"+item+"<item><title>Long</title>", part, "</item>"+item+"</channel></rss>")
	}
	rss("RSS of empty items", "<item/>")
	rss("RSS of items with nothing in them", "<item><a/></item>")
	rss("RSS of titles", "<item><title>a</title></item>")
	rss("RSS of links", "<item><link>http://a/%d</link></item>")
	rss("RSS of items never closed", "<item>")
	rss("RSS of elements of the channel", "<a/>")
	rss("RSS of extensions of the channel", "<x:a/>")
	rss("RSS of comments", "<!---->")
	rss("RSS of comments never closed", "<!--")
	rss("RSS of instructions", "<?a?>")
	rss("RSS of CDATA", "<![CDATA[]]>")
	rss("RSS of CDATA within CDATA", "<![CDATA[")
	rss("RSS of ends of CDATA", "]]>")
	rss("RSS of end tags", "</a>")
	rss("RSS of ampersands", "&")
	rss("RSS of angles", "<")
	rss("RSS of quotes", "<a b='")
	rss("RSS of references", "&amp;")
	rss("RSS of declarations", "<!DOCTYPE a [")
	within("a story of elements", "<a/>")
	within("a story of extensions", "<m:a/>")
	within("a story of nested extensions", "<m:a><m:b><m:c/></m:b></m:a>")
	within("a story of categories", "<category>a</category>")
	within("a story of CDATA in an extension", "<m:a><![CDATA[a]]><![CDATA[b]]></m:a>")
	within("a story of namespaces", "<m:a xmlns:n%d='n'/>")
	within("a story of references", "&lt;p&gt;a")
	add("a story of paragraphs", "<rss><channel><item><title>a</title><description>", "&lt;p&gt;a", "</description></item></channel></rss>")
	add("a story of paragraphs in CDATA", "<rss><channel><item><title>a</title><description><![CDATA[", "<p>a", "]]></description></item></channel></rss>")
	add("a story of attributes in CDATA", "<rss><channel><item><title>a</title><description><![CDATA[<p ", "a%d ", ">]]></description></item></channel></rss>")
	add("a title of tags", "<rss><channel><item><title>", "&lt;b&gt;", "</title></item></channel></rss>")
	add("a root of attributes", "<rss ", "a%d='' ", "><channel>"+item+"</channel></rss>")
	add("a root of namespaces", "<rss ", "xmlns:a%d='a' ", "><channel>"+item+"</channel></rss>")
	add("a story's tag of attributes", "<rss><channel><item ", "a ", ">"+item+"</channel></rss>")
	add("RDF of empty items", "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>", "<item/>", "</rdf:RDF>")
	add("RDF of a sequence", "<rdf:RDF><channel><items><rdf:Seq>", "<rdf:li/>", "</rdf:Seq></items></channel></rdf:RDF>")
	add("Atom of empty entries", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry/>", "</feed>")
	add("Atom of links", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<link/>", "</feed>")
	add("an Atom entry of links", "<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>a</id>", "<link/>", "</entry></feed>")
	add("Atom of authors", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<author/>", "</feed>")
	add("Atom of XHTML", "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>a</title><content type='xhtml'>", "<p>a</p>", "</content></entry></feed>")
	json := func(name, before, part, after string) {
		add(name, `{"version":"https://jsonfeed.org/version/1.1",`+before, part, after+`}`)
	}
	json("JSON of empty items", `"items":[`, `{},`, `{}]`)
	json("JSON of numbers", `"items":[`, `0,`, `0]`)
	json("JSON of arrays", `"items":[`, `[],`, `[]]`)
	json("JSON of nested arrays", `"items":[`, `[`, ``)
	json("JSON of nested objects", `"items":[`, `{"a":`, ``)
	json("JSON of members", ``, `"a%d":0,`, `"items":[]`)
	json("JSON of members of an item", `"items":[{"id":"1",`, `"a%d":0,`, `"title":"a"}]`)
	json("JSON of tags", `"items":[{"id":"1","title":"a","tags":[`, `"",`, `""]}]`)
	json("JSON of authors", `"authors":[`, `{},`, `{}],"items":[]`)
	json("JSON of hubs", `"hubs":[`, `{"url":"http://a"},`, `{}],"items":[]`)
	json("JSON of escapes", `"items":[{"id":"1","title":"`, `\u0041`, `"}]`)
	json("JSON of backslashes", `"items":[{"id":"1","title":"`, `\\`, `"}]`)
	json("JSON of wrong escapes", `"items":[{"id":"1","title":"`, `\x`, `"}]`)
	json("JSON of quotes", `"items":[`, `{"id":"1",",`, `]`)
	json("JSON of titles", `"items":[`, `{"title":"a"},`, `{}]`)
	json("JSON of paragraphs", `"items":[{"id":"1","content_html":"`, `<p>a`, `"}]`)
	return list
}

const hostileHead = "<!DOCTYPE html><html><head><title>Harbour closed</title></head><body><h1>Harbour closed</h1>"

// hostilePages are of a size; the largest that is read is 5 MB.
func hostilePages(full int) []hostile {
	var list []hostile
	add := func(name, before, part, after string) {
		list = append(list, hostile{name, func() []byte { return []byte(hostileHead + before + many(full, part) + after) }})
	}
	plain := func(name, part string) { add(name, "", part, "") }
	for _, tag := range []string{"p", "b", "i", "a", "br", "li", "td", "tr", "table", "select", "option", "template", "svg", "math", "title", "form", "font", "nobr", "div", "h1", "img"} {
		plain("HTML of <"+tag+">", "<"+tag+">")
		plain("HTML of <"+tag+"> with text", "<"+tag+">a")
		plain("HTML of <"+tag+"> with attributes", "<"+tag+" a=%d b>")
		plain("HTML of </"+tag+">", "</"+tag+">")
	}
	plain("paragraphs with an end", "<p>a</p>")
	plain("formatting tags", "<b><i><u><s><tt>")
	plain("formatting tags that differ", "<b a=%d>")
	plain("formatting tags that differ, in paragraphs", "<p><b a=%d>")
	add("formatting tags left open before many paragraphs", many(5000, "<b a=%d>"), "<p>", "")
	add("formatting tags left open before many paragraphs with text", many(5000, "<font a=%d>"), "<p>a", "")
	add("a formatting tag of attributes before many paragraphs", "<b "+many(50_000, "a%d ")+">", "<p>a", "")
	add("a link of attributes before many paragraphs", "<a "+many(50_000, "a%d ")+">", "<p>a", "")
	plain("formatting tags closed in tables", "<b a=%d><table></b></table>")
	plain("formatting tags closed in comments", "<b a=%d><!--</b>--><p>")
	plain("formatting tags closed in attributes", "<b a=%d><p c='</b>'>")
	plain("formatting tags closed in scripts", "<b a=%d><script></b></script><p>")
	plain("formatting around blocks", "<b><div></b></div>")
	plain("links within links", "<a><p><a><div>")
	plain("links in cells", "<table><td><a b=%d>")
	plain("text before tables", "<table>a<tr>a")
	plain("nested tables", "<table><td>")
	plain("paragraph ends in buttons", "<button></p>")
	plain("bodies", "<body a%d=b>")
	plain("roots", "<html a%d=b>")
	plain("comments", "<!---->")
	plain("declarations", "<!a>")
	plain("instructions", "<?>")
	plain("framesets", "<frameset><frame>")
	plain("styles", "<style></style>")
	plain("scripts", "<script></script>")
	plain("metas", "<meta name=a content=b>")
	plain("metas that differ", "<meta name=a%d content=b>")
	plain("times", "<time datetime=2024-01-01>a</time>")
	plain("authors", `<a rel="author">Jo Ab%d</a>`)
	plain("story links", `<a href="/2026/11/20/harbour-closed-after-storm-%d">Harbour closed after the storm</a>`)
	plain("story links within one entry", `<li><a href="/2026/11/20/harbour-closed-after-storm-%d">Harbour closed after the storm</a>`)
	plain("references", "&amp;")
	plain("ends of elements that are not open", "a</x>")
	plain("foreign elements", "<svg><g a=%d>")
	plain("foreign scripts", "<svg><style><b a=%d>")
	plain("foreign breaks", "<svg><p>")
	add("attributes", "<p ", "a%d ", ">")
	add("attributes of one letter", "<p ", "a ", ">")
	add("attributes of an end tag", "</p ", "a%d ", ">")
	add("classes", `<div class="`+strings.Repeat("a ", 1000)+`">`, "<p>", "")
	add("deep, then wide", strings.Repeat("<div>", 600), "<p>a", "")
	add("deep classes", many(300_000, `<div class="a%d `+strings.Repeat("b ", 90)+`">`), "<p>a", "")
	add("deep formatting", strings.Repeat("<div>", 600), "<b><i>a", "")
	add("deep links", strings.Repeat("<div>", 600), "<a b=%d>a", "")
	add("deep scripts", strings.Repeat("<div>", 600), "<script></script>a", "")
	return append(list, hostileData(full)...)
}

// hostileData are pages whose scripts hold much data.
func hostileData(full int) []hostile {
	var list []hostile
	data := func(name, before, part, after string) {
		list = append(list, hostile{name, func() []byte {
			return []byte(hostileHead + before + many(min(full, 4<<20-64<<10), part) + after + "</script>")
		}})
	}
	for _, s := range []struct{ name, before string }{
		{"linked data", `<script type="application/ld+json">`},
		{"hydration data", `<script id="__NEXT_DATA__" type="application/json">`},
		{"assigned data", `<script>window.__STATE__=`},
	} {
		data(s.name+" of objects", s.before+`[`, `{},`, `{}]`)
		data(s.name+" of small objects", s.before+`[`, `{"a":0},`, `{}]`)
		data(s.name+" of members", s.before+`{`, `"a%d":0,`, `"b":0}`)
		data(s.name+" of numbers", s.before+`[`, `1,`, `1]`)
		data(s.name+" of strings", s.before+`[`, `"",`, `""]`)
		data(s.name+" of places", s.before+`[[`+strings.Repeat("1,", 1000)+`2],`, `[1,0,2],`, `[]]`)
		data(s.name+" of nested arrays", s.before, `[`, ``)
		data(s.name+" of authors", s.before+`{"@type":"NewsArticle","headline":"a","author":[`, `{"name":"Jo Ab%d"},`, `{}]}`)
		data(s.name+" of updates", s.before+`{"@type":"LiveBlogPosting","headline":"a","liveBlogUpdate":[`, `{"articleBody":"a"},`, `{}]}`)
		data(s.name+" of paragraphs", s.before+`{"@type":"NewsArticle","articleBody":"`, `<p>a`, `"}`)
	}
	data("many scripts of data", "", `<script type="application/ld+json">{"@id":"%d","a":0}</script>`, "")
	data("flight data", "", `<script>self.__next_f.push([1,"1:[0,0,0,0]\n"])</script>`, "")
	return list
}

// hostileSitemaps are near the largest that is read, 50 MB.
func hostileSitemaps() []hostile {
	const full = maxSitemap - 64<<10
	const url = "<url><loc>https://a.example/1</loc></url>"
	var list []hostile
	add := func(name, before, part, after string) {
		list = append(list, hostile{name, func() []byte {
			return []byte("<urlset>" + url + before + many(full, part) + after + url + "</urlset>")
		}})
	}
	add("sitemap of empty URLs", "", "<url/>", "")
	add("sitemap of URLs", "", "<url><loc>http://a.example/%d</loc></url>", "")
	add("sitemap of titles", "", "<url><loc>http://a.example/%d</loc><n:news><n:title>Harbour closed</n:title></n:news></url>", "")
	add("sitemap of fields", "<url>", "<a%d/>", "</url>")
	add("sitemap of attributes", "<url ", "a%d ", "></url>")
	add("sitemap of a long address", "<url><loc>", "a", "</loc></url>")
	add("sitemap of comments", "", "<!---->", "")
	add("sitemap of one comment", "<!--", "<a>", "-->")
	add("sitemap of CDATA", "<url><loc>", "<![CDATA[a]]>", "</loc></url>")
	add("sitemap of references", "<url><loc>", "&amp;", "</loc></url>")
	add("sitemap of a document type", "<!DOCTYPE a [", "<!ENTITY a 'b'>", "]>")
	add("sitemap of end tags", "", "</a>", "")
	list = append(list, hostile{"index of sitemaps", func() []byte {
		return []byte("<sitemapindex>" + many(full, "<sitemap><loc>http://a.example/%d</loc></sitemap>") + "</sitemapindex>")
	}})
	return list
}

// readHostile reads a document with every reader that it may come to.
func readHostile(doc []byte, sitemap bool) (errs []error) {
	o := Options{URL: "https://a.example/", Now: fuzzOptions.Now}
	Sniff(doc)
	if sitemap {
		_, err := Sitemap(bytes.NewReader(doc), o)
		return []error{err}
	}
	_, feed := Feed(doc, o)
	errs = append(errs, feed)
	if len(doc) <= maxPage {
		_, article := Article(doc, o)
		_, index := Index(doc, "", o)
		_, links := PageLinks(doc, o)
		errs = append(errs, article, index, links)
	}
	return errs
}

// hostileLimit is the memory in which each hostile document has to be read, by
// a process of its own: a document of 50 MB, half of that again while it is
// made, and what the collector leaves lying.
const hostileLimit = 400 << 20

var everyHostile = flag.Bool("hostile", false, "read every hostile document, not only every fifth")

// allHostile are the hostile documents by what they are read as.
func allHostile() map[string][]hostile {
	return map[string][]hostile{
		"feed": hostileFeeds(), "page": hostilePages(maxPage - 64<<10), "sitemap": hostileSitemaps(),
	}
}

// TestHostileDocuments reads hostile documents, each in a process that may not
// have more memory.
func TestHostileDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a gigabyte")
	}
	if raceDetector {
		t.Skip("the race detector takes more memory than is allowed here")
	}
	for kind, list := range allHostile() {
		for i, h := range list {
			if i%5 > 0 && !*everyHostile {
				continue
			}
			t.Run(h.name, func(t *testing.T) {
				t.Parallel()
				cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHostileChild$", "-test.v")
				cmd.Env = append(os.Environ(), "HOSTILE="+kind+"/"+h.name)
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, clip(string(out), 2000))
				}
				t.Log(regexp.MustCompile(`peak.*`).FindString(string(out)))
			})
		}
	}
}

// TestHostileChild is the process of one hostile document.
func TestHostileChild(t *testing.T) {
	kind, name, ok := strings.Cut(os.Getenv("HOSTILE"), "/")
	if !ok {
		t.Skip("only within TestHostileDocuments")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_DATA, &syscall.Rlimit{Cur: hostileLimit, Max: hostileLimit}); err != nil {
		t.Fatal(err)
	}
	for _, h := range allHostile()[kind] {
		if h.name != name {
			continue
		}
		doc := h.make()
		before := cpuTime(t)
		errs := readHostile(doc, kind == "sitemap")
		for _, err := range errs {
			if errors.Is(err, ErrPanic) {
				t.Error(err)
			}
		}
		const longest = 10 * time.Second // of one core; what is linear takes a second
		if spent := cpuTime(t) - before; spent > longest {
			t.Errorf("took %v", spent)
		}
		status, _ := os.ReadFile("/proc/self/status")
		t.Logf("peak %s of %d MB in %v: %.300q", regexp.MustCompile(`VmHWM:\s*(.*)`).FindStringSubmatch(string(status))[1], len(doc)>>20,
			(cpuTime(t) - before).Round(time.Millisecond), fmt.Sprint(errs))
	}
}

// cpuTime is what this process has spent.
func cpuTime(t *testing.T) time.Duration {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		t.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}
