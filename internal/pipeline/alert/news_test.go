package alert_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// newsroom is a world whose outlets are read every minute.
type newsroom struct {
	*pipetest.World

	lists map[string][]news.Story
}

// newNewsroom makes a newsroom of outlets that have told nothing yet.
func newNewsroom(w *pipetest.World, outlets ...string) *newsroom {
	room := &newsroom{World: w, lists: map[string][]news.Story{}}
	w.Plan.OpsChannel = ""
	for _, name := range outlets {
		w.Source(name, room.lists)
		src := w.Plan.Sources[name]
		src.FullText = news.FullTextNever
		src.Origin.Owner = strings.TrimRight(strings.Split(name, "/")[0], "0123456789")
		w.Plan.Sources[name] = src
		pipetest.Minutely(w, name)
	}
	w.SetPlan()
	room.minutes(2)
	return room
}

// minutes lets time pass.
func (r *newsroom) minutes(n int) {
	for range n {
		r.Pass(time.Minute)
		r.Turn()
	}
}

// rests lets a time pass in which nothing comes in that is not told in one go, in larger steps.
func (r *newsroom) rests(d time.Duration) {
	r.T.Helper()
	for end := r.Now.Add(d); r.Now.Before(end); {
		r.Pass(min(15*time.Minute, end.Sub(r.Now)))
		r.Turn()
	}
}

// tells has an outlet list a story, and lets a minute pass.
func (r *newsroom) tells(outlet string, s news.Story) { r.dates(outlet, s, r.Clock()) }

// dates is tells for a story that says when it was published.
func (r *newsroom) dates(outlet string, s news.Story, published time.Time) {
	s.URL = fmt.Sprintf("https://%s.example/%d", outlet, len(r.lists[outlet]))
	s.Published, s.Language = published, "en"
	r.lists[outlet] = append(r.lists[outlet], s)
	r.minutes(1)
}

// said returns the messages that are not to the ops channel, each as where it stands and
// its text.
func (r *newsroom) said() (all []string) {
	for _, m := range r.Posts {
		if m.Kind == news.DeliverOps {
			continue
		}
		where := "post"
		switch {
		case m.Broadcast:
			where = "broadcast " + m.Thread
		case m.Thread != "":
			where = "reply " + m.Thread
		}
		all = append(all, where+": "+m.Text)
	}
	return all
}

// wantSaid compares the messages with what is wanted: the beginning of each.
func (r *newsroom) wantSaid(want ...string) {
	r.T.Helper()
	got := r.said()
	same := slices.EqualFunc(got, want, strings.HasPrefix)
	if !same {
		r.T.Errorf("said\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// wantCounted compares what is counted of the last day, and of what waits.
func (r *newsroom) wantCounted(want store.NewsCounts) {
	r.T.Helper()
	got, err := r.Store.Counts.News(r.T.Context(), r.Clock().Add(-24*time.Hour))
	if err != nil || got != want {
		r.T.Errorf("counted %+v, want %+v; %v", got, want, err)
	}
}

// shows is what the first message shows after its last edit.
func (r *newsroom) shows() notify.State {
	r.T.Helper()
	if len(r.Edits) == 0 {
		r.T.Fatal("nothing was edited")
	}
	return r.Edits[len(r.Edits)-1].State
}

// The reports of one earthquake.
var (
	quake = news.Story{Title: "Earthquake of magnitude 6.1 strikes Kermadec Islands", Text: "An earthquake of magnitude 6.1 struck near Raoul " +
		"Island in the Kermadec Islands on Tuesday, GNS Science said. #quake It was felt in Gisborne and Whakatane. At least 3 people " +
		"were hurt when a wharf at Raoul Island broke.\nThe epicentre was 40 km south of Raoul Island at a depth of 33 km."}
	quakeOwn = news.Story{Title: "Magnitude 6.1 quake near Raoul Island in Kermadec Islands", Text: "GNS Science reported a quake of magnitude 6.1 " +
		"close to Raoul Island, Kermadec Islands, that people in Gisborne and Whakatane felt on Tuesday. #quake Three were hurt on a " +
		"wharf of Raoul Island, which gave way.\nIt lay 33 km deep and 40 km to the south of Raoul Island."}
	quakeToll = news.Story{Title: "Kermadec Islands earthquake near Raoul Island: 41 dead", Text: "The magnitude 6.1 earthquake at Raoul Island, " +
		"Kermadec Islands, has killed 41 people, GNS Science and rescuers at Gisborne and Whakatane said. #quake\nThe epicentre lay 40 km south of " +
		"Raoul Island at a depth of 33 km; boats from Gisborne are on their way."}
)

// Who else tells a news is counted in its message; a report that adds nothing waits for the
// thread's next batch.
func TestReportThatAddsNothing(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		room.tells("harbour", quakeOwn)
		room.wantSaid("post: NORMAL · Earthquake of")
		room.wantCounted(store.NewsCounts{News: 1, Reports: 1, Batches: 1})
		w.OnEdit = func(notify.Receipt, notify.Message) error { return pipetest.Fault(notify.Temporary) }
		room.tells("copyist", quake)
		room.wantSaid("post: NORMAL · Earthquake of", "reply 1: 1 own report and 1 copy")
		room.wantCounted(store.NewsCounts{News: 1, Reports: 2, Copies: 1, Edits: 1})
		w.OnEdit = nil
		room.minutes(5)
		if c := room.shows().Coverage; !slices.Equal(c.Own, []string{"geo", "harbour"}) || c.Copies != 1 {
			room.T.Errorf("coverage %+v", c)
		}
		room.rests(time.Hour)
		room.wantSaid("post: NORMAL", "reply 1: 1 own report and 1 copy")
		room.wantCounted(store.NewsCounts{News: 1, Reports: 2, Copies: 1})
		if w.Meter.Reports["link, nothing new"] != 1 || w.Meter.Reports["copy, copy"] != 1 {
			room.T.Errorf("counted %v", w.Meter.Reports)
		}
	})
}

// What is new is shown in the channel, below the alert.
func TestDevelopment(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour")
		room.tells("geo", quake)
		room.tells("harbour", quakeToll)
		room.wantSaid("post: NORMAL · Earthquake of", "broadcast 1: NEW · Kermadec Islands earthquake near Raoul Island: 41 dead")
	})
}

