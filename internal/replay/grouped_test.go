package replay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/rules"
)

// herat is a line with a report of one earthquake.
func herat(n int, outlet, at, text string) string {
	return storyLine(map[string]string{
		"url": fmt.Sprintf("https://%s.example/%d", outlet, n), "title": "Earthquake kills 41 near Herat in Afghanistan", "text": text,
		"published": at, "outlet": outlet, "language": "en",
	})
}

func storyLine(keys map[string]string) string {
	text, _ := json.Marshal(keys)
	return string(text) + "\n"
}

// The same words of one agency, and those of a reporter.
const (
	agencyText = "Rescuers dug through mud houses in Zindah Jan after a magnitude 6.3 earthquake struck Herat, Mullah Janan Sayeeq said. " +
		"Hundreds of people spent the night in the open, for fear of aftershocks, a witness in the provincial capital said by telephone."
	ownText = "Mullah Janan Sayeeq told reporters that 41 people had died and that tents were on their way to the Zindah Jan district of Herat."
)

// twoOutlets are files of one month each, the newest first: what is one news stands
// far apart in them.
func twoOutlets(t *testing.T) Files {
	one := herat(9, "kabul", "2023-08-29T08:00:00Z", "Sweets were handed out in the school of a village far from Herat on Thursday, where nothing ever happens at all.") +
		herat(1, "kabul", "2023-08-01T08:00:00Z", agencyText)
	other := herat(3, "balkh", "2023-08-20T08:00:00Z", "A market in Herat was painted green and yellow by volunteers, who brought their own ladders, brushes and tea for everybody.") +
		herat(2, "balkh", "2023-08-01T11:00:00Z", ownText) + herat(1, "balkh", "2023-08-01T10:00:00Z", agencyText+" Schools stay closed.")
	return Files{Paths: []string{file(t, "kabul", []byte(one)), file(t, "balkh", []byte(other))}}
}

func heratRules(t testing.TB) Version {
	return compile(t, rules.Definition{Rules: []rules.Rule{term("herat", "Herat"), term("tents", "tents"), term("none", "uranium")}})
}

func shownNews(all []*GroupedNews) []string {
	shown := []string{}
	for _, n := range all {
		line := fmt.Sprintf("%d %s %s: %d outlets, %d independent, %d copies, %s:", n.ID, n.First.Format(time.DateOnly), n.Title[:10],
			n.Outlets, n.Independent, n.Copies, strings.Join(n.Rules, "+"))
		for _, c := range n.Clusters {
			line += fmt.Sprintf(" %d=%s", c.ID, strings.Join(c.Stories, ","))
		}
		shown = append(shown, line)
	}
	return shown
}

var heratNews = []string{
	"1 2023-08-01 Earthquake: 2 outlets, 2 independent, 1 copies, herat+tents:" +
		" 1=https://kabul.example/1,https://balkh.example/1 2=https://balkh.example/2",
	"2 2023-08-20 Earthquake: 1 outlets, 1 independent, 0 copies, herat: 3=https://balkh.example/3",
	"3 2023-08-29 Earthquake: 1 outlets, 1 independent, 0 copies, herat: 4=https://kabul.example/9",
}

