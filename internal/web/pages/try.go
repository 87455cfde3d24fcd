package pages

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/rules"
)

// mostTried is how much a form may bring that tries a rule, in bytes.
const mostTried = 256 << 10

// tryout is what the page shows that rules are tried on.
type tryout struct {
	Rule, Text string      // as asked
	Wrong      []string    // with the rule
	NoStory    string      // why there is none to try it on
	Page       *news.Story // what was read to try it on; nil: nothing was
	Verdicts   []tried
	Paste      *app.Paste
	Found      []foundByRule
	Read       string // how many stories of the archive were read
}

// tried is what one rule says of the story.
type tried struct {
	rules.Explanation
	Lines [][]piece // sentences with what was found
}

// piece is a part of a sentence.
type piece struct {
	Text  string
	Found bool
}

// foundByRule is what one rule finds in the archive.
type foundByRule struct {
	replay.RuleReport
	bars
	Elsewhen int // are dated before or after the days of the bars
}

// tryRule shows the form to try a rule, and what the rule of the form would do: to the story
// alone where only the verdict is asked for.
func (s *site) tryRule(r *http.Request) (sheet, error) {
	v := tryout{}
	p := sheet{Frame: "try", Title: "Try a rule", At: "/try", Data: &v}
	if err := r.ParseForm(); err != nil {
		v.Wrong = []string{"That is too much for one form: 256 kB are the most."}
		p.status = http.StatusRequestEntityTooLarge
		return p, nil
	}
	v.Rule, v.Text = strings.TrimSpace(r.Form.Get("rule")), strings.TrimSpace(r.Form.Get("text"))
	if id := r.Form.Get("story"); id != "" && v.Text == "" {
		v.Text = storyPath + id
	}
	if v.Rule == "" || r.Method != http.MethodPost { // a link fills the form: it may be on any site
		return p, nil
	}
	story, wrong, err := s.storyToTry(r, v.Text)
	if err != nil {
		return p, err
	}
	v.NoStory = wrong
	if story != nil && story.ID == 0 && story.URL != "" {
		v.Page = story
	}
	t := s.Try(v.Rule, story)
	if len(t.Wrong) == 0 && r.Form.Get("part") != "verdict" {
		done, err := readArchive(r.Context(), s)
		if err != nil {
			return p, err
		}
		defer done()
		if err := s.TryArchive(r.Context(), &t); err != nil {
			return p, err
		}
	}
	v.Wrong, v.Paste = t.Wrong, t.Paste
	for _, e := range t.Explained {
		v.Verdicts = append(v.Verdicts, tried{e, markedLines(e.Evidence, t.Fields)})
	}
	if t.Report != nil {
		s.foundBy(&v, &t)
	}
	return p, nil
}

// errBusy says that others read the archive for as long as a page may take.
var errBusy = errors.New("others read the archive")

// readArchive waits until nobody else reads the archive, which is on disk, for rules or words. Whoever
// may read it calls done afterwards.
func readArchive(ctx context.Context, s *site) (done func(), err error) {
	select {
	case s.trying <- struct{}{}:
		return func() { <-s.trying }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", errBusy, ctx.Err())
	}
}

// foundBy shows what was found in the archive.
func (s *site) foundBy(v *tryout, t *app.Tried) {
	v.Read = strconv.Itoa(t.Report.Stories)
	if t.Cut {
		v.Read += ", which are not all: there was no time for more"
	}
	for _, one := range t.Report.ByRule {
		counts := make([]int64, app.TriedDays)
		for i := range counts {
			counts[i] = int64(one.ByDay[t.From.AddDate(0, 0, i).Format(time.DateOnly)])
		}
		drawn := barsOf(counts, t.From)
		v.Found = append(v.Found, foundByRule{one, drawn, one.Matches - int(drawn.Total)})
	}
}

// storyPath is the page of a story, whose number follows.
const storyPath = "/story?id="

// storyToTry is the story that a rule is tried on: a text whose first line is its headline, one of
// the archive by its URL or by that of its page here, or what a page on the web says, once
// somebody asks to have that read. nil is none; wrong says why there is none.
func (s *site) storyToTry(r *http.Request, asked string) (story *news.Story, wrong string, err error) {
	ctx := r.Context()
	var way *trace.Way
	here := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(asked, "http://"), "https://"), r.Host)
	id, isID := strings.CutPrefix(here, storyPath)
	switch number, _ := strconv.ParseInt(id, 10, 64); {
	case asked == "":
		return nil, "", nil
	case isID && number > 0:
		way, err = s.WhyStory(ctx, number)
	case len(asked) <= mostAsked && trace.IsLink(asked):
		way, err = s.Why(ctx, asked)
	default:
		title, text := headed(asked)
		return &news.Story{Title: title, Text: text, FirstSeen: s.Now()}, "", nil
	}
	switch {
	case err != nil:
		return nil, "", err
	case way.Story != nil:
		story, err = s.Story(ctx, way.Story.ID)
		return story, "", err
	case isID:
		return nil, "The archive has no story of this number.", nil
	}
	if story = s.read.of(asked, s.Now()); story != nil {
		return story, "", nil
	}
	if r.Form.Get("read") == "" {
		return nil, "The archive has no story of this URL. Try reads its page.", nil
	}
	story, err = app.ReadPage(ctx, s.Window, asked)
	later := (*news.LaterError)(nil)
	switch {
	case errors.As(err, &later):
		return nil, "Its host may be asked again at " + s.when(later.At) + ": press Try then, or paste the text.", nil
	case store.Away(err):
		return nil, "", err
	case err != nil:
		return nil, "The page cannot be read: " + err.Error() + ". Paste its text.", nil //nolint:nilerr // it is told
	case story == nil:
		return nil, "The page has no text. Paste that of the story.", nil
	default:
		s.read.keep(story)
		return story, "", nil
	}
}

// headed takes the headline off a text: its first line.
func headed(pasted string) (title, text string) {
	title, text, _ = strings.Cut(pasted, "\n")
	return strings.TrimSpace(title), strings.TrimSpace(text)
}

// Marks around what was found, of Unicode's private use: they are taken out of texts before.
const (
	markBegin = "\uE000"
	markEnd   = "\uE001"
)

// markedLines returns the sentences that hold what was found, in pieces.
func markedLines(found []news.Evidence, fields []news.Field) [][]piece {
	mark := func(words ...any) string {
		return markBegin + strings.NewReplacer(markBegin, "", markEnd, "").Replace(toString(words[0])) + markEnd
	}
	var lines [][]piece
	for _, line := range rules.MarkedSentences(found, fields, mark) {
		var pieces []piece
		for i, part := range strings.Split(line, markBegin) {
			before, after, marked := strings.Cut(part, markEnd)
			if i > 0 && marked {
				pieces = append(pieces, piece{before, true})
				before = after
			}
			pieces = append(pieces, piece{before, false})
		}
		lines = append(lines, pieces)
	}
	return lines
}
