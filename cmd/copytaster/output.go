package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/config"
	"github.com/fatih/color"
)

// stdio is where a run of the program reads and writes, and its environment.
type stdio struct {
	in          io.Reader
	out, err    io.Writer
	env         config.Getenv
	outTerminal bool // out is a terminal
	errTerminal bool // err is one
	columns     int  // of the terminal; 0 when there is none
}

// output writes what people and programs read: the answer on out, everything
// about the way to it on err.
type output struct {
	stdio
	format  format
	broken  error // the first answer that could not be written
	palette palette
}

func newOutput(s stdio) *output {
	o := &output{stdio: s}
	o.palette = newPalette(s.outTerminal && o.colourful())
	return o
}

// colourful reports whether terminals may be coloured: https://no-color.org.
func (o *output) colourful() bool {
	no, _ := o.env("NO_COLOR")
	kind, _ := o.env("TERM")
	return no == "" && kind != "dumb"
}

// palette colours words, or leaves them as they are.
type palette struct {
	on                              bool
	good, bad, found, faint, strong func(a ...any) string
}

func newPalette(on bool) palette {
	style := func(attributes ...color.Attribute) func(a ...any) string {
		c := color.New(attributes...)
		c.DisableColor()
		if on {
			c.EnableColor()
		}
		return c.SprintFunc()
	}
	p := palette{
		on: on, good: style(color.FgGreen), bad: style(color.FgRed), faint: style(color.Faint), strong: style(color.Bold),
		found: style(color.Bold, color.Underline, color.FgYellow),
	}
	if !on {
		p.found = func(a ...any) string { return "*" + fmt.Sprint(a...) + "*" }
	}
	return p
}

// mark is the sign before a line of an answer.
func (p palette) mark(ok bool) string {
	if ok {
		return p.good("✓")
	}
	return p.bad("✗")
}

// Write writes a part of the answer.
func (o *output) Write(text []byte) (int, error) {
	n, err := o.out.Write(text)
	if err != nil && o.broken == nil {
		o.broken = fmt.Errorf("write answer: %w", err)
	}
	return n, err
}

// say writes a line of the answer. A failure to write is kept for the end.
func (o *output) say(format string, args ...any) {
	_, _ = io.WriteString(o, harmless(fmt.Sprintf(format, args...), o.palette.on)+"\n")
}

// colours are what palettes write.
var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// harmless takes out what would steer a terminal or deceive its reader, since
// much of what is said was written by strangers: control characters and
// changes of direction. Colours may stay.
func harmless(text string, coloured bool) string {
	clean := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r != '\n' && r != '\t' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				return -1
			}
			return r
		}, s)
	}
	if !coloured {
		return clean(text)
	}
	var out strings.Builder
	at := 0
	for _, c := range colours.FindAllStringIndex(text, -1) {
		out.WriteString(clean(text[at:c[0]]) + text[c[0]:c[1]])
		at = c[1]
	}
	return out.String() + clean(text[at:])
}

// json writes the answer as JSON, in lines that people can read too.
func (o *output) json(v any) error { return o.encode(v, "  ") }

// jsonLine writes one of several answers as JSON on a line of its own.
func (o *output) jsonLine(v any) error { return o.encode(v, "") }

func (o *output) encode(v any, indent string) error {
	e := json.NewEncoder(o)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil && o.broken == nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// note writes a remark for people.
func (o *output) note(format string, args ...any) {
	_, _ = io.WriteString(o.err, harmless(fmt.Sprintf("copytaster: "+format+"\n", args...), false))
}

// block writes lines for people as they are.
func (o *output) block(text string) {
	_, _ = io.WriteString(o.err, harmless(strings.TrimSuffix(text, "\n")+"\n", false))
}

// fail says what went wrong and, when something is known, what to do about it.
func (o *output) fail(err error) {
	o.note("error: %s", oneLine(err.Error()))
	var h *hintedError
	if errors.As(err, &h) && h.hint != "" {
		o.note("hint: %s", h.hint)
	}
}

// oneLine joins the lines of joined errors and of drivers that explain at length.
func oneLine(text string) string {
	var parts []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, "; ")
}

// hintedError is an error with what to do about it.
type hintedError struct {
	error
	hint string
}

// Unwrap returns the error without its hint.
func (e *hintedError) Unwrap() error { return e.error }

// withHint adds what to do about an error.
func withHint(err error, format string, args ...any) error {
	return &hintedError{err, fmt.Sprintf(format, args...)}
}
