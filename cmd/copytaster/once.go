package main

import (
	"context"
	"errors"
	"log/slog"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

// passJSON is the JSON form of one pass over all sources.
type passJSON struct {
	Sources  int            `json:"sources"`
	Failed   []failedSource `json:"failed"`
	Empty    []failedSource `json:"empty"` // their lists could be read and hold no story
	Sent     int            `json:"sent"`
	Left     []deliveryJSON `json:"left"`
	Paused   string         `json:"sending_paused,omitempty"`
	Pauses   []app.Paused   `json:"pauses,omitempty"`
	TimedOut bool           `json:"timed_out"`
}

// failedSource is a source that could not be crawled, or gave nothing.
type failedSource struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

// runOnce goes once through all sources and says what came of it.
func runOnce(ctx context.Context, out *output, log *slog.Logger, opt app.Options, r *running) error {
	a, err := app.New(ctx, log, opt)
	if err != nil {
		return err
	}
	pass, err := a.Once(ctx, r.timeout)
	if err := errors.Join(err, a.Close()); err != nil {
		if ctx.Err() != nil {
			return errors.New("run once: interrupted; what is left is taken up by the next run")
		}
		return err
	}
	result := passJSON{
		Sources: pass.Sources, Sent: pass.Sent, Paused: pass.Paused, Pauses: pass.Pauses, TimedOut: pass.TimedOut,
		Failed: []failedSource{}, Empty: []failedSource{}, Left: []deliveryJSON{},
	}
	for _, src := range pass.Failed {
		result.Failed = append(result.Failed, failedSource{Name: src.Name, Error: src.Error})
	}
	for _, src := range pass.Barren {
		result.Empty = append(result.Empty, failedSource{Name: src.Name, Error: src.Reason})
	}
	for _, d := range pass.Left {
		result.Left = append(result.Left, deliveryOf(app.DeliveryStatus{Delivery: d}))
	}
	if out.isJSON() {
		err = out.json(result)
	} else {
		printPass(out, result, pass.Done())
	}
	if err == nil && !pass.Done() {
		err = errNo
	}
	return err
}

func printPass(out *output, p passJSON, done bool) {
	for _, src := range p.Failed {
		out.say("%s source %s: %s", out.palette.mark(false), src.Name, src.Error)
	}
	for _, src := range p.Empty {
		out.say("! source %s: 0 stories read: %s", src.Name, src.Error)
	}
	for _, d := range p.Left {
		out.say("%s delivery %d to %s is %s%s", out.palette.mark(false), d.ID, d.Channel, d.State, because(d.Error))
	}
	if p.Paused != "" {
		out.say("%s nothing can be sent: %s: mend slack.token; alerts are kept", out.palette.mark(false), p.Paused)
	}
	for i := range p.Pauses {
		out.say("%s %s", out.palette.mark(false), app.PausedLine(&p.Pauses[i], out.zone))
	}
	if p.TimedOut {
		out.say("%s the time was up before everything was done: see --timeout", out.palette.mark(false))
	}
	out.say("%s %s crawled, %d failed; %s sent, %d left", out.palette.mark(done),
		text.Plural(p.Sources, "source"), len(p.Failed), text.Plural(p.Sent, "message"), len(p.Left))
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + reason
}
