package app

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify/slack"
)

// TestDeafIsTold: the ops channel is told when nothing that people do in Slack has arrived for
// five minutes, and when it does again: each once, whichever daemon listens by then.
func TestDeafIsTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, storage string) {
		now := time.Date(2026, 9, 13, 12, 0, 0, 0, time.UTC)
		first := newPeer(t, storage, " []\n")
		second := first
		if !strings.HasSuffix(storage, ".db") {
			second = newPeer(t, storage, " []\n")
		}
		one, other := newSwitchboard(first.App), newSwitchboard(second.App)
		tell := func(b *switchboard, open int, since, at time.Duration, want ...string) {
			t.Helper()
			b.state.Store(&slack.SocketState{Open: open, Since: now.Add(since), Why: errors.New("link_disabled")})
			if err := b.tell(t.Context(), now.Add(at)); err != nil {
				t.Fatal(err)
			}
			said := first.ops()
			if len(said) != len(want) {
				t.Fatalf("at %s the ops channel was told %q, want %d", at, said, len(want))
			}
			for i := range want {
				if !strings.Contains(said[i], want[i]) {
					t.Errorf("at %s the ops channel was told %q, want %q", at, said[i], want[i])
				}
			}
		}
		const deaf, heard = "Nobody can answer alerts in Slack since 12:00 UTC: link_disabled", "can answer alerts in Slack again"
		tell(one, 1, -time.Hour, 0)
		tell(one, 0, 0, deafFor-time.Second)
		tell(one, 0, 0, deafFor, deaf)
		tell(one, 0, 0, deafFor+time.Hour, deaf)
		tell(other, 0, time.Minute, 2*deafFor, deaf) // the first one was killed
		tell(other, 2, 3*deafFor, 3*deafFor, deaf, heard)
		tell(other, 2, 3*deafFor, 4*deafFor, deaf, heard)
		tell(other, 0, 5*deafFor, 6*deafFor-time.Second, deaf, heard)
		tell(other, 1, 6*deafFor, 6*deafFor, deaf, heard) // it was short
	})
}
