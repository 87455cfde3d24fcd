package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/pipeline/crawl"
	"github.com/copytaster/copytaster/internal/store"
	"github.com/copytaster/copytaster/notify"
)

// Client asks a running daemon to act, over its socket.
type Client struct {
	http *http.Client
}

// Dial returns a client of the daemon that runs on a config; ok is false when
// none does.
func Dial(ctx context.Context, cfg *config.Config, env config.Getenv) (c *Client, ok bool) {
	path := findSocket(ctx, cfg, env)
	if path == "" {
		return nil, false
	}
	return &Client{http: over(path)}, true
}

// Status asks for what the store says of the daemon's work.
func (c *Client) Status(ctx context.Context) (st Status, err error) {
	return st, c.get(ctx, "/status", nil, &st)
}

// Deliveries asks for the deliveries of a filter, the newest first.
func (c *Client) Deliveries(ctx context.Context, f store.DeliveryFilter) (all []DeliveryStatus, err error) {
	filter, err := json.Marshal(f) //nolint:musttag // web.Control reads the same type
	if err != nil {
		return nil, err
	}
	return all, c.get(ctx, "/deliveries", url.Values{"filter": {string(filter)}}, &all)
}

// Close ends nothing but the asking.
func (c *Client) Close() error { return nil }

// Crawl crawls one source now.
func (c *Client) Crawl(ctx context.Context, source string) (done crawl.Crawled, err error) {
	return done, c.post(ctx, "/crawl", url.Values{"source": {source}}, &done)
}

// Retry makes a parked or dead delivery due now, in another channel unless that
// is "".
func (c *Client) Retry(ctx context.Context, delivery int64, channel string) error {
	return c.post(ctx, "/deliveries/retry", url.Values{"delivery": {strconv.FormatInt(delivery, 10)}, "to": {channel}}, nil)
}

// Drop abandons a delivery.
func (c *Client) Drop(ctx context.Context, delivery int64) error {
	return c.post(ctx, "/deliveries/drop", url.Values{"delivery": {strconv.FormatInt(delivery, 10)}}, nil)
}

// Apart takes the story of a URL out of its news, or with undo puts it back.
func (c *Client) Apart(ctx context.Context, link, by string, undo bool) (p Parted, err error) {
	form := url.Values{"url": {link}, "by": {by}, "undo": {strconv.FormatBool(undo)}}
	return p, c.post(ctx, "/apart", form, &p)
}

// Snooze keeps something from a channel for a time.
func (c *Client) Snooze(ctx context.Context, o SnoozeOrder) (s Snoozed, err error) {
	order, err := json.Marshal(o)
	if err != nil {
		return s, err
	}
	return s, c.post(ctx, "/snooze", url.Values{"order": {string(order)}}, &s)
}

// Unsnooze ends a snooze.
func (c *Client) Unsnooze(ctx context.Context, id int64, by string) error {
	return c.post(ctx, "/unsnooze", url.Values{"snooze": {strconv.FormatInt(id, 10)}, "by": {by}}, nil)
}

// Recall takes back what a rule told, says what that would be, or undoes a recall.
func (c *Client) Recall(ctx context.Context, o RecallOrder) (r Recalled, err error) {
	order, err := json.Marshal(o)
	if err != nil {
		return r, err
	}
	return r, c.post(ctx, "/recall", url.Values{"order": {string(order)}}, &r)
}

// Pause pauses deliveries.
func (c *Client) Pause(ctx context.Context, o PauseOrder) (p Paused, err error) {
	order, err := json.Marshal(o)
	if err != nil {
		return p, err
	}
	return p, c.post(ctx, "/pause", url.Values{"order": {string(order)}}, &p)
}

// Resume ends the pause of a channel, or all pauses where that is "".
func (c *Client) Resume(ctx context.Context, channel, by string) (all []Paused, err error) {
	return all, c.post(ctx, "/resume", url.Values{"channel": {channel}, "by": {by}}, &all)
}

// SendTest posts a test message to a channel.
func (c *Client) SendTest(ctx context.Context, channel string) (r notify.Receipt, err error) {
	return r, c.post(ctx, "/send-test", url.Values{"channel": {channel}}, &r)
}

// Reload puts the config on disk in force.
func (c *Client) Reload(ctx context.Context) error { return c.post(ctx, "/reload", nil, nil) }

func (c *Client) post(ctx context.Context, path string, form url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://copytaster"+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.do(req, into)
}

func (c *Client) get(ctx context.Context, path string, query url.Values, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://copytaster"+path+"?"+query.Encode(), nil)
	if err != nil {
		return err
	}
	return c.do(req, into)
}

func (c *Client) do(req *http.Request, into any) error {
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running daemon: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		var answer struct {
			Error string `json:"error"`
		}
		if json.NewDecoder(res.Body).Decode(&answer) != nil || answer.Error == "" {
			return fmt.Errorf("ask the running daemon: it answered %s", res.Status)
		}
		return errors.New(answer.Error)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}
