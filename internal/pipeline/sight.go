package pipeline

import (
	"context"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// How often it is noted that a key is still listed: often enough to tell
// whether a title was quiet for news.TitleQuiet, and to keep other keys from
// being pruned (store.SeenAtLeast).
const (
	noteTitle = 24 * time.Hour
	noteKey   = 30 * 24 * time.Hour
)

// sighting is what a list gave, sorted by what is remembered of it.
type sighting struct {
	stories int                   // in all, each once
	fresh   []store.NewStory      // never recorded, the list's last first
	edited  []*news.Story         // recorded, and listed with other words since
	listed  []string              // keys of recorded stories, to be noted as still listed
	prints  map[string]news.Print // of recorded stories, where none is known
	says    map[string]news.Print // of all, by their keys
}

// sight gives the listed stories their identity and sorts them. A story that
// is listed twice counts once. keyedAs is the name of the source as it is part
// of its stories' keys and prints, whatever it is called by now.
func (p *Pipeline) sight(ctx context.Context, keyedAs string, origin news.Origin, listed []news.Story, now time.Time) (sighting, error) {
	var (
		found = sighting{prints: map[string]news.Print{}, says: make(map[string]news.Print, len(listed))}
		keys  = make([]string, 0, len(listed))
		known = make([]*news.Story, 0, len(listed))
	)
	for i := range listed {
		s := &listed[i]
		s.Origin.Source, s.FirstSeen = keyedAs, now
		s.Key = news.StoryKey(s)
		if found.says[s.Key] == 0 {
			found.says[s.Key] = news.PrintOf(s)
			keys, known = append(keys, s.Key), append(known, s)
		}
		s.Origin = origin
		clamp(s, now)
	}
	found.stories = len(keys)
	seen, err := p.store.Seen(ctx, keys)
	if err != nil {
		return found, err
	}
	for _, s := range slices.Backward(known) { // lists put the newest first
		was, ok := seen[s.Key]
		if quiet := quietSince(s, now); !ok || was.At.Before(quiet) {
			found.fresh = append(found.fresh, store.NewStory{Story: s, Print: found.says[s.Key], QuietSince: quiet})
			continue
		}
		found.remember(s, was, now)
	}
	return found, nil
}

// remember sorts a story that was recorded before.
func (f *sighting) remember(s *news.Story, was store.Sighting, now time.Time) {
	switch says := f.says[s.Key]; {
	case was.Print == 0:
		f.prints[s.Key] = says
	case was.Print.SaysElse(says):
		f.edited = append(f.edited, s)
	}
	grain := noteKey
	if news.KeyedByTitle(s) {
		grain = noteTitle
	}
	if was.At.Before(now.Add(-grain)) {
		f.listed = append(f.listed, s.Key)
	}
}

// quietSince is when a story's key must have been listed last for the story to
// be new; zero for keys that stand for one story for ever.
func quietSince(s *news.Story, now time.Time) time.Time {
	if !news.KeyedByTitle(s) {
		return time.Time{}
	}
	return now.Add(-news.TitleQuiet)
}

// clamp moves dates that lie in the future to when the story was fetched.
func clamp(s *news.Story, now time.Time) {
	for _, date := range []*time.Time{&s.Published, &s.Modified} {
		if date.After(now) {
			*date = now
		}
	}
}

// save records, with the end of a crawl, what was sighted.
func (f *sighting) save(ctx context.Context, tx *store.Tx, now time.Time) error {
	if err := tx.TouchSeen(ctx, f.listed, now); err != nil {
		return err
	}
	return tx.SavePrints(ctx, f.prints)
}
