package slack

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// defaultRest is how long a channel rests when Slack throttles without saying
// for how long.
const defaultRest = 10 * time.Second

// problems says what Slack's error codes mean for a delivery
// (docs.slack.dev/reference/methods: chat.postMessage and chat.update, "Errors"). A code that is
// not here is a refusal of unknown reason: certainly not posted, tried again.
var problems = map[string]notify.Problem{
	"not_authed": notify.Unauthorized, "invalid_auth": notify.Unauthorized, "account_inactive": notify.Unauthorized,
	"token_revoked": notify.Unauthorized, "token_expired": notify.Unauthorized, "missing_scope": notify.Unauthorized,
	"not_allowed_token_type": notify.Unauthorized, "access_denied": notify.Unauthorized, "org_login_required": notify.Unauthorized,
	"ekm_access_denied": notify.Unauthorized, "enterprise_is_restricted": notify.Unauthorized,
	"team_access_not_granted": notify.Unauthorized, "two_factor_setup_required": notify.Unauthorized, "accesslimited": notify.Unauthorized,

	"channel_not_found": notify.NoChannel, "not_in_channel": notify.NoChannel, "is_archived": notify.NoChannel,
	"restricted_action": notify.NoChannel, "restricted_action_read_only_channel": notify.NoChannel,
	"restricted_action_thread_only_channel": notify.NoChannel, "restricted_action_non_threadable_channel": notify.NoChannel,
	"channel_type_not_supported": notify.NoChannel, "method_not_supported_for_channel_type": notify.NoChannel,
	"no_permission": notify.NoChannel, "messages_tab_disabled": notify.NoChannel, "is_inactive": notify.NoChannel,
	"cannot_dm_bot": notify.NoChannel, "user_not_found": notify.NoChannel,

	"invalid_blocks": notify.Malformed, "invalid_blocks_format": notify.Malformed, "msg_blocks_too_long": notify.Malformed,
	"msg_too_long": notify.Malformed, "no_text": notify.Malformed, "invalid_arguments": notify.Malformed,
	"invalid_array_arg": notify.Malformed, "invalid_form_data": notify.Malformed, "invalid_json": notify.Malformed,
	"invalid_charset": notify.Malformed, "invalid_metadata_format": notify.Malformed, "invalid_metadata_schema": notify.Malformed,
	"metadata_too_large": notify.Malformed, "too_many_attachments": notify.Malformed,

	"block_mismatch": notify.Malformed,

	"message_not_found": notify.Gone, "thread_not_found": notify.Gone, "invalid_thread_ts": notify.Gone,
	"cannot_reply_to_message": notify.Gone,
	"edit_window_closed":      notify.Locked, "cant_update_message": notify.Locked,

	"ratelimited": notify.Throttled, "rate_limited": notify.Throttled, "message_limit_exceeded": notify.Throttled,

	"internal_error": notify.InDoubt, "fatal_error": notify.InDoubt, "service_unavailable": notify.InDoubt,
}

// passing are refusals that are not in problems and pass by themselves.
var passing = map[string]bool{
	"request_timeout": true, "team_added_to_org": true, "update_failed": true, "external_channel_migrating": true,
}

// tokenTrouble are the refusals of a token as such, rather than of what it may
// do.
var tokenTrouble = map[string]bool{
	"not_authed": true, "invalid_auth": true, "account_inactive": true, "token_revoked": true, "token_expired": true,
}

// verdict says what an error of a call means; reached says whether the call
// got as far as a connection. What is not understood is in doubt.
func verdict(act string, err error, reached bool) *notify.SendError {
	se := &notify.SendError{Problem: notify.InDoubt, Err: fmt.Errorf("%s: %w", act, err)}
	var refusal slackgo.SlackErrorResponse
	var answer *statusError
	switch {
	case errors.As(err, &refusal):
		se.Err = fmt.Errorf("%s: %w", act, explained(refusal))
		if se.Problem = problems[refusal.Err]; se.Problem == "" {
			se.Problem, se.Lasting = notify.Temporary, !passing[refusal.Err]
		}
	case errors.As(err, &answer):
		se.Problem, se.RetryAfter = answer.problem(), answer.retryAfter
		se.Lasting = se.Problem == notify.Temporary
	case !reached:
		se.Problem = notify.Temporary
	}
	if se.Problem == notify.Throttled && se.RetryAfter == 0 {
		se.RetryAfter = defaultRest
	}
	return se
}

// settled takes the doubt out of an error of a call that posts nothing.
func settled(se *notify.SendError) *notify.SendError {
	if se.Problem == notify.InDoubt {
		se.Problem = notify.Temporary
	}
	return se
}

// explained adds what Slack says beside its error code.
func explained(r slackgo.SlackErrorResponse) error {
	switch {
	case r.Needed != "":
		return fmt.Errorf("%w (needed: %s)", r, r.Needed)
	case len(r.ResponseMetadata.Messages) > 0:
		return fmt.Errorf("%w (%s)", r, r.ResponseMetadata.Messages[0])
	default:
		return r
	}
}

// refusal is the code that Slack answered, "" when it answered none.
func refusal(err error) string {
	if r, ok := errors.AsType[slackgo.SlackErrorResponse](err); ok {
		return r.Err
	}
	return ""
}

// refusedWith reports whether Slack answered an error code.
func refusedWith(err error, code string) bool {
	return err != nil && refusal(err) == code
}

// wire is the HTTP client that slack-go is given. It turns answers other than
// 200 into errors itself, since slack-go loses what a 429 says when its
// Retry-After is absent or a date; it learns Slack's time from all; and it
// copies the body of an answer for those who read more of it than slack-go does.
type wire struct {
	client *http.Client
	clock  *slackClock
}

// Do sends a request.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, err // slack-go hands it on as it is
	}
	w.clock.learnDate(resp.Header)
	if resp.StatusCode == http.StatusOK {
		if copied, ok := req.Context().Value(bodyKey{}).(*bytes.Buffer); ok {
			resp.Body = tee{io.TeeReader(resp.Body, copied), resp.Body}
		}
		return resp, nil
	}
	_ = resp.Body.Close()
	return nil, &statusError{code: resp.StatusCode, retryAfter: retryAfter(resp.Header, time.Now())}
}

// bodyKey is the key of a context's *bytes.Buffer that receives the body of the
// answer.
type bodyKey struct{}

// tee is a body that is copied while it is read.
type tee struct {
	io.Reader
	io.Closer
}

// statusError is an answer other than 200.
type statusError struct {
	code       int
	retryAfter time.Duration
}

// Error names the status.
func (e *statusError) Error() string {
	return fmt.Sprintf("http status %d %s", e.code, http.StatusText(e.code))
}

// problem says what a status means: a server that broke down may have posted
// first, one that refused did not.
func (e *statusError) problem() notify.Problem {
	switch {
	case e.code == http.StatusTooManyRequests:
		return notify.Throttled
	case e.code == http.StatusRequestEntityTooLarge:
		return notify.Malformed
	case e.code >= 500, e.code == http.StatusRequestTimeout, e.code < 300:
		return notify.InDoubt
	default:
		return notify.Temporary
	}
}

// retryAfter reads Retry-After. A date is reckoned from the answer's own date.
// It is 0 when there is none that can be read.
func retryAfter(h http.Header, now time.Time) time.Duration {
	if sent, err := http.ParseTime(h.Get("Date")); err == nil {
		now = sent
	}
	return news.RetryAfter(h.Get("Retry-After"), now)
}
