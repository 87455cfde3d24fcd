package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// sheet is a table of text in columns, as Markdown has it.
type sheet struct{ rows [][]string }

func newTable(head ...string) *sheet {
	t := &sheet{rows: [][]string{head, make([]string, len(head))}}
	for i := range head {
		t.rows[1][i] = "---:"
	}
	t.rows[1][0] = "---"
	return t
}

// add adds a row; cells may be missing at its end.
func (t *sheet) add(cells ...string) {
	t.rows = append(t.rows, append(cells, make([]string, len(t.rows[0])-len(cells))...))
}

func (t *sheet) write(w io.Writer) {
	for _, row := range t.rows {
		_, _ = fmt.Fprintln(w, "| "+strings.Join(row, " | ")+" |")
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }

func ratio(a, b time.Duration) string {
	if b <= 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", a.Seconds()/b.Seconds())
}
