// Package slack posts messages to Slack, and takes what people do there: New makes
// a Sender, which tells for every way a call can end what that means for the
// delivery; Listen and HTTPHandler hand each Request to a Handler.
//
// A message is posted at most once per call of Send: there are no retries
// here, since only whoever keeps the deliveries knows whether one may be
// repeated. Whether a message in doubt has arrived is asked of the channel's
// history, or of its thread, where each message carries its delivery's number as
// metadata. An edit keeps that metadata.
//
// Everything that a source wrote stands in rich text elements, which Slack
// shows as they are. The bot needs the scopes chat:write, channels:read,
// groups:read, channels:history, groups:history and channels:join.
package slack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// timeout bounds one call when the client given to New has no bound.
const timeout = 15 * time.Second

// DefaultAPIURL is where Slack's Web API is.
const DefaultAPIURL = slackgo.APIURL

// Options say as whom and where to post.
type Options struct {
	Token  news.Secret // of a bot: xoxb-…
	APIURL string      // with or without "/" at the end; "" is DefaultAPIURL
	Store  string      // tells the messages of one store from those of another in the same workspace

	// Now is the clock of the times that Find is given; nil is time.Now.
	Now func() time.Time
}

// Sender posts to one Slack workspace. It is safe for concurrent use.
type Sender struct {
	log       *slog.Logger
	api       *slackgo.Client
	apiURL    string
	wire      *wire
	store     string
	clock     *slackClock
	directory directory

	accounts   cache[Account]
	homes      cache[workplace]
	groupUsers cache[[]string] // IDs of users, by the ID of their group
	usersIn    cache[map[string]string]
}

var _ notify.Sender = (*Sender)(nil)

// New makes a Sender. A nil client is one of its own; a client without a
// timeout is given one. Redirects are never followed: Slack sends none, and a
// post must not be repeated elsewhere.
func New(log *slog.Logger, client *http.Client, o Options) *Sender {
	own := http.Client{Timeout: timeout}
	if client != nil {
		own = *client
	}
	if own.Timeout == 0 {
		own.Timeout = timeout
	}
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	url := o.APIURL
	if url == "" {
		url = DefaultAPIURL
	}
	clock := newSlackClock(log, o.Now)
	through := &wire{client: &own, clock: clock}
	api := slackgo.New(o.Token.Reveal(), slackgo.OptionAPIURL(strings.TrimSuffix(url, "/")+"/"),
		slackgo.OptionHTTPClient(through))
	return &Sender{log: log, api: api, apiURL: url, wire: through, store: o.Store, clock: clock,
		directory: newDirectory()}
}

// Send posts a message to a channel or as a reply. A public channel that the bot
// is not in is joined first.
func (s *Sender) Send(ctx context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	if m.Thread != "" && !m.Broadcast {
		if err := s.checkThread(ctx, channelID, m.Thread); err != nil {
			return notify.Receipt{}, err
		}
	}
	receipt, err := s.postIn(ctx, channelID, m)
	if se, ok := errors.AsType[*notify.SendError](err); ok && se.Problem == notify.Gone && m.Broadcast {
		m.Thread = ""
		return s.postIn(ctx, channelID, m)
	}
	return receipt, err
}

// postIn posts a message, after joining the channel where it has to.
func (s *Sender) postIn(ctx context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	receipt, err := s.post(ctx, channelID, m)
	if !refusedWith(err, "not_in_channel") {
		return receipt, err
	}
	if err := s.join(ctx, channelID); err != nil {
		return notify.Receipt{}, err
	}
	return s.post(ctx, channelID, m)
}

func (s *Sender) post(ctx context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	options := append(shown(m),
		slackgo.MsgOptionDisableLinkUnfurl(),
		slackgo.MsgOptionDisableMediaUnfurl(),
		slackgo.MsgOptionMetadata(s.metadata(m)),
	)
	if m.Plain && len(m.Mentions) == 0 { // without mark-up there are no mentions either
		options = append(options, slackgo.MsgOptionDisableMarkdown())
	}
	if m.Thread != "" {
		options = append(options, slackgo.MsgOptionTS(m.Thread))
	}
	if m.Thread != "" && m.Broadcast {
		options = append(options, slackgo.MsgOptionBroadcast())
	}
	var body bytes.Buffer
	ctx, reached := watch(context.WithValue(ctx, bodyKey{}, &body))
	channel, ts, _, err := s.api.SendMessageContext(ctx, channelID, options...)
	switch {
	case err != nil:
		return notify.Receipt{}, verdict("post message", err, reached.Load())
	case ts == "":
		return notify.Receipt{}, &notify.SendError{Problem: notify.InDoubt, Err: errors.New("post message: the answer names no message")}
	case channel == "":
		channel = channelID
	}
	s.clock.learnTS(ts)
	return notify.Receipt{ChannelID: channel, TS: ts, Thread: threadOf(body.Bytes())}, nil
}

// shown are the options that say what a message shows.
func shown(m notify.Message) []slackgo.MsgOption {
	options := []slackgo.MsgOption{
		slackgo.MsgOptionText(text(m), false), // escaped already, except our mentions
		slackgo.MsgOptionParse(false),
	}
	if !m.Plain {
		options = append(options, slackgo.MsgOptionBlocks(blocks(m)...))
	}
	return options
}

// Probe asks Slack whether the token is good and may post.
func (s *Sender) Probe(ctx context.Context) error {
	ctx, reached := watch(ctx)
	answer, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return settled(verdict("test token", err, reached.Load()))
	}
	if answer.UserID == "" {
		return &notify.SendError{Problem: notify.Temporary, Err: errors.New("test token: the answer names no user")}
	}
	scopes := strings.FieldsFunc(answer.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	mayPost := func(scope string) bool { return scope == "bot" || strings.HasPrefix(scope, "chat:write") }
	if len(scopes) > 0 && !slices.ContainsFunc(scopes, mayPost) {
		return &notify.SendError{Problem: notify.Unauthorized, Err: errors.New("test token: the scope chat:write is missing")}
	}
	return nil
}

// join makes the bot a member of a public channel.
func (s *Sender) join(ctx context.Context, channelID string) error {
	ctx, reached := watch(ctx)
	_, _, _, err := s.api.JoinConversationContext(ctx, channelID)
	if err == nil {
		s.log.Info("joined channel", "channel", channelID)
		return nil
	}
	var refusal slackgo.SlackErrorResponse
	failed := settled(verdict("join channel", err, reached.Load()))
	if errors.As(err, &refusal) && failed.Problem != notify.Throttled {
		return &notify.SendError{Problem: notify.NoChannel, Err: fmt.Errorf("the bot is not in the channel; invite it (join channel: %s)", refusal.Err)}
	}
	return failed
}

// watch returns a context for one call, and whether that call got as far as a
// connection: before that nothing can have been posted.
func watch(ctx context.Context) (context.Context, *atomic.Bool) {
	reached := new(atomic.Bool)
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { reached.Store(true) },
	}), reached
}
