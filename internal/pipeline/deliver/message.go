package deliver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// rendering is a delivery being rendered.
type rendering struct {
	*act.Env

	d       news.Delivery
	channel string // the sender's name for it
	root    int64  // the delivery that it replies to; 0: none

	seen, called time.Time // when the story of a first message was first listed, and when its alert was recorded
}

// Shown renders the message of a delivery as it looks by now, or would if it were sent now.
func Shown(ctx context.Context, env *act.Env, d news.Delivery) (m notify.Message, err error) {
	r := rendering{Env: env, d: d, channel: d.ChannelID}
	if d.State == news.StateSent {
		return r.edition(ctx, &d)
	}
	m, _, err = r.message(ctx)
	return m, err
}

// message renders what a delivery says; edited reports whether it is of an
// alert that an edit raised, which says nothing of how fast news is brought.
func (r *rendering) message(ctx context.Context) (m notify.Message, edited bool, err error) {
	switch r.d.Kind {
	case news.DeliverOps:
		m = notify.Ops(r.d)
	case news.DeliverSignal:
		m, err = r.signal(ctx)
	case news.DeliverNotice:
		m, err = r.notice()
	case news.DeliverDigest:
		m, err = r.digest(ctx)
		edited = true
	case news.DeliverUpdate:
		m, edited, err = r.update(ctx)
	case news.DeliverUnanswered:
		m, err = r.unanswered(ctx)
		edited = true
	default:
		m, edited, err = r.story(ctx)
	}
	if err != nil {
		return m, false, fmt.Errorf("render delivery %d: %w", r.d.ID, err)
	}
	epoch, err := r.Store.Epochs.Newest(ctx)
	m.Epoch, m.About = epoch.Name, r.d.About
	return m, edited, err
}

// digest renders a delivery of several alerts.
func (r *rendering) digest(ctx context.Context) (m notify.Message, err error) {
	if r.d.About == news.AboutStorm {
		return r.storm(ctx)
	}
	raising, err := r.Store.Deliveries.Raising(ctx, r.d.ID)
	// What was raised is told by a message of its own, if that can be sent.
	if err == nil && raising && r.d.State != news.StateSent {
		err = &news.LaterError{At: r.Now().Add(rootWait)}
	}
	if err != nil {
		return m, err
	}
	told, err := r.Store.Deliveries.Digest(ctx, r.d.ID)
	if err == nil && len(told) == 0 { // its alerts were told by messages of their own
		err = errNoThread
	}
	if err != nil {
		return m, err
	}
	var marks []string
	briefs := make([]notify.Brief, len(told))
	for i := range told {
		r.Plan().SetOrigin(&told[i].Story)
		if briefs[i], err = r.brief(ctx, &told[i]); err != nil {
			return m, err
		}
		marks = append(marks, marksOf(r.d, &told[i])...)
	}
	m, err = r.digestOf(ctx, briefs)
	m.Marks = marks
	return m, err
}

// digestOf renders the briefs of a digest by what it is about.
func (r *rendering) digestOf(ctx context.Context, briefs []notify.Brief) (m notify.Message, err error) {
	switch r.d.About {
	case news.AboutSnooze:
		z, err := r.Store.Snoozes.SnoozeOf(ctx, r.d)
		if err != nil {
			return m, err
		}
		return notify.Kept(r.d, &z, briefs), nil
	case news.AboutFold:
		return r.folded(ctx, briefs)
	case news.AboutQuiet, news.AboutDigest, news.AboutPause:
		p, err := notify.PeriodOf(r.d)
		if err != nil {
			return m, err
		}
		m = notify.Gathered(r.d, p, briefs)
		open := len(slices.DeleteFunc(slices.Clone(briefs), func(b notify.Brief) bool { return b.Got != "" }))
		if r.Plan().Answerable && open > 0 {
			m.Body = append(m.Body, notify.GotAllButton(r.d.ID, open))
		}
		return m, nil
	default:
		return notify.Missed(r.d, briefs), nil
	}
}

// brief is one alert of a digest, as its news stands by now.
func (r *rendering) brief(ctx context.Context, told *store.Content) (b notify.Brief, err error) {
	updates, err := r.Store.Deliveries.Updates(ctx, told.Alert.ID)
	if err != nil {
		return b, err
	}
	var s notify.State
	for _, u := range updates {
		if u.Story != 0 && u.Story != told.Story.ID {
			continue
		}
		if err := fold(&s, u); err != nil {
			r.Log.Error("an update is unreadable, the digest leaves it out", "delivery", u.ID, "error", err)
		}
	}
	recalls, err := r.Store.Recalls.Of(ctx, told.Alert.ID)
	if err != nil {
		return b, err
	}
	s.Recalled = notify.RecalledBy(recalls)
	got, err := r.Store.Answers.Got(ctx, told.Alert.ID)
	s.Got = response(&got, told.Alert)
	return notify.BriefOf(told.Alert, &told.Story).In(s), err
}

// answerable has a message of an alert show the buttons with which people answer it, where
// they can.
func (r *rendering) answerable(m notify.Message, alert news.Alert) notify.Message {
	if r.Plan().Answerable {
		m.Alert = alert.ID
	}
	return m
}

// errTakenBack says that a recall took back what a delivery tells.
var errTakenBack = errors.New(store.TakenBack)

// standing returns errTakenBack when a recall took back all that an alert told.
func (r *rendering) standing(ctx context.Context, alert *news.Alert) error {
	recalls, err := r.Store.Recalls.Of(ctx, alert.ID)
	if err == nil && alert.TakenBack(recalls) {
		err = errTakenBack
	}
	return err
}

// story renders the first message of an alert, as its news stands by now.
func (r *rendering) story(ctx context.Context) (m notify.Message, edited bool, err error) {
	told, err := r.content(ctx)
	if err == nil {
		err = r.standing(ctx, &told.Alert)
	}
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
	if posted.Kind != news.DeliverStory {
		return r.laterEdition(ctx, *posted)
	}
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
	m.Marks = marksOf(d, &told)
	epoch, err := r.Store.Epochs.Newest(ctx)
	m.Epoch = epoch.Name
	return m, err
}

// laterEdition renders a posted message that is not an alert's own as it is to be shown now.
func (r *rendering) laterEdition(ctx context.Context, posted news.Delivery) (m notify.Message, err error) {
	edit := r.d
	posted.Plain = posted.Plain || edit.Plain
	r.d = posted
	m, _, err = r.message(ctx)
	r.d, m.Edition = edit, edit.Edition
	return m, err
}
