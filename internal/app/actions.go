package app

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/copytaster/copytaster/internal/health"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/pipeline/alert"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/internal/web"
	"github.com/copytaster/copytaster/notify"
)

// commands are what the control socket takes.
type commands struct{ *App }

// Missed is when stories of a source may have been missed.
type Missed = health.Missed

// Crawl crawls one source now.
func (a *App) Crawl(ctx context.Context, source string) (crawl.Crawled, error) {
	return a.pipeline.Lists.Crawl(ctx, source)
}

// Retry makes a parked or dead delivery due now, in another channel unless that
// is "". Where the config names another one for it by now, that is taken.
func (a *App) Retry(ctx context.Context, delivery int64, channel string) error {
	defer a.pipeline.Wake()
	return a.pipeline.Channels.Retry(ctx, delivery, notify.ChannelName(channel))
}

// Drop abandons a delivery.
func (a *App) Drop(ctx context.Context, delivery int64) error {
	return a.store.Deliveries.Drop(ctx, delivery, a.clock.Now())
}

// Parted is what came of taking a story out of its news, or of putting it back.
type Parted = alert.Parted

// Apart takes the story of a URL out of its news, because a person, by, says that it does not
// tell that; with undo it puts the story back. Of several sources that list the URL the one
// that was first with a story that matched counts.
func (a *App) Apart(ctx context.Context, link, by string, undo bool) (p Parted, err error) {
	stories, err := matchedBy(ctx, a.store, link)
	if err != nil {
		return p, fmt.Errorf("take %s apart: %w", link, err)
	}
	if !undo {
		return a.pipeline.NotSame(ctx, stories[0], by)
	}
	for _, story := range stories {
		if p, err = a.pipeline.Same(ctx, story, by); !errors.Is(err, alert.ErrTogether) {
			break
		}
	}
	return p, err
}

// matchedBy returns the stories of a URL that matched a rule, the oldest first.
func matchedBy(ctx context.Context, s *store.Store, link string) (ids []int64, err error) {
	key := news.LinkKey(link)
	if key == "" {
		return nil, errors.New("that is no URL")
	}
	found, err := s.Ways.ByLink(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, story := range slices.Backward(found) {
		matched, err := s.Ways.Matched(ctx, story.ID)
		if err != nil {
			return nil, err
		}
		if len(matched) > 0 {
			ids = append(ids, story.ID)
		}
	}
	switch {
	case len(found) == 0:
		return nil, fmt.Errorf("no story with this URL is kept (`copytaster why` says more): %w", store.ErrNotFound)
	case len(ids) == 0:
		return nil, errors.New("it matched no rule, and belongs to no news")
	}
	return ids, nil
}

// ApartNow is Apart for the control socket.
func (a commands) ApartNow(ctx context.Context, link, by string, undo bool) (any, error) {
	return a.Apart(ctx, link, by, undo)
}

// SendTest posts a test message to a channel at once, past the queue, so that
// whoever asks sees what Slack answers. A terminal takes any name: there it is one of the config's.
func (a *App) SendTest(ctx context.Context, channel string) (notify.Receipt, error) {
	if cfg := a.cfg.Load(); !cfg.Slack.Configured && !slices.Contains(ChannelNames(cfg), notify.ChannelName(channel)) {
		return notify.Receipt{}, fmt.Errorf("send test to %s: the config has no such channel", channel)
	}
	a.planMu.Lock()
	sender := a.parts.all()
	a.planMu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	id, err := sender.Resolve(ctx, channel)
	if err != nil {
		return notify.Receipt{}, fmt.Errorf("send test to %s: %w", channel, err)
	}
	receipt, err := sender.Send(ctx, id, notify.Ops(news.Delivery{
		Channel: channel, Kind: news.DeliverOps, Text: "This is a test message of copytaster: alerts for this channel will arrive here.",
	}))
	if err != nil {
		return receipt, fmt.Errorf("send test to %s: %w", channel, err)
	}
	return receipt, nil
}

// CrawlNow is Crawl for the control socket.
func (a commands) CrawlNow(ctx context.Context, source string) (any, error) {
	return a.Crawl(ctx, source)
}

// SendTestNow is SendTest for the control socket.
func (a commands) SendTestNow(ctx context.Context, channel string) (any, error) {
	return a.SendTest(ctx, channel)
}

// Who says which daemon this is.
func (a *App) Who() web.Identity {
	return web.Identity{Config: absolute(a.cfg.Load().Path), Storage: store.NameOf(a.opt.Config.Storage)}
}

// StatusNow is what the store says, for the control socket.
func (a commands) StatusNow(ctx context.Context) (any, error) { return ReadStatus(ctx, a.store) }

// DeliveriesNow are the deliveries of a filter, for the control socket.
func (a commands) DeliveriesNow(ctx context.Context, f store.DeliveryFilter) (any, error) {
	return readDeliveries(ctx, a.store, f)
}
