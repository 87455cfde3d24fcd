package discover

import (
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// Hint says what to do when nothing was found, by the notes that say why.
func (r Result) Hint() string {
	for _, h := range []struct{ note, hint string }{
		{": " + string(news.FaultRefused) + ":", "private addresses are looked at only when crawl.allow_networks of the config (-c) has them"},
		{": " + string(news.FaultDNS) + ":", "is the name of the host right, and this machine on the network?"},
		{": " + string(news.FaultConnect) + ":", "nothing answers there: is the address right, and the site up?"},
		{": " + string(news.FaultTLS) + ":", "it cannot be reached over https: try its URL with http://"},
		{"robots.txt of ", "the server is in trouble, or wants no crawler: try again later"},
		{"robots.txt forbids ", "the site wants no crawler there: ask it for leave, then write its feed into the config with robots: ignore"},
	} {
		if slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, h.note) }) {
			return h.hint
		}
	}
	return "try the page of a section, or a story; what only a browser shows cannot be found"
}
