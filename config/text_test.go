package config_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/copytaster/copytaster/config"
)

// TestHostileText: what is no text, too much or too deep ends in one message at
// the right place.
func TestHostileText(t *testing.T) {
	for name, c := range map[string]struct {
		text         string
		line, column int
		want         string
	}{
		"UTF-16":           {"\xff\xfea\x00:\x00 \x00b\x00", 1, 1, "UTF-16"},
		"Latin-1":          {"storage: a\nlisten: \"caf\xe9\"\n", 2, 13, "not UTF-8"},
		"NUL":              {"a: b\nc: \x00\n", 2, 4, "control character"},
		"escape":           {"a: \x1b[31mred\n", 1, 4, "control character"},
		"deep flow":        {"concepts: {a: " + strings.Repeat("[", 100000), 1, 0, "nest too deeply"},
		"deep block":       {"concepts:\n  a:\n   " + strings.Repeat("- ", 5000) + "x\n", 3, 0, "nest too deeply"},
		"alias bomb":       {bomb(9, 9), 1, 1, "repeat too much"},
		"alias depth":      {bomb(90, 1), 1, 1, "nest too deeply"},
		"too large":        {strings.Repeat("# 789abcde\n", 1<<20), 0, 0, "larger than 10 MB"},
		"alias in itself":  {"concepts: &a\n  x: [*a]\n", 2, 7, "inside the value"},
		"merge of itself":  {"crawl: &a\n  <<: *a\n", 2, 7, "inside the value"},
		"only a scalar":    {"x", 1, 1, "a map with the keys"},
		"many documents":   {"--- \n---\n---\n", 2, 1, "second document"},
		"document end":     {"a: b\n...\nc: d\n", 3, 1, "second document"},
		"tab after spaces": {"crawl:\n  workers: 3\n \ttimeout: 3s\n", 3, 2, "tab"},
	} {
		t.Run(name, func(t *testing.T) {
			_, mistakes := loadText(t, c.text)
			if len(mistakes) != 1 {
				t.Fatalf("%d mistakes: %.300v", len(mistakes), mistakes)
			}
			m := mistakes[0]
			if !strings.Contains(m.Message, c.want) || m.Line != c.line || c.column > 0 && m.Column != c.column {
				t.Errorf("got %v, want %d:%d %s", m.Error(), c.line, c.column, c.want)
			}
			if len(m.Excerpt) > 1000 {
				t.Errorf("the excerpt has %d bytes", len(m.Excerpt))
			}
		})
	}
}

// bomb nests lists of aliases: depth lists of width uses of the one before.
func bomb(depth, width int) string {
	var b strings.Builder
	b.WriteString("concepts:\n  a0: &a0 [x]\n")
	for i := 1; i <= depth; i++ {
		fmt.Fprintf(&b, "  a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), width), ", "))
	}
	return b.String()
}

// TestTextForms: byte order marks and Windows' line ends are nothing to people,
// and move no column.
func TestTextForms(t *testing.T) {
	c, mistakes := loadText(t, "\ufefflisten: 127.0.0.1:9\r\nretention: 30d\r\nconcepts:\r\n  a: [x]\r\n")
	if mistakes != nil {
		t.Fatal(mistakes)
	}
	if c.Listen != "127.0.0.1:9" || c.Retention != 30*24*time.Hour {
		t.Errorf("listen %q, retention %s", c.Listen, c.Retention)
	}
	_, mistakes = loadText(t, "\ufefflisen: x\r\nretention: 30\r\n")
	want := []string{
		"copytaster.yaml:1:1: unknown key `lisen` in a config file",
		"copytaster.yaml:2:12: \"30\" is no duration",
	}
	for i, m := range mistakes {
		if i >= len(want) || m.Error() != want[i] || strings.ContainsAny(m.Excerpt, "\r\ufeff") {
			t.Errorf("%q, line %q", m.Error(), m.Excerpt)
		}
	}
}

// FuzzLoad: whatever stands in a file ends in a config or in mistakes that can
// be shown, the same every time.
func FuzzLoad(f *testing.F) {
	for _, pattern := range []string{"testdata/bad/*.txtar", "testdata/good/*.txtar"} {
		for _, a := range archives(f, pattern) {
			f.Add(a.files["copytaster.yaml"])
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		load := func() (*config.Config, error) {
			return config.LoadFiles("copytaster.yaml", map[string][]byte{"copytaster.yaml": text}, none)
		}
		c, err := load()
		if (c == nil) == (err == nil) {
			t.Fatalf("config %v, error %v", c, err)
		}
		_, again := load()
		if fmt.Sprint(err) != fmt.Sprint(again) {
			t.Fatalf("first\n%v\nthen\n%v", err, again)
		}
		mistakes, _ := err.(config.Mistakes)
		if err != nil && len(mistakes.Errors()) == 0 {
			t.Fatalf("an error without errors: %v", err)
		}
		for _, m := range mistakes {
			if m.File != "copytaster.yaml" && !strings.HasPrefix(m.File, "pack:") || m.Message == "" || m.Line < 0 || m.Column < 0 {
				t.Fatalf("%+v", m)
			}
		}
		if c != nil {
			c.WarningsAt(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			c.Rules.Test()
		}
	})
}
