package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

const (
	// How often it is noted that an entry is still listed: often enough to tell
	// whether a title was quiet for identity.TitleQuiet, and to keep other entries
	// from being pruned (store.SeenAtLeast).
	noteNameless = 24 * time.Hour
	noteNamed    = 30 * 24 * time.Hour
	// titleReach is how long an entry that is no longer listed may be found by its
	// title: longer than it goes without being noted.
	titleReach = noteNamed + identity.TitleQuiet
	// mostRemoved is how many removed sources a new one is compared with.
	mostRemoved = 10
)

// sighting is what a list turned out to hold.
type sighting struct {
	stories int                // in all, each once
	fresh   []store.NewStory   // never listed before, the list's last first
	edited  []sightedEdit      // listed before with other words
	saves   []news.Fingerprint // known entries that the list says something else of, or that are to be noted
	adds    []news.Fingerprint // of stories that are known by another way than the list
	keyedAs string             // the name in the hashes of the source's entries
	ways    identity.Ways
	message string // for the ops channel; "" for none

	goesOnFrom string // the keyedAs of a removed source that the source turned out to be; "" for none
}

// sightedEdit is a story that the list says something else of than before.
type sightedEdit struct {
	story *news.Story
	print news.Fingerprint // as the list has it now
}

// sighter finds out which stories of one list are new.
type sighter struct {
	p       *Pipeline
	src     news.Source
	state   store.SourceState
	now     time.Time
	keyedAs string
	listed  []*news.Story      // each once
	prints  []news.Fingerprint // of the listed
}

// sight gives the listed stories their identity and sorts them. A story that
// is listed twice counts once.
func (p *Pipeline) sight(ctx context.Context, src news.Source, state store.SourceState, listed []news.Story, now time.Time) (sighting, error) {
	s := &sighter{p: p, src: src, state: state, now: now, keyedAs: state.KeyedAs}
	s.read(listed)
	found := sighting{stories: len(s.listed), keyedAs: s.keyedAs, ways: s.ways()}
	if len(s.listed) == 0 {
		return found, nil
	}
	known, err := s.known(ctx)
	if err == nil && state.FirstCrawl.IsZero() && len(known) == 0 {
		known, err = s.moved(ctx)
		if s.keyedAs != found.keyedAs {
			found.keyedAs, found.goesOnFrom = s.keyedAs, s.keyedAs
		}
	}
	if err != nil {
		return found, err
	}
	texts := &recordedTexts{ctx: ctx, sighter: s}
	assigned := identity.Assign(identity.List{Listed: s.prints, Known: known, Ways: found.ways, Now: now, Texts: texts})
	if texts.err != nil {
		return found, texts.err
	}
	found.ways = assigned.Ways
	if 2*assigned.Alike > len(s.listed) && assigned.Alike > 1 && !found.ways.Told {
		found.ways.Told = true
		found.message = fmt.Sprintf("Source %s: %d of %d stories of its list have neither a link, nor an id, nor a title, nor a text of their own. "+
			"They are told apart by their exact words, and some may be missed: give it another list.", src.Name, assigned.Alike, len(s.listed))
	}
	elsewhere, err := s.elsewhere(ctx, assigned.Past)
	if err != nil {
		return found, err
	}
	for i := range slices.Backward(s.listed) { // lists put the newest first
		found.sort(s, i, assigned, elsewhere)
	}
	return found, nil
}

// read makes entries of the listed stories.
func (s *sighter) read(listed []news.Story) {
	prints := make([]news.Fingerprint, len(listed))
	for i := range listed {
		story := &listed[i]
		story.FirstSeen, story.Origin = s.now, s.src.Origin
		clamp(story, s.now)
		prints[i] = news.FingerprintOf(s.keyedAs, story)
		prints[i].Seen = s.now
	}
	s.listed, s.prints = nil, nil
	byLink := s.src.Kind == news.KindPage || s.src.Kind == news.KindSitemap // these are lists of links
	for _, i := range identity.Once(prints, byLink) {
		s.listed, s.prints = append(s.listed, &listed[i]), append(s.prints, prints[i])
	}
}

