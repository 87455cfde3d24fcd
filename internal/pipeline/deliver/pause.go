package deliver

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// ErrNotPaused says that there is no pause to end.
var ErrNotPaused = errors.New("deliveries are not paused")

// ErrAllPaused says that a channel is held by the pause of all channels.
var ErrAllPaused = errors.New("deliveries to all channels are paused")

// Pause pauses deliveries as an operator says, and tells the ops channel unless that is paused
// itself. A pause that holds is changed.
func Pause(ctx context.Context, e *act.Env, p store.OrderedPause) (begun store.OrderedPause, err error) {
	err = e.Store.InTx(ctx, func(tx *store.Tx) error {
		if begun, err = tx.Pauses.Begin(ctx, p); err != nil {
			return err
		}
		quiet, err := tx.Pauses.Hold(ctx, e.Plan().OpsChannel)
		if err != nil || quiet {
			return err
		}
		return e.Ops(ctx, tx, p.Since, paused(e, &begun))
	})
	if err == nil {
		e.Log.Warn("deliveries are paused", "channel", whose(begun.Channel), "by", begun.By, "until", untilWhen(e, &begun))
	}
	return begun, err
}

// Resume ends the pause of a channel, or all pauses where that is "". What waited is sent.
func Resume(
	ctx context.Context, e *act.Env, channel, by string, now time.Time,
) (ended []store.OrderedPause, err error) {
	err = e.Store.InTx(ctx, func(tx *store.Tx) error {
		ended = nil
		all, err := tx.Pauses.All(ctx)
		if err != nil {
			return err
		}
		everywhere := len(all) > 0 && all[0].Channel == ""
		for i := range all {
			if channel == "" || channel == all[i].Channel {
				ended = append(ended, all[i])
			}
		}
		switch {
		case channel != "" && everywhere:
			return ErrAllPaused
		case len(ended) == 0:
			return ErrNotPaused
		}
		return end(ctx, e, tx, ended, by, now)
	})
	if err != nil {
		return nil, err
	}
	e.Wake()
	return ended, nil
}

// EndPauses ends the pauses that have run out. One of a single channel waits for the end of that
// of all channels.
func EndPauses(ctx context.Context, e *act.Env, now time.Time) error {
	known, err := e.Store.Pauses.All(ctx)
	if err != nil || len(over(known, now)) == 0 {
		return err
	}
	return e.Store.InTx(ctx, func(tx *store.Tx) error {
		all, err := tx.Pauses.All(ctx)
		if err != nil {
			return err
		}
		return end(ctx, e, tx, over(all, now), "", now)
	})
}

// over selects the pauses that end now.
func over(all []store.OrderedPause, now time.Time) (ended []store.OrderedPause) {
	for _, p := range all {
		switch out := !p.Until.IsZero() && !p.Until.After(now); {
		case out:
			ended = append(ended, p)
		case p.Channel == "":
			return nil
		}
	}
	return ended
}

// end ends pauses, that of all channels first: what is paused by name as well is released by its
// own. The ops channel is told of each, unless it stays paused. by is nobody when a pause has run
// out.
func end(ctx context.Context, e *act.Env, tx *store.Tx, pauses []store.OrderedPause, by string, now time.Time) error {
	var told []string
	for i := range pauses {
		p := &pauses[i]
		channels, ended, err := tx.Pauses.End(ctx, *p)
		if err != nil {
			return err
		}
		if !ended { // another daemon was faster
			continue
		}
		freed := release{Env: e, tx: tx, pause: p, now: now}
		for _, channel := range channels {
			if err := freed.channel(ctx, channel); err != nil {
				return err
			}
		}
		e.Log.Info("deliveries go on", "channel", whose(p.Channel), "by", by, "waited", freed.waited, "digested", freed.old,
			"kept", freed.kept)
		told = append(told, freed.told(by))
	}
	quiet, err := tx.Pauses.Hold(ctx, e.Plan().OpsChannel)
	if err != nil || quiet {
		return err
	}
	return e.Ops(ctx, tx, now, told...)
}

// whose says which channels a pause is of.
func whose(channel string) string {
	if channel == "" {
		return "all channels"
	}
	return "#" + notify.ChannelName(channel)
}

// paused tells of a pause that begins, or is changed.
func paused(e *act.Env, p *store.OrderedPause) string {
	ends := "copytaster resume"
	if p.Channel != "" {
		ends += " --channel " + p.Channel
	}
	line := fmt.Sprintf("Deliveries to %s are paused since %s, until %s, by %s",
		whose(p.Channel), clockTime(e, p.Since), untilWhen(e, p), p.By)
	if p.Why != "" {
		line += ": " + strings.TrimSuffix(p.Why, ".")
	}
	return line + fmt.Sprintf(". Alerts wait, urgent ones as well, and nothing is lost. `%s` ends it before.", ends)
}

// untilWhen says when a pause ends.
func untilWhen(e *act.Env, p *store.OrderedPause) string {
	if p.Until.IsZero() {
		return "somebody ends it"
	}
	return clockTime(e, p.Until)
}

func clockTime(e *act.Env, at time.Time) string {
	zone := e.Plan().Timezone
	if zone == nil {
		zone = time.UTC
	}
	return at.In(zone).Format("2 Jan 15:04 MST")
}
