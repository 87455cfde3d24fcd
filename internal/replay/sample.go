package replay

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// Sample is one story with what a rule found in it.
type Sample struct {
	Title     string          `json:"title"`
	Source    string          `json:"source,omitempty"`
	URL       string          `json:"url"`
	Published *time.Time      `json:"published"` // or first seen
	Evidence  []news.Evidence `json:"evidence"`
	Failed    []rules.Failed  `json:"failed,omitempty"` // of a difference: why the rule does not match in the other version
	Shown     []string        `json:"-"`
}

// shownEvidence is how much evidence a sample keeps.
const shownEvidence = 20

// sample keeps what is to be shown of a story, and not the story.
func (b *backtest) sample(story *news.Story, evidence []news.Evidence) *Sample {
	s := &Sample{Title: story.Title, Source: story.Origin.Source, URL: story.URL, Evidence: []news.Evidence{}}
	if when := moment(story); !when.IsZero() {
		when = when.UTC()
		s.Published = &when
	}
	evidence = evidence[:min(len(evidence), shownEvidence)]
	if b.Show != nil {
		s.Shown = b.Show(slices.Clone(evidence), story.Fields())
	}
	sentence := ""
	for _, e := range evidence {
		if e.Sentence != sentence {
			sentence = strings.Clone(e.Sentence) // it would keep the whole text
		}
		e.Sentence, e.Text = sentence, strings.Clone(e.Text)
		s.Evidence = append(s.Evidence, e)
	}
	return s
}

// samples are the first ones of their kind. have is how many there are: a
// worker that finds too few makes one more, so that one was made of every
// story that turns out to be among the first.
type samples struct {
	have  atomic.Int32
	taken []Sample
}

func (s *samples) wanted(most int) bool { return int(s.have.Load()) < most }

// ration counts the samples that were made of a part, by what they are for: no
// more are made than can be wanted.
type ration map[*samples]int

func (r ration) grants(s *samples, most int) bool {
	if !s.wanted(most - r[s]) {
		return false
	}
	r[s]++
	return true
}

func (s *samples) take(one *Sample, most int) {
	if one != nil && len(s.taken) < most {
		s.taken = append(s.taken, *one)
		s.have.Add(1)
	}
}

// all returns the samples, none as an empty list.
func (s *samples) all() []Sample { return append([]Sample{}, s.taken...) }

// day is a day as a number, 20060102; 0 is not known.
type day int

func dayOf(t time.Time, zone *time.Location) day {
	if t.IsZero() {
		return 0
	}
	year, month, date := t.In(zone).Date()
	return day(year*10000 + int(month)*100 + date)
}

// String writes a day like 2006-01-02.
func (d day) String() string {
	if d == 0 {
		return Undated
	}
	return fmt.Sprintf("%04d-%02d-%02d", d/10000, d/100%100, d%100)
}

// days are those from the first to the last.
type days struct{ first, last day }

func (s *days) include(d day) {
	if d == 0 {
		return
	}
	if s.first == 0 || d < s.first {
		s.first = d
	}
	s.last = max(s.last, d)
}
