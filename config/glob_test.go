package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestGlob: a pattern finds what filepath.Glob finds.
func TestGlob(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.yaml", "b.yml", "rules/one.yaml", "rules/two.yaml", "rules/deep/three.yaml", "rules/[x].yaml"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{
		"*.yaml", "rules/*.yaml", "*/*.yaml", "*/*/*.yaml", "rules/t?o.yaml", "rules/[a-o]*.yaml", `rules/\[x\].yaml`,
		"none/*.yaml", "a.yaml/*", "*", "rules/../*.yaml", ".//*.yaml",
	} {
		full := dir + "/" + pattern
		want, err := filepath.Glob(full)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i] = filepath.Clean(want[i])
		}
		got, err := (&globber{left: 100}).glob(full)
		if !slices.Equal(got, want) || err != nil {
			t.Errorf("%s: %v, %v; want %v", pattern, got, err, want)
		}
	}
	if _, err := (&globber{left: 100}).glob("["); err == nil {
		t.Error("a broken pattern is taken")
	}
}

// TestWidePattern: a pattern may not walk the machine.
func TestWidePattern(t *testing.T) {
	dir := t.TempDir()
	for i := range 40 {
		folder := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		for j := range 10 {
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(j)), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	g := globber{left: 100}
	if _, err := g.glob(dir + "/*/*"); !errors.Is(err, errWidePattern) {
		t.Errorf("%v", err)
	}
	_, err := LoadFiles(filepath.Join(dir, "c.yaml"), map[string][]byte{"c.yaml": []byte("include: [x*.yaml]\n")}, nil)
	if err == nil || strings.Contains(err.Error(), "too wide") {
		t.Errorf("copies: %v", err)
	}
}
