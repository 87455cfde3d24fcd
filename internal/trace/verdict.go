package trace

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/rules"
)

// Rules are those that a story was judged by.
type Rules struct {
	Hash   string     `json:"config_hash,omitempty"`
	Loaded *time.Time `json:"loaded,omitempty"`
	Until  *time.Time `json:"until,omitempty"`   // when the next config was loaded
	Gone   string     `json:"missing,omitempty"` // why they cannot be asked any more
}

// Ruling is what a rule says of a story.
type Ruling struct {
	Rule    string         `json:"rule"`
	Then    *bool          `json:"then,omitempty"`  // by the rules of then; absent: there was no such rule, or it is not known
	Today   *bool          `json:"today,omitempty"` // by the rules of today; absent: there is no such rule, or the text is gone
	Failed  []rules.Failed `json:"failed,omitempty"`
	Changed bool           `json:"changed,omitempty"` // the rule means something else today
	failed  int            // how many of its conditions do not hold
}

// addVerdicts judges a story by the rules of then and of today. Its words are those of
// today, too: an outlet may have changed them since.
func (t *Tracer) addVerdicts(ctx context.Context, w *Way, s *store.StoryState) error {
	when := s.FirstSeen
	if len(w.Matches) > 0 {
		when = *w.Matches[len(w.Matches)-1].At
	}
	then, err := t.rulesAt(ctx, w, when)
	if err != nil {
		return err
	}
	if s.Text == "" && s.Summary == "" && t.pruned(s.FirstSeen) {
		w.Story.Text = textGone
		for _, m := range w.Matches {
			w.Rules = append(w.Rules, Ruling{Rule: m.Rule, Then: new(true)})
		}
		return nil
	}
	today, err := judge(&t.today.Rules, s.Story)
	if err != nil {
		return err
	}
	w.Rules = compare(judgeThen(then, w.Then, s.Story), today, w.Matches)
	return nil
}

// pruned reports whether texts that were first seen then may be gone.
func (t *Tracer) pruned(seen time.Time) bool {
	return t.today.Retention > 0 && seen.Before(t.today.Now.Add(-t.today.Retention))
}

// rulesAt returns the rules that were in use at a time, packed, and notes which they
// are. Nil is not kept.
func (t *Tracer) rulesAt(ctx context.Context, w *Way, when time.Time) (packed []byte, err error) {
	c, ok, err := t.store.Configs.At(ctx, when)
	if err != nil {
		return nil, err
	}
	if !ok {
		w.Then = &Rules{Gone: "the config of then is not kept: it is older than `retention`, or than the store's last upgrade"}
		return nil, nil
	}
	w.Then = &Rules{Hash: c.Hash, Loaded: news.KnownTime(c.Loaded), Until: news.KnownTime(c.Until)}
	return c.Rules, nil
}

// judgeThen judges a story by the rules of then, as far as this version understands them.
func judgeThen(packed []byte, then *Rules, s *news.Story) (verdicts map[string]judged) {
	if packed == nil {
		return nil
	}
	book, err := Unpack(packed)
	if err == nil {
		verdicts, err = judge(&book, s)
	}
	if err != nil {
		then.Gone = "this version does not understand the rules of then: " + err.Error()
	}
	return verdicts
}

// judged is the verdict of one rule.
type judged struct {
	matched bool
	hash    string
	failed  []rules.Failed
	order   int
}

// judge asks all rules of a rulebook about a story.
func judge(book *Rulebook, s *news.Story) (map[string]judged, error) {
	set, err := book.compile()
	if err != nil {
		return nil, err
	}
	asked := *s
	asked.Origin = book.origin(s.Origin.Source)
	verdicts := make(map[string]judged, set.Len())
	for i, e := range set.Explain(&asked) {
		verdicts[e.Rule] = judged{matched: e.Matched, hash: set.Hash(i), failed: e.Failed, order: i}
	}
	return verdicts, nil
}

// compare puts the verdicts of then and today side by side: rules that match come first,
// then those that came nearest. What was recorded then counts before what the rules of
// then say of the words of today.
func compare(then, today map[string]judged, recorded []Match) []Ruling {
	all := []Ruling{}
	order := map[string]int{}
	add := func(name string, at int) {
		if _, done := order[name]; done {
			return
		}
		order[name] = at
		v := Ruling{Rule: name}
		was, wasThere := then[name]
		is, isThere := today[name]
		if wasThere {
			v.Then, v.Failed = new(was.matched), was.failed
		}
		if isThere {
			v.Today, v.Failed = new(is.matched), is.failed
		}
		v.Changed = wasThere && isThere && was.hash != is.hash
		for _, m := range recorded {
			if m.Rule == name {
				v.Then = new(true)
				v.Changed = isThere && m.hash != is.hash
			}
		}
		v.failed = len(v.Failed)
		all = append(all, v)
	}
	for name, j := range today {
		add(name, j.order)
	}
	for name, j := range then {
		add(name, len(today)+j.order)
	}
	for _, m := range recorded {
		add(m.Rule, len(today)+len(then))
	}
	slices.SortFunc(all, func(a, b Ruling) int {
		if a.matches() != b.matches() {
			return map[bool]int{true: -1, false: 1}[a.matches()]
		}
		if a.failed != b.failed && !a.matches() {
			return a.failed - b.failed
		}
		return order[a.Rule] - order[b.Rule]
	})
	return all
}

// matches reports whether the rule matched then or matches today.
func (v *Ruling) matches() bool { return v.Then != nil && *v.Then || v.Today != nil && *v.Today }
