package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// burst is a first story, copies of it that were edited, and own reports that
// quote it, in the order in which they come.
type burst struct {
	stories []*news.Story
	matches []bool // a rule
	copies  []bool // of the first one's text; else an own report
}

const (
	burstCopies  = 40
	burstReports = 20
	burstOutlets = 5
)

// makeBurst edits a story as newsrooms do. own are other stories of the archive,
// for reports to quote it in.
func makeBurst(r *rand.Rand, first *news.Story, own []*news.Story, firstMatches bool) burst {
	b := burst{[]*news.Story{first}, []bool{firstMatches}, []bool{true}}
	copies, reports := 0, 0
	for i := range burstCopies + burstReports {
		var s *news.Story
		isCopy := reports == burstReports || copies < burstCopies && r.IntN(burstCopies+burstReports) < burstCopies
		if isCopy {
			s, copies = edited(r, first), copies+1
		} else {
			s, reports = quoting(r, first, own[r.IntN(len(own))]), reports+1
		}
		s.ID = first.ID + int64(i) + 1
		s.Outlet = fmt.Sprint("outlet ", r.IntN(burstOutlets))
		s.FirstSeen = first.FirstSeen.Add(time.Duration(i+1) * 20 * time.Minute)
		b.stories = append(b.stories, s)
		b.matches = append(b.matches, r.IntN(5) > 0) // a fifth matches nothing
		b.copies = append(b.copies, isCopy)
	}
	return b
}

// edited returns a copy with one to three edits.
func edited(r *rand.Rand, first *news.Story) *news.Story {
	s := *first
	lines := sentencesOf(first.Text)
	for range 1 + r.IntN(3) {
		switch r.IntN(6) {
		case 0: // cut from the end
			lines = lines[:max(2, len(lines)*(50+r.IntN(50))/100)]
		case 1: // another headline
			s.Title = shuffled(r, s.Title)
		case 2: // a paragraph of its own in front
			lines = append([]string{"Our correspondent adds from the scene that nothing more was known in the morning. "}, lines...)
		case 3: // a sentence less
			if i := r.IntN(len(lines)); len(lines) > 3 {
				lines = append(append([]string{}, lines[:i]...), lines[i+1:]...)
			}
		case 4: // other words
			words := strings.Fields(strings.Join(lines, ""))
			for range len(words) / 20 {
				words[r.IntN(len(words))] = "indeed"
			}
			lines = sentencesOf(strings.Join(words, " "))
		default: // two sentences swapped
			if i := r.IntN(len(lines)); i > 0 {
				lines = append([]string{}, lines...)
				lines[i-1], lines[i] = lines[i], lines[i-1]
			}
		}
	}
	s.Text = strings.Join(lines, "")
	return &s
}

// quoting returns an own report that quotes two sentences of the first story.
func quoting(r *rand.Rand, first, own *news.Story) *news.Story {
	s := *own
	lines, quoted := sentencesOf(own.Text), sentencesOf(first.Text)
	i := r.IntN(max(1, len(quoted)-1))
	half := len(lines) / 2
	quote := strings.Join(quoted[i:min(len(quoted), i+2)], "")
	s.Text = strings.Join(lines[:half], "") + quote + strings.Join(lines[half:], "")
	return &s
}

func sentencesOf(s string) (list []string) {
	for from, to := range text.EachSentence(s) {
		list = append(list, s[from:to])
	}
	return list
}

func shuffled(r *rand.Rand, title string) string {
	words := strings.Fields(title)
	if len(words) > 4 {
		words = words[:len(words)-1-r.IntN(2)]
	}
	i := r.IntN(len(words))
	words[0], words[i] = words[i], words[0]
	return strings.Join(words, " ")
}

// alerts plays a burst, and returns how many alerts the matching copies of the
// first story raise, and how many own reports were joined to them.
func (b *burst) alerts(archive []*news.Story) (alerts, swallowed int) {
	var k cluster.Sketcher
	index := cluster.NewTextIndex()
	var known []cluster.Cluster
	history := append([]*news.Story{}, archive...)
	for i, s := range b.stories {
		if b.matches[i] {
			sketch := k.Sketch(s)
			d, at := cluster.Find(index, sketch, func(id int64) *cluster.Cluster { return &known[id] })
			switch {
			case !d.Relation.Joins():
				sketch.Cluster = int64(len(known))
				sketch.Rarity = rarityOf(s, history)
				known = append(known, cluster.Cluster{First: sketch})
				alerts += count(b.copies[i])
			case !b.copies[i] && known[at.First.Cluster].First.Story != s.ID:
				swallowed++
				fallthrough
			default:
				sketch.Cluster, at.Newest = at.First.Cluster, sketch
				sketch.Indirect = d.With != at.First
			}
			index.Add(sketch)
		}
		history = append(history, s)
	}
	return alerts, swallowed
}

func count(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// printCopies plays bursts of wire stories.
func printCopies(out *strings.Builder) error {
	wire, err := readWire()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	const bursts = 12
	fmt.Fprintf(out, "\n### A first story and %d edited copies, %d bursts\n\n"+
		"| first story | alerts a burst (halves) | own reports swallowed, of %d |\n|---|---|---|\n", burstCopies, bursts, burstReports)
	for _, firstMatches := range []bool{true, false} {
		var alerts, swallowed [2]int
		for i := range bursts {
			at := len(wire)*6/10 + r.IntN(len(wire)*3/10)
			for len(wire[at].Text) < 800 {
				at++
			}
			first := *wire[at]
			first.ID, first.Outlet = 1_000_000, "outlet 0"
			archive := before(wire, &first, r)
			b := makeBurst(r, &first, longOnes(archive), firstMatches)
			a, s := b.alerts(archive)
			alerts[i%2] += a
			swallowed[i%2] += s
		}
		fmt.Fprintf(out, "| matches %v | %.1f (%.1f · %.1f) | %.1f |\n", firstMatches, float64(alerts[0]+alerts[1])/bursts,
			2*float64(alerts[0])/bursts, 2*float64(alerts[1])/bursts, float64(swallowed[0]+swallowed[1])/bursts)
	}
	return nil
}

// before returns the stories of the fortnight before another one, each of one of
// the outlets.
func before(wire []*news.Story, first *news.Story, r *rand.Rand) (list []*news.Story) {
	for _, s := range wire {
		if age := first.FirstSeen.Sub(s.FirstSeen); age > 0 && age < cluster.HistoryOf {
			told := *s
			told.Outlet = fmt.Sprint("outlet ", r.IntN(burstOutlets))
			list = append(list, &told)
		}
	}
	return list
}

func longOnes(archive []*news.Story) (list []*news.Story) {
	for _, s := range archive {
		if len(s.Text) > 1200 {
			list = append(list, s)
		}
	}
	return list
}
