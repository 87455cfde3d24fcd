// Package wordindex finds stories that rules may match without reading them: an inverted index
// of the keys of words (text.WordKey), in segments of SegmentSize stories. A Builder makes the
// rows of a segment; Need.Eval says from the rows which stories of a segment may match. The
// engine decides on each of them.
//
// A story stands at the place ID % SegmentSize of the segment ID / SegmentSize. The keys of a
// segment are spread over Buckets rows by their first bits:
//
//	row       bucket, segment → the postings of every key of the bucket, by key
//	postings  rest of the key (2 bytes), length in bytes, the places as differences (varints)
//
// Of a key 25 bits are kept. Two keys that share them find each other's stories, too: about
// one in a thousand keys does so in a segment.
package wordindex

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

const (
	// SegmentSize is how many stories, by their IDs, are one segment.
	SegmentSize = 1024
	// Buckets is how many rows a segment has.
	Buckets = 512

	bucketBits = 9
	restBits   = 16
)

// SegmentOf is the segment of a story.
func SegmentOf(story int64) int64 { return story / SegmentSize }

// BucketOf is the bucket of a key.
func BucketOf(key text.WordKey) int { return int(key >> (32 - bucketBits)) }

func restOf(key text.WordKey) uint16 { return uint16(key >> (32 - bucketBits - restBits)) }

// Places are stories of one segment.
type Places [SegmentSize / 64]uint64

// Add adds a place.
func (p *Places) Add(place int) { p[place/64] |= 1 << (place % 64) }

// Empty reports whether there is none.
func (p *Places) Empty() bool { return *p == Places{} }

// Backward yields the places, the last one first.
func (p *Places) Backward(yield func(int) bool) {
	for i, word := range slices.Backward(p[:]) {
		for word != 0 {
			bit := bits.Len64(word) - 1
			if word &^= 1 << bit; !yield(64*i + bit) {
				return
			}
		}
	}
}

// Builder makes the rows of one segment.
type Builder struct {
	words    text.WordKeys
	keys     []text.WordKey
	postings []uint64 // key, then place
}

// placeBits is how many bits of a posting are the place.
const placeBits = 10

// Add adds a story.
func (b *Builder) Add(story *news.Story) {
	b.keys = b.keys[:0]
	for _, f := range story.Fields() {
		if f.Name != news.FieldURL {
			b.keys = b.words.Append(b.keys, f.Text)
		}
	}
	slices.Sort(b.keys)
	place := uint64(story.ID % SegmentSize)
	for _, key := range slices.Compact(b.keys) {
		b.postings = append(b.postings, uint64(key)>>(32-bucketBits-restBits)<<placeBits|place)
	}
}

// Rows yields the rows of the segment by their bucket, and begins a new one.
func (b *Builder) Rows(yield func(bucket int, row []byte) bool) {
	defer func() { b.postings = b.postings[:0] }()
	slices.Sort(b.postings)
	all := slices.Compact(b.postings)
	var row, places []byte
	for i := 0; i < len(all); {
		bucket := all[i] >> (restBits + placeBits)
		row = row[:0]
		for i < len(all) && all[i]>>(restBits+placeBits) == bucket {
			key, last := all[i]>>placeBits, uint64(0)
			places = places[:0]
			for ; i < len(all) && all[i]>>placeBits == key; i++ {
				place := all[i]&(SegmentSize-1) + 1
				places = binary.AppendUvarint(places, place-last)
				last = place
			}
			row = binary.BigEndian.AppendUint16(row, uint16(key))
			row = binary.AppendUvarint(row, uint64(len(places)))
			row = append(row, places...)
		}
		if !yield(int(bucket), row) {
			return
		}
	}
}

// Find returns the stories of a segment that a row has under a key. A damaged row has all.
func Find(row []byte, key text.WordKey) (p Places) {
	wanted := restOf(key)
	for len(row) > 0 {
		if len(row) < 2 {
			return All()
		}
		n, size := binary.Uvarint(row[2:])
		if size <= 0 || n > uint64(len(row)-2-size) {
			return All()
		}
		order := cmp.Compare(binary.BigEndian.Uint16(row), wanted)
		if order > 0 {
			break
		}
		places := row[2+size:][:n]
		if order == 0 {
			return placesOf(places)
		}
		row = row[2+size+int(n):]
	}
	return p
}

func placesOf(row []byte) (p Places) {
	for last := uint64(0); len(row) > 0; {
		n, size := binary.Uvarint(row)
		last += n
		if size <= 0 || n == 0 || last > SegmentSize {
			return All()
		}
		p.Add(int(last - 1))
		row = row[size:]
	}
	return p
}

// All returns all places.
func All() (p Places) {
	for i := range p {
		p[i] = ^uint64(0)
	}
	return p
}
