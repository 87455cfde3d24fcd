package slack

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// TestListen: two connections, what comes in over them, and the end.
func TestListen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listen(t, slackfake.Options{}, nil)
		time.Sleep(time.Second)
		if s := w.state(); w.fake.Link.Open() != 1 || s.Open != 1 || s.Why != nil {
			t.Errorf("after a second %d open, %+v", w.fake.Link.Open(), s)
		}
		time.Sleep(stagger)
		if w.fake.Link.Open() != keptOpen {
			t.Errorf("%d open", w.fake.Link.Open())
		}
		e, err := w.fake.As("U0ANNA").Slash("news", "/copytaster", "status")
		if err != nil || e.Acks != 1 || e.After > time.Second {
			t.Errorf("%+v, %v", e, err)
		}
		time.Sleep(10 * time.Minute) // pings are answered: nothing is opened anew
		if n := len(w.fake.Calls("apps.connections.open")); n != keptOpen {
			t.Errorf("opened %d times", n)
		}
		if err := w.stop(); err != context.Canceled {
			t.Errorf("ended with %v", err)
		}
		synctest.Wait()
		if s := w.state(); s.Open != 0 || w.fake.Link.Open() != 0 {
			t.Errorf("at the end %+v", s)
		}
		if len(w.fake.Link.Wrongs()) > 0 {
			t.Error(w.fake.Link.Wrongs())
		}
	})
}

// TestRefreshes: connections are replaced 20 times while people click, and
// every click is acknowledged.
func TestRefreshes(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := listen(t, slackfake.Options{}, func(context.Context, Request) (Reply, error) {
					time.Sleep(300 * time.Millisecond) // the store is not quick
					return Reply{}, nil
				})
				time.Sleep(2 * stagger)
				var clicks sync.WaitGroup
				for i := range 20 {
					for j := range 50 {
						clicks.Go(func() {
							time.Sleep(time.Duration(i)*20*time.Second + time.Duration(j)*400*time.Millisecond)
							if _, err := w.fake.As("U0ANNA").Slash("news", "/copytaster", fmt.Sprint(i, j)); err != nil {
								t.Errorf("refresh %d, click %d: %v", i, j, err)
							}
						})
					}
					clicks.Go(func() {
						time.Sleep(time.Duration(i) * 20 * time.Second)
						if !w.fake.Link.Disconnect(reason) {
							t.Errorf("refresh %d: no connection", i)
						}
					})
				}
				clicks.Wait()
				if n := w.perMinute("apps.connections.open"); n > mostOpens || len(w.took) != 1000 {
					t.Errorf("%d opens a minute, %d requests", n, len(w.took))
				}
				if len(w.fake.Link.Wrongs()) > 0 {
					t.Error(w.fake.Link.Wrongs())
				}
				_ = w.stop()
			})
		})
	}
}

// TestSlowStore: what is acknowledged does not wait for a slow store, and is
// stored all the same.
func TestSlowStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stored := 0
		w := listen(t, slackfake.Options{}, func(context.Context, Request) (Reply, error) {
			time.Sleep(20 * time.Second)
			stored++
			return Reply{}, nil
		})
		time.Sleep(time.Second)
		e, err := w.fake.As("U0ANNA").Slash("news", "/copytaster", "status")
		if err != nil || e.After < ackAfter || e.After > ackAfter+time.Second/2 {
			t.Errorf("acknowledged after %s, %v", e.After, err)
		}
		if err := w.stop(); err != context.Canceled || stored != 1 {
			t.Errorf("ended with %v, %d stored", err, stored)
		}
	})
}

