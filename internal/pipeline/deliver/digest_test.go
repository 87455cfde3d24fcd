package deliver_test

import (
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/cluster"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// digestsAt has the channel news told by a calendar.
func digestsAt(w *pipetest.World, calendar string) {
	w.T.Helper()
	at, err := schedule.Parse(calendar)
	if err != nil {
		w.T.Fatal(err)
	}
	w.Plan.Hours = map[string]schedule.Hours{"news": {Digest: at, Zone: time.UTC}}
	w.SetPlan()
}

// digests are the digests that arrived.
func digests(w *pipetest.World) (all []notify.Message) {
	for _, m := range w.Posts {
		if m.Kind == news.DeliverDigest {
			all = append(all, m)
		}
	}
	return all
}

// TestHiccupOfAnOldDigest: a digest whose first alert is older than any that is still tried
// is tried as long as any other delivery, from when it is due.
func TestHiccupOfAnOldDigest(t *testing.T) {
	for name, fail := range map[string]func(w *pipetest.World, problem error){
		"posted":   func(w *pipetest.World, problem error) { w.OnSend = func(notify.Message) error { return problem } },
		"resolved": func(w *pipetest.World, problem error) { w.OnResolve = problem },
	} {
		for _, problem := range []notify.Problem{notify.Temporary, notify.InDoubt} {
			t.Run(name+" "+string(problem), func(t *testing.T) {
				pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
					w.Plan.MaxAge = 48 * time.Hour
					digestsAt(w, "0 8 * * 1")
					w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
					w.Turn()
					w.Stories = nil
					w.Pass(116 * time.Hour)
					fail(w, pipetest.Fault(problem))
					w.Live(10 * time.Second)
					w.OnSend, w.OnResolve = nil, nil
					w.Live(3 * time.Minute)
					if n := len(digests(w)); n != 1 {
						t.Errorf("%d digests; the operators were told %q", n, w.Ops())
					}
				})
			})
		}
	}
}

// TestDigestIsGivenUp: a digest that nobody can post is given up once it was tried for as
// long as a story may be old.
func TestDigestIsGivenUp(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.MaxAge = 48 * time.Hour
		digestsAt(w, "0 8 * * 1")
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		w.Stories = nil
		w.Pass(116 * time.Hour)
		w.OnResolve = pipetest.Fault(notify.Temporary)
		for range 47 {
			w.Turn()
			w.Pass(time.Hour)
		}
		if n := w.States()[news.StateDead]; n != 0 {
			t.Errorf("%d dead after 47 hours", n)
		}
		w.Pass(2 * time.Hour)
		w.Turn()
		if n := w.States()[news.StateDead]; n != 1 {
			t.Errorf("%d dead after 49 hours", n)
		}
	})
}

// TestWithdrawnWhileTheDigestIsInDoubt: nobody knows whether the channel has the digest, and
// it is told that a story of it was withdrawn once that is known, by a reply to the digest. The
// digest shows it, too.
func TestWithdrawnWhileTheDigestIsInDoubt(t *testing.T) {
	for _, arrived := range []bool{true, false} {
		pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
			digestsAt(w, "0 14 * * *")
			w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
			w.Turn()
			w.Pass(2 * time.Hour)
			inDoubt := func(notify.Message) error { return pipetest.Fault(notify.InDoubt) }
			if arrived {
				w.After = inDoubt
			} else {
				w.OnSend = inDoubt
			}
			w.Turn()
			w.After, w.OnSend = nil, nil
			tell(w, 1, news.AboutWithdrawn, `{"How":"killed","Outlet":"TASS"}`)
			w.Live(5 * time.Minute)
			if len(digests(w)) != 1 || len(w.Posts) != 2 || w.Posts[1].Thread == "" {
				t.Fatalf("arrived %v: %d messages: %+v", arrived, len(w.Posts), w.Posts)
			}
			if len(w.Edits) == 0 || !strings.Contains(shown(w.Edits[len(w.Edits)-1]), "KILLED") {
				t.Errorf("%d edits of the digest", len(w.Edits))
			}
		})
	}
}

