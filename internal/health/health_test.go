package health

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// outcomes are the words that the scripts of testdata use for a crawl.
func outcomes() map[string]Outcome {
	fault := func(f news.Fault) Outcome {
		return Outcome{Err: &news.CrawlError{Fault: f, URL: "https://example.org/feed"}}
	}
	words := map[string]Outcome{
		"ok":     {},
		"empty":  {Empty: true},
		"slow":   {Took: SlowAfter + 1},
		"moved":  {MovedTo: "https://new.example/feed"},
		"silent": {At: noon, Silent: 30 * time.Hour, Usually: 8 * time.Hour},
		"spoke":  {Expect: news.Expectation{Within: 26 * time.Hour}},
		"expected": {
			At: noon, Silent: 30 * time.Hour,
			Expect: news.Expectation{Within: 26 * time.Hour, On: news.Everyday &^ (1 << time.Sunday)},
		},
		"bare":    {Empty: true, Yielded: true},
		"later":   {Err: fmt.Errorf("list: %w", &news.LaterError{At: time.Unix(0, 0)})},
		"strange": {Err: errors.New("something else")},
		"wrapped": {Err: fmt.Errorf("list: %w", &news.CrawlError{Fault: news.FaultRobots})},
	}
	for _, f := range []news.Fault{
		news.FaultDNS, news.FaultTLS, news.FaultConnect, news.FaultTimeout, news.FaultTooLarge, news.FaultRedirects,
		news.FaultPanic,
		news.FaultRefused, news.FaultRobots, news.FaultThrottled, news.FaultGone, news.FaultContent, news.FaultWall,
		news.FaultHostile,
	} {
		words[strings.ReplaceAll(string(f), " ", "-")] = fault(f)
	}
	for status := 400; status < 600; status++ {
		words[strconv.Itoa(status)] = Outcome{Err: &news.CrawlError{Fault: news.FaultStatus, Status: status}}
	}
	return words
}

// Each script in testdata is a story of one source: a line is a crawl, then an
// arrow and the verdict where people are told of a change.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("find scripts: %d found, error %v", len(files), err)
	}
	words := outcomes()
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var state State
			for i, line := range strings.Split(string(text), "\n") {
				line, _, _ = strings.Cut(line, "#")
				crawl, want, _ := strings.Cut(line, "->")
				for word := range strings.FieldsSeq(crawl) {
					state = step(t, state, word, words, strings.TrimSpace(want), fmt.Sprintf("%s:%d", file, i+1))
				}
			}
		})
	}
}

// step judges one crawl; want is the verdict that people are told of, or "".
func step(t *testing.T, s State, word string, words map[string]Outcome, want, at string) State {
	t.Helper()
	outcome, ok := words[word]
	if !ok {
		t.Fatalf("%s: no outcome is called %q", at, word)
	}
	next, changed := Judge(s, outcome)
	if got := string(next.Verdict); changed && got != want || !changed && want != "" {
		t.Errorf("%s: after %q: verdict %q, changed %v; want a change to %q (state %+v)", at, word, got, changed, want, next)
	}
	if changed != (s.Verdict != next.Verdict) && s.Verdict != Unknown {
		t.Errorf("%s: changed is %v, verdict went from %q to %q", at, changed, s.Verdict, next.Verdict)
	}
	return next
}

func TestHealthy(t *testing.T) {
	for verdict, want := range map[Verdict]bool{Unknown: true, OK: true, Failing: false, Blocked: false, Gone: false,
		NotAList: false, Empty: false, Slow: false, Moved: false, Silent: false, Redesigned: false, Wall: false,
		Hostile: false} {
		if got := (State{Verdict: verdict}).Healthy(); got != want {
			t.Errorf("healthy when %q: %v, want %v", verdict, got, want)
		}
	}
}

func TestMessages(t *testing.T) {
	var ok State
	for range 2 {
		ok, _ = Judge(ok, Outcome{})
	}
	tests := []struct {
		word string
		want []string
	}{
		{"timeout", []string{"source tass is failing", "longer intervals", "last: crawl https://example.org/feed: timeout"}},
		{"robots.txt", []string{"source tass is blocked", "robots.txt"}},
		{"gone", []string{"source tass is gone", "copytaster discover"}},
		{"not-a-list", []string{"source tass is not a list", "neither a feed"}},
		{"wall", []string{"source tass is behind a wall", "captcha"}},
		{"hostile", []string{"source tass is hostile", "once a day"}},
		{"empty", []string{"source tass is empty", "has no stories"}},
		{"bare", []string{"source tass is redesigned", "`links`"}},
		{"moved", []string{"source tass has moved for good to https://new.example/feed", "put that URL in the config"}},
		{"silent", []string{"source tass is silent", "nothing new since 12 Sep 2023 06:00 UTC; the longest it used to be silent is 8 h"}},
		{"expected", []string{"source tass is silent", "nothing new since 12 Sep 2023 06:00 UTC; a story is expected within 26 h on Mon-Sat"}},
		{"slow", []string{"source tass is slow", "took longer than 15s"}},
	}
	for _, tt := range tests {
		bad := ok
		for range toWorse {
			bad, _ = Judge(bad, outcomes()[tt.word])
		}
		got := Message("tass", ok, bad)
		for _, want := range tt.want {
			if !strings.Contains(got, want) {
				t.Errorf("after %s: message %q lacks %q", tt.word, got, want)
			}
		}
		if strings.Contains(got, "\n") || strings.HasSuffix(got, "last: ") {
			t.Errorf("after %s: message %q is not one whole line", tt.word, got)
		}
		again := bad
		for range toOK {
			again, _ = Judge(again, Outcome{})
		}
		if got, want := Message("tass", bad, again), "source tass is ok again (it was "+string(bad.Verdict)+")"; got != want {
			t.Errorf("message %q, want %q", got, want)
		}
	}
}

