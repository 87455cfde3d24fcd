package rules

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// Set is compiled rules. It never changes and serves any number of goroutines.
//
// It keeps the rules packed, and makes one ready to be evaluated when a story
// first asks for it: of many rules most are never asked for.
type Set struct {
	index    *index
	names    []string // of the rules
	said     []*Rule  // what a rule says beside its name and what it looks for; nil is nothing
	packed   packed   // what each rule looks for, then each concept
	concepts []string // names, sorted
	written  packed   // each term as written
	special  map[int32]*term

	ready    []atomic.Pointer[compiled] // rules that were asked for
	making   sync.Mutex
	builder  builder
	matching sync.Pool
}

// packed is byte strings, laid one after the other.
type packed struct {
	bytes []byte
	ends  []uint32
}

func (p *packed) of(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = p.ends[i-1]
	}
	return p.bytes[from:p.ends[i]]
}

func (p *packed) add(s string) {
	p.bytes = append(p.bytes, s...)
	p.end()
}

// end ends the string that is being laid.
func (p *packed) end() { p.ends = append(p.ends, uint32(len(p.bytes))) }

func (p *packed) clip() {
	p.bytes, p.ends = slices.Clip(p.bytes), slices.Clip(p.ends)
}

// Compile checks a definition and makes a Set of it. It reports every mistake
// at once; the set is nil when one of them is more than a warning.
func Compile(d Definition) (*Set, []Mistake) {
	s := &Set{special: map[int32]*term{}, concepts: slices.Sorted(maps.Keys(d.Concepts)), names: make([]string, 0, len(d.Rules)),
		said: make([]*Rule, 0, len(d.Rules)), ready: make([]atomic.Pointer[compiled], len(d.Rules))}
	s.builder = builder{numbers: map[string]int32{}, concepts: map[conceptUse]*node{}, hashes: map[string]string{}, define: s.concept}
	terms := newGlossary()
	seeker := newSeeker(&d, terms)
	packer := newPacker(s.concepts, terms)
	needs := make([]need, len(d.Rules))
	mistakes := check(&d, terms, func(i int) {
		r := &d.Rules[i]
		packer.rule(r)
		s.names, s.said = append(s.names, r.Name), append(s.said, r.rest())
		if !r.Disabled {
			needs[i] = seeker.of(&r.Node)
		}
	})
	if slices.ContainsFunc(mistakes, func(m Mistake) bool { return !m.Warning }) {
		return nil, mistakes
	}
	for _, name := range s.concepts {
		n := d.Concepts[name]
		packer.rule(&Rule{Node: n})
	}
	s.packed = packer.packed
	s.packed.clip()
	s.keepTerms(terms)
	s.index = newIndex(d.Rules, needs, seeker)
	s.index.inURL = packer.inURL
	return s, mistakes
}

// keepTerms keeps the terms as they are written, and those that are not found
// by their words ready made.
func (s *Set) keepTerms(terms *glossary) {
	for i := range terms.terms {
		t := &terms.terms[i]
		s.written.add(t.written)
		if !t.indexed() {
			kept := *t
			s.special[int32(i)] = &kept
		}
	}
	s.written.clip()
}

// rest gives what the rule says beside its name and what it looks for, nil when
// that is nothing.
func (r *Rule) rest() *Rule {
	if r.Until.IsZero() && r.Only.zero() && r.Except.zero() && r.Severity == 0 && !r.Disabled && r.Topic+r.Note+r.Instruction == "" &&
		len(r.To)+len(r.AlsoTo)+len(r.Tests) == 0 {
		return nil
	}
	rest := *r
	rest.Name, rest.Node, rest.Never = "", Node{}, nil
	return &rest
}

// concept gives what a concept looks for.
func (s *Set) concept(name string) Node {
	i, _ := slices.BinarySearch(s.concepts, name)
	n, _ := s.unpack(len(s.names) + i)
	return n
}

// unpack gives what a rule or a concept looks for, and what it never takes. The
// builder then knows the numbers of their terms.
func (s *Set) unpack(i int) (n Node, never []Node) {
	u := unpacker{packed: s.packed.of(i), concepts: s.concepts, term: func(number int) string {
		written := string(s.written.of(number))
		s.builder.numbers[written] = int32(number)
		return written
	}}
	return u.node(), u.nodes()
}

// rule gives a rule as it was defined, without what it looks for.
func (s *Set) rule(i uint32) Rule {
	r := Rule{}
	if s.said[i] != nil {
		r = *s.said[i]
	}
	r.Name = s.names[i]
	return r
}

// compiled gives a rule ready to be evaluated.
func (s *Set) compiled(i uint32) *compiled {
	if c := s.ready[i].Load(); c != nil {
		return c
	}
	s.making.Lock()
	defer s.making.Unlock()
	if c := s.ready[i].Load(); c != nil {
		return c
	}
	r := s.rule(i)
	r.Node, r.Never = s.unpack(int(i))
	c := s.builder.rule(&r)
	s.ready[i].Store(c)
	return c
}

// term gives a term by its number.
func (s *Set) term(i int32) *term {
	if t := s.special[i]; t != nil {
		return t
	}
	t := parseTerm(string(s.written.of(int(i))))
	return &t
}

// Len is the number of rules.
func (s *Set) Len() int { return len(s.names) }

// Name is the name of a rule by its number.
func (s *Set) Name(rule int) string { return s.names[rule] }

// Rules gives the rules in their order, without what they look for and never
// take.
func (s *Set) Rules() []Rule {
	rules := make([]Rule, len(s.names))
	for i := range rules {
		rules[i] = s.rule(uint32(i))
	}
	return rules
}

// Hash names what a rule looks for, by the number of the rule: it is that of a
// Match, and equal when two rules look for the same.
func (s *Set) Hash(rule int) string { return s.compiled(uint32(rule)).hash }

// take reads a story, with what another story was read with before.
func (s *Set) take(story *news.Story) *matching {
	m := s.idle()
	m.fields = story.AppendFields(m.fields[:0])
	m.read()
	return m
}

// takeClosely reads fields for rules to be explained.
func (s *Set) takeClosely(all []news.Field) *matching {
	m := s.idle()
	m.fields = append(m.fields[:0], all...)
	m.read()
	m.asked = true
	m.split()
	return m
}

func (s *Set) idle() *matching {
	if m, ok := s.matching.Get().(*matching); ok {
		return m
	}
	return &matching{set: s, reading: reading{finder: text.NewFinder(s.index.words, s.index.things-s.index.words.Phrases()),
		search: search{once: make([]uint64, len(s.names)/64+1)}, found: map[int32]fields{}, placed: map[int32][]place{}, phrases: map[int32]*text.Phrase{}}}
}

// give takes back what take gave.
func (s *Set) give(m *matching) {
	m.finder.Forget()
	clear(m.fields)
	if m.asked {
		*m = matching{set: s, reading: reading{finder: m.finder, search: m.search, fields: m.fields,
			found: map[int32]fields{}, placed: map[int32][]place{}, phrases: map[int32]*text.Phrase{}}}
	}
	s.matching.Put(m)
}
