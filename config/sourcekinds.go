package config

import (
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// placeKeys are the keys of a source that say where stories are listed: the
// kinds of source. A source has exactly one of them.
var placeKeys = kindNames()

func kindNames() []string {
	var names []string
	for _, k := range news.Kinds() {
		names = append(names, string(k.Name))
	}
	return names
}

// anyPlaceKey names the keys of all kinds: "feed:, sitemap: or page:".
func anyPlaceKey() string {
	last := len(placeKeys) - 1
	return strings.Join(placeKeys[:last], ":, ") + ": or " + placeKeys[last] + ":"
}

// kindKeys are the keys of all kinds of source.
func kindKeys() []key[news.Source] {
	var keys []key[news.Source]
	for _, k := range news.Kinds() {
		f, decode := address(), decodeFunc[string](decodeLink)
		if k.Search {
			f, decode = env(words()).like("\"Kim Jong Un\" missile when:1d", "site:kcna.kp"), decodeSearch
		}
		keys = append(keys, listedAt(string(k.Name), k.About, f, k.Name, decode))
	}
	return keys
}
