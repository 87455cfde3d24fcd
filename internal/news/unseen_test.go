package news_test

import (
	"testing"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
)

func TestUnseen(t *testing.T) {
	for r := range rune(0xA0) {
		if control := r < ' ' || r >= 0x7F; news.Unseen(r) != control {
			t.Errorf("%U: %v", r, !control)
		}
	}
	for _, r := range "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u200b\u00ad\U000e0041\ufdd0" {
		if !news.Unseen(r) {
			t.Errorf("%U is seen", r)
		}
	}
	for r := range unicode.MaxRune {
		if unicode.Is(unicode.Bidi_Control, r) && !news.Unseen(r) {
			t.Errorf("%U is seen", r)
		}
	}
	for _, r := range "aé한国Я ع\u200c\u200d\ufe0f🏴\u0301\ufffd\u00a0" {
		if news.Unseen(r) {
			t.Errorf("%U is not seen", r)
		}
	}
}
