package pages_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

// TestTryIsAsked: a page of another site does not have the archive read.
func TestTryIsAsked(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	cross := with("Sec-Fetch-Site", "cross-site")
	if w := ask(h, "GET", "/try?rule=kim", cross); w.Code != 200 || strings.Contains(w.Body.String(), "last 7 days") {
		t.Errorf("a link tries the rule: %d", w.Code)
	}
	if w := ask(h, "POST", "/try rule=kim", cross); w.Code != http.StatusForbidden {
		t.Errorf("a form of another site: %d", w.Code)
	}
}

// TestPaused: the pages say what operators hold.
func TestPaused(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "")
	s, _, err := store.OpenBeside(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	err = s.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.ExecContext(t.Context(), `INSERT INTO pause (name, since_at, until_at, by_name, why) VALUES ('news', 1000, 0, 'Ada', 'the desk moves')`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	body := ask(h, "GET", "/").Body.String()
	for _, want := range []string{"deliveries to #news are paused by Ada", "until somebody ends it", "the desk moves"} {
		if !strings.Contains(body, want) {
			t.Errorf("the first page lacks %q", want)
		}
	}
}

// TestActions: deliveries are retried and dropped as by the command, and only from the page.
func TestActions(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "")
	s, err := store.OpenReadOnly(t.Context(), slog.New(slog.DiscardHandler), storage)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	found := func(state string) string {
		t.Helper()
		number := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(ask(h, "GET", "/deliveries?state="+state).Body.String())
		if number == nil {
			t.Fatalf("there is nothing to do with deliveries that are %s", state)
		}
		return number[1]
	}
	id := found("parked")
	for name, change := range map[string]func(*http.Request){
		"another site":     with("Sec-Fetch-Site", "cross-site"),
		"a sister site":    with("Sec-Fetch-Site", "same-site"),
		"an old browser":   with("Origin", "https://evil.example"),
		"no origin":        with("Origin", "null"),
		"a rebound name":   func(r *http.Request) { r.Host = "evil.example" },
		"another machine":  func(r *http.Request) { r.RemoteAddr = "192.0.2.1:4000" },
		"through a proxy":  with("X-Forwarded-For", "192.0.2.1"),
		"by a public name": func(r *http.Request) { r.Host = "news.example.org" },
	} {
		for _, act := range []string{"drop", "retry"} {
			if w := ask(h, "POST", "/deliveries/"+act+" id="+id, change); w.Code != http.StatusForbidden && w.Code != http.StatusMisdirectedRequest {
				t.Errorf("%s from %s: %d", act, name, w.Code)
			}
		}
	}
	if found("parked") != id {
		t.Fatal("somebody else changed a delivery")
	}
	w := ask(h, "POST", "/deliveries/drop id="+id+"&state=parked", with("Sec-Fetch-Site", "same-origin"))
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/deliveries?done=dropped&id="+id+"&state=parked" {
		t.Fatalf("drop: %d to %s", w.Code, to)
	}
	if body := ask(h, "GET", w.Header().Get("Location")).Body.String(); !strings.Contains(body, "Delivery "+id+" was given up: nobody waits for it") {
		t.Errorf("the page does not say that it was done:\n%s", body)
	}
	if found("dead") != id {
		t.Error("the dead delivery is another one")
	}
	if w := ask(h, "POST", "/deliveries/drop id="+id); w.Code != http.StatusConflict {
		t.Errorf("dropped twice: %d", w.Code)
	}
	if w := ask(h, "POST", "/deliveries/retry id="+id); w.Code != http.StatusSeeOther {
		t.Errorf("retry: %d %s", w.Code, w.Body)
	}
	if body := ask(h, "GET", "/deliveries?state=dead").Body.String(); strings.Contains(body, `value="`+id+`"`) {
		t.Error("it is still dead")
	}
}

