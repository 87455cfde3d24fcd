package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// scopes are those that the bot needs, with what each is for: the ones that the
// starter's manifest asks for.
var scopes = []Scope{
	{"chat:write", "post alerts"},
	{"channels:read", "find public channels by name, and those that somebody is in"},
	{"groups:read", "the same of private channels that it was invited to"},
	{"channels:join", "join the public channels that the config names"},
	{"channels:history", "ask whether a message in doubt has arrived"},
	{"groups:history", "ask the same in private channels"},
}

// answerScopes are those that the bot needs where people can answer alerts; lookupScopes
// beside them.
var answerScopes = []Scope{{"commands", "take /copytaster and what people do in the menu of a message"}}

// Scope is a permission of a token.
type Scope struct {
	Name string // as Slack calls it: chat:write
	For  string // what the bot needs it for, for people
}

// Workspace is what Slack says of a token.
type Workspace struct {
	Team    string  // the workspace's name
	Bot     string  // the name to invite it by, without "@"
	Missing []Scope // that the bot needs and the token has not; none when Slack does not say
}

// Standing is how a bot stands to a channel.
type Standing struct {
	ID       string
	Private  bool
	Archived bool
	Member   bool // the bot is in it
}

// Workspace asks Slack whose token it is and what it may do. answered says that people can
// answer alerts, for which the bot needs more.
func (s *Sender) Workspace(ctx context.Context, answered bool) (Workspace, error) {
	ctx, reached := watch(ctx)
	answer, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return Workspace{}, settled(verdict("test token", err, reached.Load()))
	}
	w := Workspace{Team: answer.Team, Bot: answer.User}
	has := strings.FieldsFunc(answer.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(has) == 0 || slices.Contains(has, "bot") {
		return w, nil // a classic app's scope is all of them
	}
	needed := scopes
	if answered {
		needed = slices.Concat(scopes, answerScopes, lookupScopes)
	}
	for _, scope := range needed {
		if !slices.Contains(has, scope.Name) {
			w.Missing = append(w.Missing, scope)
		}
	}
	return w, nil
}

// Standing asks how the bot stands to a channel, given by name or ID. Of a
// private channel that it is not in Slack says only that there is none.
func (s *Sender) Standing(ctx context.Context, channel string) (Standing, error) {
	id, err := s.Resolve(ctx, channel)
	if err != nil {
		return Standing{}, err
	}
	ctx, reached := watch(ctx)
	info, err := s.api.GetConversationInfoContext(ctx, &slackgo.GetConversationInfoInput{ChannelID: id})
	if err != nil {
		return Standing{ID: id}, settled(verdict("look at channel", err, reached.Load()))
	}
	if info.IsIM || info.IsMpIM { // whoever may see it is in it
		return Standing{ID: id, Private: true, Member: true}, nil
	}
	if info.ID == "" {
		return Standing{ID: id}, &notify.SendError{Problem: notify.Temporary, Err: errors.New("look at channel: the answer names none")}
	}
	return Standing{ID: id, Private: info.IsPrivate, Archived: info.IsArchived, Member: info.IsMember}, nil
}

// String is the scope with what it is for.
func (s Scope) String() string { return fmt.Sprintf("%s (to %s)", s.Name, s.For) }
