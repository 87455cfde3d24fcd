package app_test

import (
	"errors"
	"testing"

	"github.com/copytaster/copytaster/internal/app"
)

// TestSentence: the sentence says whether the daemon works and what waits for somebody; an urgent
// alert and a dead letter are not well, a high alert alone is.
func TestSentence(t *testing.T) {
	broken := errors.New("the store does not answer")
	for _, tt := range []struct {
		status  app.Status
		trouble error
		needs   app.Needs
		well    bool
		want    string
	}{
		{well: true, want: "It runs."},
		{needs: app.Needs{High: 1}, well: true, want: "It runs. 1 high alert waits for an answer."},
		{needs: app.Needs{Urgent: 1}, want: "It runs. 1 urgent alert waits for an answer."},
		{needs: app.Needs{Urgent: 1, High: 2}, want: "It runs. 1 urgent and 2 high alerts wait for an answer."},
		{needs: app.Needs{Urgent: 60, High: 40}, want: "It runs. At least 60 urgent and 40 high alerts wait for an answer."},
		{needs: app.Needs{Dead: 1}, want: "It runs. 1 delivery was given up."},
		{needs: app.Needs{High: 2, Dead: 1200}, want: "It runs. 2 high alerts wait for an answer, 1,200 deliveries were given up."},
		{trouble: broken, want: "It runs, but the store does not answer."},
		{trouble: broken, needs: app.Needs{High: 3}, want: "It runs, but the store does not answer. 3 high alerts wait for an answer."},
		{status: app.Status{ConfigError: "x"}, want: "It runs on the last good config: the files on disk are wrong."},
	} {
		if well, got := tt.status.Sentence(tt.trouble, tt.needs); well != tt.well || got != tt.want {
			t.Errorf("%+v: %v, %q, want %v, %q", tt.needs, well, got, tt.well, tt.want)
		}
	}
}
