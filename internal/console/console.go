// Package console is a workspace of one person in a terminal: what is pressed there is
// answered by the desk that answers Slack. Make a Console with New on the terminal.Sender
// that shows the alerts, pass it to the desk as its workspace, and Run it. It stores nothing.
package console

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
	"github.com/copytaster/copytaster/notify/terminal"
)

// Options say where a console is.
type Options struct {
	Keys  io.Reader // what the person types, each key at once
	Ask   *Prompt   // what is typed next is said there
	Now   func() time.Time
	Tick  <-chan time.Time // when the prompt follows the newest message
	Leave func()           // takes that the person wants to end it all
	Sleep func()           // takes that the person wants the program to stop until it is continued
}

// Console is where the person answers. Its exported methods but Run may be called from
// many goroutines.
type Console struct {
	opt    Options
	alerts *terminal.Sender
	keys   *keyboard

	number int  // of the message that is answered next
	chosen bool // by the person: it does not follow the newest any more

	mu    sync.Mutex
	asked []slack.View // windows that the desk opened, and nobody filled in yet
}

// user is who sits at every console.
const user = "UCONSOLE"

// New makes a console for the messages that a Sender shows.
func New(alerts *terminal.Sender, opt Options) *Console {
	alerts.Pressable()
	return &Console{opt: opt, alerts: alerts, keys: newKeyboard(opt.Keys)}
}

// Account returns the person, as whom the desk knows everybody here.
func (c *Console) Account(context.Context, string) (slack.Account, error) {
	return slack.Account{ID: user, Name: "You"}, nil
}

// InGroup reports that there are no groups.
func (c *Console) InGroup(context.Context, string, string) (bool, error) { return false, nil }

// OpenView takes a window, to be filled in when the press that opened it is done.
func (c *Console) OpenView(_ context.Context, _ string, v slack.View) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, v)
	return v.Callback, nil
}

// UpdateView replaces a window that is still to be filled in. One that the person fills in
// already stays as it is.
func (c *Console) UpdateView(_ context.Context, viewID string, v slack.View) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.asked {
		if c.asked[i].Callback == viewID {
			c.asked[i] = v
		}
	}
	return nil
}

// Tell shows what the person alone is told.
func (c *Console) Tell(_ context.Context, to slack.Recipient, m notify.Message) error {
	return c.alerts.Whisper("#"+to.Channel+"  only you see this", m)
}

// Run takes what the person does until the context ends, or the keys do. Each press and each
// window goes to the desk's Handle, as those of Slack do.
func (c *Console) Run(ctx context.Context, desk slack.Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer c.opt.Ask.Say("")
	go c.keys.read(ctx)
	typed := ""
	for {
		c.invite(typed)
		k, err := c.key(ctx)
		if errors.Is(err, io.EOF) || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if typed, err = c.take(ctx, desk, k, typed); err != nil && ctx.Err() == nil {
			c.say("Nothing came of it: " + err.Error())
		}
	}
}

// key waits for a key, and follows the newest message meanwhile until the person chose one.
func (c *Console) key(ctx context.Context) (key, error) {
	for {
		select {
		case <-ctx.Done():
			return key{}, ctx.Err()
		case <-c.opt.Tick:
			if !c.chosen && c.number != c.alerts.LastStanding() {
				c.invite("")
			}
		case k, ok := <-c.keys.pressed:
			if !ok {
				return key{}, io.EOF
			}
			if !c.special(k) {
				return k, nil
			}
		}
	}
}

// special does what a key is for wherever it is pressed.
func (c *Console) special(k key) bool {
	switch k.kind {
	case interrupt:
		c.opt.Leave()
	case suspend:
		c.opt.Sleep()
	default:
		return false
	}
	return true
}

// invite says which message is answered next, and by which keys.
func (c *Console) invite(typed string) {
	if !c.chosen {
		c.number = c.alerts.LastStanding()
	}
	on, ok := c.alerts.Standing(c.number)
	switch {
	case typed != "":
		c.opt.Ask.Say("message " + typed + "_   then its key, or Enter")
	case !ok:
		c.opt.Ask.Say("? help · q end")
	default:
		words := []string{fmt.Sprintf("[%d] %s", on.Number, on.Headline)}
		for i, r := range terminal.Keys(on.Buttons) {
			words = append(words, string(r)+" "+terminal.Caption(on.Buttons[i]))
		}
		c.opt.Ask.Say(strings.Join(append(words, "? help"), " · "))
	}
}

