package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/mmcdole/gofeed"
)

// TestMain is what main is to the command: the tests' binary is its own child.
func TestMain(m *testing.M) {
	if task := os.Getenv(taskEnv); task != "" {
		if err := runTask(task, os.Getenv(taskFileEnv), stdio{os.Stdin, os.Stdout, os.Stderr}); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", task+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// quiet are the streams of a command of which only the output is looked at.
func quiet(out io.Writer) stdio { return stdio{strings.NewReader(""), out, io.Discard} }

func TestFlags(t *testing.T) {
	for _, c := range []struct {
		args string
		want options
		err  string
	}{
		{want: options{
			feeds: 500, stories: 20, every: time.Minute, pages: 200, rounds: 3, rules: 100, lasts: 10 * time.Minute,
		}},
		{args: "-quick", want: options{
			feeds: 50, stories: 20, every: 10 * time.Second, pages: 20, rounds: 1, rules: 100, lasts: 10 * time.Minute,
		}},
		{args: "-sources 5000 -for 1m -tables pages,passes",
			want: options{
				tables: []string{"pages", "passes"}, feeds: 500, stories: 20, every: time.Minute, pages: 200, rounds: 3,
				rules: 100, sources: 5000, lasts: time.Minute,
			}},
		{args: "-tables speed", err: `no table "speed"`},
		{args: "-every soon", err: "invalid value"},
	} {
		got, err := parseFlags(strings.Fields(c.args), io.Discard)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.args, err, c.err)
			}
			continue
		}
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: %+v, %v; want %+v", c.args, got, err, c.want)
		}
	}
}

