package slack

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// TestLife walks an alert from its first report to its withdrawal, by what the
// sender is asked for, and compares what people see in the channel after each
// step. An administrator then deletes it.
func TestLife(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	s, fake := pair(t, slackfake.Options{Now: func() time.Time { return now }})
	const channel = "C000000001"
	first := &news.Story{Title: "Kim and Putin sign", URL: "https://tass.example/1", Outlet: "TASS", Published: now.Add(-time.Minute)}
	a := news.Alert{Cluster: 1, Severity: news.High, Rules: []string{"kim"}, Mentions: []string{"@here"}}
	deliver := func(kind news.DeliveryKind, id int64) news.Delivery { return news.Delivery{ID: id, Kind: kind} }

	message := notify.Story(deliver(news.DeliverStory, 1), a, first, nil, now)
	at := send(t, s, channel, message)
	var state notify.State
	edit := func() {
		t.Helper()
		message.Edition++
		message.Severity = a.Severity
		m := message.In(state)
		if err := s.Edit(t.Context(), at, m); err != nil {
			t.Fatal(err)
		}
	}
	follow := notify.Followup{Alert: a, Story: notify.PieceOf(first), Thread: at.TS}
	tell := func(id int64, m notify.Message) notify.Receipt {
		m.Delivery = id
		return send(t, s, channel, m)
	}
	want := func(what string, channelShows, threadHolds int, begins string) {
		t.Helper()
		shown, last := 0, ""
		all := fake.Messages(channel)
		for _, m := range all {
			if m.ThreadTS == "" || m.Broadcast {
				shown, last = shown+1, m.Text
			}
		}
		if shown != channelShows || len(all)-1 != threadHolds || !strings.HasPrefix(last, begins) {
			t.Errorf("%s: the channel shows %d and ends with %q, the thread holds %d", what, shown, last, len(all)-1)
		}
	}
	want("post", 1, 0, "HIGH · Kim and Putin sign")

	now = now.Add(2 * time.Minute)
	state.Coverage = notify.Coverage{Own: []string{"TASS", "Reuters"}, Copies: 1, Newest: now}
	edit()
	own := []notify.Piece{{Headline: "Pact", Source: "Reuters"}}
	tell(2, follow.Batch(notify.Batch{Own: own, Copies: []string{"Post"}, Since: now}))
	want("coverage", 1, 1, "HIGH · Kim and Putin sign · TASS · 2 own reports · 1 copy")

	now = now.Add(10 * time.Minute)
	a.Severity, follow.Alert.Severity = news.Urgent, news.Urgent
	state.Raised = &notify.Raise{From: news.High, At: now, Outlets: []string{"TASS", "Reuters", "Yonhap"}, Over: 12 * time.Minute}
	edit()
	tell(3, follow.Raised(*state.Raised))
	want("raised", 2, 2, "RAISED TO URGENT · Kim and Putin sign")

	now = now.Add(time.Hour)
	state.Withdrawn = &notify.Withdrawal{How: notify.Killed, Outlet: "TASS", At: now}
	edit()
	tell(4, follow.Withdrawn(*state.Withdrawn))
	want("killed", 3, 3, "KILLED · Kim and Putin sign")

	var called []string
	for _, m := range fake.Messages(channel) {
		called = append(called, fmt.Sprint(m.Mentions))
		var blocks []map[string]any
		if json.Unmarshal(m.Blocks, &blocks) != nil || len(blocks) == 0 || m.Marked {
			t.Errorf("%s: %s", m.Text, m.Blocks)
		}
	}
	if got := strings.Join(called, " "); got != "[here] [] [here] [here]" {
		t.Errorf("called %s", got)
	}

	fake.Delete(channel, at.TS)
	message.Edition++
	if err := s.Edit(t.Context(), at, message); problemOf(err) != notify.Gone {
		t.Errorf("an edit of what was deleted: %v", err)
	}
}
