package identity_test

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
)

var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// source is a source whose entries are kept as the daemon keeps them.
type source struct {
	known   []news.Fingerprint
	stories []news.Story // by the number in the entries
	ways    identity.Ways
	byLink  bool
}

// crawl returns the verdicts on a list: "+", "=" and ".".
func (s *source) crawl(listed []news.Story, now time.Time) (verdicts []string, a identity.Assigned) {
	all := make([]news.Fingerprint, len(listed))
	verdicts = make([]string, len(listed))
	for i := range listed {
		all[i], verdicts[i] = news.FingerprintOf("s", &listed[i]), "."
		all[i].Seen = now
	}
	once := identity.Once(all, s.byLink)
	prints := make([]news.Fingerprint, len(once))
	for i, at := range once {
		prints[i] = all[at]
	}
	a = identity.Assign(identity.List{Listed: prints, Known: s.known, Ways: s.ways, Now: now,
		Texts: texts{s, listed, once}})
	s.ways = a.Ways
	for i, at := range once {
		e := a.Own[i]
		if past := a.Past[i]; past != nil {
			verdicts[at] = "="
			e.ID, e.Story = past.ID, past.Story
			s.known[e.ID] = e
			continue
		}
		verdicts[at] = "+"
		e.ID, e.Story = int64(len(s.known)), int64(len(s.stories))
		s.known, s.stories = append(s.known, e), append(s.stories, listed[at])
	}
	return verdicts, a
}

type texts struct {
	*source
	listed []news.Story
	once   []int
}

func (t texts) Rewritten(known news.Fingerprint, listed int) bool {
	return identity.Rewritten(t.stories[known.Story].Summary, t.listed[t.once[listed]].Summary)
}

func (t texts) Retitled(known news.Fingerprint, listed int) bool {
	return identity.Retitled(t.stories[known.Story].Title, t.listed[t.once[listed]].Title)
}

func (t texts) Versions(known news.Fingerprint, listed int) bool {
	return identity.Versions(&t.stories[known.Story], &t.listed[t.once[listed]])
}

// sequence is one of testdata/sequences.txt.
type sequence struct {
	name   string
	crawls []crawl
}

type crawl struct {
	after  time.Duration
	listed []news.Story
	want   []string
}

func sequences(t *testing.T) (all []sequence) {
	t.Helper()
	data, err := os.ReadFile("testdata/sequences.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		switch rest, _ := strings.CutPrefix(line, line[:min(3, len(line))]); {
		case line == "" || line[0] == '#':
		case strings.HasPrefix(line, "== "):
			all = append(all, sequence{name: rest})
		case strings.HasPrefix(line, "at "):
			seq := &all[len(all)-1]
			seq.crawls = append(seq.crawls, crawl{after: hours(t, rest)})
		default:
			seq := &all[len(all)-1]
			c := &seq.crawls[len(seq.crawls)-1]
			c.want, c.listed = append(c.want, line[:1]), append(c.listed, printOf(t, line[2:]))
		}
	}
	return all
}

func printOf(t *testing.T, line string) news.Story {
	t.Helper()
	fields := append(strings.Split(line, "|"), "", "", "", "")
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	s := news.Story{Title: fields[0], GUID: fields[2], Summary: fields[3]}
	if fields[1] != "" {
		s.URL = "https://s.example" + fields[1]
	}
	if fields[4] != "" && fields[4] != "-" {
		s.Published = noon.Add(hours(t, fields[4]))
	}
	return s
}

func hours(t *testing.T, text string) time.Duration {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(n) * time.Hour
}

func TestSequences(t *testing.T) {
	all := sequences(t)
	if len(all) < 30 {
		t.Fatalf("%d sequences", len(all))
	}
	for _, seq := range all {
		t.Run(seq.name, func(t *testing.T) {
			s := source{byLink: strings.HasSuffix(seq.name, "(links)")}
			for _, c := range seq.crawls {
				got, _ := s.crawl(c.listed, noon.Add(c.after))
				for i, want := range c.want {
					if got[i] != want {
						t.Errorf("at %v: %q is %q, want %q", c.after, c.listed[i].Title, got[i], want)
					}
				}
			}
		})
	}
}

// The same list, crawled again, holds nothing new, whatever its order.
func TestListsAreKnownAgain(t *testing.T) {
	for _, seq := range sequences(t) {
		t.Run(seq.name, func(t *testing.T) {
			s := source{byLink: strings.HasSuffix(seq.name, "(links)")}
			for _, c := range seq.crawls {
				s.crawl(c.listed, noon.Add(c.after))
				turned := make([]news.Story, len(c.listed))
				for i, story := range c.listed {
					turned[len(turned)-1-i] = story
				}
				for _, list := range [][]news.Story{c.listed, turned} {
					got, _ := s.crawl(list, noon.Add(c.after))
					if strings.Contains(strings.Join(got, ""), "+") {
						t.Errorf("at %v: %v", c.after, got)
					}
				}
			}
		})
	}
}

