package robots

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"
)

func TestVectors(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/vectors.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) < 90 || len(archive.Files)%2 != 0 {
		t.Fatalf("%d files in the archive: some are missing", len(archive.Files))
	}
	for i := 0; i < len(archive.Files); i += 2 {
		file, want := archive.Files[i], archive.Files[i+1]
		if want.Name != file.Name+".want" {
			t.Fatalf("%q is followed by %q", file.Name, want.Name)
		}
		t.Run(file.Name, func(t *testing.T) {
			rules := Parse(file.Data)
			for line := range strings.Lines(string(want.Data)) {
				f := strings.Fields(line)
				if len(f) != 3 || f[0] != "allow" && f[0] != "deny" {
					t.Fatalf("cannot read %q", line)
				}
				if got := rules.Allowed(f[1], f[2]); got != (f[0] == "allow") {
					t.Errorf("Allowed(%s, %s) = %v", f[1], f[2], got)
				}
				if got := rules.For(f[1]).Allowed(f[1], f[2]); got != (f[0] == "allow") {
					t.Errorf("For(%s).Allowed(%s) = %v", f[1], f[2], got)
				}
			}
		})
	}
}

func TestFileFormat(t *testing.T) {
	const file = "User-Agent: foo\nAllow: /AnyValue\nUser-Agent: *\nDisallow: /\n"
	for name, text := range map[string]string{
		"LF":                    file,
		"CR LF":                 strings.ReplaceAll(file, "\n", "\r\n"),
		"CR":                    strings.ReplaceAll(file, "\n", "\r"),
		"no end of line at end": strings.TrimSuffix(file, "\n"),
		"blank lines, spaces":   "\r\n \t" + strings.ReplaceAll(file, "\n", "  \n\n\t"),
		"BOM":                   "\xEF\xBB\xBF" + file,
		"half a BOM":            "\xEF\xBB" + file,
		"comments":              "# " + strings.ReplaceAll(file, "\n", " # no:more\n"),
	} {
		t.Run(name, func(t *testing.T) {
			rules := Parse([]byte(text))
			if name != "comments" && !rules.Allowed("foo", "/x") {
				t.Error("foo may not fetch /x")
			}
			if rules.Allowed("bar", "/x") {
				t.Error("bar may fetch /x")
			}
		})
	}
	// A mark that is none spoils the first line, and so foo's group.
	if Parse([]byte("\xEF\x11\xBF"+file)).Allowed("foo", "/x") {
		t.Error("a broken first line was understood")
	}
}

func TestCrawlDelay(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"User-agent: *\nCrawl-delay: 10\n":                                           10 * time.Second,
		"User-agent: *\ncrawl-delay:0.5\nDisallow: /x\n":                             500 * time.Millisecond,
		"User-agent: x\nCrawl-delay: 10\n":                                           0,
		"User-agent: copytaster\nCrawl-delay: 3\n\nUser-agent: *\nCrawl-delay: 10":   3 * time.Second,
		"User-agent: *\nCrawl-delay: 3\nDisallow: /a\nUser-agent: *\nCrawl-delay: 4": 4 * time.Second,
		"Crawl-delay: 10\nUser-agent: *\nDisallow: /x\n":                             0,
		"User-agent: *\nCrawl-delay: soon\n":                                         0,
		"User-agent: *\nCrawl-delay: -1\n":                                           0,
		"User-agent: *\nCrawl-delay: NaN\n":                                          0,
		"User-agent: *\nCrawl-delay: 1e300\n":                                        24 * time.Hour,
	} {
		rules := Parse([]byte(text))
		if got := rules.CrawlDelay("Copytaster"); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
		if got := rules.For("copytaster").CrawlDelay("copytaster"); got != want {
			t.Errorf("For, %q: %v, want %v", text, got, want)
		}
	}
}

// TestPercentSign: a "%" of no escape is the character, in a rule as in a URL.
func TestPercentSign(t *testing.T) {
	rules := Parse([]byte("User-agent: *\nDisallow: /100%\nDisallow: /50%/a\n"))
	for path, want := range map[string]bool{"/100%25": false, "/100%25/x": false, "/50%25/a": false, "/50%": true, "/100": true} {
		if got := rules.Allowed("copytaster", path); got != want {
			t.Errorf("%s is allowed: %v, want %v", path, got, want)
		}
	}
}

func TestSizeIsBounded(t *testing.T) {
	comment := strings.Repeat("#"+strings.Repeat("x", 1023)+"\n", MaxSize/1025+1)
	if !Parse([]byte(comment+"User-agent: *\nDisallow: /\n")).Allowed("x", "/") {
		t.Error("a rule beyond the limit counts")
	}
	if Parse([]byte("User-agent: *\nDisallow: /\n"+comment)).Allowed("x", "/") {
		t.Error("a rule before the limit does not count")
	}
}

