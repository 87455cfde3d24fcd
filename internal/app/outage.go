package app

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/store"
)

// sayEvery is how often the log says at most that the store does not answer.
const sayEvery = time.Minute

// outage folds what a log would say while the store does not answer: everybody who needs it has
// the same error, several times a second. It says once that it is so, once a minute that it lasts,
// and once that it is over. One that ends within a minute of the last line is not
// logged by itself: its lines are counted in lines_left_out of the next.
type outage struct {
	log *slog.Logger // without the folding
	now func() time.Time

	mu     sync.Mutex
	since  time.Time // zero: it answers
	said   time.Time // the last line that it does not answer
	told   bool      // of this outage
	folded int       // lines that were left out since the last one
}

// folding returns the logger through which the outage sees what is logged.
func folding(log *slog.Logger, now func() time.Time) (*slog.Logger, *outage) {
	o := &outage{log: log, now: now}
	return slog.New(foldingHandler{log.Handler(), o}), o
}

// note takes the place of a line about an error of a store that does not answer.
func (o *outage) note(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if o.since.IsZero() {
		o.since = now
	}
	if !o.said.IsZero() && now.Sub(o.said) < sayEvery {
		o.folded++
		return
	}
	cause := strings.Join(strings.Fields(err.Error()), " ") // pgx writes one line for each address
	if o.told {
		o.log.Error("the store still does not answer", "since", o.since.UTC().Format(time.RFC3339), "lines_left_out", o.folded, "error", cause)
	} else {
		o.log.Error("the store does not answer: work waits until it does", "error", cause)
	}
	o.said, o.told, o.folded = now, true, 0
}

// lasts reports whether the store did not answer when it was last asked.
func (o *outage) lasts() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.since.IsZero()
}

// end records that the store answers.
func (o *outage) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.told {
		o.log.Info("the store answers again", "after", o.now().Sub(o.since).Round(time.Millisecond), "lines_left_out", o.folded)
		o.folded = 0
	}
	o.since, o.told = time.Time{}, false
}

// foldingHandler keeps what an outage says already out of a log, except from one that shows
// everything.
type foldingHandler struct {
	slog.Handler

	outage *outage
}

// Handle logs what is about anything else.
func (h foldingHandler) Handle(ctx context.Context, r slog.Record) error {
	away := awayOf(&r)
	if away == nil {
		return h.Handler.Handle(ctx, r)
	}
	h.outage.note(away)
	if h.Enabled(ctx, slog.LevelDebug) {
		r.Level = slog.LevelDebug
		return h.Handler.Handle(ctx, r)
	}
	return nil
}

// awayOf returns the error in a line that says that the store is away; nil: there is none.
func awayOf(r *slog.Record) (away error) {
	if r.Level < slog.LevelWarn {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		if err, is := a.Value.Any().(error); is && store.Away(err) {
			away = err
		}
		return away == nil
	})
	return away
}

// WithAttrs keeps the folding.
func (h foldingHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return foldingHandler{h.Handler.WithAttrs(attrs), h.outage}
}

// WithGroup keeps the folding.
func (h foldingHandler) WithGroup(name string) slog.Handler {
	return foldingHandler{h.Handler.WithGroup(name), h.outage}
}
