package slack

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	slackgo "github.com/slack-go/slack"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/slackfake"
	"github.com/copytaster/copytaster/notify"
)

// cases calls a function with every case of ../testdata and its message.
func cases(t *testing.T, do func(t *testing.T, file string, ar *txtar.Archive, m notify.Message)) {
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
			if err := json.Unmarshal(section(ar, "message.json"), &m); err != nil {
				t.Fatal(err)
			}
			do(t, file, ar, m)
		})
	}
}

func section(ar *txtar.Archive, name string) []byte {
	for _, f := range ar.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// TestBlocks compares the blocks of every message with its blocks.json, and
// posts them to the strict fake. COPYTASTER_UPDATE=1 writes what is built.
func TestBlocks(t *testing.T) {
	cases(t, func(t *testing.T, file string, ar *txtar.Archive, m notify.Message) {
		var got bytes.Buffer
		encoder := json.NewEncoder(&got)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(blocks(m)); err != nil {
			t.Fatal(err)
		}
		if os.Getenv("COPYTASTER_UPDATE") != "" {
			i := slices.IndexFunc(ar.Files, func(f txtar.File) bool { return f.Name == "blocks.json" })
			if i < 0 {
				i = len(ar.Files)
				ar.Files = append(ar.Files, txtar.File{Name: "blocks.json"})
			}
			ar.Files[i].Data = got.Bytes()
			if err := os.WriteFile(file, txtar.Format(ar), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(string(section(ar, "blocks.json")), got.String()); diff != "" {
			t.Errorf("blocks (-want +got):\n%s", diff)
		}
		for _, m.Plain = range []bool{false, true} {
			posted := post(t, m)
			same := posted.Broadcast == m.Broadcast && (posted.ThreadTS == "") == (m.Thread == "")
			if posted.Unfurl || (posted.Blocks == nil) != m.Plain || !same {
				t.Errorf("posted %+v", posted)
			}
		}
	})
}

// post posts a message to a fake, a reply to a message that is there, and returns
// what has arrived.
func post(t *testing.T, m notify.Message) slackfake.Message {
	t.Helper()
	s, fake := pair(t, slackfake.Options{})
	if m.Thread != "" {
		m.Thread = send(t, s, "C000000001", story(1)).TS
	}
	send(t, s, "C000000001", m)
	all := fake.Messages("news")
	return all[len(all)-1]
}

// TestMentions: those of the config notify, what a source writes does not.
func TestMentions(t *testing.T) {
	wants := map[string][]string{"languages": {"here", "S012AB3CD4E"}, "hostile": {"channel"}}
	cases(t, func(t *testing.T, file string, _ *txtar.Archive, m notify.Message) {
		want := wants[strings.TrimSuffix(filepath.Base(file), ".txtar")]
		if slices.Equal(m.Mentions, []string{"S0DESK00001"}) {
			want = m.Mentions
		}
		for _, m.Plain = range []bool{false, true} {
			if got := post(t, m).Mentions; !slices.Equal(got, want) {
				t.Errorf("plain %v: mentions %q, want %q", m.Plain, got, want)
			}
		}
	})
}

func TestMentionThatIsNone(t *testing.T) {
	if got := mentionMarkup("<!here> <x>"); got != "&lt;!here&gt; &lt;x&gt;" {
		t.Error(got)
	}
}

func TestText(t *testing.T) {
	m := notify.Message{Text: "A & B <!here>", Mentions: []string{"@here", "U012AB3CD", "S012AB3CD4E", "@desk"}, Link: "https://example.org/?a&b"}
	if got, want := text(m), "A &amp; B &lt;!here&gt;"; got != want {
		t.Errorf("beside blocks: %q, want %q", got, want)
	}
	m.Plain = true
	want := "<!here> <@U012AB3CD> <!subteam^S012AB3CD4E> @desk A &amp; B &lt;!here&gt;\n<https://example.org/?a&amp;b>"
	if got := text(m); got != want {
		t.Errorf("plain: %q, want %q", got, want)
	}
}

func TestDate(t *testing.T) {
	for _, at := range []time.Time{time.Unix(0, 0), time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC)} {
		if e, ok := date(notify.Run{Time: at}).(*slackgo.RichTextSectionTextElement); !ok || e.Text == "" {
			t.Errorf("%s: not as text", at)
		}
	}
	e, ok := date(notify.Run{Time: time.Unix(1, 5e8)}).(*slackgo.RichTextSectionDateElement)
	if !ok || e.Timestamp != 1 || *e.Fallback != "1 Jan 1970 00:00 UTC" {
		t.Errorf("%+v", e)
	}
}

// TestMinimalMessage: the least that a message says still makes blocks.
func TestMinimalMessage(t *testing.T) {
	s, fake := pair(t, slackfake.Options{})
	send(t, s, "C000000001", notify.Message{Kind: news.DeliverStory, Text: "x", Headline: "x"})
	if len(fake.Messages("")) != 1 {
		t.Error("not posted")
	}
}
