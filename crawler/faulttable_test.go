package crawler

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"text/template"
	"time"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/rogpeppe/go-internal/txtar"
)

// row is one fault of testdata/faults: what a site does, and what the crawler
// is to make of it. A file of the archive is a row: lines of what the fields
// below say, header lines of the answer, an empty line, the body. The body is
// a template (see templateFuncs); lines of "raw" bodies end as HTTP's do.
type row struct {
	name string

	as       string        // feed, sitemap, page, google_news: the kind of the source; story: the page of one
	want     string        // a fault, "2 stories", "a text" or "no text"; or several, with "or"
	says     string        // a part of the error
	title    string        // of the first story
	moved    string        // path of Listing.MovedTo
	retry    time.Duration // CrawlError.RetryAfter
	hold     time.Duration // how long the host is left alone
	times    int           // visits, of which the last is judged; each story's URL is another one
	keys     int           // different stories that all visits gave
	within   time.Duration // wall clock
	memory   uint64        // MB of heap at the worst moment above the moment before
	timeout  time.Duration // of the crawler
	act      string        // what the server does instead of answering; see acts
	robots   string        // the same for /robots.txt
	url      string        // of the source, a template
	path     string        // of the source
	status   int           // of the answer
	redirect int           // status of a redirect from the source's path …
	location string        // … to here, a template; "none" is no Location at all
	encode   string        // Content-Encoding that the body really has
	cut      int           // bytes of the body that are sent
	header   []string      // "Name: value", templates
	body     string
}

// fields are where the lines of a row go.
func (r *row) fields() map[string]any {
	return map[string]any{
		"as": &r.as, "want": &r.want, "says": &r.says, "title": &r.title, "moved": &r.moved, "retry": &r.retry, "hold": &r.hold,
		"times": &r.times, "keys": &r.keys, "within": &r.within, "memory": &r.memory, "timeout": &r.timeout, "act": &r.act,
		"robots": &r.robots, "url": &r.url, "path": &r.path, "status": &r.status, "redirect": &r.redirect, "location": &r.location,
		"encode": &r.encode, "cut": &r.cut,
	}
}

func parseRow(f txtar.File) (row, error) {
	r := row{
		name: f.Name, as: "feed", times: 1, within: 5 * time.Second, memory: 16, timeout: 10 * time.Second,
		path: "/feed.xml", status: 200, location: "/landed",
	}
	head, body, _ := strings.Cut(string(f.Data), "\n\n")
	r.body = strings.TrimSuffix(body, "\n")
	fields := r.fields()
	for line := range strings.Lines(head) {
		name, value, found := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		value = strings.TrimSpace(value)
		var err error
		switch into := fields[name].(type) {
		case *string:
			*into = value
		case *int:
			*into, err = strconv.Atoi(value)
		case *uint64:
			*into, err = strconv.ParseUint(value, 10, 64)
		case *time.Duration:
			*into, err = time.ParseDuration(value)
		default:
			if !found || name == strings.ToLower(name) {
				err = fmt.Errorf("no such field: %q", name)
			}
			r.header = append(r.header, name+": "+value)
		}
		if err != nil {
			return row{}, err
		}
	}
	if r.want == "" {
		return row{}, errors.New("nothing is wanted")
	}
	if raceDetector {
		r.within *= 20
		if r.timeout >= time.Second { // shorter is what is to run out
			r.timeout *= 20
		}
	}
	return r, nil
}

// faultRows reads testdata/faults.
func faultRows(t *testing.T) map[string][]row {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "faults", "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fault tables: %v", err)
	}
	tables := map[string][]row{}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			r, err := parseRow(f)
			if err != nil {
				t.Fatalf("%s: %s: %v", path, f.Name, err)
			}
			tables[path] = append(tables[path], r)
		}
	}
	return tables
}

// render makes a text of a template of the row.
func (r *row) render(t *testing.T, text string, s *faultSite, visit int) string {
	t.Helper()
	parsed, err := template.New(r.name).Funcs(templateFuncs()).Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, map[string]any{"Port": s.port(), "Visit": visit}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestFaultTable holds the crawler to every fault that was met or can be
// thought of: what comes of it, how long it takes, and what it costs.
func TestFaultTable(t *testing.T) {
	for path, rows := range faultRows(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			var table bytes.Buffer
			w := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "fault\texpected\tseen\ttime\tmemory")
			for _, r := range rows {
				t.Run(r.name, func(t *testing.T) {
					seen, took, used := r.check(t)
					fmt.Fprintf(w, "%s\t%s\t%s\t%v\t%d MB\n", r.name, r.want, seen, took.Round(time.Millisecond), used>>20)
				})
			}
			_ = w.Flush()
			t.Logf("\n%s", table.String())
		})
	}
}

