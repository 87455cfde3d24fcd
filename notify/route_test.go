package notify

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
)

// desk is a config as a newsroom has it: the urgent to the duty desk, then by
// topic, source and language, the rest to one channel.
func desk() Routes {
	return Routes{Default: "#news", Routes: []Route{
		{Severity: []news.Severity{news.Urgent, news.High}, Topic: []string{"dprk"},
			To: []string{"duty", "#desk"}, Mention: []string{"@oncall", "@here"}},
		{Severity: []news.Severity{news.Urgent}, To: []string{"duty"}, Mention: []string{"@here"}},
		{Tag: []string{"wire", "state"}, Language: []string{"ru"}, To: []string{"moscow"}},
		{Rule: []string{"a", "b"}, To: []string{" #ab ", "ab", ""}},
		{Topic: []string{"silent"}},
		{Tag: []string{"late"}, To: []string{"never"}},
	}}
}

func TestTargets(t *testing.T) {
	tagged := news.Origin{Tags: []string{"late", "state"}}
	for _, tt := range []struct {
		name  string
		match news.Match
		story news.Story
		want  []Target
	}{
		{"no route", news.Match{Rule: "x"}, news.Story{}, []Target{{Channel: "news"}}},
		{"all named fields match", news.Match{Severity: news.High, Topic: "dprk"}, news.Story{},
			[]Target{{Channel: "duty", Mentions: []string{"@oncall", "@here"}}, {Channel: "desk", Mentions: []string{"@oncall", "@here"}}}},
		{"one named field does not", news.Match{Severity: news.Normal, Topic: "dprk"}, news.Story{}, []Target{{Channel: "news"}}},
		{"the first of two wins", news.Match{Severity: news.Urgent, Topic: "dprk"}, news.Story{},
			[]Target{{Channel: "duty", Mentions: []string{"@oncall", "@here"}}, {Channel: "desk", Mentions: []string{"@oncall", "@here"}}}},
		{"the second", news.Match{Severity: news.Urgent}, news.Story{}, []Target{{Channel: "duty", Mentions: []string{"@here"}}}},
		{"tag and language", news.Match{}, news.Story{Language: "ru", Origin: tagged}, []Target{{Channel: "moscow"}}},
		{"a variety of the language", news.Match{}, news.Story{Language: "RU-by", Origin: tagged}, []Target{{Channel: "moscow"}}},
		{"another language", news.Match{}, news.Story{Language: "rue", Origin: tagged}, []Target{{Channel: "never"}}},
		{"no language", news.Match{}, news.Story{Origin: tagged}, []Target{{Channel: "never"}}},
		{"names are cleaned and given once", news.Match{Rule: "b"}, news.Story{}, []Target{{Channel: "ab"}}},
		{"a route to nowhere", news.Match{Topic: "silent"}, news.Story{}, nil},
		{"to overrides", news.Match{Rule: "a", To: []string{"#x", "x", "y"}}, news.Story{}, []Target{{Channel: "x"}, {Channel: "y"}}},
		{"to keeps the mentions of the route", news.Match{Severity: news.Urgent, To: []string{"x"}}, news.Story{},
			[]Target{{Channel: "x", Mentions: []string{"@here"}}}},
		{"also to adds", news.Match{Severity: news.Urgent, AlsoTo: []string{"archive", "#duty"}}, news.Story{},
			[]Target{{Channel: "duty", Mentions: []string{"@here"}}, {Channel: "archive", Mentions: []string{"@here"}}}},
		{"to and also to", news.Match{To: []string{"x"}, AlsoTo: []string{"y", "x"}}, news.Story{}, []Target{{Channel: "x"}, {Channel: "y"}}},
		{"also to alone", news.Match{Topic: "silent", AlsoTo: []string{"y"}}, news.Story{}, []Target{{Channel: "y"}}},
	} {
		if diff := cmp.Diff(tt.want, desk().Targets(tt.match, &tt.story)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestTargetsWithoutDefault(t *testing.T) {
	if got := (Routes{}).Targets(news.Match{Rule: "x"}, &news.Story{}); got != nil {
		t.Errorf("%v, want nowhere", got)
	}
}

func TestChannelName(t *testing.T) {
	for channel, want := range map[string]string{"#news": "news", " news": "news", "news ": "news", "C0123456789": "C0123456789", "#": "", "": ""} {
		if got := ChannelName(channel); got != want {
			t.Errorf("%q: %q, want %q", channel, got, want)
		}
	}
}
