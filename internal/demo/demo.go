// Package demo is a small news site that comes with copytaster: invented
// outlets in five languages, served over real HTTP on this machine. Start it,
// write the configuration that ConfigYAML returns, and run the daemon on it. The
// daemon crawls, reads pages, matches and alerts as it would on the web.
//
// The stories lie in site/OUTLET/STORY.txt: a head of "key: value" lines, an
// empty line, paragraphs. A story has an arrival time after the start of the
// site, and the messages that must tell of it. What the site shows is a function
// of the time since its start and of nothing else.
package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"sync/atomic"
	"text/template"
	"time"
)

// Site is a running news site.
type Site struct {
	URL string // address of its front page, without a slash at the end

	outlets  []*outlet
	versions []*story // of all stories, in order of arrival
	pages    *pages

	addr    netip.Addr
	server  *http.Server
	started time.Time
	ahead   atomic.Int64 // nanoseconds that Advance has added
	held    atomic.Bool  // the clock is ahead alone
}

// Telling is a message that must tell of a story, or an edit of one.
type Telling struct {
	Channel string // as the configuration of ConfigYAML names it
	What    string // "post", "edit", else what an update is about: see news.About
	Page    string // path of the story's page
}

// String describes a telling for people.
func (t Telling) String() string { return fmt.Sprintf("#%s: %s of %s", t.Channel, t.What, t.Page) }

// Start serves the site on an address like "127.0.0.1:8080"; "" takes a free
// port on the loopback interface. Its clock starts now.
func Start(listen string) (*Site, error) {
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	outlets, versions, err := load()
	if err != nil {
		return nil, fmt.Errorf("load demo site: %w", err)
	}
	pages, err := parsePages()
	if err != nil {
		return nil, fmt.Errorf("load demo site: %w", err)
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return nil, fmt.Errorf("start demo site: %w", err)
	}
	addr := reachable(listener.Addr())
	s := &Site{
		URL: "http://" + addr.String(), outlets: outlets, versions: versions, pages: pages, addr: addr.Addr(),
		started: time.Now(),
	}
	s.server = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	go s.server.Serve(listener) // ends with ErrServerClosed when Close is called
	return s, nil
}

// reachable is the address under which this machine finds a listener: one on
// all interfaces is found on the loopback one.
func reachable(listening net.Addr) netip.AddrPort {
	tcp, _ := listening.(*net.TCPAddr) // net.Listen("tcp", …) has no other kind
	found := netip.AddrPortFrom(tcp.AddrPort().Addr().Unmap(), tcp.AddrPort().Port())
	if found.Addr().IsUnspecified() {
		found = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), found.Port())
	}
	return found
}

// Close stops the site at once.
func (s *Site) Close() error {
	if err := s.server.Close(); err != nil {
		return fmt.Errorf("close demo site: %w", err)
	}
	return nil
}

// Advance moves the site's clock ahead, so that stories arrive earlier than
// they would by themselves.
func (s *Site) Advance(d time.Duration) { s.ahead.Add(int64(d)) }

// Hold stops the site's clock: from now on only Advance moves it, so that a
// test may take its time.
func (s *Site) Hold() {
	s.ahead.Store(int64(s.elapsed()))
	s.held.Store(true)
}

// elapsed is the time on the site's clock.
func (s *Site) elapsed() time.Duration {
	if s.held.Load() {
		return time.Duration(s.ahead.Load())
	}
	return time.Since(s.started) + time.Duration(s.ahead.Load())
}

// Arrive moves a held clock on to the next arrival. It returns false when nothing more
// arrives.
func (s *Site) Arrive() bool {
	now := s.elapsed()
	i := slices.IndexFunc(s.versions, func(v *story) bool { return v.after > now })
	if i < 0 {
		return false
	}
	s.Advance(s.versions[i].after - now)
	return true
}

// Expected returns what must be told of the stories when all have arrived, in order of
// arrival. Several edits of one message are one.
func (s *Site) Expected() []Telling {
	var all []Telling
	for _, v := range s.versions {
		all = append(all, v.tells...)
	}
	return all
}

//go:embed site/copytaster.yaml.tmpl
var configText string

// ConfigYAML returns a whole configuration for the site: sources, concepts, and
// rules with their tests. Everything it lists alerts, however old.
func (s *Site) ConfigYAML(storagePath string) []byte {
	var out bytes.Buffer
	config := template.Must(template.New("copytaster.yaml").Parse(configText))
	err := config.Execute(&out, map[string]string{
		"URL":     s.URL,
		"Network": netip.PrefixFrom(s.addr, s.addr.BitLen()).String(),
		"Storage": strconv.Quote(storagePath), // a Go string is a YAML string in double quotes
	})
	if err != nil {
		panic(err) // the template is part of the binary, and a test executes it
	}
	return out.Bytes()
}
