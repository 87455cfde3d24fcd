package deliver

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// message renders what a delivery says; edited reports whether it is of an
// alert that an edit raised, which says nothing of how fast news is brought.
func (a *attempt) message(ctx context.Context) (m notify.Message, edited bool, err error) {
	switch a.d.Kind {
	case news.DeliverOps:
		m = notify.Ops(a.d)
	case news.DeliverDigest:
		m, err = a.digest(ctx)
		edited = true
	case news.DeliverUpdate:
		m, edited, err = a.update(ctx)
	default:
		m, edited, err = a.story(ctx)
	}
	if err != nil {
		return m, false, fmt.Errorf("render delivery %d: %w", a.d.ID, err)
	}
	epoch, err := a.Store.Epochs.Newest(ctx)
	m.Epoch = epoch.Name
	return m, edited, err
}

// digest renders a delivery of several alerts.
func (a *attempt) digest(ctx context.Context) (m notify.Message, err error) {
	told, err := a.Store.Deliveries.Digest(ctx, a.d.ID)
	if err != nil {
		return m, err
	}
	var marks []string
	briefs := make([]notify.Brief, len(told))
	for i := range told {
		a.Plan().SetOrigin(&told[i].Story)
		briefs[i] = notify.BriefOf(told[i].Alert, &told[i].Story)
		marks = append(marks, marksOf(a.d, &told[i])...)
	}
	m = notify.Missed(a.d, briefs)
	m.Marks = marks
	return m, nil
}

// story renders the first message of an alert, as its news stands by now.
func (a *attempt) story(ctx context.Context) (m notify.Message, edited bool, err error) {
	told, err := a.content(ctx)
	if err != nil {
		return m, false, err
	}
	state, err := a.state(ctx, told.Alert, &told.Story, time.Time{})
	if err != nil {
		return m, false, err
	}
	m = notify.Story(a.d, told.Alert, &told.Story, told.Matches, a.Now()).In(state)
	m.Marks = marksOf(a.d, &told)
	return m, told.Alert.Edited, nil
}
