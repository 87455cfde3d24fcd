package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// TestTryLater: who waits for long is told that the answer comes, and gets it.
func TestTryLater(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.patience = time.Nanosecond
		o.desk = o.newDesk(0)
		if _, err := o.slack.As(anna).Slash("news", "/copytaster", "try slow"); err != nil {
			t.Fatal(err)
		}
		o.wantWhisper(anna, "tried slow")
		if all := o.slack.Whispers(anna); len(all) != 2 || !strings.Contains(all[0].Text, "The answer comes here") {
			t.Errorf("anna was told %v", all)
		}
	})
}

// TestHandover: a shift leaves what nobody answered, who got what, and snoozes. It is posted
// to the channel once, whoever presses and how often.
func TestHandover(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.press(anna, "news", notify.ActGot)
		o.Stories = append(o.Stories, pipetest.Listed("Blast near the #urgent-kim palace")...)
		o.Again()
		for _, typed := range []string{"snooze rule kim 4h", "handover 8h"} {
			if _, err := o.slack.As(bob).Slash("news", "/copytaster", typed); err != nil {
				t.Fatal(err)
			}
			o.desk.Wait()
		}
		for _, want := range []string{
			"Hand-over in #news", "1 high or urgent alert nobody answered\nURGENT Blast near the #urgent-kim palace", "2 alerts, got by Anna 1.",
			"Snoozed\n1 kim in #news until", "Bob · 0 alerts kept", "tass: http status 403",
		} {
			o.wantWhisper(bob, want)
		}
		whispers := o.slack.Whispers(bob)
		shown := whispers[len(whispers)-1]
		value := valueOf(t, string(shown.Blocks), "handover")
		for range 3 {
			if _, err := o.slack.As(bob).Press("news", shown.TS, notify.ActPost, value); err != nil {
				t.Fatal(err)
			}
			o.desk.Wait()
		}
		o.Turn()
		posted := 0
		for _, m := range o.slack.Messages("news") {
			if strings.Contains(string(m.Blocks), "Handed over by Bob") {
				posted++
			}
		}
		if posted != 1 {
			t.Errorf("the hand-over was posted %d times", posted)
		}
		o.wantWhisper(bob, "It was posted already.")
	})
}

// TestLast: the newest alerts come first, with who answered them; of all channels where the
// channel has none.
func TestLast(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.press(anna, "news", notify.ActGot)
		o.message("news")
		for _, tt := range []struct{ channel, typed, want string }{
			{"news", "last", "The last alerts in #news:\nNORMAL Leaders met"},
			{"news", "last 1", "12:00 UTC · ✅ Anna"},
			{"desk", "last", "✅ Anna"},
			{"rules", "last 2", "The last alerts of all channels:\nNORMAL Leaders met"},
			{"rules", "last 2", "· #desk · ✅ Anna"},
		} {
			if _, err := o.slack.As(bob).Slash(tt.channel, "/copytaster", tt.typed); err != nil {
				t.Fatal(err)
			}
			o.wantWhisper(bob, tt.want)
		}
	})
}