// TestRaisedThatIsNotTold: the digest tells of what was raised when nothing else does, because
// the message that was to say so was given up, or taken back. It waits for that message.
func TestRaisedThatIsNotTold(t *testing.T) {
	const malformed, taken, told = "refused", "taken back", "told"
	for how, n := range map[string]int{malformed: 1, taken: 1, told: 0} {
		t.Run(how, func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				digestsAt(w, "0 14 * * *")
				w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
				w.Turn()
				w.Pass(2*time.Hour - 10*time.Second)
				w.OnSend = func(m notify.Message) error {
					if m.Kind == news.DeliverDigest {
						return nil
					}
					return pipetest.Fault(notify.Temporary)
				}
				id := tell(w, 1, news.AboutRaised, `{"From":"normal"}`)
				w.Live(20 * time.Second)
				if got := len(digests(w)); got != 0 {
					t.Errorf("%d digests while an alert is raised", got)
				}
				switch w.OnSend = nil; how {
				case malformed:
					w.OnSend = func(m notify.Message) error {
						if m.Delivery == id {
							return pipetest.Fault(notify.Malformed)
						}
						return nil
					}
				case taken:
					if err := w.Store.Deliveries.Drop(t.Context(), id, w.Clock()); err != nil {
						t.Fatal(err)
					}
				}
				w.Live(time.Minute)
				if got := len(digests(w)); got != n {
					t.Errorf("%d digests, want %d; the operators were told %q", got, n, w.Ops())
				}
			})
		})
	}
}

// TestTurnWhileItWaits: that another outlet turned news around which waits in a digest, or
// withdrew its story, is told after the digest, in its thread.
func TestTurnWhileItWaits(t *testing.T) {
	for about, text := range map[news.About]string{news.AboutTurn: "", news.AboutWithdrawn: `{"How":"killed","Outlet":"TASS"}`} {
		t.Run(string(about), func(t *testing.T) {
			pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
				digestsAt(w, "0 14 * * *")
				w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok", "A shell factory of #putin grows")
				w.Turn()
				id := tell(w, 2, about, text)
				err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
					return tx.Alerts.AddReport(t.Context(), store.NewsReport{
						Alert: 1, Story: 2, Relation: "report", Level: int(cluster.Turn), Why: "{}", Delivery: id, Created: w.Clock(),
					})
				})
				if err != nil {
					t.Fatal(err)
				}
				w.Live(10 * time.Second)
				if len(w.Posts) != 0 {
					t.Fatalf("%d messages before the digest", len(w.Posts))
				}
				w.Pass(2 * time.Hour)
				w.Live(6 * time.Minute)
				if len(w.Posts) != 2 || w.Posts[0].Kind != news.DeliverDigest || w.Posts[1].Delivery != id ||
					w.Posts[1].Thread == "" {
					t.Errorf("%d messages: %+v", len(w.Posts), w.Posts)
				}
			})
		})
	}
}

// tell records an update of the first alert about a story, and has its message edited.
func tell(w *pipetest.World, story int64, about news.About, text string) (id int64) {
	w.T.Helper()
	err := w.Store.InTx(w.T.Context(), func(tx *store.Tx) (err error) {
		id, err = tx.Deliveries.AddUpdate(w.T.Context(), news.Delivery{
			Alert: 1, Story: story, Channel: "news", Kind: news.DeliverUpdate, About: about, Severity: news.Urgent,
			State: news.StatePending, Text: text, Due: w.Clock(), Created: w.Clock(),
		})
		if err != nil {
			return err
		}
		return tx.Deliveries.Edit(w.T.Context(), 1, w.Clock(), 0)
	})
	if err != nil {
		w.T.Fatal(err)
	}
	return id
}

// shown is what a message shows.
func shown(m notify.Message) string {
	var b strings.Builder
	for _, p := range m.Parts() {
		for _, r := range p.Runs {
			b.WriteString(r.Text)
		}
	}
	return b.String()
}
