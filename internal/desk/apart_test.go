package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/notify"
)

// TestApart: a report that tells something else is chosen from the menu of its news, and
// alerts on its own.
func TestApart(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		const text = "The two leaders met at the cosmodrome on Wednesday morning, officials said, and talked for five hours about " +
			"satellites, grain and shells before they left for a dinner with their delegations in the old railway station."
		lists := map[string][]news.Story{}
		o.Source("ap", lists)
		for source, title := range map[string]string{
			"tass": "Five hours of talks with #kim at a cosmodrome", "ap": "Talks with #kim at a cosmodrome last five hours",
		} {
			s := pipetest.Listed(title)[0]
			s.URL, s.Text, s.Language = "https://"+source+".example/talks", text, "en"
			lists[source] = append(lists[source], s)
		}
		second := lists["ap"]
		lists["ap"] = nil
		o.Again()
		lists["ap"] = second
		o.Again()
		all := o.slack.Messages("news")
		joined := all[len(all)-1]
		o.Turn()
		if !strings.Contains(string(o.slack.Messages("news")[len(all)-1].Blocks), "1 copy") {
			t.Fatalf("nothing was joined: %s", joined.Blocks)
		}
		blocks := string(o.slack.Messages("news")[len(all)-1].Blocks)
		value := valueOf(t, blocks, notify.WordApart)
		if _, err := o.slack.As(anna).Press("news", joined.TS, notify.ActMore, value); err != nil {
			t.Fatal(err)
		}
		window := o.modal(anna)
		shown := string(window.Blocks)
		o.picture("apart", window)
		if !strings.Contains(shown, "Talks with #kim at a cosmodrome last five hours") || strings.Contains(shown, "Five hours of talks") {
			t.Errorf("the window offers %s", shown)
		}
		at := strings.Index(shown, `"value":"`) + len(`"value":"`)
		story := shown[at : at+strings.IndexByte(shown[at:], '"')]
		if mistakes := o.submit(anna, map[string][]string{"story": {story}}); len(mistakes) > 0 {
			t.Fatalf("mistakes %v", mistakes)
		}
		o.Turn()
		told := o.slack.Messages("news")
		if len(told) != len(all)+1 || !strings.Contains(told[len(told)-1].Text, "last five hours") {
			t.Errorf("the channel has %d messages, before %d", len(told), len(all))
		}
	})
}

// TestLongNames: whatever rules are called, a window opens.
func TestLongNames(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		var words []string
		for i := range 30 {
			words = append(words, fmt.Sprintf("#%s%d", strings.Repeat("규칙", 60), i))
		}
		o.Stories = pipetest.Listed("A long story " + strings.Join(words, " "))
		o.Again()
		all := o.slack.Messages("news")
		for _, action := range []string{notify.ActSnooze, notify.ActIrrelevant} {
			if _, err := o.slack.As(anna).Press("news", all[len(all)-1].TS, action, ""); err != nil {
				t.Fatal(err)
			}
			if o.modal(anna).Callback != action {
				t.Errorf("%s opened %s", action, o.modal(anna).Callback)
			}
		}
	})
}

// TestGotAll: one press gets what a digest tells, once, except for what others got; the
// digest shows it.
func TestGotAll(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		o.Plan.Hours = map[string]schedule.Hours{"news": {Quiet: []schedule.Lull{{From: 12 * time.Hour, To: 18 * time.Hour}}}}
		o.SetPlan()
		o.Stories = pipetest.Listed("A parade with #kim in Pyongyang", "A shell factory of #putin grows")
		o.Again()
		o.Pass(6 * time.Hour)
		o.Turn()
		all := o.slack.Messages("news")
		digest := all[len(all)-1]
		if shown := string(digest.Blocks); !strings.Contains(shown, "2 stories while it was quiet") || !strings.Contains(shown, "Got all 2") {
			t.Fatalf("the digest is %s", shown)
		}
		for _, who := range []string{anna, bob} {
			if _, err := o.slack.As(who).Press("news", digest.TS, notify.ActGotAll, ""); err != nil {
				t.Fatal(err)
			}
		}
		o.wantWhisper(bob, "Others got all of this already")
		o.Turn()
		for _, m := range o.slack.Messages("news") {
			if m.TS != digest.TS {
				continue
			}
			if shown := string(m.Blocks); strings.Count(shown, "✅ Anna") != 2 || strings.Contains(shown, "Got all") {
				t.Errorf("the digest shows %s", shown)
			}
		}
	})
}
