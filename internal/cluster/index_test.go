package cluster

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

func splitText(s string) []text.Token { return text.Split(s) }

// randomStory writes a story of some 600 words of a vocabulary.
func randomStory(r *rand.Rand, id int64) *news.Story {
	var b strings.Builder
	for i := range 600 {
		word := fmt.Sprint("w", int(r.ExpFloat64()*3000))
		if i%9 == 0 {
			word = fmt.Sprint("Name", r.IntN(20000))
		}
		b.WriteString(word + " ")
		if i%17 == 16 {
			b.WriteString(". ")
		}
	}
	return &news.Story{
		ID: id, Title: fmt.Sprintf("Name%d does something in Name%d", r.IntN(20000), r.IntN(20000)), Text: b.String(),
		Language: "en", Outlet: fmt.Sprint("outlet", r.IntN(200)), FirstSeen: noon.Add(time.Duration(id) * time.Second),
	}
}

func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	var k Sketcher
	x := NewTextIndex()
	var stories []*news.Story
	for id := range int64(300) {
		stories = append(stories, randomStory(r, id+1))
		x.Add(k.Sketch(stories[id]))
	}
	for _, s := range stories[:50] {
		edited := *s
		edited.ID = 1000 + s.ID
		words := strings.Fields(s.Text)
		edited.Text = strings.Join(words[r.IntN(200):400], " ")
		if found := x.Query(k.Sketch(&edited), 3); len(found) == 0 || found[0].Story != s.ID {
			t.Errorf("story %d is not found by a part of it", s.ID)
		}
		if found := x.Query(k.Sketch(s), 3); len(found) != 0 {
			t.Errorf("story %d finds story %d", s.ID, found[0].Story)
		}
	}
	if n := x.Expire(noon.Add(101 * time.Second)); n != 100 || x.Len() != 200 {
		t.Errorf("%d expired, %d are left", n, x.Len())
	}
	x.Remove(4711)
	for _, s := range stories {
		x.Remove(s.ID)
	}
	if x.Len() != 0 || len(x.heads) != 0 || len(x.free) != len(x.docs) {
		t.Errorf("%d stories, %d heads are left", x.Len(), len(x.heads))
	}
}

// TestSeriesOfTenThousand wants a template to slow nothing down, and its stories
// to stay apart.
func TestSeriesOfTenThousand(t *testing.T) {
	var k Sketcher
	x, clusters := NewTextIndex(), map[int64]*Cluster{}
	joined := 0
	for id := range int64(10_000) {
		s := k.Sketch(&news.Story{
			ID: id + 1, Language: "en", Outlet: "Weather", FirstSeen: noon.Add(time.Duration(id) * 300 * time.Millisecond),
			Title: fmt.Sprintf("Flood warning for Place%d County", id),
			Text: fmt.Sprintf("The National Weather Service has issued a flood warning for Place%d County until %d:%02d. Do not drive through "+
				"water that covers the road, for its depth cannot be seen. Move to higher ground at once when the river Stream%d rises.",
				id, id%24, id%60, id/7),
		})
		d, _ := Find(x, s, func(id int64) *Cluster { return clusters[id] })
		if d.Relation.Joins() {
			joined++
		}
		s.Cluster = id + 1
		clusters[s.Cluster] = &Cluster{First: s}
		x.Add(s)
	}
	if joined > 0 {
		t.Errorf("%d joined", joined)
	}
}

// TestFiveThousandCopies wants one cluster of them.
func TestFiveThousandCopies(t *testing.T) {
	var k Sketcher
	x, clusters := NewTextIndex(), map[int64]*Cluster{}
	for id := range int64(5000) {
		s := k.Sketch(&news.Story{
			ID: id + 1, Language: "en", Outlet: fmt.Sprint("outlet", id), FirstSeen: noon.Add(time.Duration(id) * time.Second),
			Title: "Quake kills 14 in Alto Verde", Text: quake,
		})
		d, at := Find(x, s, func(id int64) *Cluster { return clusters[id] })
		if d.Relation.Joins() {
			s.Cluster, at.Newest = at.First.Cluster, s
		} else {
			s.Cluster = id + 1
			clusters[s.Cluster] = &Cluster{First: s}
		}
		x.Add(s)
	}
	if len(clusters) != 1 {
		t.Errorf("%d clusters", len(clusters))
	}
}

