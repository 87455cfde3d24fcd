package slack

import (
	"flag"
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

// hostileMessage is a message of any kind whose every text is hostile, with
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
	a := news.Alert{Cluster: 1, Severity: news.Severity(r.IntN(4)), Rules: []string{"rule"}}
	switch r.IntN(10) {
	case 0:
		return hostileOps(r, news.Delivery{ID: delivery, Kind: news.DeliverOps, Text: hostile(r, 100), Plain: d.Plain})
	case 1, 2, 3:
		d.Kind = news.DeliverUpdate
		return hostileFollowup(r, notify.Followup{Delivery: d, Alert: a, Story: notify.PieceOf(s)}, s)
	case 4:
		briefs := make([]notify.Brief, news.MostInDigest)
		for i := range briefs {
			briefs[i] = notify.BriefOf(a, s)
		}
		return notify.Missed(news.Delivery{ID: delivery, Kind: news.DeliverDigest, Plain: d.Plain}, briefs)
	}
	told := notify.Story(d, a, s, []news.Match{m}, time.Unix(2e9, 0))
	if r.IntN(2) == 0 {
		return told.In(hostileState(r))
	}
	return told
}

func hostileOps(r *rand.Rand, d news.Delivery) notify.Message {
	switch r.IntN(4) {
	case 2:
		return notify.Signal{
			Rule: hostile(r, 9), Since: hostileTime(r), At: hostileTime(r), News: r.IntN(2) * 9, Over: time.Hour,
			Pieces: []notify.Piece{{Headline: hostile(r, 50), Link: hostile(r, 9), Source: hostile(r, 9)}},
		}.Message(d)
	case 0:
		return notify.Down(d, notify.Outage{
			Sources: hostiles(r), Of: r.IntN(500), Since: hostileTime(r), Tries: r.IntN(9), Cause: hostile(r, 50),
			Next: hostileTime(r), PerDay: r.Float64() * 9, Last: hostileTime(r),
		})
	case 1:
		return notify.Up(d, notify.Recovery{
			Sources: hostiles(r), Of: r.IntN(500), Since: hostileTime(r), At: hostileTime(r),
			Stories: r.IntN(9), Alerts: r.IntN(3), Late: time.Duration(r.Int64()), Lost: r.IntN(3),
		})
	}
	return notify.Ops(d)
}

// hostiles is a list of hostile texts, now and then a very long one.
func hostiles(r *rand.Rand) []string {
	n := r.IntN(6)
	if r.IntN(50) == 0 {
		n = 500
	}
	all := make([]string, n)
	for i := range all {
		all[i] = hostile(r, 5)
	}
	return all
}

// hostileTime is any time that a source may claim, or none.
func hostileTime(r *rand.Rand) time.Time {
	if r.IntN(4) == 0 {
		return time.Time{}
	}
	return time.Unix(r.Int64N(6e9)-2e9, 0)
}

func hostileWithdrawal(r *rand.Rand) notify.Withdrawal {
	ways := []notify.How{notify.Withdrawn, notify.Killed, notify.PageGone, notify.Held, "odd"}
	return notify.Withdrawal{
		How: ways[r.IntN(len(ways))], Outlet: hostile(r, 4), Status: r.IntN(600),
		Stood: hostileTime(r), At: hostileTime(r), Notice: hostile(r, 60), Carried: hostiles(r),
	}
}

func hostileCorrection(r *rand.Rand) notify.Correction {
	c := notify.Correction{Outlet: hostile(r, 4), At: hostileTime(r), Was: hostile(r, 30), Lost: hostiles(r)}
	c.Noted = r.IntN(2) == 0
	for range r.IntN(8) {
		c.Changes = append(c.Changes, news.Change{
			Field: news.FieldBody, Before: hostile(r, 4), Went: hostile(r, 40), Came: hostile(r, 40), After: hostile(r, 4),
		})
	}
	return c
}

func hostileChapters(r *rand.Rand) (all []notify.Chapter) {
	for range r.IntN(6) {
		all = append(all, notify.Chapter{Headline: hostile(r, 20), Link: hostile(r, 3), At: hostileTime(r)})
	}
	return all
}

