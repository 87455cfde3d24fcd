package alert_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// storyOf is the nth story that an outlet told.
func (r *newsroom) storyOf(outlet string, n int) store.Look {
	r.T.Helper()
	l, err := storetest.Recorded(r.T.Context(), r.Store, news.LinkKey(r.lists[outlet][n].URL))
	if err != nil {
		r.T.Fatal(err)
	}
	return l
}

// newsOf is the news of the nth story that an outlet told.
func (r *newsroom) newsOf(outlet string, n int) int64 {
	r.T.Helper()
	id, err := r.Store.Stories.News(r.T.Context(), r.storyOf(outlet, n).Cluster)
	if err != nil {
		r.T.Fatal(err)
	}
	return id
}

// apart has Anna say that the nth story of an outlet is not the same news.
func (r *newsroom) apart(outlet string, n int) alert.Parted {
	r.T.Helper()
	p, err := r.Pipe.NotSame(r.T.Context(), r.storyOf(outlet, n).ID, "Anna")
	if err != nil {
		r.T.Fatal(err)
	}
	return p
}

// together has Ben say that it is.
func (r *newsroom) together(outlet string, n int) {
	r.T.Helper()
	if _, err := r.Pipe.Same(r.T.Context(), r.storyOf(outlet, n).ID, "Ben"); err != nil {
		r.T.Fatal(err)
	}
}

// coverage is what the message of a delivery's headline shows after its last edit.
func (r *newsroom) coverage(headline string) (c notify.Coverage) {
	for _, m := range slices.Concat(r.Posts, r.Edits) {
		if strings.Contains(m.Text, headline) && m.Thread == "" {
			c = m.State.Coverage
		}
	}
	return c
}

// A report that was linked by mistake is taken out of the news: it alerts on its own, once,
// its copies go with it, and no daemon links either again.
func TestNotSameOfALink(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist", "paper", "late")
		room.tells("geo", quake)
		room.tells("harbour", quakeOwn)
		if room.newsOf("geo", 0) != room.newsOf("harbour", 0) {
			t.Fatal("the reports are not linked")
		}
		other := w.Further() // it knows the news as it was
		if told := room.apart("harbour", 0).Told; !slices.Equal(told, []string{"news"}) {
			t.Errorf("told %q", told)
		}
		if again := room.apart("harbour", 0); !again.Already || len(again.Told) > 0 || again.By != "Anna" {
			t.Errorf("the second click: %+v", again)
		}
		room.minutes(2)
		first, own := "post: NORMAL · Earthquake of", "post: NORMAL · Magnitude 6.1 quake near"
		room.wantSaid(first, own)
		if c := room.coverage("Earthquake of"); !slices.Equal(c.Own, []string{"geo"}) {
			t.Errorf("the first message shows %+v", c)
		}
		w.Pipe = other
		room.tells("copyist", quakeOwn)
		room.minutes(1)
		w.Pipe = w.Daemon() // one that was started since
		w.SetPlan()
		edited := quakeOwn
		edited.Text = strings.Replace(quakeOwn.Text, "Three were hurt", "Three people were hurt", 1)
		room.tells("paper", edited)
		room.tells("late", quake)
		room.rests(30 * time.Minute)
		room.wantSaid(first, own)
		for _, outlet := range []string{"copyist", "paper"} {
			if room.newsOf(outlet, 0) != room.newsOf("harbour", 0) {
				t.Errorf("%s is not with harbour", outlet)
			}
		}
		if room.newsOf("late", 0) != room.newsOf("geo", 0) || room.newsOf("geo", 0) == room.newsOf("harbour", 0) {
			t.Error("the two news are mixed")
		}
		if c := room.coverage("Magnitude 6.1 quake"); c.Copies != 2 || !slices.Equal(c.Own, []string{"harbour"}) {
			t.Errorf("the second message shows %+v", c)
		}
	})
}

