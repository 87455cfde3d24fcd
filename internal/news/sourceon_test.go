package news

import "testing"

func TestOnlySourceOn(t *testing.T) {
	sources := []Source{
		{Name: "one", URL: "https://one.example/feed"}, {Name: "two-a", URL: "https://two.example/a"}, {Name: "two-b", URL: "https://two.example/b"},
	}
	for link, want := range map[string]string{
		"https://one.example/story": "one", "https://two.example/story": "", "https://other.example/": "", "story.txt": "", "-": "",
	} {
		if src, ok := OnlySourceOn(sources, link); src.Name != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", link, src.Name, ok, want)
		}
	}
}
