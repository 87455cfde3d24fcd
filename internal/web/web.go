// Package web serves what people and machines ask a running daemon over HTTP:
// metrics, health and reload on the configured address (Public), and the
// commands on a unix socket that only the daemon's user and group can reach
// (Control). Listen and ListenSocket open the servers.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// Daemon is what the public endpoints show, and the one thing they can do.
type Daemon interface {
	Healthy() error
	Ready(ctx context.Context) error
	Metrics(ctx context.Context) http.Handler
	Reload(ctx context.Context) error
	PublicURL() string // where people reach the endpoints, "" when that is the address listened on
	Slack() http.Handler
	Hubs
}

// Public serves the endpoints of the configured address, listen, to those who
// call it by that address, a loopback name, or the host of the public URL.
// Reload is taken only from this machine: the address may be open to a network
// for Prometheus. What hubs ask and push, and what Slack sends, is taken from
// everywhere and under any name: it has a secret of its own. Everything else is
// for the pages, which decide themselves who may see them.
func Public(d Daemon, listen string, pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	for path, method := range map[string]string{"/-/healthy": "GET, HEAD", "/-/ready": "GET, HEAD", "/metrics": "GET, HEAD", "/-/reload": "POST"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", method)
			http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		})
	}
	mux.HandleFunc("GET /-/healthy", func(w http.ResponseWriter, _ *http.Request) { say(w, d.Healthy()) })
	mux.HandleFunc("GET /-/ready", func(w http.ResponseWriter, r *http.Request) { say(w, d.Ready(r.Context())) })
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) { d.Metrics(r.Context()).ServeHTTP(w, r) })
	mux.HandleFunc("POST /-/reload", func(w http.ResponseWriter, r *http.Request) {
		if !FromHere(r) {
			http.Error(w, "reload is taken from this machine only", http.StatusForbidden)
			return
		}
		if err := d.Reload(r.Context()); err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		say(w, nil)
	})
	called := newNames(listen, d.PublicURL)
	return hubs(d, signed(d, called.only(http.NewCrossOriginProtection().Handler(mux))))
}

// SlackPath is where Slack sends what people do.
const SlackPath = "/slack"

// signed hands to the daemon what Slack sends, which is signed.
func signed(d Daemon, others http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == SlackPath {
			d.Slack().ServeHTTP(w, r)
			return
		}
		others.ServeHTTP(w, r)
	})
}

// FromHere reports whether a request was made on this machine, and not by a
// proxy on it for somebody else that says so. A proxy that keeps quiet cannot
// be told from a browser.
func FromHere(r *http.Request) bool {
	for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Real-Ip", "Via"} {
		if r.Header.Get(name) != "" {
			return false
		}
	}
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && addr.Addr().Unmap().IsLoopback()
}

func say(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = io.WriteString(w, "ok\n") // whoever asked may be gone
}

// Actions are what a running daemon is asked for on its socket: the commands
// that change something, and what the store says to those who may not read it.
// Those that return a value answer with what is to be shown.
type Actions interface {
	Who() Identity
	StatusNow(ctx context.Context) (any, error)
	DeliveriesNow(ctx context.Context, f store.DeliveryFilter) (any, error)
	CrawlNow(ctx context.Context, source string) (any, error)
	SendTestNow(ctx context.Context, channel string) (any, error)
	Retry(ctx context.Context, delivery int64, channel string) error
	Drop(ctx context.Context, delivery int64) error
	ApartNow(ctx context.Context, link, by string, undo bool) (any, error)
	SnoozeNow(ctx context.Context, order []byte) (any, error)
	Unsnooze(ctx context.Context, id int64, by string) error
	RecallNow(ctx context.Context, order []byte) (any, error)
	PauseNow(ctx context.Context, order []byte) (any, error)
	ResumeNow(ctx context.Context, channel, by string) (any, error)
	Reload(ctx context.Context) error
}

// Identity says which daemon answers on a socket.
type Identity struct {
	Config  string `json:"config"`  // the path of its config
	Storage string `json:"storage"` // store.NameOf
}

// Control serves the control socket: form values in, JSON out, and
// {"error": "…"} with a status other than 200 when it is no.
func Control(a Actions) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /who", func(w http.ResponseWriter, _ *http.Request) { answer(w)(a.Who(), nil) })
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) { answer(w)(a.StatusNow(r.Context())) })
	mux.HandleFunc("GET /deliveries", func(w http.ResponseWriter, r *http.Request) {
		var f store.DeliveryFilter
		//nolint:musttag // app.Client writes the same type
		if err := json.Unmarshal([]byte(r.FormValue("filter")), &f); err != nil {
			answer(w)(nil, fmt.Errorf("read filter: %w", err))
			return
		}
		answer(w)(a.DeliveriesNow(r.Context(), f))
	})
	mux.HandleFunc("POST /crawl", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.CrawlNow(r.Context(), r.PostFormValue("source")))
	})
	mux.HandleFunc("POST /send-test", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.SendTestNow(r.Context(), r.PostFormValue("channel")))
	})
	mux.HandleFunc("POST /deliveries/retry", func(w http.ResponseWriter, r *http.Request) {
		byNumber(w, r, "delivery", func(ctx context.Context, id int64) error { return a.Retry(ctx, id, r.PostFormValue("to")) })
	})
	mux.HandleFunc("POST /deliveries/drop", func(w http.ResponseWriter, r *http.Request) { byNumber(w, r, "delivery", a.Drop) })
	mux.HandleFunc("POST /snooze", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.SnoozeNow(r.Context(), []byte(r.PostFormValue("order"))))
	})
	mux.HandleFunc("POST /unsnooze", func(w http.ResponseWriter, r *http.Request) {
		byNumber(w, r, "snooze", func(ctx context.Context, id int64) error { return a.Unsnooze(ctx, id, r.PostFormValue("by")) })
	})
	mux.HandleFunc("POST /recall", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.RecallNow(r.Context(), []byte(r.PostFormValue("order"))))
	})
	mux.HandleFunc("POST /pause", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.PauseNow(r.Context(), []byte(r.PostFormValue("order"))))
	})
	mux.HandleFunc("POST /resume", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.ResumeNow(r.Context(), r.PostFormValue("channel"), r.PostFormValue("by")))
	})
	mux.HandleFunc("POST /apart", func(w http.ResponseWriter, r *http.Request) {
		answer(w)(a.ApartNow(r.Context(), r.PostFormValue("url"), r.PostFormValue("by"), r.PostFormValue("undo") == "true"))
	})
	mux.HandleFunc("POST /reload", func(w http.ResponseWriter, r *http.Request) { answer(w)(nil, a.Reload(r.Context())) })
	return mux
}

