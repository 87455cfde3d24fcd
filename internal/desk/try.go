package desk

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

const (
	mostTried = 10_000                  // characters of a rule that is tried
	patience  = 2500 * time.Millisecond // until somebody is told that the answer comes later
)

// unescaped undoes what Slack does to what is typed behind a command.
var unescaped = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&", "“", `"`, "”", `"`, "„", `"`)

// try tells what a rule, by its name or as YAML, would have found in the last 7 days.
func (p person) try(_ context.Context, r slack.Request, args []string) error {
	if len(args) == 0 {
		return mistaken("Say what: %s try NAME, or %s try all: [kim, putin].", r.Action, r.Action)
	}
	_, asked, _ := strings.Cut(strings.TrimSpace(r.Text), args[0])
	asked = unescaped.Replace(strings.Trim(args[0]+asked, "` \n"))
	if n := utf8.RuneCountInString(asked); n > mostTried {
		return mistaken("A rule of %s is too long for Slack: %s are the most. copytaster backtest tries longer ones.",
			text.Many(n, "character"), text.Thousands(mostTried))
	}
	p.later(r, "Seven days of stories are being read. The answer comes here.", func(ctx context.Context) ([]notify.Part, error) {
		return p.opt.Try(ctx, asked)
	})
	return nil
}

// later tells what takes a while to find out. After a moment the person hears that it comes.
func (p person) later(r slack.Request, still string, find func(context.Context) ([]notify.Part, error)) {
	p.telling.Go(func() {
		ctx, cancel := context.WithTimeout(p.life, tellWithin)
		defer cancel()
		soon, stop := context.WithTimeout(ctx, p.opt.Patience)
		defer stop()
		found := context.AfterFunc(soon, func() {
			if errors.Is(soon.Err(), context.DeadlineExceeded) {
				p.whisper(r, line(still))
			}
		})
		var parts []notify.Part
		var err error
		select {
		case p.asked <- struct{}{}:
			parts, err = find(ctx)
			<-p.asked
		case <-ctx.Done():
			err = ctx.Err()
		}
		found()
		if err != nil && p.life.Err() == nil {
			p.Log.Error("what somebody asked for in Slack was not found out", "asked", quoted(r.Text), "error", err)
			parts = []notify.Part{line("It could not be found out: the log of the daemon says why.")}
		}
		p.whisper(r, parts...)
	})
}
