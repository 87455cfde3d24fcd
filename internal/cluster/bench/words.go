package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// printWords counts in how many of a thousand stories of a language each word
// stands, and prints what package cluster embeds as frequent.txt. English is in
// package text; Chinese and Japanese have no words. It counts one half of the
// sets, both for -1.
func printWords(out *strings.Builder, wanted int) error {
	texts := map[string][]string{}
	for _, name := range []string{"meantime", "wmt21", "semeval_pairs"} {
		records, err := readSet(name)
		if err != nil {
			return err
		}
		for _, r := range records {
			if wanted >= 0 && half(cmp.Or(r.Label, r.ID)) != wanted {
				continue
			}
			texts[r.Lang] = append(texts[r.Lang], r.Title+"\n"+r.Text)
			texts[r.Lang1] = append(texts[r.Lang1], r.Text1)
			texts[r.Lang2] = append(texts[r.Lang2], r.Text2)
		}
	}
	for _, language := range slices.Sorted(maps.Keys(texts)) {
		list := slices.Compact(slices.Sorted(slices.Values(texts[language])))
		if len(language) != 2 || len(list) < 50 || slices.Contains([]string{"en", "ja", "zh"}, language) {
			continue
		}
		fmt.Fprintln(out, language)
		count := holding(list)
		for _, word := range slices.Sorted(maps.Keys(count)) {
			if share := 1000 * count[word] / len(list); share >= 20 && count[word] > 2 {
				fmt.Fprintln(out, word, share)
			}
		}
	}
	return nil
}

// holding counts the texts that hold each word.
func holding(texts []string) map[string]int {
	count := map[string]int{}
	for _, s := range texts {
		seen := map[string]bool{}
		for _, t := range text.Split(s) {
			word := t.Folded
			if rest, ok := strings.CutPrefix(word, "ال"); ok && t.Script == text.Arabic && len(rest) > 4 {
				word = rest
			}
			if len(word) < 2 || t.Script == text.Number || seen[word] {
				continue
			}
			seen[word] = true
			count[word]++
		}
	}
	return count
}
