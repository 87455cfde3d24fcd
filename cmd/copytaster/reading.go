package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract"
	"github.com/copytaster/copytaster/internal/text"
)

// readingJSON is how a page was read, as extract --explain prints it.
type readingJSON struct {
	Reader     string          `json:"reader"`
	Why        string          `json:"why"`
	Agreement  float64         `json:"agreement"` // share of one reader's words that the other has too; 0 when they did not vote
	Flat       bool            `json:"flat"`      // nested too deep for a tree
	Candidates []candidateJSON `json:"candidates"`
	Fields     []originJSON    `json:"fields"`
	Dropped    []droppedJSON   `json:"dropped"` // blocks of text that are no part of the story
}

type candidateJSON struct {
	Reader string `json:"reader"`
	Blocks int    `json:"blocks"`
	Bytes  int    `json:"bytes"`
}

// originJSON says where the value of a field stands; the first place won.
type originJSON struct {
	Field string   `json:"field"`
	From  []string `json:"from"`
}

type droppedJSON struct {
	Text string `json:"text"`
	Why  string `json:"why"`
}

func readingOf(r extract.Reading) *readingJSON {
	j := &readingJSON{
		Reader: string(r.Reader), Why: r.Why, Agreement: r.Agreement, Flat: r.Flat,
		Candidates: []candidateJSON{}, Fields: []originJSON{}, Dropped: []droppedJSON{},
	}
	for _, c := range r.Candidates {
		j.Candidates = append(j.Candidates, candidateJSON{string(c.Reader), c.Blocks, c.Bytes})
	}
	for _, o := range r.Origins {
		j.Fields = append(j.Fields, originJSON{o.Field, o.From})
	}
	for _, b := range r.Blocks {
		if b.Dropped != "" {
			j.Dropped = append(j.Dropped, droppedJSON{b.Text, b.Dropped})
		}
	}
	return j
}

// printReading says how a page was read.
func printReading(out *output, r *readingJSON) {
	const shown = 80 // runes of a block that was dropped
	out.say("%s", out.palette.strong("How it was read"))
	out.say("  text: %s", cmp.Or(r.Reader, "none"))
	if r.Why != "" {
		out.say("    %s", out.palette.faint(r.Why))
	}
	for _, c := range r.Candidates {
		out.say("    %s", out.palette.faint(fmt.Sprintf("%s found %s, %d bytes", c.Reader, text.Plural(c.Blocks, "block"), c.Bytes)))
	}
	for _, f := range r.Fields {
		out.say("  %s: %s", f.Field, f.From[0])
		if len(f.From) > 1 {
			out.say("    %s", out.palette.faint("the same in "+strings.Join(f.From[1:], ", ")))
		}
	}
	for _, d := range r.Dropped {
		out.say("  left out: %s", cut(d.Text, shown))
		out.say("    %s", out.palette.faint(d.Why))
	}
	out.say("")
}

// printDetails says what a page tells beside its title and its text.
func printDetails(out *output, s storyJSON) {
	modified := ""
	if s.Modified != nil {
		modified = s.Modified.UTC().Format("2 Jan 2006 15:04 MST")
	}
	paywalled := ""
	if s.Paywalled {
		paywalled = "yes"
	}
	for _, d := range []struct{ name, value string }{
		{"also titled", strings.Join(s.Titles, " / ")}, {"modified", modified}, {"section", s.Section}, {"keywords", strings.Join(s.Keywords, ", ")},
		{"credit", s.Credit}, {"cites", strings.Join(s.Cites, ", ")}, {"paywalled", paywalled},
	} {
		if d.value != "" {
			out.say("%s", out.palette.faint(d.name+": ")+d.value)
		}
	}
}
