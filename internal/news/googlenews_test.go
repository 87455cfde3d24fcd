package news

import "testing"

func TestIsGoogleNews(t *testing.T) {
	for link, want := range map[string]bool{
		"https://news.google.com/rss/articles/CBMi": true, "http://NEWS.Google.com:80/": true, "https://news.google.com./x": true,
		"https://news.google.com.evil.example/": false, "https://www.google.com/news": false, "https://a.example/?u=news.google.com": false,
		"news.google.com/rss": false, "": false, "https://[": false,
	} {
		if got := IsGoogleNews(link); got != want {
			t.Errorf("%s: %v", link, got)
		}
	}
}
