package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify/slack"
)

// TestCommand: what can be typed, and what is said of what cannot.
func TestCommand(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		for _, tt := range []struct{ typed, want string }{
			{"", "snooze rule NAME"},
			{"help", "why URL"},
			{"status", "It runs."},
			{"statsu", "Did you mean /copytaster status?"},
			{"@here <!channel>", "There is no @here"},
			{"why https://example.org/1", "never listed: no source lists https://example.org/1"},
			{"why <https://example.org/1>", "no source lists https://example.org/1"},
			{"why", "Say which story"},
			{"try", "Say what: /copytaster try NAME"},
			{"try kim", "tried kim"},
			{"try ```all: [&lt;@U0ANNA00001&gt;, “Kim”]```", `tried all: [&lt;@U0ANNA00001&gt;, "Kim"]`},
			{"try " + strings.Repeat("x", 10_001), "A rule of 10,001 characters is too long"},
			{"last", "The last alerts in #news:\nNORMAL Leaders met for #kim in Vladivostok · 13 Sep 12:0"},
			{"last 0", "0 is no number from 1 to 20"},
			{"last all", "all is no number"},
			{"handover 1y", "1y is no length of a shift"},
			{"handover 8d", "up to 7d or 1w"},
			{"handover 2w", "up to 7d or 1w"},
			{"handover 1w", "Every high and urgent alert was answered."},
			{"handover 100h", "Every high and urgent alert was answered."},
			{"handover", "Every high and urgent alert was answered.\n1 alert.\nSources in trouble\ntass: http status 403"},
			{"hanover", "Did you mean /copytaster handover?"},
			{"snoozed", "Nothing is snoozed."},
			{"unsnooze", "Say which"},
			{"unsnooze x", "x is no number"},
			{"unsnooze 7", "not known any more"},
			{"snooze", "Type /copytaster snooze rule NAME 4h"},
			{"snooze rule kim 4x", "4x is no time"},
			{"snooze rule kim 8d", "7 days are the longest"},
			{"snooze rule kimm 4h", "Did you mean kim?"},
			{"snooze rule nobody 4h", `there is no rule "nobody"`},
			{"snooze outlet tas rule kim 4h", `there is no source "tas"`},
			{"rules", "1 rule: kim"},
			{"rules kim", "kim (normal): 2 alerts in 30 days, 0 got, 0 not relevant, 2 unanswered"},
			{"rules kin", "Did you mean kim?"},
			{"rules " + strings.Repeat("x", 9000), "There is no rule xxx"},
			{"snooze rule " + strings.Repeat("x", 9000) + " 1h", "There is no rule or source of so long a name"},
			{"snooze outlet tass rule kim monday", "/copytaster unsnooze 1 ends it"},
			{"snooze rule kim 4h", "/copytaster unsnooze 2 ends it"},
		} {
			if _, err := o.slack.As(anna).Slash("news", "/copytaster", tt.typed); err != nil {
				t.Fatal(err)
			}
			o.wantWhisper(anna, tt.want)
		}
	})
}

// TestSnoozedByCommand: a snooze of a rule is announced in the channel, listed with what it
// kept, and ended by its number.
func TestSnoozedByCommand(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		typed := func(text string) {
			t.Helper()
			if _, err := o.slack.As(anna).Slash("news", "/copytaster", text); err != nil {
				t.Fatal(err)
			}
		}
		typed("snooze rule kim 24h")
		o.Turn()
		o.Stories = pipetest.Listed("A parade with #kim in Pyongyang")
		o.Again()
		o.Turn()
		typed("snoozed")
		o.wantWhisper(anna, "1 kim in #news until 14 Sep 12:00 UTC · Anna · 1 alert kept")
		typed("unsnooze 1")
		o.wantWhisper(anna, "It is over.")
		o.Turn()
		all := o.slack.Messages("news")
		if len(all) != 3 || !strings.Contains(all[1].Text, "SNOOZED · kim · by Anna") ||
			!strings.Contains(all[2].Text, "1 story while kim was snoozed") {
			t.Errorf("the channel was told %+v", all)
		}
		if n := len(o.slack.Messages("desk")); n != 2 {
			t.Errorf("the other channel has %d messages", n)
		}
	})
}

// TestPrivateChannel: Slack names no private channel in a command. What is snoozed is snoozed
// where it was typed, and nowhere else.
func TestPrivateChannel(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		typed := slack.Request{
			ID: "1", Kind: slack.Command, User: slack.User{ID: anna}, Action: "/copytaster", Text: "snooze rule kim 4h",
			Channel: o.message("desk").Channel, ChannelName: "privategroup",
		}
		if _, err := o.desk.Handle(t.Context(), typed); err != nil {
			t.Fatal(err)
		}
		all, err := o.Store.Snoozes.All(t.Context(), o.Clock())
		if err != nil || len(all) != 1 || all[0].Channel != "desk" {
			t.Fatalf("snoozes %+v, %v", all, err)
		}
		o.wantWhisper(anna, "Done.")
		o.Pass(time.Second)
		typed.ID, typed.Channel = "2", o.slack.AddChannel(slackfake.Channel{Name: "other", Member: true})
		if _, err := o.desk.Handle(t.Context(), typed); err != nil {
			t.Fatal(err)
		}
		o.wantWhisper(anna, "No alert has come to this channel yet")
	})
}