// get asks for a URL, with an ETag when there is one.
func get(t *testing.T, url, etag string) (status int, body, tag string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	if etag != "" {
		req.Header.Set("If-None-Match", etag)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header.Get("ETag")
}

func testWorld(t *testing.T, feeds, stories int) *world {
	t.Helper()
	w, err := newWorld(feeds, stories, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func TestWorldServesFeedsThatChange(t *testing.T) {
	w := testWorld(t, 3, 4)
	url := w.urls()[2]
	status, body, tag := get(t, url, "")
	feed, err := gofeed.NewParser().ParseString(body)
	if status != http.StatusOK || err != nil || len(feed.Items) != 4 || tag == "" {
		t.Fatalf("status %d, ETag %s, %v:\n%s", status, tag, err, body)
	}
	if newest := feed.Items[0]; !strings.HasSuffix(newest.Title, " "+mark(2, 3)) ||
		newest.GUID != "f2n3" || newest.PublishedParsed == nil {
		t.Errorf("the newest story is %+v", newest)
	}
	if status, body, _ = get(t, url, tag); status != http.StatusNotModified || body != "" {
		t.Errorf("asked again: status %d, %q", status, body)
	}
	w.bump(newWriter(2), deskWord)
	status, body, _ = get(t, url, tag)
	if feed, err = gofeed.NewParser().ParseString(body); status != http.StatusOK || err != nil {
		t.Fatalf("after a new story: status %d, %v", status, err)
	}
	title := feed.Items[0].Title
	if got := marks.FindString(title); got != "f2n4" || !strings.Contains(title, deskWord(2)) || len(feed.Items) != 4 {
		t.Errorf("%d stories, the newest is %q", len(feed.Items), feed.Items[0].Title)
	}
	for _, path := range []string{"/robots.txt", "/feed/3", "/feed/-1", "/feed/x", "/page/0"} {
		if status, _, _ := get(t, "http://"+w.addr(0)+path, ""); status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

func TestWorldTellsWhoWasAskedFor(t *testing.T) {
	w := testWorld(t, 2, 1)
	var heard asked
	w.listen(heard.hear)
	get(t, w.urls()[1], "")
	w.listen(nil)
	get(t, w.urls()[0], "")
	if len(heard.times[1]) != 1 || len(heard.times[0]) != 0 {
		t.Errorf("heard of %v", heard.times)
	}
}

func TestInventedTextsDiffer(t *testing.T) {
	a, b := newWriter(1), newWriter(1)
	seen := map[string]bool{}
	for range 50 {
		text := a.sentences(450)
		if seen[text] || len(text) < 450 {
			t.Fatalf("twice, or short: %q", text)
		}
		seen[text] = true
		if again := b.sentences(450); again != text {
			t.Fatal("the same seed gives another text")
		}
	}
	if page := a.page(); len(page) < 50_000 || len(page) > 80_000 || bytes.Equal(page, a.page()) {
		t.Errorf("a page of %d bytes", len(page))
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for q, want := range map[float64]time.Duration{.5: 50, .95: 95, .99: 99, 1: 100, 0: 1} {
		if got := quantile(hundred, q); got != want {
			t.Errorf("%v of a hundred is %d, want %d", q, got, want)
		}
	}
	if got := quantile([]time.Duration{7}, .5); got != 7 {
		t.Errorf("of one: %d", got)
	}
	if got := quantile(nil, .5); got != 0 {
		t.Errorf("of none: %d", got)
	}
}

// Lateness must not be hidden by the crawl after the one that is missing.
func TestLateness(t *testing.T) {
	b := &bench{options: options{sources: 1, every: time.Minute}}
	began := time.Date(2024, 3, 1, 12, 0, 0, 0, time.UTC)
	end := began.Add(5 * time.Minute)
	planned, err := b.lateness(nil, began, end)
	if err != nil || len(planned) < 4 {
		t.Fatalf("%v, %v", planned, err)
	}
	first := end.Add(-planned[0]) // nobody asked: each is late until the end
	times := []time.Time{first.Add(2 * time.Second), first.Add(2*time.Minute + time.Second), first.Add(3 * time.Minute)}
	late, err := b.lateness(map[int][]time.Time{0: times}, began, end)
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Duration{2 * time.Second, 61 * time.Second, time.Second, 0}
	if !slices.Equal(late[:4], want) {
		t.Errorf("late by %v, want %v", late[:4], want)
	}
}

func TestTableIsMarkdown(t *testing.T) {
	var out strings.Builder
	s := newTable("pass", "CPU s", "×")
	s.add("first", seconds(1500*time.Millisecond), ratio(3*time.Second, 2*time.Second))
	s.add("more", text.Thousands(1234567))
	s.write(&out)
	want := "| pass | CPU s | × |\n| --- | ---: | ---: |\n| first | 1.50 | 1.5 |\n| more | 1,234,567 |  |\n"
	if out.String() != want {
		t.Errorf("got\n%swant\n%s", out.String(), want)
	}
	if got := ratio(time.Second, 0); got != "-" {
		t.Errorf("beside nothing: %s", got)
	}
	if got := median([]int{3, 1, 2}, func(i int) time.Duration { return time.Duration(i) }); got != 2 {
		t.Errorf("median %d", got)
	}
}

// cells are the numbers of a row of a printed table.
func cells(t *testing.T, out, row string) (values []float64) {
	t.Helper()
	line := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(row) + ` \|(.*)\|$`).FindStringSubmatch(out)
	if line == nil {
		t.Fatalf("no row %q in:\n%s", row, out)
	}
	for cell := range strings.SplitSeq(line[1], "|") {
		if cell = strings.ReplaceAll(strings.TrimSpace(cell), ",", ""); cell == "" {
			continue
		}
		v, err := strconv.ParseFloat(cell, 64)
		if err != nil {
			t.Fatalf("row %q: %v", row, err)
		}
		values = append(values, v)
	}
	return values
}

// The daemon goes through all passes of a small world, and what it is said to
// have spent is no nonsense.
func TestPassesAndPages(t *testing.T) {
	t.Setenv("COPYTASTER_CORPUS", t.TempDir()) // pages are invented
	var out bytes.Buffer
	if err := run([]string{"-quick", "-feeds", "20", "-pages", "5", "-tables", "passes,pages", "-every", "1s"}, quiet(&out)); err != nil {
		t.Fatal(err)
	}
	first, unchanged := cells(t, out.String(), "first pass"), cells(t, out.String(), "nothing new")
	if len(first) != 6 || first[0] < 0.05 || first[0] > 600 || unchanged[0] > first[0] {
		t.Errorf("first pass %v, nothing new %v", first, unchanged)
	}
	if alert := cells(t, out.String(), "one new story each, all alert"); len(alert) != 2 {
		t.Errorf("with alerts %v", alert)
	}
	bare, read := cells(t, out.String(), "net/http"), cells(t, out.String(), "copytaster: robots.txt, fetch, extraction of text and metadata")
	if bare[1] != 1 || read[0] <= bare[0] {
		t.Errorf("net/http %v, copytaster %v", bare, read)
	}
}

// Stories are followed from their feed to Slack.
func TestLatency(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute")
	}
	var out bytes.Buffer
	if err := run([]string{"-quick", "-feeds", "20", "-tables", "latency"}, quiet(&out)); err != nil {
		t.Fatal(err)
	}
	stored, posted := cells(t, out.String(), "published to stored"), cells(t, out.String(), "published to posted")
	between := cells(t, out.String(), "stored to posted")
	if len(stored) != 4 || len(posted) != 4 || stored[3] > 300 || posted[1] < stored[1] || posted[3] > 300 ||
		len(between) != 4 || between[0] <= 0 || between[3] > posted[3] {
		t.Errorf("stored after %v s, posted after %v s, %v s between", stored, posted, between)
	}
}
