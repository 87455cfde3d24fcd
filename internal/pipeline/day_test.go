package pipeline_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// outlet is a feed that a script edits. It keeps its newest ten stories, which
// have an id and mostly no link, so that only the source's name tells them from
// those of others.
type outlet struct {
	pipetest.Site
	stories []news.Story
	urls    []string // where the feed is; the last one by permanent redirects from the others
	fault   *news.CrawlError
	lies    bool // "not modified", whatever has changed
}

func (o *outlet) List(_ context.Context, src news.Source, v news.Validators) (news.Listing, error) {
	if o.fault != nil {
		return news.Listing{}, o.fault
	}
	i := slices.Index(o.urls, src.URL)
	if i < 0 {
		return news.Listing{}, &news.CrawlError{Fault: news.FaultGone, URL: src.URL, Status: http.StatusNotFound}
	}
	listing := news.Listing{Stories: slices.Clone(o.stories), Validators: o.validators()}
	if last := o.urls[len(o.urls)-1]; src.URL != last {
		listing.MovedTo = last
	}
	if v != (news.Validators{}) && (v == listing.Validators || o.lies) {
		listing.NotModified, listing.Stories, listing.Validators = true, nil, v
	}
	return listing, nil
}

// validators change with what the feed says, unless it lies.
func (o *outlet) validators() news.Validators {
	if o.lies {
		return news.Validators{ETag: "always the same"}
	}
	return news.Validators{ETag: fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, o.stories)))}
}

// publish puts a story on top of the feed, which carries its text.
func (o *outlet) publish(title string) {
	title, linked := strings.CutSuffix(title, " with a page")
	s := news.Story{GUID: fmt.Sprint("id of ", title), Title: title, Text: "The agency has it that " + title + ".", Published: o.Now}
	if linked {
		s.URL = pageOf(title)
		o.Pages[s.URL] = news.Story{Text: s.Text}
	}
	o.stories = slices.Insert(o.stories, 0, s)
	o.stories = o.stories[:min(len(o.stories), 10)]
}

// pageOf is where a story has its page.
func pageOf(title string) string {
	return "https://wire.example/" + strings.ReplaceAll(strings.TrimSuffix(title, " #kim"), " ", "-")
}

// dayLog is what was done, a line an event. Crawls that gave nothing new are
// counted.
type dayLog struct {
	lines        []string
	off          bool
	quiet        int
	since, until time.Time
}

func (l *dayLog) add(now time.Time, format string, args ...any) {
	if l.off {
		return
	}
	l.flush()
	l.lines = append(l.lines, now.Format("Mon 15:04:05")+"  "+fmt.Sprintf(format, args...))
}

// crawled counts a crawl that gave nothing new.
func (l *dayLog) crawled(now time.Time) {
	if l.off {
		return
	}
	if l.quiet == 0 {
		l.since = now
	}
	l.quiet, l.until = l.quiet+1, now
}

func (l *dayLog) flush() {
	switch l.quiet {
	case 0:
		return
	case 1:
		l.lines = append(l.lines, l.since.Format("Mon 15:04:05")+"  crawled: nothing new")
	default:
		l.lines = append(l.lines, fmt.Sprintf("%s  crawled %d times until %s: nothing new", l.since.Format("Mon 15:04:05"), l.quiet, l.until.Format("Mon 15:04:05")))
	}
	l.quiet = 0
}

// day is a source whose life a script tells.
type day struct {
	*pipetest.World
	outlet  *outlet
	log     dayLog
	name    string // of the source, at present
	verdict string
	doubted time.Time // until then its validators are not used
	crawled time.Time
	look    time.Time      // when what was found out is to be told
	told    int            // posts that are in the log
	changed map[string]int // revisions that are in the log, by the story's key
}

