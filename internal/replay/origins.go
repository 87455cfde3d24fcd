package replay

import "github.com/copytaster/copytaster/internal/news"

// Origins returns what rules may ask of a source, by its name. Of a source that
// is not among those of the config only the name is known.
func Origins(sources []news.Source) func(source string) news.Origin {
	origins := map[string]news.Origin{}
	for _, src := range sources {
		origins[src.Name] = src.Origin
	}
	return func(source string) news.Origin {
		if o, known := origins[source]; known {
			return o
		}
		return news.Origin{Source: source}
	}
}