func hostileState(r *rand.Rand) (s notify.State) {
	s.Coverage = notify.Coverage{Own: hostiles(r), Citing: hostile(r, 3), Copies: r.IntN(9), Newest: hostileTime(r)}
	s.Earlier, s.Related, s.Channels = hostileChapters(r), hostileChapters(r), hostiles(r)
	if r.IntN(2) == 0 {
		w := hostileWithdrawal(r)
		s.Withdrawn = &w
	}
	if r.IntN(2) == 0 {
		c := hostileCorrection(r)
		s.Corrected = &c
	}
	if r.IntN(2) == 0 {
		s.Raised = &notify.Raise{
			From: news.Severity(r.IntN(4)), At: hostileTime(r),
			Outlets: hostiles(r), Over: time.Duration(r.Int64()), Rules: hostiles(r),
		}
		s.Restored = &notify.Restoration{
			How: notify.Held, Outlet: hostile(r, 4), Gone: hostileTime(r), At: hostileTime(r),
		}
		s.Mismatch = &notify.Mismatch{At: hostileTime(r), Lost: hostiles(r)}
		s.Continued = &notify.Chapter{Headline: hostile(r, 9), Link: "https://example.org/" + hostile(r, 5)}
	}
	return s
}

// hostileFollowup is one of the messages that follow an alert.
func hostileFollowup(r *rand.Rand, f notify.Followup, s *news.Story) notify.Message {
	if r.IntN(2) == 0 {
		f.Earlier = &notify.Chapter{Headline: hostile(r, 20), Link: hostile(r, 3), At: hostileTime(r)}
	}
	f.Alert.Mentions = []string{"@oncall"} // a handle, which notifies nobody
	state := hostileState(r)
	switch r.IntN(6) {
	case 0:
		b := notify.Batch{Copies: hostiles(r), Since: hostileTime(r)}
		for range len(hostiles(r)) {
			b.Own = append(b.Own, notify.PieceOf(s))
		}
		return f.Batch(b)
	case 1:
		var all []notify.Development
		for range len(hostiles(r)) {
			all = append(all, notify.Development{
				Piece: notify.PieceOf(s), New: hostiles(r), Was: hostile(r, 3), Turn: hostile(r, 2),
			})
		}
		return f.Developments(all)
	case 2:
		return f.Withdrawn(hostileWithdrawal(r))
	case 3:
		return f.Corrected(hostileCorrection(r))
	}
	if state.Raised == nil {
		return f.Mismatched(notify.Mismatch{Lost: hostiles(r)})
	}
	if r.IntN(2) == 0 {
		return f.Restored(*state.Restored)
	}
	return f.Raised(*state.Raised)
}

// direct carries requests to a handler without a network.
type direct struct{ http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Result(), nil
}

var hostileTexts = flag.Int64("hostile-texts", 2000, "hostile messages that are posted and edited")

// TestHostileTexts posts hostile messages, and edits each into the next: the strict
// fake refuses none, and nobody is mentioned.
func TestHostileTexts(t *testing.T) {
	count := *hostileTexts
	if testing.Short() {
		count = 500
	}
	fake := slackfake.New(slackfake.Options{})
	log := slog.New(slog.DiscardHandler)
	s := New(log, &http.Client{Transport: direct{fake}}, Options{Token: slackfake.DefaultToken, APIURL: "http://slack.test/api/"})
	r := rand.New(rand.NewPCG(2026, 11)) // the same texts every time
	var last notify.Receipt
	for i := range count {
		m := hostileMessage(r, i)
		receipt, err := s.Send(t.Context(), "C000000001", m)
		if err != nil {
			t.Fatalf("message %d: %v\n%+v", i, err, m)
		}
		if m.Edition = 1; i > 0 { // and in place of the message before
			if err := s.Edit(t.Context(), last, m); err != nil {
				t.Fatalf("message %d as an edit: %v\n%+v", i, err, m)
			}
		}
		last = receipt
	}
	posted := fake.Messages("news")
	if int64(len(posted)) != count {
		t.Errorf("%d posted, want %d", len(posted), count)
	}
	for i, m := range posted {
		if len(m.Mentions) != 0 {
			t.Errorf("message %d mentions %q: %s %s", i, m.Mentions, m.Text, m.Blocks)
		}
		if strings.Contains(m.Text, "independent") {
			t.Errorf("message %d: %s", i, m.Text)
		}
	}
}
