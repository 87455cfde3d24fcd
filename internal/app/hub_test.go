package app_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// hub is a strict WebSub hub (W3C Recommendation of 23 January 2018): it
// complains of requests that are not as section 5.1 wants them and of answers
// that are not as sections 5.3 and 7 do, and has the faults that real ones have.
type hub struct {
	t      *testing.T
	url    string
	topic  string
	client *http.Client

	down   atomic.Bool // answers 500
	deny   atomic.Bool // says no at the callback
	method atomic.Pointer[string]
	asked  atomic.Int64
	denied atomic.Int64 // denials that the callback has heard

	mu          sync.Mutex
	subscribers map[string]string // secrets by callback, verified
	background  sync.WaitGroup
}

var methods = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

func newHub(t *testing.T) *hub {
	h := &hub{t: t, client: &http.Client{Timeout: patience}, subscribers: map[string]string{}}
	h.sign("sha256")
	mux := http.NewServeMux()
	mux.HandleFunc("/", h.serve)
	mux.HandleFunc("/moved/307", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/moved/308", http.StatusTemporaryRedirect)
	})
	mux.Handle("/moved/308", http.RedirectHandler("/", http.StatusPermanentRedirect))
	server := httptest.NewServer(mux)
	h.url = server.URL
	t.Cleanup(func() {
		server.Close()
		h.background.Wait()
	})
	return h
}

// sign chooses the method of the signatures from now on.
func (h *hub) sign(method string) { h.method.Store(&method) }

func (h *hub) serve(w http.ResponseWriter, r *http.Request) {
	h.asked.Add(1)
	if h.down.Load() {
		http.Error(w, "the hub is down", http.StatusInternalServerError)
		return
	}
	if err := h.check(r); err != nil {
		h.t.Errorf("bad request: %v: %v", err, r.PostForm)
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	form := r.PostForm
	w.WriteHeader(http.StatusAccepted)
	h.background.Go(func() {
		if h.deny.Load() {
			h.ask(form.Get("hub.callback"), url.Values{"hub.mode": {"denied"}, "hub.topic": {h.topic}, "hub.reason": {"not today"}})
			h.denied.Add(1)
			return
		}
		h.verify(form)
	})
}

func (h *hub) check(r *http.Request) error {
	if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		return fmt.Errorf("%s of %s", r.Method, r.Header.Get("Content-Type"))
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	callback, err := url.Parse(r.PostForm.Get("hub.callback"))
	mode, secret := r.PostForm.Get("hub.mode"), r.PostForm.Get("hub.secret")
	switch lease, errLease := strconv.Atoi(r.PostForm.Get("hub.lease_seconds")); {
	case err != nil || !callback.IsAbs() || callback.Fragment != "":
		return errors.New("the callback is no URL")
	case mode != "subscribe" && mode != "unsubscribe":
		return errors.New("the mode is unknown")
	case r.PostForm.Get("hub.topic") != h.topic:
		return errors.New("the topic is another's")
	case mode == "subscribe" && (len(secret) < 32 || len(secret) >= 200):
		return errors.New("the secret is too short or too long")
	case mode == "subscribe" && (errLease != nil || lease <= 0):
		return errors.New("the lease is no positive number")
	}
	return nil
}

// verify asks the subscriber whether it means what it was asked for.
func (h *hub) verify(form url.Values) {
	callback, challenge := form.Get("hub.callback"), rand.Text()
	query := url.Values{"hub.mode": {form.Get("hub.mode")}, "hub.topic": {h.topic}, "hub.challenge": {challenge}}
	if form.Get("hub.mode") == "subscribe" {
		query.Set("hub.lease_seconds", "86400")
	}
	status, body := h.ask(callback, query)
	for status == 0 { // the daemon behind the callback is still starting
		select {
		case <-h.t.Context().Done():
			return
		case <-time.After(100 * time.Millisecond):
		}
		status, body = h.ask(callback, query)
	}
	if status/100 != 2 || body != challenge {
		h.t.Errorf("asked whether %s is meant: %d %q", form.Get("hub.mode"), status, body)
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if form.Get("hub.mode") == "unsubscribe" {
		delete(h.subscribers, callback)
		return
	}
	h.subscribers[callback] = form.Get("hub.secret")
}

// ask sends a question to a callback.
func (h *hub) ask(callback string, query url.Values) (status int, body string) {
	res, err := h.client.Get(callback + "?" + query.Encode())
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error()
	}
	return res.StatusCode, string(b)
}

func (h *hub) callbacks() (all []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for callback := range h.subscribers {
		all = append(all, callback)
	}
	slices.Sort(all)
	return all
}

// push sends a content to all subscribers, signed with secret instead of their
// own when that is not "", and returns their answers.
func (h *hub) push(content, secret string) (statuses []int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for callback, own := range h.subscribers {
		if secret != "" {
			own = secret
		}
		statuses = append(statuses, h.deliver(callback, content, own))
	}
	return statuses
}

func (h *hub) deliver(callback, content, secret string) int {
	req, err := http.NewRequest(http.MethodPost, callback, strings.NewReader(content))
	if err != nil {
		h.t.Error(err)
		return 0
	}
	method := *h.method.Load()
	mac := hmac.New(methods[method], []byte(secret))
	mac.Write([]byte(content))
	req.Header.Set("Content-Type", "application/rss+xml")
	req.Header.Set("X-Hub-Signature", method+"="+hex.EncodeToString(mac.Sum(nil)))
	req.Header.Set("Link", fmt.Sprintf(`<%s>; rel="hub", <%s>; rel="self"`, h.url, h.topic))
	res, err := h.client.Do(req)
	if err != nil {
		h.t.Error(err)
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// pushedSite is a wire whose feed names a hub.
type pushedSite struct {
	*wireSite
	feed string
	hub  string
	gets atomic.Int64
}

func newPushedSite(t *testing.T, h *hub) *pushedSite {
	s := &pushedSite{wireSite: newWireSite(t), hub: h.url}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/feed" {
			s.gets.Add(1)
			w.Header().Add("Link", fmt.Sprintf(`<%s>; rel="hub"`, s.hub))
			w.Header().Add("Link", fmt.Sprintf(`<%s>; rel="self"`, s.feed))
		}
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.feed = server.URL + "/feed"
	h.topic = s.feed
	return s
}

// content is the feed as it stands.
func (s *pushedSite) content() string {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/feed", http.NoBody))
	var b bytes.Buffer
	_, _ = b.ReadFrom(w.Body)
	return b.String()
}
