package pages

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/internal/login"
	"github.com/copytaster/copytaster/internal/web"
)

// Bounds of what people send.
const (
	mostForm = 8 << 10 // bytes
	mostName = 200
	mostNext = 2000
)

// cookie holds the token of a session.
const cookie = "copytaster"

// visitor is who asks for a page.
type visitor struct {
	in    bool   // they may see it
	name  string // "" where nobody has to say who they are
	token string // of the session, "" without one
}

// by is whom the log names.
func (v visitor) by() string {
	if v.name == "" {
		return "somebody on this machine"
	}
	return v.name
}

// visitorOf finds out who asks.
func (s *site) visitorOf(r *http.Request) visitor {
	cfg := s.Config()
	auth := cfg.Auth
	if !auth.Asks() {
		return visitor{in: cfg.Front() == "" && web.FromHere(r) && calledLocally(r)}
	}
	if name, ok := auth.Vouched(r); ok {
		return visitor{in: true, name: name}
	}
	if c, err := r.Cookie(cookie); err == nil {
		if name, ok := s.door.Known(auth, c.Value); ok {
			return visitor{in: true, name: name, token: c.Value}
		}
	}
	return visitor{}
}

// calledLocally reports whether a request calls the server by a name that only this machine
// has for itself: what a proxy passes on has another one.
func calledLocally(r *http.Request) bool {
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = r.Host
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && addr.Unmap().IsLoopback()
}

// What is said to those who may not see a page.
const (
	onlyHere = "These pages are shown on this machine alone, and not through a proxy, until the config says who may see them: " +
		"`auth` names users or a trusted proxy. Metrics, health checks and what hubs push are not affected."
	onlyNamed = "Something passes requests on to this daemon, as `%s` in the config says, and what it passes on cannot be told from " +
		"what somebody on this machine asks. So these pages are shown to nobody until the config says who may see them: " +
		"`auth` names users or a trusted proxy. Metrics, health checks and what hubs push are not affected."
	onlyVouched = "Whoever sees these pages is named by a proxy, and it named nobody. Come through the proxy, and see `auth.header` " +
		"and `auth.from` in the config."
)

// guarded serves those who may see the pages.
func (s *site) guarded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cfg := s.Config()
		auth := cfg.Auth
		switch v := s.visitorOf(r); {
		case v.in:
			h.ServeHTTP(w, r)
		case !auth.Asks() && cfg.Front() != "":
			s.refuse(w, r, http.StatusForbidden, fmt.Sprintf(onlyNamed, cfg.Front()))
		case !auth.Asks():
			s.refuse(w, r, http.StatusForbidden, onlyHere)
		case len(auth.Users) == 0:
			s.refuse(w, r, http.StatusForbidden, onlyVouched)
		case r.Method == http.MethodGet && r.Header.Get("Accept") != "text/event-stream":
			http.Redirect(w, r, "/login?next="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		default:
			s.refuse(w, r, http.StatusForbidden, "Your session has ended. Log in, and do it again.")
		}
	})
}

// asked is the form to log in with.
type asked struct {
	Next, Name, Wrong string
}

// askName shows the form to log in with.
func (s *site) askName(w http.ResponseWriter, r *http.Request) {
	next := nextOf(r.URL.Query().Get("next"))
	if s.visitorOf(r).in || len(s.Config().Auth.Users) == 0 {
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // nextOf lets through paths of this server alone
		return
	}
	s.write(w, r, sheet{Frame: "login", Title: "Log in", Data: asked{Next: next}})
}

// nextOf is the page that somebody wanted to see: a path of this server, else the first page.
func nextOf(wanted string) string {
	u, err := url.Parse(wanted)
	if err != nil || len(wanted) > mostNext || u.IsAbs() || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(wanted, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// enter logs somebody in.
func (s *site) enter(w http.ResponseWriter, r *http.Request) {
	auth := s.Config().Auth
	if len(auth.Users) == 0 {
		s.refuse(w, r, http.StatusForbidden, "Nobody logs in here: the config names no users.")
		return
	}
	if err := r.ParseForm(); err != nil {
		s.refuse(w, r, http.StatusBadRequest, "The form cannot be read.")
		return
	}
	name, next := r.PostForm.Get("name"), nextOf(r.PostForm.Get("next"))
	if len(name) > mostName {
		name = name[:mostName]
	}
	from := auth.AddressOf(r)
	token, err := s.door.Enter(r.Context(), auth, name, r.PostForm.Get("password"), from)
	delayed := login.DelayedError{}
	status, wrong := http.StatusForbidden, "The name or the password is wrong."
	switch {
	case err == nil:
		s.Log().Info("logged in", "user", name, "from", from.String())
		http.SetCookie(w, s.sessionCookie(r, token, int(login.Lifetime.Seconds())))
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // nextOf lets through paths of this server alone
		return
	case errors.As(err, &delayed):
		seconds := strconv.Itoa(delayed.Seconds())
		status, wrong = http.StatusTooManyRequests, "There were too many wrong passwords. Try again in "+seconds+" s."
		w.Header().Set("Retry-After", seconds)
	case !errors.Is(err, login.ErrWrong):
		return // whoever asked is gone
	}
	s.Log().Warn("not logged in", "user", name, "from", from.String(), "error", err)
	s.write(w, r, sheet{Frame: "login", Title: "Log in", Data: asked{next, name, wrong}, status: status})
}

// leave logs somebody out.
func (s *site) leave(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil {
		s.door.Leave(c.Value)
	}
	http.SetCookie(w, s.sessionCookie(r, "", -1))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// sessionCookie is the cookie with the token of a session.
func (s *site) sessionCookie(r *http.Request, token string, seconds int) *http.Cookie {
	secure := r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" || strings.HasPrefix(s.Config().PublicURL, "https:") && !calledLocally(r)
	return &http.Cookie{ //nolint:gosec // without https browsers would not keep a secure one
		Name: cookie, Value: token, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: secure, SameSite: http.SameSiteLaxMode,
	}
}
