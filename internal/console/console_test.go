package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/slack"
	"github.com/copytaster/copytaster/notify/terminal"
)

// seat is a console with what stands on its terminal, and what its desk was asked for.
type seat struct {
	*Console
	t      *testing.T
	keys   *io.PipeWriter
	screen *screen
	asked  []slack.Request
	desk   slack.Handler // nil: whatever is asked for is done
	left   int
	slept  int
}

// screen is what was written to a terminal.
type screen struct {
	mu   sync.Mutex
	text strings.Builder
}

func (s *screen) Write(text []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(text)
}

func (s *screen) shown() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// at runs a test at a console on which two alerts stand.
func at(t *testing.T, test func(s *seat)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		s := &seat{t: t, keys: keys, screen: &screen{}}
		prompt := NewPrompt(s.screen, func() int { return 200 })
		alerts := terminal.New(prompt.Over(s.screen), false)
		s.Console = New(alerts, Options{
			Keys: in, Ask: prompt, Now: time.Now, Tick: time.Tick(time.Second / 2),
			Leave: func() { s.left++ }, Sleep: func() { s.slept++ },
		})
		ended := make(chan error)
		go func() { ended <- s.Run(t.Context(), s.handle) }()
		synctest.Wait()
		for i, headline := range []string{"Kim came", "Putin left"} {
			m := notify.Message{Kind: news.DeliverStory, Headline: headline, Severity: news.High}
			m.Body = append(m.Parts(), notify.Part{Kind: notify.Buttons, Buttons: buttons(int64(i + 1))})
			if _, err := alerts.Send(t.Context(), "desk", m); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Second) // until the line below shows them
		test(s)
		_ = keys.Close()
		if err := <-ended; err != nil {
			t.Errorf("ended with %v", err)
		}
	})
}

// buttons are those of an alert.
func buttons(alert int64) []notify.Button {
	value := notify.Pressed{Alert: alert}.Value()
	return []notify.Button{
		{Action: notify.ActGot, Label: "Got it", Value: value},
		{Action: notify.ActIrrelevant, Label: "Not relevant", Value: value},
		{Action: notify.ActGotAll, Label: "Got all 2", Value: value, Confirm: "You see to both?"},
		{Action: notify.ActMore, Menu: []notify.Button{{Label: "Why?", Value: value + ".why"}, {Label: "Undo", Value: value + ".undo.7"}}},
	}
}

func (s *seat) handle(ctx context.Context, r slack.Request) (slack.Reply, error) {
	s.asked = append(s.asked, r)
	if s.desk == nil {
		return slack.Reply{}, nil
	}
	return s.desk(ctx, r)
}

