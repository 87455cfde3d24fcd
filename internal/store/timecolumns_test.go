package store

import (
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// unmended are the columns that hold times and are not mended, with the reason.
var unmended = map[string]string{
	"source.next_at":           "its schedule says how far ahead it may lie: SourcesTx.PlannedAfter",
	"story.published_at":       "the source says so, not our clock",
	"story.modified_at":        "the source says so, not our clock",
	"story.withdrawn_at":       "shown, and compared with 0 alone",
	"story.stood_at":           "only shown",
	"story.read_at":            "shown, and compared with the times of the story's matches alone",
	"cluster.created_at":       "never read",
	"parting.taken_at":         "orders the partings of one story, and is shown",
	"parting.undone_at":        "shown, and compared with 0 alone",
	"fingerprint.published_at": "the source says so, not our clock",
	"match.matched_at":         "orders the matches of one story; who looks for a rule's newest passes over the future",
	"signal.silent_since":      "compared with the time of a match alone",
	"clock.beat_at":            "what a clock that was set is noticed by",
	"clock.steady_since":       "belongs to beat_at",
	"lease.until":              "Leases.Hold says how far ahead it may lie",
}

// Every column that holds a time is in one of the tables of times, or it is
// said why not.
func TestEveryTimeIsLookedAt(t *testing.T) {
	s, err := Open(t.Context(), slog.New(slog.DiscardHandler), filepath.Join(t.TempDir(), "copytaster.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	known := map[string]bool{}
	for _, c := range append(waits[:], records[:]...) {
		known[c.table+"."+c.name] = true
	}
	rows, err := s.read.QueryContext(t.Context(), `SELECT m.name || '.' || c.name FROM sqlite_master m, pragma_table_info(m.name) c
		WHERE m.type = 'table' AND (c.name LIKE '%\_at' ESCAPE '\' OR c.name LIKE '%until' OR c.name LIKE '%since%')
			AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'goose%' AND m.name <> 'copytaster_version'`)
	columns, err := collect(rows, err, "read columns", func(scan func(...any) error) (name string, err error) {
		return name, scan(&name)
	})
	if err != nil || len(columns) < 30 {
		t.Fatal(columns, err)
	}
	for _, c := range columns {
		if _, exempt := unmended[c]; exempt == known[c] {
			t.Errorf("%s: looked at %v, exempt %v", c, known[c], exempt)
		}
		delete(known, c)
	}
	for c := range known {
		t.Errorf("%s is looked at, and is no column", c)
	}
}

func TestStep(t *testing.T) {
	noon := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	before := Beat{At: noon, Boot: "one", Uptime: time.Hour}
	later := func(d time.Duration) Beat {
		return Beat{At: noon.Add(d), Boot: "one", Uptime: time.Hour + 10*time.Second}
	}
	for _, tt := range []struct {
		name   string
		before Beat
		next   Beat
		want   time.Duration
	}{
		{"the first", Beat{}, before, 0},
		{"ten seconds later", before, later(10 * time.Second), 0},
		{"an hour back", before, later(10*time.Second - time.Hour), -time.Hour},
		{"an hour forward", before, later(10*time.Second + time.Hour), time.Hour},
		{"suspended for an hour", before, Beat{At: noon.Add(time.Hour), Boot: "one", Uptime: 2 * time.Hour}, 0},
		{"set back while it was off for longer", before, Beat{At: noon.Add(time.Hour), Boot: "one", Uptime: 3 * time.Hour}, -time.Hour},
		{"another start, later", before, Beat{At: noon.Add(48 * time.Hour), Boot: "two", Uptime: time.Minute}, 0},
		{"another start, before", before, Beat{At: noon.Add(-time.Hour), Boot: "two", Uptime: time.Minute}, -time.Hour},
		{"another machine's clock", before, Beat{At: noon.Add(-time.Second)}, 0},
	} {
		if got := tt.before.Step(tt.next); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What waits in a store of an older version goes on: by the severity of its
// alert.
func TestOpenDeliveriesTakeTheSeverityOfTheirAlert(t *testing.T) {
	s, err := connectSQLite(slog.New(slog.DiscardHandler), filepath.Join(t.TempDir(), "copytaster.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	p, err := s.provider()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		`INSERT INTO cluster (id, created_at) VALUES (1, 1)`,
		`INSERT INTO channel (name) VALUES ('news')`,
		`INSERT INTO alert (id, cluster_id, story_id, channel, severity, rules, created_at) VALUES (1, 1, 1, 'news', 3, '', 1)`,
		`INSERT INTO delivery (id, channel, kind, state, due_at, created_at) VALUES (1, 'news', 'ops', 'pending', 1, 1)`,
		`INSERT INTO delivery (id, alert_id, channel, kind, state, due_at, created_at) VALUES (2, 1, 'news', 'story', 'in_doubt', 1, 1)`,
	} {
		if _, err := s.write.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	d, ok, err := s.Deliveries.Next(t.Context(), "news", time.Now())
	if err != nil || !ok || d.ID != 2 || d.Severity != news.Urgent {
		t.Errorf("next is %+v, %v, %v", d, ok, err)
	}
}
