package login

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/copytaster/copytaster/internal/news"
)

const (
	right  = "correct-horse-battery"
	hashed = "$2a$10$VU.KuSTU5lYKYAifWKb3.OJr0ZHbCrg0jJrHCdzNBXM3VU7Kf6ioW" // of "correct-horse"
)

var here = netip.MustParseAddr("192.0.2.7")

// clock is a clock that a test sets.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newDoor(t *testing.T) (*Door, *clock, Policy) {
	t.Helper()
	c := &clock{time.Date(2026, 11, 29, 20, 0, 0, 0, time.UTC)}
	d, err := New(c.now)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := bcrypt.GenerateFromPassword([]byte(right), bcrypt.MinCost) // so that many are soon looked at
	if err != nil {
		t.Fatal(err)
	}
	other, err := bcrypt.GenerateFromPassword([]byte("correct-horse"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	return d, c, Policy{Users: []Credential{{"ada", news.Secret(hash)}, {"bob", news.Secret(other)}}}
}

func TestSession(t *testing.T) {
	d, c, p := newDoor(t)
	token, err := d.Enter(t.Context(), p, "ada", right, here)
	if err != nil || len(token) < 43 {
		t.Fatalf("token %q, error %v", token, err)
	}
	other, err := d.Enter(t.Context(), p, "ada", right, here)
	if err != nil || other == token {
		t.Fatalf("the second token is %q, error %v", other, err)
	}
	known := func(p Policy, token, want string) {
		t.Helper()
		if name, ok := d.Known(p, token); name != want || ok != (want != "") {
			t.Errorf("user %q, %v, want %q", name, ok, want)
		}
	}
	known(p, token, "ada")
	known(p, "", "")
	known(p, token[:len(token)-1], "")
	d.Leave(token)
	known(p, token, "")
	known(p, other, "ada")
	c.at = c.at.Add(Lifetime - time.Second)
	known(p, other, "ada")
	c.at = c.at.Add(time.Second)
	known(p, other, "")
}

// TestSessionEnds: whoever is taken out of the config, or gets another password, is out.
func TestSessionEnds(t *testing.T) {
	for name, after := range map[string]Policy{
		"nobody":           {},
		"others":           {Users: []Credential{{"bob", hashed}}},
		"another password": {Users: []Credential{{"ada", hashed}}},
	} {
		d, _, p := newDoor(t)
		token, err := d.Enter(t.Context(), p, "ada", right, here)
		if err != nil {
			t.Fatal(err)
		}
		if user, ok := d.Known(after, token); ok {
			t.Errorf("%s: %s is still in", name, user)
		}
		if user, ok := d.Known(p, token); ok {
			t.Errorf("%s: %s is in again when the config is as before", name, user)
		}
	}
}

func TestWrong(t *testing.T) {
	d, _, p := newDoor(t)
	for i, c := range [][2]string{{"ada", "correct-horse"}, {"bob", right}, {"", ""}, {"eve", right}, {"ada", ""}} {
		from := netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
		if token, err := d.Enter(t.Context(), p, c[0], c[1], from); !errors.Is(err, ErrWrong) || token != "" {
			t.Errorf("%q with %q: token %q, error %v", c[0], c[1], token, err)
		}
	}
	if _, err := d.Enter(t.Context(), Policy{}, "ada", right, here); !errors.Is(err, ErrWrong) {
		t.Errorf("somebody came in where there are no users: %v", err)
	}
	if _, err := d.Enter(t.Context(), Policy{Users: []Credential{{Name: "ada"}}}, "ada", "", here); !errors.Is(err, ErrWrong) {
		t.Errorf("a user without a hash came in: %v", err)
	}
}

// TestTime: a wrong password takes the same work for every name, whatever the costs of the hashes.
func TestTime(t *testing.T) {
	of := func(cost int) news.Secret {
		return news.Secret(strings.Replace(hashed, "$10$", fmt.Sprintf("$%02d$", cost), 1))
	}
	for _, costs := range [][]int{{10}, {10, 14}, {14, 10, 12}, {11, 12, 13, 14}, {12, 12}, {4, 6}} {
		p := Policy{}
		for i, cost := range costs {
			p.Users = append(p.Users, Credential{fmt.Sprint("user", i), of(cost)})
		}
		for i := range len(costs) + 1 {
			user, known := p.user(fmt.Sprint("user", i))
			work := 0
			if known {
				work = 1 << costs[i]
			}
			for _, cost := range p.rest(user) {
				work += 1 << cost
			}
			if want := 1 << slices.Max(costs); work != want {
				t.Errorf("costs %v, user %d: work %d, want %d", costs, i, work, want)
			}
		}
	}
	d, _, _ := newDoor(t)
	p := Policy{Users: []Credential{{"ada", of(12)}, {"bob", of(4)}}}
	took := map[string]time.Duration{}
	for i, name := range []string{"ada", "bob", "eve", "ada", "bob", "eve", "ada", "bob", "eve"} {
		began, from := time.Now(), netip.AddrFrom4([4]byte{192, 0, 2, byte(i)})
		if _, err := d.Enter(t.Context(), p, name, "wrong", from); !errors.Is(err, ErrWrong) {
			t.Fatal(err)
		}
		if spent := time.Since(began); took[name] == 0 || spent < took[name] {
			took[name] = spent
		}
	}
	for name, spent := range took {
		if spent < took["ada"]/2 || spent > 2*took["ada"] {
			t.Errorf("%s is found out: %s, ada %s", name, spent, took["ada"])
		}
	}
	for cost := bcrypt.MinCost; cost <= mostCost; cost++ {
		if got, err := bcrypt.Cost(d.nobody(cost)); err != nil || got != cost {
			t.Errorf("the hash of nobody has cost %d, want %d, %v", got, cost, err)
		}
	}
}

// TestBruteForce: an address is soon slow, whatever names it tries, and a name is never locked
// for long, from however many addresses it is tried.
func TestBruteForce(t *testing.T) {
	d, c, p := newDoor(t)
	tried, refused := 0, 0
	for i := range 2000 { // an hour, a try every 1.8 s
		_, err := d.Enter(t.Context(), p, fmt.Sprint("user", i), "wrong", here)
		if errors.As(err, new(DelayedError)) {
			refused++
		} else {
			tried++
		}
		c.at = c.at.Add(1800 * time.Millisecond)
	}
	if tried > 30 || refused < 1900 {
		t.Errorf("%d passwords were looked at in an hour, %d refused", tried, refused)
	}
	if _, err := d.Enter(t.Context(), p, "ada", right, netip.MustParseAddr("192.0.2.8")); err != nil {
		t.Errorf("a neighbour is kept out: %v", err)
	}
	for i := range 60 {
		_, _ = d.Enter(t.Context(), p, "ada", "wrong", netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}))
	}
	if soon := (DelayedError{300 * time.Millisecond}).Error(); !strings.HasSuffix(soon, "in 1 s") {
		t.Errorf("a wait of less than half a second: %s", soon)
	}
	delay := DelayedError{}
	_, err := d.Enter(t.Context(), p, "ada", right, netip.MustParseAddr("192.0.2.9"))
	if !errors.As(err, &delay) || delay.Wait > time.Minute {
		t.Errorf("a name tried from 60 addresses: %v", err)
	}
	c.at = c.at.Add(time.Minute)
	if _, err := d.Enter(t.Context(), p, "ada", right, netip.MustParseAddr("192.0.2.9")); err != nil {
		t.Errorf("a minute later: %v", err)
	}
}

