package store_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

func hour(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }

// crawl crawls a source that is due, at a time; what it learns is its URL.
func crawl(t *testing.T, s *store.Store, name string, at, next time.Time) {
	t.Helper()
	c, ok, err := s.Sources.ClaimOne(t.Context(), name, at)
	if err != nil || !ok {
		t.Fatalf("claim %s: %v, %v", name, ok, err)
	}
	url := must[store.SourceState](t)(s.Sources.Get(t.Context(), name)).URL
	inTx(t, s, func(tx *store.Tx) error {
		return tx.Sources.MarkCrawled(t.Context(), c, store.CrawlResult{
			Validators: news.Validators{ETag: url}, Health: "health of " + url, Habit: "habit of " + url, At: at, Next: next,
		})
	})
}

func TestNextRunAfterSync(t *testing.T) {
	const plan, replan = false, true
	for _, c := range []struct {
		what     string
		had      string // schedule
		next     time.Time
		now      store.PlannedSource
		replan   bool
		wantNext time.Time
		starts   bool // over
	}{
		{"a missed run is caught up", "cron", hour(-5), store.PlannedSource{URL: "u", Schedule: "cron", Next: hour(1)}, plan, hour(-5), false},
		{"a shorter schedule counts at once", "cron", hour(9), store.PlannedSource{URL: "u", Schedule: "other", Next: hour(1)}, plan, hour(1), false},
		{"a reload moves the run", "cron", hour(1), store.PlannedSource{URL: "u", Schedule: "other", Next: hour(9)}, replan, hour(9), false},
		{"a reload loses no run that is due", "cron", hour(-1), store.PlannedSource{URL: "u", Schedule: "cron", Next: hour(9)}, replan, hour(-1), false},
		{"an adaptive source keeps its run", "", hour(2), store.PlannedSource{URL: "u", Next: hour(1)}, plan, hour(2), false},
		{"over a reload as well", "", hour(2), store.PlannedSource{URL: "u", Next: hour(1)}, replan, hour(2), false},
		{"one that becomes adaptive gives its run up", "cron", hour(20), store.PlannedSource{URL: "u", Next: hour(1)}, plan, hour(1), false},
		{"one that gets a schedule follows it", "", hour(1), store.PlannedSource{URL: "u", Schedule: "cron", Next: hour(9)}, replan, hour(9), false},
		{"another URL starts over", "cron", hour(1), store.PlannedSource{URL: "other", First: hour(0), Next: hour(9)}, plan, hour(0), true},
	} {
		t.Run(c.what, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				sync2(t, s, plan, store.PlannedSource{Name: "tass", URL: "u", Schedule: c.had, First: noon})
				crawl(t, s, "tass", noon, c.next)
				c.now.Name = "tass"
				sync2(t, s, c.replan, c.now)
				got := must[store.SourceState](t)(s.Sources.Get(t.Context(), "tass"))
				if !got.Next.Equal(c.wantNext) || got.Schedule != c.now.Schedule {
					t.Errorf("next %v by %q, want %v", got.Next, got.Schedule, c.wantNext)
				}
				if got.FirstCrawl.IsZero() != c.starts || (got.Validators.ETag == "") != c.starts ||
					(got.Habit+got.Health == "") != c.starts {
					t.Errorf("starts over: %+v", got)
				}
			})
		})
	}
}

