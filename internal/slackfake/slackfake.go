// Package slackfake is a strict fake of the part of Slack that copytaster uses: its
// Web API, Socket Mode and signed HTTP, with faults that can be planned. Make a
// Server with New, Start it on loopback, point a client at URL, let people act
// with As, and look at Messages, Calls and the Link's Envelopes.
//
// It keeps channels and messages in memory and refuses whatever Slack's
// documentation does not allow (docs.slack.dev/reference: methods, block kit,
// rate limits); where the documentation is silent it is on the strict side.
// Replies come in the order of the calls, and message timestamps are unique,
// so that the same calls have the same answers.
package slackfake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options say what workspace the fake plays. The zero value is one with the
// channel #news, which the bot is in, and no rate limit.
type Options struct {
	Token    string    // the only token that is taken; "" is DefaultToken
	Scopes   []string  // of the token; nil is every scope
	Channels []Channel // nil is #news
	Users    []User
	Groups   []Group
	Rate     float64          // posts a second and channel that are taken; 0 is any number
	Burst    int              // posts that may come at once; 0 is 1
	PageSize int              // the longest page of any list, whatever limit is asked for; 0 is 200
	Now      func() time.Time // nil is time.Now
	Lag      time.Duration    // after which a message that was stored is in the history

	AppToken      string // of Socket Mode; "" is DefaultAppToken
	SigningSecret string // of signed HTTP; "" is DefaultSecret

	Patience time.Duration // after which an acknowledgement and a view come too late; 0 is Slack's 3 seconds

	Tier3      float64       // calls a minute of each method of Slack's tier 3 that are taken; 0 is any number
	EditWindow time.Duration // after which a message cannot be edited; 0 never closes
}

// What a fake has that was given none.
const (
	DefaultToken    = "xoxb-fake"
	DefaultAppToken = "xapp-fake"
	DefaultSecret   = "fake-signing-secret"
)

// Channel is a channel of the workspace.
type Channel struct {
	ID       string // "" makes one up
	Name     string // without "#"
	Private  bool
	Archived bool
	Member   bool // the bot is in it

	Users []string // IDs of the users that are in it; nil is everybody
}

// User is a member of the workspace.
type User struct {
	ID, Name    string
	DisplayName string // what others write behind "@"; "" is Name
	RealName    string
	Zone        string // such as Europe/Berlin
	Team        string // ID of the workspace that the user belongs to; "" is this one
	Deleted     bool
	Guest       bool
	Bot         bool
}

// Group is a user group of the workspace.
type Group struct {
	ID, Handle, Name string
	Users            []string // IDs
	Disabled         bool
}

// Message is a message that was stored.
type Message struct {
	Channel      string // ID
	TS           string
	ThreadTS     string // "" when it is in no thread
	Broadcast    bool   // a reply that shows in the channel too
	Text         string
	Blocks       json.RawMessage
	EventType    string         // of the metadata
	EventPayload map[string]any // of the metadata
	Mentions     []string       // whom its post has notified: "here", "U…", "S…"; in the order of text, then blocks
	Unfurl       bool           // links or media would be expanded
	Edits        int
	Before       []json.RawMessage // its blocks before each edit
	Only         string            // the user that alone sees it; "" is everybody
	Marked       bool              // people see that it was edited
	Tombstone    bool              // all that is left of a message that was deleted, with replies

	stored time.Time // by Now
}

// Call is a call that was answered, or that met a fault.
type Call struct {
	Method  string
	Channel string // as given: name or ID
	At      time.Time
	Error   string // the code that was answered, "" when the call was carried out
	Faulty  bool   // a planned fault met it
}

// Server is the fake. It is safe for concurrent use.
type Server struct {
	opt  Options
	http *http.Server
	url  string

	mu       sync.Mutex
	channels []Channel
	messages []Message
	calls    []Call
	faults   []*plannedFault
	buckets  map[string]bucket
	revoked  bool
	lastTS   int64
	listener net.Listener  // nil before Start or Listen
	stop     chan struct{} // closed by Close
	desk     *desk

	Link *Link // Socket Mode, and signed HTTP
}

// New makes a fake; it serves nothing before Start, Listen or its use as a
// handler.
func New(o Options) *Server {
	if o.Token == "" {
		o.Token = DefaultToken
	}
	if o.AppToken == "" {
		o.AppToken = DefaultAppToken
	}
	if o.SigningSecret == "" {
		o.SigningSecret = DefaultSecret
	}
	if o.Patience == 0 {
		o.Patience = 3 * time.Second
	}
	if o.Channels == nil {
		o.Channels = []Channel{{Name: "news", Member: true}}
	}
	if o.Burst == 0 {
		o.Burst = 1
	}
	if o.PageSize == 0 {
		o.PageSize = 200
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{opt: o, buckets: map[string]bucket{}, stop: make(chan struct{}), desk: newDesk()}
	s.Link = newLink(s)
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	for _, c := range o.Channels {
		s.AddChannel(c)
	}
	return s
}

// Start serves on a free port of loopback until Close.
func (s *Server) Start() error {
	l, err := s.listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	s.StartOn(l)
	return nil
}

// StartOn serves on a listener until Close.
func (s *Server) StartOn(l net.Listener) {
	s.mu.Lock()
	s.listener = l
	s.url = "http://" + l.Addr().String() + "/api/"
	s.mu.Unlock()
	go func() { _ = s.http.Serve(l) }() // returns when Close closes the listener
}

// Listen serves on an address until Close; it is meant for a fake that is a
// process of its own.
func (s *Server) Listen(addr string) error {
	l, err := s.listen(addr)
	if err != nil {
		return err
	}
	if err := s.http.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve fake Slack: %w", err)
	}
	return nil
}

