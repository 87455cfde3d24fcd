package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// press does what a button is for.
func (p person) press(ctx context.Context, r slack.Request) error {
	on, ok := notify.ParsePressed(r.Value)
	if !ok {
		return mistaken("This button is of another version of copytaster, and does nothing.")
	}
	if r.Action == notify.ActGotAll {
		return p.gotAll(ctx, r, on.Alert)
	}
	if r.Action == notify.ActPost {
		return p.post(ctx, r, on)
	}
	if r.Action == notify.ActUndoRecall {
		undone, _, err := p.answers.UndoRecall(ctx, p.said(r, ""), on.Alert)
		return p.answered(r, undone, err)
	}
	if r.Action == notify.ActSingly || r.Action == notify.ActTakeBack {
		return storming{p}.press(ctx, r, on.Alert)
	}
	alert, err := p.Store.Alerts.AlertOf(ctx, on.Alert)
	if err != nil {
		return err
	}
	said := p.said(r, alert.Channel)
	switch r.Action {
	case notify.ActGot:
		got, err := p.answers.Got(ctx, said, alert.ID)
		return p.answered(r, got, err)
	case notify.ActIrrelevant:
		return p.openIrrelevant(ctx, r, alert)
	case notify.ActSnooze:
		view, err := p.snoozeView(ctx, r, alert)
		if err != nil {
			return err
		}
		_, err = p.open(ctx, r, view)
		return err
	case notify.ActUndo:
		undone, err := p.answers.Undo(ctx, said, alert.ID, on.ID)
		return p.answered(r, undone, err)
	case notify.ActEndSnooze:
		ended, err := p.answers.EndSnooze(ctx, said, on.ID)
		return p.answered(r, ended, err)
	case notify.ActMore:
		return p.more(ctx, r, alert, on)
	}
	return mistaken("This button is of another version of copytaster, and does nothing.")
}

// gotAll records that the person sees to all that a digest tells.
func (p person) gotAll(ctx context.Context, r slack.Request, digest int64) error {
	told, err := p.Store.Deliveries.Digest(ctx, digest)
	if err == nil && len(told) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return err
	}
	late := 0
	for i := range told {
		alert := told[i].Alert
		said := p.said(r, alert.Channel)
		said.Request = fmt.Sprintf("%s/%d", r.ID, alert.ID)
		got, err := p.answers.Got(ctx, said, alert.ID)
		if err != nil {
			return err
		}
		if got.Answer.Effect == news.AnswerLate && got.First.By.ID != p.by.ID {
			late++
		}
	}
	switch late {
	case 0:
	case len(told):
		p.whisper(r, line("Others got all of this already. Nothing was changed."))
	default:
		p.whisper(r, line(fmt.Sprintf("Others got %d of these %d already. The rest is yours.", late, len(told))))
	}
	return nil
}

// more does what was chosen in the menu of a message.
func (p person) more(ctx context.Context, r slack.Request, alert news.Alert, on notify.Pressed) error {
	switch on.Word {
	case notify.WordUndo:
		undone, err := p.answers.Undo(ctx, p.said(r, alert.Channel), alert.ID, on.ID)
		return p.answered(r, undone, err)
	case notify.WordWhy:
		return p.why(ctx, r, alert)
	case notify.WordApart:
		view, err := p.apartView(ctx, r, alert)
		if err != nil {
			return err
		}
		_, err = p.open(ctx, r, view)
		return err
	}
	return mistaken("This choice is of another version of copytaster, and does nothing.")
}

// shortcut does what a message's shortcuts are for.
func (p person) shortcut(ctx context.Context, r slack.Request) error {
	alert, err := p.Store.Alerts.ByMessage(ctx, r.Channel, r.TS)
	if err != nil {
		return err
	}
	switch r.Action {
	case notify.ActIrrelevant:
		return p.openIrrelevant(ctx, r, alert)
	case shortcutWhy:
		return p.why(ctx, r, alert)
	}
	return mistaken("This shortcut is of another version of copytaster, and does nothing.")
}

// shortcutWhy is the callback of the shortcut that asks why an alert came.
const shortcutWhy = "ct.why"

// open opens a modal, and returns its ID.
func (p person) open(ctx context.Context, r slack.Request, v slack.View) (id string, err error) {
	id, err = p.opt.Slack.OpenView(ctx, r.Trigger, v)
	switch {
	case errors.Is(err, slack.ErrTriggerExpired):
		return "", mistaken("That took too long, and Slack did not open the window. Nothing was changed: press again.")
	case err != nil:
		p.Log.Warn("a window was not opened", "error", err)
		return "", mistaken("Slack did not open the window. Nothing was changed: press again.")
	}
	return id, nil
}

// answered tells the person what an answer came to. What the message shows is not said.
func (p person) answered(r slack.Request, done answers.Result, err error) error {
	if parts := unshown(done); err == nil && len(parts) > 0 {
		p.whisper(r, parts...)
	}
	return err
}

// unshown says what an answer came to that nothing shows.
func unshown(done answers.Result) []notify.Part {
	switch {
	case done.Known, done.Answer.Effect == news.AnswerApplied:
		return nil
	case done.Answer.Effect == news.AnswerLate:
		return late(done.First)
	case done.Answer.Kind == news.AnswerGot, done.Answer.Kind == news.AnswerIrrelevant:
		return []notify.Part{line(tookTurn)}
	default:
		return []notify.Part{line("That was over already. Nothing was changed.")}
	}
}

// tookTurn is what people are told who answered what was told before.
const tookTurn = "This took a turn after you answered it: look at it again. Nothing was changed."

// late says who was first.
func late(first news.Answer) []notify.Part {
	what := " got it already · "
	if first.Kind == news.AnswerIrrelevant {
		what = " called it not relevant already · "
	}
	in := ""
	if first.Channel != "" {
		in = ", #" + first.Channel + ","
	}
	return []notify.Part{{Kind: notify.Line, Runs: []notify.Run{
		{Text: first.By.Name + in + what}, {Time: first.At},
	}}}
}
