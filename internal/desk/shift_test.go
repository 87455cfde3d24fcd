package desk_test

import (
	"context"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/feedback"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/rules"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shiftChannels are those whose golden files TestShift compares.
var shiftChannels = []string{"news", "duty", "business", "rules", "ops"}

// press is the outlets of a shift.
type press struct {
	pipetest.Site
	lists map[string][]news.Story // newest first
	fault map[string]int          // the status that an outlet answers with
}

// List returns what an outlet has.
func (p *press) List(_ context.Context, src news.Source, v news.Validators) (news.Listing, error) {
	if status := p.fault[src.Name]; status != 0 {
		return news.Listing{}, &news.CrawlError{Fault: news.FaultStatus, URL: src.URL, Status: status}
	}
	tags := news.Validators{ETag: strconv.Itoa(len(p.lists[src.Name]))}
	if v == tags {
		return news.Listing{NotModified: true, Validators: tags}, nil
	}
	return news.Listing{Stories: slices.Clone(p.lists[src.Name]), Validators: tags}, nil
}

// shift is a week of an office, whose channels are written down as they go.
type shift struct {
	*office
	press  *press
	teller feedback.Teller
	zone   *time.Location
	busy   time.Time // until then every minute is looked at
	seen   map[string]int
	log    map[string]*strings.Builder // by channel
}

// TestShift plays testdata/shift/script.txt and compares what each channel saw, as it came,
// with its golden file.
func TestShift(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("testdata", "shift", "script.txt"))
	if err != nil {
		t.Fatal(err)
	}
	s := newShift(t, string(script))
	for n, line := range strings.Split(string(script), "\n") {
		at, act, ok := strings.Cut(line, "  ")
		if strings.HasPrefix(line, "#") || !ok || len(at) == 2 {
			continue
		}
		days := map[string]int{"Thu": 14, "Fri": 15, "Sat": 16, "Sun": 17, "Mon": 18}
		when, err := time.Parse("15:04", at[4:])
		if err != nil || days[at[:3]] == 0 {
			t.Fatalf("script.txt:%d: no time in %q", n+1, at)
		}
		s.until(time.Date(2023, 9, days[at[:3]], when.Hour(), when.Minute(), 0, 0, s.zone))
		s.act(act)
		s.busy = s.Now.Add(20 * time.Minute)
		s.settle()
	}
	for _, channel := range shiftChannels {
		golden := filepath.Join("testdata", "shift", channel+".golden")
		got := s.log[channel].String()
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || got != string(want) {
			t.Errorf("#%s saw something else (%v); run with -update, and look at git diff", channel, err)
		}
	}
	s.picture()
}

// newShift makes the newsroom of a script.
func newShift(t *testing.T, script string) *shift {
	t.Helper()
	w := pipetest.NewWorld(t, storetest.SQLite(t))
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	s := &shift{
		office: furnish(t, w, shiftChannels...), zone: zone, seen: map[string]int{}, log: map[string]*strings.Builder{},
		press: &press{Site: w.Site(), lists: map[string][]news.Story{}, fault: map[string]int{}},
	}
	for _, channel := range shiftChannels {
		s.log[channel] = &strings.Builder{}
	}
	s.sick = nil
	s.teller = feedback.Teller{Env: w.Pipe.Env}
	s.outlets(script)
	s.configure()
	return s
}

// outlets reads those of the script, each with its language and tier.
func (s *shift) outlets(script string) {
	s.Plan.Crawler, s.Plan.Sources = s.press, map[string]news.Source{}
	hourly, err := schedule.Parse("7 * * * *")
	if err != nil {
		s.T.Fatal(err)
	}
	for line := range strings.Lines(script) {
		language, names, ok := strings.Cut(line, "  ")
		if !ok || len(language) != 2 {
			continue
		}
		for name := range strings.FieldsSeq(names) {
			name, tier, _ := strings.Cut(name, "/")
			s.Plan.Sources[name] = news.Source{
				Name: name, Kind: news.KindFeed, URL: "https://" + name + ".example/feed", Language: language,
				Origin: news.Origin{Source: name, Tier: tier}, FullText: news.FullTextNever, Schedule: "7 * * * *",
			}
			s.Plan.Schedules[name] = hourly
			s.press.lists[name] = []news.Story{{
				URL: "https://" + name + ".example/0", Title: "About " + name, Published: s.Now.Add(-24 * time.Hour), Language: language,
			}}
		}
	}
	if n := len(s.Plan.Sources); n != 30 {
		s.T.Fatalf("%d outlets", n)
	}
}

