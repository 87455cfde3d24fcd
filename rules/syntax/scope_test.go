package syntax_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules/syntax"
)

func TestScope(t *testing.T) {
	title, first := syntax.Place{Field: news.FieldTitle}, syntax.Place{Words: 50}
	for _, tt := range []struct {
		in       []syntax.Place
		text     string
		touches  syntax.Fields
		inScopes []bool // whether title, the first 50 words and all text cover it
	}{
		{nil, "title or lead or body", syntax.InText, []bool{false, false, true}},
		{[]syntax.Place{title}, "title", syntax.InTitle, []bool{true, false, true}},
		{[]syntax.Place{first}, "the first 50 words", syntax.InFirst, []bool{false, true, true}},
		{[]syntax.Place{{Words: 10}, {Words: 20}}, "the first 20 words", syntax.InFirst, []bool{false, true, true}},
		{[]syntax.Place{{Field: news.FieldURL}, title}, "title or url", syntax.InTitle | syntax.InURL, []bool{false, false, false}},
	} {
		n := syntax.Node{In: tt.in}
		s := n.Scope(syntax.TextScope())
		if s.String() != tt.text || s.Touches() != tt.touches {
			t.Errorf("%+v: %q touches %b", tt.in, s, s.Touches())
		}
		for i, places := range [][]syntax.Place{{title}, {first}, nil} {
			outer := syntax.Node{In: places}
			if got := outer.Scope(syntax.TextScope()).Covers(s); got != tt.inScopes[i] {
				t.Errorf("%+v covers %+v: %v", places, tt.in, got)
			}
		}
	}
}

// TestScopeOfInnerLevels holds that a level which says where to look is not bound
// by the one around it.
func TestScopeOfInnerLevels(t *testing.T) {
	outer := syntax.Scope{Fields: syntax.InURL, First: 10}
	for _, tt := range []struct {
		in   []syntax.Place
		want syntax.Scope
	}{
		{nil, outer},
		{[]syntax.Place{}, syntax.Scope{}},
		{[]syntax.Place{{Field: news.FieldBody}}, syntax.Scope{Fields: syntax.InBody}},
		{[]syntax.Place{{Field: "headline"}, {Words: 5}}, syntax.Scope{First: 5}},
	} {
		n := syntax.Node{In: tt.in}
		if got := n.Scope(outer); got != tt.want {
			t.Errorf("%+v inside %v looks in %+v, want %+v", tt.in, outer, got, tt.want)
		}
	}
}

func TestFields(t *testing.T) {
	if diff := cmp.Diff([]string{"title", "lead", "body", "url"}, syntax.FieldNames()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, name := range syntax.FieldNames() {
		bit := syntax.FieldBit(news.FieldName(name))
		if diff := cmp.Diff([]string{name}, bit.Names()); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
	}
	for _, name := range []news.FieldName{"", "headline", "Title"} {
		if bit := syntax.FieldBit(name); bit != 0 {
			t.Errorf("%q is the field %b", name, bit)
		}
	}
	if diff := cmp.Diff([]string{"lead", "body"}, syntax.InFirst.Names()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
