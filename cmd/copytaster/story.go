package main

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/input"
	"github.com/copytaster/copytaster/internal/text"
)

// printStory says in two lines which story it is.
func printStory(out *output, s input.Story) {
	out.say("%s", out.palette.strong(orNone(s.Title)))
	var parts []string
	if s.Published != nil {
		parts = append(parts, s.Published.In(out.zone).Format("2 Jan 2006 15:04 MST"))
	}
	for _, part := range []string{s.Source, s.Outlet, s.Language, strings.Join(s.Authors, ", "), s.URL} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	if len(parts) > 0 {
		out.say("%s", out.palette.faint(strings.Join(parts, " · ")))
	}
}

// printReading says how a page was read.
func printReading(out *output, r *input.Explanation) {
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
func printDetails(out *output, s input.Story) {
	modified := ""
	if s.Modified != nil {
		modified = s.Modified.In(out.zone).Format("2 Jan 2006 15:04 MST")
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