// configure sets what a config would: rules, routes, hours.
func (s *shift) configure() {
	oneOf := func(terms ...string) rules.Node {
		var n rules.Node
		for _, term := range terms {
			n.Any = append(n.Any, rules.Node{Term: term})
		}
		return n
	}
	kim := oneOf("Kim", "Ким", "金正恩", "金総書記", "김정은")
	putin := oneOf("Putin", "Poutine", "Путин*", "プーチン", "푸틴")
	s.Plan.Definition = rules.Definition{Rules: []rules.Rule{
		{Name: "kim-putin", Severity: news.High, Node: rules.Node{All: []rules.Node{kim, putin}}},
		{Name: "kim", Severity: news.Normal, Editor: bob, Node: oneOf("Kim", "김정은")},
		{
			Name: "big-quake", Severity: news.Urgent, Instruction: "Call the Tokyo stringer",
			Node: rules.Node{All: []rules.Node{
				oneOf("earthquake", "Erdbeben", "séisme", "землетрясение", "地震", "지진"),
				oneOf("tsunami", "цунами", "津波", "쓰나미"),
			}},
		},
		{Name: "blast", Severity: news.Urgent, Node: oneOf("large explosion", "schwere Explosion", "대형 폭발")},
		{Name: "port-incident", Severity: news.Normal, Node: rules.Node{All: []rules.Node{oneOf("port"), oneOf("incident", "call")}}},
		{Name: "rates", Severity: news.Normal, Topic: "business", Node: oneOf("ECB", "EZB", "BCE", "유럽중앙은행")},
	}}
	set, mistakes := rules.Compile(s.Plan.Definition)
	if set == nil {
		s.T.Fatal(mistakes)
	}
	s.Plan.Rules, s.Plan.Severities = set, map[string]news.Severity{}
	for _, r := range s.Plan.Definition.Rules {
		s.Plan.Severities[r.Name] = r.Severity
	}
	s.Plan.Instructions = map[string]string{"big-quake": "Call the Tokyo stringer"}
	s.Plan.Routes = notify.Routes{Default: "news", Routes: []notify.Route{
		{
			Severity: []news.Severity{news.Urgent}, To: []string{"duty", "news"}, Mention: []string{"S0DESK00001"},
			Fallback: news.Fallback{After: 15 * time.Minute, To: []string{"duty"}, Mentions: []string{"S0HEADS0001"}},
		},
		{Topic: []string{"business"}, To: []string{"business"}},
	}}
	daily, err := schedule.Parse("0 18 * * *")
	if err != nil {
		s.T.Fatal(err)
	}
	digest, err := schedule.Parse("0 9,16 * * 1-5")
	if err != nil {
		s.T.Fatal(err)
	}
	adaptive, err := schedule.Parse("")
	if err != nil {
		s.T.Fatal(err)
	}
	s.Plan.Timezone, s.Plan.Daily, s.Plan.RulesChannel = s.zone, daily, "rules"
	s.Plan.Storm, s.Plan.MaxAge = news.Gust{News: 15, Over: 10 * time.Minute}, 48*time.Hour
	s.Plan.FirstRun = act.FirstRun{Younger: 6 * time.Hour}
	s.Plan.Hours = map[string]schedule.Hours{
		"news":     {Digest: adaptive, Quiet: []schedule.Lull{{From: 22 * time.Hour, To: 7 * time.Hour}}, Zone: s.zone},
		"business": {Digest: digest, Zone: s.zone},
	}
	s.SetPlan()
}

// until lets the office live up to a time: minute by minute after something happened, else
// in strides of ten.
func (s *shift) until(end time.Time) {
	s.T.Helper()
	for s.settle(); s.Now.Before(end); s.settle() {
		stride := 10 * time.Minute
		if s.Now.Before(s.busy) {
			stride = time.Minute
		}
		next := s.Now.Truncate(stride).Add(stride)
		if next.After(end) {
			next = end
		}
		s.Pass(next.Sub(s.Now))
		s.Beat(false)
	}
}

// settle does what is due, until nothing more comes of it.
func (s *shift) settle() {
	s.T.Helper()
	for again := true; again; {
		s.Turn()
		if err := s.teller.Tell(s.T.Context()); err != nil {
			s.T.Fatal(err)
		}
		s.desk.Wait()
		if again = s.look(); again {
			s.Pass(time.Second)
		}
	}
}

// act does what a line of the script says.
func (s *shift) act(line string) {
	s.T.Helper()
	switch who, rest, _ := strings.Cut(line, " "); {
	case who == "@anna":
		s.person(anna, rest)
	case who == "@bob":
		s.person(bob, rest)
	case who == "!end":
	case who == "!flood":
		s.flood(rest)
	case who == "!dies":
		s.press.fault[rest], s.sick = http.StatusForbidden, []string{rest + ": http status 403"}
	case who == "!returns":
		delete(s.press.fault, rest)
		s.sick = nil
	case strings.HasSuffix(who, ":"):
		title, text, _ := strings.Cut(rest, " | ")
		s.publish(strings.TrimSuffix(who, ":"), title, text)
	default:
		from, title, ok := strings.Cut(strings.TrimPrefix(rest, "copies "), ": ")
		if !ok || len(s.press.lists[from]) == 0 {
			s.T.Fatalf("the script says %q", line)
		}
		s.publish(who, title, s.press.lists[from][0].Text)
	}
}

