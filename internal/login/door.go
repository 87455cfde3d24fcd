package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

// How long a session lasts, and how many there are at most.
const (
	Lifetime     = 12 * time.Hour // of a session, after which somebody logs in again
	mostSessions = 1000
	mostAtOnce   = 2 // passwords that are checked: each takes a core for 50 ms and more
)

// ErrWrong says that there is no user of that name with that password.
var ErrWrong = errors.New("the name or the password is wrong")

// DelayedError says that there were too many wrong passwords.
type DelayedError struct {
	Wait time.Duration // until one is looked at again
}

// Error says how long to wait.
func (e DelayedError) Error() string {
	wait := (e.Wait + time.Second - 1).Truncate(time.Second) // never 0s
	return fmt.Sprintf("there were too many wrong passwords: try again in %s", wait)
}

// Door lets people in.
type Door struct {
	now      func() time.Time
	checking chan struct{}
	filler   []byte // what follows the cost in a hash that no password has

	mu       sync.Mutex
	sessions map[[sha256.Size]byte]session
	byUser   guesses
	byPlace  guesses
	entered  entrances
}

type session struct {
	user string
	mark [sha256.Size]byte // Credential.mark when it began
	ends time.Time
}

// New makes a Door.
func New(now func() time.Time) (*Door, error) {
	made, err := bcrypt.GenerateFromPassword([]byte(rand.Text()), bcrypt.MinCost)
	if err != nil {
		return nil, fmt.Errorf("make door: %w", err)
	}
	return &Door{
		now: now, checking: make(chan struct{}, mostAtOnce), filler: made[len("$2a$04"):],
		sessions: map[[sha256.Size]byte]session{}, entered: entrances{},
		byUser:  guesses{free: 20, longest: time.Minute, by: map[string]guess{}}, // others must not lock anybody out for long
		byPlace: guesses{free: 5, longest: 5 * time.Minute, by: map[string]guess{}},
	}, nil
}

// nobody is a hash of a cost that no password has.
func (d *Door) nobody(cost int) []byte { return fmt.Appendf(nil, "$2a$%02d%s", cost, d.filler) }

// Enter begins a session for a user who gives the password, from an address, and returns its
// token. The error is ErrWrong or a DelayedError, or the context's.
func (d *Door) Enter(ctx context.Context, p Policy, name, password string, from netip.Addr) (token string, err error) {
	place := placeOf(from)
	if err := d.admit(name, place); err != nil {
		return "", err
	}
	select {
	case d.checking <- struct{}{}:
		defer func() { <-d.checking }()
	case <-ctx.Done():
		return "", ctx.Err()
	}
	user, known := p.user(name)
	right := known && bcrypt.CompareHashAndPassword([]byte(user.Hash.Reveal()), []byte(password)) == nil
	if !right {
		for _, cost := range p.rest(user) { // so that nobody is found out by the time that it takes
			_ = bcrypt.CompareHashAndPassword(d.nobody(cost), []byte(password))
		}
		return "", ErrWrong
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.byUser.wait(name, d.now()) == 0 || !d.entered.has(name, place) {
		d.byUser.forget(name) // while others try the name, its user's success does not help them
	}
	d.byPlace.forget(place)
	d.entered.note(name, place)
	return d.begin(user), nil
}

// admit counts a try before its password is looked at, so that many at once are not looked at.
// Who tries a name elsewhere does not delay its user where they have come in before.
func (d *Door) admit(name, place string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	wait := d.byPlace.wait(place, now)
	if !d.entered.has(name, place) {
		wait = max(wait, d.byUser.wait(name, now))
	}
	if wait > 0 {
		return DelayedError{wait}
	}
	d.byUser.note(name, now)
	d.byPlace.note(place, now)
	return nil
}

// begin makes a session. When there are too many, the one that ends first is ended.
func (d *Door) begin(u Credential) (token string) {
	now := d.now()
	var first [sha256.Size]byte
	for id, s := range d.sessions {
		if !s.ends.After(now) {
			delete(d.sessions, id)
		} else if d.sessions[first].ends.IsZero() || s.ends.Before(d.sessions[first].ends) {
			first = id
		}
	}
	if len(d.sessions) >= mostSessions {
		delete(d.sessions, first)
	}
	token = rand.Text() + rand.Text() // 260 bits
	d.sessions[sha256.Sum256([]byte(token))] = session{user: u.Name, mark: u.mark(), ends: now.Add(Lifetime)}
	return token
}

// Known returns the user of a session that lasts; ok is false when there is none. A session
// ends when its user is no longer in the config, or has another password.
func (d *Door) Known(p Policy, token string) (user string, ok bool) {
	id := sha256.Sum256([]byte(token))
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.sessions[id]
	if !ok {
		return "", false
	}
	if u, is := p.user(s.user); !is || u.mark() != s.mark || !s.ends.After(d.now()) {
		delete(d.sessions, id)
		return "", false
	}
	return s.user, true
}

// Leave ends a session.
func (d *Door) Leave(token string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.sessions, sha256.Sum256([]byte(token)))
}