// TestDay plays testdata/day.txt and compares what copytaster did with
// testdata/day.golden.
func TestDay(t *testing.T) {
	script, err := os.ReadFile(filepath.Join("testdata", "day.txt"))
	if err != nil {
		t.Fatal(err)
	}
	w := pipetest.NewWorld(t, storetest.SQLite(t))
	w.Now = time.Date(2023, 9, 4, 0, 0, 0, 0, time.UTC) // a Monday
	d := &day{World: w, name: "wire", changed: map[string]int{}, outlet: &outlet{Site: w.Site(), urls: []string{"https://wire.example/feed"}}}
	w.Plan.Crawler, w.Plan.FirstRun, w.Plan.MaxAge = d.outlet, act.FirstRun{Younger: 6 * time.Hour}, 48*time.Hour
	d.configure("wire", "https://wire.example/feed")
	for n, line := range strings.Split(string(script), "\n") {
		line, _, _ = strings.Cut(line, "# ")
		if strings.TrimSpace(line) == "" {
			continue
		}
		at, act, ok := strings.Cut(line, "  ")
		when, err := time.Parse("2 15:04", strings.TrimSpace(at))
		if err != nil || !ok {
			t.Fatalf("day.txt:%d: %q: %v", n+1, line, err)
		}
		d.until(time.Date(2023, 9, when.Day(), when.Hour(), when.Minute(), 0, 0, time.UTC))
		d.act(strings.TrimSpace(act))
	}
	d.log.flush()
	got := strings.Join(d.log.lines, "\n") + "\n"
	golden := filepath.Join("testdata", "day.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the day went differently; compare, and run with -update when that is right:\n%s", got)
	}
}

// configure makes the source the only one of the config.
func (d *day) configure(name, url string) {
	d.T.Helper()
	next := *d.Plan
	next.Sources = map[string]news.Source{}
	if name != "" {
		d.name = name
		next.Sources[name] = news.Source{
			Name: name, Kind: news.KindFeed, Origin: news.Origin{Source: name}, URL: url, FullText: news.FullTextAuto,
		}
	}
	next.Schedules = map[string]schedule.Schedule{}
	d.Plan = &next
	if err := d.Pipe.SetPlan(d.T.Context(), d.Plan, pipeline.Reload); err != nil {
		d.T.Fatal(err)
	}
}

// act does what a line of the script says.
func (d *day) act(act string) {
	d.T.Helper()
	verb, rest, _ := strings.Cut(act, " ")
	switch verb {
	case "begin":
		d.log.off = rest == "quietly"
	case "daily":
		d.week(d.duration(rest))
	case "config:":
		d.log.add(d.Now, "OPERATOR %s", rest)
		name, url, _ := strings.Cut(rest, " ")
		if name == "none" {
			name = ""
		}
		d.configure(name, url)
	default:
		d.edit(verb, rest)
		d.log.add(d.Now, "OUTLET %s", act)
	}
}

// week lets the outlet publish every so often, from this time of the day until
// ten in the evening, on seven days.
func (d *day) week(every time.Duration) {
	start := d.Now
	for n := range 7 {
		for at := start.AddDate(0, 0, n); at.Hour() < 22; at = at.Add(every) {
			d.until(at)
			d.outlet.publish("story of " + at.Format("2 Jan 15:04"))
		}
	}
}

// edit changes what the outlet serves.
func (d *day) edit(verb, rest string) {
	o, url := d.outlet, d.Plan.Sources[d.name].URL
	switch verb {
	case "publishes":
		o.publish(rest)
		s := o.stories[0]
		d.changed[news.StoryKey(&s, news.FingerprintOf(d.state().KeyedAs, &s))] = 0
	case "corrects":
		o.Pages[pageOf(rest)] = news.Story{Text: "The agency had it that " + rest + ".\nCorrection: an earlier version of this story was wrong."}
	case "withdraws":
		delete(o.Pages, pageOf(rest))
	case "redates":
		for i := range o.stories {
			o.stories[i].Published = d.Now
		}
	case "edits":
		from, to, _ := strings.Cut(rest, " => ")
		i := slices.IndexFunc(o.stories, func(s news.Story) bool { return s.Title == from })
		o.stories[i].Title = to
	case "floods":
		for i := range 12 {
			o.publish(fmt.Sprintf("flood %d of %s", i, d.Now.Format("15:04")))
		}
	case "moves":
		o.urls = append(o.urls, rest)
	case "blocks":
		o.fault = &news.CrawlError{Fault: news.FaultStatus, URL: url, Status: http.StatusForbidden}
	case "throttles":
		o.fault = &news.CrawlError{
			Fault: news.FaultThrottled, URL: url, Status: http.StatusTooManyRequests, RetryAfter: d.duration(rest),
		}
	case "answers":
		o.fault = nil
	case "lies":
		o.lies = true
	default:
		d.T.Fatalf("the script says %q", verb)
	}
}

