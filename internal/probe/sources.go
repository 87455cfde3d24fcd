package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/crawler"
	"github.com/copytaster/copytaster/crawler/discover"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

const (
	onlinePatience = 15 * time.Minute // for all sources together; the rest counts as not asked
	silentFor      = 30 * 24 * time.Hour
	proposals      = 10 // most sources for which another list is looked for
	proposalBudget = 10 // most requests to find it
)

// SourceAnswer is what came of asking a source for its list.
type SourceAnswer struct {
	Name    string     `json:"name"`
	OK      bool       `json:"ok"`
	Detail  string     `json:"detail"` // for people
	Stories int        `json:"stories"`
	Newest  *time.Time `json:"newest"`
	MovedTo string     `json:"moved_to,omitempty"`
	Fault   news.Fault `json:"fault,omitempty"`
	Hint    string     `json:"hint,omitempty"`

	index   int  // in the config
	Warning bool `json:"-"` // it is in order, but there is something to say

}

// Answers are the answers of the sources, of Slack and of the sinks.
type Answers struct {
	Sources []SourceAnswer `json:"sources"`
	Slack   SlackAnswer    `json:"slack"`
	Sinks   []SinkAnswer   `json:"sinks"`
}

// Online asks the sources of a config, Slack and the sinks. progress is told after each
// source; its calls do not overlap.
func Online(ctx context.Context, cfg *config.Config, progress func(done, total int64)) *Answers {
	return &Answers{Sources: Sources(ctx, cfg, progress), Slack: Slack(ctx, cfg), Sinks: Sinks(ctx, cfg)}
}

// Sources asks all sources for their lists, host by host, several hosts at once.
func Sources(ctx context.Context, cfg *config.Config, progress func(done, total int64)) []SourceAnswer {
	ctx, cancel := context.WithTimeout(ctx, onlinePatience)
	defer cancel()
	p := prober{cfg: cfg, crawler: NewCrawler(slog.New(slog.DiscardHandler), new(crawler.Turns), cfg.Crawl)}
	all := make([]SourceAnswer, len(cfg.Sources))
	hosts := make(chan []int)
	var done int64
	var telling sync.Mutex
	var working sync.WaitGroup
	for range max(1, cfg.Crawl.Workers) {
		working.Go(func() {
			for indexes := range hosts {
				for _, i := range indexes {
					all[i] = p.ask(ctx, i)
					telling.Lock()
					done++
					progress(done, int64(len(all)))
					telling.Unlock()
				}
			}
		})
	}
	for _, indexes := range byHost(cfg.Sources) {
		hosts <- indexes
	}
	close(hosts)
	working.Wait()
	return all
}

