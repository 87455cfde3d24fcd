// Package desk is where people answer alerts in Slack. Make a Desk with New and give its
// Handle to what takes in Slack's requests: a press, a modal or a command becomes an answer
// of internal/answers, and who did it is told what that came to. It stores nothing itself.
package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// Workspace is what is asked of Slack.
type Workspace interface {
	Account(ctx context.Context, userID string) (slack.Account, error)
	InGroup(ctx context.Context, groupID, userID string) (bool, error)
	OpenView(ctx context.Context, trigger string, v slack.View) (viewID string, err error)
	UpdateView(ctx context.Context, viewID string, v slack.View) error
	Tell(ctx context.Context, to slack.Recipient, m notify.Message) error
}

// Options say by what a desk works.
type Options struct {
	Slack Workspace
	Homes Homes    // nil: there is no App Home
	Allow []string // IDs of the users and user groups that may answer; none: every member
	Why   func(ctx context.Context, asked string) (*trace.Way, error)
	State func(ctx context.Context) (string, error) // of the daemon, in lines

	// Try says what a rule, by its name or as YAML, would have found in the last 7 days,
	// or what is wrong with it.
	Try func(ctx context.Context, asked string) ([]notify.Part, error)
	// Trouble names the sources that cannot be read, each with what is wrong.
	Trouble func(ctx context.Context) ([]string, error)

	// NotSame takes a story out of its news, because somebody says so.
	NotSame func(ctx context.Context, story int64, by string) (alert.Parted, error)

	// Soon is how long somebody waits for what takes a while, before it comes later; 0 is a
	// second and a half: Slack opens a window within 3.
	Soon time.Duration
	// Patience is how long somebody waits for an answer before being told that it comes
	// later; 0 is two and a half seconds.
	Patience time.Duration
}

// Desk takes what people do in Slack. Its methods may be called from many goroutines.
type Desk struct {
	*act.Env

	answers *answers.Recorder
	opt     Options
	asked   chan struct{} // has a place for each story whose way is read at once
	trying  sync.Map      // by its ID, each request that is being judged
	again   chan struct{} // has a place for each of those that are judged again at once
	telling sync.WaitGroup
	homes   homes
	life    context.Context // ends when nobody is told anything any more
	end     context.CancelFunc
}

// mostAsked is how many stories' ways are read at once.
const mostAsked = 2

// New makes a desk.
func New(env *act.Env, recorder *answers.Recorder, opt Options) *Desk {
	opt.Soon = cmp.Or(opt.Soon, 1500*time.Millisecond)
	opt.Patience = cmp.Or(opt.Patience, patience)
	d := &Desk{Env: env, answers: recorder, opt: opt, asked: make(chan struct{}, mostAsked)}
	d.again = make(chan struct{}, mostAgain)
	d.life, d.end = context.WithCancel(context.Background())
	return d
}

// Close ends what is still to be told, once the context ends: what was answered is recorded
// all the same.
func (d *Desk) Close(ctx context.Context) {
	defer d.end()
	told := make(chan struct{})
	go func() {
		d.telling.Wait()
		close(told)
	}()
	select {
	case <-told:
	case <-ctx.Done():
	}
}

// tellWithin bounds what is told to somebody.
const tellWithin = 30 * time.Second

// Wait waits until everybody was told what their answers came to.
func (d *Desk) Wait() { d.telling.Wait() }

// Handle takes one request. It returns once that is stored, and has its effect where Slack says
// soon enough who did it: the rest is done by Resume.
func (d *Desk) Handle(ctx context.Context, r slack.Request) (slack.Reply, error) {
	switch r.Kind {
	case slack.Press, slack.Shortcut, slack.Submission, slack.Command:
		if r.Action != notify.ActRefresh {
			return d.keep(ctx, r)
		}
	case slack.HomeOpened:
	case slack.TokensRevoked, slack.AppUninstalled:
		d.Log.Error("Slack took the app's rights: install it again", "event", r.Kind)
		return slack.Reply{}, nil
	default: // deliveries find out by themselves what became of a channel
		return slack.Reply{}, nil
	}
	reply, err := d.judge(ctx, kept{Request: r, at: d.Now()})
	if unknown := (*unknownError)(nil); errors.As(err, &unknown) {
		return d.refuse(r, notKnown+" Press Refresh."), nil
	}
	return reply, err
}

// notKnown is what people are told whom Slack does not know.
const notKnown = "Slack did not say who you are. Nothing was changed."

// judge does what a request asks for, if who did it may. The error is an *unknownError while
// Slack does not say who that is, and one of our own otherwise.
func (d *Desk) judge(ctx context.Context, k kept) (slack.Reply, error) {
	r := k.Request
	by, refusal, err := d.permit(ctx, r.User.ID)
	if err != nil {
		return slack.Reply{}, err
	}
	if refusal != "" {
		return d.refuse(r, refusal), nil
	}
	p := person{Desk: d, by: by, zone: d.Plan().Timezone, at: k.at}
	if zone, err := time.LoadLocation(by.Zone); err == nil && by.Zone != "" {
		p.zone = zone
	}
	reply, err := p.take(ctx, r)
	switch why := excuse(err); {
	case why != "" && atHome(r):
		p.show(line(why))
		return slack.Reply{}, nil
	case why != "":
		return d.refuse(r, why), nil
	}
	return reply, err
}