func TestEntriesThatCannotBeToldApart(t *testing.T) {
	s := source{}
	list := []news.Story{{Title: "News"}, {Title: "News", Summary: "One."}, {Title: "News", Summary: "Two."}, {Title: "Leaders meet"}}
	if _, a := s.crawl(list, noon); a.Alike != 3 {
		t.Errorf("%d are alike, want 3", a.Alike)
	}
	if got, _ := s.crawl(list, noon.Add(time.Hour)); strings.Join(got, "") != "====" {
		t.Errorf("the list again: %v", got)
	}
}

func TestRetitled(t *testing.T) {
	for _, c := range []struct {
		was, is string
		want    bool
	}{
		{"Harbour: build a your shop", "Harbour: build your shop", true},
		{"Three dead in storm off Fiji coast", "Three dead in storm off the Fiji coast", true},
		{"Harbour advisory number 1", "Harbour advisory number 2", false},
		{"M5.1 quake off Fiji", "M5.8 quake off Fiji", false},
		{"Leaders meet in Vostochny", "Leaders part in Vostochny", false},
		{"", "", false},
		{"北朝鮮の金正恩総書記が到着", "北朝鮮の金正恩総書記が到着へ", true},
	} {
		if got := identity.Retitled(c.was, c.is); got != c.want {
			t.Errorf("%q, %q: %v", c.was, c.is, got)
		}
	}
}

func TestRewritten(t *testing.T) {
	for _, c := range []struct {
		was, is string
		want    bool
	}{
		{"The winning numbers of Tuesday are 3, 14, 15, 92.", "The winning numbers of Wednesday are 8, 9, 7, 93.", true},
		{"The harbour was closed by the storm on Tuesday.", "The harbour was closed by the storm on Tuesday. Ferries wait.", false},
		{"", "The harbour was closed.", false},
		{"Short.", "Other.", true},
	} {
		if got := identity.Rewritten(c.was, c.is); got != c.want {
			t.Errorf("%q, %q: %v", c.was, c.is, got)
		}
	}
}

// Whatever is listed, a list has one verdict on each entry, assigns no known entry
// twice, and is known when it comes again.
func FuzzAssign(f *testing.F) {
	f.Add([]byte("\x01\x01\x01\x01\x02\x01\x01\x00\x00\x00\x00\x00"), []byte("\x01\x02\x01\x01\x01\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var s source
		for turn, data := range [][]byte{first, second, second} {
			var listed []news.Story
			again := strconv.Itoa(min(turn, 1)) // the last two lists are one
			for ; len(data) >= 4 && len(listed) < 40; data = data[4:] {
				listed = append(listed, news.Story{
					URL:       [...]string{"", "https://s.example/", "https://s.example/a", "https://s.example/b#1", "https://s.example/go?h=" + strconv.Itoa(len(listed)) + "-" + again}[data[0]%5],
					GUID:      [...]string{"", "1", "2", "https://s.example/a", "https://s.example/a#" + again, "urn:a:" + again}[data[1]%6],
					Title:     [...]string{"", "Morning briefing", "Leaders meet in the east", "Leaders met in the east", "Bread is dearer", "Rain"}[data[2]%6],
					Summary:   [...]string{"", "Short.", "They met in the east and talked for nine long hours of the night.", "Nothing."}[data[3]%4],
					Published: [...]time.Time{{}, noon, noon.Add(20 * time.Hour)}[data[3]/4%3],
				})
			}
			got, a := s.crawl(listed, noon.Add(time.Duration(turn)*time.Hour))
			taken := map[int64]bool{}
			for _, past := range a.Past {
				if past != nil && taken[past.ID] {
					t.Fatalf("entry %d is the past of two", past.ID)
				}
				if past != nil {
					taken[past.ID] = true
				}
			}
			if turn == 2 && strings.Contains(strings.Join(got, ""), "+") {
				t.Fatalf("the list again: %v of %+v", got, listed)
			}
		}
	})
}

// BenchmarkAssign assigns a list of twenty entries to as many known ones, of
// which one is new.
func BenchmarkAssign(b *testing.B) {
	var s source
	var listed []news.Story
	for i := range 20 {
		n := strconv.Itoa(i)
		listed = append(listed, news.Story{URL: "https://s.example/story-" + n, GUID: n, Title: "Story number " + n, Summary: strings.Repeat("word ", 30)})
	}
	s.crawl(listed[1:], noon)
	prints := make([]news.Fingerprint, len(listed))
	for i := range listed {
		prints[i] = news.FingerprintOf("s", &listed[i])
	}
	for b.Loop() {
		identity.Assign(identity.List{Listed: prints, Known: s.known, Now: noon, Texts: identity.NoTexts{}})
	}
}
