package match

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/copytaster/copytaster/rules/syntax"
)

// Index is compiled rules. It never changes and serves any number of goroutines.
//
// It keeps the rules encoded, and compiles one when a story first makes it a
// candidate: of many rules most are never candidates.
type Index struct {
	postings *postings
	names    []string       // of the rules
	details  []*syntax.Rule // what a rule says beside its name and nodes; nil is nothing
	nodes    records        // what each rule looks for, then each concept
	concepts []string       // names, sorted
	written  records        // each term as written, by its ID
	special  map[int32]*syntax.Term

	compiled []atomic.Pointer[Compiled]
	mu       sync.Mutex // guards compiler
	compiler compiler
	idle     sync.Pool // of *Evaluation
}

// records is byte strings, laid one after the other.
type records struct {
	bytes []byte
	ends  []uint32
}

func (r *records) of(i int) []byte {
	from := uint32(0)
	if i > 0 {
		from = r.ends[i-1]
	}
	return r.bytes[from:r.ends[i]]
}

// end ends the record that is being appended to bytes.
func (r *records) end() { r.ends = append(r.ends, uint32(len(r.bytes))) }

func (r *records) clip() { r.bytes, r.ends = slices.Clip(r.bytes), slices.Clip(r.ends) }

// Builder makes an Index of a definition, rule by rule.
type Builder struct {
	definition   *syntax.Definition
	terms        *syntax.Terms
	planner      *planner
	encoder      *syntax.Encoder
	conjunctions []conjunction // of each rule
	index        *Index
}

// NewBuilder returns a builder of a definition whose concepts have the sorted
// names. The terms are its term dictionary, which may hold some already.
func NewBuilder(d *syntax.Definition, names []string, terms *syntax.Terms) *Builder {
	x := &Index{special: map[int32]*syntax.Term{}, concepts: names,
		names: make([]string, 0, len(d.Rules)), details: make([]*syntax.Rule, 0, len(d.Rules)),
		compiled: make([]atomic.Pointer[Compiled], len(d.Rules))}
	x.compiler = newCompiler(x.concept)
	return &Builder{definition: d, terms: terms, planner: newPlanner(d, terms), encoder: syntax.NewEncoder(names, terms),
		conjunctions: make([]conjunction, len(d.Rules)), index: x}
}

// Add adds the rule with the number i. Rules are added in their order, and only
// as long as the definition has no mistake.
func (b *Builder) Add(i int) {
	r := &b.definition.Rules[i]
	b.encode(&r.Node, r.Never)
	b.index.names, b.index.details = append(b.index.names, r.Name), append(b.index.details, details(r))
	if !r.Disabled {
		b.conjunctions[i] = b.planner.node(&r.Node)
	}
}

func (b *Builder) encode(n *syntax.Node, never []syntax.Node) {
	nodes := &b.index.nodes
	nodes.bytes = b.encoder.AppendNodes(b.encoder.Append(nodes.bytes, n), never)
	nodes.end()
}

// Index returns the index, when all rules were added.
func (b *Builder) Index() *Index {
	x := b.index
	for _, name := range x.concepts {
		n := b.definition.Concepts[name]
		b.encode(&n, nil)
	}
	x.nodes.clip()
	for id := range int32(b.terms.Len()) {
		t := b.terms.At(id)
		x.written.bytes = append(x.written.bytes, t.Written...)
		x.written.end()
		if !t.Indexed() {
			kept := *t
			x.special[id] = &kept
		}
	}
	x.written.clip()
	x.postings = newPostings(b.definition.Rules, b.conjunctions, b.planner)
	x.postings.inURL = b.encoder.Fields()&syntax.InURL != 0
	return x
}

// details returns what a rule says beside its name and its nodes, nil when that
// is nothing.
func details(r *syntax.Rule) *syntax.Rule {
	if r.Until.IsZero() && r.Only.IsZero() && r.Except.IsZero() && r.Severity == 0 && !r.Disabled &&
		r.Topic+r.Note+r.Instruction+r.Editor == "" && len(r.To)+len(r.AlsoTo)+len(r.Tests)+len(r.Escalate) == 0 &&
		r.Burst == nil && r.Expect.Within == 0 {
		return nil
	}
	rest := *r
	rest.Name, rest.Node, rest.Never = "", syntax.Node{}, nil
	return &rest
}

// concept returns what a concept looks for.
func (x *Index) concept(name string) syntax.Node {
	i, _ := slices.BinarySearch(x.concepts, name)
	n, _ := x.decode(len(x.names) + i)
	return n
}

// decode returns what a rule or a concept looks for, and what it never takes.
// The compiler then knows the IDs of their terms.
func (x *Index) decode(i int) (n syntax.Node, never []syntax.Node) {
	d := syntax.Decoder{Bytes: x.nodes.of(i), Concepts: x.concepts, Term: func(id int) string {
		written := string(x.written.of(id))
		x.compiler.terms[written] = int32(id)
		return written
	}}
	return d.Node(), d.Nodes()
}

// Len is the number of rules.
func (x *Index) Len() int { return len(x.names) }

// Name is the name of a rule.
func (x *Index) Name(i int) string { return x.names[i] }

// Rule returns a rule as it was defined, without its nodes.
func (x *Index) Rule(i int) syntax.Rule {
	r := syntax.Rule{}
	if x.details[i] != nil {
		r = *x.details[i]
	}
	r.Name = x.names[i]
	return r
}

// Compiled returns a rule ready to be evaluated.
func (x *Index) Compiled(i int) *Compiled {
	if c := x.compiled[i].Load(); c != nil {
		return c
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if c := x.compiled[i].Load(); c != nil {
		return c
	}
	r := x.Rule(i)
	r.Node, r.Never = x.decode(i)
	c := x.compiler.rule(&r)
	x.compiled[i].Store(c)
	return c
}

// Term returns a term by its ID.
func (x *Index) Term(id int32) *syntax.Term {
	if t := x.special[id]; t != nil {
		return t
	}
	t := syntax.ParseTerm(x.Written(id))
	return &t
}

// Written returns a term as written, by its ID.
func (x *Index) Written(id int32) string { return string(x.written.of(int(id))) }