// TestKnownPlace: whoever came in from a place before comes in there again, however much others
// try the name elsewhere; they are not helped by it, and the place itself is still slowed down.
func TestKnownPlace(t *testing.T) {
	d, c, p := newDoor(t)
	home, away := here, netip.MustParseAddr("203.0.113.9")
	if _, err := d.Enter(t.Context(), p, "ada", right, home); err != nil {
		t.Fatal(err)
	}
	tries, looked := 0, 0
	attack := func() {
		tries++
		from := netip.AddrFrom4([4]byte{198, 51, byte(tries >> 8), byte(tries)})
		if _, err := d.Enter(t.Context(), p, "ada", "wrong", from); errors.Is(err, ErrWrong) {
			looked++
		}
	}
	for range 300 { // ten minutes, a try every 2 s
		attack()
		c.at = c.at.Add(2 * time.Second)
	}
	if _, err := d.Enter(t.Context(), p, "ada", right, away); !errors.As(err, new(DelayedError)) {
		t.Errorf("from a place that nobody knows: %v", err)
	}
	if _, err := d.Enter(t.Context(), p, "bob", right, home); errors.As(err, new(DelayedError)) {
		t.Errorf("another name: %v", err)
	}
	before := looked
	if _, err := d.Enter(t.Context(), p, "ada", right, home); err != nil {
		t.Errorf("at home: %v", err)
	}
	for range 30 {
		attack()
		c.at = c.at.Add(2 * time.Second)
	}
	if looked-before > 2 {
		t.Errorf("after ada came in, %d passwords of others were looked at in a minute", looked-before)
	}
	for range 10 {
		_, _ = d.Enter(t.Context(), p, "ada", "wrong", home)
	}
	if _, err := d.Enter(t.Context(), p, "ada", right, home); !errors.As(err, new(DelayedError)) {
		t.Errorf("after ten wrong passwords at home: %v", err)
	}
}

// TestEntrances: what is kept of where people came in is bounded.
func TestEntrances(t *testing.T) {
	e := entrances{}
	for i := range mostEntered + 100 {
		e.note(fmt.Sprint("user", i), "a")
	}
	if len(e) != mostEntered || !e.has(fmt.Sprint("user", mostEntered+99), "a") {
		t.Errorf("%d names are kept", len(e))
	}
	for i := range mostPlacesOf + 10 {
		e.note("ada", fmt.Sprint(i))
		e.note("ada", "home")
	}
	if n := len(e["ada"]); n != mostPlacesOf || !e.has("ada", "home") || e.has("ada", "0") || e.has("bob", "home") || len(e) != mostEntered {
		t.Errorf("%d places are kept: %q", n, e["ada"])
	}
}

