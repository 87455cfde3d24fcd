package identity

import "github.com/copytaster/copytaster/internal/news"

// strength says how surely two entries are one story; the strongest pair is
// taken first.
type strength int

// The strengths of a pair, the weakest first.
const (
	unrelated strength = iota // two stories
	exact                     // nothing is their own, and they are equal to the letter
	titled                    // one title, and neither link nor id
	moved                     // one title and one text under another link and id
	identical                 // one id, while the links of the source rotate
	edited                    // one link, while title and text differ
	renamed                   // one id and one text or title, under another link
	linked                    // one link, and one text or title
	bothSame                  // one link and one id
)

// relation says how a value of two entries compares.
type relation int

const (
	absent relation = iota // one of them has none that says anything
	same
	differs
)

// verdict says whether a known entry is the past of a listed one:
//
//	link     id                 title, text                     verdict
//	same     same               any                             the same
//	same     absent, rotating   any                             the same; but hardly a shared text, a date more
//	                                                            than 12 hours newer, and a title that is the same
//	                                                            or no correction, is new
//	same     differs            text same                       the same
//	same     differs            title same                      the same; but hardly a shared text is new, except
//	                                                            where ids rotate
//	same     differs            title corrected, text hardly,   the same
//	                            dates within a day
//	same     a version number   any                             as absent
//	         differs
//	same     differs            both differ                     new
//	other    same               text same; or title same, or    the same
//	                            corrected, dates within a day
//	other    same               both differ                     new; the same when the source's links rotate
//	other    differs, absent    both same, and 12 words or more the same
//	                            and dates within a day, or one date to the second
//	other    differs, absent    title same, as at half of a     the same
//	                            list of new links and ids
//	absent   absent             title same                      the same, until it was not listed for a week;
//	                                                            new as in the second row
//
// Where a row says "other" the links differ or one is absent. A date that is
// not known contradicts nothing.
func (a *assigner) verdict(listed, known int) strength {
	e, k, s := &a.Listed[listed], &a.Known[known], a.says[listed]
	title := e.Title == k.Title // where link or id are the same, it need not be the entry's own
	text := s.text && e.Text == k.Text
	near := apart(e.Published, k.Published) <= sameDay
	link, id := a.relations(listed, known)
	switch {
	case link == same && id == same:
		return bothSame
	case link == same && (id == absent || a.Ways.idsRotate()):
		return a.sameLink(listed, known, title, text)
	case link == same && (text || title && !a.reissued(listed, known) || near && a.corrected(listed, known)):
		return linked
	case link == same && id == differs && a.Texts.Versions(*k, listed):
		return a.sameLink(listed, known, title, text)
	case link == same:
		return unrelated
	case id == same && (text || near && (title || e.Title != k.Title && a.Texts.Retitled(*k, listed))):
		return renamed
	case id == same && link == differs && a.Ways.linksRotate():
		return identical
	case id == same:
		return unrelated
	case s.title && title && a.renewed && e.Link|e.GUID != 0 && k.Link|k.GUID != 0 && a.stays(listed, known):
		return moved
	case s.title && title && e.Text == k.Text && (e.Words >= movedWords && near ||
		!e.Published.IsZero() && e.Published.Equal(k.Published)):
		return moved
	case link == absent && (id == absent || a.Ways.idsRotate()):
		return a.withoutName(listed, known)
	}
	return unrelated
}

// relations compare the links and the ids. An id that once was the link, or has
// become it, is still the id.
func (a *assigner) relations(listed, known int) (link, id relation) {
	e, k, s := &a.Listed[listed], &a.Known[known], a.says[listed]
	if s.link && k.Link != 0 {
		link = differs
		if e.Link == k.Link {
			link = same
		}
	}
	switch {
	case s.guid && (e.GUID == k.GUID || e.GUID == k.Link), link == differs && s.link && e.Link == k.GUID:
		id = same
	case s.guid && k.GUID != 0:
		id = differs
	}
	return link, id
}

// renewal reports whether a list has all its links and ids anew, although half of
// its titles or more, and at least fewestRenewed, are those of known entries: its
// links carry a token of the request, or the site has moved.
func (a *assigner) renewal() bool {
	names, titles := map[news.Hash]bool{}, map[news.Hash]bool{}
	for i := range a.Known {
		k := &a.Known[i]
		names[k.Link], names[k.GUID], titles[k.Title] = true, true, true
	}
	own, known := 0, 0
	for i := range a.Listed {
		e, s := &a.Listed[i], a.says[i]
		if s.link && names[e.Link] || s.guid && names[e.GUID] {
			return false
		}
		if s.title {
			own++
			if titles[e.Title] {
				known++
			}
		}
	}
	return known >= fewestRenewed && 2*known >= own
}

// stays reports whether an entry of a list with new links and ids says what the
// known one of its title said: neither a newer date nor another text.
func (a *assigner) stays(listed, known int) bool {
	e, k := &a.Listed[listed], &a.Known[known]
	if apart(e.Published, k.Published) > issueApart {
		return false
	}
	return e.Text == k.Text || e.Words < tellingWords || !a.Texts.Rewritten(*k, listed)
}

