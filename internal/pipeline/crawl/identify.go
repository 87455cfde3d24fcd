package crawl

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/identity"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/act"
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

// identified is what a list turned out to hold.
type identified struct {
	stories int                // in all, each once
	fresh   []store.NewStory   // never listed before, the list's last first
	edited  []editedStory      // listed before with other words
	saves   []news.Fingerprint // known entries that the list says something else of, or that are to be noted
	adds    []news.Fingerprint // of stories that are known by another way than the list
	keyedAs string             // the name in the hashes of the source's entries
	ways    identity.Ways
	message string // for the ops channel; "" for none
}

// editedStory is a story that the list says something else of than before.
type editedStory struct {
	story *news.Story
	fp    news.Fingerprint // as the list has it now
}

// identifier finds out which stories of one list are new.
type identifier struct {
	*act.Env

	src     news.Source
	claim   store.Claim
	state   store.SourceState
	now     time.Time
	keyedAs string
	listed  []*news.Story      // each once
	prints  []news.Fingerprint // of the listed
}

// identify finds out which listed stories are known, changed or new. A story that
// is listed twice counts once.
func (v *Visit) identify(ctx context.Context, now time.Time) (identified, error) {
	s := &identifier{Env: v.lists.Env, src: v.src, claim: v.claim, state: v.state, now: now, keyedAs: v.state.KeyedAs}
	s.read(v.list.Stories)
	found := identified{stories: len(s.listed), keyedAs: s.keyedAs, ways: s.ways()}
	if len(s.listed) == 0 {
		return found, nil
	}
	known, err := s.known(ctx)
	if err == nil && v.state.FirstCrawl.IsZero() && len(known) == 0 {
		known, err = s.moved(ctx)
		found.keyedAs = s.keyedAs
	}
	if err != nil {
		return found, err
	}
	texts := &recordedTexts{ctx: ctx, identifier: s}
	assigned := identity.Assign(identity.List{Listed: s.prints, Known: known, Ways: found.ways, Now: now, Texts: texts})
	if texts.err != nil {
		return found, texts.err
	}
	found.ways = assigned.Ways
	if 2*assigned.Alike > len(s.listed) && assigned.Alike > 1 && !found.ways.Told {
		found.ways.Told = true
		found.message = fmt.Sprintf("Source %s: %d of %d stories of its list have neither a link, nor an id, nor a title, nor a text of their own. "+
			"They are told apart by their exact words, and some may be missed: give it another list.", v.src.Name, assigned.Alike, len(s.listed))
	}
	elsewhere, err := s.elsewhere(ctx, assigned.Past)
	if err != nil {
		return found, err
	}
	for i := range slices.Backward(s.listed) { // lists put the newest first
		found.classify(s, i, assigned, elsewhere)
	}
	return found, nil
}

// read makes entries of the listed stories.
func (s *identifier) read(listed []news.Story) {
	prints := make([]news.Fingerprint, len(listed))
	for i := range listed {
		story := &listed[i]
		story.FirstSeen, story.Origin = s.now, s.src.Origin
		act.ClampDates(story, s.now)
		prints[i] = news.FingerprintOf(s.keyedAs, story)
		prints[i].Seen = s.now
	}
	s.listed, s.prints = nil, nil
	for _, i := range identity.Once(prints, s.src.Kind.Traits().LinksOnly) {
		s.listed, s.prints = append(s.listed, &listed[i]), append(s.prints, prints[i])
	}
}

func (s *identifier) ways() (w identity.Ways) {
	s.Decode(s.state.Name, s.state.Ways, &w)
	return w
}

// known returns the known entries that share a value with the list. Most lists
// are known by their links to the last entry, and need no second look.
func (s *identifier) known(ctx context.Context) ([]news.Fingerprint, error) {
	var names []news.Hash
	for _, e := range s.prints {
		for _, h := range []news.Hash{e.Link, e.GUID} {
			if h != 0 {
				names = append(names, h)
			}
		}
	}
	slices.Sort(names)
	known, err := s.Store.Fingerprints.ByLink(ctx, slices.Compact(names))
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
	byTitle, err := s.Store.Fingerprints.ByTitle(ctx, slices.Compact(titles), s.now.Add(-titleReach))
	for _, k := range byTitle {
		if !ids[k.ID] {
			known = append(known, k)
		}
	}
	return known, err
}

