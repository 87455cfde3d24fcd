package discover

import (
	"cmp"
	"regexp"
	"strings"

	"github.com/copytaster/copytaster/crawler/extract"
)

// headerHub finds the hub in a Link header.
var headerHub = regexp.MustCompile(`(?i)<\s*(https?://[^>]+?)\s*>[^,<]*;\s*rel\s*=\s*"?(?:[^",;]*\s)?hub\b`)

// hubOf is the first WebSub hub that a feed names in its header or in itself
// (https://www.w3.org/TR/websub/, section 4), "" when there is none.
func hubOf(doc Document, list extract.List) string {
	hub := ""
	if m := headerHub.FindStringSubmatch(strings.Join(doc.Link, ", ")); m != nil {
		hub = m[1]
	}
	return cmp.Or(append([]string{hub}, list.Hubs...)...)
}
