package app

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
)

// What a config says of the news as a whole comes as far as the plan.
func TestPlanOfWatchedRules(t *testing.T) {
	const text = `
alerts:
  default_channel: news
  same_news: message
  channels: [{name: desk, same_news: thread}, {name: news}]
sources:
  - {name: tass, feed: "https://tass.example/rss", owner: state, expect: {within: 26h, on: Mon-Fri}}
rules:
  - {name: a, any: [x], to: desk, topic: t, severity: high, escalate: {outlets: 3, over: 45m, severity: urgent}, expect: 2d, until: 2026-12-05}
  - {name: b, any: [x], burst: {news: 8, over: 1h, severity: high}, also to: desk}
  - {name: c, any: [x], expect: 2d, enabled: false}
  - {name: d, any: [x]}
`
	cfg, err := config.LoadFiles("copytaster.yaml", map[string][]byte{"copytaster.yaml": []byte(text)}, func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	plan, err := parts{}.plan(cfg)
	if err != nil {
		t.Fatal(err)
	}
	three := []news.Escalation{{Outlets: 3, Over: 45 * time.Minute, Severity: news.Urgent}}
	for what, diff := range map[string]string{
		"escalations": cmp.Diff(map[string][]news.Escalation{"a": three}, plan.Escalations),
		"signals": cmp.Diff(map[string]act.Signal{
			"a": {
				Match:  news.Match{Rule: "a", Severity: news.High, Topic: "t", To: []string{"desk"}},
				Expect: news.Expectation{Within: 48 * time.Hour}, Until: time.Date(2026, 12, 6, 0, 0, 0, 0, time.UTC),
			},
			"b": {
				Match: news.Match{Rule: "b", Severity: news.Normal, AlsoTo: []string{"desk"}},
				Burst: &news.Burst{News: 8, Over: time.Hour, Severity: news.High},
			},
		}, plan.Signals),
		"source": cmp.Diff(news.Expectation{Within: 26 * time.Hour, On: 0b0111110}, plan.Sources["tass"].Expect),
		"owner":  cmp.Diff(news.Origin{Source: "tass", Owner: "state"}, plan.Sources["tass"].Origin),
	} {
		if diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	for channel, want := range map[string]news.SameNews{
		"desk": news.SameNewsThread, "news": news.SameNewsMessage, "other": news.SameNewsMessage,
	} {
		if got := plan.SameNewsIn(channel); got != want {
			t.Errorf("%s: %s, want %s", channel, got, want)
		}
	}
	if got := new(act.Plan).SameNewsIn("news"); got != news.SameNewsThread {
		t.Errorf("a plan that says nothing: %s", got)
	}
}
