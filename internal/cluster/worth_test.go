package cluster

import (
	"slices"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

func TestVoices(t *testing.T) {
	at := func(minutes int) time.Time { return noon.Add(time.Duration(minutes) * time.Minute) }
	for _, c := range []struct {
		name        string
		reports     []Account
		independent int
		says        string
	}{
		{"none", nil, 0, "0 own reports"},
		{"one and its copies", []Account{{Outlet: "A", Carried: 5}}, 1, "1 own report · 5 copies"},
		{"two", []Account{{Outlet: "A"}, {Outlet: "B", Carried: 1}}, 2, "2 own reports · 1 copy"},
		{"two of one owner", []Account{{Outlet: "A", Owner: "O"}, {Outlet: "B", Owner: "O", Seen: at(1)}}, 1, "2 own reports, all of O"},
		{"three that cite one", []Account{
			{Outlet: "A", Cites: []string{"KCNA"}}, {Outlet: "B", Cites: []string{"KCNA"}}, {Outlet: "C", Credits: []string{"KCNA"}},
		}, 1, "3 own reports, all of KCNA"},
		{"a paper that cites another", []Account{
			{Outlet: "TMZ"}, {Outlet: "Post", Cites: []string{"TMZ"}, Seen: at(1)},
		}, 1, "2 own reports, all of TMZ"},
		{"two that credit one agency", []Account{
			{Outlet: "A", Credits: []string{"AFP", "DPA"}}, {Outlet: "B", Credits: []string{"AFP"}}, {Outlet: "C"},
		}, 2, "3 own reports, 2 independent"},
		{"what is no report", []Account{
			{Outlet: "A"}, {Outlet: "B", Kind: Opinion}, {Outlet: "C", Kind: LiveBlog}, {Outlet: "D", Kind: PressRelease},
		}, 1, "1 own report"},
	} {
		v := CountVoices(c.reports)
		if v.Independent != c.independent || v.String() != c.says {
			t.Errorf("%s: %d, %q", c.name, v.Independent, v)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, c := range []struct {
		s    news.Story
		want ReportKind
	}{
		{news.Story{Title: "Opinion: the dam is a mistake"}, Opinion},
		{news.Story{Title: "Kommentar: Der Damm ist ein Fehler"}, Opinion},
		{news.Story{Title: "The dam", URL: "https://a.test/opinion/the-dam"}, Opinion},
		{news.Story{Title: "The dam", Section: "Opinion"}, Opinion},
		{news.Story{Title: "Live: storm makes landfall"}, LiveBlog},
		{news.Story{Title: "Storm", URL: "https://a.test/world/live/2026/storm"}, LiveBlog},
		{news.Story{Title: "Liveticker: Sturm"}, LiveBlog},
		{news.Story{Title: "Growth", Text: "NEW YORK, Jan. 1 /PRNewswire/ -- Growth"}, PressRelease},
		{news.Story{Title: "POL-OF: Wer kennt diesen Mann?"}, PressRelease},
		{news.Story{Title: "Live music returns to Kessel"}, LiveBlog}, // a title alone does not tell
		{news.Story{Title: "Opinions differ on the dam", URL: "https://opinion.test/a"}, Opinion},
		{news.Story{Title: "Delivery of the dam's turbines", URL: "https://a.test/news/delivery"}, OwnReport},
		{news.Story{}, OwnReport},
	} {
		if got := KindOf(&c.s); got != c.want {
			t.Errorf("%q %s: %d, want %d", c.s.Title, c.s.URL, got, c.want)
		}
	}
}

func TestCredits(t *testing.T) {
	for _, c := range []struct {
		s    news.Story
		want []string
	}{
		{news.Story{Text: "Paris (AFP/dpa) - Der Präsident hat"}, []string{"AFP", "DPA"}},
		{news.Story{Text: "LONDON (Reuters) - Shares fell."}, []string{"Reuters"}},
		{news.Story{Text: "Shares fell. — AP"}, []string{"AP"}},
		{news.Story{Text: "МОСКВА, 3 ноября (ТАСС). Акции"}, []string{"TASS"}},
		{news.Story{Text: "【ワシントン共同】米国土安全保障省は"}, nil},
		{news.Story{Text: "Shares fell.", Credit: "Reuters"}, []string{"Reuters"}},
		{news.Story{Text: "Shares (and bonds) fell."}, nil},
		{news.Story{}, nil},
	} {
		if got := Credits(&c.s); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.s.Text, got, c.want)
		}
	}
}

func TestWorth(t *testing.T) {
	known := func() *Known {
		return &Known{
			Severity: news.High, Rules: []string{"quake"}, Mentions: []string{"desk"}, Names: []string{"roca", "verde"},
			Told: Told{Counts: map[string]float64{"dead": 3, "magnitude": 6.1}, Outcomes: []string{"died"}, Known: true},
		}
	}
	plain := func() Further {
		return Further{
			Relation: Linked, Severity: news.High, Rules: []string{"quake"}, Mentions: []string{"desk"},
			Told: Told{Counts: map[string]float64{"dead": 3}, Outcomes: []string{"died"}, Known: true}, Names: []string{"roca"},
		}
	}
	for _, c := range []struct {
		name   string
		change func(k *Known, f *Further)
		want   Level
		reason Reason
	}{
		{"adds nothing", func(*Known, *Further) {}, NothingNew, ""},
		{"a copy", func(_ *Known, f *Further) { f.Relation = Copy }, CopyLevel, ""},
		{"more severe", func(_ *Known, f *Further) { f.Severity = news.Urgent }, Turn, ReasonSeverity},
		{"more mentions", func(_ *Known, f *Further) { f.Mentions = []string{"desk", "chief"} }, Turn, ReasonMentions},
		{"a copy that is killed", func(_ *Known, f *Further) { f.Relation, f.Marker.Kind = Copy, MarkKill }, Turn, ReasonMarked},
		{"corrected", func(_ *Known, f *Further) { f.Marker.Kind = MarkCorrect }, Turn, ReasonMarked},
		{"denied", func(_ *Known, f *Further) { f.Told.Title = []string{"denied"} }, Turn, ReasonDenied},
		{"another rule", func(_ *Known, f *Further) { f.Rules = []string{"quake", "school"} }, Development, ReasonRule},
		{"another rule of less severity", func(_ *Known, f *Further) { f.Rules, f.Severity = []string{"school"}, news.Normal }, NothingNew, ""},
		{"toll of 41", func(_ *Known, f *Further) { f.Told.Counts["dead"] = 41 }, Development, ReasonNumber},
		{"toll of 4", func(_ *Known, f *Further) { f.Told.Counts["dead"] = 4 }, NothingNew, ""},
		{"toll of 11 after 9", func(k *Known, f *Further) { k.Told.Counts["dead"], f.Told.Counts["dead"] = 9, 11 }, Development, ReasonNumber},
		{"the first injured", func(_ *Known, f *Further) { f.Told.Counts["injured"] = 2 }, Development, ReasonNumber},
		{"signed", func(_ *Known, f *Further) { f.Told.Title = []string{"signed"} }, Development, ReasonOutcome},
		{"signed, says the lead", func(_ *Known, f *Further) { f.Told.Lead = []string{"signed"} }, NothingNew, ""},
		{"called off, says the lead", func(_ *Known, f *Further) { f.Told.Lead = []string{"off"} }, Turn, ReasonDenied},
		{"called off, says the lead, and a member further down", func(k *Known, f *Further) {
			k.Told.Whole, f.Told.Lead = []string{"off"}, []string{"off"}
		}, NothingNew, ""},
		{"signed, says a comment", func(_ *Known, f *Further) { f.Told.Title, f.Told.Comment = []string{"signed"}, true }, NothingNew, ""},
		{"signed, as was to come", func(k *Known, f *Further) {
			k.Told.Title, k.Told.Outcomes, k.Told.Ahead = []string{"signed"}, []string{"signed"}, true
			f.Told.Title = []string{"signed"}
		}, Development, ReasonDone},
		{"signed, still to come", func(k *Known, f *Further) {
			k.Told.Title, k.Told.Outcomes, k.Told.Ahead = []string{"signed"}, []string{"signed"}, true
			f.Told.Title, f.Told.Ahead = []string{"signed"}, true
		}, NothingNew, ""},
		{"two new names, confirmed", func(_ *Known, f *Further) {
			f.Names = []string{"ash", "bell", "roca"}
			f.Confirmed = []string{"ash", "bell"}
		}, Development, ReasonNames},
		{"two new names, by a wire", func(k *Known, f *Further) { f.Names, f.Wire, k.Wire = []string{"ash", "bell"}, true, true }, Development, ReasonNames},
		{"two new names, by one paper", func(_ *Known, f *Further) { f.Names = []string{"ash", "bell"} }, NothingNew, ""},
		{"the first wire", func(_ *Known, f *Further) { f.Wire = true }, Development, ReasonTier},
		{"cannot be compared", func(_ *Known, f *Further) { f.Told = Told{} }, Development, ReasonUnknown},
	} {
		k, f := known(), plain()
		c.change(k, &f)
		w := WorthOf(k, &f)
		said := slices.Contains(w.Reasons, c.reason) || c.reason == "" && len(w.Reasons) == 0
		if w.Level != c.want || !said {
			t.Errorf("%s: %s %q, want %s %q", c.name, w.Level, w.Reasons, c.want, c.reason)
		}
	}
}

// TestStartsChapter: six hours, or a night, are between two chapters.
func TestStartsChapter(t *testing.T) {
	evening := time.Date(2026, 11, 3, 23, 0, 0, 0, time.UTC)
	for now, want := range map[time.Time]bool{
		evening.Add(59 * time.Minute): false, evening.Add(time.Hour): true, evening.AddDate(0, 1, 0): true,
	} {
		if got := StartsChapter(evening, now); got != want {
			t.Errorf("%s: %v", now, got)
		}
	}
	morning := evening.Add(-14 * time.Hour)
	if StartsChapter(morning, morning.Add(6*time.Hour-time.Second)) || !StartsChapter(morning, morning.Add(6*time.Hour)) {
		t.Error("six hours are not the bound")
	}
}

func TestToldAdds(t *testing.T) {
	var all Told
	all.Add(Told{Counts: map[string]float64{"dead": 3}, Outcomes: []string{"signed", "died"}, Known: true})
	all.Add(Told{Counts: map[string]float64{"dead": 2, "injured": 7}, Outcomes: []string{"died"}})
	all.Add(Told{Title: []string{"elected"}, Ahead: true, Whole: []string{"dead"}})
	if all.Ahead || !slices.Equal(all.Whole, []string{"dead"}) || !slices.Equal(all.Title, []string{"elected"}) {
		t.Errorf("told %+v", all)
	}
	if all.Counts["dead"] != 3 || all.Counts["injured"] != 7 || !slices.Equal(all.Outcomes, []string{"died", "signed"}) || !all.Known {
		t.Errorf("told %+v", all)
	}
}
