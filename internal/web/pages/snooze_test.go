package pages_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// TestSnooze: a rule is snoozed once somebody has confirmed it, one source of it at once; the
// channel is told who did it, and the snooze can be ended.
func TestSnooze(t *testing.T) {
	storage := filepath.Join(t.TempDir(), "c.db")
	h := open(t, storage, "")
	s := beside(t, storage)
	page := func(target string) string { return ask(h, "GET", target).Body.String() }
	request := regexp.MustCompile(`name="request" value="([^"]+)"`).FindStringSubmatch(page("/snooze?rule=kim"))
	if request == nil {
		t.Fatal("there is no form to snooze a rule")
	}
	why := url.QueryEscape(payloads[0] + payloads[1])
	form := "/snoozes what=rule%3Dkim&channel=news&for=4h&why=" + why + "&request=" + request[1]
	if w := ask(h, "POST", form+"&confirm=yes", with("Sec-Fetch-Site", "cross-site")); w.Code != http.StatusForbidden {
		t.Errorf("from another site: %d", w.Code)
	}
	asked := ask(h, "POST", form)
	onlyOurs(t, "to confirm", asked.Body.String())
	if confirm := asked.Body.String(); asked.Code != http.StatusOK || !strings.Contains(confirm, "Snooze all of kim?") ||
		!strings.Contains(confirm, `name="confirm" value="yes"`) {
		t.Fatalf("%d %s", asked.Code, confirm)
	}
	for span, want := range map[string]string{"4h": ", for 4 hours. Other", "monday": ", until Monday 08:00. Other"} {
		if body := ask(h, "POST", strings.Replace(form, "for=4h", "for="+span, 1)).Body.String(); !strings.Contains(body, want) {
			t.Errorf("the question does not say %q", want)
		}
	}
	if !strings.Contains(page("/snoozes"), "Nothing is snoozed") {
		t.Fatal("a rule is snoozed that nobody confirmed")
	}
	for range 2 { // who presses twice says it once
		if w := ask(h, "POST", form+"&confirm=yes"); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/snoozes?done=begun" {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	if w := ask(h, "POST", "/snoozes what=rule%3Dkim%26source%3Dwire&channel=news&for=1h&request=other"); w.Code != http.StatusSeeOther {
		t.Fatalf("at one source: %d %s", w.Code, w.Body)
	}
	w := ask(h, "POST", strings.Replace(form, "for=4h", "for=24h", 1)+"&confirm=yes") // the browser went back to the form
	if until := endsOf(t, page("/snoozes")); w.Code != http.StatusSeeOther || time.Until(until) < 23*time.Hour {
		t.Errorf("the form, filled in anew: %d, snoozed until %v", w.Code, until)
	}
	body := page("/snoozes?done=begun")
	onlyOurs(t, "snoozes", body)
	if n := strings.Count(body, `action="/snoozes/end"`); n != 2 || !strings.Contains(body, "<bdi>kim from wire</bdi></strong> in #news") ||
		!strings.Contains(body, "by somebody on this machine") || !strings.Contains(body, "&lt;script&gt;alert") {
		t.Errorf("%d snoozes:\n%s", n, body)
	}
	rule := page("/rule?name=kim")
	onlyOurs(t, "rule", rule)
	if !strings.Contains(rule, "It is snoozed in #news until") || !strings.Contains(page("/"), `<a href="/snoozes">2 snoozes</a> keep`) {
		t.Error("other pages do not say what is snoozed")
	}
	if n := notices(t, s); n != 3 {
		t.Errorf("the channel is told %d times", n)
	}
	ids := regexp.MustCompile(`name="id" value="(\d+)"`)
	for _, left := range ids.FindAllStringSubmatch(page("/snoozes"), -1) {
		ask(h, "POST", "/snoozes/end id="+left[1])
	}
	for _, again := range []string{form + "&confirm=yes", "/snoozes what=rule%3Dkim%26source%3Dwire&channel=news&for=1h&request=other"} {
		if to := ask(h, "POST", again).Header().Get("Location"); to != "/snoozes?done=over" {
			t.Errorf("a form whose snooze is over, sent once more: to %s", to)
		}
	}
	if !strings.Contains(page("/snoozes"), "Nothing is snoozed") {
		t.Error("a form that is sent once more snoozes again")
	}
}

