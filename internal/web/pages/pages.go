// Package pages serves what people see of a running daemon in a browser: its state, deliveries,
// sources, rules, config, the way of a story, what a rule would do, and the documents. New makes the handler over an
// app.Window. It keeps nothing but sessions and what it rendered last; every page works without
// JavaScript, and everything that comes from elsewhere is shown as text.
package pages

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"net/http"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/login"
	"github.com/copytaster/copytaster/internal/store"
)

// pageWithin is how long a page may take.
const pageWithin = 8 * time.Second

// policy is what browsers may load for a page: its own files, and nothing within the page.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// site is the pages of one daemon.
type site struct {
	app.Window

	door   *login.Door
	files  map[string]file
	frames map[string]*template.Template // by the name of the page
	glance *glance
	trying chan struct{} // has one place: whoever fills it may read the archive
	read   readPages
}

// New returns the pages of a daemon.
func New(w app.Window) (http.Handler, error) {
	door, err := login.New(w.Now)
	if err != nil {
		return nil, err
	}
	s := &site{Window: w, door: door, trying: make(chan struct{}, 1)}
	if s.files, err = readFiles(); err != nil {
		return nil, err
	}
	if s.frames, err = readFrames(s); err != nil {
		return nil, err
	}
	s.glance = &glance{site: s, seen: map[chan struct{}]bool{}}
	return s.routes(), nil
}

func (s *site) routes() http.Handler {
	mux := http.NewServeMux()
	for path, show := range map[string]func(*http.Request) (sheet, error){
		"GET /{$}": s.now, "GET /deliveries": s.deliveries, "GET /sources": s.sources, "GET /source": s.source, "GET /config": s.settings,
		"GET /story": s.story, "GET /snoozes": s.snoozes, "GET /snooze": s.askSnooze, "GET /rules": s.rules, "GET /rule": s.rule, "GET /try": s.tryRule, "POST /try": s.tryRule,
		"GET /docs/{$}": documents, "GET /docs/{name}": document,
	} {
		mux.Handle(path, s.guarded(s.page(show)))
	}
	mux.Handle("GET /live", s.guarded(http.HandlerFunc(s.live)))
	for path, deed := range deedsOf(s.Window) {
		mux.Handle("POST /deliveries/"+path, s.guarded(s.act(deed)))
	}
	mux.Handle("POST /snoozes", s.guarded(http.HandlerFunc(s.snooze)))
	mux.Handle("POST /snoozes/end", s.guarded(http.HandlerFunc(s.unsnooze)))
	mux.Handle("POST /source/try", s.guarded(http.HandlerFunc(s.tryNow)))
	mux.Handle("POST /alerts/{said}", s.guarded(http.HandlerFunc(s.answer)))
	mux.Handle("POST /story/apart", s.guarded(http.HandlerFunc(s.part)))
	mux.Handle("GET /docs", http.RedirectHandler("/docs/", http.StatusPermanentRedirect))
	mux.HandleFunc("GET /login", s.askName)
	mux.HandleFunc("POST /login", s.enter)
	mux.HandleFunc("POST /logout", s.leave)
	mux.HandleFunc("GET /assets/{name}", s.asset)
	mux.Handle("/", s.guarded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, http.StatusNotFound, "There is no page here.")
	})))
	return s.framed(mux)
}

// framed adds what browsers are told with every answer, and answers in a page where the mux
// would answer in a line.
func (s *site) framed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		most := int64(mostForm)
		if r.URL.Path == "/try" {
			most = mostTried
		}
		r.Body = http.MaxBytesReader(w, r.Body, most)
		if allowed := methodsOf(mux, r); allowed != "" {
			h.Set("Allow", allowed)
			s.refuse(w, r, http.StatusMethodNotAllowed, "This page is not asked for in this way.")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// methodsOf returns the methods that a path takes, when that of the request is none of them.
func methodsOf(mux *http.ServeMux, r *http.Request) string {
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodPost:
	default:
		return "GET, HEAD, POST"
	}
	if _, pattern := mux.Handler(r); pattern != "/" {
		return ""
	}
	other := r.Clone(r.Context())
	allowed := "GET, HEAD"
	if other.Method = http.MethodGet; r.Method != http.MethodPost {
		other.Method, allowed = http.MethodPost, "POST"
	}
	if _, pattern := mux.Handler(other); pattern == "/" {
		return ""
	}
	return allowed
}

