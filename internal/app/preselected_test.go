package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/replay"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/store/storetest"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules"
)

// corpusStories are stories in many languages.
func corpusStories(t *testing.T) (stories []*news.Story) {
	for _, name := range []string{"wmt21", "meantime", "ecbplus", "allsides_full"} {
		f, err := os.Open(filepath.Join(corpusFolder(t), "same-news", name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var line struct{ ID, Title, Text, Source string }
			if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
				t.Fatal(err)
			}
			stories = append(stories, &news.Story{Title: line.Title, Text: line.Text,
				URL: "https://example.org/" + line.ID, Origin: news.Origin{Source: line.Source}})
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return stories
}

// cookbook are the rules of the cookbook, and a story of each of their tests.
func cookbook(t *testing.T) (d rules.Definition, stories []*news.Story) {
	raw, err := os.ReadFile("../../docs/cookbook.md")
	if err != nil {
		t.Fatal(err)
	}
	d.Concepts = map[string]rules.Node{}
	for i, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(raw), -1) {
		one, err := config.ParseRules("cookbook", []byte(block[1]))
		if err != nil {
			continue // a whole config
		}
		maps.Copy(d.Concepts, one.Concepts)
		for j, rule := range one.Rules {
			for k := range rule.Tests {
				told := rule.Tests[k].Story
				stories = append(stories, &news.Story{Title: told.Title, Titles: told.Titles, Summary: told.Lead,
					Text: told.Body, URL: fmt.Sprintf("https://example.com/%d/%d/%d", i, j, k), Language: told.Language,
					Outlet: told.Outlet, Section: told.Section})
			}
			d.Rules = append(d.Rules, rule)
		}
	}
	if len(d.Rules) < 20 {
		t.Fatalf("only %d rules are in the cookbook", len(d.Rules))
	}
	return d, stories
}

// addRules adds rules that are made of the words of headlines.
func addRules(d *rules.Definition, stories []*news.Story) {
	for i := 0; i < len(stories); i += 41 {
		words := text.Split(stories[i].Title)
		if len(words) < 6 {
			continue
		}
		word := func(n int) string { return strings.ToLower(stories[i].Title[words[n].Start:words[n].End]) }
		phrase := stories[i].Title[words[1].Start:words[2].End]
		made := [][]string{{word(0), word(3)}, {"~" + word(1), "~" + word(4)}, {word(2) + "*", word(5)}, {phrase}}
		for j, terms := range made {
			rule := rules.Rule{Name: fmt.Sprintf("made-%d-%d", i, j)}
			for _, term := range terms {
				rule.Node.All = append(rule.Node.All, rules.Node{Term: term})
			}
			if set, _ := rules.Compile(rules.Definition{Rules: []rules.Rule{rule}}); set != nil {
				d.Rules = append(d.Rules, rule)
			}
		}
	}
}

// TestPreselectionLosesNothing: with the index of words, each rule finds what it finds without.
func TestPreselectionLosesNothing(t *testing.T) {
	s := storetest.Open(t, storetest.SQLite(t))
	stories := corpusStories(t)
	d, tests := cookbook(t)
	addRules(&d, stories)
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	all := slices.Concat(tests, stories)
	for i, story := range all {
		story.Published = now.Add(-time.Duration(len(all)-i) * 3 * time.Minute)
		story.FirstSeen = story.Published
	}
	for len(all) > 0 {
		n := min(len(all), 500)
		if _, err := s.Archive.Add(t.Context(), all[:n]); err != nil {
			t.Fatal(err)
		}
		all = all[n:]
	}
	var b wordindex.Builder
	err := s.Words.Fill(t.Context(), 0, func(stories []*news.Story) iter.Seq2[int, []byte] { // the others are read
		for _, story := range stories {
			b.Add(story)
		}
		return b.Rows
	})
	if err != nil {
		t.Fatal(err)
	}
	changed := *stories[0]
	changed.Text = "A text that was not there before: poison gas in Salisbury."
	err = s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.Stories.Revise(t.Context(), &changed, news.Revision{Seen: now}, false)
	})
	if err != nil {
		t.Fatal(err)
	}
	salisbury := rules.Node{All: []rules.Node{{Term: "Salisbury"}, {Term: "poison gas"}}}
	d.Rules = append(d.Rules, rules.Rule{Name: "changed", Node: salisbury})
	origin := func(source string) news.Origin { return news.Origin{Source: source} }
	archive := replay.ArchiveOf(s, now.AddDate(0, 0, -7), origin)
	v, err := replay.Compile(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := replay.Backtest(t.Context(), archive, replay.Options{Rules: v, Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	matches, known := 0, 0
	for i, rule := range want.ByRule {
		one, err := replay.Compile(d, []string{rule.Rule})
		if err != nil {
			t.Fatal(err)
		}
		got, err := replay.BacktestNewest(t.Context(), archive, replay.Options{Rules: one, Zone: time.UTC})
		if err != nil {
			t.Fatal(err)
		}
		found := &got.ByRule[0]
		if found.Matches != rule.Matches || !maps.Equal(found.ByDay, rule.ByDay) || got.Stories != want.Stories {
			t.Errorf("%s: %d of %d with the index, %d of %d without it", rule.Rule, found.Matches, got.Stories,
				rule.Matches, want.Stories)
		}
		matches += rule.Matches
		if need := v.Set.NeedOf(i); need.Known() {
			known++
		}
	}
	if matches < 100 || known < len(want.ByRule)*9/10 {
		t.Errorf("%d matches; something is known of %d rules of %d", matches, known, len(want.ByRule))
	}
	t.Logf("%d rules, %d matches, %d stories; something is known of %d", len(want.ByRule), matches, want.Stories, known)
}
