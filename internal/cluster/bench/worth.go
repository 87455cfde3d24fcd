package main

import (
	"bufio"
	_ "embed" // for the labels
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// worthLabels name further reports of the corpus, each with the report that was
// known and what the further one is worth.
//
//go:embed testdata/worth.txt
var worthLabels string

// heldLabels are labels that were held out before secondLabels were made.
//
//go:embed testdata/held.txt
var heldLabels string

// secondLabels are labels by one half of which words were chosen.
//
//go:embed testdata/second.txt
var secondLabels string

// constructed holds further reports that were written for this bench.
//
//go:embed testdata/constructed.txt
var constructed string

// written holds further reports by one half of which words were chosen.
//
//go:embed testdata/written.txt
var written string

// further is a labelled pair: what was known, and the next report.
type further struct {
	id          string
	known, next *news.Story
	level       cluster.Level
}

var levelWords = map[string]cluster.Level{
	"nothing": cluster.NothingNew, "development": cluster.Development, "turn": cluster.Turn,
}

func corpusReports() ([]further, error) { return labelledReports("worth.txt", worthLabels) }

func heldReports() ([]further, error) { return labelledReports("held.txt", heldLabels) }

func secondReports() ([]further, error) { return labelledReports("second.txt", secondLabels) }

// labelledReports reads labelled reports of the corpus.
func labelledReports(file, labels string) ([]further, error) {
	var reports []further
	var stories map[string]*news.Story
	lines := bufio.NewScanner(strings.NewReader(labels))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		if line[0] == '[' {
			var err error
			if stories, err = storiesByKey(strings.Trim(line, "[]")); err != nil {
				return nil, err
			}
			continue
		}
		fields := strings.SplitN(line, " ", 4)
		if len(fields) != 4 || levelWords[fields[2]] == 0 {
			return nil, fmt.Errorf("%s:%d: want two stories, a level and a reason, got %q", file, n, line)
		}
		r := further{fields[0] + " " + fields[1], stories[fields[0]], stories[fields[1]], levelWords[fields[2]]}
		if r.known == nil || r.next == nil {
			return nil, fmt.Errorf("%s:%d: the corpus has no %s", file, n, r.id)
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// storiesByKey reads a set's stories by the names that labels use.
func storiesByKey(set string) (map[string]*news.Story, error) {
	stories := map[string]*news.Story{}
	if set == "wire" {
		wire, err := readWire()
		if err != nil {
			return nil, err
		}
		for _, s := range wire {
			stories[s.URL[strings.LastIndexByte(s.URL, '/')+1:]] = s
		}
		return stories, nil
	}
	records, err := readSet(set)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if r.Text1 != "" {
			stories[r.ID+"/1"], stories[r.ID+"/2"] = labelledPage(r.Text1, r.Lang1), labelledPage(r.Text2, r.Lang2)
			continue
		}
		s := r.story()
		if dateLine(s.Title) {
			s.Title = text.FirstSentence(s.Text)
		}
		stories[r.ID] = s
	}
	return stories, nil
}

// labelledPage is the story of a page's text. What stands before a title, such as
// "Breaking news!", is no title.
func labelledPage(body, language string) *news.Story {
	s := webPage(body, language, "")
	if len(s.Title) < leastTitle {
		more := text.FirstSentence(s.Text)
		s.Title, s.Text = s.Title+" "+more, strings.TrimPrefix(strings.TrimSpace(s.Text), more)
	}
	return s
}

// leastTitle is how many bytes a title has that is one.
const leastTitle = 15

// dateLine reports whether a title is the line of a page that says when it was
// published, which some records have instead: it has four numbers.
func dateLine(title string) bool {
	numbers := 0
	for _, t := range text.Split(title) {
		if t.Folded[0] >= '0' && t.Folded[0] <= '9' {
			numbers++
		}
	}
	return numbers >= 4
}

func constructedReports() ([]further, error) { return writtenReports("constructed.txt", constructed) }

func writtenSecond() ([]further, error) { return writtenReports("written.txt", written) }

// writtenReports reads reports that were written for this bench: a head
// "== level language", with the language of the next report behind it where it
// differs, then the known report and the next one behind "--", each a title and
// a text.
func writtenReports(file, content string) ([]further, error) {
	var reports []further
	for part := range strings.SplitSeq(content, "\n== ") {
		head, body, _ := strings.Cut(part, "\n")
		words := strings.Fields(head)
		if len(words) < 2 || levelWords[words[0]] == 0 {
			continue // the comment at the top
		}
		a, b, ok := strings.Cut(body, "\n--\n")
		if !ok {
			return nil, fmt.Errorf("%s: %q: no next report", file, head)
		}
		known, next := writtenStory(a, words[1]), writtenStory(b, words[len(words)-1])
		reports = append(reports, further{known.Title, known, next, levelWords[words[0]]})
	}
	return reports, nil
}

func writtenStory(s, language string) *news.Story {
	title, body, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return &news.Story{Title: title, Text: body, Language: language}
}

// worth decides what the next report is worth, as the daemon does.
func (r *further) worth() cluster.Worth {
	var k cluster.Sketcher
	a, b := k.Sketch(r.known), k.Sketch(r.next)
	known := &cluster.Known{Severity: news.High, Told: cluster.TellOf(r.known), Names: a.RareNames()}
	return cluster.WorthOf(known, &cluster.Further{
		Relation: cluster.Linked, Marker: b.Marker, Severity: news.High, Told: cluster.TellOf(r.next), Names: b.RareNames(),
	})
}

// worthScore is how many reports of each level reach the channel, and how many
// turns, and others, reach it as turns.
type worthScore struct {
	shown         map[cluster.Level]*tally
	turns, others tally
}

func scoreWorth(reports []further, miss *strings.Builder) worthScore {
	score := worthScore{shown: map[cluster.Level]*tally{cluster.NothingNew: {}, cluster.Development: {}, cluster.Turn: {}}}
	for i := range reports {
		r := &reports[i]
		w := r.worth()
		shown := w.Level >= cluster.Development
		score.shown[r.level].add(r.id, shown)
		as := &score.others
		if r.level == cluster.Turn {
			as = &score.turns
		}
		as.add(r.id, w.Level >= cluster.Turn)
		if shown == (r.level == cluster.NothingNew) {
			fmt.Fprintf(miss, "%s is %s, decided %s %v %v: %s\n\t%s | %s\n", r.next.Language, r.level, w.Level, w.Reasons, w.News,
				r.id, r.known.Title, r.next.Title)
		}
	}
	return score
}

// printWorth prints how many further reports of each level reach the channel.
func printWorth(out, miss *strings.Builder) error {
	fmt.Fprint(out, "\n### Further reports: what reaches the channel\n\n"+
		"| reports | turns | of them as turns | developments | nothing new | no turns, as turns | languages |\n|---|---|---|---|---|---|---|\n")
	for _, kind := range []struct {
		name string
		read func() ([]further, error)
	}{
		{"of the corpus", corpusReports}, {"of the corpus, held out before", heldReports},
		{"of the corpus, second half held out", secondReports},
		{"constructed", constructedReports}, {"constructed, second half held out", writtenSecond},
	} {
		reports, err := kind.read()
		if err != nil {
			return err
		}
		var languages []string
		for i := range reports {
			languages = append(languages, reports[i].next.Language)
		}
		slices.Sort(languages)
		score := scoreWorth(reports, miss)
		fmt.Fprintf(out, "| %s | %s | %s | %s | %s | %s | %d |\n", kind.name, score.shown[cluster.Turn], &score.turns,
			score.shown[cluster.Development], score.shown[cluster.NothingNew], &score.others, len(slices.Compact(languages)))
	}
	return nil
}
