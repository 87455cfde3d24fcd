package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/lmittmann/tint"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
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

// output writes the answer to out, and everything else to err. Both go through a
// screen.
type output struct {
	stdio
	bare     io.Writer // err without its screen, for the progress bar
	messages *screen   // out for messages
	format   format
	broken   error // the first answer that could not be written
	palette  palette
	zone     *time.Location // in which times are shown: the config's, once that is known
}

func newOutput(s stdio) *output {
	o := &output{stdio: s, bare: s.err, zone: time.UTC}
	out, err := &screen{w: s.out}, &screen{w: s.err}
	o.messages = &screen{w: s.out}
	if o.colourful() && s.outTerminal {
		out.stay, o.messages.stay = colours, messages
	}
	if o.colourful() && s.errTerminal {
		err.stay = colours
	}
	o.out, o.err = out, err
	o.palette = newPalette(out.stay != nil)
	return o
}

// alerts returns where messages are shown as Slack would show them, and whether in
// colour. Beside an answer in JSON that is err.
func (o *output) alerts() (w io.Writer, colour bool) {
	if o.format.value == "json" {
		return o.err, false
	}
	return answer{o, o.messages}, o.palette.on
}

// answer is a part of the answer that goes through a screen of its own.
type answer struct {
	*output
	to *screen
}

// Write writes a part of the answer.
func (a answer) Write(text []byte) (int, error) { return a.write(a.to, text) }

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

// markOf is mark, except for what is in order and worth a warning.
func (p palette) markOf(ok, warning bool) string {
	if ok && warning {
		return "!"
	}
	return p.mark(ok)
}

// Write writes a part of the answer.
func (o *output) Write(text []byte) (int, error) { return o.write(o.out, text) }

func (o *output) write(to io.Writer, text []byte) (int, error) {
	n, err := to.Write(text)
	if err != nil && o.broken == nil {
		o.broken = fmt.Errorf("write answer: %w", err)
	}
	return n, err
}

// say writes a line of the answer. A failure to write is kept for the end.
func (o *output) say(format string, args ...any) {
	_, _ = fmt.Fprintf(o, format+"\n", args...)
}

// json writes the answer as JSON, in lines that people can read too.
func (o *output) json(v any) error { return o.encode(v, "  ") }

// jsonLine writes one of several answers as JSON on a line of its own.
func (o *output) jsonLine(v any) error { return o.encode(v, "") }

func (o *output) encode(v any, indent string) error {
	var text strings.Builder
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, _ = io.WriteString(o, escaped(text.String()))
	return nil
}

// note writes a remark for people.
func (o *output) note(format string, args ...any) {
	_, _ = fmt.Fprintf(o.err, "copytaster: "+format+"\n", args...)
}

// block writes lines for people as they are.
func (o *output) block(text string) {
	_, _ = io.WriteString(o.err, strings.TrimSuffix(text, "\n")+"\n")
}

// fail says what went wrong and, when something is known, what to do about it.
func (o *output) fail(err error) {
	o.note("error: %s", text.OneLine(news.WithoutSecrets(err.Error())))
	var h *hintedError
	if errors.As(err, &h) && h.hint != "" {
		o.note("hint: %s", h.hint)
	}
}

// logger writes what happens below the verbs to err, from a level on.
func (o *output) logger(level slog.Leveler) *slog.Logger {
	if o.errTerminal {
		options := tint.Options{Level: level, NoColor: !o.colourful(), TimeFormat: "15:04:05", ReplaceAttr: withoutSecrets}
		return slog.New(tint.NewTextHandler(o.err, &options))
	}
	return slog.New(slog.NewTextHandler(o.err, &slog.HandlerOptions{Level: level, ReplaceAttr: withoutSecrets}))
}

// withoutSecrets hides in the log what is a secret by its form.
func withoutSecrets(_ []string, a slog.Attr) slog.Attr {
	switch v := a.Value.Any().(type) {
	case string:
		a.Value = slog.StringValue(news.WithoutSecrets(v))
	case error:
		if was := v.Error(); news.WithoutSecrets(was) != was {
			a.Value = slog.StringValue(news.WithoutSecrets(was))
		}
	}
	return a
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
