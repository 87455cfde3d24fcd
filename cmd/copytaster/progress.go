package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/text"
)

// progress is a line at the bottom of the terminal that shows how much has been
// read. Without a terminal it writes nothing.
type progress struct {
	out   io.Writer // nil without a terminal
	unit  progressUnit
	start time.Time
	last  time.Time // when it was drawn
	drawn bool
}

// progressUnit writes an amount of what is read.
type progressUnit func(n int64) string

func inBytes(n int64) string {
	switch {
	case n >= 1e9:
		return fmt.Sprintf("%.1f GB", float64(n)/1e9)
	case n >= 1e6:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	default:
		return fmt.Sprintf("%d kB", n/1e3)
	}
}

func inSources(n int64) string { return text.Plural(int(n), "source") }

func inStories(n int64) string { return text.Thousands(int(n)) + " stories" }

func (o *output) newProgress(unit progressUnit) *progress {
	p := &progress{unit: unit, start: time.Now()}
	if o.errTerminal {
		p.out = o.bare
	}
	return p
}

// at draws the line, ten times a second at the most.
func (p *progress) at(done, total int64) {
	now := time.Now()
	if p.out == nil || now.Sub(p.last) < 100*time.Millisecond {
		return
	}
	p.last, p.drawn = now, true
	_, _ = io.WriteString(p.out, "\r\x1b[K"+progressLine(done, total, now.Sub(p.start), p.unit))
}

// end takes the line away.
func (p *progress) end() {
	if p.drawn {
		_, _ = io.WriteString(p.out, "\r\x1b[K")
		p.drawn = false
	}
}

// progressLine is at most 79 columns wide.
func progressLine(done, total int64, took time.Duration, unit progressUnit) string {
	if total <= 0 {
		return fmt.Sprintf("%s read", unit(done))
	}
	const width = 30
	done = min(done, total)
	full := int(done * width / total)
	line := fmt.Sprintf("%3d %% %s%s %s of %s", done*100/total,
		strings.Repeat("█", full), strings.Repeat("░", width-full), unit(done), unit(total))
	if done > 0 && took > time.Second {
		left := time.Duration(float64(took) * float64(total-done) / float64(done))
		line += ", " + left.Round(time.Second).String() + " left"
	}
	return line
}
