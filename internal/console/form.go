package console

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
	"github.com/copytaster/copytaster/notify/terminal"
)

// fillAll has the person fill in the windows that the desk opened, and sends each.
func (c *Console) fillAll(ctx context.Context, desk slack.Handler, on terminal.Standing) error {
	for {
		c.mu.Lock()
		if len(c.asked) == 0 {
			c.mu.Unlock()
			return nil
		}
		v := c.asked[0]
		c.asked = c.asked[1:]
		c.mu.Unlock()
		if err := c.fill(ctx, desk, on, v); err != nil {
			return err
		}
	}
}

// fill has the person fill in one window, and sends it. What the desk calls a mistake is
// asked again.
func (c *Console) fill(ctx context.Context, desk slack.Handler, on terminal.Standing, v slack.View) error {
	values, ask := map[string][]string{}, v.Fields
	if err := c.alerts.Whisper("", notify.Message{Body: []notify.Part{
		{Kind: notify.Line, Runs: []notify.Run{{Text: v.Title, Style: notify.Bold}}},
	}}); err != nil {
		return err
	}
	for {
		for _, f := range ask {
			given, ok := c.field(ctx, f)
			if !ok {
				c.say("Closed. Nothing was changed.")
				return nil
			}
			if f.ID != "" {
				values[f.ID] = given
			}
		}
		request := c.request(slack.Submission, on)
		request.Action, request.Value, request.Values = v.Callback, v.Metadata, values
		reply, err := desk(ctx, request)
		if err != nil {
			return fmt.Errorf("send %s: %w", v.Title, err)
		}
		if ask = mistaken(v.Fields, reply.Mistakes); len(ask) == 0 {
			return nil
		}
		for _, f := range ask {
			c.say(reply.Mistakes[f.ID])
		}
	}
}

// mistaken are the fields that have mistakes: all of them when none of them has what is wrong.
func mistaken(fields []slack.Field, mistakes map[string]string) []slack.Field {
	if len(mistakes) == 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(fields), func(f slack.Field) bool { return mistakes[f.ID] == "" })
}

// field shows a field, and has the person fill in an input. ok is false when the person
// closes the window.
func (c *Console) field(ctx context.Context, f slack.Field) (given []string, ok bool) {
	if len(f.Parts) > 0 {
		if err := c.alerts.Whisper("", notify.Message{Body: f.Parts}); err != nil {
			return nil, false
		}
	}
	switch {
	case f.Label == "":
		return nil, true
	case f.Kind == slack.Words || f.Kind == slack.Lines:
		return c.words(ctx, f)
	case f.Kind == slack.Checks:
		return c.several(ctx, f)
	default:
		return c.one(ctx, f)
	}
}

// offer shows the choices of an input, numbered.
func (c *Console) offer(f slack.Field) {
	lines := []string{f.Label}
	for i, choice := range f.Choices {
		line := fmt.Sprintf("%d  %s", i+1, choice.Text)
		if choice.Note != "" {
			line += " – " + choice.Note
		}
		lines = append(lines, line)
	}
	if f.Hint != "" {
		lines = append(lines, f.Hint)
	}
	c.say(lines...)
}

// one has the person choose one of some choices: by its number, or by Enter what is chosen at
// first.
func (c *Console) one(ctx context.Context, f slack.Field) (chosen []string, ok bool) {
	c.offer(f)
	ask := fmt.Sprintf("1–%d", len(f.Choices))
	if i := slices.IndexFunc(f.Choices, func(o slack.Choice) bool { return slices.Contains(f.Chosen, o.Value) }); i >= 0 {
		ask += " · Enter: " + f.Choices[i].Text
	} else if f.Optional {
		ask += " · Enter: none"
	}
	for typed := ""; ; {
		c.opt.Ask.Say(ask + " · Esc closes  " + typed)
		k, err := c.key(ctx)
		switch {
		case err != nil || k.kind == escape:
			return nil, false
		case k.kind == enter && typed == "" && (len(f.Chosen) > 0 || f.Optional):
			return f.Chosen, true
		case k.kind == erase:
			typed = ""
		case k.kind == letter && k.r >= '0' && k.r <= '9':
			typed += string(k.r)
		}
		n, err := strconv.Atoi(typed)
		if err != nil || k.kind != enter && n*10 <= len(f.Choices) && n > 0 { // another digit may follow
			continue
		}
		if n >= 1 && n <= len(f.Choices) {
			return []string{f.Choices[n-1].Value}, true
		}
		typed = ""
	}
}

// several has the person choose any of at most ten choices: a number chooses one, or takes it
// back.
func (c *Console) several(ctx context.Context, f slack.Field) (chosen []string, ok bool) {
	c.offer(f)
	chosen = slices.Clone(f.Chosen)
	for {
		var names []string
		for i, choice := range f.Choices {
			if slices.Contains(chosen, choice.Value) {
				names = append(names, strconv.Itoa(i+1))
			}
		}
		c.opt.Ask.Say(fmt.Sprintf("1–%d chooses or takes back · Enter: %s · Esc closes", len(f.Choices), strings.Join(names, " ")))
		k, err := c.key(ctx)
		switch {
		case err != nil || k.kind == escape:
			return nil, false
		case k.kind == enter && (len(chosen) > 0 || f.Optional):
			return chosen, true
		case k.kind != letter || k.r < '0' || k.r > '9':
			continue
		}
		i := (int(k.r-'0') + 9) % 10 // 0 is the tenth
		if i >= len(f.Choices) {
			continue
		}
		v := f.Choices[i].Value
		if at := slices.Index(chosen, v); at >= 0 {
			chosen = slices.Delete(chosen, at, at+1)
		} else {
			chosen = append(chosen, v)
		}
	}
}

// mostTyped is the longest text of an input, in runes, where the input has no bound.
const mostTyped = 3000

// words has the person type a text.
func (c *Console) words(ctx context.Context, f slack.Field) (given []string, ok bool) {
	most := f.Most
	if most == 0 {
		most = mostTyped
	}
	if f.Hint != "" {
		c.say(f.Hint)
	}
	typed := []rune(strings.Join(f.Chosen, " "))
	for {
		c.opt.Ask.Say(f.Label + " · Enter sends · Esc closes  " + string(typed) + "_")
		k, err := c.key(ctx)
		switch {
		case err != nil || k.kind == escape:
			return nil, false
		case k.kind == enter && len(typed) > 0:
			return []string{string(typed)}, true
		case k.kind == enter && f.Optional:
			return nil, true
		case k.kind == erase && len(typed) > 0:
			typed = typed[:len(typed)-1]
		case k.kind == letter && len(typed) < most:
			typed = append(typed, k.r)
		}
	}
}
