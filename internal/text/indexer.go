package text

import "unicode/utf8"

// Indexer makes an Index. While it does, the words are numbered in the order in
// which they came.
type Indexer struct {
	words    []indexedWord
	places   []uint32 // numbers of words by their hash; 0 is none
	edges    []edge
	linked   int
	nodes    uint32
	phrases  int
	patterns patterns

	tokens Tokens
	list   []Token
	stems  Stems
}

// indexedWord is a word with what begins with it.
type indexedWord struct {
	word      string
	hash      uint64
	frequency float32 // by Frequency
	beginning
}

// NewIndexer makes an Indexer of no phrases.
func NewIndexer() *Indexer {
	return &Indexer{words: make([]indexedWord, 1), places: make([]uint32, 16), edges: make([]edge, 16), nodes: 1}
}

// Add adds the phrase that NewPhrase reads, and returns its number: the same as
// that of an earlier one with the same words. When exact is false, a Finder may
// find it where Phrase.At does not. frequency is the estimate of how many of a
// thousand stories hold the phrase. A text without any word has the number 0.
func (b *Indexer) Add(words string, look Look) (phrase int, exact bool, frequency float32) {
	t := &b.tokens
	t.Cut(words)
	p := b.path(len(t.tokens))
	if t.plainASCII() && !look.Stem && !look.Prefix {
		for _, k := range t.tokens {
			p.add(b.intern(k.hash, t.padded[k.start:k.start+k.size>>flagBits], foldASCII&0xFF))
		}
		return p.end(), !look.Exact && !t.signed(), p.frequency * p.factor
	}
	b.list = t.List(b.list[:0])
	exact = (!look.Exact || !hasCase(words)) && !t.signed()
	for i := range b.list {
		if i > 0 && b.list[i].Break { // no path leads over the end of a sentence
			exact = false
			break
		}
		exact = exact && b.list[i].Script != Hangul && (!look.Stem || !b.list[i].Acronym())
		p.add(b.word(&b.list[i], look.Stem, look.Prefix && i == len(b.list)-1, len(b.list) == 1))
	}
	return p.end(), exact, p.frequency * p.factor
}

// Len is the number of phrases that were added.
func (b *Indexer) Len() int { return b.phrases }

// plainASCII reports whether all tokens are words of ASCII with no end of a
// sentence between them.
func (t *Tokens) plainASCII() bool {
	for _, k := range t.tokens {
		if k.size&(flagASCII|flagBreak) != flagASCII {
			return false
		}
	}
	return true
}

// word returns the number of a word of a phrase.
func (b *Indexer) word(t *Token, stem, prefix, alone bool) uint32 {
	p := pattern{Token: t, prefix: prefix, short: alone && utf8.RuneCountInString(t.Folded) < leastAlone}
	p.prepare(stem, &b.stems)
	if p.several() {
		return b.patterns.number(p)
	}
	word := []byte(t.Folded)
	return b.intern(hashOf(word), word, 0)
}

// intern returns the number of a word that is compared as it is, a new one when
// it is new. Fold is or-ed to its bytes.
func (b *Indexer) intern(h uint64, word []byte, fold byte) uint32 {
	i := home(h, len(b.places))
	for ; b.places[i] != 0; i = (i + 1) % len(b.places) {
		if w := &b.words[b.places[i]]; w.hash == h && same(w.word, word, fold) {
			return b.places[i]
		}
	}
	folded := make([]byte, len(word))
	for i, c := range word {
		folded[i] = c | fold
	}
	made := string(folded)
	n := uint32(len(b.words))
	b.words = append(b.words, indexedWord{word: made, hash: h, frequency: Frequency(made)})
	if b.places[i] = n; 2*len(b.words) > len(b.places) {
		b.spread()
	}
	return n
}

// spread makes the table of words twice as long.
func (b *Indexer) spread() {
	b.places = make([]uint32, 2*len(b.places))
	for n := 1; n < len(b.words); n++ {
		i := home(b.words[n].hash, len(b.places))
		for b.places[i] != 0 {
			i = (i + 1) % len(b.places)
		}
		b.places[i] = uint32(n)
	}
}

// beginning returns what begins with a word.
func (b *Indexer) beginning(word uint32) *beginning {
	if word&patterned != 0 {
		return &b.patterns.all[word&^patterned].beginning
	}
	return &b.words[word].beginning
}

func (b *Indexer) frequency(word uint32) float32 {
	if word&patterned != 0 {
		return forms * Frequency(b.patterns.all[word&^patterned].Folded)
	}
	return b.words[word].frequency
}

