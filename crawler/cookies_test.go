package crawler

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// TestCookiesAreReadAgain changes a cookies file in ways that its time does
// not tell, and crawls with it.
func TestCookiesAreReadAgain(t *testing.T) {
	s := newSite(t)
	path := filepath.Join(t.TempDir(), "cookies.txt")
	src := s.source(news.KindFeed, "/feed.xml")
	src.CookiesFile = path
	c := newCrawler(t, nil)
	line := func(value string) string { return "127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\t" + value + "\n" }
	for i, step := range []struct {
		text, want, says string
		remove           bool
	}{
		{text: line("one"), want: "session=one"},
		{text: line("two"), want: "session=two"}, // as long as before, and as old
		{text: line("one"), want: "session=one"},
		{text: "# nothing\n", want: ""},
		{text: "<html>", says: "line 1 has 1 fields"},
		{remove: true, says: "no such file"},
		{text: line("one") + strings.Repeat("# more\n", maxCookies/7), says: "more than 4 MB"},
		{text: line("three"), want: "session=three"},
	} {
		if step.remove {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		} else if err := os.WriteFile(path, []byte(step.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, testTime, testTime); err != nil && !step.remove {
			t.Fatal(err)
		}
		before := len(s.asked("/feed.xml"))
		_, err := c.List(t.Context(), src, news.Validators{})
		if step.says != "" {
			fault := wantFault(t, err, news.FaultConnect)
			if said := fault.Error(); !strings.Contains(said, "read cookies file "+path+": ") ||
				!strings.Contains(said, step.says) || strings.Count(said, path) != 1 {
				t.Errorf("step %d: %v, want %q", i, err, step.says)
			}
			if len(s.asked("/feed.xml")) != before {
				t.Errorf("step %d: asked without cookies", i)
			}
			continue
		}
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
		if got := s.asked("/feed.xml")[before].Header.Get("Cookie"); got != step.want {
			t.Errorf("step %d: sent %q, want %q", i, got, step.want)
		}
	}
}

// A file that cannot be read is named, a folder too.
func TestCookiesFileIsNamed(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none"), "relative/none"} {
		_, err := new(cookieFiles).jar(path)
		if err == nil || !strings.HasPrefix(err.Error(), "read cookies file "+path+": ") || strings.Count(err.Error(), path) != 1 {
			t.Errorf("%s: %v", path, err)
		}
	}
	if jar, err := new(cookieFiles).jar(""); jar != nil || err != nil {
		t.Errorf("no file: %v, %v", jar, err)
	}
}

// One file that many read at once is parsed when it changes, not more often.
func TestCookiesAreParsedOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cookies.txt")
	if err := os.WriteFile(path, []byte("a.example\tTRUE\t/\tFALSE\t0\ta\t1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var files cookieFiles
	first, err := files.jar(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, time.Now(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	again, err := files.jar(path)
	if err != nil || again != first {
		t.Errorf("a file that only looks newer was parsed again: %v", err)
	}
}

func TestParseCookies(t *testing.T) {
	jar, err := parseCookies(".news.example\tTRUE\t/\tFALSE\t0\ta\t1\r\nwww.news.example\tFALSE\t/\tTRUE\t0\tb\t2\n\n# comment\n.co.uk\tTRUE\t/\tFALSE\t0\twide\t3\n")
	if err != nil {
		t.Fatal(err)
	}
	for target, want := range map[string]int{
		"http://news.example/": 1, "https://news.example/": 1, "https://www.news.example/": 2, "http://www.news.example/": 1,
		"https://x.www.news.example/": 1, "http://example/": 0, "http://bbc.co.uk/": 0, "http://evilnews.example/": 0,
	} {
		if got := len(jar.Cookies(mustURL(t, target))); got != want {
			t.Errorf("%s gets %d cookies, want %d", target, got, want)
		}
	}
	for _, text := range []string{"a b c", "a\tTRUE\t/\tFALSE\tsoon\ta\t1", "a\tTRUE\t/\tFALSE\t0\ta"} {
		if _, err := parseCookies(text); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", text, err)
		}
	}
}
