package deliver

import (
	"context"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// budget has the mentions of a message of an alert rest when each of the alert's rules
// mentioned people often in the channel just before. The first such message of a rule says
// so: no other came without for as long. To a sink a mention is only a fact.
func (a *attempt) budget(ctx context.Context, m notify.Message) (notify.Message, error) {
	a.d.Mentions, a.d.Resting = news.MentionsNobody, nil
	if a.d.Alert == 0 || len(m.Mentions) == 0 || notify.IsSink(a.id) {
		return m, nil
	}
	a.d.Mentions = news.MentionsMade
	rules, others, err := a.Store.Deliveries.Mentioned(ctx, &a.d, a.Now().Add(-notify.MentionsOver))
	if err != nil || len(rules) == 0 {
		return m, err
	}
	for _, rule := range rules {
		made, rests := 0, false
		for _, o := range others {
			if !slices.Contains(o.Rules, rule) {
				continue
			}
			rests = rests || o.Mentions == news.MentionsRest
			if o.Mentions == news.MentionsMade {
				made++
			}
		}
		if made < notify.MostMentions {
			a.d.Resting = nil
			return m, nil
		}
		if !rests {
			a.d.Resting = append(a.d.Resting, rule)
		}
	}
	a.d.Mentions, m.Mentions = news.MentionsRest, nil
	return m.Rest(a.d.Resting), nil
}
