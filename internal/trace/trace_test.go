package trace_test

import (
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/pipetest"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/trace"
	"github.com/copytaster/copytaster/rules"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

const (
	agencyText = "Rescuers dug through mud houses in Zindah Jan after a magnitude 6.3 earthquake struck Herat, Mullah Janan Sayeeq said. " +
		"Hundreds of people spent the night in the open, for fear of aftershocks, a witness in the provincial capital said by telephone."
	ownText = "Mullah Janan Sayeeq told reporters that 41 people had died and that tents were on their way to the Zindah Jan district of Herat."
	quake   = "Earthquake kills 41 near Herat in Afghanistan"
)

// traced is a world with real rules, and what it lists.
type traced struct {
	*pipetest.World
	lists map[string][]news.Story
	d     rules.Definition
}

// newTraced makes a world with three sources: pages are read of the last one.
func newTraced(t *testing.T, storage string) *traced {
	t.Helper()
	w := &traced{World: pipetest.NewWorld(t, storage), lists: map[string][]news.Story{}}
	w.Source("balkh", w.lists)
	pages := w.Plan.Sources["tass"]
	pages.Name, pages.Origin.Source, pages.URL, pages.FullText = "pages", "pages", "https://pages.example/feed", news.FullTextAlways
	w.Plan.Sources["pages"] = pages
	w.d.Rules = []rules.Rule{
		{Name: "herat", Node: rules.Node{Any: []rules.Node{{Term: "Herat"}}}, Severity: news.High},
		{Name: "lost", Node: rules.Node{Any: []rules.Node{{Term: "lighthouse"}}}, To: []string{"gone"}},
	}
	w.load("first")
	for name := range w.Plan.Sources { // the first crawl is over
		w.lists[name] = []news.Story{{URL: "https://" + name + ".example/0", Title: "Before " + name, Published: pipetest.Noon}}
	}
	w.Turn()
	w.Pass(time.Hour)
	return w
}

// sources are those of the plan.
func (w *traced) sources() (all []news.Source) {
	for _, src := range w.Plan.Sources {
		all = append(all, src)
	}
	return all
}

// load loads the rules of the world as a config.
func (w *traced) load(hash string) {
	w.T.Helper()
	set, mistakes := rules.Compile(w.d)
	if set == nil {
		w.T.Fatal(mistakes)
	}
	packed, err := trace.NewRulebook(w.d, w.sources()).Pack()
	if err != nil {
		w.T.Fatal(err)
	}
	w.Plan.Rules, w.Plan.Config = set, store.LoadedConfig{Hash: hash, Rules: packed}
	w.SetPlan()
}

// list has a source list a story, and everything that follows happen.
func (w *traced) list(source, link, title, text string) {
	w.T.Helper()
	w.lists[source] = append(w.lists[source], news.Story{
		URL: "https://" + source + ".example/" + link, Title: title, Text: text, Language: "en", Published: w.Clock(),
	})
	w.Again()
	w.Settle()
}

// why asks beside the daemon.
func (w *traced) why(storage, asked string) *trace.Way {
	w.T.Helper()
	tracer, err := trace.Open(w.T.Context(), slog.New(slog.DiscardHandler), storage, trace.Today{
		Now: w.Clock(), Rules: trace.NewRulebook(w.d, w.sources()), Sources: w.sources(),
		Retention: 90 * 24 * time.Hour, StorageLimit: 10e9,
	})
	if err != nil {
		w.T.Fatal(err)
	}
	defer tracer.Close()
	way, err := tracer.Why(w.T.Context(), asked)
	if err != nil {
		w.T.Fatal(err)
	}
	if way.Story != nil {
		w.sameByID(tracer, way)
	}
	return way
}

// sameByID checks that a story has the same way when it is asked for by its ID.
func (w *traced) sameByID(tracer *trace.Tracer, way *trace.Way) {
	w.T.Helper()
	same, err := tracer.WhyStory(w.T.Context(), way.Story.ID)
	if err != nil {
		w.T.Fatal(err)
	}
	if same.Fate != way.Fate || same.Reason != way.Reason || len(same.Rules) != len(way.Rules) ||
		len(same.Alerts) != len(way.Alerts) {
		w.T.Errorf("%q is %s, %s by its words, and %s, %s by its ID", way.Story.Title, way.Fate, way.Reason, same.Fate, same.Reason)
	}
	none, err := tracer.WhyStory(w.T.Context(), way.Story.ID+1_000_000)
	if err != nil || none.Story != nil || none.Fate != trace.NeverListed {
		w.T.Errorf("a story that is not there: %+v, %v", none, err)
	}
}

// TestFates: each of the fates of a story is told apart, and why.
func TestFates(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newTraced(t, storage)
		w.Plan.MaxAge = 48 * time.Hour
		w.SetPlan()
		w.list("tass", "posted", quake, agencyText)
		w.list("balkh", "joined", quake, agencyText+" Schools stay closed.")
		w.list("balkh", "linked", quake, ownText)
		w.list("tass", "unmatched", "Wheat prices fall", "Traders in the port said that the harvest was larger than expected.")
		w.list("pages", "unread", "Wheat ship waits", "")
		w.list("tass", "dead", "A lighthouse is lit again", "The lamp on the northern cape shone for the first time in forty years.")
		for _, d := range w.Deliveries(news.StateParked) {
			if err := w.Store.Deliveries.Drop(t.Context(), d.ID, w.Clock()); err != nil {
				t.Fatal(err)
			}
		}
		w.Pass(72 * time.Hour)
		w.lists["tass"] = []news.Story{{
			URL: "https://tass.example/folded", Title: "Herat reopens its bazaar after the long winter", Published: w.Clock().Add(-60 * time.Hour),
		}}
		w.Settle()
		w.Settle()
		for link, want := range map[string]struct {
			fate   trace.Fate
			reason string
		}{
			"https://tass.example/never":     {trace.NeverListed, "no source has listed this URL"},
			"https://pages.example/unread":   {trace.NotRead, "its page could not be read"},
			"https://tass.example/unmatched": {trace.NotMatched, "no rule matched it; nearest was herat: "},
			"https://tass.example/posted":    {trace.Posted, "posted in news"},
			"https://balkh.example/joined":   {trace.Joined, "news has an alert on the news (this story: "},
			"https://balkh.example/linked":   {trace.LinkedFate, "news has an alert on the news (this story: "},
			"https://tass.example/folded":    {trace.Folded, "told in a digest in news"},
			"https://tass.example/dead":      {trace.Dead, "given up in gone: dropped by hand"},
		} {
			if got := w.why(storage, link); got.Fate != want.fate || !strings.HasPrefix(got.Reason, want.reason) {
				t.Errorf("%s: %s: %s; want %s: %s", link, got.Fate, got.Reason, want.fate, want.reason)
			}
		}
		w.wantWay(storage)
	})
}

