package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/pipeline"
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
	var dialer net.Dialer
	path, found := "", false
	for _, place := range []func() string{
		func() string { return socketPath(cfg, env) },
		func() string { return keptSocket(ctx, cfg) }, // a service may have a RUNTIME_DIRECTORY that a shell has not
		func() string { return leads(cfg.Path) },
	} {
		if path = place(); path != "" && answers(ctx, path) {
			found = true
			break
		}
	}
	if !found {
		return nil, false
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) { return dialer.DialContext(ctx, "unix", path) }
	return &Client{http: &http.Client{Transport: &http.Transport{DialContext: dial}, Timeout: 2 * time.Minute}}, true
}

func answers(ctx context.Context, path string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

// keptSocket is where the store says that its daemon takes commands.
func keptSocket(ctx context.Context, cfg *config.Config) string {
	if cfg.Storage == "" { // it hangs on a variable that is not set here
		return ""
	}
	s, err := store.OpenReadOnly(ctx, slog.New(slog.DiscardHandler), cfg.Storage)
	if err != nil {
		return ""
	}
	defer s.Close() //nolint:errcheck // read only
	path, err := s.Setting(ctx, store.SettingSocket)
	if err != nil {
		return ""
	}
	return path
}

// Crawl crawls one source now.
func (c *Client) Crawl(ctx context.Context, source string) (done pipeline.Crawled, err error) {
	return done, c.post(ctx, "/crawl", url.Values{"source": {source}}, &done)
}

// Retry makes a parked or dead delivery due now.
func (c *Client) Retry(ctx context.Context, delivery int64) error {
	return c.post(ctx, "/deliveries/retry", url.Values{"delivery": {strconv.FormatInt(delivery, 10)}}, nil)
}

// Drop gives a delivery up.
func (c *Client) Drop(ctx context.Context, delivery int64) error {
	return c.post(ctx, "/deliveries/drop", url.Values{"delivery": {strconv.FormatInt(delivery, 10)}}, nil)
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
	res, err := c.http.Do(req)
	if err != nil {
		return fmt.Errorf("ask the running daemon: %w", err)
	}
	defer res.Body.Close() //nolint:errcheck // read only
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
