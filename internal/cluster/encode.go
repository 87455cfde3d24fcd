package cluster

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// sketchVersion is the first byte of an encoded sketch. It changes with the form,
// and with what a run of words, a name or a hash is: sketches of two versions
// cannot be compared.
const sketchVersion = 2

// ErrVersion says that a sketch was written by another version of the program,
// and has to be made anew from its story.
var ErrVersion = errors.New("sketch of another version")

// Append appends the encoded sketch to b: what is kept in its row beside story
// and cluster. It takes some six bytes a word of the text.
func (s *Sketch) Append(b []byte) []byte {
	b = append(b, sketchVersion)
	b = appendString(b, s.Outlet)
	b = appendString(b, s.Language)
	b = appendString(b, s.Title)
	b = binary.AppendVarint(b, s.Seen.UnixMicro())
	b = binary.AppendUvarint(b, uint64(s.Marker.Kind))
	b = binary.AppendUvarint(b, uint64(s.Marker.Number))
	b = appendHashes(b, s.words)
	b = appendHashes(b, s.shingles)
	lists := make([]string, 0, 5)
	for _, list := range s.lists() {
		lists = append(lists, strings.Join(*list, " "))
	}
	b = appendString(b, strings.Join(lists, "\n"))
	b = binary.AppendUvarint(b, uint64(len(s.features)))
	for _, f := range s.features {
		b = append(b, byte(f.Kind))
		b = binary.LittleEndian.AppendUint32(b, f.Hash)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f.Weight))
	}
	return b
}

// DecodeSketch reads what Append wrote. The error is ErrVersion for a sketch of
// another version.
func DecodeSketch(b []byte) (*Sketch, error) {
	if len(b) > 0 && b[0] != sketchVersion {
		return nil, ErrVersion
	}
	r := decoder{rest: b}
	r.take(1)
	s := &Sketch{Outlet: r.string(), Language: r.string(), Title: r.string()}
	s.Seen = time.UnixMicro(r.varint()).UTC()
	s.Marker = Marker{Kind: MarkerKind(r.uvarint()), Number: int(r.uvarint())}
	s.words, s.shingles = r.hashes(), r.hashes()
	lists := strings.Split(r.string(), "\n") // one text for all words: less memory
	r.short = r.short || len(lists) != len(s.lists())
	for i, list := range s.lists() {
		if i < len(lists) && lists[i] != "" {
			*list = strings.Split(lists[i], " ")
			r.short = r.short || !slices.IsSorted(*list)
		}
	}
	if n := r.count(9); n > 0 {
		s.features = make([]Feature, n)
		for i := range s.features {
			kind := r.kind()
			s.features[i] = Feature{Kind: kind, Hash: r.uint32(), Weight: math.Float32frombits(r.uint32())}
		}
	}
	return s, r.end("sketch")
}

// lists are the words of a sketch. None holds a space.
func (s *Sketch) lists() []*[]string {
	return []*[]string{&s.names, &s.titleNames, &s.titleWords, &s.numbers, &s.titleNumbers}
}

// Append appends the encoded rarity to b.
func (r *Rarity) Append(b []byte) []byte {
	b = append(b, sketchVersion)
	b = binary.AppendUvarint(b, uint64(r.Stories))
	whole := byte(0)
	if r.Whole {
		whole = 1
	}
	b = append(b, whole)
	b = binary.AppendUvarint(b, uint64(len(r.Outlets)))
	for _, outlet := range r.Outlets {
		b = appendString(b, outlet)
	}
	b = binary.AppendUvarint(b, uint64(len(r.had)))
	for _, block := range r.had {
		b = binary.LittleEndian.AppendUint64(b, block)
	}
	return b
}

// DecodeRarity reads what Append wrote. The error is ErrVersion for a rarity of
// another version.
func DecodeRarity(b []byte) (*Rarity, error) {
	if len(b) > 0 && b[0] != sketchVersion {
		return nil, ErrVersion
	}
	r := decoder{rest: b}
	r.take(1)
	known := &Rarity{Stories: int(r.uvarint())}
	if whole := r.take(1); len(whole) == 1 {
		known.Whole = whole[0] == 1
	}
	for range r.count(1) {
		known.Outlets = append(known.Outlets, r.string())
	}
	for range r.count(8) {
		known.had = append(known.had, uint64(r.uint32())|uint64(r.uint32())<<32)
	}
	return known, r.end("rarity")
}

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// appendHashes appends sorted hashes as their distances.
func appendHashes(b []byte, sorted []uint32) []byte {
	b = binary.AppendUvarint(b, uint64(len(sorted)))
	last := uint32(0)
	for _, h := range sorted {
		b = binary.AppendUvarint(b, uint64(h-last))
		last = h
	}
	return b
}

// decoder reads an encoded value. After the first mistake it reads zeros.
type decoder struct {
	rest  []byte
	short bool
}

func (r *decoder) end(what string) error {
	if r.short || len(r.rest) > 0 {
		return fmt.Errorf("decode %s: damaged", what)
	}
	return nil
}

func (r *decoder) take(n int) []byte {
	if n > len(r.rest) {
		r.rest, r.short = nil, true
		return nil
	}
	taken := r.rest[:n]
	r.rest = r.rest[n:]
	return taken
}

func (r *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(r.rest)
	if size <= 0 {
		r.rest, r.short = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

func (r *decoder) varint() int64 {
	n, size := binary.Varint(r.rest)
	if size <= 0 {
		r.rest, r.short = nil, true
		return 0
	}
	r.rest = r.rest[size:]
	return n
}

// count reads how many values follow that take at least size bytes each.
func (r *decoder) count(size int) int {
	n := r.uvarint()
	if n > uint64(len(r.rest)/size) {
		r.rest, r.short = nil, true
		return 0
	}
	return int(n)
}

func (r *decoder) string() string { return string(r.take(r.count(1))) }

func (r *decoder) uint32() uint32 {
	if b := r.take(4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *decoder) kind() featureKind {
	if b := r.take(1); b != nil && featureKind(b[0]) < featureKinds {
		return featureKind(b[0])
	}
	r.rest, r.short = nil, true
	return 0
}

func (r *decoder) hashes() []uint32 {
	n := r.count(1)
	if n == 0 {
		return nil
	}
	list := make([]uint32, n)
	last := uint32(0)
	for i := range list {
		last += uint32(r.uvarint())
		list[i] = last
	}
	return list
}