// TestFailingStore: what cannot be stored is not acknowledged, and what panics
// goes no further.
func TestFailingStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listen(t, slackfake.Options{}, func(_ context.Context, r Request) (Reply, error) {
			if r.Text == "panic" {
				panic("no such alert")
			}
			return Reply{}, fmt.Errorf("disk full")
		})
		time.Sleep(time.Second)
		for _, text := range []string{"status", "panic"} {
			if e, err := w.fake.As("U0ANNA").Slash("news", "/copytaster", text); err != slackfake.ErrNotAcknowledged {
				t.Errorf("%+v, %v", e, err)
			}
		}
		_ = w.stop()
	})
}

// TestManyAtOnce: a thousand envelopes within a second, each sent three times.
func TestManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listen(t, slackfake.Options{}, nil)
		time.Sleep(2 * stagger)
		w.fake.Link.Repeat(3)
		var clicks sync.WaitGroup
		for i := range 1000 {
			clicks.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if _, err := w.fake.As("U0ANNA").Slash("news", "/copytaster", fmt.Sprint(i)); err != nil {
					t.Errorf("click %d: %v", i, err)
				}
			})
		}
		clicks.Wait()
		synctest.Wait()
		w.mu.Lock()
		for id, n := range w.took {
			if n != 3 {
				t.Errorf("%s came %d times", id, n)
			}
		}
		if len(w.took) != 1000 {
			t.Errorf("%d requests", len(w.took))
		}
		w.mu.Unlock()
		for _, e := range w.fake.Link.Envelopes() {
			if e.Acks != 3 || e.Late > 0 {
				t.Errorf("%s: %d acknowledgements, %d late", e.ID, e.Acks, e.Late)
			}
		}
		_ = w.stop()
	})
}

// TestSocketTroubles: what goes wrong, for how long nothing reaches the app once
// it is over, and how it is named meanwhile.
func TestSocketTroubles(t *testing.T) {
	for _, tt := range []struct {
		name    string
		begin   func(*slackfake.Server)
		end     func(*slackfake.Server)
		why     string
		problem notify.Problem
	}{
		{"the token is refused",
			func(s *slackfake.Server) {
				s.Plan(slackfake.Fault{Method: "apps.connections.open", Code: "invalid_auth", Times: -1})
				s.Link.Cut()
			}, (*slackfake.Server).Mend, "open socket: invalid_auth", notify.Unauthorized},
		{"another API", func(s *slackfake.Server) {
			s.Plan(slackfake.Fault{Method: "apps.connections.open", Status: 404, Times: -1})
			s.Link.Cut()
		}, (*slackfake.Server).Mend, "open socket: http status 404 Not Found", notify.Temporary},
		{"throttled", func(s *slackfake.Server) {
			s.Plan(slackfake.Fault{Method: "apps.connections.open", Status: 429, RetryAfter: "20", Times: -1})
			s.Link.Cut()
		}, (*slackfake.Server).Mend, "open socket: http status 429 Too Many Requests", notify.Throttled},
		{"too many connections", func(s *slackfake.Server) { s.Link.Limit(0); s.Link.Cut() },
			func(s *slackfake.Server) { s.Link.Limit(10) },
			"open socket: the app has as many connections as it may: is the token used elsewhere? (too_many_websockets)", notify.Temporary},
		{"switched off", func(s *slackfake.Server) { s.Link.Disable(true) },
			func(s *slackfake.Server) { s.Link.Disable(false) },
			"open socket: Socket Mode is switched off in the app's settings (link_disabled)", notify.Temporary},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := listen(t, slackfake.Options{}, nil)
				time.Sleep(2 * stagger)
				tt.begin(w.fake)
				began := time.Now()
				time.Sleep(30 * time.Minute)
				s := w.state()
				se, ok := s.Why.(*notify.SendError)
				if s.Open != 0 || !ok || se.Problem != tt.problem || se.Err.Error() != tt.why || s.Since.Sub(began) > time.Second {
					t.Errorf("%+v", s)
				}
				if n := w.perMinute("apps.connections.open"); n > mostOpens {
					t.Errorf("%d opens a minute", n)
				}
				if n := len(w.fake.Calls("apps.connections.open")); n < 10 || n > 200 {
					t.Errorf("%d opens in half an hour", n)
				}
				tt.end(w.fake)
				time.Sleep(mostRefusals + mostRefusals/5 + time.Second)
				if s := w.state(); s.Open != keptOpen {
					t.Errorf("when it is over %+v", s)
				}
				_ = w.stop()
			})
		})
	}
}

