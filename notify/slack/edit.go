package slack

import (
	"context"
	"errors"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// Edit replaces what a posted message shows. People do not see that it was
// edited, unless it is shown as plain text. The metadata of the post is kept.
func (s *Sender) Edit(ctx context.Context, at notify.Receipt, m notify.Message) error {
	m.Mentions = nil
	ctx, reached := watch(ctx)
	_, ts, _, err := s.api.UpdateMessageContext(ctx, at.ChannelID, at.TS, shown(m)...)
	switch {
	case err != nil:
		return settled(verdict("edit message", err, reached.Load()))
	case ts == "":
		return &notify.SendError{Problem: notify.Temporary, Err: errors.New("edit message: the answer names no message")}
	}
	return nil
}

// Permalink asks Slack for the URL of a message.
func (s *Sender) Permalink(ctx context.Context, at notify.Receipt) (string, error) {
	ctx, reached := watch(ctx)
	link, err := s.api.GetPermalinkContext(ctx, &slackgo.PermalinkParameters{Channel: at.ChannelID, Ts: at.TS})
	switch {
	case err != nil:
		return "", settled(verdict("link message", err, reached.Load()))
	case link == "":
		return "", &notify.SendError{Problem: notify.Temporary, Err: errors.New("link message: the answer is empty")}
	}
	return link, nil
}