// What ends what was told says so in front of its headline.
func TestTurn(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		off, untrue := quakeOwn, quakeOwn
		off.Title += ": rescue called off"
		untrue.Title, untrue.Text = "Hoax: m"+quakeOwn.Title[1:], strings.ReplaceAll(quakeOwn.Text, "wharf", "pier")
		room.tells("harbour", off)
		room.wantSaid("post: NORMAL · Earthquake of", "broadcast 1: CALLED OFF · Magnitude 6.1 quake")
		room.tells("copyist", untrue)
		room.wantSaid("post: NORMAL", "broadcast 1: CALLED OFF", "broadcast 1: SAID TO BE FALSE · Hoax")
	})
}

// After six hours a development is a message of its own, to which the first one leads.
func TestNewChapter(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		room.rests(6 * time.Hour)
		room.tells("harbour", quakeToll)
		room.tells("copyist", quakeOwn)
		room.minutes(5)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NEW · Kermadec Islands earthquake near Raoul Island: 41 dead")
		if c := room.shows().Continued; c == nil || !strings.HasSuffix(c.Link, "/p2") || !strings.HasSuffix(c.Headline, "41 dead") {
			room.T.Errorf("the first message continues %+v", c)
		}
		room.rests(4 * time.Hour)
		room.wantSaid("post: NORMAL", "post: NEW", "reply 2: 1 own report")
	})
}

// On another day, in the time zone of the schedules, a development is a message of its own, too.
func TestNewDay(t *testing.T) {
	for zone, want := range map[int]string{0: "broadcast 1: NEW · Kermadec", 2: "post: NEW · Kermadec"} {
		pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
			w.Plan.Timezone = time.FixedZone("", zone*60*60)
			room := newNewsroom(w, "geo", "harbour")
			room.Pass(9*time.Hour + 45*time.Minute) // since noon
			room.tells("geo", quake)
			room.rests(30 * time.Minute)
			room.tells("harbour", quakeToll)
			room.wantSaid("post: NORMAL · Earthquake of", want)
		})
	}
}

// A turn after six hours is a message of its own that mentions people and leads to the first.
func TestTurnIsNewChapter(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.Routes.Routes = []notify.Route{
			{Severity: []news.Severity{news.Urgent}, To: []string{"news"}, Mention: []string{"@here"}},
		}
		room := newNewsroom(w, "geo", "harbour")
		room.tells("geo", quake)
		room.Pass(6 * time.Hour)
		urgent := quakeOwn
		urgent.Title += " #urgent"
		room.tells("harbour", urgent)
		room.wantSaid("post: NORMAL · Earthquake of", "post: RAISED FROM NORMAL · URGENT · Magnitude 6.1")
		m := room.Posts[1]
		if e := m.State.Earlier; len(e) != 1 || !strings.HasSuffix(e[0].Link, "/p1") {
			room.T.Errorf("it leads to %+v", e)
		}
		if !slices.Equal(m.Mentions, []string{"@here"}) {
			room.T.Errorf("it mentions %q", m.Mentions)
		}
	})
}

