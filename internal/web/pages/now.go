package pages

import (
	"net/http"
	"slices"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
)

// Bounds of what the first page lists.
const (
	mostListed = 10
	hours      = 24 // of the heat strip
)

// state is what the first page shows.
type state struct {
	app.Status

	Well     bool
	Sentence string
	Refusal  string // why the files on disk are not in force
	Zone     string
	Open     []openAlert
	MoreOpen int
	Said     string // what came of an answer that was given here
	Sick     []app.SourceStatus
	MoreSick int
	Snoozed  int
	Held     []string // what operators paused, and for how long
	Queue    []count
	Dead     []app.DeliveryStatus // dead letters, and parked ones
	Strip    strip
}

// openAlert is an alert that nobody has answered, with the form to do so.
type openAlert struct {
	app.OpenAlert
	Answers answerable
}

// count is how many deliveries are in a state.
type count struct {
	State news.DeliveryState
	N     int64
	Bad   bool // somebody should look
}

// now shows how the daemon is.
func (s *site) now(r *http.Request) (sheet, error) {
	ctx := r.Context()
	st, err := s.Status(ctx)
	if err != nil {
		return sheet{}, err
	}
	v := state{Status: st, Refusal: s.Refusal(), Zone: s.zone().String(), Said: saidOf(r.URL.Query())}
	open, err := s.Open(ctx)
	if err != nil {
		return sheet{}, err
	}
	needs, err := s.Needs(ctx, open)
	if err != nil {
		return sheet{}, err
	}
	v.Well, v.Sentence = st.Sentence(s.Healthy(), needs)
	open, v.MoreOpen = first(open)
	told, err := s.OpenAlerts(ctx, open)
	if err != nil {
		return sheet{}, err
	}
	for _, a := range told {
		v.Open = append(v.Open, openAlert{a, answerable{ID: a.ID, Request: requestOf(a.ID, a.Newest)}})
	}
	for i := range st.Sources {
		if inTrouble(&st.Sources[i]) {
			v.Sick = append(v.Sick, st.Sources[i])
		}
	}
	v.Sick, v.MoreSick = first(v.Sick)
	snoozed, err := s.Snoozes(ctx)
	if err != nil {
		return sheet{}, err
	}
	v.Snoozed = len(snoozed)
	for i := range st.Pauses {
		v.Held = append(v.Held, app.PausedLine(&st.Pauses[i], s.zone()))
	}
	for _, bad := range []news.DeliveryState{news.StateDead, news.StateParked} {
		f := app.DeliveryFilter{Limit: mostListed, States: []news.DeliveryState{bad}, Missed: true}
		letters, err := s.Deliveries(ctx, f)
		if err != nil {
			return sheet{}, err
		}
		v.Dead = append(v.Dead, letters...)
	}
	for _, one := range news.DeliveryStates() {
		bad := slices.ContainsFunc(v.Dead, func(d app.DeliveryStatus) bool { return d.State == one })
		v.Queue = append(v.Queue, count{one, st.Deliveries[string(one)], bad})
	}
	done, err := s.Hours(ctx, hours)
	v.Strip = s.stripOf(done)
	return sheet{Frame: "now", Title: "Now", At: "/", Live: true, Data: v}, err
}

// first returns the first of a list, and how many are left out.
func first[T any](all []T) ([]T, int) {
	n := min(len(all), mostListed)
	return all[:n], len(all) - n
}

// inTrouble reports whether somebody should look at a source.
func inTrouble(s *app.SourceStatus) bool { return s.Detail != "" || s.Error != "" && s.Failures > 2 }

// sources shows all sources, those in trouble first.
func (s *site) sources(r *http.Request) (sheet, error) {
	st, err := s.Status(r.Context())
	slices.SortStableFunc(st.Sources, func(a, b app.SourceStatus) int {
		return number(inTrouble(&b)) - number(inTrouble(&a))
	})
	return sheet{Frame: "sources", Title: "Sources", At: "/sources", Data: st}, err
}

func number(is bool) int {
	if is {
		return 1
	}
	return 0
}
