package terminal

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify"
)

// TestRender shows the message of every case of ../testdata, plain and in
// colour, and compares it with what stands there; escape is written ␛.
// COPYTASTER_UPDATE=1 writes what is shown.
func TestRender(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var m notify.Message
			if err := json.Unmarshal(section(ar, "message.json").Data, &m); err != nil {
				t.Fatal(err)
			}
			for name, color := range map[string]bool{"terminal.txt": false, "color.txt": true} {
				got := strings.ReplaceAll(shownAs(t, m, color), "\x1b", "␛")
				compare(t, file, ar, name, got)
			}
			for line := range strings.SplitSeq(shownAs(t, m, false), "\n") {
				if n := uniseg.StringWidth(line); n > width && !strings.Contains(line, "http") {
					t.Errorf("%d columns: %s", n, line)
				}
			}
		})
	}
}

// shownAs is a message as it is posted to #desk.
func shownAs(t *testing.T, m notify.Message, color bool) string {
	t.Helper()
	var out strings.Builder
	m.Thread = ""
	if _, err := New(&out, color).Send(t.Context(), "desk", m); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// section is a file of an archive, added to it when it is not there.
func section(ar *txtar.Archive, name string) *txtar.File {
	i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == name })
	if i < 0 {
		i = len(ar.Files)
		ar.Files = append(ar.Files, txtar.File{Name: name})
	}
	return &ar.Files[i]
}

