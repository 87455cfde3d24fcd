package replay

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/google/go-cmp/cmp"
)

func TestTelling(t *testing.T) {
	e := func(sentence, concept, term string) news.Evidence {
		return news.Evidence{Field: news.FieldBody, Sentence: sentence, Concept: concept, Term: term}
	}
	evidence := []news.Evidence{
		e("1", "kim", "Kim"), e("2", "kim", "Kim"), e("3", "kim", "김정은"), e("1", "", "arms"), e("2", "", "arms"), e("4", "putin", "Putin"),
		e("3", "", "Kim"), e("5", "", "late"), e("6", "", "more"),
	}
	want := []string{"1 kim", "3 kim", "1 arms", "4 putin", "3 Kim"}
	var got []string
	for _, e := range Telling(evidence) {
		got = append(got, strings.TrimSpace(e.Sentence+" "+e.Concept+strings.Repeat(e.Term, 1-min(1, len(e.Concept)))))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
