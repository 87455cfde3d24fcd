package alert

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// rise is how an alert was raised, by a story.
type rise struct {
	notify.Raise

	alert news.Alert // as it is by now
	story int64
}

// readUpdate reads what an update tells.
func readUpdate(d news.Delivery, into any) error {
	if err := json.Unmarshal([]byte(d.Text), into); err != nil {
		return fmt.Errorf("read update %d: %w", d.ID, err)
	}
	return nil
}

// raiseAgain has an update that nobody has tried to send say that its alert was raised from what
// it was at first to what it is now. It returns false where the update has more to tell.
func raiseAgain(ctx context.Context, tx *store.Tx, r Recorder, unsent news.Delivery, to rise) (bool, error) {
	var before notify.Raise
	if err := readUpdate(unsent, &before); err != nil {
		return false, err
	}
	if unsent.Story != to.story {
		if yields, err := yield(ctx, tx, r, to.alert, unsent); err != nil || !yields {
			return false, err
		}
	}
	to.From, to.Rules = before.From, slices.Concat(before.Rules, missing(to.Rules, before.Rules))
	text, err := encode(to.alert, to.Raise)
	if err != nil {
		return false, err
	}
	unsent.Story, unsent.Severity, unsent.Text = to.story, to.alert.Severity, text
	return true, tx.Deliveries.RaiseAgain(ctx, unsent, r.now)
}

// yield has the report that raised an alert be told as any other that has news, because another one
// raised it further before that was told. It returns false where the report denies or corrects what
// was told.
func yield(ctx context.Context, tx *store.Tx, r Recorder, on news.Alert, unsent news.Delivery) (bool, error) {
	told, found, err := tx.Alerts.Report(ctx, on.ID, unsent.Story)
	if err != nil || !found {
		return err == nil, err
	}
	var w cluster.Worth
	if err := json.Unmarshal([]byte(told.Why), &w); err != nil {
		return false, fmt.Errorf("read report of story %d: %w", told.Story, err)
	}
	if slices.Contains(w.Reasons, cluster.ReasonMarked) || slices.Contains(w.Reasons, cluster.ReasonDenied) {
		return false, nil
	}
	w = cluster.Worth{Level: cluster.Development}
	if told.Relation == cluster.Copy.String() {
		w.Level = cluster.CopyLevel
	}
	why, err := json.Marshal(w)
	if err != nil {
		return false, fmt.Errorf("report story %d: %w", told.Story, err)
	}
	f := further{on: on, story: store.NewStory{Story: &news.Story{ID: told.Story}}}
	if f.at.news, err = tx.Stories.News(ctx, on.Cluster); err != nil {
		return false, err
	}
	told.Level, told.Why = int(w.Level), string(why)
	if told.Delivery, err = r.tell(ctx, tx, &f, w.Level); err != nil {
		return false, err
	}
	return true, tx.Alerts.AddReport(ctx, told)
}
