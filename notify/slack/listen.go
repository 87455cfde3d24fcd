package slack

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

const (
	keptOpen   = 2                // connections
	stagger    = 10 * time.Second // between the start of one and that of the next
	openWithin = 15 * time.Second // the call, the handshake and Slack's greeting
	overlap    = 15 * time.Second // that a connection which was told to go is read on beside its successor
	steady     = 10 * time.Second // a connection that lasted so long was a good one

	mostOpens = 6 // within paceOver, of all connections
	paceOver  = 61 * time.Second

	firstPause, longestPause   = time.Second, 30 * time.Second
	firstRefusal, mostRefusals = 30 * time.Second, 5 * time.Minute // what only people can mend
)

// SocketOptions say how Listen reaches Slack.
type SocketOptions struct {
	Token  news.Secret // of the app: xapp-…, with the scope connections:write
	APIURL string      // with or without "/" at the end; "" is DefaultAPIURL

	// Report is told what has become of the connections, at first that there is
	// none yet; never twice at once, and it must not wait. nil is not told.
	Report func(SocketState)
	// Now is the clock of what is reported; nil is time.Now.
	Now func() time.Time
}

// SocketState says whether what people do in Slack reaches us.
type SocketState struct {
	Open  int       // connections
	Since time.Time // that there are any, or none
	Why   error     // there is none: a *notify.SendError once one was tried; nil while there is one
}

// Listen hands what people do in Slack to a Handler, over Socket Mode, until the
// context ends. It holds two connections: while Slack replaces one of them, the
// other is open. Whatever Slack refuses is tried again, but never more than
// six times a minute. A nil client is one of its own; of any other one, proxy, dialer
// and certificates count for the connections too.
//
// It returns the context's cause once all is stored that came in.
func Listen(ctx context.Context, log *slog.Logger, client *http.Client, o SocketOptions, h Handler) error {
	l := newListener(log, client, o, h)
	l.report(errors.New("no connection was opened yet"))
	var slots sync.WaitGroup
	for i := range keptOpen {
		slots.Go(func() { l.keep(ctx, time.Duration(i)*stagger) })
	}
	slots.Wait()
	l.lives.Wait()
	l.in.wait()
	return context.Cause(ctx) //nolint:wrapcheck // it is the caller's own
}

// ProbeSocket tries whether a connection can be opened, and closes it again. What
// comes in over it meanwhile is not acknowledged.
func ProbeSocket(ctx context.Context, log *slog.Logger, client *http.Client, o SocketOptions) error {
	l := newListener(log, client, o, func(context.Context, Request) (Reply, error) {
		return Reply{}, errors.New("the connection was only tried")
	})
	c, err := l.connect(ctx)
	if err != nil {
		return err
	}
	c.stop()
	l.lives.Wait()
	l.in.wait()
	return nil
}

// listener opens connections and replaces them.
type listener struct {
	log    *slog.Logger
	api    *slackgo.Client
	secure bool // whether connections have to be encrypted
	dialer *websocket.Dialer
	in     *intake
	pace   pace
	tell   func(SocketState)
	now    func() time.Time
	lives  sync.WaitGroup // of connections that are being read

	mu    sync.Mutex
	state SocketState
	said  string // the last error in the log since a connection was opened
}

func newListener(log *slog.Logger, client *http.Client, o SocketOptions, h Handler) *listener {
	l := &listener{log: log, in: newIntake(log, h), tell: o.Report, now: o.Now,
		dialer: &websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: openWithin}}
	if l.now == nil {
		l.now = time.Now
	}
	own := http.Client{}
	if client != nil {
		own = *client
	}
	if t, ok := own.Transport.(*http.Transport); ok {
		l.dialer.NetDialContext, l.dialer.Proxy = t.DialContext, t.Proxy
		if l.dialer.TLSClientConfig = t.TLSClientConfig.Clone(); l.dialer.TLSClientConfig != nil {
			l.dialer.TLSClientConfig.NextProtos = []string{"http/1.1"} // the only one with WebSockets
		}
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	at := o.APIURL
	if at == "" {
		at = DefaultAPIURL
	}
	l.secure = !strings.HasPrefix(at, "http://")
	l.api = slackgo.New("", slackgo.OptionAppLevelToken(o.Token.Reveal()),
		slackgo.OptionAPIURL(strings.TrimSuffix(at, "/")+"/"),
		slackgo.OptionHTTPClient(&wire{client: &own, clock: newSlackClock(log, l.now)}))
	return l
}

// keep holds one connection until the context ends: it opens the next one as
// soon as Slack says that this one will end, and reads both meanwhile.
func (l *listener) keep(ctx context.Context, after time.Duration) {
	var last *connection
	failures := 0
	for rest(ctx, after) && l.pace.wait(ctx) {
		next, err := l.connect(ctx)
		if err == nil {
			last.retire()
			began := time.Now()
			last, err = next, next.stay()
			if err == nil || time.Since(began) >= steady && !lasting(err) {
				failures, after = 0, 0
				continue
			}
		}
		if ctx.Err() != nil {
			return
		}
		l.report(err)
		after = pauseAfter(err, failures)
		failures++
	}
}

