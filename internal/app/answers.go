package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/desk"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify/slack"
)

// Of several daemons one holds the connections to Slack.
const (
	leaseSlack  = "slack"
	leaseFor    = 20 * time.Second
	leaseRenew  = 5 * time.Second
	deafFor     = 5 * time.Minute // without a connection, until the ops channel is told
	answerGrace = 5 * time.Second // for what was acknowledged when the connections end
)

// switchboard takes what people do in Slack, in the way that the config in force says. Its
// endpoint may be asked by many goroutines; everything else is of one.
type switchboard struct {
	app    *App
	holder string // of the lease

	slack  config.Slack // that the desk is of
	desk   *desk.Desk
	signed atomic.Pointer[slack.Endpoint] // nil: nothing comes in over HTTP

	stop  context.CancelFunc // ends the connections; nil when there are none
	ended chan struct{}      // closed when they have
	state atomic.Pointer[slack.SocketState]
	told  saidDeafness // what the ops channel was told last of these connections
}

// saidDeafness is what the ops channel knows of whether people reach us.
type saidDeafness int

const (
	saidNothing saidDeafness = iota
	saidHeard
	saidDeaf
)

// Slack is the endpoint of what Slack sends over HTTP.
func (a *App) Slack() http.Handler {
	if e := a.board.signed.Load(); e != nil {
		return e
	}
	return http.NotFoundHandler()
}

