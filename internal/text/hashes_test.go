package text

import "testing"

func TestHashes(t *testing.T) {
	var cut Tokens
	for _, s := range []string{"São Paulo's mayor", "SAO PAULO", "U.S. O'Brien 1,279.54", "Пхеньяне 北朝鮮 김정은", "internationalisation"} {
		cut.Cut(s)
		tokens, hashes := cut.List(nil), cut.Hashes(nil)
		if len(tokens) != len(hashes) {
			t.Fatalf("%q: %d tokens, %d hashes", s, len(tokens), len(hashes))
		}
		for i := range tokens {
			if got := HashOf(tokens[i].Folded); got != hashes[i] {
				t.Errorf("%q: hash of %q is %x, want %x", s, tokens[i].Folded, hashes[i], got)
			}
		}
	}
}
