package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// RecallOrder is what is to be taken back: what a rule told since a time. With Undo it is the
// recall that is to be undone.
type RecallOrder struct {
	Rule    string `json:"rule,omitempty"`
	Channel string `json:"channel,omitempty"` // "" is all channels
	Since   string `json:"since,omitempty"`   // how long ago: answers.Ago
	Why     string `json:"why,omitempty"`
	DryRun  bool   `json:"dry_run,omitempty"` // only say what it would be
	Undo    int64  `json:"id,omitempty"`      // number of a recall
	By      string `json:"by"`
}

// Recalled is a recall as people see it.
type Recalled struct {
	ID       int64        `json:"id"` // 0 of a dry run
	Rule     string       `json:"rule"`
	Channel  string       `json:"channel,omitempty"`
	Since    *time.Time   `json:"since"`
	By       string       `json:"by"`
	Why      string       `json:"why,omitempty"`
	At       *time.Time   `json:"at"`
	DryRun   bool         `json:"dry_run,omitempty"`
	Undone   *time.Time   `json:"undone,omitempty"`
	UndoneBy string       `json:"undone_by,omitempty"`
	Alerts   int          `json:"alerts"`
	Channels []RecalledIn `json:"channels,omitempty"`
}

// RecalledIn is what a recall took back in a channel.
type RecalledIn struct {
	Channel string `json:"channel"`
	Struck  int    `json:"struck"` // messages; of a recall that is undone, alerts that stand again
	Unsent  int    `json:"unsent"` // alerts that were still to be sent
	Others  int    `json:"others"` // alerts that stand for other rules
}

func recalledOf(r *news.Recall, taken []answers.TakenIn) Recalled {
	shown := Recalled{
		ID: r.ID, Rule: r.Rule, Channel: r.Channel, Since: news.KnownTime(r.Since), By: r.By.Name, Why: r.Why,
		At: news.KnownTime(r.At), Undone: news.KnownTime(r.Undone), UndoneBy: r.UndoneBy.Name,
	}
	for i := range taken {
		t := &taken[i]
		shown.Alerts += t.Total()
		shown.Channels = append(shown.Channels, RecalledIn(*t))
	}
	return shown
}

// recaller takes back what rules told, and undoes that.
type recaller struct {
	answers *answers.Recorder
	store   *store.Store
}

// Recall takes back what a rule told, says what that would be, or undoes a recall.
func (a recaller) Recall(ctx context.Context, o RecallOrder) (Recalled, error) {
	if o.Undo != 0 {
		return a.undo(ctx, o)
	}
	now := a.answers.Now()
	r := news.Recall{
		Rule: o.Rule, Channel: notify.ChannelName(o.Channel), Why: o.Why, By: news.Person{Name: o.By}, At: now,
	}
	var ok bool
	if r.Since, ok = answers.Ago(now, o.Since); !ok {
		return Recalled{}, fmt.Errorf("%q is no time: write 10m, 2h or 3d", o.Since)
	}
	if r.Rule == "" {
		return Recalled{}, errors.New("name a rule")
	}
	if o.DryRun {
		taken, err := a.answers.WouldRecall(ctx, r)
		shown := recalledOf(&r, taken)
		shown.DryRun = true
		return shown, err
	}
	_, made, taken, err := a.answers.Recall(ctx, spoken(o.By, ""), r)
	return recalledOf(&made, taken), err
}

func (a recaller) undo(ctx context.Context, o RecallOrder) (Recalled, error) {
	done, taken, err := a.answers.UndoRecall(ctx, spoken(o.By, ""), o.Undo)
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("there is no recall %d: `copytaster recall` lists them", o.Undo)
	}
	if err == nil && done.Answer.Effect == news.AnswerNothing {
		err = fmt.Errorf("recall %d is undone already", o.Undo)
	}
	if err != nil {
		return Recalled{}, err
	}
	r := news.Recall{ID: o.Undo}
	err = a.store.InTx(ctx, func(tx *store.Tx) (err error) {
		r, err = tx.Recalls.Get(ctx, o.Undo)
		return err
	})
	return recalledOf(&r, taken), err
}

// RecallNow is Recall for the control socket.
func (a commands) RecallNow(ctx context.Context, order []byte) (any, error) {
	var o RecallOrder
	if err := json.Unmarshal(order, &o); err != nil {
		return nil, fmt.Errorf("read order: %w", err)
	}
	return a.Recall(ctx, o)
}

// shownRecalls is how many recalls are listed.
const shownRecalls = 20

// Recalls returns the newest recalls, the newest first.
func (r *Reader) Recalls(ctx context.Context) ([]Recalled, error) {
	all, err := r.store.Recalls.List(ctx, shownRecalls)
	shown := make([]Recalled, len(all))
	for i := range all {
		shown[i] = recalledOf(&all[i], nil)
		shown[i].Alerts, err = r.store.Recalls.Count(ctx, all[i].ID)
		if err != nil {
			return nil, err
		}
	}
	return shown, err
}
