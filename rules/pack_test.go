package rules

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPack(t *testing.T) {
	kim := Node{Term: "Kim"}
	for _, n := range []Node{
		kim, {Concept: "arms"}, {All: []Node{kim, {Any: []Node{{Term: "Putin"}, kim}}}}, {Any: []Node{kim}, None: []Node{{Term: "film"}}, In: []Place{{Field: "title"}, {Words: 100}, {Field: "url"}}},
		{Of: []Node{kim, kim, {Concept: "arms"}}, AtLeast: 2}, {Any: []Node{kim}, Times: 3}, {All: []Node{kim, kim}, Within: Window{Unit: Words, Words: 0}, Ordered: true},
		{All: []Node{kim, kim}, Within: Window{Unit: Paragraph}}, {Any: []Node{kim}, Near: []Node{kim}, NotNear: []Node{{Term: "x"}}, NotPartOf: []Node{{Term: "a b"}}, Within: Window{Unit: Words, Words: 1000}},
	} {
		g := newGlossary()
		p := newPacker([]string{"arms"}, g)
		p.node(&n)
		u := unpacker{packed: p.packed.bytes, concepts: []string{"arms"}, term: func(i int) string { return g.terms[i].written }}
		if diff := cmp.Diff(n, u.node()); diff != "" || len(u.packed) > 0 {
			t.Errorf("%+v -packed +unpacked, %d bytes left:\n%s", n, len(u.packed), diff)
		}
	}
}
