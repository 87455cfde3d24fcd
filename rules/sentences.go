package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// MarkedSentences returns the sentences that hold evidence, each once, as a line
// with its field. What was found is marked, and followed by the concept or term that
// it stands for. The fields are those of the story.
func MarkedSentences(evidence []news.Evidence, fields []news.Field, mark func(...any) string) []string {
	type place struct {
		field    news.FieldName
		variant  int
		sentence string
	}
	var order []place
	found := map[place][]news.Evidence{}
	for _, e := range evidence {
		p := place{e.Field, e.Variant, e.Sentence}
		if found[p] == nil {
			order = append(order, p)
		}
		found[p] = append(found[p], e)
	}
	lines := make([]string, len(order))
	for i, p := range order {
		text := ""
		for _, f := range fields {
			if f.Name == p.field && f.Variant == p.variant {
				text = f.Text
			}
		}
		lines[i] = fmt.Sprintf("%s: %s (%s)", p.field, marked(p.sentence, text, found[p], mark), lookedFor(found[p]))
	}
	return lines
}

// lookedFor lists what was found in a place: concepts, or terms outside of concepts.
func lookedFor(evidence []news.Evidence) string {
	var names []string
	for _, e := range evidence {
		name := e.Term
		if e.Concept != "" {
			name = "$" + e.Concept
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// marked marks the evidence in a sentence. The sentence is a part of the field's
// text, and may begin or end with an ellipsis where it was cut.
func marked(sentence, text string, evidence []news.Evidence, mark func(...any) string) string {
	slices.SortFunc(evidence, func(a, b news.Evidence) int { return a.Start - b.Start })
	var out strings.Builder
	rest, at := sentence, offset(sentence, text, evidence[0])
	for _, e := range evidence {
		from, to := e.Start-at, e.End-at
		if from < 0 || to > len(rest) || rest[from:to] != e.Text {
			continue // overlaps what was marked, or lies beyond the cut
		}
		out.WriteString(rest[:from] + mark(e.Text))
		rest, at = rest[to:], e.End
	}
	return strings.Join(strings.Fields(out.String()+rest), " ")
}

// offset returns where the sentence begins in the field's text, as if its ellipsis
// were a part of the text.
func offset(sentence, text string, first news.Evidence) int {
	core := strings.TrimSuffix(strings.TrimPrefix(sentence, "…"), "…")
	lead := strings.Index(sentence, core)
	for from := 0; core != ""; {
		i := strings.Index(text[from:], core)
		if i < 0 {
			break
		}
		if from += i; from <= first.Start && first.End <= from+len(core) {
			return from - lead
		}
		from++
	}
	return first.Start - strings.Index(sentence, first.Text)
}
