package deliver

import (
	"context"
	"errors"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// errAnswered says that an alert needs nobody any more of which others were to be told.
var errAnswered = errors.New("somebody answered the alert meanwhile")

// unanswered renders what others are told of an alert that nobody answers, as it stands by
// now. While their channel is quiet, or waits for its digest, the delivery waits as well.
func (r *rendering) unanswered(ctx context.Context) (m notify.Message, err error) {
	said, err := notify.UnansweredOf(r.d)
	if err != nil {
		return m, err
	}
	told, err := r.content(ctx)
	if err != nil {
		return m, err
	}
	if r.d.State != news.StateSent {
		done, err := r.Store.Unanswered.Answered(ctx, r.d.Alert)
		if err == nil && done {
			err = errAnswered
		}
		if err != nil {
			return m, err
		}
		if w, _, waits := r.Plan().Waits(r.d.Channel, told.Alert.Severity, r.Now()); waits {
			return m, &news.LaterError{At: w.Until}
		}
	}
	f := notify.Followup{
		Delivery: r.d, Alert: told.Alert, Story: notify.PieceOf(&told.Story), Answerable: r.Plan().Answerable,
	}
	root, _, err := r.Store.Deliveries.Root(ctx, r.d.Alert)
	if err != nil {
		return m, err
	}
	var posted *notify.Chapter
	if root.TS != "" {
		posted = r.chapter(ctx, f.Story.Headline, root)
	}
	got, err := r.Store.Answers.Got(ctx, r.d.Alert)
	by := response(&got, news.Alert{Channel: r.d.Channel})
	m = said.Message(f, posted, by)
	m.Marks = marksOf(r.d, &told)
	return m, err
}