// moved looks whether a source that was never crawled is one that left the
// config, under another name and URL: half of its list, or more, is known there.
func (s *identifier) moved(ctx context.Context) ([]news.Fingerprint, error) {
	removed, err := s.Store.Sources.Removed(ctx, mostRemoved)
	if err != nil {
		return nil, err
	}
	own, plan := s.keyedAs, s.Plan()
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
		if shared == 0 || 2*shared < len(pasts) {
			continue
		}
		goes, err := s.Store.Sources.GoOn(ctx, s.claim, old)
		if err != nil {
			return nil, err
		}
		if goes {
			s.Log.Info("source goes on where a removed one ended", "source", s.src.Name, "removed", old.Name, "shared", shared)
			return known, nil
		}
	}
	s.keyedAs = own
	s.rehash()
	return nil, nil
}

func (s *identifier) rehash() {
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

// elsewhere looks for recorded stories of the source that are the entries for
// which Assign has found no past. It returns the ID of the story, by the index of
// the entry:
//
//  1. A story that was recorded under the key that version 0.1 gave the entry. The
//     ID is 0 when the story is another source's, or was pruned.
//  2. A story with the same title, whose page says that its URL is the entry's.
func (s *identifier) elsewhere(ctx context.Context, past []*news.Fingerprint) (map[int]int64, error) {
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
		twins, err := s.Store.Stories.ByPageURL(ctx, s.src.Name, news.LinkKey(s.listed[i].URL))
		if err != nil {
			return nil, err
		}
		for _, twin := range twins {
			as := news.FingerprintOf(s.keyedAs, twin)
			if as.Title == s.prints[i].Title || identity.Retitled(twin.Title, s.listed[i].Title) {
				stories[i] = twin.ID
			}
		}
	}
	if len(firstKeys) == 0 {
		return stories, nil
	}
	found, err := s.Store.Fingerprints.FirstKeys(ctx, s.src.Name, keysOf(firstKeys))
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

// classify adds a listed story to those that are known, known elsewhere or fresh.
func (f *identified) classify(s *identifier, i int, assigned identity.Assigned, elsewhere map[int]int64) {
	story, fp := s.listed[i], assigned.Own[i]
	if known := assigned.Past[i]; known != nil {
		f.remember(story, fp, *known)
		return
	}
	if of, ok := elsewhere[i]; ok {
		fp.Story = of
		f.adds = append(f.adds, fp)
		return
	}
	story.Key = news.StoryKey(story, fp)
	f.fresh = append(f.fresh, store.NewStory{
		Story: story, KeyedAs: f.keyedAs, Fingerprint: fp,
		Missed: !s.state.Succeeded.IsZero() && !s.state.FirstCrawl.IsZero() && story.Published.After(s.state.Succeeded),
	})
}

// remember adds a story that was listed before.
func (f *identified) remember(story *news.Story, fp, known news.Fingerprint) {
	fp.ID, fp.Story = known.ID, known.Story
	grain := noteNamed
	if fp.Link == 0 && fp.GUID == 0 {
		grain = noteNameless
	}
	if fp.Title != known.Title || fp.Text != known.Text {
		f.edited = append(f.edited, editedStory{story: story, fp: fp})
		return
	}
	same := fp.Link == known.Link && fp.GUID == known.GUID && sameTime(fp.Published, known.Published)
	if !same || known.Seen.Before(fp.Seen.Add(-grain)) {
		f.saves = append(f.saves, fp)
	}
}

// sameTime reports whether two times are one as the store keeps them.
func sameTime(a, b time.Time) bool {
	return a.Truncate(time.Millisecond).Equal(b.Truncate(time.Millisecond))
}

// save records, with the end of a crawl, what was identified.
func (f *identified) save(ctx context.Context, tx *store.Tx) error {
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
	*identifier
	ctx context.Context
	err error // of the store, when a comparison failed
}

// story returns the recorded story of an entry; ok is false where there is none
// any more.
func (r *recordedTexts) story(known news.Fingerprint) (s *news.Story, ok bool) {
	if known.Story == 0 || r.err != nil {
		return nil, false
	}
	look, err := r.Store.Looks.Get(r.ctx, known.Story)
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
	retitled := func(title string) bool { return identity.Retitled(title, is) }
	return retitled(was.Title) || slices.ContainsFunc(was.Titles, retitled)
}

// Versions compares the ids.
func (r *recordedTexts) Versions(known news.Fingerprint, listed int) bool {
	was, ok := r.story(known)
	return ok && identity.Versions(was, r.listed[listed])
}