func byNumber(w http.ResponseWriter, r *http.Request, what string, act func(context.Context, int64) error) {
	id, err := strconv.ParseInt(r.PostFormValue(what), 10, 64)
	if err != nil {
		answer(w)(nil, fmt.Errorf("%q is no %s's number", r.PostFormValue(what), what))
		return
	}
	answer(w)(nil, act(r.Context(), id))
}

func answer(w http.ResponseWriter) func(v any, err error) {
	return func(v any, err error) {
		w.Header().Set("Content-Type", "application/json")
		if err != nil {
			status := http.StatusUnprocessableEntity
			switch {
			case errors.Is(err, store.ErrNotFound):
				status = http.StatusNotFound
			case store.Away(err):
				status = http.StatusServiceUnavailable
				w.Header().Set("Retry-After", "5")
			}
			w.WriteHeader(status)
			v = map[string]string{"error": err.Error()}
		}
		_ = json.NewEncoder(w).Encode(v) // the asker may be gone
	}
}

// Bounds of what may be asked of a server.
const (
	maxHeaders   = 64 << 10        // bytes
	writeTimeout = 2 * time.Minute // of the configured address; a reload of many rules takes its time
)

// Server is an open socket and what it serves.
type Server struct {
	log      *slog.Logger
	listener net.Listener
	server   *http.Server
}

// Listen opens a TCP address like "127.0.0.1:8460".
func Listen(log *slog.Logger, address string, h http.Handler) (*Server, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen: %w (another program has the address: set `listen` to a free one, or to \"\")", err)
	}
	crowd := newCrowd(mostConnections)
	s := newServer(log, l, crowd.watch(h))
	s.server.WriteTimeout = writeTimeout
	s.server.ConnState, s.server.ConnContext = crowd.change, crowd.note
	return s, nil
}

// ErrTaken says that another daemon takes commands on a socket.
var ErrTaken = errors.New("another daemon takes commands there")

// ListenSocket opens a unix socket for the daemon's user and group. A socket
// that a dead daemon left behind is replaced; of a live one it is ErrTaken.
func ListenSocket(log *slog.Logger, path string, h http.Handler) (*Server, error) {
	unlock := lockFolder(filepath.Dir(path)) // two daemons that start at once would replace each other's
	defer unlock()
	if conn, err := net.Dial("unix", path); err == nil {
		_ = conn.Close()
		return nil, fmt.Errorf("listen on %s: %w", path, ErrTaken)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("listen on socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on socket: %w", err)
	}
	if err := os.Chmod(path, 0o660); err != nil { //nolint:gosec // the group may give commands
		return nil, errors.Join(fmt.Errorf("listen on socket: %w", err), l.Close())
	}
	return newServer(log, l, h), nil
}

// lockFolder keeps other daemons from opening a socket in a folder. A folder
// that cannot be opened is not locked.
func lockFolder(dir string) (unlock func()) {
	f, err := os.Open(dir)
	if err != nil {
		return func() {}
	}
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
	return func() { _ = f.Close() }
}

func newServer(log *slog.Logger, l net.Listener, h http.Handler) *Server {
	ctx, stop := context.WithCancel(context.Background())
	s := &Server{log: log, listener: l, server: &http.Server{
		Handler: h, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute,
		MaxHeaderBytes: maxHeaders, BaseContext: func(net.Listener) context.Context {
			return context.WithValue(context.Background(), stopKey{}, ctx.Done())
		},
	}}
	s.server.RegisterOnShutdown(stop)
	return s
}

// stopKey is where the context of a request has the channel of Stopping.
type stopKey struct{}

// Stopping is closed when the server of a request ends. An answer that would go on ends then;
// the context of the request lasts longer, so that others may finish.
func Stopping(r *http.Request) <-chan struct{} {
	stopping, _ := r.Context().Value(stopKey{}).(<-chan struct{})
	return stopping
}

// Addr is the address that the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Serve answers until Close is called.
func (s *Server) Serve() {
	if err := s.server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		s.log.Error("server ended", "address", s.Addr(), "error", err)
	}
}

// Close ends the server; requests under way may finish within two seconds.
func (s *Server) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = s.server.Close()
	}
	if closeErr := s.listener.Close(); closeErr != nil && !errors.Is(closeErr, net.ErrClosed) {
		err = errors.Join(err, closeErr)
	}
	return err
}
