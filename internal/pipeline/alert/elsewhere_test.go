package alert_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// wantSaidIn is wantSaid of one channel. It does not say where replies hang.
func (r *newsroom) wantSaidIn(channel string, want ...string) {
	r.T.Helper()
	var got []string
	for i, text := range r.said() {
		d, err := r.Store.Deliveries.Get(r.T.Context(), r.Posts[i].Delivery)
		if err != nil {
			r.T.Fatal(err)
		}
		if d.Channel == channel {
			where, text, _ := strings.Cut(text, ": ")
			kind, _, _ := strings.Cut(where, " ")
			got = append(got, kind+": "+text)
		}
	}
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		r.T.Errorf("#%s\n%s\nwant\n%s", channel, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// routed has the rule "shore" go to a channel of its own, and makes a newsroom.
func routed(w *pipetest.World, outlets ...string) *newsroom {
	w.Plan.Routes.Routes = []notify.Route{{Rule: []string{"shore"}, To: []string{"duty"}, Mention: []string{"@here"}}}
	return newNewsroom(w, outlets...)
}

// by is a report that another rule takes.
func by(rule string, s news.Story) news.Story {
	s.Text = strings.ReplaceAll(s.Text, "#quake", "#"+rule)
	return s
}

// A channel that has an alert on a news hears of a report that only rules of other channels
// take, by what it is worth there, once.
func TestReportForAnotherChannel(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		world := routed(w, "geo", "harbour", "port", "wharf")
		world.tells("geo", quake)
		world.tells("harbour", by("shore", quakeToll))
		world.tells("port", by("shore", quakeOwn))
		off := by("shore", quakeOwn)
		off.Title, off.Text = off.Title+": rescue called off", strings.ReplaceAll(off.Text, "gave way", "sank")
		world.tells("wharf", off)
		world.lists["harbour"][0].Text += " #more" // which takes it to news
		world.minutes(20)
		world.wantSaidIn("news", "post: NORMAL · Earthquake of", "broadcast: NEW · Kermadec Islands earthquake near Raoul Island: 41 dead",
			"broadcast: CALLED OFF · Magnitude", "reply: 1 own report")
		world.wantSaidIn("duty", "post: NORMAL · Kermadec Islands earthquake", "broadcast: CALLED OFF · Magnitude", "reply: 1 own report")
		if n := w.Meter.Reports["link, nothing new"]; n != 2 {
			world.T.Errorf("%d reports that add nothing, in %v", n, w.Meter.Reports)
		}
		if m := world.Posts[0]; !slices.Equal(m.Rules, []string{"quake"}) || len(m.Mentions) > 0 {
			world.T.Errorf("the first message is of %q, mentions %q", m.Rules, m.Mentions)
		}
	})
}

// An alert of severity info keeps in its thread what others develop.
func TestReportForAnotherChannelInfo(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.Rules = pipetest.Matcher(func(s *news.Story) []news.Match {
			all := pipetest.Hashtags{}.Match(s)
			for i := range all {
				if all[i].Rule == "quake" {
					all[i].Severity = news.Info
				}
			}
			return all
		})
		world := routed(w, "geo", "harbour")
		world.tells("geo", quake)
		world.tells("harbour", by("shore", quakeToll))
		world.minutes(1)
		world.wantSaidIn("news", "post: INFO · Earthquake of", "reply: NEW · Kermadec Islands earthquake")
		world.wantSaidIn("duty", "post: NORMAL · Kermadec Islands earthquake")
	})
}

// What is snoozed in a channel stays in the thread, whichever rule takes the next report.
func TestReportForAnotherChannelSnoozed(t *testing.T) {
	for _, kind := range []news.SnoozeKind{news.SnoozeNews, news.SnoozeRule, news.SnoozeOutlet} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			world := routed(w, "geo", "harbour")
			world.tells("geo", quake)
			err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
				z := news.Snooze{Kind: kind, Channel: "news", Severity: news.High, Since: w.Clock(), Until: w.Clock().Add(time.Hour)}
				switch z.Rule = "quake"; kind {
				case news.SnoozeNews:
					z.Rule, z.Cluster = "", w.Posts[0].Cluster
				case news.SnoozeOutlet:
					z.Source = "harbour"
				}
				_, err := tx.Snoozes.Begin(t.Context(), z)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			world.tells("harbour", by("shore", quakeToll))
			world.minutes(15)
			world.wantSaidIn("news", "post: NORMAL · Earthquake of", "reply: 1 own report")
		})
	}
}

