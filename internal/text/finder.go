package text

import "slices"

// Finder looks for the phrases of one Index in texts, one after another. It
// serves one goroutine, and takes no new memory once it has seen a few texts.
//
// It goes over a text in passes, each of which leaves the next one less to look
// at, and which count instead of branching: what a word will turn out to be
// cannot be foreseen, and a processor waits longest where it guessed wrong.
type Finder struct {
	Tokens
	x        *Index
	words    []uint32 // for each token the number of its word, or of its readings with severalWords; then a 0
	readings []uint32 // lists of word numbers, their length first
	asked    []uint32 // tokens that may be known
	later    []uint32 // those of them that patterns may find
	starts   []start
	cache    []cached // of readings, by hash; made when it is needed
	stems    Stems

	marks   []uint64
	found   []uint32
	reached uint64
}

// severalWords marks, in Finder.words, a place in Finder.readings.
const severalWords = 1 << 31

// start is a token that phrases of several words begin with.
type start struct{ token, node uint32 }

// NewFinder makes a Finder of an index. It marks the numbers of the phrases,
// and more numbers after them for the caller.
func NewFinder(x *Index, more int) *Finder {
	f := &Finder{x: x, marks: make([]uint64, (x.phrases+more)/64+1)}
	f.marks[0] = 1 // no phrase has the number 0: what has none marks it
	return f
}

// Find cuts a text, and marks the phrases that it finds there beside those that
// are marked already.
func (f *Finder) Find(s string) {
	f.Cut(s)
	f.ask()
	f.answer()
	f.begin()
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

// Marks returns the marks, a bit for each number.
func (f *Finder) Marks() []uint64 { return f.marks }

// Found returns what is marked, each once. It grows as more is marked.
func (f *Finder) Found() []uint32 { return f.found }

// Forget takes all marks away.
func (f *Finder) Forget() {
	for _, n := range f.found {
		f.marks[n/64] = 0
	}
	f.found = f.found[:0]
	f.marks[0] = 1
}

// ask notes the tokens whose word may be known.
func (f *Finder) ask() {
	known, p := f.x.known, &f.x.patterns
	asked := slices.Grow(f.asked[:0], len(f.tokens)+1)[:len(f.tokens)+1]
	n := 0
	for i, k := range f.tokens {
		asked[n] = uint32(i)
		n += int(known.bit(k.hash) | k.size>>spelledBit&1)
	}
	if p.ascii {
		n = 0
		for i, k := range f.tokens {
			asked[n] = uint32(i)
			n += int(known.bit(k.hash) | k.size>>spelledBit&1 | k.size&flagASCII&p.bit(f.initials(k)))
		}
	}
	f.asked = asked[:n]
}

// initials returns the first two bytes of an ASCII token, in lower case.
func (f *Finder) initials(k token) uint16 {
	first, second := uint16(f.padded[k.start]|0x20), uint16(f.padded[k.start+1]|0x20)
	if k.size>>flagBits == 1 {
		second = 0
	}
	return first | second<<8
}

// answer finds the words of the tokens that were asked for, marks the phrases of
// one word, and notes where others begin.
func (f *Finder) answer() {
	x := f.x
	f.words = slices.Grow(f.words[:0], len(f.tokens)+1)[:len(f.tokens)+1]
	clear(f.words)
	f.reach()
	f.readings, f.later = f.readings[:0], f.later[:0]
	found, starts := slices.Grow(f.found, len(f.asked)+1), slices.Grow(f.starts[:0], len(f.asked)+1)
	marked, begun := len(found), 0
	found, starts = found[:cap(found)], starts[:cap(starts)]
	patterned := x.patterns.ascii // a character of Han, kana or Hangul is in no pattern
	for _, i := range f.asked {
		k := f.tokens[i]
		if k.size&flagSpelled != 0 || patterned && k.size&flagASCII != 0 && x.patterns.bit(f.initials(k)) != 0 {
			f.later = append(f.later, i)
			continue
		}
		n := x.lookup(k.hash, f.padded[k.start:], int(k.size>>flagBits), k.fold())
		if n == 0 {
			continue
		}
		f.words[i] = n
		s := &x.slots[n-1]
		phrase, node := s.phrase&phraseBits, s.node&nodeNumber
		mark := &f.marks[phrase/64]
		found[marked] = phrase
		marked += int(^*mark>>(phrase%64)) & 1
		*mark |= 1 << (phrase % 64)
		starts[begun] = start{i, node}
		begun += int((node + nodeNumber) >> 31)
	}
	f.found, f.starts = found[:marked], starts[:begun]
	for _, i := range f.later {
		f.words[i] = f.reading(i, f.tokens[i])
	}
}

// reach looks at the slots of the words that were asked for. What it finds it
// does not use: it has the memory fetched, of many slots at a time, which answer
// would have to wait for one by one.
func (f *Finder) reach() {
	slots, seen := f.x.slots, uint64(0)
	for _, i := range f.asked {
		seen ^= slots[home(f.tokens[i].hash, len(slots))].hash
	}
	f.reached = seen
}

// note marks the phrase of one word, and notes that others begin with it.
func (f *Finder) note(i uint32, b *beginning) {
	f.Mark(b.phrase & phraseBits)
	if node := b.node & nodeNumber; node != 0 {
		f.starts = append(f.starts, start{i, node})
	}
}

// begin follows the phrases of several words, those that can go on.
func (f *Finder) begin() {
	n := 0
	for _, s := range f.starts {
		word := f.words[s.token+1]
		f.starts[n] = s
		n += int(f.x.linked.bit(hashEdge(s.node, word)) | word>>31)
	}
	edges, seen := f.x.edges, uint32(0)
	for _, s := range f.starts[:n] { // as in reach
		seen ^= edges[home(hashEdge(s.node, f.words[s.token+1]), len(edges))].node
	}
	f.reached ^= uint64(seen)
	for _, s := range f.starts[:n] {
		f.walk(s.token+1, s.node)
	}
}

// walk marks the phrases that go on from a node at a token.
func (f *Finder) walk(i, node uint32) {
	word := f.words[i]
	if word == 0 || f.tokens[i].size&flagBreak != 0 {
		return
	}
	if word&severalWords == 0 {
		f.follow(i, node, word)
		return
	}
	at := word &^ severalWords
	for _, word := range f.readings[at+1 : at+1+f.readings[at]] {
		f.follow(i, node, word)
	}
}

func (f *Finder) follow(i, node, word uint32) {
	h := hashEdge(node, word)
	if f.x.linked.bit(h) == 0 {
		return
	}
	e := findEdge(f.x.edges, h, node, word)
	if e == nil {
		return
	}
	f.Mark(e.phrase)
	if e.to != 0 {
		f.walk(i+1, e.to)
	}
}
