// Package metrics counts what copytaster does, for Prometheus. Call New once
// and hand its methods, as small functions, to the packages that have something
// to count; Handler serves the result.
//
// Every series is named copytaster_…, lives on a registry of its own, and is
// labelled at most by the names of the configuration: sources, rules, queues.
// A source that leaves the configuration takes its series along (Keep).
//
// Counters are of this daemon, since it was started. Gauges that concern the
// store are read from it for each scrape (Show): they are the same at every
// daemon on the store, whichever of them did the work, and after a restart.
package metrics

import (
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// crawlBuckets, in seconds, reach from a page of a local server to the default
// time limit of a crawl (30 s) and one step beyond it.
var crawlBuckets = []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// latencyBuckets, in seconds, are dense where the promise lies (the interval of
// a source plus 3 s) and end at the default age above which nothing alerts.
var latencyBuckets = []float64{1, 3, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 6 * 3600, 24 * 3600, 48 * 3600}

// Metrics are the collectors of one daemon. All methods may be called from
// several goroutines at once.
type Metrics struct {
	registry *prometheus.Registry

	crawls       *prometheus.CounterVec
	crawlSeconds prometheus.Histogram
	stories      *prometheus.CounterVec
	pushes       *prometheus.CounterVec
	matches      *prometheus.CounterVec
	deliveries   *prometheus.CounterVec
	latency      prometheus.Histogram
	stages       *prometheus.HistogramVec
	reports      *prometheus.CounterVec
	escalations  *prometheus.CounterVec
	stored       stored
	build        *prometheus.GaugeVec
	configReload prometheus.Gauge
	configNewest prometheus.Gauge

	mu   sync.Mutex
	kept []string // the sources that may have series, sorted; nil: all
}

// New returns collectors that have counted nothing yet, beside the usual ones
// of the Go runtime and of the process.
func New() *Metrics {
	m := &Metrics{
		registry:     prometheus.NewRegistry(),
		crawls:       counter("crawls_total", "Crawls of a source's list, by how they ended.", "source", "outcome"),
		crawlSeconds: histogram("crawl_seconds", "Time that one crawl of a source's list took.", crawlBuckets),
		stories:      counter("stories_total", "New stories recorded from a source.", "source"),
		pushes:       counter("pushes_total", "Pushes of a source's hub, by what became of them: read, polled (the source was polled instead) or refused (the signature was wrong).", "source", "outcome"),
		matches:      counter("matches_total", "Stories that a rule has matched.", "rule"),
		deliveries:   counter("deliveries_total", "Deliveries that have entered a state.", "state"),
		latency:      histogram("delivery_latency_seconds", "Time from a story's publication to its delivery, except alerts that an edit of the story raised.", latencyBuckets),
		stages: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "copytaster_stage_seconds", Buckets: latencyBuckets,
			Help: "The parts of that time: listed (from publication to when a list first gave the story), alerted (from then to its alert), delivered (from then on).",
		}, []string{"stage"}),
		reports:     counter("reports_total", "Further reports of an alerted news, by how they belong to it (copy, update, link) and what they are worth in the channel.", "relation", "level"),
		escalations: counter("escalations_total", "Alerts that were raised because enough outlets report the news."),
		build: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "copytaster_build_info", Help: "1 for the version that runs: its number, its commit and the Go it was built with.",
		}, []string{"version", "commit", "goversion"}),
		configReload: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "copytaster_config_reload_success", Help: "1 when the configuration last read is the one in force, else 0.",
		}),
		configNewest: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "copytaster_config_newest", Help: "1 while no daemon on this store has loaded another configuration since, else 0.",
		}),
	}
	m.registry.MustRegister(
		m.crawls, m.crawlSeconds, m.stories, m.pushes, m.matches, m.deliveries, m.latency, m.stages,
		m.reports, m.escalations, &m.stored, m.build, m.configReload,
		m.configNewest,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "copytaster_" + name, Help: help}, labels)
}

