package notify

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// TestTextInTheZone: a notification shows its text as it is, so that its times are in the zone
// of the channel; those of the body are in each reader's own.
func TestTextInTheZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	w := Written{Parts: []Part{{Kind: Line, Runs: []Run{{Text: "Hand-over"}, {Text: " · "}, {Time: at}}}}}
	m, err := Notice(news.Delivery{Kind: news.DeliverNotice, About: news.AboutHandover, Text: w.Encode()}, true, berlin)
	if err != nil {
		t.Fatal(err)
	}
	if want := "Hand-over · 2 Jul 00:30 CEST"; m.Text != want {
		t.Errorf("%q, want %q", m.Text, want)
	}
	if got := m.Body[0].Runs[2].Time; !got.Equal(at) {
		t.Errorf("the body says %v", got)
	}
}
