package text

// Hashes appends a hash of the folded form of each token to into. Two tokens
// with the same folded form have the same hash; of up to eight bytes, no other
// form has it.
func (t *Tokens) Hashes(into []uint64) []uint64 {
	for i := range t.tokens {
		into = append(into, t.tokens[i].hash)
	}
	return into
}

// HashOf returns what Hashes appends for a folded form.
func HashOf(folded string) uint64 { return hashOf([]byte(folded)) }
