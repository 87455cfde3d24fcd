package crawler

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"code.dny.dev/ssrf"
	"github.com/copytaster/copytaster/internal/news"
)

const (
	maxHeaderBytes = 128 << 10
	idleTimeout    = 90 * time.Second
	maxIdle        = 128
	maxIdlePerHost = 2
)

// azureWireServer answers every Azure machine about itself, secrets included,
// and lies in public address space.
var azureWireServer = netip.MustParsePrefix("168.63.129.16/32")

var errNumericHost = errors.New("a name that ends in a number")

// transports are the connections to the network: one set for everybody, and
// one for each proxy.
type transports struct {
	timeout time.Duration
	allowed *ssrf.Guardian
	direct  *http.Transport

	mu      sync.Mutex
	proxied map[news.Secret]*http.Transport
}

func newTransports(o Options) *transports {
	var v4, v6 []netip.Prefix
	for _, p := range o.AllowNetworks {
		if p.Addr().Is4In6() && p.Bits() >= 96 {
			p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
		}
		if p.Addr().Is4() {
			v4 = append(v4, p)
		} else {
			v6 = append(v6, p)
		}
	}
	t := &transports{
		timeout: o.Timeout,
		allowed: ssrf.New(ssrf.WithAnyPort(), ssrf.WithAllowedV4Prefixes(v4...), ssrf.WithAllowedV6Prefixes(v6...),
			ssrf.WithDeniedV4Prefixes(azureWireServer)),
		proxied: map[news.Secret]*http.Transport{},
	}
	// Control sees the address after DNS: a name that leads to a private
	// address is refused even when it changes between two look-ups.
	t.direct = newTransport(&net.Dialer{Timeout: o.Timeout, Control: t.allowed.Safe}, o.Timeout)
	return t
}

func newTransport(dialer *net.Dialer, timeout time.Duration) *http.Transport {
	return &http.Transport{
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // body does it, with more encodings and a limit
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleTimeout,
		TLSHandshakeTimeout:    timeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
	}
}

// get returns the transport for a request to u, through the proxy unless that
// is "". The proxy itself may be anywhere; what it is asked for may not, as
// far as that can be told from here.
func (t *transports) get(ctx context.Context, proxy news.Secret, u *url.URL) (*http.Transport, error) {
	if proxy == "" {
		return t.direct, nil
	}
	if err := t.checkTarget(ctx, u.Hostname()); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if transport, ok := t.proxied[proxy]; ok {
		return transport, nil
	}
	p, err := url.Parse(proxy.Reveal())
	if err != nil || p.Host == "" { // the error would show the password
		return nil, errors.New("the proxy is not a URL")
	}
	switch p.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, errors.New("the proxy is neither http, https nor socks5")
	}
	transport := newTransport(&net.Dialer{Timeout: t.timeout}, t.timeout)
	transport.Proxy = http.ProxyURL(p)
	t.proxied[proxy] = transport
	return transport, nil
}

// checkTarget refuses a host that is a private address, or resolves to one
// here; a name that only the proxy can resolve is left to it.
func (t *transports) checkTarget(ctx context.Context, host string) error {
	if addr, err := netip.ParseAddr(host); err == nil {
		return t.allowed.SafeAddr(addr.Unmap())
	}
	if endsInNumber(host) {
		return errNumericHost
	}
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	for _, addr := range addrs {
		if err := t.allowed.SafeAddr(addr.Unmap()); err != nil {
			return err
		}
	}
	return nil
}

// endsInNumber holds for spellings of addresses that only some resolvers
// understand, such as 127.1 and 0x7f000001.
func endsInNumber(host string) bool {
	host = strings.TrimSuffix(host, ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && '0' <= last[0] && last[0] <= '9'
}
