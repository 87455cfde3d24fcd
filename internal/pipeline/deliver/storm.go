package deliver

import (
	"context"
	"errors"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// storm renders the message at the head of a storm. Another one may head it by now: then this
// one leads there, or is not posted.
func (r *rendering) storm(ctx context.Context) (m notify.Message, err error) {
	st, err := r.Store.Storms.StormOf(ctx, r.d)
	if err != nil {
		return m, err
	}
	if st.Head != r.d.ID && r.d.State != news.StateSent && r.d.Attempts == 0 && r.d.LostUntil.IsZero() {
		return m, errNoThread
	}
	if err := r.awake(); err != nil {
		return m, err
	}
	s, err := r.stormNow(ctx, st)
	return s.Message(r.d), err
}

// awake has a message that is not urgent wait while its channel is quiet. One that was posted is
// shown as it is.
func (r *rendering) awake() error {
	w, _, waits := r.Plan().Waits(r.d.Channel, news.Normal, r.Now())
	if !waits || r.d.State == news.StateSent {
		return nil
	}
	return &news.LaterError{At: w.Until}
}

// notice renders a notice. That a storm is over is told once its channel is not quiet.
func (r *rendering) notice() (m notify.Message, err error) {
	if r.d.About == news.AboutStorm {
		err = r.awake()
	}
	if err != nil {
		return m, err
	}
	return notify.Notice(r.d, r.Plan().Answerable, r.Plan().ZoneOf(r.d.Channel))
}

// stormNow is a storm as its head shows it now.
func (r *rendering) stormNow(ctx context.Context, st news.Storm) (s notify.Storm, err error) {
	s = notify.Storm{Storm: st, Over: r.Plan().Storm.Over, Buttons: r.Plan().Answerable}
	if s.Folded, err = r.Store.Storms.Folded(ctx, st.ID); err != nil {
		return s, err
	}
	if st.Head != r.d.ID {
		s.Continued, err = r.headOf(ctx, st)
		return s, err
	}
	told, err := r.Store.Storms.Newest(ctx, st.ID, notify.MostInHead)
	if err != nil {
		return s, err
	}
	for i := range told {
		r.Plan().SetOrigin(&told[i].Story)
		b, err := r.brief(ctx, &told[i])
		if err != nil {
			return s, err
		}
		s.Newest = append(s.Newest, b)
	}
	return s, nil
}

// headOf is the message that heads a storm now.
func (r *rendering) headOf(ctx context.Context, st news.Storm) (*notify.Chapter, error) {
	d, err := r.Store.Deliveries.Get(ctx, st.Head)
	if err != nil {
		return nil, err
	}
	if d.TS == "" {
		return &notify.Chapter{Headline: "in a new message"}, nil
	}
	at := store.Posted{Delivery: d.ID, ChannelID: d.ChannelID, TS: d.TS, Posted: d.Done}
	return r.chapter(ctx, "the newest ones", at), nil
}

// signal renders a signal. That of a burst may head a storm.
func (r *rendering) signal(ctx context.Context) (m notify.Message, err error) {
	said, err := notify.SignalOf(r.d)
	if err != nil {
		return m, err
	}
	m = said.Message(r.d)
	st, err := r.Store.Storms.StormOf(ctx, r.d)
	if errors.Is(err, store.ErrNotFound) {
		return m, nil
	}
	if err != nil {
		return m, err
	}
	s, err := r.stormNow(ctx, st)
	return s.Within(m), err
}

// folded renders a list of what a storm folded: a reply to the storm's head, or a message of
// its own where that is gone.
func (r *rendering) folded(ctx context.Context, briefs []notify.Brief) (m notify.Message, err error) {
	st, err := r.Store.Storms.StormOf(ctx, r.d)
	if err != nil {
		return m, err
	}
	m = notify.Folded(r.d, &st, briefs)
	if r.d.State == news.StateSent { // it stands where it stands
		m.Thread = r.d.Thread
		return m, nil
	}
	d, err := r.Store.Deliveries.Get(ctx, st.Head)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return m, nil
	case err != nil:
		return m, err
	case d.State == news.StateSent && d.TS != "" && d.Closed != string(notify.Gone) && d.ChannelID == r.channel:
		r.root, m.Thread = d.ID, d.TS
	case d.State != news.StateSent && d.State != news.StateDead && d.Channel == r.d.Channel:
		return m, &news.LaterError{At: r.Now().Add(rootWait)}
	}
	return m, nil
}

// unfurl finds out whether a storm folded the alert of an update, and no message of its own
// tells it: then the channel is told only of turns, of what was raised or withdrawn, and of
// severe corrections. The list shows the rest.
func (r *rendering) unfurl(ctx context.Context, f *notify.Followup) error {
	if f.Thread != "" || f.Earlier != nil {
		return nil
	}
	folded, err := r.Store.Storms.IsFolded(ctx, f.Alert.ID)
	if err != nil || !folded {
		return err
	}
	switch r.d.About {
	case news.AboutTurn, news.AboutRaised, news.AboutWithdrawn:
		return nil
	case news.AboutCorrected, news.AboutRestored, news.AboutMismatch:
		if f.Alert.Severity >= news.High {
			return nil
		}
	}
	return errNoThread
}