// wantWay looks at all that is told of one story.
func (w *traced) wantWay(storage string) {
	t := w.T
	t.Helper()
	way := w.why(storage, "tass.example/posted?utm_source=x")
	if s := way.Story; s.Title != quake || s.Source != "tass" || s.Words < 30 || s.Text != "list" || s.Language != "en" {
		t.Errorf("story %+v", s)
	}
	if m := way.Matches; len(m) != 1 || m[0].Rule != "herat" || m[0].Evidence[0].Text != "Herat" || way.Then.Hash != "first" {
		t.Errorf("matches %+v by %+v", m, way.Then)
	}
	r := way.Rules
	if len(r) != 2 || r[0].Rule != "herat" || !*r[0].Then || !*r[0].Today || *r[1].Then || len(r[1].Failed) == 0 {
		t.Errorf("verdicts %+v", r)
	}
	c := way.News.Clusters
	if len(c) != 2 || len(c[0].Stories) != 2 || c[0].Stories[1].Why == "" || c[1].Why == "" {
		t.Errorf("news %+v", way.News)
	}
	a := way.Alerts
	if len(a) != 1 || !a[0].Own || a[0].Deliveries[0].Link != "https://slack.com/archives/C-news/p1" {
		t.Errorf("alerts %+v", a)
	}
	a = w.why(storage, "https://balkh.example/linked").Alerts
	if len(a) != 1 || a[0].Own || a[0].Relation != "link" || a[0].Worth == "" {
		t.Errorf("a linked story: %+v", a)
	}
	never := w.why(storage, "https://www.tass.example/never")
	if c := never.Sources; len(c) != 1 || c[0].Source != "tass" || c[0].Crawled == nil || c[0].Stories == 0 {
		t.Errorf("should have been listed by %+v", c)
	}
	if way := w.why(storage, "https://elsewhere.example/x"); way.Sources != nil || !strings.Contains(way.Reason, "copytaster discover") {
		t.Errorf("%s, %+v", way.Reason, way.Sources)
	}
}

// Words find the newest story that has all of them, whatever their case and what stands
// between them.
func TestWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newTraced(t, storage)
		w.list("tass", "1", "U.S.-Iran talks: “Progress”, says envoy", "")
		w.list("tass", "2", "Progress in talks with Iran", "")
		for asked, want := range map[string]string{
			"progress, TALKS": "https://tass.example/2", "iran talks envoy": "https://tass.example/1", "progrès talks": "", "wheat": "",
		} {
			way, got := w.why(storage, asked), ""
			if way.Story != nil {
				got = way.Story.URL
			}
			if got != want || (want == "") != (way.Fate == trace.NeverListed) {
				t.Errorf("%s: %q, want %q; %s", asked, got, want, way.Fate)
			}
		}
		if way := w.why(storage, "Talks Progress"); len(way.Others) != 1 || way.Others[0].URL != "https://tass.example/1" {
			t.Errorf("others: %+v", way.Others)
		}
	})
}

