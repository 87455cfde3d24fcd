package syntax

import (
	"math/bits"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
)

// TestEveryKey holds that every field of a node is in a table of keys: it has a
// bit, is hashed with its value, and can be decoded from what is encoded.
func TestEveryKey(t *testing.T) {
	var seen Keys
	for field := range reflect.TypeFor[Node]().Fields() {
		name, nodes := field.Name, [3]Node{}
		if name == "AtLeast" {
			of := []Node{{Term: "a"}}
			nodes = [3]Node{{Of: of}, {Of: of}, {Of: of}}
		}
		for round := 1; round < len(nodes); round++ {
			fill(t, reflect.ValueOf(&nodes[round]).Elem().FieldByIndex(field.Index), round)
		}
		if has := nodes[1].Keys() &^ nodes[0].Keys(); name != "AtLeast" {
			if bits.OnesCount32(uint32(has)) != 1 || seen&has != 0 {
				t.Errorf("%s: the key is %b, want one bit of its own: add a row to lists or scalars", name, has)
			}
			seen |= has
		}
		checkHashed(t, name, nodes)
		checkEncoded(t, name, &nodes[1])
	}
}

// TestEveryFilterKey holds that every field of a filter is hashed with its value.
func TestEveryFilterKey(t *testing.T) {
	h := NewHasher(nil)
	for field := range reflect.TypeFor[Filter]().Fields() {
		rules := [3]Rule{}
		for round := 1; round < len(rules); round++ {
			fill(t, reflect.ValueOf(&rules[round].Only).Elem().FieldByIndex(field.Index), round)
		}
		hashes := [3]string{h.Rule(&rules[0]), h.Rule(&rules[1]), h.Rule(&rules[2])}
		if hashes[0] == hashes[1] || hashes[1] == hashes[2] {
			t.Errorf("%s does not change the hash: two rules would share one", field.Name)
		}
	}
}

// fill sets a value to one that differs from its zero value, and from that of
// another round.
func fill(t *testing.T, v reflect.Value, round int) {
	t.Helper()
	switch {
	case v.Type() == reflect.TypeFor[Node]():
		v.Set(reflect.ValueOf(Node{Term: []string{"", "a", "b"}[round]}))
	case v.Type() == reflect.TypeFor[news.FieldName]():
		v.SetString([]string{"", "title", "url"}[round])
	case v.Kind() == reflect.String:
		v.SetString([]string{"", "a", "b"}[round])
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(int64(round))
	case v.CanUint():
		v.SetUint(uint64(round))
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0), round)
	case v.Kind() == reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field, round)
		}
	default:
		t.Fatalf("this test knows no value of type %s: add a case", v.Type())
	}
}

// checkHashed checks that nodes which differ in a field have different hashes.
func checkHashed(t *testing.T, name string, nodes [3]Node) {
	t.Helper()
	h := NewHasher(func(name string) Node { return Node{Term: name} })
	var hashes [3]string
	for i := range nodes {
		hashes[i] = h.Rule(&Rule{Node: nodes[i]})
	}
	if hashes[1] == hashes[0] {
		t.Errorf("%s: it does not change the hash: two rules would share one", name)
	}
	if hashes[2] == hashes[1] && !cmp.Equal(nodes[2], nodes[1]) {
		t.Errorf("%s: its value does not change the hash: two rules would share one", name)
	}
}

// checkEncoded checks that a node is decoded as it was encoded.
func checkEncoded(t *testing.T, name string, n *Node) {
	t.Helper()
	terms := NewTerms()
	e := NewEncoder([]string{"b", "a"}, terms)
	d := Decoder{Bytes: e.Append(nil, n), Concepts: []string{"b", "a"},
		Term: func(id int) string { return terms.At(int32(id)).Written }}
	if diff := cmp.Diff(*n, d.Node()); diff != "" || len(d.Bytes) > 0 {
		t.Errorf("%s: -encoded +decoded, %d bytes left:\n%s", name, len(d.Bytes), diff)
	}
}