// path is a phrase on its way through the tree.
type path struct {
	b     *Indexer
	first uint32 // its first word; 0 before it
	edge  *edge

	frequency float32 // of its rarest word
	factor    float32 // how much rarer the phrase is
}

// rarer is how much rarer a phrase is than the rarest of its words, for each
// word that it has beside that.
const rarer = 0.2

// forms is how much more often a pattern is found than the word it is made of.
const forms = 3

// path begins a phrase of some words. It makes the table of edges large enough
// for them, so that these stay where they are.
func (b *Indexer) path(words int) path {
	for 4*(b.linked+words) > 3*len(b.edges) {
		b.edges = moved(b.edges, 2*len(b.edges))
	}
	return path{b: b}
}

// add goes on by a word.
func (p *path) add(word uint32) {
	frequency := p.b.frequency(word)
	if p.first == 0 {
		p.first, p.frequency, p.factor = word, frequency, 1
		return
	}
	p.factor *= rarer
	p.frequency = min(p.frequency, frequency)
	from := &p.b.beginning(p.first).node
	if p.edge != nil {
		from = &p.edge.to
	}
	if *from == 0 {
		*from = p.b.nodes
		p.b.nodes++
	}
	p.edge = p.b.link(*from, word)
}

// end returns the number of the phrase that was gone along.
func (p *path) end() int {
	if p.first == 0 {
		return 0
	}
	phrase := &p.b.beginning(p.first).phrase
	if p.edge != nil {
		phrase = &p.edge.phrase
	}
	if *phrase == 0 {
		p.b.phrases++
		*phrase = uint32(p.b.phrases)
	}
	return int(*phrase)
}

// link returns the edge from a node by a word, a new one when there is none.
func (b *Indexer) link(node, word uint32) *edge {
	if e := findEdge(b.edges, hashEdge(node, word), node, word); e != nil {
		return e
	}
	b.linked++
	return lay(b.edges, edge{node: node, word: word})
}

// lay puts an edge into the first free place.
func lay(edges []edge, made edge) *edge {
	i := home(hashEdge(made.node, made.word), len(edges))
	for edges[i].word != 0 {
		if i++; i == len(edges) {
			i = 0
		}
	}
	edges[i] = made
	return &edges[i]
}

// moved lays edges into a table of another length.
func moved(edges []edge, length int) []edge {
	table := make([]edge, length)
	for _, e := range edges {
		if e.word != 0 {
			lay(table, e)
		}
	}
	return table
}

// Index returns what was made: nothing can be added any more. The phrases get new
// numbers, by their old ones, when there are some; words are numbered by their
// slots.
func (b *Indexer) Index(numbers []uint32) *Index {
	if numbers != nil {
		b.renumber(numbers)
	}
	x := &Index{patterns: b.patterns, phrases: b.phrases}
	x.slots, x.known = make([]slot, len(b.words)+len(b.words)/2+1), newFilter(8*len(b.words))
	x.ends = make([]uint64, len(x.slots))
	slots := make([]uint32, len(b.words))
	for n := 1; n < len(b.words); n++ {
		slots[n] = x.place(&b.words[n])
	}
	x.edges, x.linked = make([]edge, b.linked+b.linked/4+1), newFilter(16*b.linked)
	for _, e := range b.edges {
		if e.word == 0 {
			continue
		}
		if e.word&patterned == 0 {
			e.word = slots[e.word]
		}
		lay(x.edges, e)
		x.linked.add(hashEdge(e.node, e.word))
	}
	*b = Indexer{}
	return x
}

func (b *Indexer) renumber(numbers []uint32) {
	for i := range b.words {
		b.words[i].phrase = numbers[b.words[i].phrase]
	}
	for _, p := range b.patterns.all {
		p.phrase = numbers[p.phrase]
	}
	for i := range b.edges {
		b.edges[i].phrase = numbers[b.edges[i].phrase]
	}
}

// place puts a word into a slot and returns the slot's number.
func (x *Index) place(w *indexedWord) uint32 {
	i := home(w.hash, len(x.slots))
	for x.slots[i].node&used != 0 {
		if i++; i == len(x.slots) {
			i = 0
		}
	}
	x.slots[i] = slot{w.hash, w.beginning}
	x.slots[i].node |= used
	size := sizeOf(len(w.word))
	x.slots[i].phrase |= size << sizeShift
	switch size {
	case 0:
	case sizeLong:
		x.ends[i] = uint64(len(x.long))
		x.long = append(x.long, w.word)
	default:
		x.ends[i] = ending([]byte(w.word), len(w.word), 0)
	}
	x.known.add(w.hash)
	return uint32(i) + 1
}
