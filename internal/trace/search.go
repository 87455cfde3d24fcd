package trace

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/preselect"
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules"
)

// Search is what was found by words.
type Search struct {
	Found []Found // the newest first
	More  bool    // there may be more: enough were found
	Cut   bool    // there was no time for all stories
	Wrong string  // why nothing can be looked for; "" when something was
}

// Found is a story that was found, and the rules that it matched.
type Found struct {
	*ToldStory
	Rules []string
}

// Bounds of a search.
const (
	mostSearched = 50 // stories
	searchWithin = 2 * time.Second
	readAtOnce   = 100 // stories
)

// Search finds the newest stories that have all words anywhere in their texts, in any of their
// forms. "In quotes" they stand side by side as they are, and sanction* and the like are as in rules.
func (t *Tracer) Search(ctx context.Context, asked string) (s Search, err error) {
	set, wrong := searched(asked)
	if set == nil {
		return Search{Wrong: wrong}, nil
	}
	var ids []int64
	within, cancel := context.WithTimeout(ctx, searchWithin)
	defer cancel()
	err = t.newest(within, set.Need(), func(some []int64) (bool, error) {
		stories, err := t.store.Stories.Some(within, some)
		for _, story := range stories {
			if story != nil && len(ids) < mostSearched && len(set.Matched(story, nil)) > 0 {
				ids = append(ids, story.ID)
			}
		}
		return len(ids) < mostSearched, err
	})
	if s.Cut = errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil; err != nil && !s.Cut {
		return s, fmt.Errorf("search stories: %w", err)
	}
	s.More = len(ids) == mostSearched
	states, err := t.store.Ways.States(ctx, ids)
	if err != nil {
		return s, fmt.Errorf("search stories: %w", err)
	}
	for i := range states {
		found := Found{ToldStory: storyOf(&states[i])}
		matched, err := t.store.Ways.Matched(ctx, states[i].ID)
		if err != nil {
			return s, fmt.Errorf("search stories: %w", err)
		}
		for _, m := range matched {
			found.Rules = append(found.Rules, m.Rule)
		}
		s.Found = append(s.Found, found)
	}
	return s, nil
}

// newest yields the stories that may meet a need, the newest first, some at a time, until enough
// are found.
func (t *Tracer) newest(ctx context.Context, need wordindex.Need, more func(ids []int64) (bool, error)) error {
	_, newest, err := t.store.Words.Bounds(ctx)
	if err != nil {
		return err
	}
	var ids []int64
	for id, err := range preselect.IDs(ctx, t.store, need, newest, time.Time{}) {
		if err != nil {
			return err
		}
		if ids = append(ids, id); len(ids) < readAtOnce {
			continue
		}
		if wanted, err := more(ids); err != nil || !wanted {
			return err
		}
		ids = ids[:0]
	}
	if len(ids) == 0 {
		return nil
	}
	_, err = more(ids)
	return err
}

// searched makes a rule of the words that somebody looks for. wrong says why there is none.
func searched(asked string) (set *rules.Set, wrong string) {
	rule := rules.Rule{Name: "search"}
	for i, part := range strings.Split(strings.NewReplacer("“", `"`, "”", `"`, "„", `"`).Replace(asked), `"`) {
		terms := strings.Fields(part)
		if i%2 == 1 {
			terms = []string{part}
		}
		for _, term := range terms {
			if i%2 == 0 && plain(term) {
				term = "~" + term
			}
			if strings.TrimSpace(term) != "" {
				rule.Node.All = append(rule.Node.All, rules.Node{Term: term})
			}
		}
	}
	if len(rule.Node.All) == 0 {
		return nil, ErrNoWords.Error()
	}
	set, mistakes := rules.Compile(rules.Definition{Rules: []rules.Rule{rule}})
	if set == nil {
		return nil, mistakes[0].Message
	}
	return set, ""
}

// plain reports whether a word has no sign of the rules' own before or behind it.
func plain(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	return (unicode.IsLetter(first) || unicode.IsDigit(first)) && !strings.HasSuffix(word, "*")
}
