package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// tombstone is the subtype of what is left of a deleted message with replies.
const tombstone = "tombstone"

// checkThread returns an error when a message that is to be replied to is gone.
// It is asked for since Slack does not refuse such a reply: it posts it to the
// channel. Who may not ask may still reply.
func (s *Sender) checkThread(ctx context.Context, channelID, ts string) error {
	ctx, reached := watch(ctx)
	thread, _, _, err := s.api.GetConversationRepliesContext(ctx, &slackgo.GetConversationRepliesParameters{
		ChannelID: channelID, Timestamp: ts, Limit: 1,
	})
	switch {
	case refusedWith(err, "not_in_channel"), refusedWith(err, "missing_scope"):
		return nil
	case err != nil:
		return settled(verdict("look at thread", err, reached.Load()))
	case len(thread) == 0:
		return errEmptyThread
	case thread[0].SubType == tombstone:
		return &notify.SendError{Problem: notify.Gone, Err: fmt.Errorf("look at thread: message %s was deleted", ts)}
	}
	return nil
}

// errEmptyThread is an answer that says nothing: a thread has at least the
// message that it begins with.
var errEmptyThread = &notify.SendError{Problem: notify.Temporary, Err: errors.New("look at thread: the answer is empty")}

// searchThread looks for a delivery in a thread; gone reports that there is no
// such thread.
func (s *Sender) searchThread(ctx context.Context, channelID string, d notify.Sought) (r notify.Receipt,
	found, gone bool, err error) {
	params := &slackgo.GetConversationRepliesParameters{
		ChannelID: channelID, Timestamp: d.Thread, Limit: pageSize, IncludeAllMetadata: true,
	}
	for {
		ctx, reached := watch(ctx)
		replies, _, next, err := s.api.GetConversationRepliesContext(ctx, params)
		switch {
		case refusedWith(err, "thread_not_found"):
			return r, false, true, nil
		case err != nil:
			return r, false, false, lookupError(err, reached.Load())
		case len(replies) == 0:
			return r, false, false, errEmptyThread
		}
		for _, m := range replies {
			if s.is(m.Metadata, d) {
				return notify.Receipt{
					ChannelID: channelID, TS: m.Timestamp, Thread: d.Thread, Among: among(m.Metadata, d),
				}, true, false, nil
			}
		}
		if params.Cursor = next; next == "" {
			return r, false, false, nil
		}
	}
}

// threadOf reads from the answer to a post in which thread the message stands,
// "" when it stands in the channel itself.
func threadOf(body []byte) string {
	var answer struct {
		Message struct {
			Thread string `json:"thread_ts"`
		} `json:"message"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Message.Thread
}
