package act_test

import (
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
	"github.com/copytaster/copytaster/internal/schedule"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

var noon = time.Date(2023, 9, 13, 12, 0, 0, 0, time.UTC)

// ago is a story that was published some time before noon, and seen at noon.
func ago(d time.Duration) store.NewStory {
	return store.NewStory{Story: &news.Story{Published: noon.Add(-d), FirstSeen: noon}}
}

// readLate is a story that was published, and seen, some time before noon.
func readLate(published, seen time.Duration) store.NewStory {
	return store.NewStory{Story: &news.Story{Published: noon.Add(-published), FirstSeen: noon.Add(-seen)}}
}

// undated is a story without a date.
func undated() store.NewStory { return store.NewStory{Story: &news.Story{FirstSeen: noon}} }

func firstRun(n store.NewStory) store.NewStory {
	n.FirstRun = true
	return n
}

func missed(n store.NewStory) store.NewStory {
	n.Missed = true
	return n
}

func TestWhatIsNews(t *testing.T) {
	day := act.Plan{MaxAge: 24 * time.Hour, FirstRun: act.FirstRun{Younger: time.Hour}}
	everything := act.Plan{MaxAge: 24 * time.Hour, FirstRun: act.FirstRun{Everything: true}}
	unlimited := act.Plan{FirstRun: act.FirstRun{Everything: true}}
	for _, c := range []struct {
		name   string
		plan   act.Plan
		story  store.NewStory
		alerts bool
		missed bool
		again  bool // when it is edited
	}{
		{"a story of today", day, ago(time.Hour), true, false, true},
		{"a story as old as may be", day, ago(24 * time.Hour), true, false, true},
		{"a story that is too old", day, ago(25 * time.Hour), false, false, false},
		{"an old story, where age does not matter", unlimited, ago(1000 * time.Hour), true, false, true},
		{"a story without a date", day, undated(), true, false, true},
		{"a story that came while we were down", day, missed(ago(25 * time.Hour)), false, true, false},
		{"a story that came while we were down, in time", day, missed(ago(2 * time.Hour)), true, false, true},
		{"a story that came while we were down, where age does not matter", unlimited, missed(ago(1000 * time.Hour)), true, false, true},
		{"an old story of a first run that came while we were down", day, missed(firstRun(ago(25 * time.Hour))), false, false, false},
		{"a story of a first run, young enough", day, firstRun(ago(59 * time.Minute)), true, false, true},
		{"a story of a first run, too old for one", day, firstRun(ago(time.Hour)), false, false, true},
		{"a story of a first run whose page was read late", day, firstRun(readLate(3*time.Hour, 150*time.Minute)), true, false, true},
		{"a story of a first run, where all may alert", everything, firstRun(ago(23 * time.Hour)), true, false, true},
		{"an old story of a first run, where all may alert", everything, firstRun(ago(25 * time.Hour)), false, false, false},
		{"a story of a first run without a date", day, firstRun(undated()), false, false, false},
		{"a story of a first run without a date, where all may alert", everything, firstRun(undated()), true, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.plan.MayAlert(c.story, noon); got != c.alerts {
				t.Errorf("MayAlert %v, want %v", got, c.alerts)
			}
			if got := c.plan.Missed(c.story, noon); got != c.missed {
				t.Errorf("Missed %v, want %v", got, c.missed)
			}
			if got := c.plan.MayAlertAgain(c.story, noon); got != c.again {
				t.Errorf("MayAlertAgain %v, want %v", got, c.again)
			}
		})
	}
}

func TestAgeOfAnEditedStoryWithoutADate(t *testing.T) {
	plan := act.Plan{MaxAge: 24 * time.Hour}
	for after, want := range map[time.Duration]bool{24 * time.Hour: true, 25 * time.Hour: false} {
		if got := plan.MayAlertAgain(undated(), noon.Add(after)); got != want {
			t.Errorf("%s after it was first seen: %v, want %v", after, got, want)
		}
	}
}

func TestOneAlertAChannel(t *testing.T) {
	plan := act.Plan{Routes: notify.Routes{Default: "news"}}
	matches := []news.Match{
		{Rule: "arms", Severity: news.Normal}, {Rule: "summit", Severity: news.Urgent}, {Rule: "arms", Severity: news.Normal},
	}
	alerts := plan.Alerts(&news.Story{Cluster: 7}, matches, noon)
	if len(alerts) != 1 {
		t.Fatalf("alerts %+v", alerts)
	}
	a := alerts[0]
	if a.Channel != "news" || a.Cluster != 7 || a.Severity != news.Urgent || !a.Created.Equal(noon) ||
		!slices.Equal(a.Rules, []string{"arms", "summit"}) {
		t.Errorf("alert %+v", a)
	}
	if alerts := plan.Alerts(&news.Story{}, nil, noon); len(alerts) != 0 {
		t.Errorf("without a match %+v", alerts)
	}
}

func TestClampDates(t *testing.T) {
	s := news.Story{Published: noon.Add(time.Hour), Modified: noon.Add(-time.Hour)}
	act.ClampDates(&s, noon)
	if !s.Published.Equal(noon) || !s.Modified.Equal(noon.Add(-time.Hour)) {
		t.Errorf("published %s, modified %s", s.Published, s.Modified)
	}
	undated := news.Story{}
	if act.ClampDates(&undated, noon); !undated.Published.IsZero() {
		t.Errorf("a story without a date got %s", undated.Published)
	}
}

func TestSourcesOfAPlan(t *testing.T) {
	plan := act.Plan{
		Sources: map[string]news.Source{
			"tass": {Name: "tass", Origin: news.Origin{Source: "tass", Country: "ru"}}, "off": {Name: "off", Disabled: true},
		},
		Schedules: map[string]schedule.Schedule{},
		Timezone:  time.UTC,
	}
	for source, want := range map[string]bool{"tass": true, "off": false, "nobody": false} {
		if _, ok := plan.Watched(source); ok != want {
			t.Errorf("%s is watched: %v, want %v", source, ok, want)
		}
	}
	s := news.Story{Origin: news.Origin{Source: "tass"}}
	if plan.SetOrigin(&s); s.Origin.Country != "ru" {
		t.Errorf("origin %+v", s.Origin)
	}
	gone := news.Story{Origin: news.Origin{Source: "nobody", Country: "ko"}}
	if plan.SetOrigin(&gone); gone.Origin.Country != "ko" {
		t.Errorf("origin of a source that was removed %+v", gone.Origin)
	}
	if next := plan.Next("tass", noon, schedule.Habit{}); !next.After(noon) {
		t.Errorf("next run %s", next)
	}
}

func TestEnv(t *testing.T) {
	env := act.NewEnv(slog.New(slog.DiscardHandler), nil, nil, func() time.Time { return noon })
	first, second := &act.Plan{}, &act.Plan{}
	if env.Follow(first) != nil || env.Follow(second) != first || env.Plan() != second {
		t.Error("it does not follow the newest plan")
	}
	env.Wake()
	env.Wake() // one is asked for already
	<-env.Woken()
	select {
	case <-env.Woken():
		t.Error("it is woken twice")
	default:
	}
	var habit schedule.Habit
	if env.Decode("tass", act.Encode(schedule.Habit{Pace: 60}), &habit); habit.Pace != 60 {
		t.Errorf("habit %+v", habit)
	}
	if env.Decode("tass", "{", &habit); habit.Pace != 60 {
		t.Errorf("after what cannot be read %+v", habit)
	}
}