// A story that carries another one's text leaves its cluster, with what carries its own.
func TestNotSameOfACopy(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "wire", "town", "village", "copyist", "daily")
		local := news.Story{Title: "Kim and Putin sign pact, mayor speaks", Text: dispatch + "\nThe mayor of our town said that the market " +
			"would open on Sunday as planned.\nThe ferry to the islands leaves at noon, and the harbour office sells its tickets."}
		pact := news.Story{Title: "Kim and Putin sign pact", Text: dispatch}
		room.tells("wire", pact)
		room.tells("town", local)
		room.tells("village", local)
		room.tells("copyist", pact)
		room.minutes(2)
		if c := room.coverage("Kim and Putin"); c.Copies != 3 {
			t.Fatalf("coverage %+v", c)
		}
		if p := room.apart("town", 0); p.Along != 1 || !slices.Equal(p.Told, []string{"news"}) {
			t.Errorf("taken apart: %+v", p)
		}
		room.minutes(2)
		room.wantSaid("post: NORMAL · Kim and Putin sign pact", "post: NORMAL · Kim and Putin sign pact, mayor speaks")
		if c := room.coverage("mayor speaks"); c.Copies != 1 {
			t.Errorf("the new message shows %+v", c)
		}
		room.tells("daily", local)
		if room.newsOf("daily", 0) != room.newsOf("town", 0) || room.newsOf("copyist", 0) != room.newsOf("wire", 0) {
			t.Error("a later copy is in the other news")
		}
		room.together("town", 0)
		room.minutes(2)
		if room.storyOf("daily", 0).Cluster != room.storyOf("wire", 0).Cluster {
			t.Error("the copies did not come back")
		}
		if c := room.coverage("mayor speaks"); c.Copies != 4 {
			t.Errorf("after it was undone the message shows %+v", c)
		}
		if p := room.apart("town", 0); p.Along != 2 || len(p.Told) > 0 {
			t.Errorf("taken apart again: %+v", p)
		}
		room.minutes(5)
		room.wantSaid("post: NORMAL · Kim and Putin sign pact", "post: NORMAL · Kim and Putin sign pact, mayor speaks")
	})
}

// What was linked comes back when it is undone, and stays with a third daemon.
func TestSameOfALink(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		room.tells("harbour", quakeOwn)
		room.apart("harbour", 0)
		room.together("harbour", 0)
		room.minutes(2)
		if room.newsOf("geo", 0) != room.newsOf("harbour", 0) {
			t.Error("it is not linked again")
		}
		if c := room.coverage("Earthquake of"); len(c.Own) != 2 {
			t.Errorf("the message shows %+v", c)
		}
		if _, err := w.Pipe.Same(t.Context(), room.storyOf("harbour", 0).ID, "Ben"); !errors.Is(err, alert.ErrTogether) {
			t.Errorf("undone twice: %v", err)
		}
		room.tells("copyist", quakeOwn)
		room.rests(30 * time.Minute)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NORMAL · Magnitude 6.1 quake near")
	})
}

// What cannot be taken apart is refused with the reason.
func TestNotSameRefuses(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "paper")
		room.tells("geo", quake)
		room.tells("paper", news.Story{Title: "Kim and Putin sign pact", Text: dispatch})
		room.tells("harbour", quakeOwn)
		for outlet, want := range map[string]error{"geo": alert.ErrBegan, "paper": alert.ErrAlone} {
			if _, err := w.Pipe.NotSame(t.Context(), room.storyOf(outlet, 0).ID, "Anna"); !errors.Is(err, want) {
				t.Errorf("%s: %v, want %v", outlet, err, want)
			}
		}
		if _, err := w.Pipe.NotSame(t.Context(), 99, "Anna"); err == nil || !strings.Contains(err.Error(), "kept no more") {
			t.Errorf("a story that is not there: %v", err)
		}
		if _, err := w.Pipe.Same(t.Context(), room.storyOf("geo", 0).ID, "Ben"); !errors.Is(err, alert.ErrTogether) {
			t.Errorf("nobody has taken it apart: %v", err)
		}
	})
}

