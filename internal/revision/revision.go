// Package revision says what an outlet changed in a story. Compare takes the
// story as it is recorded and as its page or list gives it now; Corrected only
// looks for a note of correction, where texts were read in two different ways.
//
// Texts are compared by sentences, whatever their order and without regard to
// case and punctuation, because a page changes with every load: "5 min ago", a
// number of comments, other headlines beside the story. What counts as a
// sentence of the story is said at furnitureWeight and counterWeight; then a
// single word counts, for it may be a "not", and there is no rule for slips of
// the pen: "million" and "billion" differ by a letter.
package revision

import (
	"cmp"
	"slices"

	"github.com/copytaster/copytaster/internal/news"
)

// Compare says what changed from the story as it was recorded to what its page
// or list says now, and returns the story as it is to be recorded. headlines are
// those that it had before: an outlet that tries two headlines on its readers
// by turns does not change the story each time. A revision without kinds means
// that nothing changed.
//
// A text that became much shorter is a wall's teaser rather than an edit,
// unless it says that it was corrected; then only the headline is compared,
// and that only if anything of the old text is left. The same holds for a page
// that calls itself another one and shares little with the story: the link
// leads elsewhere now; and for one of which hardly a word is the story's: it asks for
// consent, or keeps crawlers out.
func Compare(was, is news.Story, headlines []string) (news.Revision, news.Story) {
	r := news.Revision{Story: was.ID, Title: was.Title, Text: telling(&was, &was)}
	now := was
	d, left := compareTexts(&was, &is)
	if !left {
		return r, was
	}
	known := slices.Concat(headlines, []string{was.Title}, was.Titles)
	if is.Title != "" && !slices.ContainsFunc(known, sameAs(is.Title)) {
		r.Kinds = append(r.Kinds, news.RevisedHeadline)
		r.Changes = changes(news.FieldTitle, was.Title, is.Title)
		now.Title, now.Titles = is.Title, is.Titles
	}
	if d.rewritten {
		r.Kinds = append(r.Kinds, news.RevisedText)
	}
	if d.corrected || isNote(is.Title) && !isNote(was.Title) {
		r.Kinds = append(r.Kinds, news.RevisedCorrected)
	}
	if d.rewritten || d.corrected {
		r.Changes = append(r.Changes, d.changes()...)
		now = withText(now, is)
	}
	r.Changes = r.Changes[:min(len(r.Changes), news.MaxChanges)]
	return r, now
}

// Replaced says that a list has another story in the place of a recorded one, with which
// it has nothing in common, and returns the story as it is to be recorded.
func Replaced(was, is news.Story) (news.Revision, news.Story) {
	r := news.Revision{
		Story: was.ID, Title: was.Title, Text: telling(&was, &was),
		Kinds:   []news.RevisionKind{news.RevisedHeadline, news.RevisedText},
		Changes: changes(news.FieldTitle, was.Title, is.Title),
	}
	was.Title, was.Titles = is.Title, is.Titles
	return r, withText(was, is)
}

// compareTexts compares what two versions of a story tell; left is false when
// the new one has nothing of the story left.
func compareTexts(was, is *news.Story) (d difference, left bool) {
	if was.Text == "" {
		return differ(readSummary(was.Summary), readSummary(is.Summary)), true
	}
	before, after := read(was.Text), read(is.Text)
	if len(after.sentences) == 0 {
		return d, true
	}
	d = differ(before, after)
	if d.teaser(was, is) || d.elsewhere(was, is) || d.foreign(was, is) {
		return difference{}, d.common > 0
	}
	return d, true
}

// Stands reports whether a new version of a story, as its page or list has it, is one
// of the same story, and no wall, error or other page in its place. That a story without
// a text has a headline is enough.
func Stands(was, is *news.Story) bool {
	if was.Text == "" || is.Text == "" {
		return is.Title != "" && shared(was.Title, is.Title) >= half
	}
	_, left := compareTexts(was, is)
	return left
}

// telling is the text of a version that can be compared with the recorded
// story: its text where that has one, its summary else.
func telling(recorded, version *news.Story) string {
	if recorded.Text != "" {
		return version.Text
	}
	return version.Summary
}

// withText is a story with the text of another version, or its summary when
// there is no text.
func withText(s, is news.Story) news.Story {
	if s.Text != "" {
		s.Text = is.Text
		return s
	}
	s.Summary = is.Summary
	return s
}

// Corrected says whether the page of a story carries a note of correction that
// the recorded text does not have, and returns the story with it. Nothing else of
// the page is looked at.
func Corrected(was, is news.Story) (news.Revision, news.Story) {
	r, now := news.Revision{Story: was.ID, Title: was.Title, Text: was.Text}, was
	if note, ok := newNote(read(was.Text), read(is.Text)); ok {
		r.Kinds = []news.RevisionKind{news.RevisedCorrected}
		r.Changes = []news.Change{{Field: news.FieldBody, Came: note}}
		now.Text += "\n" + note
	}
	return r, now
}

// Alike reports whether two stories are one: they have the same headline, or
// at least half of the shorter text is in the longer one, too.
func Alike(a, b *news.Story) bool {
	if a.Title != "" && sameAs(a.Title)(b.Title) {
		return true
	}
	x, y := read(cmp.Or(a.Text, a.Summary)), read(cmp.Or(b.Text, b.Summary))
	d := differ(x, y)
	return d.common > 0 && 2*d.common >= min(x.weight, y.weight)
}
