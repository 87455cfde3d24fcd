package deliver

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/notify"
)

// rendering is a delivery being rendered.
type rendering struct {
	*act.Env

	d       news.Delivery
	channel string // the sender's name for it
	root    int64  // the delivery that it replies to; 0: none
	leaves  bool   // its alert leaves the digest that was to tell it

	seen, called time.Time // when the story of a first message was first listed, and when its alert was recorded
}

// message renders what a delivery says; edited reports whether it is of an
// alert that an edit raised, which says nothing of how fast news is brought.
func (r *rendering) message(ctx context.Context) (m notify.Message, edited bool, err error) {
	switch r.d.Kind {
	case news.DeliverOps:
		m = notify.Ops(r.d)
	case news.DeliverSignal:
		var s notify.Signal
		if s, err = notify.SignalOf(r.d); err == nil {
			m = s.Message(r.d)
		}
	case news.DeliverNotice:
		var n notify.SnoozeNotice
		if n, err = notify.SnoozeNoticeOf(r.d); err == nil {
			m = n.Message(r.d)
		}
	case news.DeliverDigest:
		m, err = r.digest(ctx)
		edited = true
	case news.DeliverUpdate:
		m, edited, err = r.update(ctx)
	default:
		m, edited, err = r.story(ctx)
	}
	if err != nil {
		return m, false, fmt.Errorf("render delivery %d: %w", r.d.ID, err)
	}
	epoch, err := r.Store.Epochs.Newest(ctx)
	m.Epoch = epoch.Name
	return m, edited, err
}

// digest renders a delivery of several alerts.
func (r *rendering) digest(ctx context.Context) (m notify.Message, err error) {
	told, err := r.Store.Deliveries.Digest(ctx, r.d.ID)
	if err == nil && len(told) == 0 && r.d.About != "" { // its alerts were told by messages of their own
		err = errNoThread
	}
	if err != nil {
		return m, err
	}
	var marks []string
	briefs := make([]notify.Brief, len(told))
	for i := range told {
		r.Plan().SetOrigin(&told[i].Story)
		briefs[i] = notify.BriefOf(told[i].Alert, &told[i].Story)
		marks = append(marks, marksOf(r.d, &told[i])...)
	}
	if r.d.About == news.AboutSnooze {
		z, err := r.Store.Snoozes.SnoozeOf(ctx, r.d)
		if err != nil {
			return m, err
		}
		m = notify.Kept(r.d, &z, briefs)
	} else {
		m = notify.Missed(r.d, briefs)
	}
	m.Marks = marks
	return m, nil
}

// answerable has a message of an alert show the buttons with which people answer it, where
// they can.
func (r *rendering) answerable(m notify.Message, alert news.Alert) notify.Message {
	if r.Plan().Answerable {
		m.Alert = alert.ID
	}
	return m
}

// story renders the first message of an alert, as its news stands by now.
func (r *rendering) story(ctx context.Context) (m notify.Message, edited bool, err error) {
	told, err := r.content(ctx)
	if err != nil {
		return m, false, err
	}
	state, err := r.state(ctx, told.Alert, &r.d, &told.Story, time.Time{})
	if err != nil {
		return m, false, err
	}
	r.seen, r.called = told.Story.FirstSeen, told.Alert.Created
	m = r.answerable(notify.Story(r.d, told.Alert, &told.Story, told.Matches, r.Now()).In(state), told.Alert)
	m.Marks = marksOf(r.d, &told)
	return m, told.Alert.Edited, nil
}

// edition renders the posted message of an alert as it is to be shown now. Its delay is that
// of the post.
func (r *rendering) edition(ctx context.Context, posted *news.Delivery) (m notify.Message, err error) {
	told, err := r.Store.Deliveries.Content(ctx, *posted)
	if err != nil {
		return m, err
	}
	r.dress(&told)
	d := *posted
	d.Plain = d.Plain || r.d.Plain
	m = notify.Story(d, told.Alert, &told.Story, told.Matches, posted.Done)
	state, err := r.state(ctx, told.Alert, posted, &told.Story, posted.Done)
	if err != nil {
		return m, err
	}
	m = r.answerable(m.In(state), told.Alert)
	m.Edition, m.Marks = r.d.Edition, marksOf(d, &told)
	epoch, err := r.Store.Epochs.Newest(ctx)
	m.Epoch = epoch.Name
	return m, err
}
