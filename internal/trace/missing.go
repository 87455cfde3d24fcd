package trace

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/store"
)

// Listed is a source that listed a story of which the text is gone.
type Listed struct {
	Source string     `json:"source"`         // "" when a version from before identities belonged to sources recorded it
	Seen   *time.Time `json:"last,omitempty"` // when it was last noted that the list holds it
}

// SiteSource is a source that should have listed a story.
type SiteSource struct {
	Source   string     `json:"source"`
	URL      string     `json:"url"`
	Disabled bool       `json:"disabled,omitempty"`
	Crawled  *time.Time `json:"crawled,omitempty"`
	Read     *time.Time `json:"read,omitempty"` // when its list was last read whole
	Next     *time.Time `json:"next,omitempty"`
	Verdict  string     `json:"verdict"` // "" while too little was seen of it
	Since    *time.Time `json:"since,omitempty"`
	Detail   string     `json:"detail,omitempty"`
	Error    string     `json:"error,omitempty"` // of the last crawl
	Stories  int64      `json:"stories"`         // recorded from it, ever

	health.Missed
}

// missing tells of a story that the store does not have: whether some source listed it
// before, and which sources should have.
func (t *Tracer) missing(ctx context.Context, w *Way) error {
	link := linkOf(w.Asked)
	if link == "" {
		w.Fate, w.Reason = NeverListed, "no headline that is kept has all these words"
		if t.today.Retention > 0 {
			w.Reason += "; those of stories that did not alert are kept for " + days(t.today.Retention)
		}
		return nil
	}
	states, err := t.store.Sources.List(ctx)
	if err != nil {
		return err
	}
	if w.Listed, err = t.listed(ctx, link, states); err != nil {
		return err
	}
	if len(w.Listed) > 0 {
		w.Fate = TextGone
		w.Reason = "it was listed, and is kept no more: what did not alert is removed " + t.removed()
		return nil
	}
	w.Sources = t.candidates(link, states)
	w.Fate, w.Reason = NeverListed, "no source has listed this URL"
	if len(w.Sources) == 0 {
		w.Reason += ", and none of the config is on its site: `copytaster discover` finds the lists of a site"
	}
	return nil
}

// removed says when stories that did not alert go.
func (t *Tracer) removed() string {
	when := "after " + days(t.today.Retention)
	switch limited := t.today.StorageLimit > 0; {
	case limited && t.today.Retention > 0:
		return when + ", or before while the store is larger than `storage_limit`"
	case limited:
		return "while the store is larger than `storage_limit`"
	default:
		return when
	}
}

func days(d time.Duration) string { return fmt.Sprintf("%d days", int(d.Hours()/24)) }

// listed returns the sources that are known to have listed a link.
func (t *Tracer) listed(ctx context.Context, link string, states []store.SourceState) (all []Listed, err error) {
	story := &news.Story{URL: link}
	var hashes []news.Hash
	by := map[news.Hash]string{}
	for _, src := range states {
		if hash := news.FingerprintOf(src.KeyedAs, story).Link; hash != 0 {
			hashes, by[hash] = append(hashes, hash), src.Name
		}
	}
	found, err := t.store.Fingerprints.ByLink(ctx, hashes)
	for _, f := range found {
		if source, ok := by[f.Link]; ok {
			all = append(all, Listed{Source: source, Seen: news.KnownTime(f.Seen)})
		}
	}
	if err != nil || len(all) > 0 {
		return all, err
	}
	first, err := t.store.Fingerprints.FirstKeys(ctx, "", []string{news.FirstKey(story)})
	if err == nil && len(first) > 0 {
		all = append(all, Listed{})
	}
	return all, err
}

// candidates returns the sources on the site of a link.
func (t *Tracer) candidates(link string, states []store.SourceState) (all []SiteSource) {
	site := siteOf(link)
	known := map[string]store.SourceState{}
	for _, s := range states {
		known[s.Name] = s
	}
	for _, src := range t.today.Sources {
		if siteOf(src.URL) != site {
			continue
		}
		state := known[src.Name]
		var thought health.State
		if err := json.Unmarshal([]byte(state.Health), &thought); err != nil {
			thought = health.State{} // nothing is thought of it
		}
		c := SiteSource{
			Source: src.Name, URL: news.ShownURL(src.URL), Disabled: src.Disabled, Crawled: news.KnownTime(state.Crawled),
			Read: news.KnownTime(state.Read), Next: news.KnownTime(state.Next), Verdict: string(thought.Verdict),
			Since: news.KnownTime(thought.Since), Missed: thought.Missed(), Error: state.Error, Stories: state.Stories,
		}
		if !thought.Healthy() {
			c.Detail = thought.Detail
		}
		all = append(all, c)
	}
	return all
}

func siteOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return news.SiteOf(u)
}
