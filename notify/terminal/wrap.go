package terminal

import (
	"strings"

	"github.com/rivo/uniseg"
)

// run is a stretch of text in one style.
type run struct {
	text  string
	style string // SGR parameters; "" is plain
	link  string // "" is none
}

// cell is one grapheme, as many columns wide as a terminal shows it.
type cell struct {
	text    string
	columns int
	run     int
}

// noStart are closing marks that must not begin a line (a small part of JIS X
// 4051).
const noStart = "、。，．」』）】〉》！？：；・ー"

// paragraph writes runs as lines of at most width columns: the first one after
// first, the others after rest. A line breaks at a space, or beside a
// character of East Asian width, or where it must.
func (p *page) paragraph(first, rest string, runs ...run) {
	indent := first
	for cells := cellsOf(runs); len(cells) > 0; indent = rest {
		n := breakAt(cells, width-uniseg.StringWidth(indent))
		p.WriteString(indent)
		p.line(trimRight(cells[:n]), runs)
		cells = trimLeft(cells[n:])
	}
}

func cellsOf(runs []run) []cell {
	var cells []cell
	for i, r := range runs {
		state := -1
		for rest := r.text; rest != ""; {
			var c cell
			c.text, rest, c.columns, state = uniseg.FirstGraphemeClusterInString(rest, state)
			c.run = i
			cells = append(cells, c)
		}
	}
	return cells
}

// breakAt returns how many cells go on a line, at least one.
func breakAt(cells []cell, columns int) int {
	used, last := 0, 0
	for i, c := range cells {
		if i > 0 && mayBreak(cells[i-1], c) {
			last = i
		}
		if used += c.columns; used > columns && c.text != " " {
			if last == 0 {
				return max(i, 1)
			}
			return last
		}
	}
	return len(cells)
}

func mayBreak(before, after cell) bool {
	if after.text == " " || strings.Contains(noStart, after.text) {
		return false
	}
	return before.text == " " || before.columns > 1 || after.columns > 1
}

func trimLeft(cells []cell) []cell {
	for len(cells) > 0 && cells[0].text == " " {
		cells = cells[1:]
	}
	return cells
}

func trimRight(cells []cell) []cell {
	for len(cells) > 0 && cells[len(cells)-1].text == " " {
		cells = cells[:len(cells)-1]
	}
	return cells
}

// line writes the cells of one line. Styles and links end with the line.
func (p *page) line(cells []cell, runs []run) {
	for i := 0; i < len(cells); {
		r := runs[cells[i].run]
		var text strings.Builder
		for at := cells[i].run; i < len(cells) && cells[i].run == at; i++ {
			text.WriteString(cells[i].text)
		}
		p.styled(text.String(), r)
	}
	p.WriteByte('\n')
}

// styled writes a text with the control sequences of its style (SGR) and link
// (OSC 8).
func (p *page) styled(text string, r run) {
	if p.color && r.link != "" {
		text = "\x1b]8;;" + r.link + "\x1b\\" + text + "\x1b]8;;\x1b\\"
	}
	if p.color && r.style != "" {
		text = "\x1b[" + r.style + "m" + text + "\x1b[0m"
	}
	p.WriteString(text)
}
