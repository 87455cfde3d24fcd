package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/text"
)

// conceptLanguages are the languages whose words for concepts are listed.
var conceptLanguages = strings.Fields("ar de en es fr is it ja ko nl pl pt ru tr uk zh")

const (
	mostConcepts = 8 // that one word stands for; more, and it says little
)

// printConcepts prints the words that Unicode's CLDR annotates signs with, as
// package cluster embeds them in concepts.txt. folder holds its annotations, as in
// the package cldr-annotations-full of npm.
func printConcepts(out *strings.Builder, folder string) error {
	numbers := map[string]int{} // of signs
	words := map[string]map[string][]int{}
	for _, language := range conceptLanguages {
		signs, err := readAnnotations(filepath.Join(folder, language, "annotations.json"))
		if err != nil {
			return err
		}
		words[language] = map[string][]int{}
		for _, sign := range slices.Sorted(maps.Keys(signs)) {
			if numbers[sign] == 0 {
				numbers[sign] = len(numbers) + 1
			}
			for _, word := range conceptWords(signs[sign]) {
				words[language][word] = append(words[language][word], numbers[sign])
			}
		}
	}
	for _, language := range conceptLanguages {
		fmt.Fprintf(out, "[%s]\n", language)
		for _, word := range slices.Sorted(maps.Keys(words[language])) {
			if list := words[language][word]; len(list) <= mostConcepts {
				fmt.Fprintln(out, word+":", strings.Trim(fmt.Sprint(list), "[]"))
			}
		}
	}
	return nil
}

// conceptWords folds the words of a sign, each once.
func conceptWords(phrases []string) (words []string) {
	for _, phrase := range phrases {
		if word, ok := conceptWord(phrase); ok {
			words = append(words, word)
		}
	}
	slices.Sort(words)
	return slices.Compact(words)
}

// conceptWord folds a word; a row of words is none.
func conceptWord(phrase string) (string, bool) {
	tokens := text.Split(phrase)
	var b strings.Builder
	spaced := 1
	for i, t := range tokens {
		if t.Script == text.Number {
			return "", false
		}
		if i > 0 && (!t.Joined || t.Script < text.Hangul) {
			b.WriteByte(' ')
			spaced++
		}
		b.WriteString(t.Folded)
	}
	word := b.String()
	return word, spaced == 1 && len(word) >= 3 && len(word) <= 40
}

// readAnnotations reads the words of each sign.
func readAnnotations(name string) (map[string][]string, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Annotations struct {
			Annotations map[string]struct {
				Default []string `json:"default"`
				TTS     []string `json:"tts"`
			} `json:"annotations"`
		} `json:"annotations"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	signs := map[string][]string{}
	for sign, a := range file.Annotations.Annotations {
		signs[sign] = append(a.Default, a.TTS...)
	}
	return signs, nil
}
