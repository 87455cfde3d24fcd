package pipeline_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
)

// The end of an outage says what was found of the time, and whether anything may be lost.
func TestRecoverySaysWhatWasMissed(t *testing.T) {
	for _, tt := range []struct {
		name  string
		still bool // the list goes on with what it had before
		want  string
	}{
		{
			"all is there", true, "5 stories of the gap were found late, 4 of them match: 3 were alerted, up to 1 h late, " +
				"1 was too old to alert and in the digest of what was missed; nothing of it is known to be lost.",
		},
		{
			"a list that is too short", false, "5 stories of the gap were found late, 4 of them match: 3 were alerted, up to 1 h late, " +
				"1 was too old to alert and in the digest of what was missed; its list is shorter than the gap: what is lost cannot be known.",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Plan.MaxAge = 100 * time.Minute
				w.Scheduled("*/3 * * * *")
				before := pipetest.Listed("before", "and this", "that too")
				w.Stories = before
				for range 3 {
					w.ToNext()
				}
				w.ListErr = &news.CrawlError{Fault: news.FaultStatus, URL: "https://tass.example/feed", Status: 500}
				for w.Clock().Before(pipetest.Noon.Add(3 * time.Hour)) {
					w.Pass(3 * time.Minute)
					w.Turn()
				}
				state, err := w.Store.Sources.Get(t.Context(), "tass")
				if err != nil {
					t.Fatal(err)
				}
				back := state.Next
				w.ListErr, w.Stories = nil, nil
				for title, ago := range map[string]time.Duration{
					"one #kim": 97 * time.Minute, "two #kim": 30 * time.Minute, "three #putin": time.Hour, "old #kim": 2 * time.Hour,
					"nothing": time.Hour,
				} {
					s := pipetest.Listed(title)[0]
					s.Published = back.Add(-ago)
					w.Stories = append(w.Stories, s)
				}
				if tt.still {
					w.Stories = append(w.Stories, before...)
				}
				for range 10 {
					w.ToNext()
					w.Pass(40 * time.Second)
					w.Turn()
				}
				ops := w.Ops()
				last := ops[len(ops)-1]
				if !strings.Contains(last, "tass is ok again") || !strings.Contains(last, tt.want) {
					t.Errorf("the operators heard %q", ops)
				}
			})
		})
	}
}

// TestRecoveryWithoutNews: a list that is as it was when it can be read again, or says only that,
// tells that nothing is lost. One that is compared with nothing does not.
func TestRecoveryWithoutNews(t *testing.T) {
	for name, tt := range map[string]struct {
		kind news.SourceKind
		tags news.Validators
		want string
	}{
		"as before":    {news.KindFeed, news.Validators{}, "No story of the gap was found; nothing of it is known to be lost."},
		"not modified": {news.KindFeed, news.Validators{ETag: `"1"`}, "No story of the gap was found; nothing of it is known to be lost."},
		"not compared": {news.KindSitemap, news.Validators{}, "No story that was found is known to be of the gap; whether any is lost its list does not tell."},
	} {
		t.Run(name, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				w.Scheduled("*/3 * * * *")
				w.Plan.Sources["tass"] = kindOf(w.Plan.Sources["tass"], tt.kind)
				w.SetPlan()
				w.Tags, w.Stories = tt.tags, pipetest.Listed("before", "and this", "that too")
				for range 3 {
					w.ToNext()
				}
				w.ListErr = &news.CrawlError{Fault: news.FaultStatus, URL: "https://tass.example/feed", Status: 500}
				for w.Clock().Before(pipetest.Noon.Add(time.Hour)) {
					w.Pass(3 * time.Minute)
					w.Turn()
				}
				w.ListErr = nil
				for range 10 {
					w.ToNext()
					w.Pass(40 * time.Second)
					w.Turn()
				}
				ops := w.Ops()
				if last := ops[len(ops)-1]; !strings.Contains(last, tt.want) {
					t.Errorf("the operators heard %q", ops)
				}
			})
		})
	}
}

func kindOf(s news.Source, kind news.SourceKind) news.Source {
	s.Kind = kind
	return s
}
