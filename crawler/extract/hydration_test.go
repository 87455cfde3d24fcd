package extract

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// TestHydration reads pages whose text is only in their data, as the frameworks
// write it.
func TestHydration(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "hydration", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			story, r, err := Explain(archive.Files[0].Data, Options{URL: "https://westmole.test/news/harbour"})
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			fmt.Fprintf(&got, "title: %s\npublished: %s\nauthor: %s\ntext:\n", story.Title, story.Published.UTC().Format("2006-01-02T15:04:05Z"), strings.Join(story.Authors, ", "))
			got.WriteString("\t" + strings.ReplaceAll(story.Text, "\n", "\n\t") + "\n")
			if d := cmp.Diff(string(archive.Files[1].Data), got.String()); d != "" {
				t.Errorf("want (-), got (+):\n%s", d)
			}
			if r.Reader != ReaderHydration {
				t.Errorf("read by %q: %s", r.Reader, r.Why)
			}
		})
	}
}

const harbour = "The harbour stays closed until the end of the month, the port authority of the city said on Friday. "

// TestHydrationIsAboutThePage holds that no other story's text is taken, nor
// what is no story at all.
func TestHydrationIsAboutThePage(t *testing.T) {
	long := strings.Repeat(harbour, 8)
	for name, script := range map[string]string{
		"another title":    fmt.Sprintf(`{"title":"A show of old maps","body":%q}`, long),
		"no body's key":    fmt.Sprintf(`{"motto":%q}`, long),
		"a description":    fmt.Sprintf(`{"title":"Harbour stays closed","description":%q}`, long),
		"a cookie text":    fmt.Sprintf(`{"title":"Harbour stays closed","cookieBanner":{"text":%q}}`, long),
		"another subject":  fmt.Sprintf(`{"body":%q}`, strings.Repeat("The museum opens a show of old maps next week, and entry is free for all. ", 10)),
		"cards of stories": fmt.Sprintf(`{"items":[{"headline":"Harbour stays closed","text":%q},{"headline":"Harbour stays closed","text":%q}]}`, harbour, harbour),
		"too short":        `{"title":"Harbour stays closed","body":"` + harbour + `"}`,
		"code":             fmt.Sprintf(`{"title":"Harbour stays closed","body":%q}`, strings.Repeat("function(a,b){return a.map(b)} ", 40)),
		"not JSON":         `{"title":"Harbour stays closed","body":` + strings.Repeat("x", 900),
	} {
		h := newHydration([]string{script + strings.Repeat(" ", minState)}, []string{"Harbour stays closed"})
		if got := h.get(); len(got.body) > 0 {
			t.Errorf("%s: %q", name, clip(lines(got.body), 100))
		}
	}
	var none *hydration
	if got := none.get(); len(got.body) > 0 {
		t.Errorf("nothing gives %q", lines(got.body))
	}
}

// TestPageBeforeData leaves the data alone when the page shows its text.
func TestPageBeforeData(t *testing.T) {
	page := "<title>Harbour stays closed</title><article><h1>Harbour stays closed</h1>" + strings.Repeat("<p>"+strings.Repeat(harbour, 3)+para(1)+"</p>", 1) +
		"<p>" + para(2) + "</p><p>" + para(3) + "</p></article>" + fmt.Sprintf(`<script type="application/json">{"title":"Harbour stays closed","body":"<p>%s</p><p>%s</p>"}</script>`, strings.Repeat(harbour, 6), para(2))
	s, r, err := Explain([]byte(page), Options{})
	if err != nil || r.Reader == ReaderHydration || !strings.Contains(s.Text, para(3)) {
		t.Errorf("%s: %q, %v", r.Reader, s.Text, err)
	}
}

func TestUnquoted(t *testing.T) {
	for in, want := range map[string]string{
		`plain`: "plain", `a\"b\'c`: `a"b'c`, `\u003Cp\u003E\x41\/`: "<p>A/", `line\nbreak`: "line\nbreak", `end\`: `end\`, `\u12`: "u12", `\uZZZZ.`: ".",
	} {
		if got := unquoted(in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestRevived(t *testing.T) {
	loop := []any{object{"self": 0.0, "wide": []any{1.0, 1.0}}, []any{0.0, 0.0}}
	if got, ok := revived(loop).(object); !ok || got["self"] == nil {
		t.Errorf("a loop gives %T", revived(loop))
	}
	for _, plain := range []any{"text", []any{"a", "b"}, object{"a": 1.0}, []any{object{}, 3.0}} {
		if d := cmp.Diff(plain, revived(plain)); d != "" {
			t.Error(d)
		}
	}
}

func TestFlightValues(t *testing.T) {
	rows := "0:{\"a\":1}\n1:T6,Größ2:[\"b\"]\nbad row\n3:I[\"x\"]\n4:Tffff,short\n5:[\"c\"]\n"
	var got []string
	for _, v := range newValues().ofFlight(rows) {
		got = append(got, fmt.Sprint(v))
	}
	if d := cmp.Diff([]string{"map[a:1]", "[b]", "[c]", "map[content:[Größ]]"}, got); d != "" {
		t.Error(d)
	}
}

// TestComplete fills in what is missing and nothing else.
func TestComplete(t *testing.T) {
	data := fmt.Sprintf(`{"title":"Harbour stays closed","publishedAt":"2024-05-03T10:00:00Z","updatedAt":"2024-05-03T11:00:00Z","author":"Ada Miles","body":%q}`, strings.Repeat(harbour, 8))
	at := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ in, want news.Story }{
		"nothing known": {news.Story{}, news.Story{Title: "Harbour stays closed", Authors: []string{"Ada Miles"}, Published: at.Add(58 * time.Hour),
			Modified: at.Add(59 * time.Hour)}},
		"all known": {news.Story{Title: "Closed", Authors: []string{"Ben Stone"}, Published: at},
			news.Story{Title: "Closed", Authors: []string{"Ben Stone"}, Published: at}},
		"a longer title": {news.Story{Title: "Harbour stays closed - News", Authors: []string{"Ben Stone"}},
			news.Story{Title: "Harbour stays closed", Titles: []string{"Harbour stays closed - News"}, Authors: []string{"Ben Stone"}, Published: at.Add(58 * time.Hour),
				Modified: at.Add(59 * time.Hour)}},
	} {
		h := newHydration([]string{data}, []string{"Harbour stays closed - News"})
		got := c.in
		h.complete(&got, Options{})
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: want (-), got (+):\n%s", name, d)
		}
	}
}

// TestScriptValues finds the data in what a script does with it.
func TestScriptValues(t *testing.T) {
	long := strings.Repeat("x", minState)
	for script, want := range map[string]string{
		`{"a":1}`:                                   "[map[a:1]]",
		`window.a = {"b":"` + long + `"};`:          "[map[b:" + long + "]]",
		`f(1,{"b":"` + long + `"})`:                 "[map[b:" + long + "]]",
		`a=JSON.parse("[\"` + long + `\"]")`:        `[["` + long + `"]]`,
		`a={"b":1};c={"d":"` + long + `"}`:          "[map[d:" + long + "]]",
		`a={b:"` + long + `",c:'don\'t',e:"short"}`: "[map[b:" + long + "]]",
		`it's a={b:"` + long + `"}`:                 "[map[b:" + long + "]]",
		`if (a == "` + long + `") { b(["c"]) }`:     "[]",
	} {
		if got := fmt.Sprint(newValues().ofScript(script)); got != want {
			t.Errorf("%s: got %s", clip(script, 60), clip(got, 200))
		}
	}
}