// A source that stays as it is must not cause a write each time.
func TestStableStateStaysTheSame(t *testing.T) {
	for _, word := range []string{"ok", "timeout", "empty", "moved", "silent", "slow", "bare"} {
		var s State
		for range 4 {
			s, _ = Judge(s, outcomes()[word])
		}
		if next, _ := Judge(s, outcomes()[word]); !reflect.DeepEqual(next, s) {
			t.Errorf("one more %q changes %+v to %+v", word, s, next)
		}
	}
}

func TestStateSurvivesJSON(t *testing.T) {
	s := State{Verdict: Blocked, Since: noon, Gap: "06:10–06:40", Overlaps: 3, Leaning: OK, Streak: 1, Bad: 2, Detail: "crawl x: robots.txt"}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var back State
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(back, s) {
		t.Errorf("%s became %+v, error %v", text, back, err)
	}
	if text, _ := json.Marshal(State{}); string(text) != "{}" {
		t.Errorf("the zero state is %s, want {}", text)
	}
}

// A verdict is as old as the crawl that led to it.
func TestSince(t *testing.T) {
	var s State
	for i, c := range []struct {
		o    Outcome
		want time.Time
	}{
		{Outcome{}, noon},
		{Outcome{}, noon},
		{Outcome{Err: errors.New("x")}, noon},
		{Outcome{Err: errors.New("x")}, noon},
		{Outcome{Err: errors.New("x")}, noon.Add(4 * time.Hour)},
		{Outcome{Err: errors.New("x")}, noon.Add(4 * time.Hour)},
		{Outcome{}, noon.Add(4 * time.Hour)},
		{Outcome{}, noon.Add(7 * time.Hour)},
	} {
		c.o.At = noon.Add(time.Duration(i) * time.Hour)
		if s, _ = Judge(s, c.o); !s.Since.Equal(c.want) {
			t.Errorf("crawl %d: %s since %v, want %v", i, s.Verdict, s.Since, c.want)
		}
	}
}

// The list is read, so that it is ok, whatever else there is to say of it.
func TestFirstGoodCrawlIsOK(t *testing.T) {
	for _, word := range []string{"ok", "slow", "moved", "silent"} {
		if s, changed := Judge(State{}, outcomes()[word]); s.Verdict != OK || changed {
			t.Errorf("after %s: %+v, changed %v", word, s, changed)
		}
	}
	for _, word := range []string{"empty", "timeout", "wall"} {
		if s, _ := Judge(State{}, outcomes()[word]); s.Verdict != Unknown {
			t.Errorf("after %s: %+v", word, s)
		}
	}
}

func TestVerdictsAreComplete(t *testing.T) {
	all := Verdicts()
	for word, o := range outcomes() {
		if v := lean(o); !slices.Contains(all, v) {
			t.Errorf("%s leads to %q, which is none of %v", word, v, all)
		}
	}
}

// TestBarren: a list that holds no story is no trouble when it used to hold some,
// unless it is an index page, whose links must be found.
func TestBarren(t *testing.T) {
	empty, _ := Judge(State{}, Outcome{Empty: true})
	bare, _ := Judge(State{}, Outcome{Empty: true, Yielded: true})
	read, _ := Judge(empty, Outcome{})
	for _, c := range []struct {
		state   State
		kind    news.SourceKind
		stories int64
		want    string
	}{
		{empty, news.KindFeed, 0, "the list holds no story"},
		{empty, news.KindSitemap, 0, "the list holds no story"},
		{empty, news.KindFeed, 3, ""},
		{empty, news.KindPage, 0, "no link on the page looks like a story's"},
		{bare, news.KindPage, 3, "no link on the page looks like a story's"},
		{read, news.KindFeed, 0, ""},
		{State{}, news.KindFeed, 0, ""},
	} {
		if got := c.state.Barren(c.kind, c.stories); got != c.want {
			t.Errorf("%+v of a %s with %d stories: %q, want %q", c.state, c.kind, c.stories, got, c.want)
		}
	}
}
