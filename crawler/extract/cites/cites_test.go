package cites

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
)

// TestSentences holds every sentence of testdata to the names behind it.
func TestSentences(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no sentences: %v", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		language := strings.TrimSuffix(filepath.Base(path), ".txt")
		for line := range strings.Lines(string(text)) {
			line = strings.TrimSpace(line)
			if line == "" || line[0] == '#' {
				continue
			}
			if language == "other" {
				tag, rest, _ := strings.Cut(line, ": ")
				checkSentence(t, tag, rest)
				continue
			}
			checkSentence(t, language, line)
		}
	}
}

func checkSentence(t *testing.T, language, line string) {
	t.Helper()
	sentence, names, ok := strings.Cut(line, "=>")
	if !ok {
		t.Fatalf("no => in %q", line)
	}
	var want []string
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			want = append(want, name)
		}
	}
	if got := Of(&news.Story{Text: strings.TrimSpace(sentence), Language: language}); !slices.Equal(got, want) {
		t.Errorf("%s: %s\n got %q\nwant %q", language, sentence, got, want)
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct {
		title, want string
	}{
		{"KCNA: Kim inspects missiles", "KCNA"},
		{"Kim inspects missiles: KCNA", "KCNA"},
		{"Kim inspects missiles – state media", ""},
		{"Kim inspects missiles - Yonhap", "Yonhap"},
		{"Putin to visit Pyongyang, Kremlin says", "Kremlin"},
		{"Reuters journalist killed in Lebanon", ""},
		{"North Korea: what we know", ""},
	} {
		if got := strings.Join(Of(&news.Story{Title: c.title, Language: "en"}), ", "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.title, got, c.want)
		}
	}
}

// TestOwnOutlet leaves out the outlet that speaks of itself.
func TestOwnOutlet(t *testing.T) {
	const text = "TASS reported on Friday. According to Reuters, he left. He told the Harbour Post so."
	for _, c := range []struct{ url, outlet, want string }{
		{"", "", "TASS, Reuters, Harbour Post"},
		{"https://tass.com/politics/1", "", "Reuters, Harbour Post"},
		{"https://example.org/1", "TASS", "Reuters, Harbour Post"},
		{"https://example.org/1", "ТАСС", "Reuters, Harbour Post"},
		{"https://example.org/1", "TASS Russian News Agency", "Reuters, Harbour Post"},
		{"https://www.reuters.com/world/1", "", "TASS, Harbour Post"},
		{"https://example.org/1", "Harbour Post", "TASS, Reuters"},
		{"http://[::bad", "", "TASS, Reuters, Harbour Post"},
	} {
		s := &news.Story{URL: c.url, Outlet: c.outlet, Text: text, Language: "en"}
		if got := strings.Join(Of(s), ", "); got != c.want {
			t.Errorf("%s %s: got %q, want %q", c.url, c.outlet, got, c.want)
		}
	}
}

func TestLimits(t *testing.T) {
	var text strings.Builder
	for _, n := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V"} {
		text.WriteString("According to the " + n + "ville Gazette, it rained.\n")
	}
	if got := Of(&news.Story{Text: text.String(), Language: "en"}); len(got) != maxNames || got[0] != "Aville Gazette" {
		t.Errorf("got %d names: %q", len(got), got)
	}
	far := strings.Repeat("It rained. ", maxText/10) + "According to TASS, it stopped."
	if got := Of(&news.Story{Text: far, Language: "en"}); got != nil {
		t.Errorf("beyond the limit: %q", got)
	}
}

// TestTables wants every line of both tables read: a name may be written in one
// way for one outlet only, and every language must compile.
func TestTables(t *testing.T) {
	for code, load := range allFrames() {
		if l := load(); l.before.Regexp == nil || l.after.Regexp == nil {
			t.Errorf("%s says neither what stands before nor behind a name", code)
		}
	}
	owner := map[string]string{}
	for line := range strings.Lines(namesText) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), "#")
		if line == "" || line[0] == '[' {
			continue
		}
		canonical, others, _ := strings.Cut(line, "=")
		canonical = strings.TrimSpace(canonical)
		for other := range strings.SplitSeq(canonical+";"+others, ";") {
			other = strings.TrimSpace(other)
			if first := owner[other]; other != "" && first != "" && first != canonical {
				t.Errorf("%q is both %s and %s", other, first, canonical)
			}
			owner[other] = canonical
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add("KCNA: according to TASS", "en")
	f.Add("조선중앙통신은 보도했다", "ko")
	f.Add("据\xff塔斯社", "zh")
	f.Fuzz(func(t *testing.T, text, language string) {
		for _, name := range Of(&news.Story{Title: text, Text: text, Language: language}) {
			if strings.TrimSpace(name) == "" {
				t.Errorf("an empty name in %q", text)
			}
		}
	})
}

func BenchmarkOf(b *testing.B) {
	text := strings.Repeat("The two men shook hands in front of the building where Russia assembles its launch vehicles, Reuters reported. ", 40)
	s := &news.Story{Title: "Kim and Putin meet", Text: text, Language: "en"}
	b.ReportAllocs()
	for b.Loop() {
		Of(s)
	}
}
