package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// SourceRecord is what is known of one source.
type SourceRecord struct {
	SourceStatus

	Off        bool // it is switched off in the config; then nothing else is known
	FirstCrawl *time.Time
	Succeeded  *time.Time // last crawl that succeeded
	Unmodified int        // answers "not modified" in a row
	Timeline   health.Timeline
	Faults     []health.CrawlFault // its last errors, the newest first
	Last       []store.RuleMatch   // the stories that it listed last, the newest first
	Free       time.Time           // when its host may be asked next
	Crawling   bool                // at this moment
}

// mostLast is how many of its last stories are shown of a source.
const mostLast = 10

// SourceNamed returns a source of the config.
func (w Window) SourceNamed(name string) (news.Source, bool) {
	all := w.Config().Sources
	i := slices.IndexFunc(all, func(s news.Source) bool { return s.Name == name })
	if i < 0 {
		return news.Source{}, false
	}
	return all[i], true
}

// SourceRecord returns what is known of a source of the config.
func (w Window) SourceRecord(ctx context.Context, src news.Source) (r SourceRecord, err error) {
	if src.Disabled {
		r.Off, r.Name, r.URL = true, src.Name, news.ShownURL(src.URL)
		return r, nil
	}
	state, err := w.app.store.Sources.Get(ctx, src.Name)
	if err != nil {
		return r, err
	}
	r.SourceStatus, r.Timeline = statusOf(state), timelineOf(state)
	r.FirstCrawl, r.Succeeded = news.KnownTime(state.FirstCrawl), news.KnownTime(state.Succeeded)
	r.Unmodified = state.Unmodified
	r.Faults = slices.Clone(r.Timeline.Faults)
	slices.Reverse(r.Faults)
	st := Status{Sources: []SourceStatus{r.SourceStatus}}
	if err := st.readSubscriptions(ctx, w.app.store); err != nil {
		return r, err
	}
	r.SourceStatus = st.Sources[0]
	slot, err := w.app.store.Hosts.Free(ctx, news.Host(src.URL))
	if err != nil {
		return r, err
	}
	r.Free = slot.At
	if r.Crawling, err = w.app.store.Sources.Claimed(ctx, src.Name, w.Now()); err != nil {
		return r, err
	}
	if r.Last, err = w.app.store.Ways.LastListed(ctx, src.Name, mostLast); err == nil && len(r.Last) > 0 {
		r.LastStory = news.KnownTime(r.Last[0].At)
	}
	return r, err
}

// timelineOf is how the crawls of a source went; nothing, where that is unreadable.
func timelineOf(src store.SourceState) (t health.Timeline) {
	if err := json.Unmarshal([]byte(src.Timeline), &t); err != nil {
		return health.Timeline{}
	}
	return t
}

// ErrCrawled says that a source is being crawled at the moment.
var ErrCrawled = errors.New("it is being crawled at this moment")

// TryNow makes a source due now, because somebody on a page says so. Whichever daemon claims it
// crawls it as soon as its host may be asked, and obeys robots.txt as always.
func (w Window) TryNow(ctx context.Context, source, by string) error {
	src, ok := w.SourceNamed(source)
	if !ok || src.Disabled {
		return fmt.Errorf("try %s: %w", source, store.ErrNotFound)
	}
	now, marked := w.Now(), false
	err := w.app.store.InTx(ctx, func(tx *store.Tx) (err error) {
		marked, err = tx.Sources.MarkDueIfFree(ctx, source, now)
		return err
	})
	if err == nil && !marked { // it is claimed, due already, or not in the store
		err = w.notMarked(ctx, source, now)
	}
	if err == nil {
		w.app.pipeline.Wake()
		w.app.log.Info("a source is tried now", "source", source, "by", by)
	}
	return err
}

// notMarked says why a source was not made due: nil when it is due already.
func (w Window) notMarked(ctx context.Context, source string, now time.Time) error {
	claimed, err := w.app.store.Sources.Claimed(ctx, source, now)
	if err == nil && claimed {
		return ErrCrawled // what it lists from now on is found by the crawl after this one
	}
	if err == nil {
		_, err = w.app.store.Sources.Get(ctx, source)
	}
	return err
}
