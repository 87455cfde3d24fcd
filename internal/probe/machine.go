package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/text"
)

// What Machine finds too little or too much.
const (
	littleDisk = 1 << 30     // bytes free beside a SQLite store, below which it warns
	leastDisk  = 16 << 20    // below which the next pages and alerts may not be written
	clockError = time.Second // machines on one database are expected to agree within this
)

// Finding is the result of one check of the machine.
type Finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Warning bool   `json:"warning,omitempty"` // in order, but it may become trouble
	Detail  string `json:"detail"`
	Hint    string `json:"hint,omitempty"`
}

// Machine checks the config in a file, what a daemon needs on this machine, and the
// state of one that runs. A check that depends on one that failed is left out.
func Machine(ctx context.Context, log *slog.Logger, path string, env config.Getenv) []Finding {
	var all []Finding
	cfg, wrong := config.Load(path, env, config.UseRules)
	if wrong != nil {
		all = append(all, Finding{Check: "config", Detail: InShort(wrong), Hint: "`copytaster check` shows every mistake"})
		var err error
		if cfg, err = app.LastGood(ctx, log, path, env, config.UseRules); err != nil {
			return all // nothing is known of what a daemon would find
		}
		all = append(all, Finding{Check: "last good config", OK: true,
			Detail: "the store keeps one: a daemon that runs follows it, `run --last-good` starts on it"})
	} else {
		all = append(all, Finding{Check: "config", OK: true, Detail: fmt.Sprintf("%s: %s, %s",
			path, text.Plural(len(cfg.Sources), "source"), text.Plural(cfg.Rules.Len(), "rule"))})
	}
	_, running := app.Dial(ctx, cfg, env)
	all = append(all, lookAtSecrets(cfg, running), Finding{Check: "alerts", OK: true, Detail: "to " + Destination(cfg)})
	if cfg.Require(config.UseStorage) != nil {
		return append(all, lookAtDaemon(running)) // which store it is hangs on what is missing
	}
	all = append(all, lookAtDisk(cfg), lookAtDaemon(running))
	usable := true
	if !running {
		trials := lookAtStart(ctx, log, cfg, env)
		usable = !slices.ContainsFunc(trials, func(f Finding) bool { return f.Check == "store" })
		all = append(all, trials...)
	}
	if usable {
		all = append(all, lookAtStore(ctx, log, cfg, running && wrong == nil)...)
	}
	return all
}

// lookAtSecrets checks whether a daemon started from here would lack a secret. One
// that runs has them.
func lookAtSecrets(cfg *config.Config, running bool) Finding {
	err := cfg.Require()
	switch {
	case err == nil:
		return Finding{Check: "secrets", OK: true, Detail: "none is missing"}
	case running:
		return Finding{Check: "secrets", OK: true, Detail: "the daemon has them; here " + InShort(err)}
	}
	return Finding{Check: "secrets", Detail: InShort(err), Hint: "`run` fails without, and so do `send-test` and `check --online`: set it where they are started"}
}

func lookAtDaemon(running bool) Finding {
	if running {
		return Finding{Check: "daemon", OK: true, Detail: "running, takes commands"}
	}
	return Finding{Check: "daemon", OK: true, Detail: "none takes commands here"}
}

// lookAtDisk checks the space that is free beside a SQLite store.
func lookAtDisk(cfg *config.Config) Finding {
	f := Finding{Check: "disk", OK: true, Detail: "the store is a PostgreSQL database"}
	if isPostgres(cfg.Storage) {
		return f
	}
	dir := filepath.Dir(cfg.Storage)
	var st syscall.Statfs_t
	err := syscall.Statfs(dir, &st)
	for errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir) { // the daemon makes folders
		dir = filepath.Dir(dir)
		err = syscall.Statfs(dir, &st)
	}
	if err != nil {
		return Finding{Check: "disk", Detail: fmt.Sprintf("%s: %v", dir, err), Hint: "mend `storage`"}
	}
	free := st.Bavail * uint64(st.Bsize) // positive
	f.Detail = fmt.Sprintf("%.1f GB free in %s", float64(free)/(1<<30), dir)
	f.OK, f.Warning = free >= leastDisk, free < littleDisk
	if f.Warning {
		f.Hint = "free some space, or shorten `retention`"
	}
	return f
}

// lookAtStart tries what a daemon does when it starts, and lists what would
// fail.
func lookAtStart(ctx context.Context, log *slog.Logger, cfg *config.Config, env config.Getenv) []Finding {
	var all []Finding
	for _, wrong := range cfg.CheckStorage(env) {
		all = append(all, Finding{Check: "store", Detail: wrong.Message, Hint: wrong.Hint})
	}
	if len(all) > 0 {
		return all
	}
	for _, trial := range app.TryStart(ctx, log, cfg, env) {
		if trial.Err != nil {
			all = append(all, Finding{Check: trial.Step, Detail: text.OneLine(trial.Err.Error()), Hint: trial.Hint})
		}
	}
	return all
}

// lookAtStore checks the clock, and what in the store waits for somebody. A store
// that cannot be read here is only a warning: a daemon runs on it or could start.
// With follows, the config in force is compared too.
func lookAtStore(ctx context.Context, log *slog.Logger, cfg *config.Config, follows bool) []Finding {
	r, err := app.OpenReader(ctx, log, cfg)
	if errors.Is(err, fs.ErrNotExist) {
		return []Finding{{Check: "store", OK: true, Detail: StorageName(cfg) + " is not there yet: `copytaster run` makes it"}}
	}
	if err != nil {
		return []Finding{{Check: "store", OK: true, Warning: true, Detail: "a daemon can use it, but it cannot be read here: " + text.OneLine(err.Error())}}
	}
	defer r.Close() //nolint:errcheck // read only
	all := []Finding{lookAtClock(ctx, r, time.Now())}
	st, err := r.Status(ctx)
	if err != nil {
		return append(all, Finding{Check: "store", Detail: text.OneLine(err.Error())})
	}
	stories, alerts := text.Many(int(st.Stories), "story"), text.Many(int(st.Alerts), "alert")
	all = append(all, Finding{Check: "store", OK: true, Detail: fmt.Sprintf("%s: %s, %s", st.Storage, stories, alerts)},
		lookAtSending(st), lookAtSources(st))
	if follows {
		all = append(all, lookAtForce(st, cfg))
	}
	return all
}

