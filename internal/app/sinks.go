package app

import (
	"fmt"
	"net/http"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/notify"
	"github.com/copytaster/copytaster/notify/mail"
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
		sender, err := sinkOf(cfg, s, client, now)
		if err != nil {
			return nil, fmt.Errorf("make sink %s: %w", s.Name, err)
		}
		all[s.Name] = sender
	}
	return all, nil
}

// sinkOf makes the sender of one sink.
func sinkOf(cfg *config.Config, s *config.Sink, client *http.Client, now func() time.Time) (notify.Sender, error) {
	if len(s.Mail) > 0 {
		return mail.New(mail.Options{
			Server: cfg.Mail.Server, Security: cfg.Mail.SecurityOf(), User: cfg.Mail.User, Password: cfg.Mail.Password,
			From: cfg.Mail.From, To: s.Mail, Agent: cfg.Crawl.UserAgent, Zone: cfg.Timezone, Now: now,
		})
	}
	return webhook.New(client, webhook.Options{
		URL: s.Webhook, Secret: s.Secret, Headers: s.Headers, Agent: cfg.Crawl.UserAgent, Now: now,
	})
}
