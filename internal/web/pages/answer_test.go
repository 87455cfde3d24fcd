package pages_test

import (
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// form is a form of a page by which somebody says something of an alert.
type form struct{ id, story, request, answer string }

// forms finds the forms of a page that lead to a path.
func forms(t *testing.T, body, path string) (found []form) {
	t.Helper()
	fields := regexp.MustCompile(`action="` + path + `"><input type="hidden" name="id" value="(\d+)"><input type="hidden" name="story" value="(\d+)">` +
		`<input type="hidden" name="request" value="([^"]+)"><input type="hidden" name="answer" value="(\d+)">`)
	for _, m := range fields.FindAllStringSubmatch(body, -1) {
		found = append(found, form{m[1], m[2], m[3], m[4]})
	}
	return found
}

// say sends a form.
func say(h http.Handler, path string, f form, change ...func(*http.Request)) (status int, to string) {
	w := ask(h, "POST", fmt.Sprintf("%s id=%s&story=%s&request=%s&answer=%s", path, f.id, f.story, f.request, f.answer), change...)
	return w.Code, w.Header().Get("Location")
}

// TestAnswers: alerts are answered as in Slack, once for each form, and only from the page.
func TestAnswers(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	page := func(target string) string { return ask(h, "GET", target).Body.String() }
	open := forms(t, page("/"), "/alerts/got")
	if len(open) == 0 {
		t.Fatal("there is nothing to answer")
	}
	f := open[0]
	if status, _ := say(h, "/alerts/got", f, with("Sec-Fetch-Site", "cross-site")); status != http.StatusForbidden {
		t.Errorf("from another site: %d", status)
	}
	if got := forms(t, page("/"), "/alerts/got"); len(got) != len(open) {
		t.Fatal("somebody else answered")
	}
	status, to := say(h, "/alerts/got", f)
	if status != http.StatusSeeOther || to != "/?said=got" || !strings.Contains(page(to), "You have it.") {
		t.Fatalf("%d to %s", status, to)
	}
	if slices.ContainsFunc(forms(t, page("/"), "/alerts/got"), func(other form) bool { return other.id == f.id }) {
		t.Error("what was answered is still open")
	}
	if _, to := say(h, "/alerts/got", f); to != "/?said=got" { // the same form once more
		t.Errorf("the same form: %s", to)
	}
	late := f
	late.request = "another"
	if _, to := say(h, "/alerts/got", late); !strings.Contains(to, "effect=late") || !strings.Contains(page(to), "somebody else was first") {
		t.Errorf("who comes second is led to %s", to)
	}
	story := regexp.MustCompile(`/story\?id=(\d+)`).FindStringSubmatch(page("/deliveries?state=sent"))
	at := "/story?id=" + story[1]
	wrong := forms(t, page(at), "/alerts/irrelevant")[0]
	if status, to = say(h, "/alerts/irrelevant", wrong); status != http.StatusSeeOther || to != at+"&said=irrelevant" {
		t.Errorf("not relevant: %d to %s", status, to)
	}
	if !strings.Contains(page(to), "not relevant, by somebody on this machine") {
		t.Error("the page does not say that it is not relevant")
	}
	undo := slices.DeleteFunc(forms(t, page(at), "/alerts/undo"), func(other form) bool { return other.id != wrong.id })
	if status, to = say(h, "/alerts/undo", undo[len(undo)-1]); status != http.StatusSeeOther || to != at+"&said=undo" {
		t.Errorf("undo: %d to %s", status, to)
	}
	if strings.Contains(page(to), "not relevant, by somebody on this machine") {
		t.Error("the page says that it is not relevant after that was taken back")
	}
	if _, to = say(h, "/alerts/irrelevant", wrong); !strings.Contains(to, "effect=nothing") {
		t.Errorf("a form that was taken back, sent once more: to %s", to)
	}
}

// TestWrongAnswers: what is no form of a page changes nothing.
func TestWrongAnswers(t *testing.T) {
	h := open(t, filepath.Join(t.TempDir(), "c.db"), "")
	for target, want := range map[string]int{
		"/alerts/got id=x&request=r": 400, "/alerts/got id=1": 400, "/alerts/got id=99999&request=r": 404, "/alerts/shout id=1&request=r": 400,
		"/alerts/got id=1&request=" + strings.Repeat("r", 300): 400, "/alerts/undo id=1&request=nothing-to-undo&answer=77": 303,
		"/story/apart url=nothing": 422, "/story/apart url=http://example.org/never": 422,
	} {
		if w := ask(h, "POST", target); w.Code != want {
			t.Errorf("%.60s: %d %s", target, w.Code, w.Body)
		}
	}
}
