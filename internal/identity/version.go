package identity

import (
	"path"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
)

// Versions reports whether the ids of two stories under one link number the
// versions of one story, not stories. They are equal except for a last number, and
// one of these holds:
//
//   - The number is a fragment of the story's own link: https://example.org/a#0.
//   - The number follows what ends the link, as kim of tag:example.org,2023:kim:1
//     ends https://example.org/news/kim.
//   - The number follows a colon or the like, and most of the text is left, or the
//     title is corrected at most where no text is known.
//
// Other numbers count stories, as ADV-1 and ADV-2 do.
func Versions(was, is *news.Story) bool {
	stem, ok := numbered(is.GUID)
	if before, also := numbered(was.GUID); !ok || !also || before != stem || strings.Contains(is.URL, "#") {
		return false
	}
	link := news.CanonicalURL(is.URL)
	if page, fragment := strings.CutSuffix(stem, "#"); fragment && link != "" && news.CanonicalURL(page) == link {
		return true
	}
	if !strings.ContainsAny(stem[len(stem)-1:], ":#@;") {
		return false
	}
	if named(link, stem[:len(stem)-1]) {
		return true
	}
	texts := was.Summary != "" && is.Summary != ""
	return (texts || Retitled(was.Title, is.Title)) && !Rewritten(was.Summary, is.Summary)
}

// numbered returns what stands before the number at the end of an id.
func numbered(id string) (stem string, ok bool) {
	id = strings.TrimSpace(id)
	stem = strings.TrimRight(id, "0123456789")
	return stem, stem != "" && stem != id
}

// named reports whether the last word of an id begins the last part of a link.
func named(link, id string) bool {
	other := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	word := id[strings.LastIndexFunc(id, other)+1:]
	rest, ok := strings.CutPrefix(path.Base(link), word)
	return ok && word != "" && (rest == "" || strings.IndexFunc(rest, other) == 0)
}
