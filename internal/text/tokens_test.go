package text

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// carefully cuts a text without the short cuts.
func carefully(s string) []Token {
	t := Tokens{careful: true}
	t.Cut(s)
	return t.List(nil)
}

// awkward are texts in which the short cuts of Cut may go wrong.
var awkward = []string{
	"", "a", "'", "a'", "a's", "a's'", "a's'b", "a’s", "a’s’b", "a’sb", "the dogs' bowl", "rock ’n’ roll", "1990's", "1990’s U.S.'s",
	"U.N. U.N.Security A.Б. a.b 9.5 9.5.1 G7.5 1,279.54 1,27 x1,234 example.com,next end.Next", "a\n\nb a \n \n b a\nb a\r\n\r\nb “a”\n\n“b”",
	"“a”—b…c‐d‑e", "cafe\u0301 e\u0301 “\u0301a”", "a\u00ADb\u200B c\u200B\u200Bd", "중국\n\n북한", "金x正 x金 金 x", "a。b！c? d!\n\ne",
	"ﬁ ㍿x ™x x™ ﷺ", "\x00a\xffb\xe2\x80", "a\xe2\x80\x99", "ABC'S ABC’S XYZ", "É’s l’Iran d'Iran Putin'in", strings.Repeat("x", 63) + "'s y",
	strings.Repeat("x", 64) + "'s y", strings.Repeat("ab ", 21) + "c\n\nd", strings.Repeat("x", 200) + "." + strings.Repeat("Y", 300),
}

func TestCutTakesShortCutsOnlyWhereTheyLeadToTheSame(t *testing.T) {
	for _, s := range awkward {
		for _, text := range []string{s, s + " end", strings.Repeat("z", 60) + " " + s, s + "\n\n" + s} {
			if diff := cmp.Diff(carefully(text), Split(text)); diff != "" {
				t.Errorf("Split(%q) -carefully +quickly:\n%s", text, diff)
			}
		}
	}
}

func TestCutHashesTheFoldedForm(t *testing.T) {
	for _, s := range awkward {
		var tokens Tokens
		tokens.Cut(s)
		for i, tok := range tokens.List(nil) {
			if got, want := tokens.tokens[i].hash, hashOf([]byte(tok.Folded)); got != want {
				t.Errorf("token %d of %q, %s: hash %x, want %x", i, s, tok.Folded, got, want)
			}
		}
	}
}

func TestCutCanBeUsedAgain(t *testing.T) {
	var again Tokens
	for _, s := range awkward {
		again.Cut(s)
		if diff := cmp.Diff(Split(s), append([]Token(nil), again.List(nil)...)); diff != "" {
			t.Errorf("%q: -fresh +again:\n%s", s, diff)
		}
	}
	long := strings.Repeat("It’s the envoy's 1,279 U.N. words, “quoted”. Ким Чен Ын 김정은 金正恩\n\n", 40)
	if n := testing.AllocsPerRun(20, func() { again.Cut(long) }); n > 0 {
		t.Errorf("%v allocations for a text as long as the one before", n)
	}
}

func FuzzCut(f *testing.F) {
	for _, s := range awkward {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if diff := cmp.Diff(carefully(s), Split(s)); diff != "" {
			t.Errorf("Split(%q) -carefully +quickly:\n%s", s, diff)
		}
	})
}

func BenchmarkCut(b *testing.B) {
	s := strings.Repeat("Putin's envoy said on Monday that the U.N. Security Council would meet. “We are ready,” he said, after 1,279 days.\n", 38)
	var t Tokens
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		t.Cut(s)
	}
}
