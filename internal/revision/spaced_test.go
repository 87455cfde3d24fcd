package revision_test

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
)

// TestSpaced: a change reads as the text does, in scripts with spaces and without.
func TestSpaced(t *testing.T) {
	for _, tt := range []struct{ was, is, want string }{
		{"The ministry said that twelve, perhaps more, people died on Monday.", "The ministry said that 14, perhaps more, people died on Monday.",
			"The ministry said that -twelve-+14+, perhaps more, people died on"},
		{"Kim met Putin in Russia yesterday evening.", "Kim met “Putin” in far Russia yesterday evening.", "Kim met “Putin” in +far+ Russia yesterday evening"},
		{"Kim met Putin in far Russia yesterday.", "Kim met Putin in Russia yesterday.", "Kim met Putin in -far- Russia yesterday"},
		{"金正恩会见普京并参观工厂", "金正恩会见习近平并参观工厂", "金正恩会见-普京-+习近平+并参观工厂"},
		{"김정은이 푸틴을 어제 만났다", "김정은이 시진핑을 어제 만났다", "김정은이 -푸틴-+시진핑+을 어제 만났"},
		{"Кім зустрів Путіна", "Кім (вчора) зустрів Путіна", "Кім (+вчора+) зустрів Путіна"},
	} {
		r, _ := revision.Compare(news.Story{Title: tt.was}, news.Story{Title: tt.is}, nil)
		var got strings.Builder
		for _, c := range r.Changes {
			c = revision.Spaced(c, tt.was, tt.is)
			got.WriteString(c.Before)
			if c.Went != "" {
				got.WriteString("-" + c.Went + "-")
			}
			if c.Came != "" {
				got.WriteString("+" + c.Came + "+")
			}
			got.WriteString(c.After)
		}
		if got.String() != tt.want {
			t.Errorf("%q:\ngot  %q\nwant %q", tt.is, got.String(), tt.want)
		}
	}
}

// TestSpacedWithoutText: where the texts are kept no more, a space stands between the words of
// scripts that have spaces.
func TestSpacedWithoutText(t *testing.T) {
	for want, c := range map[news.Change]news.Change{
		{Before: "Kim met ", Went: "Xi", After: " today"}: {Before: "Kim met", Went: "Xi", After: "today"},
		{Before: "会见", Came: "习近平", After: "并"}:           {Before: "会见", Came: "习近平", After: "并"},
		{Came: "x"}: {Came: "x"},
		{}:          {},
	} {
		if got := revision.Spaced(c, "", ""); got != want {
			t.Errorf("%+v: %+v", c, got)
		}
	}
}
