package alert_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// strikes are the headlines that edits of replies strike.
func (r *newsroom) strikes() (all []string) {
	add := func(p notify.Part) {
		for _, run := range p.Runs {
			if run.Style == notify.Strike {
				all = append(all, run.Text)
			}
		}
	}
	for i := range r.Edits {
		for _, p := range r.Edits[i].Body { // an alert's message has none
			add(p)
		}
	}
	return all
}

// counts is what the alert's message counts after its last edit.
func (r *newsroom) counts() notify.Coverage {
	r.T.Helper()
	for _, m := range slices.Backward(r.Edits) {
		if m.Kind == news.DeliverStory {
			return m.State.Coverage
		}
	}
	r.T.Fatal("the message was not edited")
	return notify.Coverage{}
}

// TestWithdrawnReport: a report that the thread told of is struck there when its outlet
// withdraws it, and the alert's message does not count it any more, until it stands again.
func TestWithdrawnReport(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "daily")
		room.tells("geo", quake)
		room.tells("harbour", quakeOwn)
		room.tells("daily", quakeToll)
		room.minutes(5)
		room.wantSaid("post: NORMAL · Earthquake of", "broadcast 1: NEW · Kermadec", "reply 1: 1 own report")
		if c := room.counts(); len(c.Own) != 3 || len(c.Gone) > 0 {
			t.Fatalf("coverage %+v", c)
		}
		list := room.lists["harbour"]
		list[0].Title = "WITHDRAWN: " + quakeOwn.Title
		room.lists["daily"][0].Title = "KILL: " + quakeToll.Title
		room.minutes(3)
		struck := room.strikes()
		if slices.Sort(struck); !slices.Equal(struck, []string{quakeToll.Title, quakeOwn.Title}) {
			t.Errorf("struck %q", struck)
		}
		c := room.counts()
		if c.String() != "1 own report · 2 withdrawn" || !slices.Equal(c.Own, []string{"geo"}) || len(c.Gone) != 2 {
			t.Errorf("coverage %+v", c)
		}
		for _, m := range room.Edits {
			if m.Kind == news.DeliverUpdate && (m.Thread != "1" || !strings.Contains(said(m), " by ")) {
				t.Errorf("the reply stands at %q and says %s", m.Thread, said(m))
			}
		}
		carried := slices.IndexFunc(room.Posts, func(m notify.Message) bool { return strings.HasPrefix(m.Text, "KILLED") })
		if carried < 0 || !strings.HasSuffix(room.Posts[carried].Text, "No other outlet is known to carry it") {
			t.Errorf("said %q, where geo carries the news and not the report", room.said())
		}
		w.Edits = nil
		list[0].Title = quakeOwn.Title
		room.minutes(3)
		if got := room.strikes(); len(got) > 0 {
			t.Errorf("struck %q after it stands again", got)
		}
		if c := room.counts(); !slices.Equal(c.Own, []string{"geo", "harbour"}) || !slices.Equal(c.Gone, []string{"daily"}) {
			t.Errorf("coverage %+v", c)
		}
	})
}

// TestWithdrawnBeforeTheBatch: a report that is withdrawn before its batch is sent is struck
// in it, and a withdrawal that is a story of its own withdraws a report as it does an alert.
func TestWithdrawnBeforeTheBatch(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour")
		room.tells("geo", quake)
		room.minutes(3)
		room.tells("harbour", quakeOwn)
		room.tells("harbour", news.Story{Title: "WITHDRAWN: " + quakeOwn.Title, Text: "The Harbour has withdrawn its report on the quake near " +
			"Raoul Island. #quake Please do not use it."})
		room.minutes(30)
		at := slices.IndexFunc(room.Posts, func(m notify.Message) bool { return strings.HasPrefix(m.Text, "1 own report") })
		if at < 0 {
			t.Fatalf("said %q", room.said())
		}
		if body := said(room.Posts[at]); !strings.Contains(body, "withdrawn by harbour") {
			t.Errorf("the batch says %s", body)
		}
	})
}

// TestWithdrawnChapter: a report that was told as a chapter of its own goes on to lead to the
// message before it.
func TestWithdrawnChapter(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "daily")
		room.tells("geo", quake)
		room.Pass(6 * time.Hour)
		room.tells("daily", quakeToll)
		room.wantSaid("post: NORMAL", "post: NEW · Kermadec")
		room.lists["daily"][0].Title = "KILL: " + quakeToll.Title
		room.minutes(3)
		at := slices.IndexFunc(room.Edits, func(m notify.Message) bool { return m.Kind == news.DeliverUpdate })
		if at < 0 {
			t.Fatal("nothing was edited")
		}
		m := room.Edits[at]
		if !strings.HasPrefix(m.Text, "KILLED · Kermadec") || !strings.Contains(said(m), "Earlier: Earthquake of") {
			t.Errorf("it says %q: %s", m.Text, said(m))
		}
	})
}