// publish has an outlet carry a story since a minute, and its list read.
func (s *shift) publish(outlet, title, text string) {
	s.T.Helper()
	src, ok := s.Plan.Sources[outlet]
	if !ok {
		s.T.Fatalf("no outlet %s", outlet)
	}
	s.press.lists[outlet] = slices.Insert(s.press.lists[outlet], 0, news.Story{
		URL:   fmt.Sprintf("https://%s.example/%d", outlet, len(s.press.lists[outlet])),
		Title: title, Text: text, Published: s.Now.Add(-time.Minute), Language: src.Language,
	})
	err := s.Store.InTx(s.T.Context(), func(tx *store.Tx) error {
		return tx.Sources.MarkDue(s.T.Context(), outlet, s.Now)
	})
	if err != nil {
		s.T.Fatal(err)
	}
}

// flood has an outlet carry so many calls of ships, one after the other.
func (s *shift) flood(rest string) {
	s.T.Helper()
	outlet, n, _ := strings.Cut(rest, " ")
	many, err := strconv.Atoi(n)
	if err != nil {
		s.T.Fatal(err)
	}
	ships := strings.Fields("Aurora Bellona Calypso Doris Electra Fortuna Galatea Hera Iris Juno Kallisto Leda Minerva Niobe " +
		"Ophelia Pandora Rhea Selene Thalia Urania Vesta Wega Xanthe Ysolde Zephyr")
	ports := strings.Fields("Bremen Antwerp Le-Havre Gdansk Porto Oslo Cadiz Genoa Piraeus Varna Izmir Haifa")
	for i := range many {
		s.publish(outlet, fmt.Sprintf("%s %d: port call at %s", ships[i%len(ships)], 100+7*i, ports[i%len(ports)]), "")
		if i%4 == 3 {
			s.settle()
			s.Pass(time.Minute)
		}
	}
}

// person does what somebody does in a channel.
func (s *shift) person(who, rest string) {
	s.T.Helper()
	verb, rest, _ := strings.Cut(rest, " ")
	channel, rest, _ := strings.Cut(strings.TrimPrefix(rest, "#"), ": ")
	about, rest, _ := strings.Cut(rest, ": ")
	user := s.slack.As(who)
	var err error
	switch verb {
	case "got":
		_, err = user.Press(channel, s.about(channel, about), notify.ActGot, "")
	case "irrelevant":
		_, err = user.Press(channel, s.about(channel, about), notify.ActIrrelevant, "")
		s.desk.Wait()
		s.filled(who, map[string][]string{"reason": {"sense"}})
	case "snooze":
		parts := strings.SplitN(rest, " ", 3)
		_, err = user.Press(channel, s.about(channel, about), notify.ActSnooze, "")
		s.desk.Wait()
		s.filled(who, map[string][]string{"what": parts[:1], "long": parts[1:2], "why": parts[2:]})
	case "recall":
		_, err = user.Press(channel, s.about(channel, "Storm: "), notify.ActTakeBack, "")
		s.desk.Wait()
		s.filled(who, map[string][]string{"why": {about}})
	case "slash":
		_, err = user.Slash(channel, "/copytaster", about)
	case "post":
		whispers := s.slack.Whispers(who)
		last := whispers[len(whispers)-1]
		_, err = user.Press(channel, last.TS, notify.ActPost, valueOf(s.T, string(last.Blocks), "handover"))
	default:
		s.T.Fatalf("nobody can %q", verb)
	}
	if err != nil {
		s.T.Fatalf("%s %s: %v", verb, about, err)
	}
	s.desk.Wait()
}

// filled sends the window that is open for somebody, who finds no mistake.
func (s *shift) filled(who string, values map[string][]string) {
	s.T.Helper()
	if mistakes := s.submit(who, values); len(mistakes) > 0 {
		s.T.Fatalf("mistakes %v", mistakes)
	}
}

// about is the time stamp of the newest message that a channel shows with these words.
func (s *shift) about(channel, words string) string {
	s.T.Helper()
	for _, m := range slices.Backward(s.slack.Messages(channel)) {
		if strings.Contains(m.Text, words) && (m.ThreadTS == "" || m.Broadcast) {
			return m.TS
		}
	}
	s.T.Fatalf("nothing in #%s says %q; it saw\n%s", channel, words, s.log[channel])
	return ""
}
