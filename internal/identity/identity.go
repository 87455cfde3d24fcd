// Package identity decides which entries of a list are stories that the source
// has listed before. Assign pairs the entries of one list with the known ones
// of its source; what is left over is new. The package is pure: package store
// keeps the entries (news.Fingerprint) and what was learnt of a source (Ways).
//
// Links, ids, titles and texts are weighed together, because each of them lies
// somewhere: ids count the places of a list, links carry session numbers, every
// entry links to the front page. A value that several differing entries of one
// list share says nothing, and a known entry is the past of at most one listed
// entry, the strongest pair first. The table of verdicts is verdict's comment.
package identity

import (
	"cmp"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

const (
	// tellingWords is how many words make a text say which story it is.
	tellingWords = 8
	// movedWords is how many words a text needs to prove, with its title, that a
	// story has moved to another link and id.
	movedWords = news.CountedWords
	// sameDay is how far apart the dates of one story may be where its link or
	// its id has changed: an outlet dates an edit anew.
	sameDay = 24 * time.Hour
	// issueApart is how much newer a page's date must be for a page with one link
	// and one title to tell another story: a daily page of results.
	issueApart = 12 * time.Hour
	// fewestRenewed is how many titles a list must share with known entries to be the
	// same list under other links and ids.
	fewestRenewed = 3
	// TitleQuiet is how long a title without link and id must not have been listed
	// to name a new story: a "Morning briefing" comes back.
	TitleQuiet = 7 * 24 * time.Hour
)

// List is what one crawl listed, to be assigned to what is known.
type List struct {
	Listed []news.Fingerprint // each listed once (see Once), in the order of the list
	Known  []news.Fingerprint // of the source, among them all that share a value with the list
	Ways   Ways
	Now    time.Time
	Texts  Texts
}

// Texts compares what the hashes of two entries cannot: the story that was
// recorded for a known entry, and a listed one given by its place in Listed. It
// is asked seldom.
type Texts interface {
	// Rewritten reports whether hardly anything is left of the known text. See Rewritten.
	Rewritten(known news.Fingerprint, listed int) bool
	// Retitled reports whether the titles differ by a correction at most. See Retitled.
	Retitled(known news.Fingerprint, listed int) bool
	// Versions reports whether the ids number the versions of one story. See Versions.
	Versions(known news.Fingerprint, listed int) bool
}

// NoTexts is for entries whose texts are not known.
type NoTexts struct{}

// Rewritten reports false: what is not known proves nothing.
func (NoTexts) Rewritten(news.Fingerprint, int) bool { return false }

// Retitled reports false: what is not known proves nothing.
func (NoTexts) Retitled(news.Fingerprint, int) bool { return false }

// Versions reports false: what is not known proves nothing.
func (NoTexts) Versions(news.Fingerprint, int) bool { return false }

// Assigned is what a list turned out to be.
type Assigned struct {
	Past  []*news.Fingerprint // of each listed entry the known one, nil for a new one
	Own   []news.Fingerprint  // the listed entries without the links and ids that say nothing
	Ways  Ways                // with what the list taught
	Alike int                 // listed entries that have nothing of their own
}

// Assign pairs the entries of a list with the known ones.
func Assign(l List) Assigned {
	a := newAssigner(l)
	if a.positional() {
		for i := range a.says {
			a.says[i].guid = false
		}
	}
	a.renewed, a.idsTurn = a.renewal(), a.turning()
	pairs := a.pairs()
	slices.SortStableFunc(pairs, func(x, y pair) int {
		return cmp.Or(cmp.Compare(y.strength, x.strength), cmp.Compare(x.apart, y.apart),
			cmp.Compare(l.Known[y.known].ID, l.Known[x.known].ID))
	})
	done := Assigned{Past: make([]*news.Fingerprint, len(l.Listed)), Own: slices.Clone(l.Listed), Ways: l.Ways,
		Alike: a.alike}
	for i := range done.Own {
		if e := &done.Own[i]; !a.says[i].link {
			e.Link = 0
		}
		if e := &done.Own[i]; !a.says[i].guid {
			e.GUID = 0
		}
	}
	taken := make([]bool, len(l.Known))
	for _, p := range pairs {
		if done.Past[p.listed] == nil && !taken[p.known] {
			done.Past[p.listed], taken[p.known] = &l.Known[p.known], true
			done.Ways.learn(&l.Known[p.known], &l.Listed[p.listed], p.strength)
		}
	}
	return done
}

// name is what an entry of a list is told by.
type name struct {
	kind         nameKind
	value, title news.Hash
}

type nameKind int

const (
	byLink nameKind = iota
	byID
	byText
)

// names returns what tells an entry: its link, its id, and where there is neither
// its text, each with its title; or with linksAlone its link, whatever the title.
func names(e *news.Fingerprint, linksAlone bool) (all []name) {
	if e.Link != 0 && linksAlone {
		return []name{{byLink, e.Link, 0}}
	}
	if e.Link != 0 {
		all = append(all, name{byLink, e.Link, e.Title})
	}
	if e.GUID != 0 {
		all = append(all, name{byID, e.GUID, e.Title})
	}
	if len(all) == 0 {
		all = append(all, name{byText, e.Text, e.Title})
	}
	return all
}

// Once returns the places of the entries that a list holds, leaving out those
// that repeat an earlier one: under the same link, or the same id, with the same
// title. Entries of one link and title are not the same where each has an id and a text of its own:
// those of a ticker. With linksAlone the link alone tells, whatever the title. An entry that
// has neither a link nor a word is no story, and left out too.
func Once(prints []news.Fingerprint, linksAlone bool) []int {
	first := make([]int, len(prints)) // of each entry the place of one that it repeats, or its own
	group := func(i int) int {
		for first[i] != i {
			i = first[i]
		}
		return i
	}
	seen := make(map[name]int, 2*len(prints))
	for i := range prints {
		first[i] = i
		for _, n := range names(&prints[i], linksAlone) {
			other, ok := seen[n]
			if !ok {
				seen[n] = i
				continue
			}
			if n.kind == byLink && !linksAlone && unlike(&prints[i], &prints[other]) {
				continue
			}
			mine, its := group(i), group(other)
			first[max(mine, its)] = min(mine, its)
		}
	}
	titled := map[news.Hash]bool{} // links of entries that say more than their link
	for i := range prints {
		titled[prints[i].Link] = titled[prints[i].Link] || prints[i].Title != 0
	}
	var once []int
	for i := range prints {
		if prints[i].Title == 0 && titled[prints[i].Link] {
			continue
		}
		if e := &prints[i]; first[i] == i && cmp.Or(e.Link, e.Title) != 0 {
			once = append(once, i)
		}
	}
	return once
}

// unlike reports whether two entries have ids and telling texts, and neither in common.
func unlike(a, b *news.Fingerprint) bool {
	return a.GUID != 0 && b.GUID != 0 && a.GUID != b.GUID && min(a.Words, b.Words) >= tellingWords && a.Text != b.Text
}

// assigner weighs the entries of a list.
type assigner struct {
	List
	says    []says // of each listed entry
	alike   int
	renewed bool // the same list under other links and ids
	idsTurn bool // the ids of the list rotate
}

// says tells which values of a listed entry say which story it is.
type says struct{ link, guid, title, text bool }

// pair is a listed entry and a known one that may be its past.
type pair struct {
	listed, known int
	strength      strength
	apart         time.Duration // between their dates
}

func newAssigner(l List) *assigner {
	a := &assigner{List: l, says: make([]says, len(l.Listed))}
	links, guids, titles, texts := map[news.Hash]int{}, map[news.Hash]int{}, map[news.Hash]int{}, map[news.Hash]int{}
	for i := range l.Listed {
		e := &l.Listed[i]
		links[e.Link]++
		guids[e.GUID]++
		titles[e.Title]++
		texts[e.Text]++
	}
	for i := range l.Listed {
		e := &l.Listed[i]
		a.says[i] = says{
			link:  e.Link != 0 && links[e.Link] == 1,
			guid:  e.GUID != 0 && guids[e.GUID] == 1,
			title: e.Title != 0 && titles[e.Title] == 1,
			text:  e.Words >= tellingWords && texts[e.Text] == 1,
		}
		if s := a.says[i]; !s.link && !s.guid && !s.title && !s.text {
			a.alike++
		}
	}
	return a
}

// positional reports whether the ids of the list only count its places: of the
// known entries whose id is listed, half or more have their title at another
// listed entry.
func (a *assigner) positional() bool {
	byTitle, byGUID := map[news.Hash]int{}, map[news.Hash]int{}
	for i := range a.Listed {
		if a.says[i].title {
			byTitle[a.Listed[i].Title] = i
		}
		if a.says[i].guid {
			byGUID[a.Listed[i].GUID] = i
		}
	}
	listed, gone := 0, 0
	for _, known := range a.Known {
		at, ok := byGUID[known.GUID]
		if !ok || known.GUID == 0 {
			continue
		}
		listed++
		if title, ok := byTitle[known.Title]; ok && title != at && a.Listed[title].GUID != known.GUID {
			gone++
		}
	}
	return gone > 0 && 2*gone >= listed && (gone > 1 || listed <= 2)
}

// pairs returns all pairs that may be one story.
func (a *assigner) pairs() (pairs []pair) {
	byLink, byGUID, byTitle := map[news.Hash][]int{}, map[news.Hash][]int{}, map[news.Hash][]int{}
	for k := range a.Known {
		known := &a.Known[k]
		byLink[known.Link] = append(byLink[known.Link], k)
		byGUID[known.GUID] = append(byGUID[known.GUID], k)
		byTitle[known.Title] = append(byTitle[known.Title], k)
	}
	for i := range a.Listed {
		e, s := &a.Listed[i], a.says[i]
		var candidates []int
		if s.link {
			candidates = append(candidates, byLink[e.Link]...)
			candidates = append(candidates, byGUID[e.Link]...)
		}
		if s.guid {
			candidates = append(candidates, byGUID[e.GUID]...)
			candidates = append(candidates, byLink[e.GUID]...)
		}
		if e.Title != 0 {
			candidates = append(candidates, byTitle[e.Title]...)
		}
		slices.Sort(candidates)
		for _, k := range slices.Compact(candidates) {
			if strength := a.verdict(i, k); strength > unrelated {
				pairs = append(pairs, pair{i, k, strength, apart(a.Known[k].Published, e.Published)})
			}
		}
	}
	return pairs
}

// apart is the time between two dates, 0 when one of them is not known.
func apart(a, b time.Time) time.Duration {
	if a.IsZero() || b.IsZero() {
		return 0
	}
	return a.Sub(b).Abs()
}
