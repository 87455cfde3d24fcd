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
	RevisedRestored  RevisionKind = "restored"   // its page was gone and is back
)

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
}

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
