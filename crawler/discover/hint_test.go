package discover_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/internal/news"
)

// TestHint: what is advised goes by why nothing was found.
func TestHint(t *testing.T) {
	note := func(f news.Fault) string {
		return (&news.CrawlError{Fault: f, URL: "https://a.example/robots.txt", Err: errors.New("no answer")}).Error()
	}
	for _, c := range []struct {
		notes []string
		want  string // a part of the hint
	}{
		{nil, "try the page of a section"},
		{[]string{`https://a.example/ is a page titled "A"; links on it that look like stories: 2`}, "try the page of a section"},
		{[]string{(&news.CrawlError{Fault: news.FaultGone, URL: "https://a.example/robots.txt", Status: 404}).Error()}, "try the page of a section"},
		{[]string{note(news.FaultRefused)}, "crawl.allow_networks"},
		{[]string{note(news.FaultDNS)}, "name of the host"},
		{[]string{note(news.FaultConnect)}, "nothing answers"},
		{[]string{note(news.FaultTLS)}, "http://"},
		{[]string{"robots.txt forbids https://a.example/"}, "robots: ignore"},
		{[]string{"robots.txt of a.example cannot be had (503): nothing may be fetched"}, "again later"},
	} {
		if got := (discover.Result{Notes: c.notes}).Hint(); !strings.Contains(got, c.want) {
			t.Errorf("%q: %s", c.notes, got)
		}
	}
}
