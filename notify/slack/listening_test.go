package slack

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
)

// pipes is a network without sockets, so that its time can be synctest's.
type pipes struct {
	dialled chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.dialled:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return p }

func (*pipes) Network() string { return "pipe" }

func (*pipes) String() string { return "slack.test:80" }

func (p *pipes) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.dialled <- theirs:
		return ours, nil
	case <-p.closed:
	case <-ctx.Done():
	}
	return nil, net.ErrClosed
}

// listening is a fake Slack whose app listens, in a bubble.
type listening struct {
	fake *slackfake.Server
	mu   sync.Mutex
	took map[string]int // requests by ID
	told []SocketState
	stop func() error
}

// listen lets an app listen within a bubble of synctest.
func listen(t *testing.T, o slackfake.Options, h Handler) *listening {
	t.Helper()
	network := &pipes{dialled: make(chan net.Conn), closed: make(chan struct{})}
	transport := &http.Transport{DialContext: network.dial}
	w := &listening{fake: slackfake.New(o), took: map[string]int{}}
	w.fake.StartOn(network)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	w.stop = func() error { cancel(); return <-ended }
	go func() {
		log := slog.New(slog.NewTextHandler(t.Output(), nil))
		options := SocketOptions{Token: slackfake.DefaultAppToken, APIURL: w.fake.URL(), Report: w.report}
		handler := func(ctx context.Context, r Request) (Reply, error) {
			w.mu.Lock()
			w.took[r.ID]++
			w.mu.Unlock()
			if h != nil {
				return h(ctx, r)
			}
			return Reply{}, nil
		}
		ended <- Listen(ctx, log, &http.Client{Transport: transport}, options, handler)
	}()
	t.Cleanup(func() {
		cancel()
		if len(ended) == 0 {
			synctest.Wait()
		}
		_ = w.fake.Close()
		transport.CloseIdleConnections()
	})
	return w
}

func (w *listening) report(s SocketState) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.told = append(w.told, s)
}

func (w *listening) state() SocketState {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.told[len(w.told)-1]
}

// perMinute is the most calls of a method within any minute.
func (w *listening) perMinute(method string) int {
	calls, most := w.fake.Calls(method), 0
	for i, first := range calls {
		n := 0
		for _, c := range calls[i:] {
			if c.At.Sub(first.At) < time.Minute {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}