// lasting reports whether an error is there until somebody mends it.
func lasting(err error) bool {
	se, ok := errors.AsType[*notify.SendError](err)
	return ok && (se.Problem == notify.Unauthorized || se.Lasting)
}

// pauseAfter is how long to wait after so many failures before, with up to a
// fifth more, so that several daemons do not try at once.
func pauseAfter(err error, failures int) time.Duration {
	pause, most := firstPause, longestPause
	if lasting(err) {
		pause, most = firstRefusal, mostRefusals
	}
	pause = min(pause<<min(failures, 10), most)
	if se, ok := errors.AsType[*notify.SendError](err); ok {
		pause = max(pause, se.RetryAfter)
	}
	return pause + rand.N(pause/5) //nolint:gosec // not a secret
}

// connect opens one connection.
func (l *listener) connect(ctx context.Context) (*connection, error) {
	opening, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	watched, reached := watch(opening)
	_, at, err := l.api.StartSocketModeContext(watched)
	if err != nil {
		return nil, settled(verdict("open socket", err, reached.Load()))
	}
	if u, err := url.Parse(at); err != nil || u.Host == "" || u.Scheme != "wss" && (l.secure || u.Scheme != "ws") {
		return nil, &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: errors.New("open socket: the answer has no URL that can be used")}
	}
	conn, release, err := l.dial(opening, at)
	if err != nil {
		return nil, &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("open socket: %w", err)}
	}
	defer release()
	return l.greeted(ctx, conn)
}

// dial opens a WebSocket. The end of the context breaks it off until it is
// released.
func (l *listener) dial(ctx context.Context, at string) (_ *websocket.Conn, release func() bool, _ error) {
	dialer := *l.dialer
	dial := dialer.NetDialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	release = func() bool { return true }
	dialer.NetDialContext = func(within context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(within, network, addr)
		if err == nil {
			release = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
		}
		return conn, err
	}
	conn, resp, err := dialer.DialContext(ctx, at, nil)
	if resp != nil {
		_ = resp.Body.Close()
	}
	return conn, release, err
}

// explanations say what the reasons mean for which Slack ends a connection, of
// those that are there until somebody mends them.
var explanations = map[string]string{
	"link_disabled":       "Socket Mode is switched off in the app's settings",
	"too_many_websockets": "the app has as many connections as it may: is the token used elsewhere?",
}

// dismissed is the error of a connection that Slack ended for a reason, nil when
// it is only to be replaced.
func dismissed(reason string) error {
	said, ok := explanations[reason]
	if !ok {
		return nil
	}
	return &notify.SendError{Problem: notify.Temporary, Lasting: true, Err: fmt.Errorf("open socket: %s (%s)", said, reason)}
}

// report notes why a connection is missing.
func (l *listener) report(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.Since.IsZero() {
		l.state.Since = l.now()
	} else {
		level := slog.LevelWarn
		if l.said == why.Error() {
			level = slog.LevelDebug
		}
		l.said = why.Error()
		l.log.Log(context.Background(), level, "no connection to Slack was opened", "error", why, "others", l.state.Open)
	}
	if l.state.Open == 0 {
		l.state.Why = why
		l.told()
	}
}

// opened counts a connection.
func (l *listener) opened() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = ""
	if l.state.Open++; l.state.Open == 1 {
		l.state.Since, l.state.Why = l.now(), nil
		l.log.Info("what people do in Slack reaches us")
	}
	l.told()
}

// ended counts a connection out.
func (l *listener) ended(why error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.state.Open--; l.state.Open == 0 {
		l.state.Since, l.state.Why = l.now(), why
		l.log.Info("what people do in Slack does not reach us", "error", why)
	}
	l.told()
}

func (l *listener) told() {
	if l.tell != nil {
		l.tell(l.state)
	}
}

// pace bounds how often connections are opened.
type pace struct {
	mu    sync.Mutex
	opens []time.Time // the last ones, oldest first
}

// wait waits until one more connection may be opened, and counts it; it reports
// false when the context ends before.
func (p *pace) wait(ctx context.Context) bool {
	for {
		wait := p.next(time.Now())
		if wait <= 0 {
			return ctx.Err() == nil
		}
		if !rest(ctx, wait) {
			return false
		}
	}
}

// next counts a connection that is opened now, or returns how long to wait.
func (p *pace) next(now time.Time) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.opens) == mostOpens {
		if wait := p.opens[0].Add(paceOver).Sub(now); wait > 0 {
			return wait
		}
		p.opens = p.opens[1:]
	}
	p.opens = append(p.opens, now)
	return 0
}

// rest waits, and reports whether the context goes on.
func rest(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
