package main

import (
	"testing"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// A URL is explained as a story of the one source on its host.
func TestSourceOf(t *testing.T) {
	cfg := &config.Config{Sources: []news.Source{
		{Name: "one", URL: "https://one.example/feed"},
		{Name: "two-a", URL: "https://two.example/a"},
		{Name: "two-b", URL: "https://two.example/b"},
	}}
	for _, tt := range []struct{ name, input, want string }{
		{"", "https://one.example/story", "one"},
		{"", "https://two.example/story", ""},
		{"", "https://other.example/story", ""},
		{"", "story.txt", ""},
		{"", "-", ""},
		{"two-b", "https://one.example/story", "two-b"},
	} {
		src, err := sourceOf(cfg, tt.name, tt.input)
		if err != nil || src.Name != tt.want {
			t.Errorf("source %q of %s: %q, error %v; want %q", tt.name, tt.input, src.Name, err, tt.want)
		}
	}
	if _, err := sourceOf(cfg, "three", "story.txt"); err == nil {
		t.Error("a source that is not there was found")
	}
}
