package deliver

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// state is what has become of an alert's news, as its first message d shows it. shown is the
// story that the message tells of, since when it shows it as it was then; zero: it is still
// to be posted.
func (r *rendering) state(
	ctx context.Context, alert news.Alert, d *news.Delivery, shown *news.Story, since time.Time,
) (s notify.State, err error) {
	updates, err := r.Store.Deliveries.Updates(ctx, alert.ID)
	if err != nil {
		return s, err
	}
	opened := *d
	opened.About = news.AboutRaised // else it has no text
	for _, u := range slices.Insert(updates, 0, opened) {
		if u.Story != 0 && u.Story != shown.ID && u.About != news.AboutRaised {
			continue // the thread tells of it
		}
		if err := fold(&s, u); err != nil {
			r.Log.Error("an update is unreadable, the message leaves it out", "delivery", u.ID, "error", err)
		}
	}
	if err := r.addChange(ctx, &s, shown, since); err != nil {
		return s, err
	}
	id, err := r.Store.Stories.News(ctx, alert.Cluster)
	if err != nil {
		return s, err
	}
	stories, err := r.Store.Stories.OfNews(ctx, id)
	if err != nil {
		return s, err
	}
	withdrawn, err := r.Store.Stories.Withdrawn(ctx, id)
	if err != nil {
		return s, err
	}
	s.Coverage = r.coverage(stories, withdrawn)
	if s.Withdrawn != nil {
		if s.Withdrawn.Carried, err = r.carriers(ctx, alert.ID, id, stories); err != nil {
			return s, err
		}
	}
	if s.Channels, err = r.Store.Alerts.Channels(ctx, id, alert.Channel); err != nil {
		return s, err
	}
	if err := r.addAnswers(ctx, alert, &s); err != nil {
		return s, err
	}
	return s, r.addChapters(ctx, alert, &s)
}

// addAnswers adds what people answered to an alert, and the snoozes that were said of it.
func (r *rendering) addAnswers(ctx context.Context, alert news.Alert, s *notify.State) error {
	got, err := r.Store.Answers.Got(ctx, alert.ID)
	if err != nil {
		return err
	}
	irrelevant, err := r.Store.Answers.Irrelevant(ctx, alert.ID)
	if err != nil {
		return err
	}
	recalls, err := r.Store.Recalls.Of(ctx, alert.ID)
	if err != nil {
		return err
	}
	s.Recalled = notify.RecalledBy(recalls)
	s.Got, s.Irrelevant = response(&got, alert), response(&irrelevant, alert)
	if s.Got == nil {
		had, err := r.Store.Answers.GotBefore(ctx, alert.ID)
		if err != nil {
			return err
		}
		s.Had = response(&had, alert)
	}
	snoozes, err := r.Store.Snoozes.In(ctx, alert.Channel, r.Now())
	if err != nil {
		return err
	}
	for _, z := range snoozes {
		if z.Alert == alert.ID {
			s.Snoozes = append(s.Snoozes, z)
		}
	}
	return nil
}

// response is an answer as the message of an alert shows it, nil when there is none.
func response(a *news.Answer, on news.Alert) *notify.Response {
	if a.ID == 0 {
		return nil
	}
	r := notify.Response{Answer: a.ID, By: a.By, At: a.At, Reason: a.Reason, Rules: a.Rules}
	if a.Channel != on.Channel {
		r.In = a.Channel
	}
	return &r
}

// fold adds to a state what an update tells. Of several corrections the message says what
// the headline was before the first. An update that was taken back has no text, and tells
// nothing.
func fold(s *notify.State, u news.Delivery) error {
	if u.Text == "" {
		return nil
	}
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

// addChange adds to a state what the outlet changed in the story since a time, also where
// no update tells of that. A story that says again what it said then shows no change.
func (r *rendering) addChange(ctx context.Context, s *notify.State, shown *news.Story, since time.Time) error {
	if since.IsZero() {
		return nil
	}
	revisions, err := r.Store.Stories.ChangedSince(ctx, shown.ID, since)
	if err != nil || len(revisions) == 0 {
		return err
	}
	if first := revisions[0]; first.Title == shown.Title && first.Text == cmp.Or(shown.Text, shown.Summary) {
		s.Corrected = nil
		return nil
	}
	c := notify.Correction{Outlet: notify.PieceOf(shown).Source}
	if s.Corrected != nil {
		c = *s.Corrected
	}
	for i := range revisions {
		if c.Was == "" && slices.Contains(revisions[i].Kinds, news.RevisedHeadline) {
			c.Was = revisions[i].Title
		}
		c.At, c.Noted = revisions[i].Seen, c.Noted || slices.Contains(revisions[i].Kinds, news.RevisedCorrected)
	}
	s.Corrected = &c
	return nil
}

// carriers are the outlets whose stories tell the news of an alert and were not withdrawn, in
// their own words or another's. Who denies it carries it no more.
func (r *rendering) carriers(
	ctx context.Context, alert, id int64, stories []news.Story,
) (outlets []string, err error) {
	withdrawn, err := r.Store.Stories.Withdrawn(ctx, id)
	if err != nil {
		return nil, err
	}
	turns, err := r.Store.Alerts.Against(ctx, alert)
	withdrawn = append(withdrawn, turns...)
	for i := range stories {
		r.Plan().SetOrigin(&stories[i])
		outlet := notify.PieceOf(&stories[i]).Source
		if !slices.Contains(withdrawn, stories[i].ID) && !slices.Contains(outlets, outlet) {
			outlets = append(outlets, outlet)
		}
	}
	return outlets, err
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
