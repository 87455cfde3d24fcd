package trace

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/rules"
)

var noon = time.Date(2026, 11, 3, 12, 0, 0, 0, time.UTC)

// told makes an alert in a channel that the story raised, with a first message in a
// state.
func told(channel string, state news.DeliveryState, cause string) ToldAlert {
	return ToldAlert{Channel: channel, Own: true, Deliveries: []Delivery{
		{Kind: news.DeliverStory, State: state, Error: cause}, {Kind: news.DeliverEdit, State: news.StateDead, Error: "an edit"},
	}}
}

// inDigest makes an alert that a digest tells.
func inDigest(channel string, state news.DeliveryState) ToldAlert {
	digest := Delivery{Kind: news.DeliverDigest, State: state}
	return ToldAlert{Channel: channel, Own: true, Folded: true, Deliveries: []Delivery{digest}}
}

func report(channel, relation, worth string, state news.DeliveryState) ToldAlert {
	a := told(channel, state, "dropped by hand")
	a.Own, a.Relation, a.Worth = false, relation, worth
	return a
}

// TestFate: of several alerts the best one is the fate, and each is in the reason.
func TestFate(t *testing.T) {
	matched := []Match{{Rule: "r"}}
	page := func(tries int, cause string, waiting bool) *store.StoryState {
		return &store.StoryState{
			NewStory: store.NewStory{Story: &news.Story{}, Waiting: waiting, Host: "a.example"}, Tries: tries, PageError: cause,
		}
	}
	old := page(0, "", false)
	old.Published, old.FirstSeen = noon.Add(-60*time.Hour), noon
	first := page(0, "", false)
	first.FirstRun = true
	alerted := func(all ...ToldAlert) Way { return Way{Matches: matched, Alerts: all} }
	for _, tt := range []struct {
		name  string
		way   Way
		story *store.StoryState
		want  string
	}{
		{"its turn has not come", Way{}, page(0, "", true), "listed, not read: its page waits for its turn at a.example"},
		{"it was tried", Way{}, page(2, "timeout", true), "listed, not read: its page could not be read yet, 2 tries: timeout"},
		{"nobody knows why", Way{}, page(1, "", true), "listed, not read: its page could not be read yet, 1 try: why is not recorded"},
		{"it was given up", Way{}, page(3, "404", false),
			"listed, not read: its page could not be read, and no rule matched what the list says of it: 404"},
		{"no rule", Way{}, page(0, "", false), "not matched: no rule matched it"},
		{"the nearest", Way{Rules: []Ruling{{Rule: "r", Failed: []rules.Failed{{Clause: "any", Reason: "not found"}}}}}, page(0, "", false),
			"not matched: no rule matched it; nearest was r: any: not found"},
		{"too old", Way{Matches: matched}, old,
			"matched, not alerted: it was 60h0m0s old when it was first listed: `alerts.max_age` keeps older ones from alerting"},
		{"of a first crawl", Way{Matches: matched}, first, "matched, not alerted: it came with the first crawl of its source, or an import, " +
			"which alerts only on what is new (`alerts.first_run`)"},
		{"undated", Way{Matches: matched}, page(0, "", false), "matched, not alerted: no alert was called for when it matched"},
		{"posted and dead", alerted(told("a", news.StateDead, "no such channel"), told("b", news.StateSent, "")),
			page(0, "", false), "posted: given up in a: no such channel; posted in b"},
		{"posted while its page waits", alerted(told("b", news.StateSent, "")), page(1, "timeout", true),
			"posted: posted in b"},
		{"waiting", alerted(told("a", news.StateParked, "is_archived"), told("b", news.StateInDoubt, "")),
			page(0, "", false), "waiting: parked in a: is_archived; in doubt in b"},
		{"dead", alerted(told("a", news.StateDead, "")), page(0, "", false),
			"dead: given up in a: why is not recorded"},
		{"folded", alerted(inDigest("a", news.StateSent), inDigest("b", news.StatePending)), page(0, "", false),
			"folded: told in a digest in a; to be told in a digest in b"},
		{"a digest that was given up", alerted(inDigest("a", news.StateDead)), page(0, "", false),
			"dead: given up in a: why is not recorded"},
		{"no delivery", alerted(ToldAlert{Channel: "a", Own: true}), page(0, "", false),
			"waiting: the delivery to a is not kept any more"},
		{"a copy", alerted(report("a", "copy", "copy", news.StateSent)), page(0, "", false),
			"joined: a has an alert on the news (this story: copy)"},
		{"linked, to a dead alert", alerted(report("a", "link", "", news.StateDead)), page(0, "", false),
			"linked: a has an alert on the news; given up in a: dropped by hand"},
	} {
		fate, reason := new(Tracer).fate(&tt.way, tt.story)
		if diff := cmp.Diff(tt.want, fmt.Sprintf("%s: %s", fate, reason)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

// TestCompare: rules that match come first, then those that came nearest; what was
// recorded counts before what the rules of then say of the words of today.
func TestCompare(t *testing.T) {
	fails := func(n, order int, hash string) judged {
		return judged{hash: hash, order: order, failed: make([]rules.Failed, n)}
	}
	then := map[string]judged{"far": fails(3, 0, "1"), "near": fails(1, 1, "1"), "was": fails(1, 2, "1"), "gone": fails(2, 3, "1")}
	today := map[string]judged{
		"far": fails(3, 0, "1"), "near": fails(1, 1, "2"), "was": fails(1, 2, "2"), "new": {matched: true, hash: "1", order: 3},
	}
	var got []string
	for _, v := range compare(then, today, []Match{{Rule: "was", hash: "1"}, {Rule: "lost", hash: "1"}}) {
		got = append(got, fmt.Sprintf("%s then %s today %s changed %t failed %d", v.Rule, shown(v.Then), shown(v.Today), v.Changed, len(v.Failed)))
	}
	want := []string{
		"was then true today false changed true failed 1", "new then ? today true changed false failed 0",
		"lost then true today ? changed false failed 0", "near then false today false changed true failed 1",
		"gone then false today ? changed false failed 2", "far then false today false changed false failed 3",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got := compare(nil, nil, nil); got == nil || len(got) != 0 {
		t.Errorf("without rules: %v", got)
	}
}

func shown(b *bool) string {
	if b == nil {
		return "?"
	}
	return fmt.Sprint(*b)
}

// Every way in which people write a URL is one; everything else is words.
func TestLinkOf(t *testing.T) {
	for asked, want := range map[string]string{
		"https://tass.example/1": "https://tass.example/1", "HTTP://tass.example": "HTTP://tass.example", "tass.example/1?a=b": "https://tass.example/1?a=b",
		"tass.example": "", "Iran/Israel": "", "ftp://tass.example/1": "", "https://tass.example/1 2": "", "grain": "", "": "", "1.5/2 million": "",
	} {
		if got := linkOf(asked); got != want {
			t.Errorf("%q: %q, want %q", asked, got, want)
		}
	}
}

// The link to a message works in any workspace that has the channel; a reply is shown in
// its thread, and an edit has no message of its own.
func TestPermalink(t *testing.T) {
	for want, d := range map[string]news.Delivery{
		"https://slack.com/archives/C1/p1700000000123456":                                    {ChannelID: "C1", TS: "1700000000.123456"},
		"https://slack.com/archives/C1/p1700000001000000?thread_ts=1700000000.123456&cid=C1": {ChannelID: "C1", TS: "1700000001.000000", Thread: "1700000000.123456"},
		"": {ChannelID: "C1", TS: "1", Kind: news.DeliverEdit},
	} {
		if got := Permalink(&d); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	for _, ts := range []string{"", "terminal1", "found"} {
		if got := Permalink(&news.Delivery{ChannelID: "C1", TS: ts}); got != "" {
			t.Errorf("a message that is not in Slack: %q", got)
		}
	}
}

// What package cluster decided is said in words, whatever the store has of it.
func TestShown(t *testing.T) {
	for kept, want := range map[string]string{
		"": "", "{": "for a reason that cannot be read", `{"rule":"a person said so"}`: "a person said so",
	} {
		if got := shownWhy(kept); got != want {
			t.Errorf("%q: %q, want %q", kept, got, want)
		}
	}
	for why, want := range map[string]string{
		"{": "development", `{"Level":2,"Reasons":["number","outcome"],"News":["dead 41"]}`: "development: number, outcome (dead 41)",
	} {
		if got := shownWorth(store.NewsReport{Level: 2, Why: why}); got != want {
			t.Errorf("%q: %q, want %q", why, got, want)
		}
	}
}
