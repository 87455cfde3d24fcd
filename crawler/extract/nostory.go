package extract

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// ErrNoStory is the cause when a page is shown instead of a story: it blocks a
// visitor, asks for consent or says that something is wrong.
var ErrNoStory = errors.New("no story")

// errorNumber is the number in the title of an error: "Error 404".
var errorNumber = regexp.MustCompile(`\b(?:https?|error|fehler|erreur|errore|erro|ошибка|錯誤|错误|エラー|오류)?[\s:#-]*[1-5]\d\d(?:\.\d+)?\b`)

// insteadOf says what a page is that is no story, "" when it may be one. A page
// that says when it was published, or that it is an article, is a story
// whatever it is about; what it is instead has a title for that or says so in a
// text that is short.
func insteadOf(h *head, ld linkedData, story *news.Story, o Options) string {
	const (
		longest = 2000 // bytes of such a text
		consent = 8000 // of one that asks for consent to the aims of a list of companies
	)
	if len(story.Text) > consent || ld.headline != "" || !pickDate(o, h.order(o), h.publishedDates(ld)).IsZero() {
		return ""
	}
	lower := plainApostrophes(story.Text)
	says := func(phrase string) bool { return strings.Contains(lower, phrase) }
	if n := count(consentPhrases, says); n > 1 || n > 0 && len(lower) <= longest {
		return "it asks for consent"
	}
	if len(lower) > longest {
		return ""
	}
	for _, t := range append(append([]string{h.title}, h.headings[:min(1, len(h.headings))]...), h.meta["og:title"]...) {
		if what := insteadTitle(withoutSite(title(t), outletsOf(h, ld), siteName(o))); what != "" {
			return what
		}
	}
	if slices.ContainsFunc(blockPhrases, says) {
		return blocks
	}
	return ""
}

const (
	blocks = "it keeps visitors out"
	broken = "it says that the page is missing or broken"
)

// insteadTitle says what a page of a title is that is no story, "" when it may be
// one.
func insteadTitle(t string) string {
	lower := plainApostrophes(t)
	bare := strings.Trim(errorNumber.ReplaceAllString(lower, " "), around)
	bare = strings.Join(strings.Fields(bare), " ")
	switch {
	case blockTitles[bare]:
		return blocks
	case consentTitles[bare]:
		return "it asks for consent"
	case errorTitles[bare], bare == "" && errorNumber.MatchString(lower):
		return broken
	}
	return ""
}

func plainApostrophes(s string) string { return strings.ReplaceAll(strings.ToLower(s), "’", "'") }

func count(list []string, is func(string) bool) (n int) {
	for _, s := range list {
		if is(s) {
			n++
		}
	}
	return n
}
