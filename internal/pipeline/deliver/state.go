package deliver

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// state is what has become of an alert's news, as its message shows it.
func (r *rendering) state(ctx context.Context, alert news.Alert) (s notify.State, err error) {
	updates, err := r.Store.Deliveries.Updates(ctx, alert.ID)
	if err != nil {
		return s, err
	}
	for _, u := range updates {
		if err := fold(&s, u); err != nil {
			r.Log.Error("an update is unreadable, the message leaves it out", "delivery", u.ID, "error", err)
		}
	}
	id, err := r.Store.Stories.News(ctx, alert.Cluster)
	if err != nil {
		return s, err
	}
	stories, err := r.Store.Stories.OfNews(ctx, id)
	if err != nil {
		return s, err
	}
	s.Coverage = r.coverage(stories)
	if s.Withdrawn != nil {
		s.Withdrawn.Carried = s.Coverage.Own
	}
	if s.Channels, err = r.Store.Alerts.Channels(ctx, id, alert.Channel); err != nil {
		return s, err
	}
	return s, r.addChapters(ctx, alert, &s)
}

// fold adds to a state what an update tells.
func fold(s *notify.State, u news.Delivery) error {
	read := func(into any) error { return json.Unmarshal([]byte(u.Text), into) }
	switch u.About {
	case news.AboutRaised:
		return read(&s.Raised)
	case news.AboutCorrected:
		return read(&s.Corrected)
	case news.AboutWithdrawn:
		s.Restored = nil
		return read(&s.Withdrawn)
	case news.AboutRestored:
		s.Withdrawn = nil
		return read(&s.Restored)
	case news.AboutMismatch:
		return read(&s.Mismatch)
	default:
		return nil
	}
}

// coverage says who carries a news. A cluster is one report, and so are the outlets of one
// owner; what is no report is not counted.
func (r *rendering) coverage(stories []news.Story) (c notify.Coverage) {
	accounts := r.Plan().Accounts(stories)
	for i := range accounts {
		if outlet := accounts[i].Outlet; accounts[i].Kind == cluster.OwnReport && !slices.Contains(c.Own, outlet) {
			c.Own = append(c.Own, outlet)
		}
	}
	voices := cluster.CountVoices(accounts)
	c.Copies = voices.Copies
	named := func(a cluster.Account) bool {
		return slices.Contains(slices.Concat(a.Credits, a.Cites), voices.Origins[0])
	}
	if voices.Independent == 1 && slices.ContainsFunc(accounts, named) {
		c.Citing = voices.Origins[0]
	}
	if len(stories) > 0 {
		c.Newest = stories[len(stories)-1].FirstSeen
	}
	return c
}

// addChapters adds the messages that an alert's message leads to.
func (r *rendering) addChapters(ctx context.Context, alert news.Alert, s *notify.State) error {
	earlier, loose, err := r.Store.Alerts.Earlier(ctx, alert.ID)
	if err != nil {
		return err
	}
	if earlier.ID != 0 {
		root, _, err := r.Store.Deliveries.Root(ctx, earlier.ID)
		if err != nil {
			return err
		}
		n, err := r.Store.Stories.Get(ctx, earlier.Story)
		if err != nil {
			return err
		}
		if root.TS != "" {
			c := *r.chapter(ctx, notify.PieceOf(n.Story).Headline, root)
			if loose {
				s.Related = append(s.Related, c)
			} else {
				s.Earlier = append(s.Earlier, c)
			}
		}
	}
	root, _, err := r.Store.Deliveries.Root(ctx, alert.ID)
	if err != nil || root.TS == "" || root.Delivery == r.d.ID || root.Delivery == r.d.Edits {
		return err
	}
	headline := ""
	_, stories, err := r.Store.Deliveries.Reports(ctx, root.Delivery)
	if len(stories) > 0 {
		headline = notify.PieceOf(stories[0]).Headline
	}
	s.Continued = r.chapter(ctx, headline, root)
	return err
}

// content is what a delivery of an alert tells, with what the plan says of it.
func (r *rendering) content(ctx context.Context) (told store.Content, err error) {
	told, err = r.Store.Deliveries.Content(ctx, r.d)
	r.dress(&told)
	return told, err
}

// dress adds what the plan says of a story and of the rules that it matches.
func (r *rendering) dress(told *store.Content) {
	plan := r.Plan()
	plan.SetOrigin(&told.Story)
	for i := range told.Matches {
		told.Matches[i].Instruction = plan.Instructions[told.Matches[i].Rule]
	}
}
