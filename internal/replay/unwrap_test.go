package replay

import (
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

func TestUnwrap(t *testing.T) {
	text, err := os.ReadFile("testdata/unwrap.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct{ Name, Text, Want string }
	if err := yaml.Unmarshal(text, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			if diff := cmp.Diff(strings.TrimSuffix(c.Want, "\n"), Unwrap(c.Text)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Unwrapping changes only the space between words.
func FuzzUnwrap(f *testing.F) {
	f.Add("The two leaders met at the Vostochny cosmodrome on Wednesday\nand talked.\n\n  They left.\r\n")
	f.Add("北朝鮮の\n金正恩\x03 solid-\nfuel")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // readStory never gives one
		}
		got := Unwrap(text)
		if want := letters(text); letters(got) != want {
			t.Errorf("%q became %q", text, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if got != "" && (line == "" || strings.TrimSpace(line) != line) {
				t.Errorf("%q became %q, with a line that is no paragraph", text, got)
			}
		}
	})
}

// letters are a text without its spaces and control characters.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r < ' ' || r == '\x7f' || r == '\u2028' || r == '\u2029' {
			return -1
		}
		return r
	}, text)
}
