package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Needs is what of the last 24 hours waits for somebody.
type Needs struct {
	Urgent, High int   // alerts that nobody has answered
	Dead         int64 // deliveries that were given up
}

// Needs counts what waits for somebody beside the alerts that Open returned.
func (w Window) Needs(ctx context.Context, open []news.Alert) (n Needs, err error) {
	for _, a := range open {
		if a.Severity == news.Urgent {
			n.Urgent++
		} else {
			n.High++
		}
	}
	n.Dead, err = w.app.store.Counts.GivenUp(ctx, w.Now().Add(-openWithin))
	return n, err
}

// Sentence says what waits for somebody; "": nothing does.
func (n Needs) Sentence() string {
	var alerts, all []string
	for _, of := range []struct {
		n    int
		word string
	}{{n.Urgent, "urgent"}, {n.High, "high"}} {
		if of.n > 0 {
			alerts = append(alerts, fmt.Sprintf("%d %s", of.n, of.word))
		}
	}
	if sum := n.Urgent + n.High; sum > 0 {
		if sum == mostOpen {
			alerts[0] = "At least " + alerts[0]
		}
		all = append(all, fmt.Sprintf("%s %s for an answer", strings.Join(alerts, " and "), numbered(sum, "alert waits", "alerts wait")))
	}
	if n.Dead > 0 {
		all = append(all, fmt.Sprintf("%s %s given up", text.Thousands(int(n.Dead)), numbered(int(n.Dead), "delivery was", "deliveries were")))
	}
	if len(all) == 0 {
		return ""
	}
	return strings.Join(all, ", ") + "."
}

func numbered(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