// TestSnoozeOver: the page says that a snooze is over.
func TestSnoozeOver(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	page := func(at string) string { return ask(h, "GET", at).Body.String() }
	for _, source := range []string{"wire", "broken"} {
		if w := ask(h, "POST", "/snoozes what=rule%3Dkim%26source%3D"+source+"&channel=news&for=1h&request=r"); w.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
	}
	id := regexp.MustCompile(`name="id" value="(\d+)"`).FindStringSubmatch(page("/snoozes"))[1]
	for _, want := range []string{"ended", "over"} {
		if to := ask(h, "POST", "/snoozes/end id="+id).Header().Get("Location"); to != "/snoozes?done="+want {
			t.Errorf("%s: to %s", want, to)
		}
	}
	if body := page("/snoozes?done=over"); strings.Count(body, `action="/snoozes/end"`) != 1 || !strings.Contains(body, "over already") {
		t.Error("the snooze is not over")
	}
}

// endsOf returns when the last snooze of a page ends.
func endsOf(t *testing.T, page string) (last time.Time) {
	t.Helper()
	for _, found := range regexp.MustCompile(`until <time datetime="([^"]+)"`).FindAllStringSubmatch(page, -1) {
		at, err := time.Parse(time.RFC3339, found[1])
		if err != nil {
			t.Fatal(err)
		}
		if at.After(last) {
			last = at
		}
	}
	return last
}

