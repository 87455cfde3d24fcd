package web

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
)

// names are what requests may call the server (the Host header). A web page
// whose name its owner lets point at this machine (DNS rebinding) is not among
// them: to a browser, what it gets there would be the page's own.
type names struct {
	listened string // the host that is listened on, as configured
	anywhere bool   // on every address of the machine
	machine  string // its name
	public   func() string
}

func newNames(listen string, public func() string) names {
	host, _, err := net.SplitHostPort(listen)
	if err != nil {
		host = listen
	}
	addr, err := netip.ParseAddr(host)
	n := names{listened: host, anywhere: host == "" || err == nil && addr.IsUnspecified(), public: public}
	n.machine, _ = os.Hostname() // without it the machine has one name less
	return n
}

// allow reports whether a request may be answered. The port does not count, as
// a tunnel may change it. Where every address is listened on, every address
// will do: only a name can be made to point elsewhere.
func (n names) allow(r *http.Request) bool {
	host := bareHost(r.Host)
	if sameHost(host, n.listened) || sameHost(host, n.publicHost()) {
		return true
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		addr = addr.Unmap()
		return n.anywhere || addr.IsLoopback() || addr == localAddr(r)
	}
	loopback := host == "localhost" || strings.HasSuffix(host, ".localhost")
	return loopback || n.anywhere && sameHost(host, n.machine)
}

func (n names) publicHost() string {
	u, err := url.Parse(n.public())
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// bareHost is a Host header without its port, in small letters; an address
// without its brackets.
func bareHost(header string) string {
	host, _, err := net.SplitHostPort(header)
	if err != nil {
		host = strings.TrimSuffix(strings.TrimPrefix(header, "["), "]")
	}
	return strings.ToLower(strings.TrimSuffix(host, "."))
}

// sameHost compares a host that bareHost returned with a configured one.
func sameHost(host, configured string) bool {
	return host != "" && host == bareHost(net.JoinHostPort(configured, "0"))
}

// localAddr is the address that a request came in at.
func localAddr(r *http.Request) netip.Addr {
	addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return netip.Addr{}
	}
	at, err := netip.ParseAddrPort(addr.String())
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// only answers requests that call the server by one of its names.
func (n names) only(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !n.allow(r) {
			why := fmt.Sprintf("%q is no name of this daemon: where it is reached by that one, set public_url", r.Host)
			http.Error(w, why, http.StatusMisdirectedRequest)
			return
		}
		h.ServeHTTP(w, r)
	})
}
