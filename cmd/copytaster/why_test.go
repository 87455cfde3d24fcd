package main

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/trace"
)

func TestEarly(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 4, 0, 0, time.UTC)
	early := trace.Match{Early: true}
	for _, c := range []struct {
		match trace.Match
		story trace.ToldStory
		want  string
	}{
		{trace.Match{}, trace.ToldStory{PageRead: &at}, ""},
		{early, trace.ToldStory{PageRead: &at}, " on the list's text; the page was read 23 Nov 2026 12:04:00 UTC"},
		{early, trace.ToldStory{Waiting: true}, " on the list's text; the page is still to be read"},
		{early, trace.ToldStory{PageError: "404"}, " on the list's text; the page could not be read"},
	} {
		if got := matchedEarly(newOutput(stdio{env: noEnv}), c.match, &c.story); got != c.want {
			t.Errorf("%+v of %+v: %q, want %q", c.match, c.story, got, c.want)
		}
	}
}
