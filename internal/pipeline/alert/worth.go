package alert

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/store"
)

// mostMembers is how many members of a news are asked for what it has told: the
// newest own reports.
const mostMembers = 64

// wire reports whether a source is a wire or a state source.
func wire(plan *act.Plan, source string) bool {
	tier := plan.Sources[source].Origin.Tier
	return tier == "wire" || tier == "state"
}

// worth says what a further report of a news is worth to a channel that has an alert
// on it. A member that the channel has not been shown, because it adds nothing, may
// confirm what the report tells.
func (r Recorder) worth(ctx context.Context, tx *store.Tx, f *further) (cluster.Worth, error) {
	members := r.index.reports(f.at.news, f.at.sketch.Story)
	ids := make([]int64, len(members))
	for i, k := range members {
		ids[i] = k.Story
	}
	quiet, err := tx.Alerts.Quiet(ctx, f.on.ID, int(cluster.NothingNew), ids...)
	if err != nil {
		return cluster.Worth{}, err
	}
	on, at := f.on, f.at
	known := cluster.Known{Severity: on.Severity, Mentions: on.Mentions, Rules: on.Rules}
	further := cluster.Further{
		Relation: at.relation, Marker: at.sketch.Marker, Severity: f.call.Severity, Mentions: f.call.Mentions,
		Rules: prominent(f.matches, f.call.Rules), Told: at.told, Names: at.sketch.RareNames(),
		Wire: wire(r.plan, f.story.Origin.Source),
	}
	spoken := slices.ContainsFunc(members, func(k *kept) bool {
		return k.Language == at.sketch.Language && !slices.Contains(quiet, k.Story)
	})
	if !spoken { // each language writes the names that the channel knows in its own way
		further.Names = nil
	}
	for _, k := range members {
		if slices.Contains(quiet, k.Story) {
			further.Confirmed = append(further.Confirmed, k.RareNames()...)
		} else {
			known.Names = append(known.Names, k.RareNames()...)
		}
		known.Told.Add(k.told)
		known.Wire = known.Wire || wire(r.plan, k.source)
	}
	return cluster.WorthOf(&known, &further), nil
}

// prominent lists those of some rules that match in a story's title or lead.
func prominent(matches []news.Match, rules []string) (names []string) {
	for _, m := range matches {
		stands := slices.ContainsFunc(m.Evidence, func(e news.Evidence) bool {
			return e.Field == news.FieldTitle || e.Field == news.FieldLead
		})
		if stands && slices.Contains(rules, m.Rule) {
			names = append(names, m.Rule)
		}
	}
	return names
}

// reports returns the members of a news that are no copies, except for one story, the
// newest of many.
func (x *SketchIndex) reports(id, except int64) []*kept {
	x.mu.Lock()
	defer x.mu.Unlock()
	var own []*kept
	for _, k := range slices.Backward(x.news[id]) {
		if k.Story == except || k.joined && k.Marker.Kind == cluster.NoMarker {
			continue
		}
		if own = append(own, k); len(own) == mostMembers {
			break
		}
	}
	return own
}

// batches are when a thread is told of reports that add nothing, after its alert;
// from the last of them on every batchEvery, until lastBatch.
var batches = [...]time.Duration{2 * time.Minute, 10 * time.Minute, 30 * time.Minute, 2 * time.Hour}

const (
	batchEvery = 4 * time.Hour
	lastBatch  = 72 * time.Hour
)

// nextBatch returns when a thread is next told of reports that add nothing; zero when
// it is not any more.
func nextBatch(alerted, now time.Time) time.Time {
	for _, after := range batches {
		if at := alerted.Add(after); at.After(now) {
			return at
		}
	}
	after := batches[len(batches)-1] + batchEvery
	for ; after <= lastBatch; after += batchEvery {
		if at := alerted.Add(after); at.After(now) {
			return at
		}
	}
	return time.Time{}
}

// Bounds of how often developments of one news are shown in a channel.
const (
	developmentEvery = 15 * time.Minute
	developmentsADay = 5
	developmentLater = time.Hour // from the next one of the day on
)

// nextDevelopment returns when a development may be shown. last is when the news was
// last shown in the channel by one, today how many of the last day were.
func nextDevelopment(now, last time.Time, today int) time.Time {
	every := developmentEvery
	if today >= developmentsADay {
		every = developmentLater
	}
	if at := last.Add(every); !last.IsZero() && at.After(now) {
		return at
	}
	return now
}
