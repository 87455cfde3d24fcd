package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
	"github.com/copytaster/copytaster/rules"
)

// edited runs a test in an office whose rule kim has an editor, where the channel rules is
// told of proposals, with a story of another Kim.
func edited(t *testing.T, test func(t *testing.T, o *office)) {
	t.Helper()
	openOn(t, "Gallery shows Kim Kardashian in a #kim painting", nil, func(t *testing.T, o *office) {
		o.Plan.Definition = rules.Definition{Rules: []rules.Rule{{
			Name: "kim", Editor: bob, Severity: news.Normal, Node: rules.Node{Term: "Kim"},
		}}}
		set, mistakes := rules.Compile(o.Plan.Definition)
		if set == nil {
			t.Fatal(mistakes)
		}
		o.Plan.Rules, o.Plan.RulesChannel = set, "rules"
		o.SetPlan()
		test(t, o)
	})
}

// TestPropose: the window proposes what the rule could leave out, at once or when it is
// found, and what is chosen is told once to who edits the rule.
func TestPropose(t *testing.T) {
	for name, soon := range map[string]time.Duration{"at once": 20 * time.Second, "later": time.Nanosecond} {
		t.Run(name, func(t *testing.T) {
			edited(t, func(t *testing.T, o *office) {
				o.desk = o.newDesk(soon)
				o.press(anna, "news", notify.ActIrrelevant)
				o.desk.Wait()
				shown := string(o.modal(anna).Blocks)
				if !strings.Contains(shown, `never: \"Kim Kardashian\"`) || !strings.Contains(shown, "none that somebody got") {
					t.Fatalf("the window shows %s", shown)
				}
				o.picture("propose", o.modal(anna))
				choice := valueBefore(t, shown, "0/2/2/30/")
				mistakes := o.submit(anna, map[string][]string{"reason": {"sense"}, "leave": {choice}, "words": {"<!channel> a painter"}})
				if len(mistakes) > 0 {
					t.Errorf("mistakes %v", mistakes)
				}
				o.Turn()
				all := o.slack.Messages("rules")
				if len(all) != 1 {
					t.Fatalf("%d messages to those who edit rules", len(all))
				}
				for _, want := range []string{
					`never:\n  - \"Kim Kardashian\" # −2 of 2 alerts of 30 days`, `"user_id":"` + bob, "says Anna", `other meaning: \u003c!channel\u003e a painter`,
				} {
					if !strings.Contains(string(all[0].Blocks), want) {
						t.Errorf("they are told %s, want %s", all[0].Blocks, want)
					}
				}
				o.wantShown("news", "not relevant: other meaning", notify.ActGot+`"`)
				o.press(bob, "desk", notify.ActIrrelevant)
				o.desk.Wait()
				o.submit(bob, map[string][]string{"reason": {"old"}})
				if o.Turn(); len(o.slack.Messages("rules")) != 1 {
					t.Error("what was not chosen is told")
				}
			})
		})
	}
}

// valueBefore is the first value of a choice that begins so.
func valueBefore(t *testing.T, blocks, beginning string) string {
	t.Helper()
	for value := range strings.SplitSeq(blocks, `"`) {
		if strings.HasPrefix(value, beginning) {
			return value
		}
	}
	t.Fatalf("no choice begins with %s in %s", beginning, blocks)
	return ""
}

// TestNobodyEdits: where nobody would be told, nothing is proposed.
func TestNobodyEdits(t *testing.T) {
	edited(t, func(t *testing.T, o *office) {
		o.Plan.RulesChannel = ""
		o.SetPlan()
		o.press(anna, "news", notify.ActIrrelevant)
		if shown := string(o.modal(anna).Blocks); strings.Contains(shown, "never:") {
			t.Errorf("the window shows %s", shown)
		}
		o.submit(anna, map[string][]string{"reason": {"old"}})
		o.wantShown("news", "not relevant: old news", "")
	})
}

// TestWindowIsClosed: a window that is closed before something is found changes nothing.
func TestWindowIsClosed(t *testing.T) {
	edited(t, func(t *testing.T, o *office) {
		o.desk = o.newDesk(time.Nanosecond)
		o.slack.Plan(slackfake.Fault{Method: "views.update", Code: "not_found"})
		o.press(anna, "news", notify.ActIrrelevant)
		o.desk.Wait()
		if shown := string(o.modal(anna).Blocks); strings.Contains(shown, "never:") {
			t.Errorf("the window shows %s", shown)
		}
	})
}

// TestLateRefusal: a refusal that the window does not show any more is told in the channel in
// which the window was opened.
func TestLateRefusal(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.press(anna, "news", notify.ActIrrelevant)
		o.submit(anna, map[string][]string{"reason": {"old"}})
		channel := o.message("news").Channel
		for i, r := range []slack.Request{
			{Action: notify.ActIrrelevant, Value: "v1.1 " + channel, Values: map[string][]string{"reason": {"old"}}},
			{Action: notify.ActSnooze, Value: "v1.1 " + channel, Values: map[string][]string{"what": {"news"}, "long": {"never"}}},
		} {
			r.ID, r.Kind, r.User = fmt.Sprint("late", i), slack.Submission, slack.User{ID: bob}
			reply, err := o.desk.Handle(t.Context(), r)
			if err != nil || reply.Late == nil || len(reply.Mistakes) != 1 {
				t.Fatalf("%v, %v", reply.Mistakes, err)
			}
			for _, said := range reply.Mistakes {
				reply.Late()
				o.wantWhisper(bob, said)
			}
		}
	})
}
