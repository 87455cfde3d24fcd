package match_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// TestCertain: what is certain is so for one kind of node, and what a page can
// undo is not. Every rule matches the story.
func TestCertain(t *testing.T) {
	s := &news.Story{
		Title: "Kim meets Putin over arms", Titles: []string{"Summit of the US and North Korea"},
		Summary: "The leaders spoke of missiles in Vladivostok. An arms deal is near",
		Origin:  news.Origin{Source: "tass", Tags: []string{"wire"}}, Language: "en", Section: "World",
		URL: "https://example.org/summit/",
	}
	kim, deal := term("Kim"), term("deal")
	within := func(n rules.Node) rules.Node { n.Within = rules.Window{Unit: rules.Sentence}; return n }
	in := func(n rules.Node, places ...rules.Place) rules.Node { n.In = places; return n }
	title, lead := rules.Place{Field: news.FieldTitle}, rules.Place{Field: news.FieldLead}
	for _, c := range []struct {
		name    string
		rule    rules.Rule
		certain bool
	}{
		{"a word of the headline", rules.Rule{Node: kim}, true},
		{"a word of another headline", rules.Rule{Node: term("Korea")}, true},
		{"a word of the summary", rules.Rule{Node: deal}, true},
		{"its last word, which may be cut off", rules.Rule{Node: term("near")}, false},
		{"both of all", rules.Rule{Node: all(kim, deal)}, true},
		{"one of any", rules.Rule{Node: rules.Node{Any: []rules.Node{term("near"), kim}}}, true},
		{"two of three", rules.Rule{Node: rules.Node{Of: []rules.Node{kim, deal, term("near")}, AtLeast: 2}}, true},
		{"three of three", rules.Rule{Node: rules.Node{Of: []rules.Node{kim, deal, term("near")}, AtLeast: 3}}, false},
		{"none", rules.Rule{Node: rules.Node{All: []rules.Node{kim}, None: []rules.Node{term("denied")}}}, false},
		{"any, of which one has none", rules.Rule{Node: rules.Node{Any: []rules.Node{
			{All: []rules.Node{kim}, None: []rules.Node{term("denied")}}, deal,
		}}}, true},
		{"never", rules.Rule{Node: kim, Never: []rules.Node{term("denied")}}, false},
		{"a concept", rules.Rule{Node: use("pair")}, true},
		{"one sentence", rules.Rule{Node: within(all(kim, term("Putin")))}, true},
		{"one sentence of the summary", rules.Rule{Node: within(all(term("leaders"), term("missiles")))}, true},
		{"one sentence, and none", rules.Rule{Node: within(rules.Node{All: []rules.Node{kim}, None: []rules.Node{term("denied")}})}, false},
		{"in order", rules.Rule{Node: rules.Node{All: []rules.Node{kim, term("arms")}, Ordered: true}}, true},
		{"times", rules.Rule{Node: rules.Node{Any: []rules.Node{term("arms")}, Times: 2}}, false},
		{"near", rules.Rule{Node: within(rules.Node{Any: []rules.Node{kim}, Near: []rules.Node{term("arms")}})}, true},
		{"not near", rules.Rule{Node: within(rules.Node{Any: []rules.Node{kim}, NotNear: []rules.Node{deal}})}, false},
		{"not part of", rules.Rule{Node: rules.Node{Any: []rules.Node{kim}, NotPartOf: []rules.Node{term("Kim Basinger")}}}, false},
		{"in the title", rules.Rule{Node: in(all(kim), title)}, true},
		{"in the lead", rules.Rule{Node: in(all(deal), lead)}, false},
		{"in title or lead", rules.Rule{Node: in(all(deal), title, lead)}, true},
		{"in the first words", rules.Rule{Node: in(all(deal), rules.Place{Words: 100})}, false},
		{"in the title or the first words", rules.Rule{Node: in(all(kim), title, rules.Place{Words: 100})}, true},
		{"in the URL", rules.Rule{Node: in(all(term("summit")), rules.Place{Field: news.FieldURL})}, false},
		{"capitals", rules.Rule{Node: term("=US")}, false},
		{"open letters", rules.Rule{Node: term("m?ssiles")}, true},
		{"an expression in the title", rules.Rule{Node: term("/K[ij]m/")}, true},
		{"an expression in the summary", rules.Rule{Node: term("/d[ae]al/")}, false},
		{"only: source, tag, section", rules.Rule{Node: kim,
			Only: rules.Filter{Source: []string{"tass"}, Tag: []string{"wire"}, Section: []string{"world"}}}, true},
		{"only: language", rules.Rule{Node: kim, Only: rules.Filter{Language: []string{"en"}}}, false},
		{"except: source, section", rules.Rule{Node: kim,
			Except: rules.Filter{Source: []string{"blog"}, Section: []string{"sports"}}}, true},
		{"except: author, of whom the list says nothing", rules.Rule{Node: kim,
			Except: rules.Filter{Author: []string{"staff"}}}, false},
		{"except: cites", rules.Rule{Node: kim, Except: rules.Filter{Cites: []string{"KCNA"}}}, false},
		{"except: words", rules.Rule{Node: kim, Except: rules.Filter{MinWords: 500}}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.rule.Name = "r"
			set, mistakes := rules.Compile(rules.Definition{
				Concepts: map[string]rules.Node{"pair": all(kim, deal)}, Rules: []rules.Rule{c.rule},
			})
			if set == nil {
				t.Fatal(mistakes)
			}
			if len(set.Match(s)) != 1 {
				t.Fatal("the rule does not match")
			}
			got := set.Certain(s)
			if (len(got) == 1) != c.certain {
				t.Errorf("certain is %v, want %v", len(got) == 1, c.certain)
			}
			if len(got) == 1 && len(got[0].Evidence) == 0 {
				t.Error("no evidence")
			}
		})
	}
}

