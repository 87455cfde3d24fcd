package revision

import (
	"regexp"
	"strings"
	"sync"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// noticeSentences is how many sentences at the beginning and at the end of a text may
// be a notice: in between, a story quotes those of others.
const noticeSentences = 3

// Notice says whether a new version of a story, as its page or list has it, is a
// notice that the outlet does not stand by it, and returns what the notice says. The
// kind is "" for any other version, and when the story said the same before.
//
// A headline is a notice if nothing else is in it, or if the rest of it is that of the
// headline before: "Withdrawn: troops leave Niger" is a story of its own.
func Notice(was, is *news.Story) (kind news.RevisionKind, notice string) {
	kind, notice = noticeIn(was.Title, is)
	if before, _ := noticeIn(was.Title, was); before == kind {
		return "", ""
	}
	return kind, notice
}

// HeadsNotice reports whether a headline may be that of a notice.
func HeadsNotice(headline string) bool {
	kind, _ := opening(headline)
	return kind != "" || saying(headline) != ""
}

// NoticeOf returns the kind of notice that a new story of the same outlet is of an earlier
// one: its headline is a notice, and says the other's besides, or its text quotes that. The
// kind is "" for any other story.
func NoticeOf(was, s *news.Story) news.RevisionKind {
	kind, rest := opening(s.Title)
	if kind == "" {
		kind = saying(s.Title)
	}
	if kind == "" || HeadsNotice(was.Title) {
		return ""
	}
	if shared(was.Title, rest) >= half && shared(rest, was.Title) >= half {
		return kind
	}
	says := s.Title + "\n" + s.Summary + "\n" + s.Text
	if shared(strings.ToValidUTF8(says[:min(len(says), longestNotice)], ""), was.Title) >= quoted {
		return kind
	}
	return ""
}

func noticeIn(headline string, s *news.Story) (kind news.RevisionKind, notice string) {
	if kind, rest := opening(s.Title); kind != "" && (fold(rest) == "" || shared(headline, rest) >= half) {
		return kind, s.Title
	}
	if kind := saying(s.Title); kind != "" {
		return kind, s.Title
	}
	for _, part := range []string{s.Summary, s.Text} {
		for _, sentence := range ends(read(part).sentences) {
			kind, rest := opening(sentence.text)
			alike := fold(rest) == "" || shared(headline, rest) >= half
			if kind == "" || !alike && !heading.MatchString(lowered(sentence.text)) {
				kind = saying(sentence.text)
			}
			if kind != "" {
				return kind, sentence.text
			}
		}
	}
	return "", ""
}

const (
	// half is the share of words from which on two lines are of one story.
	half = .5
	// quoted is the share of a headline's words from which on a notice quotes it: stories
	// of one subject share half of theirs.
	quoted = .8
	// longestNotice is how many bytes of a story may be a notice of another one.
	longestNotice = 4096
	// leastWord is the weight from which on a word says anything of a story.
	leastWord = 3
)

// ends returns the first and the last sentences.
func ends(all []sentence) []sentence {
	if len(all) <= 2*noticeSentences {
		return all
	}
	return append(all[:noticeSentences:noticeSentences], all[len(all)-noticeSentences:]...)
}

// shared is the share of a text's words, without the shortest, that another one has: 0
// for a text without any.
func shared(other, s string) float64 {
	held := map[string]bool{}
	for _, t := range text.Split(other) {
		held[t.Folded] = true
	}
	all, both := 0, 0
	tokens := text.Split(s)
	for i := range tokens {
		if t := &tokens[i]; weigh(t) >= leastWord {
			all++
			if held[t.Folded] {
				both++
			}
		}
	}
	if all == 0 {
		return 0
	}
	return float64(both) / float64(all)
}

// opening returns the kind of notice that a line begins with, or ends with in brackets,
// and the rest of the line.
func opening(line string) (kind news.RevisionKind, rest string) {
	lower := lowered(strings.TrimSpace(line))
	for _, s := range notices() {
		for _, re := range []*regexp.Regexp{s.opening, s.ending} {
			if at := re.FindStringIndex(lower); at != nil {
				return s.kind, lower[:at[0]] + lower[at[1]:]
			}
		}
	}
	return "", ""
}

// lowered is a text in lower case, in which a Turkish capital I is no letter of its own.
func lowered(s string) string { return strings.ReplaceAll(strings.ToLower(s), "ı", "i") }

// saying returns the kind of notice that a sentence is.
func saying(s string) news.RevisionKind {
	lower := lowered(s)
	for _, s := range notices() {
		if s.saying.MatchString(lower) {
			return s.kind
		}
	}
	return ""
}

// notices are what outlets say of stories that they do not stand by. What stands first
// in the list counts. They are made when the first story is looked at again.
var notices = sync.OnceValue(func() []signs {
	return []signs{
		newSigns(news.RevisedHeld, heldOpenings, heldSayings),
		newSigns(news.RevisedKilled, killedOpenings, killedSayings),
		newSigns(news.RevisedRetracted, retractedOpenings+`|`+headings, retractedSayings),
	}
})

// signs are what the notices of one kind look like, in lower case.
type signs struct {
	kind    news.RevisionKind
	opening *regexp.Regexp // in front of a line: before a mark, in brackets, or alone
	ending  *regexp.Regexp // in brackets behind a line
	saying  *regexp.Regexp // anywhere in a sentence
}

func newSigns(kind news.RevisionKind, openings, sayings string) signs {
	openings, sayings = strings.ReplaceAll(openings, "ı", "i"), strings.ReplaceAll(sayings, "ı", "i")
	return signs{
		kind: kind,
		opening: regexp.MustCompile(`^(?:[\[(（【<*]+\s*(?:` + openings + `)\s*[\])）】>*]+[:：]?|` +
			`(?:` + openings + `)\s*(?:[:：–—|*-]|[.!]?$))\s*`),
		ending: regexp.MustCompile(`\s*[\[(（【]\s*(?:` + openings + `)\s*[\])）】]\s*$`),
		saying: regexp.MustCompile(sayings),
	}
}

// heading is what a retraction begins with, whatever follows.
var heading = regexp.MustCompile(`^[\[(（【*]*\s*(?:` + headings + `)\s*(?:[\])）】:：–—|*-]|$)`)