// TestSendElsewhere: a delivery goes to another channel of the config, and nowhere else.
func TestSendElsewhere(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "sinks: [{name: phone, webhook: 'http://127.0.0.1:1/hook', secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz}]")
	body := ask(h, "GET", "/deliveries?state=parked").Body.String()
	onlyOurs(t, "parked", body)
	form := regexp.MustCompile(`action="/deliveries/move"><input type="hidden" name="id" value="(\d+)"`).FindAllStringSubmatch(body, -1)
	if len(form) == 0 { // how many are parked by now depends on when the first one was refused
		t.Fatalf("nothing can be sent elsewhere:\n%s", body)
	}
	if !strings.Contains(body, "<option>news</option>") || !strings.Contains(body, "<option>phone</option>") || strings.Contains(body, "<option>no-such-channel") {
		t.Errorf("the channels are others:\n%s", body)
	}
	id := form[0][1]
	for target, want := range map[string]int{
		"channel=nowhere&id=" + id: 400, "channel=&id=" + id: 400, "channel=%3Cscript%3E&id=" + id: 400, "id=" + id: 400,
		"channel=news&id=99999": 409, "channel=news&id=x": 400, "channel=news&id=1": 409,
		"channel=news&id=" + id: 409, // the channel has an alert on the same news
	} {
		w := ask(h, "POST", "/deliveries/move "+target)
		if w.Code != want {
			t.Errorf("%s: %d %s", target, w.Code, w.Body)
		}
		onlyOurs(t, target, w.Body.String())
	}
	if w := ask(h, "POST", "/deliveries/move channel=phone&id="+id, with("Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	w := ask(h, "POST", "/deliveries/move channel=phone&state=parked&id="+id)
	if to := w.Header().Get("Location"); w.Code != http.StatusSeeOther || to != "/deliveries?done=moved&id="+id+"&state=parked" {
		t.Fatalf("%d to %s: %s", w.Code, to, w.Body)
	}
	body = ask(h, "GET", w.Header().Get("Location")).Body.String()
	if !strings.Contains(body, "goes elsewhere") || strings.Contains(body, `value="`+id+`"`) {
		t.Error("it is parked as before")
	}
	all := ask(h, "GET", "/deliveries?state=pending").Body.String()
	if !strings.Contains(all, `data-of="channel">phone`) {
		t.Error("no delivery waits for the other channel")
	}
}

// TestVerdictAlone: what a rule says of a story can be asked for without the archive.
func TestVerdictAlone(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	for part, reads := range map[string]bool{"verdict": false, "": true} {
		body := ask(h, "POST", "/try rule=kim&story=1&part="+part).Body.String()
		if !strings.Contains(body, "✓ matches") || strings.Contains(body, "in the last 7 days") != reads {
			t.Errorf("part %q: %s", part, body)
		}
	}
}

// TestDropDead: a dead letter is dropped on its page. It is listed as dead, and nobody is asked to
// look at it any more, until somebody has it sent after all.
func TestDropDead(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "")
	s := beside(t, storage)
	kill := func(id string) {
		t.Helper()
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.ExecContext(t.Context(), `UPDATE delivery SET state = 'dead', error = 'msg_too_long', done_at = $1 WHERE id = $2`,
				time.Now().UnixMilli(), id)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	id := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(ask(h, "GET", "/deliveries?state=parked").Body.String())[1]
	kill(id)
	drop := regexp.MustCompile(`action="/deliveries/drop"><input type="hidden" name="id" value="` + id + `"`)
	bad := regexp.MustCompile(`<li class="bad"><a href="/deliveries\?state=dead"`)
	if !drop.MatchString(ask(h, "GET", "/deliveries?state=dead").Body.String()) {
		t.Fatal("a dead letter cannot be dropped")
	}
	if now := ask(h, "GET", "/").Body.String(); !bad.MatchString(now) || !strings.Contains(now, "1 delivery was given up") {
		t.Error("the first page does not ask for the dead letter")
	}
	if w := ask(h, "POST", "/deliveries/drop id="+id+"&state=dead"); w.Code != http.StatusSeeOther {
		t.Fatalf("drop: %d %s", w.Code, w.Body)
	}
	page := ask(h, "GET", "/deliveries?state=dead").Body.String()
	if drop.MatchString(page) || !strings.Contains(page, "dropped by hand") || !strings.Contains(page, `action="/deliveries/retry"`) {
		t.Error("the page of what is dead does not say that it was dropped, or cannot undo it")
	}
	none := `<li><a href="/deliveries?state=dead"><b>0</b>`
	if now := ask(h, "GET", "/").Body.String(); !strings.Contains(now, none) || strings.Contains(now, "1 delivery was given up") {
		t.Error("the first page asks for what was dropped, or counts it")
	}
}

// TestStoreAway: while the store does not answer, pages and deeds say so and when to come again;
// the config, of which the store knows only when it was loaded, is shown.
func TestStoreAway(t *testing.T) {
	server := storetest.NewServer(t)
	h := open(t, server.URL(), "")
	f := forms(t, ask(h, "GET", "/").Body.String(), "/alerts/got")[0]
	answer := fmt.Sprintf("/alerts/got id=%s&story=%s&request=%s&answer=", f.id, f.story, f.request)
	server.Stop()
	for target, method := range map[string]string{
		"/": "GET", "/sources": "GET", answer: "POST", "/deliveries/retry id=1": "POST", "/deliveries/drop id=1": "POST",
		"/snoozes/end id=1": "POST", "/snoozes what=rule%3Dkim&channel=news&for=1h&request=r&confirm=yes": "POST", "/source/try name=wire": "POST",
		"/story/apart url=https://example.org/1": "POST",
	} {
		w := ask(h, method, target)
		if w.Code != http.StatusServiceUnavailable || w.Header().Get("Retry-After") == "" ||
			!strings.Contains(w.Body.String(), "he store does not answer") {
			t.Errorf("%s %s: %d, Retry-After %q\n%s", method, target, w.Code, w.Header().Get("Retry-After"), w.Body)
		}
	}
	w := ask(h, "GET", "/config")
	if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, "crawl.host_interval") ||
		!strings.Contains(body, "the store, which knows when, cannot be read") {
		t.Errorf("/config: %d\n%s", w.Code, body)
	}
	server.Start()
	if w := ask(h, "POST", answer); w.Code != http.StatusSeeOther {
		t.Errorf("the same form afterwards: %d\n%s", w.Code, w.Body)
	}
}
