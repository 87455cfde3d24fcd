package cluster

import (
	"fmt"
	"strings"
)

// Rule names the way by which a decision was made.
type Rule string

// The rules.
const (
	RuleNoText Rule = "no text"         // one of them has too little text to compare
	RuleLate   Rule = "later"           // they are more than 72 hours apart
	RuleNames  Rule = "other names"     // each headline names what the other story does not
	RuleRare   Rule = "rare text"       // by the text that no earlier story had
	RuleNew    Rule = "short history"   // by text and titles, for earlier stories are not known
	RuleMarked Rule = "marked version"  // an outlet marked it as a version of its own story
	RuleMember Rule = "copy of another" // it is a near copy of a later member of the cluster
	RuleLike   Rule = "same event"      // by names, numbers and words
	RuleSeries Rule = "series"          // they share text that earlier stories had, too
	RulePerson Rule = "a person said so"
)

// Why is the reason of a decision. It is kept as JSON, and read by people as
// String.
type Why struct {
	Rule Rule `json:"rule"`
	Measures
	Cosine     float64  `json:"cosine,omitempty"`      // of the heaviest features, for links
	Marker     Marker   `json:"marker,omitzero"`       // of the later story
	Names      []string `json:"names,omitempty"`       // that both have
	Numbers    []string `json:"numbers,omitempty"`     // that both have
	NewNumbers []string `json:"new_numbers,omitempty"` // of the later headline, that the earlier story does not have
	OldNumbers []string `json:"old_numbers,omitempty"` // of the earlier headline, that the later story does not have
	OnlyFirst  []string `json:"only_first,omitempty"`  // names of the earlier headline that the later story does not have
	OnlyOther  []string `json:"only_other,omitempty"`  // names of the later headline that the earlier story does not have
}

// others reports whether each headline names what the other story does not have. Of one outlet
// these are two stories of one form rather than two reports of one event.
func (w *Why) others() bool { return len(w.OnlyFirst) > 0 && len(w.OnlyOther) > 0 }

// String says the reason in one line.
func (w Why) String() string {
	var parts []string
	add := func(format string, values ...any) { parts = append(parts, fmt.Sprintf(format, values...)) }
	switch w.Rule {
	case RuleNoText:
		return "too little text to compare"
	case RuleLate:
		return "more than 72 hours apart"
	case RulePerson:
		return string(w.Rule)
	case RuleLike:
		add("%d %% alike in names, numbers and words", percent(w.Cosine))
	default:
		add("%d %% of the shorter text shared", percent(w.Text))
		if w.Rule == RuleRare {
			add("%d %% in no earlier story", percent(w.Rare))
		}
		add("%d %% of the facts", percent(w.Facts))
	}
	if w.Marker.Kind != NoMarker {
		add("marked as %s", strings.TrimSpace(w.Marker.Kind.String()+" "+optional(w.Marker.Number)))
	}
	list := func(what string, words []string) {
		if len(words) > 0 {
			add("%s: %s", what, strings.Join(words, ", "))
		}
	}
	list("both name", w.Names)
	list("numbers of both", w.Numbers)
	list("new numbers", w.NewNumbers)
	if w.Rule == RuleNames {
		list("only the first has", w.OnlyFirst)
		list("only the other has", w.OnlyOther)
	}
	return strings.Join(parts, " · ")
}

func optional(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}