func (s *sighter) ways() (w identity.Ways) {
	s.p.decode(s.state.Name, s.state.Ways, &w)
	return w
}

// known returns the known entries that share a value with the list. Most lists
// are known by their links to the last entry, and need no second look.
func (s *sighter) known(ctx context.Context) ([]news.Fingerprint, error) {
	var names []news.Hash
	for _, e := range s.prints {
		for _, h := range []news.Hash{e.Link, e.GUID} {
			if h != 0 {
				names = append(names, h)
			}
		}
	}
	slices.Sort(names)
	known, err := s.p.store.Fingerprints.ByLink(ctx, slices.Compact(names))
	if err != nil {
		return nil, err
	}
	have := make(map[[3]news.Hash]bool, len(known))
	ids := make(map[int64]bool, len(known))
	known = slices.DeleteFunc(known, func(k news.Fingerprint) bool { // one may be found by its link and by its id
		twice := ids[k.ID]
		have[[3]news.Hash{k.Link, k.GUID, k.Title}], ids[k.ID] = true, true
		return twice
	})
	var titles []news.Hash
	for _, e := range s.prints {
		if e.Title != 0 && !have[[3]news.Hash{e.Link, e.GUID, e.Title}] {
			titles = append(titles, e.Title)
		}
	}
	slices.Sort(titles)
	byTitle, err := s.p.store.Fingerprints.ByTitle(ctx, slices.Compact(titles), s.now.Add(-titleReach))
	for _, k := range byTitle {
		if !ids[k.ID] {
			known = append(known, k)
		}
	}
	return known, err
}

// moved looks whether a source that was never crawled is one that left the
// config, under another name and URL: half of its list, or more, is known there.
func (s *sighter) moved(ctx context.Context) ([]news.Fingerprint, error) {
	removed, err := s.p.store.Sources.Removed(ctx, mostRemoved)
	if err != nil {
		return nil, err
	}
	own, plan := s.keyedAs, s.p.plan.Load()
	for _, old := range removed {
		if _, configured := plan.Sources[old.Name]; configured || old.KeyedAs == own {
			continue
		}
		s.keyedAs = old.KeyedAs
		s.rehash()
		known, err := s.known(ctx)
		if err != nil {
			return nil, err
		}
		pasts := identity.Assign(identity.List{Listed: s.prints, Known: known, Now: s.now, Texts: identity.NoTexts{}}).Past
		shared := len(pasts) - countNil(pasts)
		if shared > 0 && 2*shared >= len(pasts) {
			s.p.log.Info("source goes on where a removed one ended", "source", s.src.Name, "removed", old.Name, "shared", shared)
			return known, nil
		}
	}
	s.keyedAs = own
	s.rehash()
	return nil, nil
}

func (s *sighter) rehash() {
	for i, story := range s.listed {
		s.prints[i] = news.FingerprintOf(s.keyedAs, story)
		s.prints[i].Seen = s.now
	}
}

func countNil(all []*news.Fingerprint) (n int) {
	for _, e := range all {
		if e == nil {
			n++
		}
	}
	return n
}

// elsewhere finds, for entries that the source has not listed before, stories
// that it is known by: by the keys of before, and by the URL that a page calls
// its own. The value is the story's number, 0 for one that is not its source's
// any more.
func (s *sighter) elsewhere(ctx context.Context, past []*news.Fingerprint) (map[int]int64, error) {
	stories := map[int]int64{}
	firstKeys := map[string][]int{}
	for i := range past {
		switch {
		case past[i] != nil:
			continue
		case s.state.Adopts:
			as := *s.listed[i]
			as.Origin.Source = s.keyedAs
			key := news.FirstKey(&as)
			firstKeys[key] = append(firstKeys[key], i)
		}
		if s.state.FirstCrawl.IsZero() || s.prints[i].Link == 0 {
			continue
		}
		twins, err := s.p.store.Stories.ByPageURL(ctx, s.src.Name, news.LinkKey(s.listed[i].URL))
		if err != nil {
			return nil, err
		}
		for _, twin := range twins {
			if as := news.FingerprintOf(s.keyedAs, twin); as.Title == s.prints[i].Title || identity.Retitled(twin.Title, s.listed[i].Title) {
				stories[i] = twin.ID
			}
		}
	}
	if len(firstKeys) == 0 {
		return stories, nil
	}
	found, err := s.p.store.Fingerprints.FirstKeys(ctx, s.src.Name, keysOf(firstKeys))
	for key, story := range found {
		for _, i := range firstKeys[key] {
			stories[i] = story
		}
	}
	return stories, err
}

