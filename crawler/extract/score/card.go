package score

import (
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Tally counts the right ones of those that were looked at.
type Tally struct{ Right, Of int }

func (t *Tally) add(right bool) {
	t.Of++
	if right {
		t.Right++
	}
}

// Share is the right part of all, 0 of none.
func (t Tally) Share() float64 { return float64(t.Right) / float64(max(t.Of, 1)) }

// Card is what a reader got right over the pages of one collection. Its zero
// value is empty.
type Card struct {
	Titles    Tally // the title that is shown
	Variants  Tally // the expected title among all that the story goes by
	Days      Tally
	Instants  Tally // to the minute
	Authors   Tally // all of them and none else
	Languages Tally

	Pages      int
	Unread     int // pages that gave an error
	Poor, Good int // pages with a body F1 under .5, and over .9

	sum   Overlap
	sumF1 float64
	wide  bool // the pages are of LoadPublishers
}

// Bounds of a body's F1 that Card.Poor and Card.Good count.
const (
	poor = .5
	good = .9
)

// Mean is the precision and recall of the bodies, averaged over the pages.
func (c *Card) Mean() Overlap {
	n := float64(max(c.Pages, 1))
	return Overlap{c.sum.Precision / n, c.sum.Recall / n}
}

// F1 is the body score of the collection, as each was published: of the
// averaged precision and recall for LoadBenchmark, the mean of the pages' own F1
// for LoadPublishers.
func (c *Card) F1() float64 {
	if c.wide {
		return c.sumF1 / float64(max(c.Pages, 1))
	}
	return c.Mean().F1()
}

// Add counts what was read of a page, and says in a line each what is wrong
// with it. err is the reader's error: then nothing of the page is right.
func (c *Card) Add(p *Page, got news.Story, err error) (wrong []string) {
	if err != nil {
		c.Unread++
		wrong = append(wrong, err.Error())
		got = news.Story{}
	}
	count := func(t *Tally, right bool, format string, args ...any) {
		t.add(right)
		if !right {
			wrong = append(wrong, fmt.Sprintf(format, args...))
		}
	}
	if p.Title != "" {
		same := func(title string) bool { return normal(title) == normal(p.Title) }
		count(&c.Titles, same(got.Title), "title %q, want %q", got.Title, p.Title)
		count(&c.Variants, same(got.Title) || slices.ContainsFunc(got.Titles, same), "titles %q, want %q", got.Titles, p.Title)
	}
	if !p.Published.IsZero() {
		count(&c.Days, sameDay(p.Published, got.Published), "published %s, want %s", got.Published, p.Published)
		count(&c.Instants, p.Published.Sub(got.Published).Abs() <= time.Minute, "published %s, want exactly %s", got.Published, p.Published)
	}
	if len(p.Authors) > 0 {
		count(&c.Authors, sameNames(p.Authors, got.Authors), "authors %q, want %q", got.Authors, p.Authors)
	}
	if p.Language != "" {
		count(&c.Languages, p.Language == got.Language, "language %q, want %q", got.Language, p.Language)
	}
	if o := c.addBody(p, got.Text); o.F1() <= good {
		wrong = append(wrong, fmt.Sprintf("body precision %.2f, recall %.2f", o.Precision, o.Recall))
	}
	return wrong
}

func (c *Card) addBody(p *Page, text string) Overlap {
	split := Words
	if p.Wide {
		split = WideWords
	}
	o := Compare(split(p.Body), split(text))
	c.wide = p.Wide
	c.Pages++
	c.sum.Precision += o.Precision
	c.sum.Recall += o.Recall
	c.sumF1 += o.F1()
	switch f1 := o.F1(); {
	case f1 < poor:
		c.Poor++
	case f1 > good:
		c.Good++
	}
	return o
}
