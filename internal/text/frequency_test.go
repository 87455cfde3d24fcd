package text

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "count the frequencies of words in the corpus again, and write frequencies.txt")

// leastListed is the least frequency that is listed, of a thousand stories.
const leastListed = 4

func TestFrequency(t *testing.T) {
	for _, c := range []struct {
		often, unlisted string
	}{{"the", "president"}, {"president", "missile"}, {"government", "kremlin"}, {"said", "sanctions"}} {
		if a, b := Frequency(c.often), Frequency(c.unlisted); a <= b {
			t.Errorf("%s has %v, %s has %v", c.often, a, c.unlisted, b)
		}
	}
	if got := Frequency("nosuchword"); got != unlisted {
		t.Errorf("an unknown word has %v", got)
	}
	for word, n := range frequencyOf() {
		if n < leastListed || n > 1000 {
			t.Errorf("%s has %v", word, n)
		}
		if tokens := Split(word); len(tokens) != 1 || tokens[0].Folded != word {
			t.Errorf("%q is no folded word", word)
		}
	}
}

// TestFrequencies counts the words of the corpus anew.
func TestFrequencies(t *testing.T) {
	wire, today := wireTexts(t), pageTexts(t)
	share := map[string]float64{}
	t.Logf("%d stories of the wire, %d of today", len(wire), len(today))
	for _, texts := range [][]string{wire, today} {
		for word, n := range countStories(texts) {
			share[word] += 500 * (n - 1) / float64(len(texts)) // once may be chance
		}
	}
	words := slices.DeleteFunc(slices.Collect(maps.Keys(share)),
		func(w string) bool { return share[w] < leastListed || strings.ContainsAny(w, "0123456789") })
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(cmp.Compare(share[b], share[a]), cmp.Compare(a, b)) })
	var b strings.Builder
	for _, w := range words {
		fmt.Fprintf(&b, "%s %.0f\n", w, share[w])
	}
	if *update {
		if err := os.WriteFile("frequencies.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if b.String() != frequencies {
		t.Errorf("the corpus says otherwise than frequencies.txt: go test ./internal/text -run TestFrequencies -update writes it anew")
	}
}

// countStories says of every folded word how many texts hold it.
func countStories(texts []string) map[string]float64 {
	count := map[string]float64{}
	for _, s := range texts {
		once := map[string]bool{}
		for _, tok := range Split(s) {
			if tok.Script == Latin && !once[tok.Folded] {
				once[tok.Folded] = true
				count[tok.Folded]++
			}
		}
	}
	return count
}

func corpusFile(t *testing.T, name string) string {
	t.Helper()
	folder := os.Getenv("COPYTASTER_CORPUS")
	if folder == "" {
		folder = "../../../shared/corpus"
	}
	path := filepath.Join(folder, name)
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("the corpus is not there: %v", err)
	}
	return path
}

func wireTexts(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob(corpusFile(t, "wire") + "/*.jsonl.gz")
	if err != nil || len(names) == 0 {
		t.Fatal("no wire stories", err)
	}
	var texts []string
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		unzipped, err := gzip.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(unzipped)
		lines.Buffer(nil, 16<<20)
		for lines.Scan() {
			var story struct{ Title, Text string }
			if err := json.Unmarshal(lines.Bytes(), &story); err != nil {
				t.Fatal(err)
			}
			texts = append(texts, story.Title+"\n"+story.Text)
		}
		if err := cmp.Or(lines.Err(), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return texts
}

// pageTexts returns the pages of English-speaking publishers.
func pageTexts(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(corpusFile(t, "publishers/expected.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for line := range strings.Lines(string(raw)) {
		var page struct {
			File string
			Body []string
		}
		if err := json.Unmarshal([]byte(line), &page); err != nil {
			t.Fatal(err)
		}
		switch country, _, _ := strings.Cut(page.File, "/"); country {
		case "us", "uk", "au", "ca", "ie", "in", "na", "za", "nz":
			texts = append(texts, strings.Join(page.Body, "\n"))
		}
	}
	return texts
}