// Copies join and other words are linked, in the order of time and not in that of
// the files; the archive of the files has the same news.
func TestNews(t *testing.T) {
	files := twoOutlets(t)
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	storage := storetest.SQLite(t)
	importInto(t, storage, files.Paths...)
	archive, err := OpenArchive(t.Context(), silent, storage, time.Time{}, time.Time{}, anonymous)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	for name, in := range map[string]Input{"files": files, "archive": archive} {
		report, err := Backtest(t.Context(), in, Options{Rules: heratRules(t), News: true, Zone: time.UTC})
		if err != nil || report.Matches != 6 || report.Stories != 5 {
			t.Fatal(name, report, err)
		}
		if diff := cmp.Diff(heratNews, shownNews(report.News)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	report, err := Backtest(t.Context(), files, Options{Rules: heratRules(t), Zone: time.UTC})
	if text, _ := json.Marshal(report); err != nil || strings.Contains(string(text), `"news"`) {
		t.Errorf("news without being asked for: %s, %v", text, err)
	}
}

// Outlets of one owner are one voice, as the config says now.
func TestNewsOfOneOwner(t *testing.T) {
	storage := storetest.SQLite(t)
	importInto(t, storage, twoOutlets(t).Paths...)
	archive, err := OpenArchive(t.Context(), silent, storage, time.Time{}, time.Time{},
		func(source string) news.Origin { return news.Origin{Source: source, Owner: "Press Holding"} })
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	report, err := Backtest(t.Context(), archive, Options{Rules: heratRules(t), News: true, Zone: time.UTC})
	if err != nil || report.News[0].Outlets != 2 || report.News[0].Independent != 1 {
		t.Errorf("%v, %v", shownNews(report.News), err)
	}
}

// A series is told apart by what stood before it, even where that was before the days
// that count, and counts for nothing else.
func TestNewsKnowsWhatStoodBefore(t *testing.T) {
	var lines strings.Builder
	day := time.Date(2023, 8, 1, 8, 0, 0, 0, time.UTC)
	for i := range 160 { // every three hours
		at := day.Add(time.Duration(i) * 3 * time.Hour)
		lines.WriteString(storyLine(map[string]string{
			"url": fmt.Sprintf("https://bank.example/%d", i), "title": "Central bank adds reserves via repurchases", "outlet": "bank", "language": "en",
			"text": "The central bank entered the government securities market to arrange customer repurchase agreements, a spokesman said. " +
				"Dealers said that federal funds were trading at six percent when the bank began its temporary and indirect supply of reserves.",
			"published": at.Format(time.RFC3339),
		}))
	}
	storage := storetest.SQLite(t)
	importInto(t, storage, file(t, "bank", []byte(lines.String())))
	since := day.Add(18 * 24 * time.Hour)
	archive, err := OpenArchive(t.Context(), silent, storage, since, time.Time{}, anonymous)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	report, err := Backtest(t.Context(), archive, Options{
		Rules: compile(t, rules.Definition{Rules: []rules.Rule{term("reserves", "reserves")}}), News: true, Zone: time.UTC,
	})
	if err != nil || report.Stories != 16 || report.Matches != 16 || len(report.News) != 16 {
		t.Errorf("%d stories, %d matches, %d news, %v", report.Stories, report.Matches, len(report.News), err)
	}
}

// One link is one news when the words are alike, and not when a page has another
// story under it. Undated stories count as told with the one before them.
func TestNewsOfOneLink(t *testing.T) {
	lines := storyLine(map[string]string{"url": "https://a.example/x?utm_source=feed", "title": "Grain ship sails", "published": "2023-08-01T08:00:00Z", "source": "a"}) +
		storyLine(map[string]string{"url": "https://a.example/x", "title": "Grain ship sails", "source": "b"}) +
		storyLine(map[string]string{"url": "https://a.example/x", "title": "Wheat and grain prices fall", "source": "c"}) +
		storyLine(map[string]string{"title": "Grain without a link"})
	report, err := Backtest(t.Context(), Files{Paths: []string{file(t, "links", []byte(lines))}},
		Options{Rules: compile(t, rules.Definition{Rules: []rules.Rule{term("grain", "grain")}}), News: true, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"1 2023-08-01 Grain ship: 2 outlets, 1 independent, 1 copies, grain: 1=https://a.example/x?utm_source=feed,https://a.example/x",
		"2 2023-08-01 Wheat and : 1 outlets, 1 independent, 0 copies, grain: 2=https://a.example/x",
		"3 2023-08-01 Grain with: 1 outlets, 1 independent, 0 copies, grain: 3=Grain without a link",
	}
	if diff := cmp.Diff(want, shownNews(report.News)); diff != "" {
		t.Error(diff)
	}
}

// What is found when the input ends too soon is grouped; an interruption says so.
func TestNewsStops(t *testing.T) {
	o := Options{Rules: heratRules(t), News: true, Zone: time.UTC}
	line := herat(1, "kabul", "2023-08-01T08:00:00Z", agencyText)
	cut := packed(t, line+strings.Repeat("\n", partSize))
	files := Files{Paths: []string{file(t, "cut", cut[:len(cut)-8])}}
	if report, err := Backtest(t.Context(), files, o); err == nil || len(report.News) != 1 {
		t.Errorf("%d news, %v", len(report.News), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(int64, int64) { cancel() }
	if report, err := Backtest(ctx, twoOutlets(t), o); !errors.Is(err, context.Canceled) || report.News != nil {
		t.Errorf("%v, %v", report.News, err)
	}
}

func TestNewsNeedsSpace(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "missing"))
	_, err := Backtest(t.Context(), twoOutlets(t), Options{Rules: heratRules(t), News: true, Zone: time.UTC})
	if err == nil || !strings.Contains(err.Error(), "keep stories: ") {
		t.Error(err)
	}
}
