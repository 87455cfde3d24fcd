package app

import (
	"fmt"
	"net/http"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/webhook"
)

// sinkTimeout is how long a receiver may take to answer.
const sinkTimeout = 10 * time.Second

// Sinks makes the senders of a config's sinks, by name.
func Sinks(cfg *config.Config, now func() time.Time) (map[string]notify.Sender, error) {
	all := map[string]notify.Sender{}
	client := &http.Client{Timeout: sinkTimeout}
	for i := range cfg.Sinks {
		s := &cfg.Sinks[i]
		sender, err := webhook.New(client, webhook.Options{
			URL: s.Webhook, Secret: s.Secret, Headers: s.Headers, Agent: cfg.Crawl.UserAgent, Now: now,
		})
		if err != nil {
			return nil, fmt.Errorf("make sink %s: %w", s.Name, err)
		}
		all[s.Name] = sender
	}
	return all, nil
}
