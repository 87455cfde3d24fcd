package text

import "unicode/utf8"

// A token that patterns may find, or that has a second reading, has several
// numbers. Those of patterns are found the slow way and remembered, for the
// next text says the same words: a table of pairs by hash, in which a new word
// takes the place of the older one.

const (
	cachedWords = 1 << 13 // more than the different words of a hundred news stories
	cachedBytes = 40      // of the longest word that is remembered
)

// cached are the numbers of the patterns that find a word.
type cached struct {
	word    [cachedBytes]byte // folded
	length  uint8             // 0 is no word
	script  Script
	numbers []uint32
}

// folded is a folded word: the first n bytes of bytes, fold or-ed to them.
// There are at least eight.
type folded struct {
	bytes  []byte
	n      int
	fold   uint64
	hash   uint64
	script Script
}

// reading returns the number of a token's word, 0 for none, or where its numbers
// are; and it begins what begins with them.
func (f *Finder) reading(i uint32, k token) uint32 {
	at := len(f.readings)
	f.readings = append(f.readings, 0)
	if k.size&flagSpelled == 0 {
		f.numbers(i, f.asWritten(k))
	} else {
		w := &f.spelled[k.size>>flagBits]
		f.numbers(i, f.asSpelled(w, k.hash))
		if w.alternative > 0 {
			second := &f.spelled[w.alternative]
			f.numbers(i, f.asSpelled(second, hashOf(f.arena[second.folded.from:second.folded.to])))
		}
	}
	several := f.readings[at+1:]
	switch len(several) {
	case 0:
		f.readings = f.readings[:at]
		return 0
	case 1:
		f.readings = f.readings[:at]
		return several[0]
	}
	f.readings[at] = uint32(len(several))
	return severalWords | uint32(at)
}

func (f *Finder) asSpelled(w *spelling, hash uint64) folded {
	return folded{bytes: f.arena[w.folded.from:], n: w.folded.to - w.folded.from, hash: hash, script: w.script}
}

func (f *Finder) asWritten(k token) folded {
	w := folded{bytes: f.padded[k.start:], n: int(k.size >> flagBits), hash: k.hash}
	if k.size&flagASCII == 0 {
		r, _ := utf8.DecodeRune(w.bytes)
		w.script = findScript(r)
		return w
	}
	w.fold, w.script = foldASCII, Number
	for _, c := range w.bytes[:w.n] {
		if c > '9' {
			w.script = Latin
			break
		}
	}
	return w
}

// numbers appends the numbers of a folded word to the readings.
func (f *Finder) numbers(i uint32, w folded) {
	if n := f.x.lookup(w.hash, w.bytes, w.n, w.fold); n != 0 {
		f.readings = append(f.readings, n)
		f.note(i, &f.x.slots[n-1].beginning)
	}
	p := &f.x.patterns
	if !p.mayFind(w) {
		return
	}
	from := len(f.readings)
	f.remember(w)
	for _, n := range f.readings[from:] {
		f.note(i, &p.all[n&^patterned].beginning)
	}
}

// mayFind reports whether some pattern may find a word.
func (p *patterns) mayFind(w folded) bool {
	if len(p.all) == 0 {
		return false
	}
	if p.affixes && (w.script == Arabic || w.script == Hebrew) {
		return true
	}
	first, second := w.bytes[0]|byte(w.fold), w.bytes[1]|byte(w.fold)
	if w.n == 1 {
		second = 0
	}
	return p.bit(uint16(first)|uint16(second)<<8) != 0
}

// remember appends the numbers of the patterns that find a word to the
// readings, those remembered when there are some.
func (f *Finder) remember(w folded) {
	if w.n > cachedBytes {
		f.readings = f.hold(w, f.readings)
		return
	}
	if f.cache == nil {
		f.cache = make([]cached, cachedWords)
	}
	var word [cachedBytes]byte
	for i, c := range w.bytes[:w.n] {
		word[i] = c | byte(w.fold)
	}
	pair := f.cache[w.hash%(cachedWords/2)*2:][:2]
	for i := range pair {
		if c := &pair[i]; int(c.length) == w.n && c.script == w.script && c.word == word {
			f.readings = append(f.readings, c.numbers...)
			return
		}
	}
	from := len(f.readings)
	f.readings = f.hold(w, f.readings)
	pair[0], pair[1] = pair[1], pair[0] // the newer one stays
	pair[0] = cached{word: word, length: uint8(w.n), script: w.script,
		numbers: append(pair[0].numbers[:0], f.readings[from:]...)}
}

// hold holds a word against the patterns.
func (f *Finder) hold(w folded, into []uint32) []uint32 {
	word := append([]byte(nil), w.bytes[:w.n]...)
	for i := range word {
		word[i] |= byte(w.fold)
	}
	t := Token{Folded: string(word), Exact: string(word), Script: w.script}
	return f.x.patterns.find(&t, &f.stems, into)
}
