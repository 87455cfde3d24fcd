package alert_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// A text that is updated for a week is a news of its own again after three days: a cluster
// does not wander.
func TestChainOfUpdates(t *testing.T) {
	room := newSQLiteRoom(t, "geo")
	words := strings.Fields(quake.Text)
	for n := range 14 {
		s := quake
		s.Title = fmt.Sprintf("UPDATE %d: %s", n, quake.Title)
		s.Text = strings.Join(words, " ") + fmt.Sprintf(" The %s office had nothing to add.", named(n, 0))
		room.tells("geo", s)
		for range 12 {
			room.Pass(time.Hour)
			room.Turn()
		}
	}
	var posts []string
	for _, m := range room.Posts {
		if m.Kind == news.DeliverStory {
			posts = append(posts, m.Headline[:9])
		}
	}
	if want := []string{"UPDATE 0:", "UPDATE 6:", "UPDATE 12"}; !slices.Equal(posts, want) {
		t.Errorf("posts %q, want %q", posts, want)
	}
	if room.Meter.Reports["copy, copy"]+room.Meter.Reports["update, nothing new"]+room.Meter.Reports["update, development"] != 11 {
		t.Errorf("reports %v", room.Meter.Reports)
	}
}

// Texts that say nothing are told, each for itself, whatever they are made of.
func TestTextsThatSayNothing(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for name, text := range map[string]string{
		"empty":           "",
		"a word":          "Quake",
		"one word, often": strings.Repeat("quake ", 10_000),
		"NULs":            strings.Repeat("\x00", 10_000),
		"broken UTF-8":    strings.Repeat("\xff\xfe\xc3", 10_000),
		"no space":        long,
		"no space, kanji": strings.Repeat("震", 1<<18),
	} {
		t.Run(name, func(t *testing.T) {
			room := newSQLiteRoom(t, "geo", "harbour", "copyist")
			for i, outlet := range []string{"geo", "harbour"} {
				room.tells(outlet, news.Story{Title: named(i, 0) + " #quake", Text: text})
			}
			room.wantSaid("post: NORMAL · "+named(0, 0), "post: NORMAL · "+named(1, 0))
			if len(room.Meter.Reports) > 0 {
				t.Errorf("joined: %v", room.Meter.Reports)
			}
			same := news.Story{
				URL: "https://geo.example/0", Title: named(0, 0) + " #quake", Text: text, Published: room.Clock(), Language: "en",
			}
			room.lists["copyist"] = []news.Story{same}
			room.minutes(3)
			if room.Meter.Reports["copy, copy"] != 1 {
				t.Errorf("by its link it is no copy: %v", room.Meter.Reports)
			}
		})
	}
}

// Texts of any length are compared in little time.
func TestTextsOfTenMegabytes(t *testing.T) {
	room := newSQLiteRoom(t, "geo", "harbour", "copyist")
	long := quake
	long.Text += strings.Repeat("\nThe harbour of Gisborne was closed and boats were sent back to Whakatane, said the coast guard.", 100_000)
	other := pact(1)
	other.Text += strings.Repeat(" "+pact(2).Text, 30_000)
	began := time.Now()
	room.tells("geo", long)
	room.tells("harbour", other)
	room.tells("copyist", long)
	if took := time.Since(began); took > 2*time.Minute {
		t.Errorf("three texts of 10 MB took %v", took)
	}
	room.wantSaid("post: NORMAL · Earthquake of", "post: NORMAL · "+other.Title[:9])
	if room.Meter.Reports["copy, copy"] != 1 {
		t.Errorf("reports %v", room.Meter.Reports)
	}
}

// A headline of any length is told, and so is what follows.
func TestHeadlineOfHundredKilobytes(t *testing.T) {
	room := newSQLiteRoom(t, "geo", "harbour", "copyist")
	long := quake
	long.Title += strings.Repeat(" and Whakatane", 8000)
	room.tells("geo", long)
	room.tells("harbour", quakeOwn)
	room.tells("copyist", long)
	room.minutes(3)
	room.wantSaid("post: NORMAL · Earthquake of", "reply 1: 1 own report and 1 copy")
	for _, m := range slices.Concat(room.Posts, room.Edits) {
		if len(m.Text) > 4000 {
			t.Errorf("%s has %d bytes", m.Kind, len(m.Text))
		}
	}
}

// What a story says of its date does not keep it from its news.
func TestDatesThatLie(t *testing.T) {
	for name, date := range map[string]time.Time{
		"in a year": pipetest.Noon.AddDate(1, 0, 0), "in 9999": time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		"1970": time.Unix(0, 0), "none": {}, "year 1": time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			room := newSQLiteRoom(t, "geo", "harbour", "copyist")
			room.dates("geo", quake, date)
			room.dates("harbour", quakeOwn, date)
			room.dates("copyist", quake, date)
			room.rests(40 * time.Minute)
			said := room.said()
			if len(said) != 2 || !strings.HasPrefix(said[0], "post: ") || !strings.HasPrefix(said[1], "reply 1: 1 own report and 1 copy") {
				t.Errorf("said %q", said)
			}
		})
	}
}

