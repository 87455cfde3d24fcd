package app_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// One pass after a weekend without any tells what was missed, and does not wait
// for more of it.
func TestOnceAfterAWeekend(t *testing.T) {
	items := ""
	item := func(title string, at time.Time) {
		items = fmt.Sprintf("<item><title>%s</title><link>http://wire.example/%s</link><pubDate>%s</pubDate></item>", title, strings.ReplaceAll(title, " ", "-"), at.Format(time.RFC1123Z)) + items
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/feed" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprintf(w, "<rss><channel><title>Wire</title>%s</channel></rss>", items)
	}))
	defer srv.Close()
	slack := fakeSlack(t, slackfake.Options{})
	db := storetest.SQLite(t)
	path := configFile(t, db, slack, fmt.Sprintf("sources: [{name: wire, feed: %s/feed, full_text: never, schedule: \"@every 10s\"}]\n%s", srv.URL, kimRule))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	write(t, path, strings.Replace(string(text), "max_age: unlimited", "max_age: 48h", 1))
	now := time.Now()
	item("Old news", now.Add(-100*time.Hour))
	onePass(t, path)
	d, err := sql.Open("sqlite", db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(`UPDATE source SET succeeded_at = $1, first_crawled_at = $1, read_at = $1, etag = '', last_modified = ''`, now.Add(-72*time.Hour).UnixMilli()); err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	item("Kim speaks", now.Add(-60*time.Hour))
	pass := onePass(t, path)
	if !pass.Done() {
		t.Errorf("timed out %v, left %d", pass.TimedOut, len(pass.Left))
	}
}