func (d *day) duration(text string) time.Duration {
	d.T.Helper()
	v, err := time.ParseDuration(text)
	if err != nil {
		d.T.Fatal(err)
	}
	return v
}

// state is what the store says of the source.
func (d *day) state() store.SourceState {
	d.T.Helper()
	state, err := d.Store.Sources.Get(d.T.Context(), d.name)
	if err != nil {
		d.T.Fatal(err)
	}
	return state
}

// until lets the daemon work up to a time.
func (d *day) until(end time.Time) {
	d.T.Helper()
	for d.step(); d.Now.Before(end); d.step() {
		next := end
		if due := d.state().Next; len(d.Plan.Sources) > 0 && due.Before(end) {
			next = due
		}
		if d.look.After(d.Now) && d.look.Before(next) {
			next = d.look
		}
		if !next.After(d.Now) {
			next = d.Now.Add(time.Second)
		}
		d.Now = next
	}
}

// step does what is due and logs what came of it.
func (d *day) step() {
	d.T.Helper()
	before := d.state().Stories
	d.Turn()
	state := d.state()
	if state.Crawled.After(d.crawled) {
		d.crawled = state.Crawled
		switch {
		case state.Error != "":
			d.log.add(d.Now, "crawled: %s; next at %s", state.Error, state.Next.Format("Mon 15:04:05"))
		case state.Stories > before:
			d.log.add(d.Now, "crawled: %d new; next at %s", state.Stories-before, state.Next.Format("15:04:05"))
		default:
			d.log.crawled(d.Now)
		}
	}
	var thought health.State
	if err := json.Unmarshal([]byte(cmp.Or(state.Health, "{}")), &thought); err != nil {
		d.T.Fatal(err)
	}
	latest := slices.MaxFunc([]time.Time{thought.Since, thought.GapAt}, time.Time.Compare)
	if latest.Equal(d.Now.Truncate(time.Second)) {
		d.look = d.Now.Add(30 * time.Second)
	}
	if verdict := string(thought.Verdict); verdict != d.verdict {
		d.log.add(d.Now, "verdict %q, it was %q", verdict, d.verdict)
		d.verdict = verdict
	}
	var habit schedule.Habit
	if err := json.Unmarshal([]byte(cmp.Or(state.Habit, "{}")), &habit); err != nil {
		d.T.Fatal(err)
	}
	if habit.Distrust.After(d.doubted) {
		d.log.add(d.Now, "\"not modified\" is not believed until %s", habit.Distrust.Format("2 Jan 15:04"))
		d.doubted = habit.Distrust
	}
	for _, m := range d.Posts[d.told:] {
		switch m.Kind {
		case news.DeliverOps:
			d.log.add(d.Now, "OPS %s", m.Text)
		case news.DeliverStory:
			d.log.add(d.Now, "ALERT %s", m.Headline)
		default:
			d.log.add(d.Now, "to the alert: %s", m.Text)
		}
	}
	d.told = len(d.Posts)
	d.logRevisions()
}

// logRevisions logs how stories were changed.
func (d *day) logRevisions() {
	d.T.Helper()
	for _, key := range slices.Sorted(maps.Keys(d.changed)) {
		story, err := storetest.Recorded(d.T.Context(), d.Store, key)
		if errors.Is(err, store.ErrNotFound) {
			continue // it is still to be crawled
		}
		if err != nil {
			d.T.Fatal(err)
		}
		revisions, err := d.Store.Stories.Revisions(d.T.Context(), story.ID)
		if err != nil {
			d.T.Fatal(err)
		}
		for _, r := range revisions[d.changed[key]:] {
			d.log.add(d.Now, "revision of %s: %s", r.Title, strings.Trim(fmt.Sprint(r.Kinds), "[]"))
		}
		d.changed[key] = len(revisions)
	}
}