// press types keys, each with time to be taken.
func (s *seat) press(keys ...string) {
	for _, k := range keys {
		if _, err := io.WriteString(s.keys, k); err != nil {
			s.t.Fatal(err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
	}
}

// want holds what the desk was asked for.
func (s *seat) want(want ...string) {
	s.t.Helper()
	got := []string{}
	for _, r := range s.asked {
		got = append(got, fmt.Sprint(r.Kind, " ", r.Action, " ", r.Value))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("asked for (-want +got):\n%s\non the terminal:\n%s", diff, s.screen.shown())
	}
}

func (s *seat) wantShown(want string) {
	s.t.Helper()
	if !strings.Contains(s.screen.shown(), want) {
		s.t.Errorf("the terminal does not show %q:\n%s", want, s.screen.shown())
	}
}

// TestPress: what is pressed, by which keys, is what the desk is asked for.
func TestPress(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want []string
	}{
		{"the newest", []string{"g"}, []string{"press ct.ack v1.2"}},
		{"by its number", []string{"1", "g"}, []string{"press ct.ack v1.1"}},
		{"the one that was chosen before", []string{"1", "\r", "g"}, []string{"press ct.ack v1.1"}},
		{"a number that is taken back", []string{"1", "\x1b", "g"}, []string{"press ct.ack v1.2"}},
		{"by arrows", []string{"\x1b[A", "g", "\x1b[B", "n", "\x1b[B", "g"},
			[]string{"press ct.ack v1.1", "press ct.irrelevant v1.2", "press ct.ack v1.2"}},
		{"a number that there is not", []string{"9", "g"}, []string{}},
		{"a key that there is not", []string{"z", "\x1b[5~", "é", "\x00"}, []string{}},
		{"a menu", []string{"m", "2"}, []string{"press ct.more v1.2.undo.7"}},
		{"a menu that is closed", []string{"m", "\x1b"}, []string{}},
		{"a question that is answered", []string{"o", "1"}, []string{"press ct.ackall v1.2"}},
		{"a question that is denied", []string{"o", "2"}, []string{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at(t, func(s *seat) {
				s.press(tt.keys...)
				s.want(tt.want...)
			})
		})
	}
}

// TestRequest: a press says where it was done, and no two have one ID.
func TestRequest(t *testing.T) {
	at(t, func(s *seat) {
		s.press("g", "g")
		a, b := s.asked[0], s.asked[1]
		if a.ID == "" || a.ID == b.ID || a.Channel != "desk" || a.TS != "terminal.2" || a.User.ID != user || a.At.IsZero() {
			t.Errorf("%+v, %+v", a, b)
		}
		if who, err := s.Account(t.Context(), a.User.ID); err != nil || who.Guest || who.Name != "You" {
			t.Errorf("%+v, %v", who, err)
		}
	})
}

// TestHelp: what there is to press is said, and told are the person's own matters.
func TestHelp(t *testing.T) {
	at(t, func(s *seat) {
		s.wantShown("[2]  g Got it  n Not relevant  o Got all 2  m More…")
		s.press("?")
		s.wantShown("Esc: closes a window")
		s.press("\x03", "\x1a", "q")
		if s.left != 2 || s.slept != 1 {
			t.Errorf("left %d times, slept %d times", s.left, s.slept)
		}
		m := notify.Message{Text: "Bob got it already"}
		if err := s.Tell(t.Context(), slack.Recipient{Channel: "desk"}, m); err != nil {
			t.Error(err)
		}
		s.wantShown("#desk  only you see this\r\nBob got it already")
	})
}

// TestFails: what the desk could not do is said, and the next press counts.
func TestFails(t *testing.T) {
	at(t, func(s *seat) {
		s.desk = func(context.Context, slack.Request) (slack.Reply, error) {
			return slack.Reply{}, errors.New("disk full")
		}
		s.press("g")
		s.wantShown("Nothing came of it: press Got it: disk full")
		s.desk = nil
		s.press("g")
		s.want("press ct.ack v1.2", "press ct.ack v1.2")
	})
}

// window has an input of each kind.
var window = slack.View{
	Title: "Not relevant", Callback: "ct.irrelevant", Metadata: "v1.2",
	Fields: []slack.Field{
		{Parts: []notify.Part{{Kind: notify.Line, Runs: []notify.Run{{Text: "Other channels keep theirs."}}}}},
		{ID: "reason", Label: "What is wrong?", Kind: slack.Radio, Choices: []slack.Choice{
			{Value: "sense", Text: "Another sense"}, {Value: "old", Text: "Old news", Note: "Told already"},
		}},
		{ID: "long", Label: "How long?", Kind: slack.Select, Choices: choices(12), Chosen: []string{"c1"}},
		{ID: "rules", Label: "Which rules?", Kind: slack.Checks, Choices: choices(10), Chosen: []string{"c1", "c2"}},
		{ID: "words", Label: "In your own words", Kind: slack.Words, Optional: true, Most: 5, Hint: "Whoever edits the rule reads it."},
	},
}

func choices(n int) (all []slack.Choice) {
	for i := range n {
		all = append(all, slack.Choice{Value: fmt.Sprintf("c%d", i+1), Text: fmt.Sprintf("Choice %d", i+1)})
	}
	return all
}

// TestFill: a window is filled in by keys, and what the desk calls wrong is asked again.
func TestFill(t *testing.T) {
	for _, tt := range []struct {
		name string
		keys []string
		want map[string][]string // nil: the window is not sent
	}{
		{"what is offered", []string{"1", "\r", "\r", "\r"},
			map[string][]string{"reason": {"sense"}, "long": {"c1"}, "rules": {"c1", "c2"}, "words": nil}},
		{"everything else", []string{"\r", "7", "2", "1", "2", "1", "0", "\r", "a", "\x7f", "b", " ", "c", "é", "f", "g", "\r"},
			map[string][]string{"reason": {"old"}, "long": {"c12"}, "rules": {"c2", "c10"}, "words": {"b céf"}}},
		{"a number with another to follow", []string{"1", "1", "\r", "2", "1", "\r", "1", "3", "\r", "\r"},
			map[string][]string{"reason": {"sense"}, "long": {"c1"}, "rules": {"c1", "c3"}, "words": nil}},
		{"closed", []string{"1", "\x1b"}, nil},
		{"closed at its last input", []string{"1", "\r", "\r", "a", "\x1b"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at(t, func(s *seat) {
				s.desk = func(ctx context.Context, r slack.Request) (slack.Reply, error) {
					if r.Kind == slack.Press {
						_, err := s.OpenView(ctx, "trigger", window)
						return slack.Reply{}, err
					}
					return slack.Reply{}, nil
				}
				s.press("n")
				s.press(tt.keys...)
				s.wantShown("Other channels keep theirs.")
				s.wantShown("2  Old news – Told already")
				if tt.want == nil {
					s.want("press ct.irrelevant v1.2")
					s.wantShown("Closed. Nothing was changed.")
					return
				}
				s.want("press ct.irrelevant v1.2", "submit ct.irrelevant v1.2")
				if diff := cmp.Diff(tt.want, s.asked[len(s.asked)-1].Values); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		})
	}
}

// TestMistakes: an input that was wrong is asked again, alone.
func TestMistakes(t *testing.T) {
	at(t, func(s *seat) {
		s.desk = func(ctx context.Context, r slack.Request) (slack.Reply, error) {
			switch {
			case r.Kind == slack.Press:
				_, err := s.OpenView(ctx, "trigger", window)
				return slack.Reply{}, err
			case slices.Contains(r.Values["long"], "c1"):
				return slack.Reply{Mistakes: map[string]string{"long": "That is too short."}}, nil
			}
			return slack.Reply{}, nil
		}
		s.press("n", "1", "\r", "\r", "\r", "3")
		s.wantShown("That is too short.")
		s.want("press ct.irrelevant v1.2", "submit ct.irrelevant v1.2", "submit ct.irrelevant v1.2")
		if got := s.asked[2].Values; !slices.Equal(got["long"], []string{"c3"}) || !slices.Equal(got["reason"], []string{"sense"}) {
			t.Errorf("%v", got)
		}
	})
}

// TestKeyboard: keys as terminals send them, be they cut off.
func TestKeyboard(t *testing.T) {
	for sent, want := range map[string][]key{
		"a7 é漢":          {{r: 'a'}, {r: '7'}, {r: ' '}, {r: 'é'}, {r: '漢'}},
		"\r\n\b\x7f":     {{kind: enter}, {kind: enter}, {kind: erase}, {kind: erase}},
		"\x03\x1a":       {{kind: interrupt}, {kind: suspend}},
		"\x1b[A\x1bOB":   {{kind: up}, {kind: down}},
		"\x1b[1;5A\x1bx": {{kind: up}, {kind: escape}, {r: 'x'}},
		"\x1b[3~g":       {{kind: other}, {r: 'g'}},
		"\x1b":           {{kind: escape}},
		"\x1b[":          {{kind: other}},
		"\xff\x00\u202e": {{kind: other}, {kind: other}, {kind: other}},
	} {
		k := newKeyboard(strings.NewReader(sent))
		var got []key
		for {
			pressed, err := k.next()
			if err != nil {
				break
			}
			got = append(got, pressed)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(key{})); diff != "" {
			t.Errorf("%q (-want +got):\n%s", sent, diff)
		}
	}
}

// TestPrompt: the line stands below what is written, in one row of the terminal.
func TestPrompt(t *testing.T) {
	var out strings.Builder
	columns := 8
	p := NewPrompt(&out, func() int { return columns })
	w := p.Over(&out)
	p.Say("answer 漢字")
	p.Say("answer 漢字") // it stands there
	write := func(text string) {
		if n, err := io.WriteString(w, text); n != len(text) || err != nil {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	write("one\ntwo\n")
	write("half ")
	p.Say("wait")
	write("a line\n")
	write("")
	columns = 0
	p.Again()
	p.Say("")
	want := "‹answer ‹one\ntwo\nanswer ‹half a line\nwait‹wait‹"
	got := strings.NewReplacer(clearLine, "‹", "\r\n", "\n").Replace(out.String())
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if n, err := p.Over(broken{}).Write([]byte("x")); n != 0 || err == nil {
		t.Errorf("a terminal that is gone: %d, %v", n, err)
	}
}

// broken is a terminal that is gone.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
