package pages_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestSource: the page of a source shows how it fared, its errors, its rhythm and its last stories.
func TestSource(t *testing.T) {
	storetest.EachNew(t, func(t *testing.T, storage string) {
		h := open(t, storage, "", "speaks to the press")
		for target, wants := range map[string][]string{
			"/source?name=wire": {
				"Crawled in 1 hour of the last 14 days: read in 1.", `class="hour-read"`, "@every 1h", "What it listed last",
				"speaks to the press", "None that is kept", `action="/source/try"`, "16 stories since",
			},
			"/source?name=broken":         {"Crawled in 1 hour of the last 14 days: failed in 1.", `class="hour-failed"`, "×</text>", "404", "1 crawl ", "Nothing that is kept"},
			"/source?name=wire&tried=now": {"It was crawled "},
			fmt.Sprintf("/source?name=wire&tried=now&at=%d", time.Now().Add(time.Minute).UnixMilli()): {"It is crawled when its host may be asked again, at "},
			"/source?name=wire&tried=<b>":  {"Rhythm"},
			"/sources":                     {`<a href="/source?name=broken">broken</a>`},
			"/source?name=wire&tried=runn": {"Rhythm"},
		} {
			w := ask(h, "GET", target)
			body := w.Body.String()
			if w.Code != http.StatusOK {
				t.Fatalf("%s: %d %s", target, w.Code, body)
			}
			onlyOurs(t, target, body)
			for _, want := range wants {
				if !strings.Contains(body, want) {
					t.Errorf("%s lacks %q", target, want)
				}
			}
			if strings.Contains(body, "hunter2") {
				t.Errorf("%s shows a secret", target)
			}
		}
	})
}

// TestTimelinePicture: a fortnight of a source is a row a day, whatever its errors say, and where
// midnight is half past an hour.
func TestTimelinePicture(t *testing.T) {
	for _, zone := range []string{"UTC", "Asia/Kolkata"} {
		t.Run(zone, func(t *testing.T) { showTimeline(t, zone) })
	}
}

func showTimeline(t *testing.T, zone string) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "timezone: "+zone)
	fault := strings.Join(payloads, " ")
	last := time.Now().UTC().Truncate(time.Hour)
	packed := func(what map[string]any) string {
		text, err := json.Marshal(what)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	thought := packed(map[string]any{"verdict": "failing", "detail": fault, "gap": fault})
	line := packed(map[string]any{"last": last, "hours": strings.Repeat("ouufm...", 42),
		"faults": []map[string]any{{"why": fault, "first": last, "last": last, "crawls": 7}}})
	err := beside(t, storage).InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE source SET health = $1, timeline = $2 WHERE name = 'wire'`, thought, line)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	body := ask(h, "GET", "/source?name=wire").Body.String()
	onlyOurs(t, "wire", body)
	for class, least := range map[string]int{"read": 35, "same": 70, "failed": 35, "part": 35, "none": 100} {
		if n := strings.Count(body, `<rect class="hour-`+class); n < least || n > least+50 {
			t.Errorf("%d hours are %s, want %d or a few more", n, class, least)
		}
	}
	if !strings.Contains(body, "7 crawls, ") || strings.Count(body, "<rect") > 14*24 {
		t.Errorf("the picture has %d cells", strings.Count(body, "<rect"))
	}
	places := map[string]bool{}
	for _, found := range regexp.MustCompile(`<rect class="hour-\w+" (x="\d+" y="\d+")`).FindAllStringSubmatch(body, -1) {
		if places[found[1]] {
			t.Errorf("two hours stand at %s", found[1])
		}
		places[found[1]] = true
	}
}

// TestTryNow: a source is made due from its page, and from there alone.
func TestTryNow(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "", "speaks")
	s := beside(t, storage)
	next := func() time.Time {
		src, err := s.Sources.Get(t.Context(), "wire")
		if err != nil {
			t.Fatal(err)
		}
		return src.Next
	}
	planned := next()
	for target, want := range map[string]int{"name=none": 404, "name=": 404, "x=1": 404, "name=%3Cscript%3E": 404} {
		if w := ask(h, "POST", "/source/try "+target); w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	if w := ask(h, "POST", "/source/try name=wire", with("Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	if w := ask(h, "GET", "/source/try"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a link tries it: %d", w.Code)
	}
	if !next().Equal(planned) {
		t.Fatal("somebody else made it due")
	}
	w := ask(h, "POST", "/source/try name=wire")
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || !regexp.MustCompile(`^/source\?at=\d{13}&name=wire&tried=now$`).MatchString(to) {
		t.Fatalf("%d to %s", w.Code, to)
	}
	if at := next(); time.Until(at) > 0 {
		t.Errorf("it is due at %v", at)
	}
	if body := ask(h, "GET", w.Header().Get("Location")).Body.String(); !strings.Contains(body, "as soon as its host may be asked") || !strings.Contains(body, "waits for its turn") {
		t.Error("the page does not say when")
	}
	if err := s.Hosts.Hold(t.Context(), hostOf(t, s), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if body := ask(h, "GET", w.Header().Get("Location")).Body.String(); !strings.Contains(body, "when its host may be asked again, at ") {
		t.Error("the page does not say that the host rests")
	}
	claim, ok, err := s.Sources.ClaimOne(t.Context(), "wire", time.Now())
	if err != nil || !ok {
		t.Fatal(claim, err)
	}
	if err := errors.Join(markPlanned(t, s, time.Now().Add(time.Hour))); err != nil {
		t.Fatal(err)
	}
	w = ask(h, "POST", "/source/try name=wire")
	if to := w.Header().Get("Location"); !strings.HasSuffix(to, "&name=wire&tried=running") || !strings.Contains(ask(h, "GET", to).Body.String(), "it was being crawled") {
		t.Errorf("what is being crawled: to %s", to)
	}
}

func markPlanned(t *testing.T, s *store.Store, next time.Time) error {
	return s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `UPDATE source SET next_at = $1 WHERE name = 'wire'`, next.UnixMilli())
		return err
	})
}

func hostOf(t *testing.T, s *store.Store) string {
	src, err := s.Sources.Get(t.Context(), "wire")
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(src.URL)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(u.Host)
}
