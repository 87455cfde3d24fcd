package discover_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/crawler/robots"
	"github.com/copytaster/copytaster/internal/news"
)

var update = flag.Bool("update", false, "write what Find reports into the cases")

var testTime = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// site is a site written as a text archive: a file is the answer to its URL
// (or to its path on www.lantern.example), header lines, an empty line, the
// body. It is fetched as the crawler would: robots.txt is obeyed.
type site struct {
	answers map[string]string
	asked   []string

	redirects int // followed
	later     int // requests that had to wait too long
}

const host = "https://www.lantern.example"

func (s *site) fetch(ctx context.Context, target string) (discover.Document, error) {
	if err := ctx.Err(); err != nil {
		return discover.Document{}, err
	}
	u, err := url.Parse(target)
	if err != nil {
		return discover.Document{}, err
	}
	_, rules := parts(s.answers[u.ResolveReference(&url.URL{Path: "/robots.txt"}).String()])
	if !robots.Parse([]byte(rules)).Allowed("copytaster", u.RequestURI()) {
		return discover.Document{}, &news.CrawlError{Fault: news.FaultRobots, URL: target, Err: errors.New("copytaster may not fetch it")}
	}
	if !strings.HasPrefix(s.answers[target], "Fault: robots") {
		s.asked = append(s.asked, strings.TrimPrefix(target, host))
	}
	answer, ok := s.answers[target]
	if !ok {
		return discover.Document{}, &news.CrawlError{Fault: news.FaultGone, URL: target, Status: http.StatusNotFound}
	}
	doc := discover.Document{URL: target}
	head, body := parts(answer)
	doc.Body = []byte(body)
	for line := range strings.SplitSeq(head, "\n") {
		switch name, value, _ := strings.Cut(line, ": "); name {
		case "Fault":
			fault := &news.CrawlError{URL: target}
			kind, status, _ := strings.Cut(value, ", ")
			fault.Fault = news.Fault(kind)
			fault.Status, _ = strconv.Atoi(status)
			return discover.Document{}, fault
		case "Later":
			s.later++
			return discover.Document{}, &news.LaterError{At: testTime.Add(time.Hour)}
		case "Location":
			s.redirects++
			return s.fetch(ctx, value)
		case "Link":
			doc.Link = append(doc.Link, value)
		}
	}
	return doc, nil
}

// parts splits an answer into its header lines, of which there may be none, and
// its body.
func parts(answer string) (head, body string) {
	if body, ok := strings.CutPrefix(answer, "\n"); ok {
		return "", body
	}
	head, body, _ = strings.Cut(answer, "\n\n")
	return head, body
}

// TestFind searches one site after another and compares the whole report.
func TestFind(t *testing.T) {
	cases, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(cases) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, name := range cases {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			s := &site{answers: map[string]string{}}
			start, budget, want := host+"/", 0, ""
			for _, f := range archive.Files {
				switch text := string(f.Data); {
				case f.Name == "want":
					want = text
				case f.Name == "start":
					start = strings.TrimSpace(text)
				case f.Name == "budget":
					budget, _ = strconv.Atoi(strings.TrimSpace(text))
				case strings.HasPrefix(f.Name, "/"):
					s.answers[host+f.Name] = text
				default:
					s.answers[f.Name] = text
				}
			}
			options := discover.Options{Fetch: s.fetch, UserAgent: "copytaster/test", Now: testTime, Budget: budget}
			r, err := discover.Find(t.Context(), start, options)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(r) + "asked " + strings.Join(s.asked, " ") + "\n"
			if r.Requests != len(s.asked)-s.redirects-s.later {
				t.Errorf("%d requests are reported, %d were made", r.Requests, len(s.asked)-s.redirects-s.later)
			}
			if *update {
				rewrite(t, name, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("want (-) got (+):\n%s", diff)
			}
		})
	}
}

func rewrite(t *testing.T, name string, archive *txtar.Archive, got string) {
	t.Helper()
	last := &archive.Files[len(archive.Files)-1]
	if last.Name != "want" {
		t.Fatalf("%s does not end in want", name)
	}
	last.Data = []byte(got)
	if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

func dump(r discover.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "site %s\n", r.Site)
	for _, s := range r.Sources {
		fmt.Fprintf(&b, "%s %s\n  name %s, title %q, language %q, via %s\n  %d stories", s.Kind, s.URL, s.Name, s.Title, s.Language, s.Via, s.Stories)
		if !s.Newest.IsZero() {
			fmt.Fprintf(&b, ", newest %s", s.Newest.UTC().Format(time.RFC3339))
		}
		fmt.Fprintf(&b, ", full text %v, titled %v", s.FullText, s.Titled)
		if s.Hub != "" {
			fmt.Fprintf(&b, ", hub %s", s.Hub)
		}
		if s.Delay > 0 {
			fmt.Fprintf(&b, ", delay %s", s.Delay)
		}
		b.WriteString("\n")
	}
	for _, n := range r.Notes {
		fmt.Fprintf(&b, "note %s\n", n)
	}
	return b.String()
}

// TestWrongURL: what is no URL is an error, and nothing is asked for.
func TestWrongURL(t *testing.T) {
	for _, start := range []string{"", "lantern.example", "ftp://lantern.example/", "http://", "http://[::1", "file:///etc/passwd"} {
		s := &site{}
		_, err := discover.Find(t.Context(), start, discover.Options{Fetch: s.fetch, Now: testTime})
		if err == nil || len(s.asked) > 0 {
			t.Errorf("%q: %v, %d requests", start, err, len(s.asked))
		}
	}
}

// TestCancelled: a search that was stopped before it found anything says so; one
// whose time is up reports what it has.
func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &site{}
	options := discover.Options{Fetch: s.fetch, Now: testTime}
	if _, err := discover.Find(ctx, host, options); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Unix(0, 0))
	defer cancel()
	r, err := discover.Find(late, host, discover.Options{Fetch: s.fetch, Now: testTime})
	if err != nil || len(r.Sources) > 0 || len(r.Notes) != 1 || r.Notes[0] != "time was up (requests made: 1)" {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestBudget: however much a site names, the search stays within its budget.
func TestBudget(t *testing.T) {
	s := &site{answers: map[string]string{}}
	var page, robotsTxt strings.Builder
	for i := range 200 {
		fmt.Fprintf(&page, `<link rel="alternate" type="application/rss+xml" href="/a%d.xml"><a href="/feed/%d">Feed %d</a>`, i, i, i)
		fmt.Fprintf(&robotsTxt, "Sitemap: %s/sitemap%d.xml\n", host, i)
	}
	s.answers[host+"/"] = "\n\n<html><head>" + page.String()
	s.answers[host+"/robots.txt"] = "\n\n" + robotsTxt.String()
	r, err := discover.Find(t.Context(), host+"/", discover.Options{Fetch: s.fetch, Now: testTime})
	if err != nil || len(s.asked) != discover.Budget || r.Requests != discover.Budget {
		t.Errorf("%d requests (%v)", len(s.asked), err)
	}
}