// TestUncertain: what is rarely undone can be.
func TestUncertain(t *testing.T) {
	for _, c := range []struct {
		name       string
		node       rules.Node
		list, page news.Story
	}{
		{"the last word was cut off", term("weapon"),
			news.Story{Summary: "A deal on a weapon"}, news.Story{Summary: "A deal on a weapon", Text: "A deal on a weaponised drone."}},
		{"the summary is a headline of the page", rules.Node{Any: []rules.Node{term("arms")}, Times: 2},
			news.Story{Title: "Deal on arms", Summary: "An arms deal."},
			news.Story{Title: "Deal on arms", Titles: []string{"An arms deal."}, Summary: "An arms deal."}},
		{"the text goes on", term("/ne(ar|xt)$/"),
			news.Story{Summary: "A deal is near"}, news.Story{Summary: "A deal is near", Text: "A deal is near the end."}},
		{"the longer one was cut off", rules.Node{Any: []rules.Node{term("coup")}, NotPartOf: []rules.Node{term("coup de grace")}},
			news.Story{Summary: "A coup de"}, news.Story{Summary: "A coup de", Text: "A coup de grace."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{{Name: "r", Node: c.node}}})
			if set == nil {
				t.Fatal(mistakes)
			}
			if len(set.Match(&c.list)) != 1 || len(set.Match(&c.page)) != 0 {
				t.Error("the page does not undo it")
			}
			if len(set.Certain(&c.list)) != 0 {
				t.Error("it is certain")
			}
		})
	}
}

func all(nodes ...rules.Node) rules.Node { return rules.Node{All: nodes} }

// list is what a list says of a story.
func (w *writer) list() *news.Story {
	s := w.story()
	if w.chance(70) {
		s.Text = ""
	}
	if s.Summary == "" {
		s.Summary = w.paragraph()
	}
	if w.chance(30) { // cut off, perhaps within a word
		r := []rune(s.Summary)
		s.Summary = string(r[:w.below(len(r)+1)]) + pick(w.choices, []string{"", "…", " [...]"})
	}
	return s
}

// read adds what a page may say to what a list said, as the crawler does: titles
// and summary stay.
func (w *writer) read(list news.Story) *news.Story {
	page := w.story()
	if w.chance(60) { // the page begins with the summary, and goes on
		page.Text = strings.TrimRight(list.Summary, " .…[]") + pick(w.choices, []string{"", " ", ". ", ", ", "s", "\n"}) + page.Text
	}
	if w.chance(20) {
		page.Title = list.Summary
	}
	titles := slices.Concat([]string{page.Title}, list.Titles, page.Titles)
	if w.chance(50) {
		titles[0], list.Title = list.Title, page.Title
	}
	list.Titles = titles
	if len(page.Text) > len(list.Text) {
		list.Text = page.Text
	}
	if len(list.Authors) == 0 {
		list.Authors = page.Authors
	}
	list.Language = cmp.Or(page.Language, list.Language)
	list.Outlet, list.Section = cmp.Or(list.Outlet, page.Outlet), cmp.Or(list.Section, page.Section)
	list.Cites = slices.Concat(list.Cites, page.Cites)
	return &list
}

// undone says which rule was certain by a list, and is no match with a page.
func undone(decisions []byte) (found string, certain int) {
	w := newWriter(&choices{bytes: decisions})
	d := w.definition()
	set, mistakes := rules.Compile(d)
	if set == nil {
		return fmt.Sprintf("refused: %+v\n%s", mistakes, written(d)), 0
	}
	list := w.list()
	matched := set.Match(list)
	for range 3 {
		page := w.read(*list)
		with := set.Match(page)
		for _, m := range set.Certain(list) {
			certain++
			same := func(o news.Match) bool { return o.Rule == m.Rule }
			if !slices.ContainsFunc(matched, same) || !slices.ContainsFunc(with, same) {
				return m.Rule + " is certain, and no match with the page:\n" + written(d) + writtenStory(list) + writtenStory(page), certain
			}
		}
	}
	return "", certain
}

// FuzzCertain holds that no page undoes what is certain.
func FuzzCertain(f *testing.F) {
	for seed := range uint64(20) {
		f.Add(decisions(seed))
	}
	f.Fuzz(func(t *testing.T, decisions []byte) {
		if found, _ := undone(decisions); found != "" {
			t.Error(found)
		}
	})
}

// TestCertainStays tries random rules, lists and pages, of which a good part is
// certain.
func TestCertainStays(t *testing.T) {
	trials, certain := uint64(4_000), 0
	if testing.Short() || raceDetector {
		trials /= 10
	}
	for seed := range trials {
		found, n := undone(decisions(seed))
		if found != "" {
			t.Fatalf("seed %d: %s", seed, found)
		}
		certain += n
	}
	if certain < int(trials)/5 {
		t.Errorf("only %d of %d trials were certain", certain, trials)
	}
}
