package slackfake

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Shorthand of the case files.
var (
	longText = regexp.MustCompile(`…(\d+)`)
	copies   = regexp.MustCompile(`@(\d+) (\{.*?\})\]`)
)

// blockCases reads a file of cases: a line that says what is expected, then
// the blocks on a line of their own.
func blockCases(t *testing.T, file string, do func(want, blocks string)) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, count := "", 0
	for line := range strings.SplitSeq(string(text), "\n") {
		blocks, ok := strings.CutPrefix(line, "\t")
		if !ok {
			want = line
			continue
		}
		blocks = longText.ReplaceAllStringFunc(blocks, func(s string) string {
			n, _ := strconv.Atoi(strings.TrimPrefix(s, "…"))
			return strings.Repeat("x", n)
		})
		if at := copies.FindStringSubmatchIndex(blocks); at != nil {
			n, _ := strconv.Atoi(blocks[at[2]:at[3]])
			end := strings.IndexByte(blocks[at[0]:], ']') + at[0]
			one := blocks[at[4]:end]
			blocks = blocks[:at[0]] + strings.TrimSuffix(strings.Repeat(one+",", n), ",") + blocks[end:]
		}
		do(want, blocks)
		count++
	}
	if count < 10 {
		t.Errorf("%s: only %d cases", file, count)
	}
}

func TestRefusedBlocks(t *testing.T) {
	s := New(Options{})
	blockCases(t, "testdata/refused.txt", func(want, blocks string) {
		answer := s.call("chat.postMessage", args{"token": DefaultToken, "channel": "news", "blocks": blocks})
		if answer.code != "invalid_blocks" || answer.detail != want {
			t.Errorf("%.200s:\n%s %s, want %s", blocks, answer.code, answer.detail, want)
		}
	})
	if n := len(s.Messages("")); n != 0 {
		t.Errorf("%d stored", n)
	}
}

func TestTakenBlocks(t *testing.T) {
	s := New(Options{})
	blockCases(t, "testdata/taken.txt", func(want, blocks string) {
		answer := s.call("chat.postMessage", args{"token": DefaultToken, "channel": "news", "blocks": blocks, "text": "x"})
		if answer.code != "" {
			t.Errorf("%.200s:\n%s %s", blocks, answer.code, answer.detail)
			return
		}
		all := s.Messages("news")
		got := strings.Join(all[len(all)-1].Mentions, " ")
		if got != strings.TrimSuffix(want, "nobody") {
			t.Errorf("%.200s:\nnotifies %q, want %q", blocks, got, want)
		}
	})
}

func TestOtherLimits(t *testing.T) {
	text := func(n int) string {
		return `{"type":"rich_text_section","elements":[{"type":"text","text":"` + strings.Repeat("x", n) + `"}]}`
	}
	for _, tt := range []struct {
		name string
		args args
		want string
	}{
		{"no text", args{}, "no_text"},
		{"no text and no blocks", args{"blocks": "[]"}, "no_text"},
		{"blocks alone", args{"blocks": `[{"type":"divider"}]`}, ""},
		{"the longest text", args{"text": strings.Repeat("é", 40_000)}, ""},
		{"a longer one", args{"text": strings.Repeat("é", 40_001)}, "msg_too_long"},
		{"NUL", args{"text": "a\x00b"}, "invalid_arguments"},
		{"backwards", args{"text": "a\u202eb"}, "invalid_arguments"},
		{"no JSON", args{"text": "x", "blocks": "[{"}, "invalid_blocks_format"},
		{"two values", args{"text": "x", "blocks": "[] []"}, "invalid_blocks_format"},
		{"much in blocks", args{"blocks": `[{"type":"rich_text","elements":[` + text(3000) + "," + text(3000) + "," + text(3000) + `]}]`}, ""},
		{"too much in blocks", args{"blocks": `[{"type":"rich_text","elements":[` + text(3000) + "," + text(3000) + "," + text(3000) + "," + text(2000) + `]}]`},
			"msg_blocks_too_long"},
		{"metadata", args{"text": "x", "metadata": `{"event_type":"a_b.c","event_payload":{"n":1}}`}, ""},
		{"metadata is no JSON", args{"text": "x", "metadata": `{`}, "invalid_metadata_format"},
		{"metadata is a list", args{"text": "x", "metadata": `[]`}, "invalid_metadata_format"},
		{"metadata without type", args{"text": "x", "metadata": `{"event_payload":{}}`}, "invalid_metadata_format"},
		{"metadata without payload", args{"text": "x", "metadata": `{"event_type":"a"}`}, "invalid_metadata_format"},
		{"metadata of an odd type", args{"text": "x", "metadata": `{"event_type":"a b","event_payload":{}}`}, "invalid_metadata_format"},
		{"too much metadata", args{"text": "x", "metadata": `{"event_type":"a","event_payload":{"x":"` + strings.Repeat("x", 8000) + `"}}`}, "metadata_too_large"},
		{"an unknown channel", args{"text": "x", "channel": "nowhere"}, "channel_not_found"},
		{"no such thread: to the channel", args{"text": "x", "thread_ts": "1.000000"}, ""},
		{"a broadcast to no thread", args{"text": "x", "reply_broadcast": "true"}, "invalid_arguments"},
		{"an argument that the method has not", args{"text": "x", "thread": "1.000000"}, "invalid_arguments"},
	} {
		tt.args["token"] = DefaultToken
		if tt.args["channel"] == nil {
			tt.args["channel"] = "#news"
		}
		if got := New(Options{}).call("chat.postMessage", tt.args); got.code != tt.want {
			t.Errorf("%s: %q %s, want %q", tt.name, got.code, got.detail, tt.want)
		}
	}
}

func TestMentionsInText(t *testing.T) {
	for _, tt := range []struct {
		text string
		args args
		want string
	}{
		{"nobody @here &lt;!here&gt; <!hereabouts> <@anna> < !here>", nil, ""},
		{"<!here><!channel|x> <!everyone> <!group>", nil, "here channel everyone group"},
		{"<@U012AB3CD> <@W012AB3CD|a> <!subteam^S012AB3CD4E> <!subteam^S912AB3CD4E|@x>", nil, "U012AB3CD W012AB3CD S012AB3CD4E S912AB3CD4E"},
		{"@here @anna", args{"link_names": "1"}, "here anna"},
		{"@here", args{"parse": "full"}, "here"},
		{"@here", args{"parse": "none"}, ""},
	} {
		if got := strings.Join(mentionsInText(tt.text, tt.args), " "); got != tt.want {
			t.Errorf("%q %v: %q, want %q", tt.text, tt.args, got, tt.want)
		}
	}
}
