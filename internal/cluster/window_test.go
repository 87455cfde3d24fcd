package cluster

import (
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// BenchmarkWindow plays a window of a million stories in 72 hours of which 10,000
// matched: an operation is a hundred stories, of which one matched and is entered
// for the one that is too old. Memory is that of the sketches and both indexes
// when all is done, and how much it grew.
func BenchmarkWindow(b *testing.B) {
	const every = Window / 10_000 // between two that matched
	heap := func() float64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	empty := heap()
	x, links, list := filledIndex(b)
	first, newest := map[int64]*Sketch{}, int64(len(list))
	for i, s := range list {
		s.Seen = noon.Add(time.Duration(s.Story) * every)
		first[s.Story], list[i] = s, nil
	}
	full := heap()
	r := rand.New(rand.NewPCG(6, 6))
	k := Sketcher{Vocabulary: links.Vocabulary()}
	stories := make([]*news.Story, 500)
	for i := range stories {
		stories[i] = randomStory(r, int64(1_000_000+i))
	}
	of := func(id int64) *Cluster { return &Cluster{First: first[id]} }
	told := func(id int64) *News { return &News{ID: id, First: first[id]} }
	done := onCPU(b)
	for i := 0; b.Loop(); i++ {
		for j := range 99 {
			k.MayCarry(x, stories[(100*i+j)%len(stories)])
		}
		newest++
		story := *stories[(100*i+99)%len(stories)]
		story.ID, story.FirstSeen = newest, noon.Add(time.Duration(newest)*every)
		s := k.Sketch(&story)
		s.Cluster = newest
		Find(x, s, of)
		FindNews(links, s, told)
		x.Expire(s.Seen.Add(-Window))
		links.Expire(s.Seen.Add(-Window))
		delete(first, newest-10_001)
		x.Add(s)
		links.Add(s)
		first[newest] = s
	}
	done()
	grown := heap()
	b.ReportMetric(full-empty, "MiB-full")
	b.ReportMetric(grown-full, "MiB-grown")
	if n := x.Len(); n < 9_990 || n > 10_010 {
		b.Errorf("%d stories in the window", n)
	}
	runtime.KeepAlive(first)
}

// BenchmarkTell is what it costs to read what a story tells, and to decide what it
// is worth.
func BenchmarkTell(b *testing.B) {
	story := randomStory(rand.New(rand.NewPCG(7, 7)), 1)
	known := &Known{Told: TellOf(story)}
	done := onCPU(b)
	defer done()
	for b.Loop() {
		WorthOf(known, &Further{Relation: Linked, Told: TellOf(story)})
	}
}
