package crawler

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// hijack answers with raw bytes, closes the sending half, and waits for the
// client to hang up.
func hijack(t *testing.T, answer string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, answer)
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = io.Copy(io.Discard, conn)
	}
}

func TestHTTP2(t *testing.T) {
	s := newSite(t)
	server := httptest.NewUnstartedServer(s)
	server.EnableHTTP2 = true
	server.Config.ErrorLog = discardLog()
	server.StartTLS()
	defer server.Close()
	s.URL = server.URL
	c := newCrawler(t, nil)
	trust(c, server)
	listing, err := c.List(t.Context(), s.source(news.KindFeed, "/feed.xml"), news.Validators{})
	if err != nil || len(listing.Stories) != 2 {
		t.Fatalf("%d stories, %v", len(listing.Stories), err)
	}
	if r := s.asked("/feed.xml")[0]; r.ProtoMajor != 2 {
		t.Errorf("asked by %s, not HTTP/2", r.Proto)
	}
}

func trust(c *Crawler, server *httptest.Server) {
	trusted := server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	c.guard.transports.direct.TLSClientConfig = &tls.Config{RootCAs: trusted}
}

func TestPrivateAddresses(t *testing.T) {
	s := newSite(t)
	port := s.URL[strings.LastIndexByte(s.URL, ':'):]
	strict := newCrawler(t, nil)
	strict.guard.transports = newTransports(Options{Timeout: time.Second})
	for _, host := range []string{
		"127.0.0.1" + port, "localhost" + port, "0.0.0.0" + port, "[::1]" + port, "[::ffff:127.0.0.1]" + port, "127.1" + port,
		"10.0.0.1", "192.168.1.1", "169.254.169.254", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]", "[fe80::1]", "[64:ff9b::7f00:1]",
	} {
		src := news.Source{Kind: news.KindFeed, URL: "http://" + host + "/feed.xml"}
		_, err := newTestEngine(strict).List(t.Context(), src, news.Validators{})
		wantFault(t, err, news.FaultRefused)
	}
	if len(s.requests) > 0 {
		t.Errorf("requests came through: %v", s.paths())
	}
}

// newTestEngine returns a crawler like c on c's guard as it is now.
func newTestEngine(c *Crawler) *Crawler {
	c.engine = newEngine(c.guard)
	return c
}

func TestAllowNetworks(t *testing.T) {
	o := Options{AllowNetworks: []netip.Prefix{
		netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("::ffff:10.2.0.0/112"),
	}}
	allowed := newTransports(o).allowed
	for address, want := range map[string]bool{
		"10.1.2.3:8080": true, "10.2.2.3:80": true, "10.3.0.1:80": false, "[fd00::1]:9": true, "[fc00::1]:9": false,
		"93.184.216.34:12345": true, "[2606:2800:220::1]:80": true, "168.63.129.16:80": false,
	} {
		network := "tcp4"
		if address[0] == '[' {
			network = "tcp6"
		}
		if err := allowed.Safe(network, address, nil); (err == nil) != want {
			t.Errorf("%s: %v, want allowed %v", address, err, want)
		}
	}
}

// Panics of the crawler itself are recovered like those of the readers.
func TestPanicsAreRecovered(t *testing.T) {
	s := newSite(t)
	c := newCrawler(t, nil)
	c.now = func() time.Time { panic("bad clock") }
	_, err := c.Fetch(t.Context(), s.source(news.KindFeed, "/feed.xml"), s.URL)
	wantFault(t, err, news.FaultPanic)
	_, err = c.List(t.Context(), s.source(news.KindPage, "/index.html"), news.Validators{})
	wantFault(t, err, news.FaultPanic)
}

func TestContextEnds(t *testing.T) {
	s := newSite(t)
	ctx, cancel := context.WithCancel(t.Context())
	s.funcs["/stop"] = func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done()
	}
	_, err := newCrawler(t, nil).List(ctx, s.source(news.KindFeed, "/stop"), news.Validators{})
	wantFault(t, err, news.FaultTimeout)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v does not say that the context ended", err)
	}
}
