package probe

import (
	"context"
	"fmt"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/text"
)

// SinkAnswer says whether a receiver beside Slack can be reached.
type SinkAnswer struct {
	Sink   string `json:"sink"`
	OK     bool   `json:"ok"`
	Detail string `json:"detail"`

	path string // where the config names it
	hint string
}

// Sinks asks the receivers of a config whether they are there. It sends them nothing.
func Sinks(ctx context.Context, cfg *config.Config) []SinkAnswer {
	answers := make([]SinkAnswer, len(cfg.Sinks))
	senders, err := app.Sinks(cfg, time.Now)
	for i := range cfg.Sinks {
		s := &cfg.Sinks[i]
		answers[i] = SinkAnswer{Sink: s.Name, OK: true, Detail: cfg.Host(s) + " answers", path: fmt.Sprintf("sinks[%d].webhook", i), hint: "is its URL right, and the receiver up?"}
		if len(s.Mail) > 0 {
			answers[i].path, answers[i].hint = fmt.Sprintf("sinks[%d].mail", i), "are smtp, tls, user and password of mail: right, and the server up?"
			answers[i].Detail = cfg.Host(s) + " takes mail"
		}
		failed := err
		if failed == nil {
			failed = senders[s.Name].Probe(ctx)
		}
		if failed != nil {
			answers[i].OK, answers[i].Detail = false, text.OneLine(failed.Error())
		}
	}
	return answers
}

// sinkMistakes are the receivers that cannot be reached, as mistakes of the config.
func (o *Answers) sinkMistakes(cfg *config.Config) (all config.Mistakes) {
	for _, a := range o.Sinks {
		if !a.OK {
			m := cfg.Warning(a.path, a.hint, "sink %s: %s", a.Sink, a.Detail)
			m.Severity = config.Error
			all = append(all, m)
		}
	}
	return all
}