// sameLink is the verdict on two entries of one link whose ids say nothing.
func (a *assigner) sameLink(listed, known int, title, text bool) strength {
	switch {
	case a.nextIssue(listed, known):
		return unrelated
	case title || text:
		return linked
	}
	return edited
}

// nextIssue reports whether a link that tells another story every day does so by
// now: with a newer date, another text, and the old title or a wholly other one.
func (a *assigner) nextIssue(listed, known int) bool {
	e, k := &a.Listed[listed], &a.Known[known]
	newer := !e.Published.IsZero() && !k.Published.IsZero() && e.Published.Sub(k.Published) > issueApart
	return newer && e.Text != k.Text && (e.Title == k.Title || !a.Texts.Retitled(*k, listed)) &&
		a.Texts.Rewritten(*k, listed)
}

// reissued reports whether a link under another id tells another story under the
// old title: hardly a word of the text is left. Where the ids of the list rotate,
// the id is no sign of that, and the date decides.
func (a *assigner) reissued(listed, known int) bool {
	e, k := &a.Listed[listed], &a.Known[known]
	if a.idsTurn {
		return a.nextIssue(listed, known)
	}
	return e.Text != k.Text && a.Texts.Rewritten(*k, listed)
}

// corrected reports whether an entry under another id says what the known one
// said, with a correction of the title and with most of the text left.
func (a *assigner) corrected(listed, known int) bool {
	e, k := &a.Listed[listed], &a.Known[known]
	return e.Title != k.Title && e.Text != 0 && k.Text != 0 && a.Texts.Retitled(*k, listed) &&
		!a.Texts.Rewritten(*k, listed)
}

// turning reports whether the ids of the list rotate as far as it shows: of the
// known entries whose link, title and text are listed unchanged, more have another
// id than have kept theirs.
func (a *assigner) turning() bool {
	byLink := map[news.Hash]*news.Fingerprint{}
	for i := range a.Listed {
		if a.says[i].link && a.says[i].guid {
			byLink[a.Listed[i].Link] = &a.Listed[i]
		}
	}
	kept, turned := 0, 0
	for i := range a.Known {
		k := &a.Known[i]
		e, ok := byLink[k.Link]
		switch {
		case !ok || k.GUID == 0 || e.Title != k.Title || e.Text != k.Text:
		case e.GUID == k.GUID:
			kept++
		default:
			turned++
		}
	}
	return turned > kept
}

// withoutName is the verdict on two entries that have neither link nor id.
func (a *assigner) withoutName(listed, known int) strength {
	e, k, s := &a.Listed[listed], &a.Known[known], a.says[listed]
	switch {
	case a.Now.Sub(k.Seen) >= TitleQuiet:
		return unrelated
	case s.title && e.Title == k.Title && !a.nextIssue(listed, known):
		return titled
	case e.Title == k.Title && e.Text == k.Text:
		return exact
	}
	return unrelated
}

// Ways is what was learnt of how a source names its entries. Each number counts
// entries up to enough.
type Ways struct {
	LinksKept  int  `json:"links_kept,omitempty"`  // one id, and still the same link
	LinksMoved int  `json:"links_moved,omitempty"` // one id, and another link
	IDsKept    int  `json:"ids_kept,omitempty"`    // one link, and still the same id
	IDsMoved   int  `json:"ids_moved,omitempty"`   // one link, and another id
	Told       bool `json:"told,omitempty"`        // the operators know that its prints cannot be told apart
}

const (
	// enough is how far the numbers of Ways count.
	enough = 50
	// rotations is how many changes make a habit.
	rotations = 3
)

// learn takes in a pair that was found to be one story.
func (w *Ways) learn(known, listed *news.Fingerprint, s strength) {
	if s < renamed || known.GUID == 0 && listed.GUID == 0 {
		return
	}
	if known.Link != 0 && listed.Link != 0 && known.GUID == listed.GUID {
		tally(&w.LinksKept, &w.LinksMoved, known.Link == listed.Link)
	}
	if known.GUID != 0 && listed.GUID != 0 && known.Link == listed.Link && known.Link != 0 {
		tally(&w.IDsKept, &w.IDsMoved, known.GUID == listed.GUID)
	}
}

// tally counts what stayed and what changed. The newest count most: at the end
// of the scale the other number goes down.
func tally(kept, moved *int, stays bool) {
	more, less := moved, kept
	if stays {
		more, less = kept, moved
	}
	if *more < enough {
		*more++
	} else if *less > 0 {
		*less--
	}
}

func (w Ways) linksRotate() bool { return w.LinksMoved >= rotations && w.LinksMoved > w.LinksKept }
func (w Ways) idsRotate() bool   { return w.IDsMoved >= rotations && w.IDsMoved > w.IDsKept }
