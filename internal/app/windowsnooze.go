package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// ErrSnooze says that something cannot be snoozed as it was asked for.
var ErrSnooze = answers.ErrSnooze

// SnoozeSpans returns how long something can be snoozed on a page.
func (w Window) SnoozeSpans() []answers.Lasting { return answers.Spans() }

// SnoozeChannels are the channels of the config that something can be kept from.
func (w Window) SnoozeChannels() []string {
	all := channelsOf(w.Config())
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(c string) bool {
		return slices.Contains(w.Config().SinkNames(), c)
	})
}

// Snoozes returns the snoozes that hold, the first to end first.
func (w Window) Snoozes(ctx context.Context) ([]Snoozed, error) {
	return readSnoozes(ctx, w.app.store, w.Now())
}

// Snooze keeps a rule, a rule at one source, or further reports of the news of an alert, from a
// channel, because somebody on a page says so. request names the form: what one person sends twice is one snooze,
// and what they fill in anew, having gone back to it, is another.
func (w Window) Snooze(ctx context.Context, o SnoozeOrder, request string) (Snoozed, error) {
	if o.Alert == 0 && !slices.Contains(w.SnoozeChannels(), o.Channel) {
		return Snoozed{}, fmt.Errorf("%w: no alert goes to a channel %q", ErrSnooze, o.Channel)
	}
	said := w.saidOn(fmt.Sprintf("snooze/%s/%d/%q", request, o.Alert, []string{o.Rule, o.Source, o.Channel, o.Span}), o.By, o.Channel)
	s, err := snoozeAs(ctx, w.app, said, o)
	if err == nil {
		w.app.log.Info("snoozed on a page", "snooze", s.ID, "subject", s.Subject, "channel", s.Channel, "by", o.By)
		w.app.pipeline.Wake()
	}
	return s, err
}

// Unsnooze ends a snooze, because somebody on a page says so. It returns false when it was over.
func (w Window) Unsnooze(ctx context.Context, id int64, by string) (ended bool, err error) {
	done, err := w.app.pipeline.Answers.EndSnooze(ctx, w.saidOn(fmt.Sprint("unsnooze/", id), by, ""), id)
	if err == nil {
		w.app.log.Info("a snooze was ended on a page", "snooze", id, "effect", done.Answer.Effect, "by", by)
		w.app.pipeline.Wake()
	}
	return done.Answer.Effect != news.AnswerNothing, err
}

// saidOn names what somebody says on a page.
func (w Window) saidOn(request, by, channel string) answers.Said {
	return answers.Said{
		Request: "page/" + request + "/" + by, By: news.Person{Name: by}, Channel: notify.ChannelName(channel),
	}
}