func histogram(name, help string, buckets []float64) prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{Name: "copytaster_" + name, Help: help, Buckets: buckets})
}

// Crawl counts a crawl of a source's list: how it ended ("ok", "not modified"
// or a fault's name) and how many seconds it took.
func (m *Metrics) Crawl(source, outcome string, seconds float64) {
	m.ofSource(source, func() { m.crawls.WithLabelValues(source, outcome).Inc() })
	m.crawlSeconds.Observe(seconds)
}

// Stories counts n new stories of a source.
func (m *Metrics) Stories(source string, n int) {
	m.ofSource(source, func() { m.stories.WithLabelValues(source).Add(float64(max(n, 0))) })
}

// Push counts what a hub has pushed for a source: "read", "polled" or "refused".
func (m *Metrics) Push(source, outcome string) {
	m.ofSource(source, func() { m.pushes.WithLabelValues(source, outcome).Inc() })
}

// Match counts a story that a rule has matched.
func (m *Metrics) Match(rule string) { m.matches.WithLabelValues(rule).Inc() }

// Delivery counts a delivery that has entered a state.
func (m *Metrics) Delivery(state string) { m.deliveries.WithLabelValues(state).Inc() }

// Latency records the time from a story's publication to its delivery. A story
// dated in the future counts as delivered at once.
func (m *Metrics) Latency(d time.Duration) { m.latency.Observe(max(d, 0).Seconds()) }

// Stage records how long a part of the way of an alerted story took.
func (m *Metrics) Stage(stage string, d time.Duration) {
	m.stages.WithLabelValues(stage).Observe(max(d, 0).Seconds())
}

// Report counts a further report of an alerted news.
func (m *Metrics) Report(relation, level string) { m.reports.WithLabelValues(relation, level).Inc() }

// Escalation counts an alert that was raised because enough outlets report the news.
func (m *Metrics) Escalation() { m.escalations.WithLabelValues().Inc() }

// Built says which version runs.
func (m *Metrics) Built(version, commit, goVersion string) {
	m.build.WithLabelValues(version, commit, goVersion).Set(1)
}

// ConfigNewest says whether the configuration in force here is the newest that
// any daemon on the store has loaded.
func (m *Metrics) ConfigNewest(newest bool) { m.configNewest.Set(zeroOrOne(newest)) }

// ConfigReload says whether the configuration last read could be put in force.
func (m *Metrics) ConfigReload(ok bool) { m.configReload.Set(zeroOrOne(ok)) }

func zeroOrOne(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// ofSource counts for a source, unless it has left the configuration: the last
// crawl of a source that was just removed would bring its series back.
func (m *Metrics) ofSource(source string, count func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		count()
		return
	}
	if _, ok := slices.BinarySearch(m.kept, source); ok {
		count()
	}
}

// Keep forgets every source but the named ones, and from then on counts for
// these only. Before the first call every source counts.
func (m *Metrics) Keep(sources []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := append([]string{}, sources...)
	slices.Sort(kept)
	for _, source := range m.sourcesSeen() {
		if _, ok := slices.BinarySearch(kept, source); !ok {
			gone := prometheus.Labels{"source": source}
			m.crawls.DeletePartialMatch(gone)
			m.stories.DeletePartialMatch(gone)
			m.pushes.DeletePartialMatch(gone)
		}
	}
	m.kept = kept
}

// sourcesSeen lists the sources that have series.
func (m *Metrics) sourcesSeen() []string {
	families, _ := m.registry.Gather() // what could be gathered is returned beside an error
	var seen []string
	for _, family := range families {
		for _, metric := range family.GetMetric() {
			labels := map[string]string{}
			for _, label := range metric.GetLabel() {
				labels[label.GetName()] = label.GetValue()
			}
			if source, ok := labels["source"]; ok {
				seen = append(seen, source)
			}
		}
	}
	slices.Sort(seen)
	return slices.Compact(seen)
}

// Handler serves the metrics in the formats that Prometheus asks for.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{Registry: m.registry})
}