// Each case is a row of configs, "name=url" and "-name=url" for a source that
// is switched off. All that is enabled is crawled between two of them. What is
// left is, by name, what is known of the source: "name=url", then what it has
// learnt and the name in its stories' keys where they are not the source's own.
func TestSyncFollowsTheURL(t *testing.T) {
	for _, c := range []struct {
		what    string
		configs []string
		want    string
	}{
		{"nothing changes", []string{"a=1 b=2", "a=1 b=2"}, "a=1 learnt, b=2 learnt"},
		{"a new one", []string{"a=1", "a=1 b=2"}, "a=1 learnt, b=2 new"},
		{"renamed", []string{"a=1 b=2", "c=1 b=2"}, "b=2 learnt, c=1 learnt keyed a"},
		{"renamed twice", []string{"a=1", "b=1", "c=1"}, "c=1 learnt keyed a"},
		{"renamed there and back", []string{"a=1", "b=1", "a=1"}, "a=1 learnt"},
		{"renamed while it was left out", []string{"a=1 b=2", "b=2", "c=1 b=2"}, "b=2 learnt, c=1 learnt keyed a"},
		{"renamed and switched off, then on", []string{"a=1", "-c=1", "c=1"}, "c=1 learnt keyed a"},
		{"moved", []string{"a=1", "a=2"}, "a=2 new"},
		{"moved after it was renamed", []string{"a=1", "b=1", "b=2"}, "b=2 new keyed a"},
		{"moved there and back", []string{"a=1", "a=2", "a=1"}, "a=1 new"},
		{"renamed and moved: another source", []string{"a=1", "b=2"}, "b=2 new"},
		{"left out for a while", []string{"a=1 b=2", "b=2", "a=1 b=2"}, "a=1 learnt, b=2 learnt"},
		{"switched off for a while", []string{"a=1", "-a=1", "a=1"}, "a=1 learnt"},
		{"switched off: another name does not take its place", []string{"a=1", "-a=1 b=1"}, "b=1 new"},
		{"switched off from the start", []string{"-a=1", "a=1"}, "a=1 new"},
		{"moved while switched off", []string{"a=1", "-a=2", "a=2"}, "a=2 new"},
		{"swapped", []string{"a=1 b=2", "a=2 b=1"}, "a=2 learnt keyed b, b=1 learnt keyed a"},
		{"swapped there and back", []string{"a=1 b=2", "a=2 b=1", "a=1 b=2"}, "a=1 learnt, b=2 learnt"},
		{"a chain", []string{"a=1 b=2 c=3", "b=1 c=2 d=3"}, "b=1 learnt keyed a, c=2 learnt keyed b, d=3 learnt keyed c"},
		{"a name that is free again", []string{"a=1", "b=1", "b=1 a=2"}, "a=2 new keyed a 2, b=1 learnt keyed a"},
		{"a name that is taken over", []string{"a=1", "b=1 a=2"}, "a=2 new keyed a 2, b=1 learnt keyed a"},
		{"one URL twice", []string{"a=1", "a=1 b=1"}, "a=1 learnt, b=1 new"},
		{"two names for one, one of them goes", []string{"a=1 b=1", "c=1 b=1"}, "b=1 learnt, c=1 learnt keyed a"},
		{"all go", []string{"a=1 b=2", ""}, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				for i, config := range c.configs {
					sync2(t, s, true, parsePlan(t, config)...)
					if i == len(c.configs)-1 {
						break
					}
					for _, state := range must[[]store.SourceState](t)(s.Sources.List(t.Context())) {
						crawl(t, s, state.Name, hour(i), hour(i+1))
					}
				}
				if got := describe(t, s); got != c.want {
					t.Errorf("got  %s\nwant %s", got, c.want)
				}
			})
		})
	}
}

func parsePlan(t *testing.T, config string) (planned []store.PlannedSource) {
	t.Helper()
	for word := range strings.FieldsSeq(config) {
		name, url, ok := strings.Cut(word, "=")
		if !ok {
			t.Fatalf("%q is no source", word)
		}
		name, off := strings.CutPrefix(name, "-")
		planned = append(planned, store.PlannedSource{Name: name, URL: url, Disabled: off, First: noon})
	}
	return planned
}

func describe(t *testing.T, s *store.Store) string {
	t.Helper()
	var all []string
	for _, src := range must[[]store.SourceState](t)(s.Sources.List(t.Context())) {
		text := fmt.Sprintf("%s=%s", src.Name, src.URL)
		switch {
		case src.FirstCrawl.IsZero() && src.Validators.ETag+src.Habit+src.Health == "" && src.Succeeded.IsZero():
			text += " new"
		case src.Validators.ETag == src.URL && src.Habit == "habit of "+src.URL && src.Health == "health of "+src.URL:
			text += " learnt"
		default:
			text += fmt.Sprintf(" confused %+v", src)
		}
		if src.KeyedAs != src.Name {
			text += " keyed " + src.KeyedAs
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// What is left to be done for the stories of a renamed source is done under its
// new name; what is done keeps the old one.
func TestRenamedSourceTakesItsWaitingStoriesAlong(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false, parsePlan(t, "a=1 b=2")...)
		ids := map[string]int64{}
		for _, c := range []struct {
			key, source string
			waiting     bool
		}{{"a-waits", "a", true}, {"b-waits", "b", true}, {"a-done", "a", false}} {
			st := story(c.key)
			st.Origin.Source = c.source
			inTx(t, s, func(tx *store.Tx) error {
				err := tx.Stories.Add(t.Context(), store.NewStory{Story: st, Waiting: c.waiting, Host: "h"})
				return err
			})
			ids[c.key] = st.ID
		}
		sync2(t, s, true, parsePlan(t, "b=1 a=2")...) // they swap
		for key, want := range map[string]string{"a-waits": "b", "b-waits": "a", "a-done": "a"} {
			if got := must[store.NewStory](t)(s.Stories.Get(t.Context(), ids[key])); got.Origin.Source != want {
				t.Errorf("%s is of source %s, want %s", key, got.Origin.Source, want)
			}
		}
	})
}