// TestAtOnce: of many tries at once no more are looked at than of as many in turn.
func TestAtOnce(t *testing.T) {
	d, _, p := newDoor(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	looked := 0
	for range 50 {
		wg.Go(func() {
			if _, err := d.Enter(t.Context(), p, "ada", "wrong", here); errors.Is(err, ErrWrong) {
				mu.Lock()
				defer mu.Unlock()
				looked++
			}
		})
	}
	wg.Wait()
	if looked != 5 {
		t.Errorf("%d of 50 passwords were looked at, want 5", looked)
	}
}

func TestBounded(t *testing.T) {
	d, c, p := newDoor(t)
	for i := range mostGuessed + 500 {
		d.byUser.note(fmt.Sprint(i), c.at)
		if i%1000 == 0 {
			for range 30 {
				d.byUser.note("ada", c.at)
			}
		}
	}
	if n := len(d.byUser.by); n > mostGuessed {
		t.Errorf("%d names are kept", n)
	}
	if d.byUser.wait("ada", c.at) == 0 {
		t.Error("many other names made the door forget whom it has to slow down")
	}
	d.byUser.forget("ada")
	var first string
	for i := range mostSessions + 10 {
		d.mu.Lock()
		token := d.begin(p.Users[0])
		d.mu.Unlock()
		if i == 0 {
			first = token
		}
		c.at = c.at.Add(time.Second)
	}
	if _, ok := d.Known(p, first); ok || len(d.sessions) > mostSessions {
		t.Errorf("%d sessions, the first is there: %v", len(d.sessions), ok)
	}
}

func TestHash(t *testing.T) {
	for _, c := range []string{"", "hunter2", strings.Repeat("x", 73)} {
		if _, err := Hash(c); err == nil {
			t.Errorf("%q has a hash", c)
		}
	}
	made, err := Hash(right)
	if err != nil || CheckHash(made) != nil || bcrypt.CompareHashAndPassword([]byte(made), []byte(right)) != nil {
		t.Errorf("hash %q, error %v", made, err)
	}
	for hash, good := range map[string]bool{
		hashed: true, strings.Replace(hashed, "$2a$", "$2y$", 1): true, strings.Replace(hashed, "$10$", "$04$", 1): false,
		strings.Replace(hashed, "$10$", "$31$", 1): false, "": false, "x": false, hashed[:50]: false, "{SHA}x": false,
	} {
		if err := CheckHash(hash); (err == nil) != good {
			t.Errorf("%q: %v", hash, err)
		}
	}
}

func TestVouched(t *testing.T) {
	p := Policy{Header: "X-Forwarded-User", From: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32"), netip.MustParsePrefix("fd00::/8")}}
	for _, c := range []struct {
		from  string
		named []string
		want  string
	}{
		{"10.0.0.1:4000", []string{"ada"}, "ada"},
		{"[::ffff:10.0.0.1]:4000", []string{"ada"}, "ada"},
		{"[fd00::5]:4000", []string{" ada "}, "ada"},
		{"10.0.0.2:4000", []string{"ada"}, ""},
		{"127.0.0.1:4000", []string{"ada"}, ""},
		{"10.0.0.1:4000", nil, ""},
		{"10.0.0.1:4000", []string{" "}, ""},
		{"10.0.0.1:4000", []string{"ada", "eve"}, ""},
		{"@", []string{"ada"}, ""},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr, r.Header["X-Forwarded-User"] = c.from, c.named
		if got, ok := p.Vouched(r); got != c.want || ok != (c.want != "") {
			t.Errorf("%v from %s: %q, %v, want %q", c.named, c.from, got, ok, c.want)
		}
		if got, ok := (Policy{}).Vouched(r); ok {
			t.Errorf("nobody vouches, and %q is let in", got)
		}
	}
}

func TestAddressOf(t *testing.T) {
	p := Policy{From: []netip.Prefix{netip.MustParsePrefix("10.0.0.1/32")}}
	for _, c := range [][3]string{
		{"192.0.2.1:4000", "198.51.100.1", "192.0.2.1"}, // anybody can write the header
		{"10.0.0.1:4000", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:4000", "203.0.113.5, 198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:4000", "nonsense", "10.0.0.1"},
		{"10.0.0.1:4000", "", "10.0.0.1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c[0]
		r.Header.Set("X-Forwarded-For", c[1])
		if got := p.AddressOf(r).String(); got != c[2] {
			t.Errorf("%s for %q: %s, want %s", c[0], c[1], got, c[2])
		}
	}
	if a, b := placeOf(netip.MustParseAddr("2001:db8::1")), placeOf(netip.MustParseAddr("2001:db8::2")); a != b {
		t.Errorf("one customer is at %s and at %s", a, b)
	}
}

// TestDelayedError: nobody is told to try again in 0s.
func TestDelayedError(t *testing.T) {
	for wait, want := range map[time.Duration]string{time.Millisecond: "1 s", time.Second: "1 s", 1200 * time.Millisecond: "2 s"} {
		if said := (DelayedError{Wait: wait}).Error(); !strings.HasSuffix(said, " in "+want) {
			t.Errorf("%v: %q, want %s", wait, said, want)
		}
	}
}