// A rule that was changed is judged as it was then and as it is today. When the config
// of then is gone, what was recorded stays; when the text is gone, that is said.
func TestThenAndToday(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newTraced(t, storage)
		w.list("tass", "posted", quake, agencyText)
		w.list("tass", "other", "Wheat prices fall", "Traders in the port said that the harvest was larger than expected.")
		w.d.Rules[0].Node = rules.Node{Any: []rules.Node{{Term: "wheat"}}}
		w.d.Rules[1].Name = "renamed"
		w.load("second")
		w.Pass(time.Hour)
		way := w.why(storage, "https://tass.example/posted")
		v := way.Rules[0]
		if way.Then.Hash != "first" || way.Then.Until == nil || v.Rule != "herat" || !*v.Then || *v.Today || !v.Changed {
			t.Errorf("%+v by %+v", v, way.Then)
		}
		way = w.why(storage, "https://tass.example/other")
		v = way.Rules[0]
		if way.Fate != trace.NotMatched || v.Rule != "herat" || *v.Then || !*v.Today || len(way.Rules) != 3 {
			t.Errorf("%s, %+v by %+v", way.Fate, v, way.Then)
		}
		w.Pass(91 * 24 * time.Hour)
		if err := w.Pipe.Prune(t.Context()); err != nil {
			t.Fatal(err)
		}
		way = w.why(storage, "https://tass.example/posted")
		if way.Fate != trace.Posted || way.Story.Text != "gone" || way.Then.Gone == "" || len(way.Rules) != 1 {
			t.Errorf("%s, %+v, %+v by %+v", way.Fate, way.Story, way.Rules, way.Then)
		}
		way = w.why(storage, "https://tass.example/other")
		l := way.Listed
		if way.Fate != trace.TextGone || len(l) != 1 || l[0].Source != "tass" || !strings.HasSuffix(way.Reason, "after 90 days, or before while the store is larger than `storage_limit`") {
			t.Errorf("%s: %s, %+v", way.Fate, way.Reason, way.Listed)
		}
	})
}

// A rule that matched what a list says did not wait for the page of the story; one that only
// the page made match did.
func TestEarlyMatch(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newTraced(t, storage)
		w.PageErr = &news.LaterError{At: w.Clock().Add(time.Hour)}
		const link = "https://pages.example/early"
		w.lists["pages"] = append(w.lists["pages"], news.Story{URL: link, Title: quake, Language: "en", Published: w.Clock()})
		if _, err := w.Pipe.Lists.Crawl(t.Context(), "pages"); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		listed := w.Clock()
		way := w.why(storage, link)
		s := way.Story
		if m := way.Matches; len(m) != 1 || !m[0].Early || s.PageRead != nil || !s.Waiting || way.Fate != trace.Posted {
			t.Errorf("before its page is read: %s, %+v, %+v", way.Fate, s, m)
		}
		w.PageErr = nil
		w.Pages[link] = news.Story{Title: quake, Text: agencyText + " A lighthouse fell."}
		w.Pass(2 * time.Hour)
		w.Turn()
		way = w.why(storage, link)
		m, read := way.Matches, way.Story.PageRead
		if len(m) != 2 || m[0].Rule != "herat" || !m[0].Early || m[1].Rule != "lost" || m[1].Early {
			t.Errorf("after its page was read: %+v", m)
		}
		if read == nil || read.Sub(listed) < time.Hour || !m[1].At.Equal(*read) {
			t.Errorf("its page was read %v; matches %+v", read, m)
		}
		w.list("tass", "whole", quake, agencyText)
		if way = w.why(storage, "https://tass.example/whole"); way.Matches[0].Early {
			t.Errorf("a story without a page: %+v", way.Matches)
		}
	})
}

// The way of a story that a person took out of its news says who did, and who put it back;
// so do those of the news.
func TestApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, storage string) {
		w := newTraced(t, storage)
		w.list("tass", "posted", quake, agencyText)
		w.list("balkh", "linked", "Herat: tents on their way", ownText)
		linked := w.why(storage, "https://balkh.example/linked")
		if linked.Fate != trace.LinkedFate || linked.News.Apart != nil {
			t.Fatalf("%s, %+v", linked.Fate, linked.News)
		}
		if _, err := w.Pipe.NotSame(t.Context(), linked.Story.ID, "Anna"); err != nil {
			t.Fatal(err)
		}
		w.Turn()
		at := w.Clock()
		for _, name := range []string{"tass.example/posted", "balkh.example/linked"} {
			way := w.why(storage, name)
			if len(way.News.Clusters) != 1 || way.Fate != trace.Posted || len(way.News.Apart) != 1 {
				t.Fatalf("%s: %s, %+v", name, way.Fate, way.News)
			}
			a := way.News.Apart[0]
			if a.Title != linked.Story.Title || a.From != quake || a.By != "Anna" || !a.At.Equal(at) || a.Undone != nil {
				t.Errorf("%s: %+v", name, a)
			}
		}
		if _, err := w.Pipe.Same(t.Context(), linked.Story.ID, "Ben"); err != nil {
			t.Fatal(err)
		}
		way := w.why(storage, "https://balkh.example/linked")
		if a := way.News.Apart; len(way.News.Clusters) != 2 || len(a) != 1 || a[0].UndoneBy != "Ben" || a[0].Undone == nil {
			t.Errorf("it was undone: %+v", way.News)
		}
	})
}
