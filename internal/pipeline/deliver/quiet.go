package deliver

import (
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
)

// waits reports how long the channel is kept from a development of an alert that it has.
func (r *rendering) waits(severity news.Severity) (w schedule.Wait, about news.About, waits bool) {
	if r.d.About != news.AboutDevelopment {
		return w, "", false
	}
	return r.Plan().Waits(r.d.Channel, severity, r.Now())
}

// hush has the thread alone tell a development while the channel is quiet, or is told by
// the calendar. Without a thread it waits for the end of the quiet; no digest tells it.
func (r *rendering) hush(m *notify.Message) error {
	w, about, waits := r.waits(m.Severity)
	if !waits {
		return nil
	}
	m.Broadcast = false
	switch {
	case m.Thread != "" && !notify.IsSink(r.channel):
		return nil
	case about == news.AboutQuiet:
		return &news.LaterError{At: w.Until}
	default:
		return errNoThread
	}
}

// sleep has what the channel would be shown, and people be mentioned in, wait for the end of
// its quiet hours, unless the alert is urgent by now: what was denied, corrected, withdrawn,
// restored or raised. The message of the alert shows it meanwhile.
func (r *rendering) sleep(severity news.Severity) error {
	if until, quiet := quietUntil(r, r.Now(), severity); quiet {
		return &news.LaterError{At: until}
	}
	return nil
}

// slept reports whether quiet hours keep the update, or have kept it. It replies to the message
// that people know then, however long ago the channel was shown that.
func slept(r *rendering, severity news.Severity) bool {
	_, before := quietUntil(r, r.d.Created, severity)
	_, now := quietUntil(r, r.Now(), severity)
	return before || now
}

// quietUntil returns when the quiet ends that keeps an update at a time.
func quietUntil(r *rendering, at time.Time, severity news.Severity) (until time.Time, quiet bool) {
	if severity >= news.Urgent || isCoverage(r.d.About) || keepsToThread(r.d.About) {
		return time.Time{}, false
	}
	until = r.Plan().Awake(r.d.Channel, at)
	return until, until.After(at)
}

// since is when the delivery was to be sent first: quiet hours may have kept an update.
func since(a *attempt) time.Time {
	if a.d.Kind != news.DeliverUpdate {
		return a.d.Created
	}
	return a.Plan().Awake(a.d.Channel, a.d.Created)
}
