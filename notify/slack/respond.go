package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// ErrTriggerExpired is the cause when a view cannot be opened any more for what
// somebody did: that takes 3 seconds, and once.
var ErrTriggerExpired = errors.New("the trigger has expired")

// expired are Slack's codes for that.
var expired = map[string]bool{
	"expired_trigger_id": true, "exchanged_trigger_id": true, "invalid_trigger_id": true, "trigger_expired": true,
	"trigger_exchanged": true,
}

// OpenView opens a modal for what somebody did, and returns its ID. The error's
// cause is ErrTriggerExpired where that is too long ago.
func (s *Sender) OpenView(ctx context.Context, trigger string, v View) (viewID string, err error) {
	ctx, reached := watch(ctx)
	answer, err := s.api.OpenViewContext(ctx, trigger, v.modal())
	switch {
	case err != nil && expired[refusal(err)]:
		return "", &notify.SendError{Problem: notify.Gone, Err: fmt.Errorf("open view: %w (%w)", ErrTriggerExpired, err)}
	case err != nil:
		return "", settled(verdict("open view", err, reached.Load()))
	}
	return answer.ID, nil
}

// UpdateView replaces what an open modal shows. It is Gone when it was closed.
func (s *Sender) UpdateView(ctx context.Context, viewID string, v View) error {
	ctx, reached := watch(ctx)
	_, err := s.api.UpdateViewContext(ctx, v.modal(), "", "", viewID)
	switch {
	case refusedWith(err, "not_found"):
		return &notify.SendError{Problem: notify.Gone, Err: fmt.Errorf("update view: %w", err)}
	case err != nil:
		return settled(verdict("update view", err, reached.Load()))
	}
	return nil
}

// PublishHome replaces what the App Home shows to a user.
func (s *Sender) PublishHome(ctx context.Context, userID string, v View) error {
	ctx, reached := watch(ctx)
	_, err := s.api.PublishViewContext(ctx, slackgo.PublishViewContextRequest{UserID: userID, View: v.home()})
	if err != nil {
		return settled(verdict("publish home", err, reached.Load()))
	}
	return nil
}

// Recipient is who alone is told something, and where: the user of a Request in
// its channel.
type Recipient struct {
	ResponseURL string // is used where it is still good, which needs no membership; "" is none
	Channel     string // ID
	User        string // ID
	Thread      string // TS of the message that it is said below; "" is none
}

// Recipient returns who did something, to be told what came of it.
func (r Request) Recipient() Recipient {
	return Recipient{ResponseURL: r.ResponseURL, Channel: r.Channel, User: r.User.ID, Thread: r.Thread}
}

// Tell shows a message to one person alone; nobody else sees it, and it is gone
// when their Slack is started anew. Of the message, its Text and Parts count.
func (s *Sender) Tell(ctx context.Context, to Recipient, m notify.Message) error {
	m.Mentions = nil
	if to.ResponseURL != "" {
		err := s.respond(ctx, to, m)
		if err == nil || to.Channel == "" {
			return err
		}
		s.log.Debug("could not answer at the response URL", "error", err)
	}
	options := shown(m)
	if to.Thread != "" {
		options = append(options, slackgo.MsgOptionTS(to.Thread))
	}
	ctx, reached := watch(ctx)
	if _, err := s.api.PostEphemeralContext(ctx, to.Channel, to.User, options...); err != nil {
		return settled(verdict("tell user", err, reached.Load()))
	}
	return nil
}

// respond answers at a response URL.
func (s *Sender) respond(ctx context.Context, to Recipient, m notify.Message) error {
	if !s.mayAnswerAt(to.ResponseURL) {
		return &notify.SendError{Problem: notify.Malformed, Err: errors.New("answer user: the response URL is not Slack's")}
	}
	answer := map[string]any{"response_type": slackgo.ResponseTypeEphemeral, "replace_original": false, "text": text(m)}
	if !m.Plain {
		answer["blocks"] = blocks(m)
	}
	if to.Thread != "" {
		answer["thread_ts"] = to.Thread
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return &notify.SendError{Problem: notify.Malformed, Err: fmt.Errorf("answer user: %w", err)}
	}
	ctx, reached := watch(ctx)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.ResponseURL, bytes.NewReader(body))
	if err != nil {
		return &notify.SendError{Problem: notify.Malformed, Err: fmt.Errorf("answer user: %w", err)}
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	resp, err := s.wire.Do(req)
	if err != nil {
		return settled(verdict("answer user", err, reached.Load()))
	}
	_ = resp.Body.Close()
	return nil
}

// mayAnswerAt reports whether a response URL is called: it has to be Slack's, else
// who can forge a request could have us call anything. Where the API is somewhere
// else, such as in tests, it has to be there.
func (s *Sender) mayAnswerAt(at string) bool {
	u, err := url.Parse(at)
	if err != nil || u.User != nil {
		return false
	}
	api, err := url.Parse(s.apiURL)
	if err != nil {
		return false
	}
	if u.Scheme == api.Scheme && u.Host == api.Host {
		return true
	}
	host := strings.ToLower(u.Hostname())
	return u.Scheme == "https" && u.Port() == "" && (host == "hooks.slack.com" || host == "hooks.slack-gov.com")
}