// lookAtClock compares the machine's clock with the database server's, or,
// where there is none, with what the store already holds.
func lookAtClock(ctx context.Context, r *app.Reader, now time.Time) Finding {
	f := Finding{Check: "clock", OK: true, Detail: now.UTC().Format(time.RFC3339)}
	asked := time.Now()
	server, ok, err := r.Clock(ctx)
	half := time.Since(asked) / 2 // the answer is of a moment while it was waited for
	if err != nil {
		return Finding{Check: "clock", Detail: text.OneLine(err.Error())}
	}
	if ok {
		skew := server.Sub(now.Add(half)).Round(time.Millisecond)
		f.Detail = fmt.Sprintf("%v apart from the database's", skew.Abs())
		if f.OK = skew.Abs() <= clockError+half; !f.OK {
			f.Hint = "let NTP set the clocks of both machines"
		}
		return f
	}
	st, err := r.Status(ctx)
	if err != nil {
		return Finding{Check: "clock", Detail: text.OneLine(err.Error())}
	}
	for _, src := range st.Sources {
		if src.Crawled != nil && src.Crawled.After(now.Add(clockError)) {
			return Finding{Check: "clock", Detail: fmt.Sprintf("it says %s, but %s was crawled at %s",
				now.UTC().Format(time.RFC3339), src.Name, src.Crawled.Format(time.RFC3339)),
				Hint: "let NTP set the clock"}
		}
	}
	return f
}

func lookAtSending(st app.Status) Finding {
	stuck := st.Deliveries["parked"] + st.Deliveries["dead"] + st.Deliveries["in_doubt"]
	switch {
	case st.Paused != "":
		return Finding{Check: "sending", Detail: "paused: " + st.Paused, Hint: "mend slack.token"}
	case len(st.Pauses) > 0:
		return Finding{Check: "sending", Detail: app.PausedLine(&st.Pauses[0], time.UTC), Hint: "`copytaster resume` ends it"}
	case len(st.Parked) > 0:
		return Finding{Check: "sending", Detail: fmt.Sprintf("channel %s: %s", st.Parked[0].Channel, st.Parked[0].Reason), Hint: "invite the bot there: /invite @copytaster"}
	case stuck > 0:
		return Finding{Check: "sending", Detail: Counts(st.Deliveries), Hint: "`copytaster deliveries --state dead,parked,in_doubt` lists them"}
	}
	return Finding{Check: "sending", OK: true, Detail: Counts(st.Deliveries)}
}

func lookAtSources(st app.Status) Finding {
	var failing []string
	for _, src := range st.Sources {
		if src.Failures > 0 {
			failing = append(failing, src.Name)
		}
	}
	if len(failing) > 0 {
		return Finding{Check: "sources", Detail: "failing: " + strings.Join(failing, ", "), Hint: "`copytaster status` says why, `copytaster check --online` asks them again"}
	}
	return Finding{Check: "sources", OK: true, Detail: text.Plural(len(st.Sources), "source") + " in the store"}
}

// lookAtForce compares the config on disk with the one that the daemon follows.
func lookAtForce(st app.Status, cfg *config.Config) Finding {
	if st.ConfigHash != cfg.Hash {
		return Finding{Check: "config in force", Detail: "the daemon follows another one, loaded " + st.ConfigAt,
			Hint: "it reloads within seconds of a change; see its log"}
	}
	return Finding{Check: "config in force", OK: true, Detail: "the daemon follows it since " + st.ConfigAt}
}

func isPostgres(storage string) bool {
	return strings.HasPrefix(storage, "postgres://") || strings.HasPrefix(storage, "postgresql://")
}

// StorageName names the store without the password that its URL may hold.
func StorageName(cfg *config.Config) string {
	if cfg.Storage == "" {
		return "not known here"
	}
	if !isPostgres(cfg.Storage) {
		return cfg.Storage
	}
	u, err := url.Parse(cfg.Storage)
	if err != nil {
		return "PostgreSQL"
	}
	return "PostgreSQL " + u.Host + u.Path
}

// Destination says where the alerts of a config go.
func Destination(cfg *config.Config) string {
	switch {
	case !cfg.Slack.Configured:
		return "the terminal, since slack.token is not set"
	case cfg.Slack.OpsChannel == "":
		return "Slack, without an ops channel"
	}
	return "Slack, ops channel " + cfg.Slack.OpsChannel
}

// Counts lists how many deliveries are in each state. States without any are
// left out.
func Counts(deliveries map[string]int64) string {
	var parts []string
	for _, state := range news.DeliveryStates() {
		if n := deliveries[string(state)]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, strings.ReplaceAll(string(state), "_", " ")))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// InShort returns the mistakes of a config in one line: the first, and how many
// more there are.
func InShort(err error) string {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) || len(mistakes.Errors()) == 0 {
		return text.OneLine(err.Error())
	}
	all := mistakes.Errors()
	if more := len(all) - 1; more > 0 {
		return fmt.Sprintf("%s (and %s, see `copytaster check`)", all[0].Error(), text.Plural(more, "more mistake"))
	}
	return all[0].Error()
}