// beats lets minutes pass, in which the daemon looks at its clock.
func (r *newsroom) beats(n int) {
	for range n {
		r.Beat(false)
		r.minutes(1)
	}
}

// A clock that is set by a day, and back again, doubles nothing, and keeps nothing from
// being told.
func TestClockThatIsSet(t *testing.T) {
	const day = 24 * time.Hour
	for name, steps := range map[string][2]time.Duration{
		"back": {-day, 0}, "ahead": {day, 0}, "back and right again": {-day, day}, "ahead and right again": {day, -day},
		"a week ahead and right again": {7 * day, -7 * day},
	} {
		t.Run(name, func(t *testing.T) {
			room := newSQLiteRoom(t, "geo", "harbour", "copyist")
			room.beats(2)
			room.tells("geo", quake)
			room.beats(1)
			for n, step := range steps {
				room.Set(step)
				room.beats(2)
				room.tells("geo", pact(n)) // by which the index forgets what is too old
			}
			room.tells("copyist", quake)
			room.tells("harbour", quakeOwn)
			room.beats(40)
			room.tells("harbour", quakeToll)
			room.Beat(false)
			room.rests(4 * time.Hour)
			said := slices.DeleteFunc(room.said(), func(s string) bool { return strings.Contains(s, "sign pact") })
			slices.Sort(said[1:])
			if len(said) != 3 {
				t.Fatalf("said %q", said)
			}
			batch, told := said[2], said[1]
			if strings.HasPrefix(told, "reply") || !strings.Contains(told, ": NEW · Kermadec") { // below the alert, or as a new chapter
				t.Errorf("the development is told as %q", told)
			}
			if !strings.HasPrefix(batch, "reply ") || !strings.Contains(batch, ": 1 own report") {
				t.Errorf("the batch is told as %q", batch)
			}
			if c := room.shows().Coverage; len(c.Own) != 2 || c.Copies != 1 {
				t.Errorf("coverage %+v", c)
			}
		})
	}
}

// A message that cannot be edited any more stays as it is. What the channel has to know
// goes to its thread.
func TestLockedMessage(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		tries := 0
		room.OnEdit = func(notify.Receipt, notify.Message) error {
			tries++
			return pipetest.Fault(notify.Locked)
		}
		room.tells("geo", quake)
		room.tells("copyist", quake)
		room.minutes(3)
		room.tells("harbour", quakeToll)
		room.tells("harbour", quakeOwn)
		room.rests(30 * time.Minute)
		room.wantSaid("post: NORMAL · Earthquake of", "broadcast 1: NEW · Kermadec", "reply 1: 1 own report")
		if tries != 1 {
			t.Errorf("it was tried %d times to edit it", tries)
		}
	})
}

// Of a thread whose first message is gone, what the channel has to know is posted, and
// what comes later hangs there.
func TestThreadWhoseParentIsGone(t *testing.T) {
	room := newSQLiteRoom(t, "geo", "harbour", "copyist")
	room.tells("geo", quake)
	room.OnSend = func(m notify.Message) error {
		if m.Thread == "1" {
			return pipetest.Fault(notify.Gone)
		}
		return nil
	}
	room.tells("harbour", quakeToll)
	room.tells("copyist", quakeOwn)
	room.rests(30 * time.Minute)
	room.wantSaid("post: NORMAL · Earthquake of", "post: NEW · Kermadec", "reply 2: 1 own report")
}

// What waits for a channel that is archived is told once when it is back.
func TestArchivedChannel(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		room := newNewsroom(w, "geo", "harbour", "copyist")
		room.tells("geo", quake)
		archived := true
		room.OnSend = func(m notify.Message) error {
			if archived && m.Kind != news.DeliverOps {
				return &notify.SendError{Problem: notify.NoChannel, Err: errors.New("is_archived")}
			}
			return nil
		}
		room.OnEdit = func(_ notify.Receipt, m notify.Message) error { return room.OnSend(m) }
		room.tells("copyist", quakeOwn)
		room.tells("harbour", quakeToll)
		room.rests(time.Hour)
		room.wantSaid("post: NORMAL · Earthquake of")
		if len(room.Edits) > 0 || room.States()[news.StateParked] != 3 {
			t.Errorf("%d edits, deliveries %v", len(room.Edits), room.States())
		}
		archived = false
		room.rests(time.Hour)
		said := room.said()
		slices.Sort(said[1:])
		if len(said) != 3 || !strings.HasPrefix(said[1], "broadcast 1: NEW · Kermadec") || !strings.HasPrefix(said[2], "reply 1: 1 own report") {
			t.Errorf("said %q", said)
		}
		if len(room.Edits) != 1 || len(room.shows().Coverage.Own) != 3 {
			t.Errorf("%d edits, the last shows %+v", len(room.Edits), room.shows())
		}
	})
}
