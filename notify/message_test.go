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

// told is the input of a case: a story, what matched in it, and when it is
// told. An ops message has a text only, a digest the stories that were missed.
type told struct {
	Ops      string
	Now      time.Time
	Severity news.Severity
	Mentions []string
	Rules    []string // of the alert; absent: those of the matches
	Story    news.Story
	Matches  []struct {
		Rule        string
		Instruction string
		Evidence    []news.Evidence
	}
	Raised *struct { // an alert that was raised: what it was, and the story that was told first
		Was   string
		First string
		At    time.Time
	}
	Missed   []news.Story // of a digest
	State    State        // of the news
	Followup *followup
	Down     *Outage
	Signal   *Signal `json:"signal"`
	Up       *Recovery

	Answerable bool          // people can answer the message
	Had        *Response     // of a followup: who saw to the news before
	Notice     *SnoozeNotice // of a snooze
	Kept       *news.Snooze  // of a digest: the snooze that kept what it tells
}

// followup is what follows the alert of a case: one of its kinds.
type followup struct {
	Thread  string
	Earlier *Chapter
	Batch   *struct {
		Own    []news.Story
		Copies []string
		Since  time.Time
	}
	Developments []struct {
		Story news.Story
		New   []string
		Was   string
		Turn  string
	}
	Raised     *Raise
	Corrected  *Correction
	Withdrawn  *Withdrawal
	Restored   *Restoration
	Mismatched *Mismatch
}

func (c told) follows(d news.Delivery, a news.Alert) Message {
	f := c.Followup
	of := Followup{Delivery: d, Alert: a, Story: PieceOf(&c.Story), Thread: f.Thread, Earlier: f.Earlier}
	of.Delivery.Kind, of.Answerable, of.Had = news.DeliverUpdate, c.Answerable, c.Had
	switch {
	case f.Batch != nil:
		b := Batch{Copies: f.Batch.Copies, Since: f.Batch.Since}
		for i := range f.Batch.Own {
			b.Own = append(b.Own, PieceOf(&f.Batch.Own[i]))
		}
		return of.Batch(b)
	case f.Raised != nil:
		return of.Raised(*f.Raised)
	case f.Corrected != nil:
		return of.Corrected(*f.Corrected)
	case f.Withdrawn != nil:
		return of.Withdrawn(*f.Withdrawn)
	case f.Restored != nil:
		return of.Restored(*f.Restored)
	case f.Mismatched != nil:
		return of.Mismatched(*f.Mismatched)
	}
	var all []Development
	for i := range f.Developments {
		d := &f.Developments[i]
		all = append(all, Development{Piece: PieceOf(&d.Story), New: d.New, Was: d.Was, Turn: d.Turn})
	}
	return of.Developments(all)
}

// putInField puts evidence where its text stands first in its field, unless the case
// says where.
func putInField(e *news.Evidence, fields []news.Field) {
	for _, f := range fields {
		if f.Name == e.Field && f.Variant == e.Variant && e.End == 0 {
			e.Start = strings.Index(f.Text, e.Text)
			e.End = e.Start + len(e.Text)
		}
	}
}

// message builds the message of a case.
func (c told) message() Message {
	d := news.Delivery{ID: 7, Alert: 3, Kind: news.DeliverStory}
	if c.Ops != "" {
		return Ops(news.Delivery{ID: 7, Kind: news.DeliverOps, Text: c.Ops})
	}
	if ops := (news.Delivery{ID: 7, Kind: news.DeliverOps}); c.Down != nil {
		return Down(ops, *c.Down)
	} else if c.Up != nil {
		return Up(ops, *c.Up)
	}
	if c.Signal != nil {
		d := news.Delivery{ID: 7, Kind: news.DeliverSignal, Severity: c.Severity}
		d.Text = c.Signal.Encode()
		s, err := SignalOf(d)
		if err != nil {
			panic(err)
		}
		return s.Message(d)
	}
	if c.Notice != nil {
		n, err := SnoozeNoticeOf(news.Delivery{Text: c.Notice.Encode()})
		if err != nil {
			panic(err)
		}
		return n.Message(news.Delivery{ID: 7, Kind: news.DeliverNotice})
	}
	a := news.Alert{ID: 3, Cluster: 5, Severity: c.Severity, Mentions: c.Mentions, Rules: c.Rules}
	if c.Followup != nil {
		return c.follows(d, a)
	}
	if c.Missed != nil {
		briefs := make([]Brief, len(c.Missed))
		for i := range c.Missed {
			briefs[i] = BriefOf(a, &c.Missed[i])
		}
		if c.Kept != nil {
			return Kept(news.Delivery{ID: 7, Kind: news.DeliverDigest, Due: c.Kept.Until}, c.Kept, briefs)
		}
		return Missed(news.Delivery{ID: 7, Kind: news.DeliverDigest}, briefs)
	}
	var matches []news.Match
	for _, m := range c.Matches {
		for i := range m.Evidence {
			putInField(&m.Evidence[i], c.Story.Fields())
		}
		matches = append(matches, news.Match{Rule: m.Rule, Severity: c.Severity, Instruction: m.Instruction,
			Evidence: m.Evidence})
		if c.Rules == nil {
			a.Rules = append(a.Rules, m.Rule)
		}
	}
	m := Story(d, a, &c.Story, matches, c.Now)
	if c.Raised != nil {
		m.Kind = news.DeliverUpdate
		from, _ := news.ParseSeverity(c.Raised.Was)
		return m.In(State{Raised: &Raise{From: from}, Earlier: []Chapter{{Headline: c.Raised.First, At: c.Raised.At}}})
	}
	m = m.In(c.State)
	if c.Answerable {
		m.Alert = a.ID
	}
	return m
}

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
	if len(p.Runs)+len(p.Buttons) == 0 {
		t.Errorf("%s is empty", at)
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
