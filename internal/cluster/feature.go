package cluster

// Feature is one word, name or number that a story is linked by.
type Feature struct {
	Hash   uint32
	Weight float32
}

// Vocabulary knows how rare words are.
type Vocabulary struct{}

func (k *Sketcher) featuresOf(s *Sketch, f *facts) []Feature { return nil }
