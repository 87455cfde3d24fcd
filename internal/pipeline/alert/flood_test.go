package alert_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
)

// How many stories the floods are of; they were measured by hand with
// 10,000 and 5,000.
var (
	templates = flag.Int("templates", 300, "stories of one template")
	copies    = flag.Int("copies", 400, "copies of one text")
)

// newSQLiteRoom makes a newsroom on SQLite.
func newSQLiteRoom(t *testing.T, outlets ...string) *newsroom {
	t.Helper()
	return newNewsroom(pipetest.NewWorld(t, storetest.SQLite(t)), outlets...)
}

// flood has an outlet list n stories in an hour, and returns how long a story takes in
// the first quarter and in the last.
func (r *newsroom) flood(n int, of func(i int) (outlet string, s news.Story)) (first, last time.Duration) {
	r.T.Helper()
	const passes = 60
	took := make([]time.Duration, passes)
	for pass := range passes {
		clear(r.lists)
		for i := n * pass / passes; i < n*(pass+1)/passes; i++ {
			outlet, s := of(i)
			s.URL, s.Published, s.Language = fmt.Sprintf("https://%s.example/flood/%d", outlet, i), r.Clock(), "en"
			r.lists[outlet] = append(r.lists[outlet], s)
		}
		r.Pass(time.Minute)
		began := time.Now()
		r.Turn()
		took[pass] = time.Since(began)
	}
	for i := range passes / 4 {
		first, last = first+took[i], last+took[passes-1-i]
	}
	each := time.Duration(n / 4)
	var mem runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&mem)
	r.T.Logf("%d stories: %v a story in the first quarter, %v in the last; %d MB of heap", n, first/each, last/each, mem.HeapAlloc>>20)
	return first / each, last / each
}

// wantSteady fails the test if a story takes much longer at the end of a flood than at
// its beginning.
func wantSteady(t *testing.T, first, last time.Duration) {
	t.Helper()
	if last > 4*first+2*time.Millisecond {
		t.Errorf("a story took %v at first, and %v at last", first, last)
	}
}

// bulletin is one of a series that a template makes.
func bulletin(n int) news.Story {
	place, other := named(n, 0), named(n, 1)
	return news.Story{
		Title: fmt.Sprintf("Pollen count for %s: %d grains", place, 100+n),
		Text: fmt.Sprintf("The pollen count for %s today is %d grains for each cubic metre of air, the office of weather said. #pollen\n"+
			"People who suffer from hay fever should keep their windows closed, wash their hair in the evening and take the medicine that "+
			"their doctor has prescribed. The next count is to be published tomorrow at seven in the morning. Ask the station at %s.",
			place, 100+n, other),
	}
}

// Stories of one template are different news, however many there are.
func TestFloodOfOneTemplate(t *testing.T) {
	room := newSQLiteRoom(t, "weather")
	first, last := room.flood(*templates, func(i int) (string, news.Story) { return "weather", bulletin(i) })
	wantSteady(t, first, last)
	room.minutes(10)
	told := map[string]int{}
	for _, m := range room.Posts {
		if m.Kind == news.DeliverStory {
			told[m.Headline]++
		} else if m.Kind != news.DeliverOps {
			t.Fatalf("%s is told: %s", m.Kind, m.Text)
		}
	}
	for i := range *templates {
		if title := bulletin(i).Title; told[title] != 1 {
			t.Fatalf("%q was told %d times, of %d", title, told[title], len(told))
		}
	}
	if len(room.Meter.Reports) > 0 {
		t.Errorf("taken for reports of one news: %v", room.Meter.Reports)
	}
}

// Copies of one text are counted, and nothing else is said of them.
func TestFloodOfCopies(t *testing.T) {
	var outlets []string
	for i := range 40 {
		outlets = append(outlets, fmt.Sprintf("copyist%d", i))
	}
	room := newSQLiteRoom(t, append(outlets, "geo", "harbour")...)
	room.Plan.Escalations = map[string][]news.Escalation{"quake": {{Outlets: 9, Over: time.Hour, Severity: news.Urgent}}}
	room.SetPlan()
	room.tells("geo", quake)
	room.tells("harbour", quakeOwn)
	minutes := map[time.Time]int{}
	room.OnEdit = func(notify.Receipt, notify.Message) error {
		minutes[room.Clock()]++
		return nil
	}
	first, last := room.flood(*copies, func(i int) (string, news.Story) {
		return outlets[i*len(outlets) / *copies], quake
	})
	wantSteady(t, first, last)
	clear(room.lists)
	for range 20 {
		room.Pass(10 * time.Minute)
		room.Turn()
	}
	room.wantSaid("post: NORMAL · Earthquake of", "reply 1: 1 own report and")
	for at, n := range minutes {
		if n > 1 {
			t.Errorf("%d edits in the minute %v", n, at)
		}
	}
	if c := room.shows().Coverage; c.Copies != len(outlets) || !slices.Equal(c.Own, []string{"geo", "harbour"}) {
		t.Errorf("the last edit counts %d copies of %v, want %d", c.Copies, c.Own, len(outlets))
	}
	if text := room.Posts[1].Text; len(text) > 4000 || strings.Count(text, "copyist") > 20 {
		t.Errorf("the batch has %d bytes: %.500s", len(text), text)
	}
}

// Copies that come while a message is edited wait for the next minute; what matters does
// not.
func TestEditWhileCopiesCome(t *testing.T) {
	for name, gap := range map[string]time.Duration{"a copy": time.Minute, "a withdrawal": 0} {
		t.Run(name, func(t *testing.T) {
			room := newSQLiteRoom(t, "geo", "copyist")
			room.tells("geo", quake)
			alert := room.Deliveries(news.StateSent)[0].Alert
			minutes := map[time.Time]int{}
			room.OnEdit = func(notify.Receipt, notify.Message) error {
				minutes[room.Clock()]++
				if len(room.Edits) > 2 {
					return nil
				}
				return room.Store.InTx(t.Context(), func(tx *store.Tx) error {
					return tx.Deliveries.Edit(t.Context(), alert, room.Clock(), gap)
				})
			}
			room.tells("copyist", quake)
			room.minutes(8)
			most := 0
			for _, n := range minutes {
				most = max(most, n)
			}
			if want := map[bool]int{true: 1, false: 4}[gap > 0]; most != want || len(room.Edits) != 4 {
				t.Errorf("%d edits in a minute, want %d; %d in all", most, want, len(room.Edits))
			}
		})
	}
}
