package extract

import (
	"maps"
	"slices"
	"testing"

	"github.com/copytaster/copytaster/crawler/extract/score"
)

// voted is a page with what the readers found in it: all that an election
// needs, so that one with other thresholds costs little.
type voted struct {
	page, deep, wide []block
	titles           []string
	want             *score.Page
}

func votedPages(t *testing.T, pages []score.Page) []voted {
	t.Helper()
	var all []voted
	for i := range pages {
		p := &pages[i]
		o := Options{URL: p.URL}
		root, err := parsePage(toUTF8(p.HTML, ""))
		if err != nil {
			t.Fatal(err)
		}
		h := readHead(root)
		h.settle(readJSONLD(h.scripts, p.URL), o)
		v := voted{titles: append([]string{h.title}, h.headings...), want: p}
		strip(root)
		splitBreaks(root)
		v.page = nodeBlocks(root)
		v.wide = trafilaturaBlocks(root, baseOf(o))
		v.deep = readabilityBlocks(root, baseOf(o))
		all = append(all, v)
	}
	return all
}

// scores returns the F1 of each page's body.
func scores(pages []voted, at thresholds) []float64 {
	var all []float64
	for _, v := range pages {
		split := score.Words
		if v.want.Wide {
			split = score.WideWords
		}
		text := lines(elect(v.page, v.deep, v.wide, v.titles, at).elected())
		all = append(all, score.Compare(split(v.want.Body), split(text)).F1())
	}
	return all
}

// half returns the mean over every other page.
func half(f []float64, which int) float64 {
	sum, n := 0.0, 0
	for i := which; i < len(f); i += 2 {
		sum += f[i]
		n++
	}
	return sum / float64(n)
}

// variants are the thresholds, each one moved to a place where somebody else
// might have put it.
func variants() map[string]thresholds {
	all := map[string]thresholds{"measured": measured}
	vary := func(name string, change func(*thresholds)) {
		t := measured
		change(&t)
		all[name] = t
	}
	vary("agreement low", func(t *thresholds) { t.agreement = 0.5 })
	vary("agreement high", func(t *thresholds) { t.agreement = 0.8 })
	vary("strangers high", func(t *thresholds) { t.strangers = 0.1 })
	vary("survivors low", func(t *thresholds) { t.survivors = 0.45 })
	vary("survivors high", func(t *thresholds) { t.survivors = 0.65 })
	vary("most low", func(t *thresholds) { t.most = 0.9 })
	vary("low low", func(t *thresholds) { t.low = 0.2 })
	vary("low high", func(t *thresholds) { t.low = 0.4 })
	vary("nearer low", func(t *thresholds) { t.nearer = 0.35 })
	vary("nearer high", func(t *thresholds) { t.nearer = 0.45 })
	vary("missed low", func(t *thresholds) { t.missed = 0.2 })
	vary("missed high", func(t *thresholds) { t.missed = 0.35 })
	vary("look low", func(t *thresholds) { t.look = 0.02 })
	vary("look high", func(t *thresholds) { t.look = 0.1 })
	vary("home low", func(t *thresholds) { t.home = 0.05 })
	vary("home high", func(t *thresholds) { t.home = 0.2 })
	vary("agreedLink low", func(t *thresholds) { t.agreedLink = 0.5 })
	vary("agreedLink high", func(t *thresholds) { t.agreedLink = 0.75 })
	vary("lookLink low", func(t *thresholds) { t.lookLink = 0.4 })
	vary("homeLink high", func(t *thresholds) { t.homeLink = 0.2 })
	vary("long low", func(t *thresholds) { t.long = 8 })
	vary("long high", func(t *thresholds) { t.long = 18 })
	return all
}

// TestThresholds shows that the thresholds are no memory of the pages they were
// found on: whichever are the best on one half of a collection are as good as
// the best on the other half, but for little; and none sits on an edge.
func TestThresholds(t *testing.T) {
	if testing.Short() {
		t.Skip("scores some 200 pages twenty times")
	}
	const little = 0.005
	for name, pages := range map[string][]score.Page{"articles": articlePages(t), "publishers": publisherPages(t)} {
		found := votedPages(t, pages)
		results := map[string][]float64{}
		for variant, at := range variants() {
			results[variant] = scores(found, at)
		}
		for which := range 2 {
			best := func(h int) string {
				return slices.MaxFunc(slices.Sorted(maps.Keys(results)), func(a, b string) int {
					return int(1e6 * (half(results[a], h) - half(results[b], h)))
				})
			}
			chosen, there := best(which), best(1-which)
			if lost := half(results[there], 1-which) - half(results[chosen], 1-which); lost > little {
				t.Errorf("%s: %q is the best on half %d and loses %.4f on the other, where %q is", name, chosen, which, lost, there)
			}
			t.Logf("%s, half %d: measured %.4f, best %q %.4f", name, which, half(results["measured"], which), best(which), half(results[best(which)], which))
		}
		for variant, f := range results {
			if lost := (half(results["measured"], 0) - half(f, 0) + half(results["measured"], 1) - half(f, 1)) / 2; lost > little {
				t.Errorf("%s: %q loses %.4f", name, variant, lost)
			}
		}
	}
}