func TestZeroRules(t *testing.T) {
	var rules Rules
	if !rules.Allowed("x", "/y") || rules.CrawlDelay("x") != 0 || !rules.For("x").Allowed("x", "/y") {
		t.Error("the zero value does not allow everything")
	}
}

func TestProductToken(t *testing.T) {
	for agent, want := range map[string]string{
		"copytaster/1.0 (+https://example.org)": "copytaster",
		"copytaster":                            "copytaster",
		"My_News-Bot 2":                         "My_News-Bot",
		"Mozilla/5.0 (compatible; copytaster/1.0; +https:)":   "copytaster",
		"Mozilla/5.0 (X11; Linux x86_64) Gecko Firefox/140.0": "Mozilla",
		"": "",
	} {
		if got := ProductToken(agent); got != want {
			t.Errorf("ProductToken(%q) = %q, want %q", agent, got, want)
		}
	}
}

// hostile is a file whose one pattern makes a backtracking matcher explode.
func hostile() ([]byte, string) {
	return []byte("User-agent: *\nDisallow: /" + strings.Repeat("*a", MaxSize/2-20) + "*b$\n"), "/" + strings.Repeat("a", 100_000)
}

func TestHostilePattern(t *testing.T) {
	text, path := hostile()
	rules := Parse(text)
	start := time.Now()
	if !rules.Allowed("x", path) {
		t.Error("matched")
	}
	if took := time.Since(start); took > time.Minute { // it would not end
		t.Errorf("one path took %v", took)
	}
}

func FuzzParse(f *testing.F) {
	text, path := hostile()
	f.Add(text[:100], path[:50])
	f.Add([]byte("User-agent: *\nDisallow: /a*b$\nAllow: /%zz%4"), "/a%b?c#d")
	f.Add([]byte("User-agent: *\nDisallow: /100%"), "%%610")
	f.Add([]byte("\xEF\xBBuser agent x\rdisallow:*\r\nCrawl-delay: 1e9"), "")
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		rules := Parse(text)
		for _, agent := range []string{"x", "copytaster", "*"} {
			allowed, delay := rules.Allowed(agent, path), rules.CrawlDelay(agent)
			only := rules.For(agent)
			if only.Allowed(agent, path) != allowed || only.CrawlDelay(agent) != delay {
				t.Errorf("For(%s) answers differently about %q", agent, path)
			}
			if delay < 0 || delay > maxDelay {
				t.Errorf("delay %v", delay)
			}
		}
		once := normalise(path, true)
		if twice := normalise(once, true); twice != once {
			t.Errorf("normalise(%q) = %q, then %q", path, once, twice)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	var text strings.Builder
	text.WriteString("User-agent: *\n")
	for i := range 200 {
		fmt.Fprintf(&text, "Disallow: /section%d/*/private$\n", i)
	}
	b.ReportAllocs()
	for b.Loop() {
		Parse([]byte(text.String()))
	}
}

func BenchmarkAllowed(b *testing.B) {
	var text strings.Builder
	text.WriteString("User-agent: *\n")
	for i := range 200 {
		fmt.Fprintf(&text, "Disallow: /section%d/*/private$\n", i)
	}
	rules := Parse([]byte(text.String()))
	b.ReportAllocs()
	for b.Loop() {
		rules.Allowed("copytaster", "/section7/2026/11/a-story-about-something.html?page=2")
	}
}

// TestSize: a file of rules takes some times its length, and what is kept for
// one agent has only the rules for it.
func TestSize(t *testing.T) {
	text := "User-agent: other\n" + strings.Repeat("Disallow: /a*b*c\n", 1000) + "User-agent: us\nDisallow: /x\n"
	rules := Parse([]byte(text))
	if size := rules.Size(); size < 100_000 || size > 300_000 {
		t.Errorf("%d bytes", size)
	}
	if size := rules.For("us").Size(); size < 10 || size > 200 {
		t.Errorf("for one agent %d bytes", size)
	}
}

// TestRawCharacters: rules are written with characters that URLs hold only
// percent-encoded (RFC 9309, section 2.2.2).
func TestRawCharacters(t *testing.T) {
	for _, c := range `"<>\^` + "`{|}" {
		encoded := fmt.Sprintf("%%%02X", c)
		for _, rule := range []string{"/a" + string(c) + "b", "/a" + encoded + "b", "/a" + strings.ToLower(encoded) + "b"} {
			rules := Parse([]byte("User-agent: *\nDisallow: " + rule))
			paths := []string{"/a" + string(c) + "b", "/a" + encoded + "bc", "/a" + strings.ToLower(encoded) + "b?x", "/ab"}
			allowed := slices.DeleteFunc(paths, func(path string) bool { return !rules.Allowed("us", path) })
			if !slices.Equal(allowed, []string{"/ab"}) {
				t.Errorf("Disallow: %s allows %q, want /ab alone", rule, allowed)
			}
		}
	}
}
