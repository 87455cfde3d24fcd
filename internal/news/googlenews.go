package news

import (
	"net/url"
	"strings"
)

// IsGoogleNews reports whether a link leads to Google News. Its pages show
// nothing but a script that goes on to the outlet, so that to read one for a
// story is in vain.
func IsGoogleNews(link string) bool {
	u, err := url.Parse(link)
	return err == nil && strings.EqualFold(strings.TrimSuffix(u.Hostname(), "."), "news.google.com")
}
