package console

import (
	"bytes"
	"io"
	"strings"
	"sync"

	"github.com/rivo/uniseg"
)

// Prompt keeps a line below everything that is written to a terminal in raw mode. Writers
// that share the terminal write through Over. The zero value keeps nothing, and cannot be
// written to.
type Prompt struct {
	w       io.Writer
	columns func() int // of the terminal; less than 1 is not known

	mu    sync.Mutex
	text  string
	begun bool // a line was written without its end: the prompt waits for it
}

// NewPrompt makes a Prompt on a terminal. Columns returns its width, 0 when that is not known.
func NewPrompt(w io.Writer, columns func() int) *Prompt { return &Prompt{w: w, columns: columns} }

// clearLine goes to the beginning of the line and empties it (ECMA-48: EL).
const clearLine = "\r\x1b[K"

// Say changes the line; "" takes it away.
func (p *Prompt) Say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if text == p.text {
		return
	}
	p.text = text
	if !p.begun {
		_, _ = io.WriteString(p.w, clearLine+p.shown()) // whoever writes next learns that the terminal is gone
	}
}

// Again draws the line anew, where the terminal may have lost it.
func (p *Prompt) Again() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, _ = io.WriteString(p.w, clearLine+p.shown())
}

// shown is as much of the line as the terminal has columns for.
func (p *Prompt) shown() string {
	columns := p.columns()
	if columns < 1 {
		columns = 80
	}
	var line strings.Builder
	used := 0
	for g := uniseg.NewGraphemes(p.text); g.Next(); {
		if used += g.Width(); used >= columns { // the last column would move on to the next line
			break
		}
		line.WriteString(g.Str())
	}
	return line.String()
}

// Over returns a writer to the same terminal, whose lines stand above the prompt.
func (p *Prompt) Over(w io.Writer) io.Writer { return above{p, w} }

type above struct {
	*Prompt
	w io.Writer
}

// Write writes text above the prompt. In raw mode a line's end alone does not go back to its
// beginning.
func (a above) Write(text []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(text) == 0 {
		return 0, nil
	}
	out := bytes.ReplaceAll(text, []byte("\n"), []byte("\r\n"))
	if !a.begun {
		out = append([]byte(clearLine), out...)
	}
	a.begun = text[len(text)-1] != '\n'
	if !a.begun {
		out = append(out, a.shown()...)
	}
	if _, err := a.w.Write(out); err != nil {
		return 0, err
	}
	return len(text), nil
}