func compare(t *testing.T, file string, ar *txtar.Archive, name, got string) {
	t.Helper()
	if os.Getenv("COPYTASTER_UPDATE") != "" {
		section(ar, name).Data = []byte(got)
		if err := os.WriteFile(file, txtar.Format(ar), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(section(ar, name).Data), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestSender(t *testing.T) {
	var out strings.Builder
	s := New(&out, false)
	id, err := s.Resolve(t.Context(), "#desk")
	if id != "desk" || err != nil {
		t.Errorf("resolve: %q, %v", id, err)
	}
	m := notify.Message{Delivery: 1, Kind: news.DeliverStory, Headline: "Kim came", Text: "NORMAL · Kim came", Plain: true}
	for _, want := range []string{"terminal.1", "terminal.2"} {
		receipt, err := s.Send(t.Context(), id, m)
		if receipt.TS != want || receipt.ChannelID != "desk" || err != nil {
			t.Errorf("send: %+v, %v, want %s", receipt, err, want)
		}
	}
	if want := strings.Repeat("#desk\nNORMAL · Kim came\n\n", 2); out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
	if _, found, err := s.Find(t.Context(), id, notify.Sought{Delivery: 1}, time.Time{}); found || err != nil {
		t.Errorf("find: %v, %v", found, err)
	}
	if err := s.Probe(t.Context()); err != nil {
		t.Errorf("probe: %v", err)
	}
}

// TestReplyAndEdit: what cannot be shown in its place says where it belongs. An edit shows
// what is new, and calls nobody.
func TestReplyAndEdit(t *testing.T) {
	var out strings.Builder
	s := New(&out, false)
	m := notify.Message{Severity: news.High, Mentions: []string{"@here"}, Headline: "Kim Jong Un leaves the border station of Khasan, by train"}
	at, err := s.Send(t.Context(), "desk", m)
	if err != nil {
		t.Fatal(err)
	}
	reply := m
	reply.Thread, reply.Mentions = at.TS, nil
	receipt, err := s.Send(t.Context(), "desk", reply)
	if want := (notify.Receipt{ChannelID: "desk", TS: "terminal.2", Thread: "terminal.1"}); receipt != want || err != nil {
		t.Errorf("%+v, %v", receipt, err)
	}
	reply.Broadcast, reply.Mentions = true, m.Mentions
	if _, err := s.Send(t.Context(), "desk", reply); err != nil {
		t.Error(err)
	}
	reply.Thread = "terminal.77"
	if _, err := s.Send(t.Context(), "desk", reply); err != nil {
		t.Error(err)
	}
	for range 2 { // the second time nothing is new
		if err := s.Edit(t.Context(), at, m.In(notify.State{Channels: []string{"duty"}})); err != nil {
			t.Error(err)
		}
	}
	if diff := cmp.Diff(repliesAndEdits, out.String()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if link, err := s.Permalink(t.Context(), receipt); link != "" || err != nil {
		t.Errorf("permalink: %q, %v", link, err)
	}
	if err := New(broken{}, false).Edit(t.Context(), receipt, m); !errors.Is(err, os.ErrClosed) {
		t.Errorf("a terminal that went away: %v", err)
	}
}

const repliesAndEdits = `#desk  @here
HIGH · Kim Jong Un leaves the border station of Khasan, by train

#desk  ↳ reply to “Kim Jong Un leaves the border stat…”
HIGH · Kim Jong Un leaves the border station of Khasan, by train

#desk  ↳ reply to “Kim Jong Un leaves the border stat…”, also in the channel  @here
HIGH · Kim Jong Un leaves the border station of Khasan, by train

#desk  ↳ reply to an earlier message, also in the channel  @here
HIGH · Kim Jong Un leaves the border station of Khasan, by train

#desk  ↻ “Kim Jong Un leaves the border stat…” now shows
  Also in #duty

`

// TestForgets: what scrolled by long ago is forgotten.
func TestForgets(t *testing.T) {
	s := New(io.Discard, false)
	for range remembered + 5 {
		if _, err := s.Send(t.Context(), "desk", notify.Message{Headline: "Kim came"}); err != nil {
			t.Fatal(err)
		}
	}
	if _, known := s.posts["terminal.5"]; known || len(s.posts) != remembered {
		t.Errorf("%d messages remembered, want %d", len(s.posts), remembered)
	}
}

// broken is a terminal that went away.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestSenderWithoutATerminal(t *testing.T) {
	_, err := New(broken{}, true).Send(t.Context(), "desk", notify.Message{Text: "x"})
	var se *notify.SendError
	if !errors.As(err, &se) || se.Problem != notify.Temporary || !errors.Is(err, os.ErrClosed) {
		t.Errorf("%v", err)
	}
}

// TestSenderTogether: messages of several channels do not run into each other.
func TestSenderTogether(t *testing.T) {
	var out strings.Builder
	s := New(&out, true)
	var all sync.WaitGroup
	for range 50 {
		all.Go(func() {
			if _, err := s.Send(t.Context(), "desk", notify.Message{Text: "Kim came", Plain: true}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := strings.Count(out.String(), "\x1b[2m#desk\x1b[0m\nKim came\n\n"); got != 50 {
		t.Errorf("%d whole messages of 50", got)
	}
}

func TestWrap(t *testing.T) {
	wide := strings.Repeat("漢", 60)
	for _, tt := range []struct {
		name  string
		runs  []run
		color bool
		want  []string
	}{
		{"nothing", nil, false, nil},
		{"one word", []run{{text: "word"}}, false, []string{"> word"}},
		{"at spaces", []run{{text: strings.Repeat("abcdefghi ", 10)}}, false,
			[]string{"> " + strings.Repeat("abcdefghi ", 8)[:79], "  abcdefghi abcdefghi"}},
		{"a word that is too long", []run{{text: strings.Repeat("x", 100)}}, false,
			[]string{"> " + strings.Repeat("x", 86), "  " + strings.Repeat("x", 14)}},
		{"wide characters", []run{{text: wide}}, false, []string{"> " + strings.Repeat("漢", 43), "  " + strings.Repeat("漢", 17)}},
		{"no line begins with a closing mark", []run{{text: strings.Repeat("漢", 43) + "。漢"}}, false,
			[]string{"> " + strings.Repeat("漢", 42), "  漢。漢"}},
		{"a style over two lines", []run{{text: "a "}, {text: strings.Repeat("b", 85) + " c", style: "1"}}, true,
			[]string{"> a", "  \x1b[1m" + strings.Repeat("b", 85) + "\x1b[0m", "  \x1b[1mc\x1b[0m"}},
		{"a link", []run{{text: "Kim", style: "1", link: "https://example.org/"}}, true,
			[]string{"> \x1b[1m\x1b]8;;https://example.org/\x1b\\Kim\x1b]8;;\x1b\\\x1b[0m"}},
		{"no colour", []run{{text: "Kim", style: "1", link: "https://example.org/"}}, false, []string{"> Kim"}},
		{"graphemes stay whole", []run{{text: strings.Repeat("e\u0301", 90)}}, false,
			[]string{"> " + strings.Repeat("e\u0301", 86), "  " + strings.Repeat("e\u0301", 4)}},
		{"a space at the edge", []run{{text: strings.Repeat("x", 86) + " y"}}, false, []string{"> " + strings.Repeat("x", 86), "  y"}},
	} {
		p := page{color: tt.color}
		p.paragraph("> ", "  ", tt.runs...)
		want := strings.Join(tt.want, "\n")
		if len(tt.want) > 0 {
			want += "\n"
		}
		if diff := cmp.Diff(want, p.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func FuzzParagraph(f *testing.F) {
	f.Add("Kim met Putin", "金正恩。👩\u200d👩\u200d👧")
	f.Add(strings.Repeat("x ", 100), " \u0301")
	f.Fuzz(func(t *testing.T, one, two string) {
		if strings.ContainsAny(one+two, "\n\r\v\f\u0085\u2028\u2029") {
			return // messages have none
		}
		var p page
		p.paragraph("  │ ", "    ", run{text: one}, run{text: two, style: "1"})
		var kept strings.Builder
		for line := range strings.Lines(p.String()) {
			line = strings.TrimSuffix(line, "\n")
			if n := uniseg.StringWidth(line); n > width+2 { // a lone wide grapheme may stand over
				t.Errorf("%d columns: %q", n, line)
			}
			kept.WriteString(strings.TrimPrefix(strings.TrimPrefix(line, "  │ "), "    "))
		}
		squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got, want := squeeze(kept.String()), squeeze(one+two); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	})
}
