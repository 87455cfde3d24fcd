package slack

import (
	"context"
	"slices"
	"strings"

	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/notify"
)

// lookupScopes are those that only looking up people needs: alerts go out
// without them.
var lookupScopes = []Scope{
	{"users:read", "know who answers, and find the ID of a user for mention:"},
	{"usergroups:read", "know the user groups of slack.allow, and find the ID of one for mention:"},
}

// Person is a user or a user group that a message can mention.
type Person struct {
	ID     string
	Handle string // without "@"
	Name   string // for people
	Group  bool
	Gone   bool // deactivated: a mention notifies nobody

	names []string // under which it is found, in small letters
}

// String is like "the user group S012AB3CD (@oncall, On call)".
func (p Person) String() string {
	kind := "the user "
	if p.Group {
		kind = "the user group "
	}
	said := kind + p.ID + " (@" + p.Handle
	if p.Name != "" && !strings.EqualFold(p.Name, p.Handle) {
		said += ", " + p.Name
	}
	return said + ")"
}

// People lists who can be mentioned in a message, and the scopes without which some or
// all of them cannot be listed.
func (s *Sender) People(ctx context.Context) (all []Person, missing []Scope, err error) {
	for i, list := range []func(context.Context) ([]Person, error){s.users, s.groups} {
		ctx, reached := watch(ctx)
		some, err := list(ctx)
		switch {
		case refusedWith(err, "missing_scope"):
			missing = append(missing, lookupScopes[i])
		case err != nil:
			return nil, nil, settled(verdict("list people", err, reached.Load()))
		}
		all = append(all, some...)
	}
	return all, missing, nil
}

func (s *Sender) users(ctx context.Context) ([]Person, error) {
	users, err := s.api.GetUsersContext(ctx, slackgo.GetUsersOptionLimit(pageSize))
	var all []Person
	for _, u := range users {
		p := Person{ID: u.ID, Handle: u.Profile.DisplayName, Name: u.RealName, Gone: u.Deleted}
		if p.Handle == "" {
			p.Handle = u.Name
		}
		p.names = namesOf(u.Name, u.Profile.DisplayName, u.Profile.DisplayNameNormalized, u.RealName)
		all = append(all, p)
	}
	return all, err
}

func (s *Sender) groups(ctx context.Context) ([]Person, error) {
	groups, err := s.api.GetUserGroupsContext(ctx, slackgo.GetUserGroupsOptionIncludeDisabled(true))
	var all []Person
	for _, g := range groups {
		all = append(all, Person{ID: g.ID, Handle: g.Handle, Name: g.Name, Group: true, Gone: g.DateDelete != 0,
			names: namesOf(g.Handle, g.Name)})
	}
	return all, err
}

func namesOf(names ...string) []string {
	var all []string
	for _, n := range names {
		if n = strings.ToLower(n); n != "" {
			all = append(all, n)
		}
	}
	return all
}

// Whom returns the people that somebody who wrote who may have meant: by ID, or
// by handle or name without regard to case. Those who are gone come last.
func Whom(people []Person, who string) []Person {
	m, isID := notify.ParseMention(who)
	name := strings.ToLower(strings.TrimLeft(strings.TrimSpace(who), "@"))
	var found []Person
	for _, p := range people {
		if isID && (p.ID == m.User || p.ID == m.Group) || !isID && slices.Contains(p.names, name) {
			found = append(found, p)
		}
	}
	slices.SortStableFunc(found, func(a, b Person) int {
		switch {
		case a.Gone == b.Gone:
			return 0
		case b.Gone:
			return -1
		}
		return 1
	})
	return found
}
