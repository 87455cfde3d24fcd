package config

import (
	"net/url"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/notify/webhook"
)

// Sink is a receiver of alerts beside Slack's channels.
type Sink struct {
	Name    string      // as routes and rules name it
	Webhook news.Secret // its URL, of which a part may be a key; "": it gets mail
	Secret  news.Secret // that signs what is posted
	Headers map[string]news.Secret
	Mail    []string // addresses; none: it is a webhook
}

// Host is where a sink is, or who takes mail for it.
func (c *Config) Host(s *Sink) string {
	if len(s.Mail) > 0 {
		return c.Mail.Server
	}
	if u, err := url.Parse(s.Webhook.Reveal()); err == nil {
		return u.Host
	}
	return ""
}

// SinkNames are the names of the sinks.
func (c *Config) SinkNames() []string {
	names := make([]string, len(c.Sinks))
	for i := range c.Sinks {
		names[i] = c.Sinks[i].Name
	}
	return names
}

const (
	webhookPattern = `^https?://[^\s/?#]+\S*$`
	webhookHint    = "write it like https://events.example.org/hook"
	secretHint     = "write whsec_ and 24 to 64 random bytes in base64: `openssl rand -base64 32` makes them" //nolint:gosec // how one is made
)

// sinkKeys are the keys of a sink.
func sinkKeys() []key[Sink] {
	return []key[Sink]{
		row("name", "The sink's name, by which `to` names it as it does a channel.", env(plainChannel()),
			func(s *Sink) *string { return &s.Name }, decodeChannel),
		row("webhook", "The URL to which alerts are posted as JSON. It may lead into a private network.",
			env(matching(webhookPattern).or(webhookHint)), func(s *Sink) *news.Secret { return &s.Webhook }, decodeWebhook),
		row("secret", "What signs each post (Standard Webhooks), best as `${WEBHOOK_SECRET}`; or use `secret_file`.", env(words()),
			func(s *Sink) *news.Secret { return &s.Secret }, signedWith((*decoder).secret)).requires("webhook"),
		row("secret_file", "A file that holds the secret.", env(words()),
			func(s *Sink) *news.Secret { return &s.Secret }, signedWith((*decoder).secretFile)).requires("webhook"),
		custom("headers", "Headers of every post, such as `Authorization`.", form{Type: kinds{"object"}, Additional: words()},
			func(d *decoder, v value, s *Sink) {
				var of news.Source
				decodeHeaders(d, v, &of)
				s.Headers = of.Headers
			}).requires("webhook"),
		row("mail", "The addresses to which alerts are sent as e-mail, by the server of `mail` at the top.",
			oneOrMore(env(matching(addressPattern).or(addressHint)).like("desk@example.org")),
			func(s *Sink) *[]string { return &s.Mail }, listOf("address", decodeAddress)),
	}
}

// decodeWebhook decodes the URL of a receiver, which is kept out of messages: a part of it may
// be a key.
func decodeWebhook(d *decoder, v value) (news.Secret, bool) {
	text, ok := d.secret(v)
	if !ok {
		return "", false
	}
	u, err := url.Parse(strings.TrimSpace(text.Reveal()))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Fragment != "" {
		d.mistake(v, webhookHint, "this is no URL that can be posted to")
		return "", false
	}
	if u.Scheme == "http" && !strings.HasPrefix(u.Host, "127.") && u.Hostname() != "localhost" {
		d.warn(v, "use https, or keep it within a network that you trust", "what is posted can be read on the way")
	}
	return news.Secret(u.String()), true
}

// signedWith decodes a secret that signs.
func signedWith(decode decodeFunc[news.Secret]) decodeFunc[news.Secret] {
	return func(d *decoder, v value) (news.Secret, bool) {
		text, ok := decode(d, v)
		if !ok {
			return "", false
		}
		if _, err := webhook.ParseSecret(text.Reveal()); err != nil {
			d.mistake(v, secretHint, "%s", err)
			return "", false
		}
		return text, true
	}
}

// decodeSinks decodes receivers beside Slack.
func decodeSinks(d *decoder, v value) {
	for _, e := range d.list(v, "a list of sinks") {
		var s Sink
		set, whole := decodeMap(d, e, &d.tables.sink, &s)
		if !whole {
			continue
		}
		if !set.has("name") {
			d.mistake(e, "add name: pager", "the sink has no name")
		}
		d.checkSink(e, set)
		for _, other := range d.out.Sinks {
			if other.Name == s.Name && s.Name != "" {
				d.mistake(set.find("name").value, "give it another name", "there is a sink %s already", s.Name)
			}
		}
		d.out.Sinks = append(d.out.Sinks, s)
	}
}

// checkSink looks at which keys of a sink stand together.
func (d *decoder) checkSink(e value, set given) {
	switch {
	case set.has("webhook") && set.has("mail"):
		d.mistake(set.find("mail").value, "make two sinks of it", "the sink is a webhook already")
	case set.has("mail"):
		for _, name := range []string{"secret", "secret_file", "headers"} {
			if set.has(name) {
				d.mistake(set.find(name).value, "leave it out", "a sink that gets mail has no %s", name)
			}
		}
	case !set.has("webhook"):
		d.mistake(e, "add webhook: and its URL, or mail: and addresses", "the sink has no webhook, and no mail")
	case set.has("secret") && set.has("secret_file"):
		d.mistake(set.find("secret_file").value, "keep one of them", "the sink has a secret already")
	case !set.has("secret") && !set.has("secret_file"):
		d.mistake(e, secretHint, "the sink has no secret: nobody could tell who posts to it")
	}
}