// What an alert was to tell of a story before that was taken apart is not told.
func TestNotSameBeforeItIsTold(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour")
		w.OnSend = func(notify.Message) error {
			return &notify.SendError{Problem: notify.Temporary, Err: errors.New("down")}
		}
		room.tells("geo", quake)
		room.tells("harbour", quakeToll) // a development
		room.apart("harbour", 0)
		w.OnSend = nil
		w.Pass(time.Minute)
		room.rests(30 * time.Minute)
		room.wantSaid("post: NORMAL · Earthquake of", "post: NORMAL · Kermadec Islands earthquake")
	})
}

// A story that was taken apart before its page was read stays apart when that says the same,
// whether its text had joined it to the news or it was linked.
func TestNotSameStaysWithThePage(t *testing.T) {
	for name, s := range map[string]news.Story{
		"linked": quakeOwn, "joined": quake, "joined, with the link of the other": {
			Title: quake.Title, Text: quake.Text, Canonical: "https://geo.example/0",
		},
	} {
		link := s.Canonical
		s.Canonical, s.Title = "", s.Title+" #quake" // the list decides it
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				room := newNewsroom(w, "geo", "early")
				src := w.Plan.Sources["early"]
				src.FullText = news.FullTextAlways
				w.Plan.Sources["early"] = src
				w.SetPlan()
				room.tells("geo", quake)
				w.PageErr = &news.LaterError{At: w.Clock().Add(time.Hour)}
				room.tells("early", s)
				if l := room.storyOf("early", 0); !l.Waiting || room.newsOf("early", 0) != room.newsOf("geo", 0) {
					t.Fatalf("waiting %v, news %d and %d", l.Waiting, room.newsOf("early", 0), room.newsOf("geo", 0))
				}
				room.apart("early", 0)
				w.PageErr = nil
				page := s
				page.Canonical = link
				page.Text += "\nThe harbour office of Gisborne said that its boats would leave at noon."
				w.Pages[room.lists["early"][0].URL] = page
				room.rests(90 * time.Minute)
				if l := room.storyOf("early", 0); l.Waiting || !l.FromPage {
					t.Errorf("waiting %v, from page %v", l.Waiting, l.FromPage)
				}
				if room.newsOf("early", 0) == room.newsOf("geo", 0) {
					t.Error("they are one news again")
				}
			})
		})
	}
}

// A story that another source lists under the link of one that was taken apart does not
// bring it back.
func TestNotSameOfALinkThatIsListedTwice(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		link := "https://wire.example/7-summit"
		lists := map[string][]news.Story{}
		for _, name := range []string{"wire", "blog", "desk"} {
			w.Source(name, lists)
			pipetest.Minutely(w, name)
		}
		w.SetPlan()
		room := &newsroom{World: w, lists: lists}
		room.minutes(2)
		s := news.Story{URL: link, Title: "Leaders sign #arms deal", Text: "A deal was signed.", Published: w.Clock()}
		lists["wire"] = []news.Story{s}
		room.minutes(2)
		lists["blog"] = []news.Story{s}
		room.minutes(2)
		blog := room.storyOf("blog", 0) // the newest of the link
		if blog.Origin.Source != "blog" {
			t.Fatalf("found the story of %s", blog.Origin.Source)
		}
		if _, err := w.Pipe.NotSame(t.Context(), blog.ID, "Anna"); err != nil {
			t.Fatal(err)
		}
		edited := s
		edited.Title = "Leaders sign #arms deal at last"
		lists["blog"] = []news.Story{edited}
		room.minutes(3)
		lists["desk"] = []news.Story{s}
		room.minutes(3)
		ids := map[int64]bool{}
		var rows []int64
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			for _, source := range []string{"wire", "blog", "desk"} {
				var id int64
				err := tx.QueryRowContext(t.Context(), `SELECT cluster_id FROM story WHERE source = $1`, source).Scan(&id)
				if err != nil {
					return err
				}
				ids[id], rows = true, append(rows, id)
			}
			return nil
		})
		if err != nil || len(ids) != 2 || rows[0] == rows[1] {
			t.Errorf("clusters %v, %v", rows, err)
		}
		room.wantSaid("post: NORMAL · Leaders sign #arms deal", "post: NORMAL · Leaders sign #arms deal")
	})
}
