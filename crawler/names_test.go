package crawler

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
)

// names is a name server for tests: no name leaves the machine. A name has
// addresses, of which each look-up gives the next; the last one stays.
type names struct {
	mu        sync.Mutex
	addresses map[string][]netip.Addr
}

// The codes of answers (RFC 1035, section 4.1.1).
const (
	codeFailure  = 2
	codeNotFound = 3
)

func newNames() *names {
	addr := netip.MustParseAddr
	return &names{addresses: map[string][]netip.Addr{
		"good.test":    {addr("127.0.0.1")},
		"private.test": {addr("127.0.0.2")},
		"mapped.test":  {addr("::ffff:127.0.0.2")},
		"rebind.test":  {addr("127.0.0.1"), addr("127.0.0.2")},

		"news.google.com": {addr("127.0.0.1")},
	}}
}

// newTestDialer is the crawler's dialer, except for the names.
func newTestDialer(c *Crawler) *net.Dialer {
	resolver := &net.Resolver{PreferGo: true, Dial: newNames().dial}
	return &net.Dialer{Timeout: c.options.Timeout, Control: c.guard.transports.allowed.Safe, Resolver: resolver}
}

// dial gives a connection to the server, which speaks as over TCP: a length in
// two bytes before every message.
func (n *names) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		for {
			query := make([]byte, 2)
			if _, err := io.ReadFull(server, query); err != nil {
				return
			}
			query = make([]byte, binary.BigEndian.Uint16(query))
			if _, err := io.ReadFull(server, query); err != nil {
				return
			}
			answer := n.answer(query)
			if answer == nil { // never
				_, _ = io.Copy(io.Discard, server)
				return
			}
			if _, err := server.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(answer))), answer...)); err != nil {
				return
			}
		}
	}()
	return client, nil
}

func (n *names) answer(query []byte) []byte {
	const header, kindA, kindAAAA = 12, 1, 28
	var labels []string
	at := header
	for query[at] != 0 {
		labels = append(labels, string(query[at+1:at+1+int(query[at])]))
		at += 1 + int(query[at])
	}
	kind, end := binary.BigEndian.Uint16(query[at+1:]), at+5
	name := strings.ToLower(strings.Join(labels, "."))
	answer := append([]byte{query[0], query[1], 0x81, 0x80, 0, 1, 0, 0, 0, 0, 0, 0}, query[header:end]...)
	addr, known := n.next(name, kind == kindA)
	switch {
	case name == "slow.test":
		return nil
	case name == "servfail.test":
		answer[3] |= codeFailure
	case !known:
		answer[3] |= codeNotFound
	case addr.Is4() == (kind == kindA) && (kind == kindA || kind == kindAAAA):
		answer[7] = 1
		answer = append(answer, 0xc0, header, query[end-4], query[end-3], 0, 1, 0, 0, 0, 0, 0, byte(len(addr.AsSlice())))
		answer = append(answer, addr.AsSlice()...)
	}
	return answer
}

func (n *names) next(name string, move bool) (addr netip.Addr, known bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := n.addresses[name]
	if len(all) == 0 {
		return addr, false
	}
	if move && len(all) > 1 {
		n.addresses[name] = all[1:]
	}
	return all[0], true
}
