package probe

import (
	"context"
	"fmt"
	"log/slog"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

// MentionAnswer is who is notified by a mention of the config.
type MentionAnswer struct {
	Mention string `json:"mention"` // as written
	OK      bool   `json:"ok"`
	Detail  string `json:"detail"` // for people

	path string // where the config names it
}

// Handles asks Slack for the IDs of the handles that a config mentions, and
// writes them into the hints of the mistakes that the handles are.
func Handles(ctx context.Context, path string, env config.Getenv, problems config.Mistakes) {
	var handles []string
	for _, m := range problems {
		if m.Handle != "" {
			handles = append(handles, m.Handle)
		}
	}
	settings, ok := config.LoadSlack(path, env)
	if len(handles) == 0 || !ok || settings.Token == "" {
		return
	}
	looks, missing, err := app.LookForMentions(ctx, slog.New(slog.DiscardHandler), settings, handles)
	for i, next := range problems {
		if next.Handle == "" {
			continue
		}
		if err != nil {
			problems[i].Hint = endOf(next.Hint) + " " + text.OneLine(err.Error())
			continue
		}
		problems[i].Hint = foundHint(looks[0], missing)
		looks = looks[1:]
	}
}

// foundHint says which IDs a handle has.
func foundHint(look app.MentionLook, missing string) string {
	var ids, said []string
	for _, p := range look.People {
		person := p.String()
		if p.Gone {
			person += ", who is deactivated"
		} else {
			ids = append(ids, p.ID)
		}
		said = append(said, person)
	}
	switch {
	case len(ids) == 1:
		return fmt.Sprintf("write mention: [%s]: %s is %s", ids[0], look.Who, said[0])
	case len(said) > 0:
		return fmt.Sprintf("write the ID of one of them: %s is %s", look.Who, strings.Join(said, ", and "))
	case missing != "":
		return fmt.Sprintf("the token lacks the scope %s; %s", missing, scopeHint)
	}
	return fmt.Sprintf("Slack knows nobody named %s: write an ID, which a profile shows under ⋮ (Copy member ID)", look.Who)
}

// askMentions asks Slack who is notified by the mentions of a config. It leaves
// out those that cannot be looked up because a scope is missing.
func askMentions(ctx context.Context, cfg *config.Config) ([]MentionAnswer, error) {
	var asked []MentionAnswer
	var who []string
	for i, r := range cfg.Alerts.Routes.Routes {
		for _, w := range r.Mention {
			if strings.ContainsAny(w, "USW") { // an ID
				asked = append(asked, MentionAnswer{Mention: w, path: fmt.Sprintf("alerts.routes[%d].mention", i)})
				who = append(who, w)
			}
		}
	}
	if len(who) == 0 {
		return nil, nil
	}
	looks, missing, err := app.LookForMentions(ctx, slog.New(slog.DiscardHandler), cfg.Slack, who)
	if err != nil {
		return nil, err
	}
	var answers []MentionAnswer
	for i, a := range asked {
		switch people := looks[i].People; {
		case len(people) == 0 && missing != "":
			continue
		case len(people) == 0:
			a.Detail = "Slack knows nobody with this ID"
		case people[0].Gone:
			a.Detail = people[0].String() + " is deactivated"
		default:
			a.OK, a.Detail = true, people[0].String()
		}
		answers = append(answers, a)
	}
	return answers, nil
}
