package text

// Holds reports whether the words stand somewhere in a text.
func Holds(words, in string) bool {
	p := NewPhrase(words, Look{})
	tokens := Split(in)
	var stems Stems
	for i := range tokens {
		if _, _, ok := p.At(tokens, i, &stems); ok {
			return true
		}
	}
	return false
}