var help = []string{
	"You are in the place of somebody in Slack. What the keys do is stored and shown as if it were pressed there.",
	"1, 2 … or ↑ ↓: which message is answered. Its number stands below it",
	"g n s m …: its buttons, by the letters below it: Got it, Not relevant, Snooze…, More…",
	"Esc: closes a window, and changes nothing",
	"q or Ctrl-C: ends the demo",
}

// take does what a key is for, and returns the digits typed so far.
func (c *Console) take(ctx context.Context, desk slack.Handler, k key, typed string) (string, error) {
	switch {
	case k.kind == up:
		c.choose(c.number - 1)
	case k.kind == down:
		c.choose(c.number + 1)
	case k.kind == enter && typed != "":
		c.chooseTyped(typed)
	case k.kind != letter:
	case k.r >= '0' && k.r <= '9' && len(typed) < 4:
		return typed + string(k.r), nil
	case k.r == '?':
		c.say(help...)
	case k.r == 'q':
		c.opt.Leave()
	default:
		if typed != "" && !c.chooseTyped(typed) {
			return "", nil
		}
		return "", c.press(ctx, desk, k.r)
	}
	return "", nil
}

func (c *Console) chooseTyped(typed string) bool {
	n, _ := strconv.Atoi(typed) // digits alone are typed
	return c.choose(n)
}

// choose makes a message the one that is answered next.
func (c *Console) choose(number int) bool {
	if _, ok := c.alerts.Standing(number); !ok {
		c.say(fmt.Sprintf("There is no message %d that can be answered.", number))
		return false
	}
	c.number, c.chosen = number, true
	return true
}

// press presses the button of a key, and fills in what that opens.
func (c *Console) press(ctx context.Context, desk slack.Handler, r rune) error {
	if c.number == 0 { // the line below does not show the first one yet
		c.number = c.alerts.LastStanding()
	}
	on, ok := c.alerts.Standing(c.number)
	if !ok {
		c.say("No alert has come yet that could be answered.")
		return nil
	}
	c.chosen = true
	for i, key := range terminal.Keys(on.Buttons) {
		if key != r {
			continue
		}
		b, ok := c.decide(ctx, on.Buttons[i])
		if !ok {
			return nil
		}
		request := c.request(slack.Press, on)
		request.Action, request.Value = b.Action, b.Value
		if _, err := desk(ctx, request); err != nil {
			return fmt.Errorf("press %s: %w", terminal.Caption(b), err)
		}
		return c.fillAll(ctx, desk, on)
	}
	c.say(fmt.Sprintf("Message %d has no button %q; ? helps.", on.Number, r))
	return nil
}

// decide asks what a button asks before it is pressed. ok is false when it is not.
func (c *Console) decide(ctx context.Context, b notify.Button) (pressed notify.Button, ok bool) {
	if b.Menu != nil {
		choices := make([]slack.Choice, len(b.Menu))
		for i, m := range b.Menu {
			choices[i] = slack.Choice{Value: strconv.Itoa(i), Text: m.Label}
		}
		chosen, ok := c.one(ctx, slack.Field{Label: "More", Choices: choices})
		if !ok || len(chosen) == 0 {
			return b, false
		}
		i, _ := strconv.Atoi(chosen[0]) // one of those above
		picked := b.Menu[i]
		picked.Action = b.Action
		return picked, true
	}
	if b.Confirm == "" {
		return b, true
	}
	yes, ok := c.one(ctx, slack.Field{Label: b.Confirm, Choices: []slack.Choice{
		{Value: "yes", Text: b.Label}, {Value: "no", Text: "Cancel"},
	}})
	return b, ok && len(yes) > 0 && yes[0] == "yes"
}

// request is what the person does about a message.
func (c *Console) request(kind slack.RequestKind, on terminal.Standing) slack.Request {
	return slack.Request{
		ID: rand.Text(), Kind: kind, User: slack.User{ID: user, Name: "you"}, At: c.opt.Now(),
		Channel: on.At.ChannelID, ChannelName: on.At.ChannelID, TS: on.At.TS,
	}
}

// say shows the person lines of ours.
func (c *Console) say(lines ...string) {
	var m notify.Message
	for _, text := range lines {
		m.Body = append(m.Body, notify.Part{Kind: notify.Line, Runs: []notify.Run{{Text: text}}})
	}
	_ = c.alerts.Whisper("", m) // where the terminal is gone, the keys end, too
}
