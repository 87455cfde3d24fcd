package extract

import (
	"slices"
	"strings"
	"testing"
)

func TestCleanAuthors(t *testing.T) {
	for _, c := range []struct{ in, want string }{ // lists are separated by "/ ", names by "+"
		{"Ada Miles", "Ada Miles"},
		{"By Ada Miles", "Ada Miles"},
		{"BY ADA MILES", "ADA MILES"},
		{"Written by Ada Miles and Ben Stone", "Ada Miles+Ben Stone"},
		{"Ada Miles, Ben Stone & Carl Reed", "Ada Miles+Ben Stone+Carl Reed"},
		{"Ada Miles; ada miles", "Ada Miles"},
		{"Ada Miles, Diplomatic Correspondent", "Ada Miles"},
		{"Ada Miles | Chief Political Editor", "Ada Miles"},
		{"Ada Miles - Staff Writer", "Ada Miles"},
		{"Anne-Marie Lee", "Anne-Marie Lee"},
		{"Robert Kennedy, Jr.", "Robert Kennedy"},
		{"Guardian staff reporter", "Guardian staff reporter"},
		{"Reuters Staff", "Reuters"},
		{"AFP News Desk", "AFP"},
		{"Ada Miles, Seoul correspondent", "Ada Miles"},
		{"Ada Miles, Beijing bureau chief, Ben Stone", "Ada Miles+Ben Stone"},
		{"Ada Miles (@adamiles)", "Ada Miles"},
		{"By Ada Miles @adamiles and Ben Stone", "Ada Miles+Ben Stone"},
		{"Staff Reporter", ""},
		{"desk@paper.test (Ada Miles)", "Ada Miles"},
		{"Ada Miles (ada@paper.test)", "Ada Miles"},
		{"ada@paper.test", ""},
		{"https://paper.test/authors/ada", ""},
		{"paper.com", ""},
		{"@adamiles", ""},
		{"admin", ""},
		{"Image: Getty Images", ""},
		{"Von Eva Klein und Max Frei", "Eva Klein+Max Frei"},
		{"Ursula von der Leyen", "Ursula von der Leyen"},
		{"von der Leyen", "von der Leyen"},
		{"Di Maio", "Di Maio"},
		{"di Anna Rossi", "Anna Rossi"},
		{"Par Luc Petit et Jean Grand", "Luc Petit+Jean Grand"},
		{"Por Ana Ruiz y Luis Gil", "Ana Ruiz+Luis Gil"},
		{"Автор: Иван Петров", "Иван Петров"},
		{"홍길동 기자", "홍길동"},
		{"홍길동 특파원, 김철수 선임기자", "홍길동+김철수"},
		{"홍길동 기자 외 1명", "홍길동"},
		{"Иван Петров, Анна Сидорова", "Иван Петров+Анна Сидорова"},
		{"أحمد علي، سارة حسن", "أحمد علي+سارة حسن"},
		{"山田太郎記者", "山田太郎"},
		{"山田太郎、鈴木花子", "山田太郎+鈴木花子"},
		{"Ada &amp; Ben", "Ada+Ben"},
		{"<a href='/ada'>Ada Miles</a>", "Ada Miles"},
		{strings.Repeat("x", 100), ""},
		{"", ""},
	} {
		if got := strings.Join(cleanAuthors([]string{c.in}), "+"); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
	if got := cleanAuthors(strings.Split(strings.Repeat("Ada Miles,", 5), ",")); !slices.Equal(got, []string{"Ada Miles"}) {
		t.Errorf("got %q", got)
	}
}

func TestPickAuthors(t *testing.T) {
	for _, c := range []struct {
		name  string
		lists [][]string
		want  string
	}{
		{"first list", [][]string{{"Ada Miles"}, {"Ben Stone"}}, "Ada Miles"},
		{"the outlet is passed over", [][]string{{"The Paper"}, {"Ben Stone"}}, "Ben Stone"},
		{"the outlet's site is passed over", [][]string{{"paper.test"}, {"Ben Stone"}}, "Ben Stone"},
		{"a desk of the outlet", [][]string{{"The Paper Newsroom"}, {"Ben Stone"}}, "Ben Stone"},
		{"the outlet beside a person", [][]string{{"The Paper", "Ada Miles"}}, "Ada Miles"},
		{"nobody but the outlet", [][]string{{"The Paper"}, nil}, "The Paper"},
		{"nobody", [][]string{nil, {"admin"}}, ""},
	} {
		if got := strings.Join(pickAuthors(c.lists, []string{"The Paper", ""}, "paper.test"), "+"); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