// TestRefusedForAMinute: a token that is bad for a minute costs no more than two.
func TestRefusedForAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := listen(t, slackfake.Options{}, nil)
		time.Sleep(2 * stagger)
		w.fake.Plan(slackfake.Fault{Method: "apps.connections.open", Code: "invalid_auth", Times: -1})
		w.fake.Link.Cut()
		time.Sleep(time.Minute)
		w.fake.Mend()
		time.Sleep(time.Minute)
		if s := w.state(); s.Open == 0 {
			t.Errorf("%+v", s)
		}
		_ = w.stop()
	})
}

// TestBrokenConnections: connections that are cut, deaf or slow.
func TestBrokenConnections(t *testing.T) {
	for _, tt := range []struct {
		name  string
		fault func(*slackfake.Link)
		after time.Duration // until clicks are acknowledged again
	}{
		{"cut", (*slackfake.Link).Cut, 2 * time.Second},
		{"deaf", (*slackfake.Link).Deafen, pongWithin + pingEach},
		{"slow", func(l *slackfake.Link) { l.Slow(time.Second) }, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := listen(t, slackfake.Options{}, nil)
				time.Sleep(3 * stagger)
				tt.fault(w.fake.Link)
				time.Sleep(tt.after)
				if e, err := w.fake.As("U0ANNA").Slash("news", "/copytaster", "status"); err != nil {
					t.Errorf("%+v, %v", e, err)
				}
				_ = w.stop()
			})
		})
	}
}

// TestOverTCP: the same over a real network, as the daemon does it.
func TestOverTCP(t *testing.T) {
	_, fake := pair(t, slackfake.Options{})
	o := SocketOptions{Token: slackfake.DefaultAppToken, APIURL: fake.URL()}
	log := slog.New(slog.DiscardHandler)
	if err := ProbeSocket(t.Context(), log, nil, o); err != nil {
		t.Fatal(err)
	}
	for fake.Link.Open() > 0 { // until it knows that the connection has ended, it may send over it
		runtime.Gosched()
	}
	open := make(chan bool, 100)
	o.Report = func(s SocketState) { open <- s.Open > 0 }
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Listen(ctx, log, nil, o, func(context.Context, Request) (Reply, error) { return Reply{}, nil })
	}()
	for !<-open {
	}
	for range 20 {
		if e, err := fake.As("U0ANNA").Slash("news", "/copytaster", "status"); err != nil || e.Acks != 1 {
			t.Errorf("%+v, %v", e, err)
		}
	}
	cancel()
	if err := <-ended; err != context.Canceled || len(fake.Link.Wrongs()) > 0 {
		t.Errorf("ended with %v, %v", err, fake.Link.Wrongs())
	}
	fake.Link.Disable(true)
	if se, ok := ProbeSocket(t.Context(), log, nil, o).(*notify.SendError); !ok || !se.Lasting {
		t.Errorf("switched off: %v", se)
	}
	o.Token = "xapp-other"
	if err := ProbeSocket(t.Context(), log, nil, o); problemOf(err) != notify.Unauthorized {
		t.Errorf("another token: %v", err)
	}
}

// TestTooLargeReply: an acknowledgement that Slack would lose goes without what it
// says.
func TestTooLargeReply(t *testing.T) {
	mistakes := map[string]string{}
	for i := range 100 {
		mistakes[fmt.Sprint(i)] = fmt.Sprintf("%0300d", i)
	}
	if body := (Reply{Mistakes: mistakes}).body(); body != nil {
		t.Errorf("%d bytes", len(body))
	}
}