// A crawl that began under the old name, or the old URL, must not end under the
// new one.
func TestRenameEndsClaims(t *testing.T) {
	for _, after := range []string{"b=1", "a=2", "a=2 b=1", "b=1 c=2"} {
		t.Run(after, func(t *testing.T) {
			each(t, func(t *testing.T, s *store.Store) {
				sync2(t, s, false, parsePlan(t, "a=1")...)
				old := claimSources(t, s, noon, 1)[0]
				sync2(t, s, true, parsePlan(t, after)...)
				for _, name := range []string{"a", "b", "c"} {
					claim := store.Claim{Name: name, Token: old.Token}
					if _, err := s.Sources.Renew(t.Context(), claim, noon); held(t, err) {
						t.Errorf("the claim on a holds for %s", name)
					}
				}
				first := strings.Fields(after)[0]
				if got := claimSources(t, s, noon, 5); len(got) != len(strings.Fields(after)) {
					t.Errorf("%s cannot be claimed: %v", first, got)
				}
			})
		})
	}
}

// Sources that are left to other daemons are not claimed.
func TestSomeSourcesAreLeftToOthers(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false, parsePlan(t, "a=1 b=2 c=3")...)
		inTx(t, s, func(tx *store.Tx) error {
			got, err := tx.Sources.Claim(t.Context(), noon, store.ListLimits{
				Limit: 2, PerHost: 2, Hung: 1, Except: []string{"a", "b", "x"},
			})
			if len(got) != 1 || got[0].Name != "c" {
				t.Errorf("claimed %v", got)
			}
			return err
		})
	})
}

// Two daemons that start at once with different configs: the sources and the
// settings in the store are of one of them.
func TestSyncIsOfOneConfig(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		for round := range 5 {
			var wg sync.WaitGroup
			for _, name := range []string{"a", "b", "c"} {
				wg.Go(func() {
					err := s.Sources.Sync(t.Context(), store.Sync{
						Sources:  parsePlan(t, name+"=1 z=2"),
						Settings: map[string]string{store.SettingConfigHash: name, store.SettingConfigAt: fmt.Sprint(round)}, Now: noon,
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			newest := must[string](t)(s.Settings.Get(t.Context(), store.SettingConfigHash))
			var names []string
			for _, src := range must[[]store.SourceState](t)(s.Sources.List(t.Context())) {
				names = append(names, src.Name)
			}
			if !slices.Equal(names, []string{newest, "z"}) {
				t.Fatalf("the newest config is %s's, the sources are %v", newest, names)
			}
		}
	})
}

// "Not modified" is counted until the list comes whole.
func TestUnmodifiedIsCounted(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		sync2(t, s, false, parsePlan(t, "a=1")...)
		for i, notModified := range []bool{false, true, true, false, true} {
			c, _, err := s.Sources.ClaimOne(t.Context(), "a", hour(i))
			if err != nil {
				t.Fatal(err)
			}
			inTx(t, s, func(tx *store.Tx) error {
				return tx.Sources.MarkCrawled(t.Context(), c, store.CrawlResult{
					NotModified: notModified, At: hour(i), Next: hour(i + 1),
				})
			})
			want := []struct {
				read       time.Time
				unmodified int
			}{{hour(0), 0}, {hour(0), 1}, {hour(0), 2}, {hour(3), 0}, {hour(3), 1}}[i]
			got := must[store.SourceState](t)(s.Sources.Get(t.Context(), "a"))
			if !got.Read.Equal(want.read) || got.Unmodified != want.unmodified || !got.Succeeded.Equal(hour(i)) {
				t.Errorf("after %d: read %v, %d times unmodified, want %+v", i, got.Read, got.Unmodified, want)
			}
		}
	})
}

func TestSettingsUnderAPrefix(t *testing.T) {
	each(t, func(t *testing.T, s *store.Store) {
		if err := s.Settings.Save(t.Context(), map[string]string{"x:a": "1", "x:b": "2", "y:a": "3"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Settings.Drop(t.Context(), "x:b"); err != nil {
			t.Fatal(err)
		}
		if got := must[map[string]string](t)(s.Settings.WithPrefix(t.Context(), "x:")); len(got) != 1 || got["a"] != "1" {
			t.Errorf("got %v", got)
		}
	})
}
