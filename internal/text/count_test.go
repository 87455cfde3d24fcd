package text

import "testing"

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{
		0: "0", 999: "999", 1000: "1,000", 11000: "11,000", 1234567: "1,234,567", -1234: "-1,234", -123: "-123",
	} {
		if got := Thousands(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func TestPlural(t *testing.T) {
	got := Many(1, "match") + ", " + Many(2000, "match") + ", " + Many(2, "news") + ", " + Many(0, "story") + ", " +
		Plural(1, "story") + ", " + Plural(2000, "rule")
	if want := "1 match, 2,000 matches, 2 news, 0 stories, 1 story, 2000 rules"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestOneLine(t *testing.T) {
	for text, want := range map[string]string{"": "", "a": "a", "a\n  b\n\n\tc\n": "a; b; c", "\n": ""} {
		if got := OneLine(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
