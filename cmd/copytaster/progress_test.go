package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestProgressLine(t *testing.T) {
	for _, c := range []struct {
		done, total int64
		took        time.Duration
		unit        progressUnit
		want        string
	}{
		{0, 0, time.Second, inBytes, "0 kB read"},
		{4_300_000_000, 0, time.Minute, inBytes, "4.3 GB read"},
		{4_300_000_000, 10_000_000_000, 43 * time.Second, inBytes, " 43 % ████████████░░░░░░░░░░░░░░░░░░ 4.3 GB of 10.0 GB, 57s left"},
		{2_500_000, 5_000_000, time.Millisecond, inBytes, " 50 % ███████████████░░░░░░░░░░░░░░░ 2.5 MB of 5.0 MB"},
		{11_000, 11_000, time.Minute, inStories, "100 % ██████████████████████████████ 11,000 stories of 11,000 stories, 0s left"},
		{12_000, 11_000, 0, inStories, "100 % ██████████████████████████████ 11,000 stories of 11,000 stories"}, // more came meanwhile
	} {
		got := progressLine(c.done, c.total, c.took, c.unit)
		if got != c.want || utf8.RuneCountInString(got) > 79 {
			t.Errorf("got  %q\nwant %q", got, c.want)
		}
	}
}

func TestProgressIsDrawnOnTerminals(t *testing.T) {
	for _, terminal := range []bool{true, false} {
		var out bytes.Buffer
		p := newTool(&out, terminal).newProgress(inBytes)
		for n := range int64(1000) {
			p.at(n*1000, 1_000_000)
		}
		p.end()
		p.end()
		drawn := out.String()
		isDrawn := strings.HasPrefix(drawn, "\r\x1b[K  0 % ") && strings.HasSuffix(drawn, "\r\x1b[K")
		if terminal && (!isDrawn || strings.Count(drawn, "%") > 50) || !terminal && drawn != "" {
			t.Errorf("on a terminal %v: %q", terminal, drawn)
		}
	}
}

func newTool(err *bytes.Buffer, terminal bool) *tool {
	return &tool{output: newOutput(stdio{out: io.Discard, err: err, env: noEnv, errTerminal: terminal})}
}
