package notify

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/copytaster/copytaster/internal/news"
)

// TestMessages builds the message of every testdata/*.txtar from its
// story.json and compares it with its message.json. The tests of slack and
// terminal go on from there. COPYTASTER_UPDATE=1 writes what is built.
func TestMessages(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var c told
			decoder := json.NewDecoder(bytes.NewReader(section(ar, "story.json")))
			decoder.DisallowUnknownFields()
			if err := decoder.Decode(&c); err != nil {
				t.Fatal(err)
			}
			m := c.message()
			checkMessage(t, m)
			got, err := json.MarshalIndent(m, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			compare(t, file, ar, "message.json", append(got, '\n'))
		})
	}
}

// section is the content of one file of an archive.
func section(ar *txtar.Archive, name string) []byte {
	for _, f := range ar.Files {
		if f.Name == name {
			return f.Data
		}
	}
	return nil
}

// compare compares what a test got with a section, or writes it there.
func compare(t *testing.T, file string, ar *txtar.Archive, name string, got []byte) {
	t.Helper()
	if os.Getenv("COPYTASTER_UPDATE") == "" {
		if diff := cmp.Diff(string(section(ar, name)), string(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		return
	}
	for i := range ar.Files {
		if ar.Files[i].Name == name {
			ar.Files[i].Data = got
			got = nil
		}
	}
	if got != nil {
		ar.Files = append(ar.Files, txtar.File{Name: name, Data: got})
	}
	if err := os.WriteFile(file, txtar.Format(ar), 0o600); err != nil {
		t.Fatal(err)
	}
}

// checkMessage checks what holds for every message.
func checkMessage(t *testing.T, m Message) {
	t.Helper()
	texts := map[string]string{"text": m.Text, "headline": m.Headline, "quote": plain(m.Quote), "outlet": m.Outlet, "tier": m.Tier,
		"language": m.Language, "link": m.Link, "rules": strings.Join(m.Rules, ","), "cites": strings.Join(m.Cites, ",")}
	parts := m.Parts()
	size := 0
	for i, p := range parts {
		size += p.takes()
		checkPart(t, fmt.Sprintf("part %d", i), p, texts)
	}
	for name, text := range texts {
		if !utf8.ValidString(text) {
			t.Errorf("%s is not UTF-8: %q", name, text)
		}
		for _, r := range text {
			lines := name == "text" && (m.Kind == news.DeliverOps || m.Kind == news.DeliverDigest)
			if unicode.IsControl(r) && (r != '\n' || !lines) || unicode.Is(unicode.Bidi_Control, r) {
				t.Errorf("%s holds %U: %q", name, r, text)
			}
		}
	}
	for name, limit := range map[string]int{"text": 2500, "headline": 250, "quote": 300, "outlet": 80, "tier": 80, "link": 2000} {
		if n := utf8.RuneCountInString(texts[name]); n > limit {
			t.Errorf("%s has %d runes, at most %d", name, n, limit)
		}
	}
	if blank(m.Text) || m.Kind == news.DeliverStory && blank(m.Headline) || len(parts) == 0 {
		t.Errorf("a message that says nothing: %+v", m)
	}
	if size > mostShown+200 || len(parts) > 45 {
		t.Errorf("%d parts of %d characters", len(parts), size)
	}
	if strings.Contains(strings.ToLower(m.Text), "independent") {
		t.Errorf("to an editor, independent means confirmed by two sources: %s", m.Text)
	}
}

// checkPart checks what holds for every part, and notes its texts.
func checkPart(t *testing.T, at string, p Part, texts map[string]string) {
	t.Helper()
	if len(p.Runs) == 0 && len(p.Buttons) == 0 {
		t.Errorf("%s is empty", at)
	}
	for i, b := range p.Buttons {
		name := fmt.Sprintf("%s, button %d", at, i)
		texts[name] = b.Label
		if _, ok := ParsePressed(b.Value); !ok && len(b.Menu) == 0 || b.Action == "" {
			t.Errorf("%s does nothing: %+v", name, b)
		}
		for j, o := range b.Menu {
			if _, ok := ParsePressed(o.Value); !ok || o.Label == "" {
				t.Errorf("%s, choice %d does nothing: %+v", name, j, o)
			}
		}
	}
	for i, s := range p.Runs {
		name := fmt.Sprintf("%s, run %d", at, i)
		texts[name] = s.Text
		if s.Text == "" && s.Time.IsZero() {
			t.Errorf("%s is empty", name)
		}
		if p.Kind == Small && s.Link != "" {
			t.Errorf("%s is small, and linked to %s", name, s.Link)
		}
		if strings.ContainsFunc(s.Link, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("<>|", r) }) {
			t.Errorf("%s is linked to %q", name, s.Link)
		}
	}
}

func TestStoryCountsOnlyTheRulesOfTheAlert(t *testing.T) {
	s := &news.Story{Title: "Kim met Putin", URL: "https://example.org/1"}
	a := news.Alert{Rules: []string{"kim"}}
	matches := []news.Match{
		{Rule: "kim", Evidence: []news.Evidence{{Term: "Kim", Field: news.FieldTitle, Text: "Kim", End: 3}}},
		{Rule: "putin", Evidence: []news.Evidence{{Term: "Putin", Field: news.FieldTitle, Text: "Putin", Start: 8, End: 13}}},
	}
	m := Story(news.Delivery{}, a, s, matches, time.Time{})
	if len(m.Why) != 1 || m.Why[0].String() != "kim: Kim" || len(m.Rules) != 1 {
		t.Errorf("why %v, rules %v", m.Why, m.Rules)
	}
	if len(matches) != 2 || matches[1].Rule != "putin" {
		t.Error("the caller's matches were changed")
	}
}

func TestLag(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for delay, want := range map[time.Duration]string{
		-time.Hour:                     "", // a clock that is ahead, or a wrong zone
		0:                              "",
		59 * time.Second:               "less than a minute after publication",
		time.Minute:                    "1 min after publication",
		119*time.Minute + time.Second:  "119 min after publication",
		2 * time.Hour:                  "2 h after publication",
		47*time.Hour + 59*time.Minute:  "47 h after publication",
		48 * time.Hour:                 "2 days after publication",
		400*24*time.Hour + time.Second: "400 days after publication",
	} {
		m := Story(news.Delivery{}, news.Alert{}, &news.Story{Title: "x", Published: at}, nil, at.Add(delay))
		if got := m.Lag(); got != want {
			t.Errorf("%s: %q, want %q", delay, got, want)
		}
	}
	undated := Story(news.Delivery{}, news.Alert{}, &news.Story{Title: "x", FirstSeen: at}, nil, at.Add(time.Hour))
	if undated.Lag() != "" || !undated.Undated || !undated.Time.Equal(at) {
		t.Errorf("undated: %+v", undated)
	}
}

func TestHeadline(t *testing.T) {
	for _, tt := range []struct {
		name  string
		story news.Story
		want  string
	}{
		{"the title", news.Story{Title: " Kim  meets\nPutin "}, "Kim meets Putin"},
		{"another title", news.Story{Title: "\u200b\x00", Titles: []string{"", "Kim meets Putin"}}, "Kim meets Putin"},
		{"the lead", news.Story{Text: "Kim met Putin. They talked."}, "Kim met Putin."},
		{"nothing", news.Story{}, "A story without a headline"},
		{"an unseen one", news.Story{Title: "\u3164\u202e\u200f\u00ad"}, "A story without a headline"},
	} {
		if got := headline(&tt.story); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestOps(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "copytaster has something to say, but no words for it.",
		"one\n\n\ntwo\r\nthree\n": "one\ntwo\nthree",
		"\x1b[31mred\u202e":       "[31mred",
		strings.Repeat("a", 3000): strings.Repeat("a", 2499) + "…",
	} {
		m := Ops(news.Delivery{ID: 1, Kind: news.DeliverOps, Text: text, Plain: true})
		if m.Text != want || !m.Plain || m.Delivery != 1 {
			t.Errorf("%q: %q, want %q", text, m.Text, want)
		}
	}
}

func TestSendError(t *testing.T) {
	err := &SendError{Problem: NoChannel, Err: os.ErrNotExist}
	if got := err.Error(); got != "no channel: file does not exist" {
		t.Error(got)
	}
	if err.Unwrap() != os.ErrNotExist {
		t.Error("the cause is lost")
	}
}

// What was found is explained by what was looked for, unless it repeats that.
func TestSought(t *testing.T) {
	for _, c := range []struct{ text, concept, term, want string }{
		{"Kim Jong Un", "kim", "Kim Jong-un", "kim"},
		{"Kim", "kim", "Kim", ""},
		{"sanctions", "", "~sanction", ""},
		{"Munitions", "", "munition*", ""},
		{"US", "", "=US", ""},
		{"fought", "", "~fight", "fight"},
		{"İ", "", "i̇stanbul", "i̇stanbul"},
	} {
		all := found([]news.Evidence{{Text: c.text, Concept: c.concept, Term: c.term}}, map[string]bool{})
		if len(all) != 1 || all[0].Sought != c.want {
			t.Errorf("%+v: %+v", c, all)
		}
	}
}
