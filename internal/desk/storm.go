package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
)

// storming is a person who answers a storm.
type storming struct{ person }

// press does what the buttons of a storm are for.
func (p storming) press(ctx context.Context, r slack.Request, id int64) error {
	st, err := p.Store.Storms.Get(ctx, id)
	if err != nil {
		return err
	}
	if r.Action == notify.ActSingly {
		done, err := p.answers.Singly(ctx, p.said(r, st.Channel), id)
		return p.answered(r, done, err)
	}
	view, err := p.takeBackView(ctx, &st)
	if err != nil {
		return err
	}
	_, err = p.open(ctx, r, view)
	return err
}

// flood is the recall of what a storm's rule told its channel since the storm drew up.
func flood(st *news.Storm) news.Recall {
	return news.Recall{Rule: st.Rule, Channel: st.Channel, Since: st.Since}
}

// takeBackView asks whether what a rule told is to be taken back.
func (p storming) takeBackView(ctx context.Context, st *news.Storm) (slack.View, error) {
	taken, err := p.answers.WouldRecall(ctx, flood(st))
	if err != nil {
		return slack.View{}, err
	}
	n, others := 0, 0
	for i := range taken {
		n, others = n+taken[i].Total(), others+taken[i].Others
	}
	if n == 0 {
		return slack.View{}, mistaken("Somebody took these back already. Nothing was changed.")
	}
	said := fmt.Sprintf("%s of %s in #%s since %s are struck, or not sent any more. Further reports of these news are not told for this rule; "+
		"new ones are. The channel is told who did it, and it can be undone.", text.Many(n, "alert"), st.Rule, st.Channel,
		st.Since.In(p.zone).Format("15:04"))
	if others > 0 {
		said += fmt.Sprintf(" %d of them stand for other rules.", others)
	}
	return slack.View{
		Title: "Take back", Callback: notify.ActTakeBack, Metadata: notify.Pressed{Alert: st.ID}.Value(), Submit: "Take back",
		Fields: []slack.Field{
			{Parts: []notify.Part{line(said)}},
			{ID: inputWhy, Label: "Why?", Kind: slack.Words, Optional: true, Most: 150},
		},
	}, nil
}

// submit takes back what a storm's rule told.
func (p storming) submit(ctx context.Context, r slack.Request, id int64) (slack.Reply, error) {
	st, err := p.Store.Storms.Get(ctx, id)
	if err != nil {
		return slack.Reply{}, err
	}
	recall := flood(&st)
	recall.Why = strings.Join(r.Values[inputWhy], " ")
	_, _, _, err = p.answers.Recall(ctx, p.said(r, st.Channel), recall)
	if errors.Is(err, answers.ErrRecall) {
		return slack.Reply{}, mistaken("Somebody took these back already. Nothing was changed.")
	}
	return slack.Reply{}, err
}
