package health

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// room is what the operators hear in a script of testdata/tell: Tell is asked
// as the pipeline does it, and what it returns is kept as JSON, as the store
// does it.
type room struct {
	t       *testing.T
	now     time.Time
	next    time.Time // when Tell is asked again
	sources []Watched
	heard   []string
}

// Each script in testdata/tell begins with the sources, as NAME@HOST, and goes
// on with crawls: a time, an outcome and the sources that it befell ("all" for
// each). What is told stands between them, behind "->", with its time; its lines
// are joined by " / ", and "…" stands for any text.
func TestTellScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/tell/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("find scripts: %d found, error %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			script, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			r, want := &room{t: t}, []string{}
			for line := range strings.Lines(string(script)) {
				line, _, _ = strings.Cut(strings.TrimSpace(line), " # ")
				told, isTold := strings.CutPrefix(line, "-> ")
				words := strings.Fields(line)
				switch {
				case isTold:
					want = append(want, strings.TrimSpace(told))
				case len(words) == 0 || words[0] == "#":
				case words[0] == "sources":
					r.begin(words[1:])
				default:
					r.crawl(words)
				}
			}
			r.until(r.now.Add(2 * time.Hour))
			if !slices.EqualFunc(r.heard, want, like) {
				t.Errorf("heard:\n%s\nwant:\n%s", strings.Join(r.heard, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// like reports whether a text is as a pattern says, in which "…" is any text.
func like(text, pattern string) bool {
	parts := strings.Split(regexp.QuoteMeta(pattern), "…")
	return regexp.MustCompile("^" + strings.Join(parts, ".*") + "$").MatchString(text)
}

func (r *room) begin(names []string) {
	for _, name := range names {
		name, host, _ := strings.Cut(name, "@")
		r.sources = append(r.sources, Watched{Name: name, Host: host, Adaptive: true})
	}
}

// crawl is a line of a script: when, what, whom.
func (r *room) crawl(words []string) {
	r.t.Helper()
	at, err := time.Parse("15:04:05", words[0])
	if err != nil {
		r.t.Fatal(err)
	}
	at = noon.Truncate(24 * time.Hour).Add(at.Sub(at.Truncate(24 * time.Hour)))
	if r.now.IsZero() {
		r.now, r.next = at, at
	}
	r.until(at)
	later := words[1] == "later" // its list can be read again, and has later stories only
	if later {
		words[1] = "ok"
	}
	outcome, known := outcomes()[words[1]]
	gap := words[1] == "gap"
	if !known && !gap {
		r.t.Fatalf("no outcome is called %q", words[1])
	}
	outcome.At = at
	for i := range r.sources {
		w := &r.sources[i]
		if words[2] != "all" && !slices.Contains(words[2:], w.Name) {
			continue
		}
		w.Crawled = at
		if gap {
			w.State, _ = JudgeOverlap(w.State, Overlap{Listed: 9, Previous: at.Add(-time.Hour), At: at})
			continue
		}
		if words[1] == "ok" && !later && w.State.Leaning.unreadable() {
			w.State, _ = JudgeOverlap(w.State, Overlap{Listed: 9, Seen: 9, Previous: at.Add(-time.Hour), At: at, Down: true})
		}
		var changed bool
		if w.State, changed = Judge(w.State, outcome); changed {
			r.next = at
		}
	}
}

// until asks Tell as often as the pipeline does, up to a time.
func (r *room) until(end time.Time) {
	r.t.Helper()
	for ; r.now.Before(end); r.now = r.now.Add(time.Second) {
		if r.now.Before(r.next) {
			continue
		}
		told := Tell(r.now, time.UTC, r.sources)
		r.next = r.now.Add(time.Minute)
		if told.Again {
			r.next = r.now.Add(5 * time.Second)
		}
		if told.Text != "" {
			r.heard = append(r.heard, r.now.Format("15:04:05 ")+strings.ReplaceAll(told.Text, "\n", " / "))
		}
		if len(told.Ask) > 0 {
			r.heard = append(r.heard, r.now.Format("15:04:05 ")+"ask "+strings.Join(told.Ask, " "))
			r.asked(told.Ask)
		}
		r.keep(told.Told)
	}
}

// asked has the sources crawled, in vain: a script says what else befalls them.
func (r *room) asked(names []string) {
	for i := range r.sources {
		if w := &r.sources[i]; slices.Contains(names, w.Name) {
			w.Crawled = r.now
		}
	}
}

func (r *room) keep(told map[string]Told) {
	r.t.Helper()
	for i := range r.sources {
		w := &r.sources[i]
		heard, changed := told[w.Name]
		if !changed {
			continue
		}
		text, err := json.Marshal(heard)
		if err == nil {
			w.Told = Told{}
			err = json.Unmarshal(text, &w.Told)
		}
		if err != nil {
			r.t.Fatal(err)
		}
	}
}

// A clock that was set back must not keep anything from being told.
func TestTellAfterTheClockWasSetBack(t *testing.T) {
	ahead := noon.Add(365 * 24 * time.Hour)
	w := Watched{Name: "tass", Crawled: ahead, State: State{
		Verdict: Failing, Leaning: Failing, Bad: 3, Streak: 3, Since: ahead, Turned: ahead,
	}}
	if told := Tell(noon, time.UTC, []Watched{w}); !strings.Contains(told.Text, "source tass is failing") {
		t.Errorf("told %q", told.Text)
	}
}

// What was told is not told again, however often Tell is asked.
func TestTellIsStable(t *testing.T) {
	for _, n := range []int{1, 2, 12, 5000} {
		var all []Watched
		for i := range n {
			all = append(all, Watched{
				Name: fmt.Sprint("s", i), Host: fmt.Sprint("h", i), Crawled: noon,
				State: State{Verdict: Failing, Leaning: Failing, Bad: 3, Streak: 3, Since: noon, Turned: noon,
					Detail: strings.Repeat("x", 500), Gap: "1–2", GapAt: noon},
			})
		}
		now := noon.Add(time.Minute)
		told := Tell(now, time.UTC, all)
		if told.Text == "" || len(told.Told) != n {
			t.Fatalf("of %d sources %d are told: %q", n, len(told.Told), told.Text)
		}
		if len(told.Text) > 2500 { // notify cuts what is longer
			t.Errorf("of %d sources %d bytes are told", n, len(told.Text))
		}
		for i := range all {
			all[i].Told = told.Told[all[i].Name]
		}
		for range 3 {
			now = now.Add(time.Hour)
			if again := Tell(now, time.UTC, all); again.Text != "" || len(again.Ask) > 0 {
				t.Errorf("%d sources are told again: %q, asked %v", n, again.Text, again.Ask)
			} else if names := slices.Collect(maps.Keys(again.Told)); len(names) > 0 {
				t.Errorf("of %d sources %v change", n, names)
			}
		}
	}
}

// What the store makes of a source that was told of before Tell was there
// (its migration) is known, and told no more.
func TestTellAfterAnUpgrade(t *testing.T) {
	w := Watched{Name: "tass", State: State{Verdict: Gone, Leaning: Gone, Bad: 3, Streak: 3, Since: noon, Gap: "06:10–06:40"}}
	if err := json.Unmarshal([]byte(`{"verdict":"gone","gap":"06:10–06:40"}`), &w.Told); err != nil {
		t.Fatal(err)
	}
	if told := Tell(noon.Add(time.Hour), time.UTC, []Watched{w}); told.Text != "" {
		t.Errorf("told %q", told.Text)
	}
	for range toOK {
		w.State, _ = Judge(w.State, Outcome{At: noon})
	}
	if told := Tell(noon.Add(time.Hour), time.UTC, []Watched{w}); told.Text != "source tass is ok again: it was gone" {
		t.Errorf("told %q", told.Text)
	}
}

func BenchmarkTell(b *testing.B) {
	all := make([]Watched, 5000)
	for i := range all {
		all[i] = Watched{Name: fmt.Sprint("s", i), Host: "h", Crawled: noon, State: State{Verdict: OK, Leaning: OK, Streak: 3}}
	}
	for b.Loop() {
		if told := Tell(noon, time.UTC, all); told.Text != "" {
			b.Fatal(told.Text)
		}
	}
}
