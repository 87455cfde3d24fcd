package deliver

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// state is what has become of an alert's news, as its message shows it. shown is the story
// that the message tells of, since when it shows it as it was then; zero: it is still to be
// posted.
func (a *attempt) state(ctx context.Context, alert news.Alert, shown *news.Story, since time.Time) (s notify.State, err error) {
	updates, err := a.Store.Deliveries.Updates(ctx, alert.ID)
	if err != nil {
		return s, err
	}
	for _, u := range updates {
		if u.Story != 0 && u.Story != shown.ID && u.About != news.AboutRaised {
			continue // the thread tells of it
		}
		if err := fold(&s, u); err != nil {
			a.Log.Error("an update is unreadable, the message leaves it out", "delivery", u.ID, "error", err)
		}
	}
	if err := a.addChange(ctx, &s, shown, since); err != nil {
		return s, err
	}
	id, err := a.Store.Stories.News(ctx, alert.Cluster)
	if err != nil {
		return s, err
	}
	stories, err := a.Store.Stories.OfNews(ctx, id)
	if err != nil {
		return s, err
	}
	s.Coverage = a.coverage(stories)
	if s.Withdrawn != nil {
		if s.Withdrawn.Carried, err = a.carriers(ctx, id, stories); err != nil {
			return s, err
		}
	}
	if s.Channels, err = a.Store.Alerts.Channels(ctx, id, alert.Channel); err != nil {
		return s, err
	}
	return s, a.addChapters(ctx, alert, &s)
}

// fold adds to a state what an update tells. Of several corrections the message says what
// the headline was before the first.
func fold(s *notify.State, u news.Delivery) error {
	read := func(into any) error { return json.Unmarshal([]byte(u.Text), into) }
	switch u.About {
	case news.AboutRaised:
		return read(&s.Raised)
	case news.AboutCorrected:
		before := s.Corrected
		s.Corrected = nil
		if err := read(&s.Corrected); err != nil || before == nil || s.Corrected == nil {
			return err
		}
		c := s.Corrected
		c.Was, c.Noted = cmp.Or(before.Was, c.Was), c.Noted || before.Noted
		for _, lost := range before.Lost {
			if !slices.Contains(c.Lost, lost) {
				c.Lost = append(c.Lost, lost)
			}
		}
		return nil
	case news.AboutWithdrawn:
		s.Restored, s.Withdrawn = nil, nil
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

// addChange adds to a state that the story was changed, when no update tells of that.
func (a *attempt) addChange(ctx context.Context, s *notify.State, shown *news.Story, since time.Time) error {
	if since.IsZero() {
		return nil
	}
	last, err := a.Store.Stories.Changed(ctx, shown.ID)
	switch {
	case err != nil || !last.After(since):
		return err
	case s.Corrected == nil:
		s.Corrected = &notify.Correction{Outlet: notify.PieceOf(shown).Source, At: last}
	case last.After(s.Corrected.At):
		s.Corrected.At = last
	}
	return nil
}

// carriers are the outlets whose stories tell a news and were not withdrawn, in their own
// words or another's.
func (a *attempt) carriers(ctx context.Context, id int64, stories []news.Story) (outlets []string, err error) {
	withdrawn, err := a.Store.Stories.Withdrawn(ctx, id)
	for i := range stories {
		a.Plan().SetOrigin(&stories[i])
		if outlet := notify.PieceOf(&stories[i]).Source; !slices.Contains(withdrawn, stories[i].ID) && !slices.Contains(outlets, outlet) {
			outlets = append(outlets, outlet)
		}
	}
	return outlets, err
}

// coverage says who carries a news. A cluster is one report, and so are the outlets of one
// owner; what is no report is not counted.
func (a *attempt) coverage(stories []news.Story) (c notify.Coverage) {
	var accounts []cluster.Account
	at := map[int64]int{} // of a cluster, among the accounts
	carried := map[int64][]string{}
	for i := range stories {
		s := &stories[i]
		a.Plan().SetOrigin(s)
		outlet := notify.PieceOf(s).Source
		if _, known := at[s.Cluster]; !known {
			at[s.Cluster] = len(accounts)
			accounts = append(accounts, cluster.Account{
				Outlet: outlet, Credits: cluster.Credits(s), Cites: s.Cites, Kind: cluster.KindOf(s), Seen: s.FirstSeen,
			})
		} else if account := &accounts[at[s.Cluster]]; account.Outlet != outlet && !slices.Contains(carried[s.Cluster], outlet) {
			account.Carried++
			carried[s.Cluster] = append(carried[s.Cluster], outlet)
		}
		c.Newest = s.FirstSeen
	}
	voices := cluster.CountVoices(accounts)
	for i := range accounts {
		if outlet := accounts[i].Outlet; accounts[i].Kind == cluster.OwnReport && !slices.Contains(c.Own, outlet) {
			c.Own = append(c.Own, outlet)
		}
	}
	c.Copies = voices.Copies
	if voices.Independent == 1 && !strings.EqualFold(voices.Origins[0], accounts[0].Outlet) {
		c.Citing = voices.Origins[0]
	}
	return c
}

// addChapters adds the messages that an alert's message leads to.
func (a *attempt) addChapters(ctx context.Context, alert news.Alert, s *notify.State) error {
	earlier, loose, err := a.Store.Alerts.Earlier(ctx, alert.ID)
	if err != nil {
		return err
	}
	if earlier.ID != 0 {
		root, _, err := a.Store.Deliveries.Root(ctx, earlier.ID)
		if err != nil {
			return err
		}
		n, err := a.Store.Stories.Get(ctx, earlier.Story)
		if err != nil {
			return err
		}
		if root.TS != "" {
			c := *a.chapter(ctx, notify.PieceOf(n.Story).Headline, root)
			if loose {
				s.Related = append(s.Related, c)
			} else {
				s.Earlier = append(s.Earlier, c)
			}
		}
	}
	root, _, err := a.Store.Deliveries.Root(ctx, alert.ID)
	if err != nil || root.TS == "" || root.Delivery == a.d.ID || root.Delivery == a.d.Edits {
		return err
	}
	headline := ""
	_, stories, err := a.Store.Deliveries.Reports(ctx, root.Delivery)
	if len(stories) > 0 {
		headline = notify.PieceOf(stories[0]).Headline
	}
	s.Continued = a.chapter(ctx, headline, root)
	return err
}

// content is what a delivery of an alert tells, with what the plan says of it.
func (a *attempt) content(ctx context.Context) (told store.Content, err error) {
	told, err = a.Store.Deliveries.Content(ctx, a.d)
	a.dress(&told)
	return told, err
}

// dress adds what the plan says of a story and of the rules that it matches.
func (a *attempt) dress(told *store.Content) {
	plan := a.Plan()
	plan.SetOrigin(&told.Story)
	for i := range told.Matches {
		told.Matches[i].Instruction = plan.Instructions[told.Matches[i].Rule]
	}
}
