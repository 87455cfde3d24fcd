package news

import "time"

// RevisionKind says how an outlet changed a story.
type RevisionKind string

// The kinds of revision. One revision may be of several.
const (
	RevisedHeadline  RevisionKind = "headline"   // it has another headline
	RevisedText      RevisionKind = "text"       // its text, or the summary that is all there is, says something else
	RevisedCorrected RevisionKind = "correction" // it says that it was corrected
	RevisedWithdrawn RevisionKind = "withdrawn"  // its page is gone
	RevisedRetracted RevisionKind = "retracted"  // it says that it was withdrawn
	RevisedKilled    RevisionKind = "killed"     // an agency says so, in its own words
	RevisedHeld      RevisionKind = "held"       // it is not to be used until it was checked
	RevisedRestored  RevisionKind = "restored"   // it stands again after any of these
)

// Withdraws says how far a kind takes a story back: 0 not at all, 1 for now, 2
// without a word, 3 for good.
func (k RevisionKind) Withdraws() int {
	switch k {
	case RevisedHeld:
		return 1
	case RevisedWithdrawn:
		return 2
	case RevisedRetracted, RevisedKilled:
		return 3
	default:
		return 0
	}
}

// Revision is one change of a story by its outlet, with what the story was
// before it; what it is now, or was before the next revision, stands there.
type Revision struct {
	ID      int64
	Story   int64
	Seen    time.Time // when the change was found
	Kinds   []RevisionKind
	Title   string   // before the change
	Text    string   // as it was before; the summary of a story without a text
	Changes []Change // the words that went and came, at most MaxChanges
	By      Witness  // of a withdrawal; else ""
}

// Witness is where it was seen that an outlet does not stand by a story: what says so
// has to take it back.
type Witness string

// The witnesses.
const (
	ByPage  Witness = "page"
	ByList  Witness = "list"
	ByStory Witness = "story" // another one of the outlet
)

// MaxChanges is how many changes of a revision are kept. Who needs them all
// compares the texts.
const MaxChanges = 50

// Change is one place where the words of a story changed. Before and After are
// the few words around it that stayed.
type Change struct {
	Field  FieldName `json:"field"` // FieldTitle or FieldBody
	Before string    `json:"before,omitempty"`
	Went   string    `json:"went,omitempty"`
	Came   string    `json:"came,omitempty"`
	After  string    `json:"after,omitempty"`
}
