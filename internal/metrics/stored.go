package metrics

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Stored is what the store says of all its daemons' work at one moment.
type Stored struct {
	Queues    map[string]int64 // work that waits, by queue
	Paused    bool             // nothing can be sent: the token does not work
	Unsent    map[string]int64 // deliveries by state, those that were sent left out
	OldestDue time.Duration    // how long the delivery that was due first has been waiting; 0 when none is
	Sources   []Source
	Snoozes   int  // that hold
	Snoozed   int  // alerts that they keep
	Storms    int  // that go on
	Waiting   int  // alerts for whose answer a route asks, and that have none
	Told      int  // those of them of which others are told
	Deaf      bool // nobody can answer alerts in Slack

	Bytes      int64 // that the store takes
	BytesLimit int64 // that it may take; 0 is as many as there are
	Overfull   bool  // it takes more, and has nothing left to prune

	PausedChannels int // to which an operator paused deliveries
}

// Source is what the store says of an enabled source.
type Source struct {
	Name    string
	Verdict string    // "" while too little is known of it
	Healthy bool      // the verdict is ok, or not known
	Read    time.Time // when its list was last read; zero: never
}

// stored collects what Show was given last; nothing when the store could not
// be read.
type stored struct{ atomic.Pointer[Stored] }

// Show makes what the store says what the next scrape gets; nil says that it
// could not be read.
func (m *Metrics) Show(s *Stored) { m.stored.Store(s) }

func about(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("copytaster_"+name, help, labels, nil)
}

// descs are the descriptions of what a stored collects.
func descs() map[string]*prometheus.Desc {
	return map[string]*prometheus.Desc{
		"up":       about("store_up", "1 when the store could be read for this scrape; else its gauges are absent."),
		"queue":    about("queue_depth", "Jobs of a queue that wait to be worked.", "queue"),
		"paused":   about("sending_paused", "1 while nothing is sent because the token does not work, else 0."),
		"unsent":   about("deliveries", "Deliveries that are in a state other than sent.", "state"),
		"oldest":   about("oldest_due_delivery_age_seconds", "How long the delivery that was due first waits; 0 when none is due."),
		"snoozes":  about("snoozes", "Snoozes that hold."),
		"snoozed":  about("snoozed_alerts", "Alerts that snoozes keep until they end."),
		"storms":   about("storms", "Storms that go on: news of one rule that are folded into one message of a channel."),
		"waiting":  about("unanswered_alerts", "Alerts that nobody has answered, of routes with if_unanswered."),
		"told":     about("unanswered_told_alerts", "Alerts that nobody has answered, of which others have a message by if_unanswered."),
		"bytes":    about("storage_bytes", "Bytes that the store takes: pages in use of a SQLite file, tables and indexes of PostgreSQL."),
		"limit":    about("storage_limit_bytes", "Bytes that the store may take (storage_limit); 0 when there is no limit."),
		"overfull": about("storage_over_limit", "1 while the store takes more than storage_limit and has no old texts left to prune, else 0."),
		"held":     about("paused_channels", "Channels to which an operator paused deliveries."),
		"deaf":     about("answers_down", "1 while nobody can answer alerts in Slack, else 0."),
		"healthy":  about("source_healthy", "1 while a source's verdict is ok, else 0.", "source"),
		"verdict":  about("source_verdict", "1 for the verdict on a source, which is its only series.", "source", "verdict"),
		"lastRead": about("source_last_success_timestamp_seconds", "Unix time of a source's last good crawl.", "source"),
	}
}

// Describe implements prometheus.Collector.
func (*stored) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range descs() {
		ch <- d
	}
}

// Collect implements prometheus.Collector.
func (c *stored) Collect(ch chan<- prometheus.Metric) {
	about := descs()
	gauge := func(name string, value float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(about[name], prometheus.GaugeValue, value, labels...)
	}
	s := c.Load()
	gauge("up", zeroOrOne(s != nil))
	if s == nil {
		return
	}
	for queue, n := range s.Queues {
		gauge("queue", float64(n), queue)
	}
	for state, n := range s.Unsent {
		gauge("unsent", float64(n), state)
	}
	gauge("paused", zeroOrOne(s.Paused))
	gauge("oldest", s.OldestDue.Seconds())
	gauge("snoozes", float64(s.Snoozes))
	gauge("snoozed", float64(s.Snoozed))
	gauge("storms", float64(s.Storms))
	gauge("waiting", float64(s.Waiting))
	gauge("told", float64(s.Told))
	gauge("bytes", float64(s.Bytes))
	gauge("limit", float64(s.BytesLimit))
	gauge("held", float64(s.PausedChannels))
	gauge("deaf", zeroOrOne(s.Deaf))
	gauge("overfull", zeroOrOne(s.Overfull))
	for _, src := range s.Sources {
		gauge("healthy", zeroOrOne(src.Healthy), src.Name)
		if src.Verdict != "" {
			gauge("verdict", 1, src.Name, src.Verdict)
		}
		if !src.Read.IsZero() {
			gauge("lastRead", float64(src.Read.UnixMilli())/1000, src.Name)
		}
	}
}
