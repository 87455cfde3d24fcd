package pipeline_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// lostTail is a world as it goes on when its store is replaced by what it was
// at a time: the channel keeps what arrived since.
func lostTail(t *testing.T) (w *world, restore func() *world) {
	t.Helper()
	path := storetest.SQLite(t)
	w = newWorld(t, path)
	w.plan.Crawler = site{w}
	w.setPlan()
	copied := filepath.Join(t.TempDir(), "copy.db")
	w.stories = listed("b #kim", "a #kim")
	w.onSend = func(m notify.Message) error {
		if m.Headline == "b #kim" {
			return fault(notify.Temporary)
		}
		return nil
	}
	w.turn() // a is sent, b is pending
	if err := w.store.Copy(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	w.onSend = nil
	w.stories = listed("c #kim", "b #kim", "a #kim")
	w.pass(time.Hour)
	w.turn()
	w.wantPosts("a #kim", "b #kim", "c #kim")
	return w, func() *world {
		next := newWorld(t, copied)
		next.now, next.posts, next.stories = w.now.Add(time.Minute), w.posts, w.stories
		next.plan.Crawler = site{next}
		next.setPlan()
		return next
	}
}

// settle lets the time pass until no post can land any more.
func (w *world) settle() {
	w.t.Helper()
	for range 4 {
		w.turn()
		w.pass(time.Minute)
	}
}

// TestLostTail: what the newest message in a channel tells of, and the store
// does not, was lost with what was sent besides. Nothing is sent twice for that:
// what is pending again is known by its promise, what is recorded again by its
// story. What is new is sent at once.
func TestLostTail(t *testing.T) {
	before, restore := lostTail(t)
	w := restore()
	fresh := listed("d #kim")
	fresh[0].Published = w.now.Add(10 * time.Minute)
	w.settle()
	if got := w.ops(); len(got) != 1 || !strings.Contains(got[0], "has lost its newest entries: the newest message in a channel") {
		t.Errorf("the ops channel was told %q", got)
	}
	w.pass(10 * time.Minute)
	w.stories = append(fresh, w.stories...)
	w.pass(time.Hour)
	w.turn()
	var headlines []string
	for _, m := range w.posts {
		if m.Kind == news.DeliverStory {
			headlines = append(headlines, m.Headline)
		}
	}
	if got := strings.Join(headlines, ", "); got != "a #kim, b #kim, c #kim, d #kim" {
		t.Errorf("posted %s", got)
	}
	newest := w.posts[len(w.posts)-1]
	if newest.Epoch == "" || before.posts[0].Epoch != "" || newest.Promise == "" || len(newest.Marks) == 0 {
		t.Errorf("the message carries epoch %q, promise %q, marks %v", newest.Epoch, newest.Promise, newest.Marks)
	}
	if s := w.states(); s[news.StateSent] != 5 || len(s) != 1 {
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
		"no scope":   {&notify.SendError{Problem: notify.Temporary, Lasting: true, Err: fault(notify.Temporary)}, 0},
		"no channel": {fault(notify.NoChannel), 0},
		"down":       {fault(notify.Temporary), 2 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				w.onNewest = tt.onFind
				w.stories = listed("a #kim")
				began := w.now
				for len(w.posts) == 0 && w.now.Sub(began) < time.Hour {
					w.turn()
					w.pass(time.Second)
				}
				if took := w.now.Sub(began); took < tt.after || took > tt.after+time.Minute*5/2 {
					t.Errorf("posted after %s, want %s", took, tt.after)
				}
				w.wantPosts("a #kim")
			})
		})
	}
}

// TestDeclaredRestore: on the operator's word whatever is open is looked for
// first, once.
func TestDeclaredRestore(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("a #kim")
		w.onSend = func(notify.Message) error { return fault(notify.Temporary) }
		w.turn()
		if err := w.pipe.DeclareRestored(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s := w.states(); s[news.StateInDoubt] != 1 {
			t.Errorf("states %v", s)
		}
		w.onSend = nil
		w.settle()
		w.pass(time.Hour)
		w.turn()
		if got := len(w.posts); got != 2 || !strings.Contains(w.posts[0].Text+w.posts[1].Text, "it was declared restored") {
			t.Errorf("posted %+v", w.posts)
		}
	})
}

// TestVerifiedOnce: one look at a channel, before the first post.
func TestVerifiedOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.stories = listed("b #kim", "a #kim")
		w.turn()
		w.onNewest = fault(notify.Temporary)
		w.stories = listed("c #kim", "b #kim", "a #kim")
		w.pass(time.Hour)
		w.turn()
		w.wantPosts("a #kim", "b #kim", "c #kim")
	})
}
