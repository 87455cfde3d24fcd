package config

import (
	"regexp"
	"strings"
	"testing"
)

func TestBoundedNamesAreThoseOfTheirPattern(t *testing.T) {
	for form, texts := range map[*bounded][]string{
		&nameForm:    {"", "a", "tass", "Ким-2", "7", "_a", "-a", "a.b_c-d", "a b", "a\n", strings.Repeat("я", 64), strings.Repeat("я", 65), "é", "\xff"},
		&conceptForm: {"", "_", "kim", "7", "-a", "a-b", "a.b", strings.Repeat("a", 64), strings.Repeat("a", 65)},
		&channelForm: {"", "news", "News", "a_b-c", "뉴스", "a b", "#news", strings.Repeat("뉴", 80), strings.Repeat("뉴", 81)},
	} {
		pattern := regexp.MustCompile(form.String())
		for _, text := range texts {
			if got, want := form.MatchString(text), pattern.MatchString(text); got != want {
				t.Errorf("%s: %q is %v, the pattern says %v", form, text, got, want)
			}
		}
	}
}