// A channel that wants a message for each report gets none for what its rules do not take.
func TestMessageForEachReportOfAnotherChannel(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.SameNews = news.SameNewsMessage
		world := routed(w, "geo", "harbour", "port", "copyist")
		world.tells("geo", quake)
		world.tells("harbour", by("shore", quakeToll))
		world.tells("port", quakeOwn)
		world.tells("copyist", by("shore", quake))
		world.minutes(20)
		world.wantSaidIn("news", "post: NORMAL · Earthquake of", "post: NORMAL · Magnitude 6.1")
		world.wantSaidIn("duty", "post: NORMAL · Kermadec Islands", "post: NORMAL · Earthquake of")
	})
}

// A channel that an escalation brings a news to hears what follows, and its message says why
// it is there. One that has an alert for another reason is raised, and told once.
func TestEscalationElsewhere(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.Escalations = map[string][]news.Escalation{"quake": {{Outlets: 2, Over: time.Hour, Severity: news.Urgent}}}
		urgent := notify.Route{Severity: []news.Severity{news.Urgent}, To: []string{"news", "duty", "desk"}, Mention: []string{"@here"}}
		w.Plan.Routes.Routes = []notify.Route{urgent, {Rule: []string{"shore"}, To: []string{"duty"}}}
		world := newNewsroom(w, "geo", "geo2", "harbour", "port")
		world.tells("geo", quake)
		world.tells("geo2", by("shore", quakeOwn)) // of the same owner
		world.tells("harbour", quakeToll)
		off := by("shore", quakeOwn)
		off.Title, off.Text = off.Title+": rescue called off", strings.ReplaceAll(off.Text, "gave way", "sank")
		world.tells("port", off)
		world.minutes(20)
		world.wantSaidIn("news", "post: NORMAL · Earthquake", "broadcast: RAISED TO URGENT · Earthquake",
			"broadcast: NEW · Kermadec", "reply: 1 own report", "broadcast: CALLED OFF")
		world.wantSaidIn("duty", "post: NORMAL · Magnitude", "broadcast: RAISED TO URGENT · Magnitude", "broadcast: NEW · Kermadec",
			"broadcast: CALLED OFF")
		world.wantSaidIn("desk", "post: RAISED FROM NORMAL · URGENT · Earthquake", "broadcast: CALLED OFF")
		for _, m := range slices.Concat(world.Posts, world.Edits) {
			how := m.State.Raised
			if strings.HasPrefix(m.Text, "RAISED FROM") && (how == nil || how.From != news.Normal || len(how.Outlets) != 2) {
				world.T.Errorf("%s says %+v", m.Text, how)
			}
		}
	})
}

// TestEscalationSnoozed: a snooze of the rule in the channel that an escalation brings a news to keeps
// it up to the severity of the snooze, and tells it when it ends. One of the rule at one outlet does not.
func TestEscalationSnoozed(t *testing.T) {
	for name, c := range map[string]struct {
		kind  news.SnoozeKind
		up    news.Severity
		want  []string
		after []string
	}{
		"kept": {news.SnoozeRule, news.High, nil, []string{"post: 1 story while quake was snoozed"}},
		"more severe": {news.SnoozeRule, news.Normal, []string{"post: RAISED FROM NORMAL · HIGH"},
			[]string{"post: RAISED FROM NORMAL · HIGH", "post: SNOOZE OVER"}},
		"at one outlet": {news.SnoozeOutlet, news.High, []string{"post: RAISED FROM NORMAL · HIGH"},
			[]string{"post: RAISED FROM NORMAL · HIGH", "post: SNOOZE OVER"}},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.Escalations = map[string][]news.Escalation{"quake": {{Outlets: 2, Over: time.Hour, Severity: news.High}}}
				w.Plan.Routes.Routes = []notify.Route{{Severity: []news.Severity{news.High}, To: []string{"news", "desk"}}}
				world := newNewsroom(w, "geo", "harbour")
				err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
					_, err := tx.Snoozes.Begin(t.Context(), news.Snooze{
						Kind: c.kind, Channel: "desk", Rule: "quake", Source: "geo", Severity: c.up,
						Since: w.Clock(), Until: w.Clock().Add(time.Hour),
					})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				world.tells("geo", quake)
				world.tells("harbour", quakeOwn)
				world.wantSaidIn("desk", c.want...)
				world.minutes(60)
				world.wantSaidIn("desk", c.after...)
			})
		})
	}
}