func (s *Server) listen(addr string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen as fake Slack: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listener = l
	s.url = "http://" + l.Addr().String() + "/api/"
	return l, nil
}

// URL is where the API is served, as a client wants it: with "/api/" at the
// end. It is "" before Start or Listen.
func (s *Server) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// Close ends serving, without waiting for calls under way.
func (s *Server) Close() error {
	s.mu.Lock()
	select {
	case <-s.stop:
	default:
		close(s.stop)
	}
	l := s.listener
	s.mu.Unlock()
	s.Link.Cut()
	if err := s.http.Close(); err != nil {
		return fmt.Errorf("close fake Slack: %w", err)
	}
	if l != nil {
		_ = l.Close() // the server knows of it only once it serves
	}
	return nil
}

// AddChannel adds a channel, or replaces the one of the same ID, and returns
// its ID.
func (s *Server) AddChannel(c Channel) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.ID == "" {
		c.ID = fmt.Sprintf("C%09d", len(s.channels)+1)
	}
	if i := slices.IndexFunc(s.channels, func(o Channel) bool { return o.ID == c.ID }); i >= 0 {
		s.channels[i] = c
		return c.ID
	}
	s.channels = append(s.channels, c)
	return c.ID
}

// Channel returns the channel of a name or ID as it stands.
func (s *Server) Channel(nameOrID string) (Channel, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channel(nameOrID)
	if c == nil {
		return Channel{}, false
	}
	return *c, true
}

// Revoke makes the token bad; Restore makes it good again.
func (s *Server) Revoke() { s.setRevoked(true) }

// Restore makes the token good again.
func (s *Server) Restore() { s.setRevoked(false) }

// SetScopes changes what the token may do; nil is every scope.
func (s *Server) SetScopes(scopes []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opt.Scopes = scopes
}

func (s *Server) setRevoked(v bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revoked = v
}

// Messages returns what was stored in a channel, oldest first; in all channels
// for "".
func (s *Server) Messages(nameOrID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	if nameOrID == "" {
		return slices.Clone(s.messages)
	}
	c := s.channel(nameOrID)
	return slices.DeleteFunc(slices.Clone(s.messages), func(m Message) bool { return c == nil || m.Channel != c.ID })
}

// Calls returns the calls of a method, oldest first; of all methods for "".
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.calls), func(c Call) bool { return method != "" && c.Method != method })
}

// channel finds a channel by ID or name; nil when there is none.
func (s *Server) channel(nameOrID string) *Channel {
	name := strings.TrimPrefix(nameOrID, "#")
	for i := range s.channels {
		if c := &s.channels[i]; c.ID == nameOrID || c.Name == name && !c.Archived {
			return c
		}
	}
	return nil
}

// ServeHTTP answers one call of the Web API; the method is the last part of
// the path.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == pathOfLink:
		s.Link.serve(w, r)
		return
	case strings.HasPrefix(r.URL.Path, pathOfReplies):
		s.respond(w, r)
		return
	}
	name := path.Base(r.URL.Path)
	w.Header().Set("Date", s.opt.Now().UTC().Format(http.TimeFormat))
	a, bad := readArgs(r)
	f := s.meet(name, a.text("channel"))
	if f != nil && !f.Stored {
		if !s.wait(f.Delay) {
			return
		}
		if f.answers() {
			s.record(name, a, f.code(), true)
			f.answer(w, reply{})
			return
		}
	}
	answer := bad
	if answer.code == "" {
		answer = s.call(name, a)
	}
	s.record(name, a, answer.code, f != nil)
	if f != nil && f.Stored {
		if !s.wait(f.Delay) {
			return
		}
		f.answer(w, answer)
		return
	}
	s.mu.Lock()
	scopes := strings.Join(s.scopes(), ",")
	s.mu.Unlock()
	w.Header().Set("X-OAuth-Scopes", scopes)
	answer.write(w)
}

// wait waits, and reports whether serving goes on. It takes no notice of a
// client that gave up: its request is under way all the same.
func (s *Server) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.stop:
		return false
	}
}

func (s *Server) record(method string, a args, code string, faulty bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, Call{Method: method, Channel: a.text("channel"), At: s.opt.Now(), Error: code, Faulty: faulty})
}
