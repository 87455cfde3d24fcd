package slack

import (
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// pieces are what hostile and broken texts are made of.
var pieces = []string{
	"Kim", "Путин", "김정은", "金正恩", "بوتين", " ", " ", "\n", "\t", ". ", "… ", "word ", "a",
	"<!channel>", "<!here>", "<!everyone|x>", "<@U012AB3CD>", "<@W012AB3CD|anna>", "<!subteam^S012AB3CD4E|@desk>", "@channel", "@here", "@everyone",
	"<#C012AB3CD|news>", "<https://evil.example|TASS>", "<mailto:a@b|c>", "<!date^1392734382^{date}^https://evil.example|x>",
	"&lt;!channel&gt;", "&amp;", "&", "<", ">", "|", "*", "_", "~", "`", "```", "\"", "\\", "\\u0000", "{", "}", "[", "]", "',", "%00",
	"\x00", "\x07", "\x1b[31m", "\x1b]8;;https://evil.example\x1b\\", "\u0085", "\u009b31m", "\x7f",
	"\u202e", "\u202d", "\u2066", "\u2069", "\u200f", "\u061c", "\u2028", "\u2029", "\ufeff", "\u200b", "\u200d", "\u00ad", "\u3164",
	"\xff", "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\ufffd", "\ufffe", "\U0010ffff", "\U000e0041",
	"e\u0301", strings.Repeat("\u0301", 300), "👩\u200d👩\u200d👧\u200d👦", "🇰🇵", "🏴\U000e0067\U000e0062\U000e007f", ":rotating_light:", "각", "\u1100\u1161",
	"javascript:alert(1)", "https://example.org/a?b=c&d", "http://[::1]/", "//", "🎉",
}

// hostile makes a text of up to n pieces, now and then a very long one.
func hostile(r *rand.Rand, n int) string {
	var b strings.Builder
	for range r.IntN(n + 1) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	if r.IntN(200) == 0 {
		b.WriteString(strings.Repeat(pieces[r.IntN(len(pieces))], 100_000/(n+1)))
	}
	return b.String()
}

// hostileMessage is the message of a story whose every text is hostile, with
// evidence at whatever places.
func hostileMessage(r *rand.Rand, delivery int64) notify.Message {
	s := &news.Story{
		Title: hostile(r, 20), Summary: hostile(r, 30), Text: hostile(r, 200), URL: "https://example.org/" + hostile(r, 5),
		Outlet: hostile(r, 4), Language: hostile(r, 2), Cites: []string{hostile(r, 3), hostile(r, 3)},
		Origin: news.Origin{Source: "evil", Tier: hostile(r, 2)}, Published: time.Unix(r.Int64N(4e9)-1e9, 0),
	}
	if r.IntN(4) == 0 {
		s.URL = hostile(r, 6)
	}
	m := news.Match{Rule: "rule"}
	for _, f := range s.Fields() {
		for range r.IntN(4) {
			start := r.IntN(len(f.Text))
			end := start + r.IntN(min(40, len(f.Text)-start)+1)
			m.Evidence = append(m.Evidence, news.Evidence{Term: hostile(r, 2), Concept: hostile(r, 1), Field: f.Name,
				Variant: f.Variant,
				Text:    f.Text[start:end], Start: start, End: end, Sentence: f.Text[max(0, start-r.IntN(50)):end]})
		}
	}
	d := news.Delivery{ID: delivery, Kind: news.DeliverStory, Plain: r.IntN(4) == 0}
	if r.IntN(10) == 0 {
		return notify.Ops(news.Delivery{ID: delivery, Kind: news.DeliverOps, Text: hostile(r, 100), Plain: d.Plain})
	}
	return notify.Story(d, news.Alert{Cluster: 1, Severity: news.Severity(r.IntN(4)), Rules: []string{"rule"}}, s,
		[]news.Match{m}, time.Unix(2e9, 0))
}

// direct carries requests to a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

// TestHostileTexts posts 10,000 hostile stories: the strict fake refuses none,
// and nobody is mentioned.
func TestHostileTexts(t *testing.T) {
	count := int64(10_000)
	if testing.Short() {
		count = 500
	}
	fake := slackfake.New(slackfake.Options{})
	log := slog.New(slog.DiscardHandler)
	s := New(log, &http.Client{Transport: direct{fake}}, Options{Token: slackfake.DefaultToken, APIURL: "http://slack.test/api/"})
	r := rand.New(rand.NewPCG(2026, 11)) // the same texts every time
	for i := range count {
		m := hostileMessage(r, i)
		if _, err := s.Send(t.Context(), "C000000001", m); err != nil {
			t.Fatalf("message %d: %v\n%+v", i, err, m)
		}
	}
	posted := fake.Messages("news")
	if int64(len(posted)) != count {
		t.Errorf("%d posted, want %d", len(posted), count)
	}
	for i, m := range posted {
		if len(m.Mentions) != 0 {
			t.Errorf("message %d mentions %q: %s %s", i, m.Mentions, m.Text, m.Blocks)
		}
	}
}