// notices counts what channels were told of snoozes.
func notices(t *testing.T, s *store.Store) (n int) {
	t.Helper()
	all, err := s.Deliveries.Find(t.Context(), store.DeliveryFilter{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		if all[i].Kind == news.DeliverNotice && all[i].About == news.AboutSnooze && all[i].Channel == "news" {
			n++
		}
	}
	return n
}

// TestWrongSnoozes: what is no form of the page snoozes nothing.
func TestWrongSnoozes(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	for target, want := range map[string]int{
		"/snoozes what=rule%3Dnone&channel=news&for=1h&request=r":                                400,
		"/snoozes what=rule%3Dkim&channel=news&for=500y&request=r":                               400,
		"/snoozes what=rule%3Dkim&channel=news&for=1h":                                           400,
		"/snoozes what=rule%3Dkim&channel=news&for=1h&request=" + strings.Repeat("r", 300):       400,
		"/snoozes what=rule%3Dkim&channel=news&for=1h&request=r&why=" + strings.Repeat("y", 400): 400,
		"/snoozes what=rule%3Dkim&channel=news&for=1h&request=r&why=" + strings.Repeat("왜", 200): 200, // it asks back
		"/snoozes what=rule%3Dkim&channel=%3Cscript%3E&for=1h&request=r&confirm=yes":             422,
		"/snoozes what=rule%3Dkim%26source%3D%253Cscript%253E&channel=news&for=1h&request=r":     422,
		"/snoozes what=rule%3Dkim&channel=&for=1h&request=r&confirm=yes":                         422,
		"/snoozes what=rule%3D%253Cscript%253E&channel=news&for=1h&request=r&confirm=yes":        400,
		"/snoozes/end id=x":                         400,
		"/snoozes/end id=77":                        404,
		"/snoozes x=" + strings.Repeat("x", 10_000): 400,
		"/snoozes what=rule%3Dkim&channel=%3Cscript%3Ealert(1)%3C/script%3E&for=1h&request=r&source=": 200,
	} {
		w := ask(h, "POST", target)
		if w.Code != want {
			t.Errorf("%.80s: %d %s", target, w.Code, w.Body)
		}
		onlyOurs(t, target, w.Body.String())
	}
	if w := ask(h, "GET", "/snoozes/end"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("a link ends a snooze: %d", w.Code)
	}
	if body := ask(h, "GET", "/snoozes?done=%3Cscript%3E").Body.String(); !strings.Contains(body, "Nothing is snoozed") {
		t.Error("something is snoozed")
	}
}

// TestSnoozeAlert: where an alert is answered, its news is snoozed, or a rule of it, at its outlet
// alone as well; its channel is that of the alert, whatever the form says.
func TestSnoozeAlert(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "", "returns", "leaves")
	page := func(target string) string { return ask(h, "GET", target).Body.String() }
	links := regexp.MustCompile(`/snooze\?alert=(\d+)`).FindAllStringSubmatch(page("/"), -1)
	links = slices.DeleteFunc(links, func(l []string) bool { return !strings.Contains(page(l[0]), "in #news<") })
	if len(links) < 2 {
		t.Fatalf("%d alerts can be snoozed on the first page", len(links))
	}
	form := page(links[0][0])
	onlyOurs(t, "form", form)
	for _, want := range []string{"this news", `value="rule=kim"`, `value="rule=kim&amp;source=wire"`, "all of kim", `name="channel" value="news"`} {
		if !strings.Contains(form, want) {
			t.Errorf("the form does not offer %q", want)
		}
	}
	order := "/snoozes alert=" + links[0][1] + "&channel=elsewhere&for=1h&why=enough&request=r&what="
	if w := ask(h, "POST", order); w.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	listed := page("/snoozes")
	onlyOurs(t, "snoozes", listed)
	if !strings.Contains(listed, "further reports of “") || !strings.Contains(listed, "</strong> in #news until") {
		t.Errorf("the news is not listed:\n%s", listed)
	}
	if strings.Contains(page("/"), links[0][0]+`"`) {
		t.Error("a snoozed news still waits for an answer")
	}
	if w := ask(h, "POST", "/snoozes alert="+links[1][1]+"&channel=news&for=1h&request=r&what=rule%3Dkim"); w.Code != http.StatusOK ||
		!strings.Contains(w.Body.String(), "Snooze all of kim?") {
		t.Errorf("all of a rule, without a question: %d %s", w.Code, w.Body)
	}
	if w := ask(h, "POST", "/snoozes alert="+links[1][1]+"&channel=news&for=1h&request=r&what=rule%3Dkim%26source%3Dwire"); w.Code != http.StatusSeeOther {
		t.Errorf("a rule at one source: %d %s", w.Code, w.Body)
	}
	if !strings.Contains(page("/snoozes"), "kim from wire") {
		t.Error("a rule at one source is not listed")
	}
	for target, want := range map[string]int{
		"/snooze": 404, "/snooze?rule=none": 404, "/snooze?alert=x": 404, "/snooze?alert=-1": 404, "/snooze?alert=99999": 404,
		"/snooze?rule=kim": 200, "/snooze?rule=%3Cscript%3E&alert=": 404,
	} {
		w := ask(h, "GET", target)
		onlyOurs(t, target, w.Body.String())
		if w.Code != want {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
	for _, target := range []string{
		"/snoozes alert=99999&for=1h&request=r", "/snoozes alert=x&for=1h&request=r", "/snoozes for=1h&request=r",
		"/snoozes alert=" + links[1][1] + "&for=never&request=r", "/snoozes alert=" + links[1][1] + "&for=1h&request=r&what=%25zz",
	} {
		if w := ask(h, "POST", target); w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// TestSnoozeAtSink: of an alert of a sink only the news can be snoozed, and the form offers no more.
func TestSnoozeAtSink(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), `  - {name: paged, any: [leaves], to: [phone], severity: urgent}
sinks: [{name: phone, webhook: 'http://127.0.0.1:1/hook', secret: whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz}]
`, "leaves")
	page := func(target string) string { return ask(h, "GET", target).Body.String() }
	for _, link := range regexp.MustCompile(`/snooze\?alert=(\d+)`).FindAllStringSubmatch(page("/"), -1) {
		form := page(link[0])
		if !strings.Contains(form, "in #phone<") {
			continue
		}
		if !strings.Contains(form, "this news") || strings.Contains(form, "all of ") {
			t.Errorf("the form offers something else:\n%s", form)
		}
		if w := ask(h, "POST", "/snoozes alert="+link[1]+"&for=1h&request=r&what="); w.Code != http.StatusSeeOther {
			t.Errorf("this news: %d %s", w.Code, w.Body)
		}
		return
	}
	t.Fatal("no alert of the sink can be snoozed")
}
