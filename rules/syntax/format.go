package syntax

import (
	"fmt"
	"strings"
)

// Name is a term or a concept as people write it.
func (n *Node) Name() string {
	if n.Concept != "" {
		return "$" + n.Concept
	}
	return strings.TrimSpace(n.Term)
}

// Brief is what a level looks for, shortened, without the conditions on its
// spans.
func (n *Node) Brief() string {
	switch {
	case n.All != nil:
		return FormatList(n.All, "all of ")
	case n.Any != nil:
		return FormatList(n.Any, "")
	case n.Of != nil:
		return FormatList(n.Of, fmt.Sprintf("at least %d of ", n.AtLeast))
	}
	return FormatList(n.None, "none of ")
}

// FormatList writes a list of nodes as people read it: the first three, and how
// many there are.
func FormatList(nodes []Node, before string) string {
	var s strings.Builder
	s.WriteString(before + "[")
	for i := range nodes {
		if i == 3 && len(nodes) > 4 {
			fmt.Fprintf(&s, ", … %d in all", len(nodes))
			break
		}
		if i > 0 {
			s.WriteString(", ")
		}
		switch n := &nodes[i]; {
		case n.Term != "":
			s.WriteString(n.Term)
		case n.Concept != "":
			s.WriteString("$" + n.Concept)
		default:
			s.WriteString("…")
		}
	}
	return s.String() + "]"
}

// String is a window as a rule writes it.
func (w Window) String() string {
	switch w.Unit {
	case Words:
		return "within " + WordCount(w.Words)
	case Sentence:
		return "within sentence"
	case Paragraph:
		return "within paragraph"
	}
	return "anywhere"
}

// Name is the unit of a sentence or a paragraph.
func (u Unit) Name() string {
	if u == Sentence {
		return "sentence"
	}
	return "paragraph"
}

// WordCount writes a number of words.
func WordCount(n int) string {
	if n == 1 {
		return "1 word"
	}
	return fmt.Sprintf("%d words", n)
}

// Quote quotes text that people wrote, cut to what a message can hold.
func Quote(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return `"` + s + `"`
}
