package text

import "testing"

func TestSigns(t *testing.T) {
	for _, c := range []struct {
		text, signs string
		bytes       uint8
	}{
		{"C", "", 0}, {"C++", "++", 2}, {"C＋＋ ", "++", 6}, {"C♯", "#", 3}, {"C +", "", 0}, {"5%+", "%", 1}, {"5%%", "%%", 2}, {"US$5", "$", 1},
		{"A+++++", "++++", 4}, {"Путин#", "#", 1}, {"金+", "+", 1}, {"Yahoo!", "", 0}, {"l’Iran+", "+", 1}, {"C\xef\xbc", "", 0}, {"C\xef", "", 0},
	} {
		tok := Split(c.text)[0]
		if tok.Signs.String() != c.signs || tok.SignBytes != c.bytes {
			t.Errorf("%q: %q of %d bytes", c.text, tok.Signs, tok.SignBytes)
		}
		if tok.Alt != nil && tok.Alt.Signs != tok.Signs {
			t.Errorf("%q: the second reading has %q", c.text, tok.Alt.Signs)
		}
	}
}
