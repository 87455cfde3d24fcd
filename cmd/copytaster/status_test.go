package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

func TestPrintStatus(t *testing.T) {
	at := time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)
	from := at.Add(-30 * time.Minute)
	var out bytes.Buffer
	tool := &tool{output: newOutput(stdio{out: &out, err: &out, env: func(string) (string, bool) { return "", false }})}
	status := app.Status{
		News:    app.NewsStatus{Alerted: 12, Reports: 40, Copies: 22, Batches: 3, Edits: 1},
		Storage: "news.db", ConfigHash: "0123456789abcdef", Stories: 70, Waiting: 3, WaitingFrom: &at,
		Outdated: []app.OutdatedDaemon{{Machine: "beta", Hash: "fedcba9876543210", Loaded: at}},
		Sources: []app.SourceStatus{
			{Name: "new", Next: at},
			{Name: "unsure", Next: at, Crawled: &at, Error: "timeout", Interval: 90},
			{Name: "moved", Next: at, Crawled: &at, Since: &at, LastStory: &at, Verdict: "moved", Detail: "to https://new.example", Stories: 7, Interval: 3600},
			{Name: "gone", Next: at, Crawled: &at, Since: &at, Verdict: "gone", Detail: "gone 404", Error: "gone 404", Schedule: "*/5 * * * *"},
			{Name: "short", Next: at, Crawled: &at, Since: &at, Verdict: "ok", Missed: app.Missed{Gap: "13 Sep 06:10–06:40"}, Interval: 300},
			{Name: "torn", Next: at, Crawled: &at, Verdict: "ok", Skipped: 2, Missed: app.Missed{Gap: "06:10–06:40", GapFrom: &from, GapTo: &at}},
			{Name: "pruned", Next: at, Crawled: &at, Verdict: "ok", Stories: 3},
		},
		Disabled: []string{"blog"},
	}
	printStatus(tool.output, status, true)
	got := strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{
		"stories: 70 kept, 3 waiting for their page, the oldest since 13 Sep 2023 12:00:00 UTC; alerts: 0",
		"news in 24 h: 12, further reports 40 (copies 22); waiting: 3 thread batches, 1 edit",
		"✗ the daemon on beta follows an older config (fedcba987654, loaded 13 Sep 2023 12:00:00 UTC) than the newest (0123456789ab): give it the same files",
		"new not crawled yet 0 never never 13 Sep 2023 12:00:00 UTC adaptive",
		"unsure not judged yet 0 never 13 Sep 2023 12:00:00 UTC 13 Sep 2023 12:00:00 UTC about 1m30s timeout",
		"moved moved 13 Sep 2023 12:00:00 UTC 7 13 Sep 2023 12:00:00 UTC 13 Sep 2023 12:00:00 UTC 13 Sep 2023 12:00:00 UTC about 1h to https://new.example",
		"gone gone 13 Sep 2023 12:00:00 UTC 0 never 13 Sep 2023 12:00:00 UTC 13 Sep 2023 12:00:00 UTC */5 * * * * gone 404",
		"short ok 13 Sep 2023 12:00:00 UTC 0 never 13 Sep 2023 12:00:00 UTC 13 Sep 2023 12:00:00 UTC about 5m possible gap 13 Sep 06:10–06:40 UTC",
		"adaptive possible gap 13 Sep 2023 11:30–12:00 UTC; 2 stories of its list skipped",
		"pruned ok 3 none kept 13 Sep",
		"blog switched off",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the status lacks %q:\n%s", want, out.String())
		}
	}
	out.Reset()
	tool.inZone(&config.Config{Timezone: time.FixedZone("JST", 9*60*60)})
	printStatus(tool.output, status, true)
	got = strings.Join(strings.Fields(out.String()), " ")
	for _, want := range []string{"the oldest since 13 Sep 2023 21:00:00 JST", "moved 13 Sep 2023 21:00:00 JST 7", "possible gap 13 Sep 2023 20:30–21:00 JST"} {
		if !strings.Contains(got, want) {
			t.Errorf("in the zone of the config the status lacks %q:\n%s", want, out.String())
		}
	}
	if strings.Count(got, "UTC") != 1 { // what an older version found is known in UTC alone
		t.Errorf("in the zone of the config some times are in UTC:\n%s", out.String())
	}
}