func keysOf(m map[string][]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	return keys
}

// sort puts a listed story where it belongs.
func (f *sighting) sort(s *sighter, i int, assigned identity.Assigned, elsewhere map[int]int64) {
	story, print := s.listed[i], assigned.Own[i]
	if known := assigned.Past[i]; known != nil {
		f.remember(story, print, *known)
		return
	}
	if of, ok := elsewhere[i]; ok {
		print.Story = of
		f.adds = append(f.adds, print)
		return
	}
	story.Key = news.StoryKey(story, print)
	f.fresh = append(f.fresh, store.NewStory{
		Story: story, KeyedAs: f.keyedAs, Fingerprint: print,
		Missed: !s.state.Succeeded.IsZero() && !s.state.FirstCrawl.IsZero() && story.Published.After(s.state.Succeeded),
	})
}

// remember sorts a story that was listed before.
func (f *sighting) remember(story *news.Story, print, known news.Fingerprint) {
	print.ID, print.Story = known.ID, known.Story
	grain := noteNamed
	if print.Link == 0 && print.GUID == 0 {
		grain = noteNameless
	}
	if print.Title != known.Title || print.Text != known.Text {
		f.edited = append(f.edited, sightedEdit{story, print})
		return
	}
	if print.Link != known.Link || print.GUID != known.GUID || !sameTime(print.Published, known.Published) || known.Seen.Before(print.Seen.Add(-grain)) {
		f.saves = append(f.saves, print)
	}
}

// sameTime reports whether two times are one as the store keeps them.
func sameTime(a, b time.Time) bool {
	return a.Truncate(time.Millisecond).Equal(b.Truncate(time.Millisecond))
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
func (f *sighting) save(ctx context.Context, tx *store.Tx) error {
	for _, e := range f.saves {
		if err := tx.Fingerprints.Save(ctx, e); err != nil {
			return err
		}
	}
	for _, e := range f.adds {
		if err := tx.Fingerprints.Add(ctx, f.keyedAs, e); err != nil {
			return err
		}
	}
	return nil
}

// recordedTexts compares listed texts with those of the recorded stories.
type recordedTexts struct {
	*sighter
	ctx context.Context
	err error // of the store, when a comparison failed
}

// story returns the recorded story of an entry; ok is false where there is none
// any more.
func (r *recordedTexts) story(known news.Fingerprint) (s *news.Story, ok bool) {
	if known.Story == 0 || r.err != nil {
		return nil, false
	}
	look, err := r.p.store.Looks.Get(r.ctx, known.Story)
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			r.err = err
		}
		return nil, false
	}
	return look.Story, true
}

// Rewritten compares the texts that the list gave.
func (r *recordedTexts) Rewritten(known news.Fingerprint, listed int) bool {
	was, ok := r.story(known)
	is := r.listed[listed]
	return ok && identity.Rewritten(cmp.Or(was.Summary, was.Text), cmp.Or(is.Summary, is.Text))
}

// Retitled compares the titles.
func (r *recordedTexts) Retitled(known news.Fingerprint, listed int) bool {
	was, ok := r.story(known)
	if !ok {
		return false
	}
	is := r.listed[listed].Title
	return slices.ContainsFunc(append([]string{was.Title}, was.Titles...), func(t string) bool { return identity.Retitled(t, is) })
}

// Versions compares the ids.
func (r *recordedTexts) Versions(known news.Fingerprint, listed int) bool {
	was, ok := r.story(known)
	return ok && identity.Versions(was, r.listed[listed])
}