// byHost groups the indexes of sources by host. The largest group comes first: it
// takes the longest.
func byHost(sources []news.Source) [][]int {
	at := map[string]int{}
	var all [][]int
	for i, src := range sources {
		host := src.URL
		if u, err := url.Parse(src.URL); err == nil {
			host = u.Host
		}
		n, known := at[host]
		if !known {
			n = len(all)
			at[host] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	slices.SortStableFunc(all, func(a, b []int) int { return len(b) - len(a) })
	return all
}

// prober asks the sources of a config.
type prober struct {
	cfg      *config.Config
	crawler  *crawler.Crawler
	proposed atomic.Int64
}

func (p *prober) ask(ctx context.Context, i int) SourceAnswer {
	src := p.cfg.Sources[i]
	result := SourceAnswer{Name: src.Name, OK: true, index: i}
	if src.Disabled {
		result.Detail = "switched off"
		return result
	}
	listing, err := p.crawler.List(ctx, src, news.Validators{})
	if err != nil {
		p.explainFailure(ctx, src, err, &result)
		return result
	}
	for _, s := range listing.Stories {
		at := latest(s.Published, s.Modified)
		if !at.IsZero() && (result.Newest == nil || at.After(*result.Newest)) {
			at = at.UTC()
			result.Newest = &at
		}
	}
	result.Stories, result.MovedTo = len(listing.Stories), news.ShownURL(listing.MovedTo)
	result.judge(src, time.Now())
	return result
}

// latest is when a story was published, or of one without a date when it was
// changed.
func latest(published, modified time.Time) time.Time {
	if published.IsZero() {
		return modified
	}
	return published
}

// judge describes a list that could be read.
func (r *SourceAnswer) judge(src news.Source, now time.Time) {
	r.Detail = text.Plural(r.Stories, "story")
	if r.Newest != nil {
		r.Detail += ", the newest of " + r.Newest.Format("2 Jan 2006 15:04 MST")
	}
	switch {
	case r.MovedTo != "":
		r.Warning, r.Hint = true, fmt.Sprintf("%s: %s", src.Kind, r.MovedTo)
		r.Detail += "; it has moved for good"
	case r.Stories == 0 && src.Kind.Traits().Selector:
		r.Warning, r.Hint = true, "say with links: which links lead to stories"
		r.Detail = src.Kind.Barren()
	case r.Stories == 0:
		r.Warning = true
		r.Detail = "the list is empty"
	case r.Newest != nil && now.Sub(*r.Newest) > silentFor:
		r.Warning, r.Hint = true, "`copytaster discover` on its site may find another list"
		r.Detail += ", which is long ago"
	}
}

// explainFailure says why a list could not be read, and what to do about it. A host
// that asks us to wait is not down.
func (p *prober) explainFailure(ctx context.Context, src news.Source, err error, r *SourceAnswer) {
	var fault *news.CrawlError
	var later *news.LaterError
	r.Detail = text.OneLine(err.Error())
	switch {
	case errors.As(err, &later), ctx.Err() != nil:
		r.Warning, r.Detail = true, "it was not asked: the pauses that its host wants take too long"
		return
	case !errors.As(err, &fault):
		r.OK = false
		return
	}
	r.Fault = fault.Fault
	if fault.Fault == news.FaultThrottled {
		r.Warning, r.Hint = true, "its host is asked too often: raise crawl.host_interval, or ask again later"
		return
	}
	r.OK, r.Hint = false, p.remedy(ctx, src, fault)
}

// remedy is what can be done about a fault, which may be another list.
func (p *prober) remedy(ctx context.Context, src news.Source, fault *news.CrawlError) string {
	if fault.Fault == news.FaultGone || fault.Fault == news.FaultContent {
		if found := p.propose(ctx, src, fault.Fault); found != "" {
			return found
		}
	}
	return Remedy(fault)
}

// Remedy says what can be done about a fault, "" when nothing is known.
func Remedy(fault *news.CrawlError) string {
	switch fault.Fault {
	case news.FaultGone, news.FaultContent:
		return "`copytaster discover` on a page of the site may find another list"
	case news.FaultRobots:
		return "find another list with `copytaster discover`; robots: ignore is for those who have the site's leave"
	case news.FaultRefused:
		return "add its network to crawl.allow_networks if it is yours"
	case news.FaultDNS:
		return "is the name of the host right?"
	case news.FaultConnect:
		return "nothing answers there: is the address right, and the site up?"
	case news.FaultTimeout:
		return "the server is slow or does not answer: ask again later, or raise crawl.timeout"
	case news.FaultWall, news.FaultStatus:
		if fault.Status >= 500 {
			return "the server is in trouble: ask again later"
		}
		return "the site turns crawlers away: ask it for leave, for the user_agent or a key of yours (headers_file, cookies_file)"
	}
	return ""
}

// propose looks cheaply for another list on the site of a source: from the page
// that it turned out to be, else from the front page.
func (p *prober) propose(ctx context.Context, src news.Source, fault news.Fault) string {
	u, err := url.Parse(src.URL)
	if err != nil || src.Kind.Traits().Search || p.proposed.Add(1) > proposals {
		return ""
	}
	o := discoverOptions(p.crawler, src, p.cfg.Crawl)
	o.Budget = proposalBudget
	if fault == news.FaultGone {
		u = u.ResolveReference(&url.URL{Path: "/"})
	}
	found, err := discover.Find(ctx, u.String(), o)
	if err != nil || len(found.Sources) == 0 {
		return ""
	}
	var all []string
	for _, s := range found.Sources[:min(len(found.Sources), 3)] {
		all = append(all, fmt.Sprintf("%s: %s (%s)", s.Kind, news.ShownURL(s.URL), text.Plural(s.Stories, "story")))
	}
	return "the site has " + strings.Join(all, ", ")
}

// Mistakes returns the answers as mistakes and warnings of the config, each where
// the config names what it is about.
func (o *Answers) Mistakes(cfg *config.Config) config.Mistakes {
	var all config.Mistakes
	for _, s := range o.Sources {
		if s.OK && !s.Warning {
			continue
		}
		src := cfg.Sources[s.index]
		m := cfg.Warning(fmt.Sprintf("sources[%d].%s", s.index, src.Kind), s.Hint, "%s: %s", s.Name, s.Detail)
		if strings.HasPrefix(m.File, "pack:") { // which cannot be mended here, but changed
			m.Hint = strings.TrimLeft(fmt.Sprintf("%s {name: %s, enabled: false} under sources switches it off", endOf(m.Hint), s.Name), " ")
		}
		if !s.OK {
			m.Severity = config.Error
		}
		all = append(all, m)
	}
	return append(append(all, o.Slack.Mistakes(cfg)...), o.sinkMistakes(cfg)...)
}

// endOf ends a hint that another one follows.
func endOf(hint string) string {
	if hint == "" || strings.HasSuffix(hint, "?") {
		return hint
	}
	return hint + ";"
}

// Offline reports whether no source that was asked could be reached. Then this
// machine's network is likelier to be down than all of theirs.
func (o *Answers) Offline() bool {
	asked := slices.DeleteFunc(slices.Clone(o.Sources), func(s SourceAnswer) bool {
		return s.OK && s.Stories == 0 && !s.Warning
	})
	return len(asked) > 1 && !slices.ContainsFunc(asked, func(s SourceAnswer) bool {
		return !slices.Contains([]news.Fault{news.FaultDNS, news.FaultConnect, news.FaultTimeout}, s.Fault)
	})
}
