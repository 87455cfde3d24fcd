// Package trace tells the whole way of one story: when it was listed, what was read,
// what the rules said of it, then and today, and what came of that. Open a Tracer on
// the store, beside a running daemon, and ask Why.
//
// Nothing is guessed: what the store does not keep any more is said to be gone.
package trace

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/text"
	"github.com/copytaster/copytaster/internal/wordindex"
)

// Tracer reads the ways of stories from a store.
type Tracer struct {
	store *store.Store
	today Today
}

// Today is the config of today, and when that is.
type Today struct {
	Now          time.Time
	Rules        Rulebook
	Sources      []news.Source
	Retention    time.Duration // of texts
	StorageLimit int64         // in bytes, above which the oldest texts go first; 0 is none
}

// Open opens a store that exists already, for reading. The caller must Close the Tracer.
func Open(ctx context.Context, log *slog.Logger, storage string, today Today) (*Tracer, error) {
	s, err := store.OpenReadOnly(ctx, log, storage)
	if err != nil {
		return nil, err
	}
	return &Tracer{store: s, today: today}, nil
}

// Over returns a Tracer of a store that is open, which need not be closed.
func Over(s *store.Store, today Today) *Tracer { return &Tracer{store: s, today: today} }

// Close closes the store.
func (t *Tracer) Close() error { return t.store.Close() }

// ErrNoWords says that somebody asked for nothing.
var ErrNoWords = errors.New("there are no words to look for")

// Why tells the way of the newest story with a URL, or with all words in its headline.
func (t *Tracer) Why(ctx context.Context, asked string) (*Way, error) {
	w, err := t.why(ctx, strings.TrimSpace(asked))
	if err != nil {
		return nil, fmt.Errorf("trace story: %w", err)
	}
	return w, nil
}

// WhyStory tells the way of a story by its ID in the store. Of one that is not kept the Way has
// no Story.
func (t *Tracer) WhyStory(ctx context.Context, id int64) (*Way, error) {
	found, err := t.store.Ways.States(ctx, []int64{id})
	w := &Way{Asked: fmt.Sprintf("story %d", id), Fate: NeverListed, Reason: "no story of this number is kept"}
	if err == nil && len(found) > 0 {
		err = t.tell(ctx, w, found)
	}
	if err != nil {
		return nil, fmt.Errorf("trace story: %w", err)
	}
	return w, nil
}

// IsLink reports whether somebody asks for a URL, not for words of a headline.
func IsLink(asked string) bool { return linkOf(strings.TrimSpace(asked)) != "" }

func (t *Tracer) why(ctx context.Context, asked string) (*Way, error) {
	found, err := t.find(ctx, asked)
	if err != nil {
		return nil, err
	}
	w := &Way{Asked: asked}
	if len(found) == 0 {
		return w, t.missing(ctx, w)
	}
	return w, t.tell(ctx, w, found)
}

// tell tells the way of the first of the stories that are meant.
func (t *Tracer) tell(ctx context.Context, w *Way, found []store.StoryState) error {
	for _, other := range found[1:] {
		w.Others = append(w.Others, storyOf(&other))
	}
	w.Story = storyOf(&found[0])
	steps := []func(context.Context, *Way, *store.StoryState) error{
		t.addRevisions, t.addMatches, t.addVerdicts, t.addNews, t.addAlerts,
	}
	for _, step := range steps {
		if err := step(ctx, w, &found[0]); err != nil {
			return err
		}
	}
	w.Fate, w.Reason = t.fate(w, &found[0])
	return nil
}

// find returns the stories that are meant, the newest first.
func (t *Tracer) find(ctx context.Context, asked string) ([]store.StoryState, error) {
	if link := linkOf(asked); link != "" {
		return t.store.Ways.ByLink(ctx, news.LinkKey(link))
	}
	return t.byWords(ctx, asked)
}

// linkOf returns the URL that somebody asks for, "" when it is words. A URL may be
// written without its scheme.
func linkOf(asked string) string {
	link := asked
	if !strings.Contains(link, "://") {
		link = "https://" + link
	}
	u, err := url.Parse(link)
	host := ""
	if err == nil {
		host = u.Hostname()
	}
	switch {
	case strings.ContainsAny(asked, " \t\n"), err != nil, u.Scheme != "http" && u.Scheme != "https":
		return ""
	case link != asked && (!strings.Contains(host, ".") || !strings.Contains(asked, "/")):
		return ""
	}
	return link
}

// mostFound is how many stories are found by words.
const mostFound = 20

// byWords returns the newest stories that have all words in their headline.
func (t *Tracer) byWords(ctx context.Context, asked string) ([]store.StoryState, error) {
	words := folded(asked)
	if len(words) == 0 {
		return nil, ErrNoWords
	}
	var needs []wordindex.Need
	for _, word := range words {
		if len(text.Split(word)) == 1 {
			needs = append(needs, wordindex.HasPhrase(word, text.Look{}))
		}
	}
	var found []int64
	err := t.newest(ctx, wordindex.HasAll(needs...), func(ids []int64) (bool, error) {
		headlines, err := t.store.Ways.Headlines(ctx, ids)
		for _, h := range headlines {
			if len(found) < mostFound && holdsAll(folded(h.Title), words) {
				found = append(found, h.Story)
			}
		}
		return len(found) < mostFound, err
	})
	if err != nil {
		return nil, err
	}
	return t.store.Ways.States(ctx, found)
}

// folded returns the words of a text without case, accents and punctuation.
func folded(s string) (words []string) {
	tokens := text.Split(s)
	for i := range tokens {
		words = append(words, tokens[i].Folded)
		if alt := tokens[i].Alt; alt != nil {
			words = append(words, alt.Folded)
		}
	}
	return words
}

func holdsAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(word string) bool { return !slices.Contains(have, word) })
}