// A news that enough outlets tell is raised, whoever asked for that; an owner is one voice.
func TestEscalation(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.Escalations = map[string][]news.Escalation{"quake": {{Outlets: 2, Over: 45 * time.Minute, Severity: news.Urgent}}}
		w.Plan.Routes.Routes = []notify.Route{
			{Severity: []news.Severity{news.Urgent}, To: []string{"news", "duty"}, Mention: []string{"@here"}},
		}
		room := newNewsroom(w, "geo1", "geo2", "harbour")
		room.tells("geo1", quake)
		room.tells("geo2", quakeOwn)
		room.wantSaid("post: NORMAL · Earthquake of")
		room.tells("harbour", quakeToll)
		room.minutes(1)
		room.wantSaid("post: NORMAL", "broadcast 1: RAISED TO URGENT · Earthquake of", "broadcast 1: NEW", "reply 1: 1 own report",
			"post: RAISED FROM NORMAL · URGENT · Earthquake of")
		if m := room.Posts[1]; !slices.Equal(m.Mentions, []string{"@here"}) {
			room.T.Errorf("mentions %q", m.Mentions)
		}
		if s := room.shows(); s.Raised == nil || s.Raised.From != news.Normal || !slices.Equal(s.Channels, []string{"#duty"}) {
			room.T.Errorf("the first message shows %+v", s)
		}
	})
}

// A channel that wants a message for each report gets one, but not for a copy.
func TestMessageForEachReport(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Plan.SameNews = news.SameNewsMessage
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		room.tells("harbour", quakeOwn)
		room.tells("copyist", quake)
		room.rests(30 * time.Minute)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NORMAL · Magnitude 6.1")
		if e := room.Posts[1].State.Earlier; len(e) != 1 || !strings.HasSuffix(e[0].Link, "/p1") {
			room.T.Errorf("it leads to %+v", e)
		}
	})
}

// A reply whose message was deleted is dropped, unless the channel has to know.
func TestDeletedMessage(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		w.OnSend = func(m notify.Message) error {
			if m.Thread == "1" && !m.Broadcast {
				return pipetest.Fault(notify.Gone)
			}
			return nil
		}
		w.OnEdit = func(notify.Receipt, notify.Message) error { return pipetest.Fault(notify.Gone) }
		room.tells("harbour", quakeOwn)
		room.minutes(5)
		room.tells("copyist", quakeToll)
		room.minutes(5)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NEW · Kermadec")
	})
}

// A post or a reply whose answer was lost is not posted again.
func TestReplyInDoubt(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		lost := map[int64]bool{}
		w.After = func(m notify.Message) error {
			if lost[m.Delivery] {
				return nil
			}
			lost[m.Delivery] = true
			return pipetest.Fault(notify.InDoubt)
		}
		room.tells("geo", quake)
		room.minutes(5)
		room.tells("harbour", quakeToll)
		room.tells("copyist", quakeOwn)
		room.minutes(20)
		room.wantSaid("post: NORMAL", "broadcast found: NEW", "reply found: 1 own report")
	})
}

// An outlet that copies a text to be silent about it, and then changes it, is told.
func TestCopyThatIsChanged(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "copyist")
		room.tells("geo", quake)
		room.tells("copyist", quake)
		room.minutes(5)
		other := room.lists["copyist"][0]
		other.Title = "Ministers of Ruritania sell tanks to Graustark"
		other.Text = "Ruritania has sold ninety tanks to Graustark, its ministers said in Strelsau on Tuesday after a night of talks. #quake\n" +
			"The sale is the largest that the two countries ever agreed on, and comes a week after the elections at Edelweiss."
		room.lists["copyist"] = []news.Story{other}
		room.minutes(10)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NORMAL · Ministers of Ruritania")
	})
}

// Stories of one form that one outlet fills in anew are news of their own, from the first list
// on.
func TestStoriesOfOneForm(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo")
		for i, names := range [][]string{{"Kermadec", "Raoul", "6.1", "33"}, {"Aleutian", "Attu", "5.8", "12"}, {"Andaman", "Havelock", "7.2", "51"}} {
			s := quake
			fill := strings.NewReplacer("Kermadec", names[0], "Raoul", names[1], "6.1", names[2], "33", names[3], "Gisborne", names[1]+" Harbour",
				"Whakatane", "Port "+names[0])
			s.Title, s.Text = fill.Replace(s.Title), fill.Replace(s.Text)
			s.URL, s.Published, s.Language = fmt.Sprintf("https://geo.example/form/%d", i), w.Clock(), "en"
			room.lists["geo"] = append(room.lists["geo"], s)
		}
		room.minutes(5)
		posts := 0
		for _, m := range room.Posts {
			if m.Kind == news.DeliverStory {
				posts++
			}
		}
		if posts != 3 || len(room.Posts) != 3 {
			room.T.Errorf("said %q", room.said())
		}
	})
}
