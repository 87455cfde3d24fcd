package deliver_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// lostTail is a world as it goes on when its store is replaced by what it was
// at a time: the channel keeps what arrived since.
func lostTail(t *testing.T) (w *pipetest.World, restore func() *pipetest.World) {
	t.Helper()
	path := storetest.SQLite(t)
	w = pipetest.NewWorld(t, path)
	w.Plan.Crawler = w.Site()
	w.SetPlan()
	copied := filepath.Join(t.TempDir(), "copy.db")
	w.Stories = pipetest.Listed("b #kim", "a #kim")
	w.OnSend = func(m notify.Message) error {
		if m.Headline == "b #kim" {
			return pipetest.Fault(notify.Temporary)
		}
		return nil
	}
	w.Turn() // a is sent, b is pending
	if err := w.Store.Copy(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	w.OnSend = nil
	w.Stories = pipetest.Listed("c #kim", "b #kim", "a #kim")
	w.Pass(time.Hour)
	w.Turn()
	w.WantPosts("a #kim", "b #kim", "c #kim")
	return w, func() *pipetest.World {
		next := pipetest.NewWorld(t, copied)
		next.Now, next.Posts, next.Stories = w.Now.Add(time.Minute), w.Posts, w.Stories
		next.Plan.Crawler = next.Site()
		next.SetPlan()
		return next
	}
}

// TestPauseComesBack: the operators are told of the pauses that a restored store holds to, and those
// that have run out are left out.
func TestPauseComesBack(t *testing.T) {
	path := storetest.SQLite(t)
	w := pipetest.NewWorld(t, path)
	w.Plan.Crawler = w.Site()
	w.SetPlan()
	pause(w, "news", 0)
	pause(w, "desk", time.Minute)
	w.Pass(time.Hour)
	if err := w.Pipe.Channels.DeclareRestored(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.Settle()
	ops := w.Ops()
	told := ops[slices.IndexFunc(ops, func(text string) bool { return strings.Contains(text, "has lost") })]
	if !strings.Contains(told, "before they are sent. Deliveries to #news are paused since 13 Sep 12:00 UTC, until somebody ends it, by Anna") {
		t.Errorf("the operators were told %q", told)
	}
	if strings.Contains(told, "#desk are paused") {
		t.Errorf("the operators were told of a pause that is over: %q", told)
	}
}

// TestLostTail: what the newest message in a channel tells of, and the store
// does not, was lost with what was sent besides. Nothing is sent twice for that:
// what is pending again is known by its promise, what is recorded again by its
// story. What is new is sent at once.
func TestLostTail(t *testing.T) {
	before, restore := lostTail(t)
	w := restore()
	fresh := pipetest.Listed("d #kim")
	fresh[0].Published = w.Now.Add(10 * time.Minute)
	w.Settle()
	if got := w.Ops(); len(got) != 1 || !strings.Contains(got[0], "has lost its newest entries: the newest message in a channel") {
		t.Errorf("the ops channel was told %q", got)
	}
	w.Pass(10 * time.Minute)
	w.Stories = append(fresh, w.Stories...)
	w.Pass(time.Hour)
	w.Turn()
	var headlines []string
	for _, m := range w.Posts {
		if m.Kind == news.DeliverStory {
			headlines = append(headlines, m.Headline)
		}
	}
	if got := strings.Join(headlines, ", "); got != "a #kim, b #kim, c #kim, d #kim" {
		t.Errorf("posted %s", got)
	}
	newest := w.Posts[len(w.Posts)-1]
	if newest.Epoch == "" || before.Posts[0].Epoch != "" || newest.Promise == "" || len(newest.Marks) == 0 {
		t.Errorf("the message carries epoch %q, promise %q, marks %v", newest.Epoch, newest.Promise, newest.Marks)
	}
	if s := w.States(); s[news.StateSent] != 5 || len(s) != 1 {
		t.Errorf("states %v", s)
	}
}

// TestLostTailThatCannotBeSeen: where a channel's history may not be read,
// posting goes on; where it cannot be read for the moment, it waits a little.
func TestLostTailThatCannotBeSeen(t *testing.T) {
	for name, tt := range map[string]struct {
		onFind error
		after  time.Duration // until something is posted
	}{
		"no scope":   {&notify.SendError{Problem: notify.Temporary, Lasting: true, Err: pipetest.Fault(notify.Temporary)}, 0},
		"no channel": {pipetest.Fault(notify.NoChannel), 0},
		"down":       {pipetest.Fault(notify.Temporary), 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.OnNewest = tt.onFind
				w.Stories = pipetest.Listed("a #kim")
				began := w.Now
				for len(w.Posts) == 0 && w.Now.Sub(began) < time.Hour {
					w.Turn()
					w.Pass(time.Second)
				}
				if took := w.Now.Sub(began); took < tt.after || took > tt.after+time.Minute*5/2 {
					t.Errorf("posted after %s, want %s", took, tt.after)
				}
				w.WantPosts("a #kim")
			})
		})
	}
}

// TestDeclaredRestore: on the operator's word whatever is open is looked for
// first, once.
func TestDeclaredRestore(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("a #kim")
		w.OnSend = func(notify.Message) error { return pipetest.Fault(notify.Temporary) }
		w.Turn()
		if err := w.Pipe.Channels.DeclareRestored(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := w.States(); s[news.StateInDoubt] != 1 {
			t.Errorf("states %v", s)
		}
		w.OnSend = nil
		w.Settle()
		w.Pass(time.Hour)
		w.Turn()
		if got := len(w.Posts); got != 2 || !strings.Contains(w.Posts[0].Text+w.Posts[1].Text, "it was declared restored") {
			t.Errorf("posted %+v", w.Posts)
		}
	})
}

// TestVerifiedOnce: one look at a channel, before the first post.
func TestVerifiedOnce(t *testing.T) {
	pipetest.Each(t, func(_ *testing.T, w *pipetest.World) {
		w.Stories = pipetest.Listed("b #kim", "a #kim")
		w.Turn()
		w.OnNewest = pipetest.Fault(notify.Temporary)
		w.Stories = pipetest.Listed("c #kim", "b #kim", "a #kim")
		w.Pass(time.Hour)
		w.Turn()
		w.WantPosts("a #kim", "b #kim", "c #kim")
	})
}
