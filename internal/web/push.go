package web

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"

	"github.com/copytaster/copytaster/internal/store"
)

// Bounds of what hubs may do.
const (
	maxPush     = 10 << 20 // bytes, as much as a feed may have
	tokenLength = 43       // of 32 bytes in base64
)

// Hubs are told by the hubs of WebSub what they ask and push at the callback.
// An error that is store.ErrNotFound means that nothing of the kind was asked.
type Hubs interface {
	Confirm(ctx context.Context, token string, query url.Values) (challenge string, err error)
	Expects(ctx context.Context, token string) (bool, error)
	Push(ctx context.Context, token, signature, contentType string, body []byte) error
}

// hubs answers the callback and leaves everything else to rest. The path before
// the token does not count: a reverse proxy may have changed it, and a hub may
// still use the one that a config named before. Only a token that is
// known, which nobody can guess, is let in, and no body is read before.
func hubs(d Hubs, rest http.Handler) http.Handler {
	in := new(intake)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token := path.Base(r.URL.Path)
		switch {
		case !isToken(token):
			rest.ServeHTTP(w, r)
		case r.Method == http.MethodGet:
			confirm(d, w, r, token)
		case r.Method == http.MethodPost:
			takePush(d, w, r, token, in)
		default:
			w.Header().Set("Allow", "GET, POST")
			http.Error(w, "a hub asks with GET and pushes with POST", http.StatusMethodNotAllowed)
		}
	})
}

func isToken(s string) bool {
	_, err := base64.RawURLEncoding.DecodeString(s)
	return err == nil && len(s) == tokenLength
}

func confirm(d Hubs, w http.ResponseWriter, r *http.Request, token string) {
	challenge, err := d.Confirm(r.Context(), token, r.URL.Query())
	switch {
	case errors.Is(err, store.ErrNotFound):
		http.Error(w, "nothing of the kind was asked", http.StatusNotFound)
	case err != nil:
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	default:
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = io.WriteString(w, challenge) //nolint:gosec // plain text; and the hub may be gone
	}
}

func takePush(d Hubs, w http.ResponseWriter, r *http.Request, token string, in *intake) {
	switch expected, err := d.Expects(r.Context(), token); {
	case err != nil:
		http.Error(w, "try again later", http.StatusServiceUnavailable)
		return
	case !expected: // which tells the hub to end it
		http.Error(w, "there is no such subscription", http.StatusGone)
		return
	case r.ContentLength > maxPush:
		http.Error(w, "more than 10 MB", http.StatusRequestEntityTooLarge)
		return
	}
	body, full, err := in.read(w, r)
	var large *http.MaxBytesError
	switch {
	case full:
		w.Header().Set("Retry-After", "5")
		http.Error(w, "too much at once", http.StatusServiceUnavailable)
		return
	case errors.As(err, &large):
		http.Error(w, "more than 10 MB", http.StatusRequestEntityTooLarge)
		return
	case err != nil:
		http.Error(w, "the body broke off", http.StatusBadRequest)
		return
	}
	err = d.Push(r.Context(), token, r.Header.Get("X-Hub-Signature"), r.Header.Get("Content-Type"), body)
	switch {
	case errors.Is(err, store.ErrNotFound):
		http.Error(w, "there is no such subscription", http.StatusGone)
	case err != nil:
		http.Error(w, "try again later", http.StatusServiceUnavailable)
	default:
		w.WriteHeader(http.StatusAccepted)
	}
}