// sheet is what one page shows.
type sheet struct {
	Frame string // the name of its template
	Title string
	At    string // the path of the link in the navigation that leads to it
	Live  bool   // it changes by itself
	Data  any

	User   string // who is logged in; "": nobody has to be
	Out    bool   // who has not said who they are
	Leaves bool   // the user can log out
	status int    // 0 is 200
}

// notFoundError is a page that is not there, with what is said instead.
type notFoundError string

// Error says what is not there.
func (e notFoundError) Error() string { return string(e) }

// page answers with a page.
func (s *site) page(show func(*http.Request) (sheet, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), pageWithin)
		defer cancel()
		p, err := show(r.WithContext(ctx))
		missing := notFoundError("")
		switch {
		case errors.As(err, &missing):
			s.refuse(w, r, http.StatusNotFound, missing.Error())
		case errors.Is(err, errBusy) && r.Context().Err() == nil:
			s.refuseAway(w, r, "Others read the archive just now. Try again in a moment.")
		case err != nil && r.Context().Err() == nil:
			s.Log().Error("a page cannot be shown", "path", r.URL.Path, "error", err)
			why := "This cannot be shown just now."
			if store.Away(err) {
				why = "The store does not answer."
			}
			s.refuseAway(w, r, why+" The log of the daemon says why.")
		case err == nil:
			s.write(w, r, p)
		}
	})
}

// refuse answers with a page that says why there is none.
func (s *site) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	s.write(w, r, sheet{Frame: "refused", Title: http.StatusText(status), Data: why, status: status})
}

// refuseAway refuses what the store is needed for while it does not answer.
func (s *site) refuseAway(w http.ResponseWriter, r *http.Request, why string) {
	w.Header().Set("Retry-After", "5")
	s.refuse(w, r, http.StatusServiceUnavailable, why)
}

// toldError is an error that whoever asked is told of in its own words.
type toldError struct{ error }

// Unwrap returns the error.
func (e toldError) Unwrap() error { return e.error }

// refuseDeed answers that something was not done because of an error, which is logged with what
// the log calls it. Only of a toldError the answer says more than that.
func (s *site) refuseDeed(w http.ResponseWriter, r *http.Request, err error, logged string, args ...any) {
	s.Log().Error(logged, append(args, "error", err)...) //nolint:sloglint // the message is one of a few
	switch told := (toldError{}); {
	case store.Away(err):
		s.refuseAway(w, r, "Nothing was done: the store does not answer, or takes no writes. Try again in a moment.")
	case errors.As(err, &told):
		s.refuse(w, r, http.StatusUnprocessableEntity, "Nothing was done: "+told.Error()+".")
	default:
		s.refuse(w, r, http.StatusUnprocessableEntity, "Nothing was done. The log of the daemon says why.")
	}
}

// write renders a page as a whole before it sends anything.
func (s *site) write(w http.ResponseWriter, r *http.Request, p sheet) {
	v := s.visitorOf(r)
	p.User, p.Out, p.Leaves = v.name, !v.in, v.token != ""
	var out bytes.Buffer
	if err := s.frames[p.Frame].ExecuteTemplate(&out, "frame", p); err != nil {
		s.Log().Error("a page cannot be rendered", "path", r.URL.Path, "error", err)
		http.Error(w, "the page cannot be rendered", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if p.status != 0 {
		w.WriteHeader(p.status)
	}
	if r.Method != http.MethodHead {
		_, _ = w.Write(out.Bytes()) // whoever asked may be gone
	}
}
