package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func seeded() *rand.Rand { return rand.New(rand.NewPCG(1, 1)) }

// hard are texts that are easily split wrong.
var hard = []string{
	"", "a", " ", "A b\tC\n", "it’s “quoted” — and–dashed…end", "naïve café", "Ünïcödé", "x\u00a0y", "абв где", "東京都 2024年",
	"\xff\xfe broken \xe2\x80", "end\xe2\x80\x99", strings.Repeat("long", 80), strings.Repeat("é", 100),
	strings.Repeat("a", 63) + " b", strings.Repeat("a", 64) + "é b", strings.Repeat(" ", 63) + "word’s",
	"seventeen1seventeen1 eightbyt sixteenbytesword 0123456789abcdefg",
}

func TestSketchSplitsAsSplitWords(t *testing.T) {
	texts := append(inventTexts(3, 3000, seeded()), hard...)
	for _, text := range texts {
		var want []uint64
		for _, w := range splitWords(text) {
			var one wordBits
			want = append(want, one.hashes(strings.ToUpper(w), nil)...)
		}
		var bits wordBits
		if got := bits.hashes(text, nil); !slices.Equal(got, want) {
			t.Errorf("%.40q: %d tokens, want %d, or other ones", text, len(got), len(want))
		}
	}
}

func TestAppendWords(t *testing.T) {
	for _, text := range hard {
		want := " " + strings.Join(splitWords(text), " ") + " "
		if want == "  " {
			want = " "
		}
		if got := string(appendWords(nil, text)); got != want {
			t.Errorf("%.40q: %q, want %q", text, got, want)
		}
	}
}

// TestEnginesAgree measures everything for a moment: all that only find phrases
// find the same.
func TestEnginesAgree(t *testing.T) {
	texts := inventTexts(20, 2000, seeded())
	v := newVocabulary(texts, seeded())
	set := ruleSet{rules: dense(v, 60), df: allFrequencies(texts[:10])}
	var all []contender
	for _, e := range engines() {
		all = append(all, contender{e.name, func() builder { return e.prepare(set) }})
	}
	results, err := measure(all, documents(texts[10:]), time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		if r.engine != "copytaster" && r.sum() != results[0].sum() {
			t.Errorf("%s finds %.1f matches a text, sum %x; the sketch %.1f, sum %x", r.engine, r.matches(), r.sum(), results[0].matches(), results[0].sum())
		}
		if len(r.turns) != len(results[0].turns) || r.micros <= 0 || r.against(r) != 1 {
			t.Errorf("%s: %d turns, median %f", r.engine, len(r.turns), r.micros)
		}
	}
	if results[0].matches() < 1 {
		t.Errorf("the sketch finds %.2f matches a text: too few to compare", results[0].matches())
	}
}

// dense draws rules that match often.
func dense(v *vocabulary, n int) []concepts {
	rng := seeded()
	all := v.rules(n, rng)
	for i := range all {
		all[i][i%3][0], all[i][(i+1)%3][1] = pick(rng, v.common), pick(rng, v.common)
	}
	return all
}

func TestVocabulary(t *testing.T) {
	v := newVocabulary(inventTexts(92, 5000, seeded()), seeded())
	if len(v.words) != dictionaryWords || len(v.names) != dictionaryNames {
		t.Errorf("%d words and %d names, want %d and %d", len(v.words), len(v.names), dictionaryWords, dictionaryNames)
	}
	for name, words := range map[string][]string{"words": v.words, "names": v.names} {
		if n := len(slices.Compact(slices.Sorted(slices.Values(words)))); n != len(words) {
			t.Errorf("%d of %d %s are different", n, len(words), name)
		}
	}
	shares := map[string]float64{}
	const n = 20_000
	rng := seeded()
	for range n {
		shares[fmt.Sprint(len(strings.Fields(v.phrase(rng))))] += 1.0 / n
	}
	for words, want := range map[string]float64{"1": 0.50, "2": 0.46, "3": 0.04} {
		if math.Abs(shares[words]-want) > 0.015 {
			t.Errorf("%.3f of the phrases have %s words, want %.2f", shares[words], words, want)
		}
	}
}

func TestRulesAreTheSameEveryTime(t *testing.T) {
	texts := inventTexts(20, 2000, seeded())
	first, second := newVocabulary(texts, seeded()).rules(50, seeded()), newVocabulary(texts, seeded()).rules(50, seeded())
	if fmt.Sprint(first) != fmt.Sprint(second) {
		t.Error("one seed gives two sets of rules")
	}
}

func TestLanguages(t *testing.T) {
	t.Setenv("COPYTASTER_CORPUS", t.TempDir())
	for _, l := range allLanguages() {
		texts, real, err := l.texts()
		if err != nil || real || len(texts) != 1 {
			t.Fatalf("%s: %d texts, real %v, error %v", l.name, len(texts), real, err)
		}
		for _, other := range allLanguages() {
			if other.is(texts[0]) != (other.name == l.name) {
				t.Errorf("the text in %s is taken for %s, or not for its own", l.name, other.name)
			}
		}
		rng := seeded()
		found := 0
		for range 1000 {
			p := l.phrase(texts, rng)
			if p == "" {
				t.Fatalf("%s: an empty phrase", l.name)
			}
			if strings.Contains(texts[0], p) {
				found++
			}
		}
		if found < 20 || found > 250 {
			t.Errorf("%s: %d of 1000 phrases stand in the text", l.name, found)
		}
	}
}

func TestTables(t *testing.T) {
	t.Setenv("COPYTASTER_CORPUS", t.TempDir())
	o, err := parseFlags(strings.Fields("-engines sketch,copytaster -rules 50 -time 1ms"))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	b, err := newBench(o, &out)
	if err != nil {
		t.Fatal(err)
	}
	b.scale = scale{growth: []int{5, 50}, lengths: []int{50, 20_000}, rulesAtLength: 20, languageRules: 100, kindRules: 10}
	rows := map[string]int{"yardstick": 2, "growth": 4, "length": 4, "languages": 12, "kinds": len(kinds())}
	for _, table := range tables() {
		out.Reset()
		if err := table.print(b); err != nil {
			t.Fatal(err)
		}
		got := -1 // the head
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(line, "  ") && !strings.Contains(line, "both match") {
				got++
			}
		}
		if got != rows[table.name] {
			t.Errorf("%s: %d rows, want %d:\n%s", table.name, got, rows[table.name], &out)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, args := range []string{"-rules ten", "-tables chairs", "-engines steam"} {
		if _, err := parseFlags(strings.Fields(args)); err == nil {
			t.Errorf("%s: no error", args)
		}
	}
	o, err := parseFlags(strings.Fields("-rules 5,10 -million -engines sketch"))
	if err != nil || !slices.Equal(o.sizes, []int{5, 10, 1_000_000}) || !slices.Equal(o.engines, []string{"sketch"}) {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestNumbers(t *testing.T) {
	for got, want := range map[string]string{
		thousands(7): "7", thousands(1000): "1,000", thousands(1234567): "1,234,567",
		micros(9.87): "9.9", micros(123.4): "123", micros(12345.6): "12,346",
		seconds(15 * time.Millisecond): "15 ms", seconds(1500 * time.Millisecond): "1.50 s",
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
