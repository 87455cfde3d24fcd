package desk_test

import (
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/answers"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// TestUndoRecall: the channel's notice of a recall has a button that undoes it. A guest may
// not press it.
func TestUndoRecall(t *testing.T) {
	open(t, nil, func(t *testing.T, o *office) {
		said := answers.Said{Request: "1", By: news.Person{ID: anna, Name: "Anna"}}
		_, _, _, err := o.Pipe.Answers.Recall(t.Context(), said, news.Recall{Rule: "kim", Since: o.Now.Add(-time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		o.wantShown("news", "Taken back", "")
		for typed, want := range map[string]string{"last": "🧹 taken back, Anna", "handover 2h": "1 alert, 1 taken back."} {
			if _, err := o.slack.As(bob).Slash("news", "/copytaster", typed); err != nil {
				t.Fatal(err)
			}
			o.wantWhisper(bob, want)
		}
		notice := o.slack.Messages("news")[1]
		for _, who := range []string{carla, bob} {
			if _, err := o.slack.As(who).Press("news", notice.TS, notify.ActUndoRecall, ""); err != nil {
				t.Fatal(err)
			}
		}
		o.wantWhisper(carla, "Only members")
		o.wantShown("news", "Leaders met", "Taken back")
		o.wantShown("desk", "Leaders met", "Taken back")
		if _, err := o.slack.As(anna).Press("news", notice.TS, notify.ActUndoRecall, ""); err != nil {
			t.Fatal(err)
		}
		o.wantWhisper(anna, "over already")
	})
}