// mistake is something that a person is told, and can mend.
type mistake struct{ text string }

func (m *mistake) Error() string { return m.text }

// excuse is what a person is told of an error; "" of one that is not theirs.
func excuse(err error) string {
	if said := (*mistake)(nil); errors.As(err, &said) {
		return said.Error()
	}
	if errors.Is(err, store.ErrNotFound) {
		return "That is not known any more: it was removed, or belongs to another copytaster."
	}
	return ""
}

func mistaken(format string, args ...any) error { return &mistake{fmt.Sprintf(format, args...)} }

// unknownError says that Slack does not tell for the moment who somebody is, or what that one may.
type unknownError struct{ err error }

func (e *unknownError) Error() string { return fmt.Sprintf("ask Slack who somebody is: %v", e.err) }
func (e *unknownError) Unwrap() error { return e.err }

// momentary reports whether an error of Slack's may be gone later: it is not what Slack says of
// what was asked for.
func momentary(err error) bool {
	if said := (*notify.SendError)(nil); errors.As(err, &said) {
		return said.Problem != notify.NoChannel && said.Problem != notify.Malformed
	}
	return err != nil
}

// permit returns who somebody is, and why that one may not answer; "" who may. The error is an
// *unknownError.
func (d *Desk) permit(ctx context.Context, id string) (m slack.Account, refusal string, err error) {
	m, err = d.opt.Slack.Account(ctx, id)
	switch {
	case momentary(err):
		return m, "", &unknownError{err}
	case err != nil:
		d.Log.Warn("Slack does not know somebody, whose answer is refused", "user", id, "error", err)
		return m, notKnown, nil
	case m.Guest || m.Bot || m.Gone:
		return m, "Only members of this workspace can answer alerts. Nothing was changed.", nil
	case len(d.opt.Allow) == 0:
		return m, "", nil
	}
	var unknown error
	for _, who := range d.opt.Allow {
		if who == id {
			return m, "", nil
		}
		if !strings.HasPrefix(who, "S") {
			continue
		}
		in, err := d.opt.Slack.InGroup(ctx, who, id)
		switch {
		case in:
			return m, "", nil
		case momentary(err):
			unknown = &unknownError{err}
		case err != nil:
			d.Log.Warn("Slack does not know a group of slack.allow", "group", who, "error", err)
		}
	}
	if unknown != nil {
		return m, "", unknown
	}
	return m, "You may read alerts here, but not answer them: your admin chose who may (slack.allow). Nothing was changed.", nil
}

// refuse tells who did something why it came to nothing: in the window that was sent, or
// in a message that nobody else sees.
func (d *Desk) refuse(r slack.Request, why string) slack.Reply {
	if r.Kind == slack.Submission {
		input := map[string]string{notify.ActSnooze: inputWhat, actApart: inputStory, notify.ActTakeBack: inputWhy}[r.Action]
		return slack.Reply{Mistakes: map[string]string{cmp.Or(input, inputReason): why}, Late: func() {
			_, r.Channel, _ = strings.Cut(r.Value, " ") // the window is closed by now
			d.whisper(r, line(why))
		}}
	}
	d.whisper(r, line(why))
	return slack.Reply{}
}

// whisper tells who did something, and nobody else, without waiting for it.
func (d *Desk) whisper(r slack.Request, parts ...notify.Part) {
	if atHome(r) {
		d.showHome(r.User.ID, homePage{notice: parts})
		return
	}
	to, parts := r.Recipient(), notify.Clean(parts)
	d.telling.Go(func() {
		ctx, cancel := context.WithTimeout(d.life, tellWithin)
		defer cancel()
		m := notify.Message{Text: notify.PlainText(parts, d.Plan().ZoneOf(r.ChannelName)), Body: parts}
		if err := d.opt.Slack.Tell(ctx, to, m); err != nil {
			d.Log.Warn("somebody was not told what came of an answer", "error", err)
		}
	})
}

// person is somebody at the desk.
type person struct {
	*Desk

	by   slack.Account
	zone *time.Location // that the person lives in, else the plan's
	at   time.Time      // when the person did it
}

// said names what the person did.
func (p person) said(r slack.Request, channel string) answers.Said {
	return answers.Said{Request: r.ID, By: news.Person{ID: p.by.ID, Name: p.by.Name}, Channel: channel, At: p.at}
}

// take does what the person asks for.
func (p person) take(ctx context.Context, r slack.Request) (slack.Reply, error) {
	if atHome(r) {
		return slack.Reply{}, p.atHome(ctx, r)
	}
	switch r.Kind {
	case slack.Submission:
		return p.submit(ctx, r)
	case slack.Command:
		return slack.Reply{}, p.command(ctx, r)
	case slack.Shortcut:
		return slack.Reply{}, p.shortcut(ctx, r)
	default:
		return slack.Reply{}, p.press(ctx, r)
	}
}

// line is a part of one text.
func line(text string) notify.Part {
	return notify.Part{Kind: notify.Line, Runs: []notify.Run{{Text: text}}}
}
