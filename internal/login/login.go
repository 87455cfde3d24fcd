// Package login decides who may see the pages of a daemon: people with a name and a password,
// or those whom a trusted proxy vouches for. Make one Door for the life of a daemon and ask it
// with the Policy in force. Sessions are kept in memory, as hashes; a restart ends them.
package login

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/crypto/bcrypt"

	"github.com/copytaster/copytaster/internal/news"
)

// Policy is who may see the pages. The zero Policy lets in those on this machine alone.
type Policy struct {
	Users  []Credential
	Header string         // in which a proxy names the user, such as X-Forwarded-User; "": none does
	From   []netip.Prefix // where that proxy is
}

// Asks reports whether anybody has to say who they are.
func (p Policy) Asks() bool { return len(p.Users) > 0 || p.Header != "" }

// Credential is a person and what their password is checked against.
type Credential struct {
	Name string
	Hash news.Secret // of the password, by bcrypt
}

// Bounds of the cost of a hash. A smaller one is soon guessed; a larger one takes a second and more.
const (
	leastCost = 10
	mostCost  = 14
)

// CheckHash returns what is wrong with a hash of a password.
func CheckHash(hash string) error {
	cost, err := bcrypt.Cost([]byte(hash))
	switch {
	case err != nil:
		return errors.New("this is no hash of bcrypt")
	case cost < leastCost || cost > mostCost:
		return fmt.Errorf("the hash has cost %d, not one from %d to %d", cost, leastCost, mostCost)
	}
	return nil
}

// Bounds of a password in bytes: bcrypt reads no more than 72.
const (
	leastPassword = 10
	mostPassword  = 72
)

// Hash returns the hash of a password for the config.
func Hash(password string) (string, error) {
	if len(password) < leastPassword || len(password) > mostPassword {
		return "", fmt.Errorf("the password has %d bytes, not from %d to %d", len(password), leastPassword, mostPassword)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(password), leastCost)
	if err != nil {
		return "", fmt.Errorf("hash password: %w", err)
	}
	return string(hash), nil
}

// user returns the user of a name.
func (p Policy) user(name string) (Credential, bool) {
	i := slices.IndexFunc(p.Users, func(u Credential) bool { return u.Name == name })
	if i < 0 {
		return Credential{}, false
	}
	return p.Users[i], true
}

// rest are the costs of what is computed after a wrong password of a user, or of nobody, so that
// every name takes as long as the costliest. One more in the cost is twice the work: a hash of
// cost 10 and then 10, 11 and 12 are as much as one of 13.
func (p Policy) rest(u Credential) (costs []int) {
	most := 0
	for _, other := range p.Users {
		if cost, err := bcrypt.Cost([]byte(other.Hash.Reveal())); err == nil {
			most = max(most, cost)
		}
	}
	own, err := bcrypt.Cost([]byte(u.Hash.Reveal()))
	if err != nil { // it is nobody
		return []int{max(most, bcrypt.MinCost)}
	}
	for cost := own; cost < most; cost++ {
		costs = append(costs, cost)
	}
	return costs
}

// mark is what a session keeps of its user, so that it ends with the password.
func (u Credential) mark() [sha256.Size]byte {
	return sha256.Sum256([]byte(u.Name + "\x00" + u.Hash.Reveal()))
}

// Vouched returns the user that a trusted proxy names; ok is false when none does.
func (p Policy) Vouched(r *http.Request) (user string, ok bool) {
	if p.Header == "" || !p.trusts(peer(r)) {
		return "", false
	}
	named := r.Header.Values(p.Header)
	if len(named) != 1 { // somebody smuggled one in
		return "", false
	}
	user = strings.TrimSpace(named[0])
	return user, user != ""
}

// trusts reports whether a request from an address is one of the proxy's.
func (p Policy) trusts(addr netip.Addr) bool {
	return slices.ContainsFunc(p.From, func(n netip.Prefix) bool { return n.Contains(addr) })
}

// AddressOf is where a person is: the address that a trusted proxy names last, else the peer's.
func (p Policy) AddressOf(r *http.Request) netip.Addr {
	at := peer(r)
	if !p.trusts(at) {
		return at
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	if addr, err := netip.ParseAddr(strings.TrimSpace(hops[len(hops)-1])); err == nil {
		return addr.Unmap().WithZone("")
	}
	return at
}

func peer(r *http.Request) netip.Addr {
	addr, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Addr().Unmap().WithZone("")
}
