package slack

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/copytaster/copytaster/notify"
	slackgo "github.com/slack-go/slack"
	"golang.org/x/sync/singleflight"
)

const (
	knownFor   = time.Hour        // how long what a user is counts
	groupFor   = 10 * time.Minute // how long a group's list of members is
	mostCached = 10_000
)

// Account is what the workspace knows of a user.
type Account struct {
	ID    string
	Name  string // what others see
	Zone  string // IANA name of the time zone, "" when Slack tells none
	Guest bool   // or somebody of another workspace
	Bot   bool
	Gone  bool // deactivated
}

// cache keeps answers for a while. It is safe for concurrent use: who asks for what is
// being asked for waits for that.
type cache[V any] struct {
	asking singleflight.Group
	mu     sync.Mutex
	kept   map[string]cached[V]
}

type cached[V any] struct {
	value V
	until time.Time
}

// get returns what is kept, else asks. An error is not kept.
func (c *cache[V]) get(key string, now time.Time, keep time.Duration, ask func() (V, error)) (V, error) {
	answer, err, _ := c.asking.Do(key, func() (any, error) {
		c.mu.Lock()
		v, ok := c.kept[key]
		c.mu.Unlock()
		if ok && now.Before(v.until) && v.until.Sub(now) <= keep {
			return v.value, nil
		}
		value, err := ask()
		if err != nil {
			return value, err
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.kept == nil || len(c.kept) >= mostCached {
			c.kept = map[string]cached[V]{}
		}
		c.kept[key] = cached[V]{value, now.Add(keep)}
		return value, nil
	})
	value, _ := answer.(V)
	return value, err
}

// Account asks who a user is. The answer counts for an hour; the scope
// users:read is needed.
func (s *Sender) Account(ctx context.Context, userID string) (Account, error) {
	return s.accounts.get(userID, s.clock.now(), knownFor, func() (Account, error) {
		ctx, reached := watch(ctx)
		u, err := s.api.GetUserInfoContext(ctx, userID)
		if err != nil {
			return Account{}, settled(verdict("ask for user", err, reached.Load()))
		}
		if u.ID != userID {
			return Account{}, &notify.SendError{Problem: notify.Temporary, Err: fmt.Errorf("ask for user %s: the answer is of %q", userID, u.ID)}
		}
		home, err := s.home(ctx)
		if err != nil {
			return Account{}, err
		}
		return Account{
			ID: u.ID, Name: kept(first(u.Profile.DisplayName, u.RealName, u.Name), mostName), Zone: kept(u.TZ, mostName),
			Guest: u.IsRestricted || u.IsUltraRestricted || u.IsStranger || !home.has(u), Bot: u.IsBot, Gone: u.Deleted,
		}, nil
	})
}

// workplace is the workspace of the token, and the organisation that it belongs to.
type workplace struct {
	team, enterprise string // IDs; "" of a workspace without an organisation
}

// has reports whether a user belongs to the workplace. Those who share a channel with it
// (Slack Connect) are of another one.
func (w workplace) has(u *slackgo.User) bool {
	return u.TeamID == "" || u.TeamID == w.team || w.enterprise != "" && u.Enterprise.ID == w.enterprise
}

// home asks for the workplace of the token. The answer counts for an hour.
func (s *Sender) home(ctx context.Context) (workplace, error) {
	return s.homes.get("", s.clock.now(), knownFor, func() (workplace, error) {
		ctx, reached := watch(ctx)
		answer, err := s.api.AuthTestContext(ctx)
		if err != nil {
			return workplace{}, settled(verdict("test token", err, reached.Load()))
		}
		return workplace{answer.TeamID, answer.EnterpriseID}, nil
	})
}

// InGroup asks whether a user belongs to a user group. A group's list counts for
// ten minutes; the scope usergroups:read is needed.
func (s *Sender) InGroup(ctx context.Context, groupID, userID string) (bool, error) {
	users, err := s.groupUsers.get(groupID, s.clock.now(), groupFor, func() ([]string, error) {
		ctx, reached := watch(ctx)
		users, err := s.api.GetUserGroupMembersContext(ctx, groupID)
		if err != nil {
			return nil, settled(verdict("ask for group", err, reached.Load()))
		}
		return users, nil
	})
	return slices.Contains(users, userID), err
}
