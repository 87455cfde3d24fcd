package cluster

import (
	"cmp"
	_ "embed" // for agencies.txt
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// ReportKind says what a text is, as far as it counts as a report.
type ReportKind uint8

// The kinds of report. Only the first counts as a voice.
const (
	OwnReport ReportKind = iota
	Opinion
	LiveBlog
	PressRelease
)

// kindSigns find what is no report, in title, section or link in lower case.
var kindSigns = map[ReportKind]*regexp.Regexp{
	Opinion: regexp.MustCompile(`(?:^|/)(?:opinions?|op-ed|commentary|comment|editorial|column|analysis|kommentar|meinung|glosse|` +
		`leitartikel|tribune|éditorial|edito|chronique|opinión|opinion|editoriale|commento|opinie|opinia|мнение|колонка|думка|` +
		`görüş|köşe yazısı|رأي|社説|社论|评论|사설|칼럼)(?:$|[\s:：|/–—-])`),
	LiveBlog: regexp.MustCompile(`(?:^|/)(?:live|live updates|live-?blog|liveticker|live-?ticker|newsblog|en direct|direct|en directo|` +
		`en vivo|in diretta|diretta|ao vivo|онлайн|прямой эфир|canlı|مباشر)(?:$|[\s:：|/–—-])`),
	PressRelease: regexp.MustCompile(`(?:^|/)(?:press[- ]releases?|pressemitteilung|communiqué de presse|nota de prensa|comunicato stampa|` +
		`пресс-релиз|보도자료|プレスリリース|pol-[a-z]+)(?:$|[\s:：|/–—-])`),
}

// releaseSigns stand in the text of a press release.
var releaseSigns = []string{"/PRNewswire/", "(BUSINESS WIRE)", "(GLOBE NEWSWIRE)", "/CNW/", "/PRNewsfoto/", "EQS-News:", "DGAP-News:", "(ots)"}

// KindOf says what a story is, by its title, section, link and dateline.
func KindOf(s *news.Story) ReportKind {
	path := strings.ToLower(s.URL)
	if _, rest, ok := strings.Cut(path, "://"); ok {
		_, path, _ = strings.Cut(rest, "/")
		path = "/" + path
	}
	places := []string{strings.ToLower(strings.TrimSpace(s.Title)), strings.ToLower(s.Section), path}
	for _, kind := range []ReportKind{Opinion, LiveBlog, PressRelease} {
		if slices.ContainsFunc(places, kindSigns[kind].MatchString) {
			return kind
		}
	}
	head := cut(s.Text, 600)
	if slices.ContainsFunc(releaseSigns, func(sign string) bool { return strings.Contains(head, sign) }) {
		return PressRelease
	}
	return OwnReport
}

// agencyText lists news agencies, one a line: the name, then after "=" other ways
// in which it is credited, separated by ";".
//
//go:embed agencies.txt
var agencyText string

var agencies = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(agencyText) {
		name, others, _ := strings.Cut(strings.TrimSpace(line), "=")
		name = strings.TrimSpace(name)
		names[strings.ToLower(name)] = name
		for other := range strings.SplitSeq(others, ";") {
			names[strings.ToLower(strings.TrimSpace(other))] = name
		}
	}
	return names
})

// dateline finds what stands in brackets at the beginning of a text, or after a
// dash at its end: "Paris (AFP/dpa) - ", "— Reuters".
var dateline = regexp.MustCompile(`[(（【]([^()（）【】]{2,40})[)）】]|[—–-]\s*([\p{L}/ .]{2,30})\s*$`)

// Credits returns the agencies that a story credits, each by one name.
func Credits(s *news.Story) []string {
	var found []string
	add := func(list string) {
		for _, name := range strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune("/,;&·+", r) }) {
			if agency := agencies()[strings.ToLower(strings.TrimSpace(name))]; agency != "" && !slices.Contains(found, agency) {
				found = append(found, agency)
			}
		}
	}
	add(s.Credit)
	text := strings.TrimSpace(s.Text)
	places := []string{cut(text, 160), text[max(0, len(text)-60):]}
	for _, place := range places {
		for _, match := range dateline.FindAllStringSubmatch(strings.ToValidUTF8(place, ""), -1) {
			add(cmp.Or(match[1], match[2]))
		}
	}
	return found
}

// Account is what one cluster tells of a news.
type Account struct {
	Outlet  string   // that told it first
	Owner   string   // of the outlet, "" when it is its own
	Tiers   []string // of the sources that carry the text
	Carried int      // outlets beside it that carry the text
	Credits []string // agencies that the text credits
	Cites   []string // whom it names as having reported, the first first
	Kind    ReportKind
	Seen    time.Time // when it was first told
}

// origin is whose news a report is: the agency that it credits, else whom it cites
// as reporting, else the outlet's owner.
func (r *Account) origin() string {
	switch {
	case len(r.Credits) > 0:
		return r.Credits[0]
	case len(r.Cites) > 0:
		return r.Cites[0]
	}
	return cmp.Or(r.Owner, r.Outlet)
}

// Voices says how many of the reports of a news are independent of each other.
type Voices struct {
	Reports     int      // own reports
	Independent int      // origins among them
	Origins     []string // in the order in which they came
	Copies      int      // outlets that carry another one's text
	Others      int      // opinions, live blogs and press releases
}

// CountVoices counts the reports of a news. A cluster is one voice, and so are
// outlets of one owner, and reports that credit or cite one origin.
func CountVoices(reports []Account) Voices {
	reports = slices.Clone(reports)
	slices.SortStableFunc(reports, func(a, b Account) int { return a.Seen.Compare(b.Seen) })
	var v Voices
	c := voiceCounter{owners: map[string]string{}}
	for i := range reports {
		r := &reports[i]
		v.Copies += r.Carried
		if r.Kind != OwnReport {
			v.Others++
			continue
		}
		v.Reports++
		c.add(r)
	}
	v.Origins = c.origins
	v.Independent = len(v.Origins)
	return v
}

// voiceCounter tells independent voices from others.
type voiceCounter struct {
	owners  map[string]string // the origin that an owner stands for
	origins []string
}

// add takes in an own report, and reports whether it is a voice that was not heard
// before. Reports are added in the order in which they came.
func (c *voiceCounter) add(r *Account) (isNew bool) {
	origin := r.origin()
	owner := cmp.Or(r.Owner, r.Outlet)
	if known, ok := c.owners[owner]; ok {
		origin = known
	}
	c.owners[owner] = origin
	if slices.ContainsFunc(c.origins, func(o string) bool { return strings.EqualFold(o, origin) }) {
		return false
	}
	c.origins = append(c.origins, origin)
	return true
}

// String says how many reports there are, as people read it.
func (v Voices) String() string {
	s := fmt.Sprintf("%d own reports", v.Reports)
	if v.Reports == 1 {
		s = "1 own report"
	}
	switch {
	case v.Reports > 1 && v.Independent == 1:
		s += ", all of " + v.Origins[0]
	case v.Independent < v.Reports:
		s += fmt.Sprintf(", %d independent", v.Independent)
	}
	if v.Copies == 1 {
		s += " · 1 copy"
	} else if v.Copies > 1 {
		s += fmt.Sprintf(" · %d copies", v.Copies)
	}
	return s
}