// check crawls one row and compares.
func (r *row) check(t *testing.T) (seen string, took time.Duration, used uint64) {
	s := newFaultSite(t, r)
	slots := newSlots(true)
	c := newCrawler(t, slots)
	c.options.Timeout = r.timeout
	c.guard.transports = newTransports(c.options)
	c.guard.transports.direct = newTransport(newTestDialer(c), r.timeout)
	newTestEngine(c)
	if r.act == "panic" {
		row := c.lists[news.KindFeed]
		row.read = func(*news.Source, []byte, extract.Options) (extract.List, error) { panic("bad feed") }
		c.lists[news.KindFeed] = row
		c.article = func([]byte, extract.Options) (news.Story, error) { panic("bad page") }
	}
	var result verdict
	keys := map[string]bool{}
	peak := watchHeap()
	start := time.Now()
	for visit := 1; visit <= r.times; visit++ {
		s.turn(visit)
		result = r.crawl(t, c, s, visit)
		for _, story := range result.stories {
			keys[news.LinkKey(story.URL)] = true
		}
	}
	took, used = time.Since(start), peak()
	if took > r.within {
		t.Errorf("took %v, at most %v", took, r.within)
	}
	if used>>20 > r.memory {
		t.Errorf("used %d MB, at most %d", used>>20, r.memory)
	}
	if r.keys != 0 && len(keys) != r.keys {
		t.Errorf("%d visits gave %d different stories, want %d", r.times, len(keys), r.keys)
	}
	held := slots.held[news.Host(s.sourceURL(t, 1))].Sub(testTime)
	if r.hold != 0 && held != r.hold || r.hold == 0 && len(slots.held) > 0 {
		t.Errorf("held for %v, want %v", slots.held, r.hold)
	}
	r.compare(t, s, result)
	return result.seen, took, used
}

// verdict is what one visit came to.
type verdict struct {
	seen    string
	err     error
	listing news.Listing
	stories []news.Story
}

func (r *row) crawl(t *testing.T, c *Crawler, s *faultSite, visit int) (v verdict) {
	target := s.sourceURL(t, visit)
	if r.as == "story" {
		target = fmt.Sprintf("%s?visit=%d", target, visit)
		listed := news.Story{Title: "As listed", URL: target}
		var story news.Story
		story, v.err = enriched(t, c, news.Source{Name: "row", Kind: news.KindFeed, URL: target}, listed)
		v.seen = "no text"
		if story.Text != "" {
			v.seen = "a text"
		}
		v.stories = []news.Story{story}
	} else {
		src := news.Source{Name: "row", Kind: news.SourceKind(r.as), URL: target}
		v.listing, v.err = c.List(t.Context(), src, news.Validators{})
		v.stories = v.listing.Stories
		v.seen = fmt.Sprintf("%d stories", len(v.stories))
		if len(v.stories) == 1 {
			v.seen = "1 story"
		}
	}
	if fault, ok := errors.AsType[*news.CrawlError](v.err); ok {
		v.seen = string(fault.Fault)
	} else if v.err != nil {
		v.seen = v.err.Error()
	}
	return v
}

func (r *row) compare(t *testing.T, s *faultSite, v verdict) {
	switch {
	case r.want == "some stories" && v.err == nil && len(v.stories) > 0:
	case !slices.Contains(strings.Split(r.want, " or "), v.seen):
		t.Errorf("%s, want %s (%v)", v.seen, r.want, v.err)
	}
	if r.says != "" && (v.err == nil || !strings.Contains(v.err.Error(), r.says)) {
		t.Errorf("error %v, want one with %q", v.err, r.says)
	}
	if v.err != nil && strings.Contains(v.err.Error(), "s3cret") {
		t.Errorf("the error shows a password: %v", v.err)
	}
	if r.title != "" && (len(v.stories) == 0 || v.stories[0].Title != r.title) {
		t.Errorf("titles %.200q, want %q first", titles(v.stories), r.title)
	}
	if moved := strings.TrimPrefix(v.listing.MovedTo, s.URL); moved != r.moved {
		t.Errorf("moved to %q, want %q", moved, r.moved)
	}
	if fault, ok := errors.AsType[*news.CrawlError](v.err); ok && fault.RetryAfter != r.retry {
		t.Errorf("retry after %v, want %v", fault.RetryAfter, r.retry)
	}
}

// watchHeap looks at the heap until the function that it returns is called,
// which gives how many bytes the objects there took more, at most, than now.
func watchHeap() (peak func() uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	runtime.GC()
	before, most := heap(), uint64(0)
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for {
			most = max(most, heap())
			select {
			case <-tick.C:
			case <-stop:
				return
			}
		}
	}()
	return func() uint64 {
		close(stop)
		<-done
		return max(most, before) - before
	}
}
