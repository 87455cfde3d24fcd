package extract

import (
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// Origin says where the value of one field of a story came from.
type Origin struct {
	Field string   // title, authors, published, modified, language
	From  []string // the places on the page that give this value, the most trusted first
}

// place is one place on a page with what it gives.
type place struct {
	name   string
	values []string
}

// origins looks where the values of a story stand on its page: the first of
// the places won, the others say the same.
func origins(h head, ld linkedData, s *news.Story, o Options) []Origin {
	all := []Origin{
		{"title", titlePlaces(h, ld, s, o)},
		{"authors", authorPlaces(h, ld, s, o)},
		{"published", datePlaces(h, s.Published, o, slices.Concat([]place{{"JSON-LD datePublished", []string{ld.published}}}, named(h, publishedNames),
			[]place{{"parsely-page", []string{h.parsely("pub_date")}}, {"element marked as the date", h.own.published}}))},
		{"modified", datePlaces(h, s.Modified, o, slices.Concat([]place{{"JSON-LD dateModified", []string{ld.modified}}}, named(h, modifiedNames),
			[]place{{"element marked as the date", h.own.modified}}))},
		{"language", languagePlaces(h, ld, s, o)},
	}
	return slices.DeleteFunc(all, func(origin Origin) bool { return len(origin.From) == 0 })
}

// named returns the places of meta elements.
func named(h head, names []string) []place {
	var places []place
	for _, name := range names {
		places = append(places, place{"meta " + name, h.meta[name]})
	}
	return places
}

// agreeing returns the names of the places with a value that is the one.
func agreeing(places []place, same func(value string) bool) []string {
	var names []string
	for _, p := range places {
		if slices.ContainsFunc(p.values, same) {
			names = append(names, p.name)
		}
	}
	return names
}

func titlePlaces(h head, ld linkedData, s *news.Story, o Options) []string {
	places := []place{
		{"JSON-LD headline", []string{ld.headline}}, {"og:title", h.meta["og:title"]}, {"h1", h.headings[:min(1, len(h.headings))]},
		{"twitter:title", h.meta["twitter:title"]}, {"title element", []string{h.title}}, {"meta title", h.meta["title"]},
		{"JSON-LD alternativeHeadline", []string{ld.alternative}}, {"JSON-LD name", []string{ld.name}},
	}
	return agreeing(places, func(v string) bool {
		return s.Title != "" && withoutSite(title(v), outletsOf(&h, ld), siteName(o)) == s.Title
	})
}

func authorPlaces(h head, ld linkedData, s *news.Story, o Options) []string {
	var names []string
	for i, list := range authorLists(&h, ld) {
		if len(s.Authors) > 0 && slices.Equal(pickAuthors([][]string{list}, outletsOf(&h, ld), siteName(o)), s.Authors) {
			names = append(names, []string{"JSON-LD author", "meta author", "element marked as author", "byline on the page"}[min(i, 3)])
		}
	}
	return slices.Compact(names)
}

func datePlaces(h head, want time.Time, o Options, places []place) []string {
	if want.IsZero() {
		return nil
	}
	for _, n := range h.own.times {
		places = append(places, place{"time element", []string{attribute(n, "datetime")}})
	}
	order := h.order(o)
	names := agreeing(places, func(v string) bool { return pickDate(o, order, []string{v}).Equal(want) })
	if len(names) == 0 {
		names = []string{"date shown on the page or in its URL"}
	}
	return slices.Compact(names)
}

func languagePlaces(h head, ld linkedData, s *news.Story, o Options) []string {
	if s.Language == "" {
		return nil
	}
	places := []place{
		{"source's own setting", []string{o.Language}}, {"html lang", []string{h.lang}}, {"content-language", h.meta["content-language"]},
		{"JSON-LD inLanguage", []string{ld.language}}, {"og:locale", h.meta["og:locale"]},
	}
	names := agreeing(places, func(v string) bool { return primary(v) == s.Language })
	if scriptLanguage(s.Title+" "+s.Text) == s.Language {
		names = append(names, "script of the text")
	}
	if len(names) == 0 {
		names = []string{"words of the text"}
	}
	return names
}
