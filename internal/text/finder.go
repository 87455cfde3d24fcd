package text

// Finder looks for the phrases of one Index in texts, one after another. It
// serves one goroutine, and takes no new memory once it has seen a few texts.
type Finder struct {
	Tokens
	x        *Index
	words    []uint32 // for each token the number of its word, or of its readings with severalWords
	readings []uint32 // lists of word numbers, their length first
	starts   []start
	cache    []cached // of readings, by hash; made when it is needed
	stems    Stems

	marks []uint64
	found []uint32
}

// severalWords marks, in Finder.words, a place in Finder.readings.
const severalWords = 1 << 31

// start is a token that phrases of several words begin with.
type start struct {
	token           int
	node, followers uint32
}

// NewFinder makes a Finder of an index. It can mark numbers up to the phrases
// of the index and more of the caller's own.
func NewFinder(x *Index, more int) *Finder {
	return &Finder{x: x, marks: make([]uint64, (x.phrases+more)/64+1)}
}

// Find cuts a text, and marks the phrases that it finds there beside those that
// are marked already.
func (f *Finder) Find(s string) {
	f.Cut(s)
	f.read()
	for _, s := range f.starts {
		f.walk(s.token+1, s.node, s.followers)
	}
}

// Mark marks a number that is not marked yet.
func (f *Finder) Mark(n uint32) {
	if w, bit := n/64, uint64(1)<<(n%64); f.marks[w]&bit == 0 {
		f.marks[w] |= bit
		f.found = append(f.found, n)
	}
}

// Marked reports whether a number is marked.
func (f *Finder) Marked(n uint32) bool { return f.marks[n/64]>>(n%64)&1 != 0 }

// Found gives what is marked, each once. It grows as more is marked.
func (f *Finder) Found() []uint32 { return f.found }

// Forget takes all marks away.
func (f *Finder) Forget() {
	for _, n := range f.found {
		f.marks[n/64] = 0
	}
	f.found = f.found[:0]
}

// read finds the word of every token.
func (f *Finder) read() {
	x := f.x
	f.starts, f.readings = f.starts[:0], f.readings[:0]
	if cap(f.words) <= len(f.tokens) {
		f.words = make([]uint32, 2*len(f.tokens)+1)
	}
	f.words = f.words[:len(f.tokens)+1]
	f.words[len(f.tokens)] = 0
	ask := len(x.patterns.all) > 0
	for i, k := range f.tokens {
		if k.size&flagSpelled != 0 || ask && x.patterns.has(f.initials(k)) {
			f.words[i] = f.reading(i, k)
			continue
		}
		f.words[i] = 0
		bit := k.hash >> x.shift
		if x.filter[bit/64]>>(bit%64)&1 == 0 {
			continue
		}
		fold := uint64(0)
		if k.size&flagASCII != 0 {
			fold = foldASCII
		}
		if s := x.lookup(k.hash, f.padded[k.start:], int(k.size>>flagBits), fold); s != nil {
			f.words[i] = s.word
			f.begin(i, &s.beginning)
		}
	}
}

// initials gives the first two bytes of a token whose spelling is that of the
// text.
func (f *Finder) initials(k token) uint16 {
	first, second := uint16(f.padded[k.start]), uint16(f.padded[k.start+1])
	if k.size&flagASCII != 0 {
		first, second = first|0x20, second|0x20
	}
	if k.size>>flagBits == 1 {
		second = 0
	}
	return first | second<<8
}

// begin marks the phrase of one word, and notes where others begin.
func (f *Finder) begin(i int, b *beginning) {
	if b.phrase != 0 {
		f.Mark(b.phrase - 1)
	}
	if b.node != 0 {
		f.starts = append(f.starts, start{i, b.node, b.followers})
	}
}

// walk marks the phrases that go on from a node at a token.
func (f *Finder) walk(i int, node, followers uint32) {
	word := f.words[i]
	if word == 0 || f.tokens[i].size&flagBreak != 0 {
		return
	}
	if word&severalWords == 0 {
		if followers>>(word%32)&1 != 0 {
			f.follow(i, node, word)
		}
		return
	}
	at := word &^ severalWords
	for _, word := range f.readings[at+1 : at+1+f.readings[at]] {
		f.follow(i, node, word)
	}
}

func (f *Finder) follow(i int, node, word uint32) {
	h := hashEdge(node, word)
	if bit := h >> f.x.unlinked; f.x.links[bit/64]>>(bit%64)&1 == 0 {
		return
	}
	e := f.x.edge(h, node, word)
	if e == nil {
		return
	}
	if e.phrase != 0 {
		f.Mark(e.phrase - 1)
	}
	if e.to != 0 {
		f.walk(i+1, e.to, ^uint32(0))
	}
}