// run follows the config until ctx ends.
func (b *switchboard) run(ctx context.Context) {
	ticker := time.NewTicker(leaseRenew)
	defer ticker.Stop()
	defer b.close(context.WithoutCancel(ctx))
	for {
		err := b.follow(ctx)
		if b.desk != nil {
			err = errors.Join(err, b.desk.Resume(ctx))
		}
		if err != nil && ctx.Err() == nil {
			b.app.log.Error("what people do in Slack cannot be taken, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// follow does what the config in force says.
//
//  1. The desk is of the config's workspace.
//  2. Over HTTP every daemon takes what comes to it.
//  3. The connections of Socket Mode are held by the daemon that has the lease.
func (b *switchboard) follow(ctx context.Context) error {
	b.app.planMu.Lock()
	sender, is := b.app.parts.sender.(*slack.Sender)
	b.app.planMu.Unlock()
	cfg := b.app.cfg.Load().Slack
	if !is || !cfg.Answerable() {
		b.close(ctx)
		return nil
	}
	if !reflect.DeepEqual(cfg, b.slack) { // 1
		b.close(ctx)
		b.slack = cfg
		b.desk = b.open(sender, cfg.Allow)
	}
	if cfg.SigningSecret != "" && b.signed.Load() == nil { // 2
		b.signed.Store(slack.HTTPHandler(b.app.log, cfg.SigningSecret, b.app.clock.Now, b.desk.Handle))
	}
	if cfg.AppToken == "" {
		return nil
	}
	now := b.app.clock.Now() // 3
	held, err := b.app.store.Leases.Hold(ctx, leaseSlack, b.holder, now, now.Add(leaseFor), 2*leaseFor)
	switch {
	case err != nil:
		return err
	case !held:
		bounded, cancel := context.WithTimeout(ctx, answerGrace)
		defer cancel()
		b.hangUp(bounded)
		return nil
	case b.stop == nil:
		b.connect(ctx)
	}
	return b.tell(ctx, now)
}

// open makes the desk of a workspace.
func (b *switchboard) open(w desk.Workspace, allow []string) *desk.Desk {
	homes, _ := w.(desk.Homes)
	return desk.New(b.app.pipeline.Env, b.app.pipeline.Answers, desk.Options{
		Slack: w, Homes: homes, Allow: allow, Why: b.why, State: b.inWords,
		NotSame: b.app.pipeline.NotSame, Try: b.try, Trouble: b.trouble,
	})
}

// DeskOf makes the desk at which people answer the alerts of an App whose Options are
// Answerable. The caller must Close it before the App.
func DeskOf(a *App, w desk.Workspace) *desk.Desk { return a.board.open(w, nil) }

// connect opens the connections of Socket Mode.
func (b *switchboard) connect(ctx context.Context) {
	listening, stop := context.WithCancel(ctx)
	b.stop, b.ended = stop, make(chan struct{})
	ended, take := b.ended, b.desk.Handle
	options := slack.SocketOptions{
		Token: b.slack.AppToken, APIURL: b.slack.APIURL, Now: b.app.clock.Now,
		Report: func(s slack.SocketState) { b.state.Store(&s) },
	}
	go func() {
		defer close(ended)
		err := slack.Listen(listening, b.app.log, nil, options, take)
		if err != nil && !errors.Is(err, context.Canceled) {
			b.app.log.Warn("the connections to Slack ended", "error", err)
		}
	}()
}

// troubleDeaf is the trouble that nothing reaches us, whichever daemon listens.
const troubleDeaf = "slack socket"

// tell tells the ops channel when nothing has reached us for long, and when it does again.
// Another daemon may have told the one, and this one tells the other.
func (b *switchboard) tell(ctx context.Context, now time.Time) (err error) {
	s := b.state.Load()
	switch {
	case s == nil:
		return nil
	case s.Open > 0 && b.told != saidHeard:
		if err = b.app.pipeline.TellEnd(ctx, troubleDeaf, "People can answer alerts in Slack again."); err == nil {
			b.told = saidHeard
		}
	case s.Open == 0 && b.told != saidDeaf && now.Sub(s.Since) >= deafFor:
		err = b.app.pipeline.TellBegin(ctx, troubleDeaf, fmt.Sprintf("Nobody can answer alerts in Slack since %s: %v. "+
			"Alerts still arrive. Check slack.app_token and Socket Mode in the app's settings.", s.Since.UTC().Format("15:04 MST"), s.Why))
		if err == nil {
			b.told = saidDeaf
		}
	}
	return err
}

// hangUp ends the connections, and waits for what was acknowledged.
func (b *switchboard) hangUp(ctx context.Context) {
	if b.stop == nil {
		return
	}
	b.stop()
	select {
	case <-b.ended:
	case <-ctx.Done():
		b.app.log.Warn("what people did in Slack is still being stored")
	}
	b.stop, b.ended, b.told = nil, nil, saidNothing
	b.state.Store(nil)
}

// close ends all that comes in, and waits a moment for what did. Another daemon may take
// over at once.
func (b *switchboard) close(ctx context.Context) {
	if b.desk == nil {
		return
	}
	if b.slack.AppToken != "" {
		if err := b.app.store.Leases.Release(ctx, leaseSlack, b.holder); err != nil {
			b.app.log.Warn("the lease on the connections to Slack was not given back", "error", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, answerGrace)
	defer cancel()
	b.hangUp(ctx)
	if e := b.signed.Swap(nil); e != nil {
		taken := make(chan struct{})
		go func() {
			e.Wait()
			close(taken)
		}()
		select {
		case <-taken:
		case <-ctx.Done():
		}
	}
	b.desk.Close(ctx)
	b.slack, b.desk = config.Slack{}, nil
}

// newSwitchboard makes one that is known by a random name.
func newSwitchboard(a *App) *switchboard { return &switchboard{app: a, holder: rand.Text()} }

// why tells the way of a story, by the config in force.
func (b *switchboard) why(ctx context.Context, asked string) (*trace.Way, error) {
	return tracerOf(b.app).Why(ctx, asked)
}

// tracerOf tells the ways of stories by the config in force.
func tracerOf(a *App) *trace.Tracer {
	cfg := a.cfg.Load()
	return trace.Over(a.store, trace.Today{
		Now: a.clock.Now(), Rules: trace.NewRulebook(cfg.Definition, cfg.Sources), Sources: cfg.Sources,
		Retention: cfg.Retention, StorageLimit: cfg.StorageLimit,
	})
}

// inWords says in a few lines how the daemon fares.
func (b *switchboard) inWords(ctx context.Context) (string, error) {
	st, err := ReadStatus(ctx, b.app.store)
	if err != nil {
		return "", err
	}
	w := newWindow(b.app)
	open, err := w.Open(ctx)
	if err != nil {
		return "", err
	}
	needs, err := w.Needs(ctx, open)
	if err != nil {
		return "", err
	}
	var sick []string
	for i := range st.Sources {
		if st.Sources[i].Detail != "" {
			sick = append(sick, st.Sources[i].Name)
		}
	}
	var lines []string
	add := func(format string, values ...any) { lines = append(lines, fmt.Sprintf(format, values...)) }
	well, sentence := st.Sentence(b.app.Healthy(), needs)
	add("%s %s", map[bool]string{true: "✅", false: "⚠️"}[well], sentence)
	for i := range st.Pauses {
		add("⏸️ %s", PausedLine(&st.Pauses[i], b.app.cfg.Load().Timezone))
	}
	add("%d of %s can be read.", len(st.Sources)-len(sick), text.Many(len(st.Sources), "source"))
	if len(sick) > 0 {
		add("In trouble: %s.", strings.Join(sick[:min(len(sick), 10)], ", "))
	}
	waiting := st.Deliveries[string(news.StatePending)] + st.Deliveries[string(news.StateSending)] +
		st.Deliveries[string(news.StateInDoubt)]
	add("%s, %s; %s to be sent, %d parked, %d given up.", text.Many(int(st.Stories), "story"), text.Many(int(st.Alerts), "alert"),
		text.Many(int(waiting), "message"), st.Deliveries[string(news.StateParked)], st.Deliveries[string(news.StateDead)])
	if st.ConfigError != "" {
		add("⚠️ The config on disk is wrong, the last good one is in force.")
	}
	return strings.Join(lines, "\n"), nil
}
