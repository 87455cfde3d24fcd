package pipeline_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/notify"
)

// TestLog: each crawl and each attempt to deliver is one line, with the fields that operators grep.
func TestLog(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		var log bytes.Buffer
		w.Pipe = pipetest.NewPipeline(w, slog.NewTextHandler(&log, nil), pipeline.Options{Workers: 1, Serve: true})
		w.SetPlan()
		logged := func(msg string) (lines []string) {
			for line := range strings.Lines(log.String()) {
				if strings.Contains(line, `msg="`+msg+`"`) || strings.Contains(line, "msg="+msg+" ") {
					lines = append(lines, strings.TrimSpace(line))
				}
			}
			return lines
		}
		want := func(msg, fields string) {
			t.Helper()
			lines := logged(msg)
			if len(lines) != 1 || !regexp.MustCompile(fields).MatchString(lines[0]) {
				t.Errorf("%q, want one line like %s", lines, fields)
			}
			log.Reset()
		}
		w.Stories = pipetest.Listed("A fire in #kim Street", "A quiet day")
		w.OnSend = func(notify.Message) error {
			w.OnSend = nil
			return pipetest.Fault(notify.Temporary)
		}
		w.Turn()
		if lines := logged("delivery not acknowledged"); len(lines) != 1 || !regexp.MustCompile(
			`level=WARN .*delivery=1 channel=news kind=story state=pending attempts=1 took=0s problem="not sent" error=`).MatchString(lines[0]) {
			t.Errorf("%q", lines)
		}
		want("crawled", `level=INFO .*source=tass outcome=ok status=200 took=0s next=2023-09-13T12:\d\d:\d\dZ listed=2 new=2 matched=1 alerts=1$`)
		w.Stories = nil
		w.Live(30 * time.Second)
		want("delivered", `level=INFO .*delivery=1 channel=news kind=story state=sent attempts=2 took=0s ts=1 waited=\d+s$`)
		w.Tags = news.Validators{ETag: "1"}
		w.Pass(time.Hour)
		w.Turn()
		log.Reset()
		w.Pass(time.Hour)
		w.Turn()
		want("crawled", `source=tass outcome="not modified" status=304 took=0s next=\S+ listed=0 new=0 matched=0 alerts=0$`)
		w.ListErr = &news.CrawlError{Fault: news.FaultStatus, URL: "https://tass.example/feed", Status: 503}
		w.Pass(24 * time.Hour)
		w.Turn()
		want("source cannot be crawled", `level=WARN .*source=tass outcome="http status" status=503 took=0s next=\S+ error="crawl .* 503"$`)
	})
}
