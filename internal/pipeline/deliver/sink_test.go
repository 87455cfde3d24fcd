package deliver_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// refusing is a workspace that refuses all posts for a problem, if there is one.
type refusing struct {
	notify.Sender

	problem notify.Problem
}

func (s *refusing) Send(ctx context.Context, channelID string, m notify.Message) (notify.Receipt, error) {
	if s.problem != "" {
		return notify.Receipt{}, pipetest.Fault(s.problem)
	}
	return s.Sender.Send(ctx, channelID, m)
}

func (s *refusing) Probe(context.Context) error {
	if s.problem != "" {
		return errors.New("the token is not good")
	}
	return nil
}

// withSink has alerts go to a channel and to a sink, each of which can be made to refuse.
func withSink(w *pipetest.World) (channel, sink *refusing) {
	w.T.Helper()
	channel, sink = &refusing{Sender: w.Slack()}, &refusing{Sender: w.Slack()}
	w.Plan.Sender = notify.Sinks{Rest: channel, Named: map[string]notify.Sender{"pager": sink}}
	w.Plan.Sinks = []string{"pager"}
	w.Plan.Routes = notify.Routes{Routes: []notify.Route{{To: []string{"news", "pager"}}}}
	w.SetPlan()
	return channel, sink
}

// received are the messages that arrived in a channel, by its ID.
func received(t *testing.T, w *pipetest.World, channel string) (all []news.Delivery) {
	t.Helper()
	deliveries, err := w.Store.Deliveries.List(t.Context(), 100, news.StateSent)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range deliveries {
		if d.Channel == channel && d.TS != "" && d.Kind != news.DeliverOps {
			all = append(all, d)
		}
	}
	return all
}

// TestSinkWithoutSlack: what goes to a sink goes there while Slack refuses the token, and
// Slack's channels get what was kept.
func TestSinkWithoutSlack(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		channel, _ := withSink(w)
		channel.problem = notify.Unauthorized
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		w.Stories = append(w.Stories, pipetest.Listed("Storm reaches the coast #storm")...)
		w.Again()
		w.Live(30 * time.Second)
		if n := len(received(t, w, "pager")); n != 2 {
			t.Fatalf("the sink got %d while sending to Slack was paused", n)
		}
		if n := len(received(t, w, "news")); n != 0 {
			t.Fatalf("Slack got %d", n)
		}
		channel.problem = ""
		w.Live(2 * time.Minute)
		if n := len(received(t, w, "news")); n != 2 {
			t.Errorf("Slack got %d afterwards", n)
		}
	})
}

// TestSinkInDoubt: what may have arrived at a sink is sent again soon, under the ID that it had:
// there is no history to wait for.
func TestSinkInDoubt(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		channel, sink := withSink(w)
		channel.problem, sink.problem = notify.InDoubt, notify.InDoubt
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		channel.problem, sink.problem = "", ""
		w.Live(10 * time.Second)
		if n := len(received(t, w, "pager")); n != 1 {
			t.Errorf("the sink got %d after 10 s", n)
		}
		if n := len(received(t, w, "news")); n != 0 {
			t.Errorf("Slack was not asked first: it got %d", n)
		}
		w.Live(3 * time.Minute)
		if n := len(received(t, w, "news")); n != 1 {
			t.Errorf("Slack got %d", n)
		}
	})
}

// TestSinkIsDown: a sink that refuses is parked alone, and the operators hear of it once.
func TestSinkIsDown(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		_, sink := withSink(w)
		sink.problem = notify.NoChannel
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Live(12 * time.Minute)
		if n := len(received(t, w, "news")); n != 1 {
			t.Errorf("Slack got %d", n)
		}
		if ops := w.Ops(); len(ops) != 1 {
			t.Errorf("the operators were told %q", ops)
		}
		sink.problem = ""
		w.Live(12 * time.Minute)
		if n := len(received(t, w, "pager")); n != 1 {
			t.Errorf("the sink got %d", n)
		}
	})
}

// TestSinkHearsOfTurns: what becomes of an alert follows it to the sink, as an answer to the
// first message.
func TestSinkHearsOfTurns(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		withSink(w)
		w.Plan.Routes.Routes[0].To = []string{"pager"}
		w.SetPlan()
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		err := w.Store.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.Deliveries.AddUpdate(t.Context(), news.Delivery{
				Alert: 1, Channel: "pager", Kind: news.DeliverUpdate, About: news.AboutWithdrawn, Severity: news.Urgent,
				State: news.StatePending, Text: `{"How":"killed","Outlet":"TASS"}`, Due: w.Clock(), Created: w.Clock(),
			})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		w.Live(time.Minute)
		all := received(t, w, "pager")
		if len(all) != 2 || all[0].Thread != all[1].TS || all[0].ChannelID != "sink:pager" {
			t.Errorf("the sink got %+v", all)
		}
	})
}

// TestSinkAtNight: quiet hours keep from a sink what they keep from a channel.
func TestSinkAtNight(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		withSink(w)
		quiet := []schedule.Lull{{From: 11 * time.Hour, To: 13 * time.Hour}}
		w.Plan.Hours = map[string]schedule.Hours{"pager": {Quiet: quiet, Zone: time.UTC}}
		w.SetPlan()
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok", "Storm reaches the coast #urgent-storm")
		w.Live(10 * time.Second)
		if all := received(t, w, "pager"); len(all) != 1 || all[0].Severity != news.Urgent {
			t.Fatalf("in the quiet the sink got %+v", all)
		}
		w.Stories = nil
		w.Pass(time.Hour)
		w.Live(10 * time.Second)
		if all := received(t, w, "pager"); len(all) != 2 || all[0].Kind != news.DeliverDigest {
			t.Errorf("after it the sink got %+v", all)
		}
	})
}

// TestChannelBecomesASink: a channel that the config makes a sink gets its messages there.
func TestChannelBecomesASink(t *testing.T) {
	pipetest.Each(t, func(t *testing.T, w *pipetest.World) {
		w.Plan.Routes = notify.Routes{Default: "pager"}
		w.SetPlan()
		w.Stories = pipetest.Listed("Leaders met for #kim in Vladivostok")
		w.Turn()
		withSink(w)
		w.Stories = append(w.Stories, pipetest.Listed("Storm reaches the coast #storm")...)
		w.Again()
		w.Live(time.Minute)
		all := received(t, w, "pager")
		if len(all) != 2 || all[1].ChannelID != "C-pager" || all[0].ChannelID != "sink:pager" {
			t.Errorf("got %+v", all)
		}
	})
}
