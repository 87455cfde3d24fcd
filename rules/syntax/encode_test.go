package syntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEncode(t *testing.T) {
	kim := Node{Term: "Kim"}
	for _, n := range []Node{
		kim, {Concept: "arms"}, {All: []Node{kim, {Any: []Node{{Term: "Putin"}, kim}}}},
		{Any: []Node{kim}, None: []Node{{Term: "film"}}, In: []Place{{Field: "title"}, {Words: 100}, {Field: "url"}}},
		{Of: []Node{kim, kim, {Concept: "arms"}}, AtLeast: 2}, {Any: []Node{kim}, Times: 3},
		{All: []Node{kim, kim}, Within: Window{Unit: Words, Words: 0}, Ordered: true},
		{All: []Node{kim, kim}, Within: Window{Unit: Paragraph}},
		{Any: []Node{kim}, Near: []Node{kim}, NotNear: []Node{{Term: "x"}}, NotPartOf: []Node{{Term: "a b"}},
			Within: Window{Unit: Words, Words: 1000}},
	} {
		terms := NewTerms()
		e := NewEncoder([]string{"arms"}, terms)
		d := Decoder{Bytes: e.Append(nil, &n), Concepts: []string{"arms"},
			Term: func(id int) string { return terms.At(int32(id)).Written }}
		if diff := cmp.Diff(n, d.Node()); diff != "" || len(d.Bytes) > 0 {
			t.Errorf("%+v -encoded +decoded, %d bytes left:\n%s", n, len(d.Bytes), diff)
		}
		if inURL := e.Fields()&InURL != 0; inURL != (len(n.In) == 3) {
			t.Errorf("%+v names the URL: %v", n, inURL)
		}
	}
}
