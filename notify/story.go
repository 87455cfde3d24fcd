package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"github.com/copytaster/copytaster/internal/news"
)

// dated is how old a story is when it is told whose date says more than its
// delay.
const dated = 7 * 24 * time.Hour

// severitySigns catch the eye in a full channel; milder severities have none.
var severitySigns = map[news.Severity]string{news.Urgent: "🚨", news.High: "🟠"}

// storyParts lays out the message of an alert: what it is and in which state,
// then why it is here.
func (m Message) storyParts() []Part {
	if m.folded() {
		return append(m.foldedParts(), m.buttons()...)
	}
	parts := []Part{m.storyHead()}
	if len(m.Quote) > 0 && !m.State.called() {
		parts = append(parts, part(Quote, quoteRuns(m.Quote)...))
	}
	parts = append(parts, m.State.news(m.Severity)...)
	parts = append(parts, m.answers()...)
	if by := m.byline(); by != nil {
		parts = append(parts, part(Small, by...))
	}
	called := m.State.called() // nobody has to act on it any more
	if !called {
		parts = append(parts, m.why()...)
	}
	if text := m.instructions(); text != "" && !called && !m.recalled() {
		parts = append(parts, part(Line, say("📌 "+text)))
	}
	parts = append(parts, m.State.company()...)
	return append(append(parts, m.State.chapters()...), m.buttons()...)
}

// why is a line for each rule that says what it found, and one for the others. What the
// state says is lost is left out.
func (m Message) why() (parts []Part) {
	var others []string
	lost := m.State.lost()
	for _, w := range m.Why {
		named := func(r Reason) bool { return r.among([]string{w.Rule}) } // as what the rule looks for is
		if r := m.State.Recalled; r != nil && slices.Contains(r.Rules, w.Rule) {
			parts = append(parts, part(Line, struck(w.String())))
			continue
		}
		if slices.Contains(lost, w.Rule) && !slices.ContainsFunc(w.Found, named) {
			continue
		}
		w.Found = slices.DeleteFunc(slices.Clone(w.Found), func(r Reason) bool { return r.among(lost) })
		if len(w.Found) == 0 || len(parts) == maxRules {
			others = append(others, w.Rule)
			continue
		}
		parts = append(parts, part(Small, say(w.String())))
	}
	if len(others) > 0 {
		parts = append(parts, part(Small, say(list(others, maxRules))))
	}
	return parts
}

// storyHead is the first line of an alert.
func (m Message) storyHead() Part {
	headline := Run{Text: m.Headline, Style: Bold, Link: m.Link}
	if w := m.State.Withdrawn; w != nil {
		if w.How != Held {
			headline.Style = Strike
		}
		return headLine(w.How.sign(), w.How.label(), headline)
	}
	if m.recalled() {
		headline.Style = Strike
		return headLine("🧹", recallLabel+" · "+upper(m.Severity), headline)
	}
	sign := severitySigns[m.Severity]
	if m.State.Got != nil {
		sign = "✅"
	}
	return headLine(sign, upper(m.Severity), headline)
}

func upper(s news.Severity) string { return strings.ToUpper(s.String()) }

func quoteRuns(quote []QuotePart) []Run {
	runs := make([]Run, len(quote))
	for i, q := range quote {
		runs[i] = say(q.Text)
		if q.Match {
			runs[i].Style = Match
		}
	}
	return runs
}

// byline says who told the story, in which language, how late, after whom.
func (m Message) byline() []Run {
	who := []string{m.Source(), languageName(m.Language)}
	when := Run{}
	switch lag := m.Lag(); {
	case m.Time.Unix() <= 0: // no outlet published then
	case m.Undated:
		who, when = append(who, "undated, first seen"), at(m.Time)
	case lag == "" || m.Delay > dated:
		who, when = append(who, "published"), at(m.Time)
	default:
		who = append(who, lag)
	}
	cites := ""
	if len(m.Cites) > 0 {
		cites = "cites " + list(m.Cites, maxCites)
	}
	switch said := dotted(append(slices.Clone(who), cites)...); {
	case !when.Time.IsZero():
	case said == "":
		return nil
	default:
		return []Run{say(said)}
	}
	runs := []Run{say(dotted(who...) + " "), when}
	if cites != "" {
		runs = append(runs, say(" · "+cites))
	}
	return runs
}

// languageName is a language's name in English, or what the story says when it
// has none.
func languageName(code string) string {
	tag, err := language.Parse(code)
	if err != nil {
		return code
	}
	if n := display.English.Languages().Name(tag); n != "" {
		return n
	}
	return code
}

// dotted joins the texts that say something.
func dotted(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, blank), " · ")
}

// count is a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// lasted is a time that something took: "2 h 28 min".
func lasted(d time.Duration) string {
	d = max(0, d)
	hours, minutes := d/time.Hour, d%time.Hour/time.Minute
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	case hours == 0:
		return fmt.Sprintf("%d min", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d h", hours)
	default:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	}
}