// onCPU reports what an operation costs on the processor: on a busy machine the
// clock says nothing.
func onCPU(b *testing.B) (done func()) {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() { b.ReportMetric(float64((used()-before).Microseconds())/float64(b.N), "cpu-µs/op") }
}

// filledIndex holds 10,000 matched stories.
func filledIndex(tb testing.TB) (*TextIndex, *LinkIndex, []*Sketch) {
	tb.Helper()
	r := rand.New(rand.NewPCG(2, 2))
	x, links := NewTextIndex(), NewLinkIndex()
	k := Sketcher{Vocabulary: links.Vocabulary()}
	sketches := make([]*Sketch, 0, 10_000)
	for id := range int64(10_000) {
		s := k.Sketch(randomStory(r, id+1))
		s.Cluster = s.Story
		x.Add(s)
		links.Add(s)
		sketches = append(sketches, s)
	}
	return x, links, sketches
}

// BenchmarkMatched is what a story that matched costs among 10,000: sketch, find
// the cluster, find the news. memory is that of the sketches and both indexes.
func BenchmarkMatched(b *testing.B) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	x, links, sketches := filledIndex(b)
	runtime.GC()
	runtime.ReadMemStats(&after)
	memory := float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
	k := Sketcher{Vocabulary: links.Vocabulary()}
	r := rand.New(rand.NewPCG(3, 3))
	story := randomStory(r, 20_000)
	of := func(id int64) *Cluster { return &Cluster{First: sketches[id-1]} }
	news := func(id int64) *News { return &News{ID: id, First: sketches[id-1]} }
	done := onCPU(b)
	for b.Loop() {
		s := k.Sketch(story)
		Find(x, s, of)
		FindNews(links, s, news)
	}
	done()
	b.ReportMetric(memory, "MiB-of-10000")
	runtime.KeepAlive(sketches)
}

// BenchmarkUnmatched is what a story that matched nothing costs among 10,000.
func BenchmarkUnmatched(b *testing.B) {
	x, _, _ := filledIndex(b)
	story := randomStory(rand.New(rand.NewPCG(5, 5)), 20_000)
	var k Sketcher
	done := onCPU(b)
	defer done()
	for b.Loop() {
		k.MayCarry(x, story)
	}
}

// BenchmarkQuery is what the index alone costs.
func BenchmarkQuery(b *testing.B) {
	x, _, sketches := filledIndex(b)
	done := onCPU(b)
	defer done()
	for i := 0; b.Loop(); i++ {
		x.Query(sketches[i%len(sketches)], mostExamined)
	}
}

// BenchmarkRebuild is what a restart costs: 10,000 rows read and entered.
func BenchmarkRebuild(b *testing.B) {
	_, _, sketches := filledIndex(b)
	rows := make([][]byte, len(sketches))
	size := 0
	for i, s := range sketches {
		rows[i] = s.Append(nil)
		size += len(rows[i])
	}
	done := onCPU(b)
	for b.Loop() {
		x, links := NewTextIndex(), NewLinkIndex()
		for i, raw := range rows {
			s, err := DecodeSketch(raw)
			if err != nil {
				b.Fatal(err)
			}
			s.Story = int64(i + 1)
			x.Add(s)
			links.Add(s)
		}
	}
	done()
	b.ReportMetric(float64(size)/float64(len(rows)), "bytes/row")
}

// BenchmarkHistory is what the history of a first story costs, per earlier story.
func BenchmarkHistory(b *testing.B) {
	r := rand.New(rand.NewPCG(4, 4))
	var k Sketcher
	first := randomStory(r, 100_000)
	h := NewHistory(k.Sketch(first))
	earlier := make([]*news.Story, 64)
	for i := range earlier {
		earlier[i] = randomStory(r, int64(i+1))
	}
	done := onCPU(b)
	defer done()
	for i := 0; b.Loop(); i++ {
		h.Add(earlier[i%len(earlier)])
	}
}
