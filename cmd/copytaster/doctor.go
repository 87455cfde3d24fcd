package main

import (
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

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
)

// What doctor finds too little or too much.
const (
	littleDisk = 1 << 30     // bytes free beside a SQLite store, below which it warns
	leastDisk  = 16 << 20    // below which the next pages and alerts may not be written
	leastWidth = 60          // columns that alerts need to be read with ease
	clockError = time.Second // machines on one database are expected to agree within this
)

func (t *tool) doctorVerb() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what keeps copytaster from working on this machine",
		Long: `Look for what keeps copytaster from working on this machine. Where no daemon runs,
what "run" does at its start is tried and undone: let the user do it who runs the
daemon, with the daemon's environment. The answer is no when "run" would fail, or
alerts do not arrive; what only might become trouble is marked with "!".`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return t.examine(ctx) }),
	}
	t.addFormat(cmd)
	return cmd
}

// finding is what one look came to.
type finding struct {
	Check   string `json:"check"`
	OK      bool   `json:"ok"`
	Warning bool   `json:"warning,omitempty"` // it is no trouble yet
	Detail  string `json:"detail"`
	Hint    string `json:"hint,omitempty"`
}

// diagnosis is the JSON form of all findings.
type diagnosis struct {
	OK       bool      `json:"ok"`
	Findings []finding `json:"checks"`
}

func (t *tool) examine(ctx context.Context) error {
	d := diagnosis{OK: true}
	for _, f := range t.findings(ctx) {
		d.Findings = append(d.Findings, f)
		d.OK = d.OK && f.OK
	}
	if t.isJSON() {
		if err := t.json(d); err != nil {
			return err
		}
	} else {
		t.tellFindings(d.Findings)
	}
	if !d.OK {
		return errNo
	}
	return nil
}

func (t *tool) tellFindings(all []finding) {
	for _, f := range all {
		mark := t.palette.mark(f.OK)
		if f.OK && f.Warning {
			mark = "!"
		}
		t.say("%s %s: %s", mark, f.Check, f.Detail)
		if f.Hint != "" {
			t.say("  hint: %s", f.Hint)
		}
	}
}

// findings looks at one thing after the other, as far as what came before
// allows.
func (t *tool) findings(ctx context.Context) []finding {
	all := []finding{t.lookAtTerminal()}
	path, err := t.find()
	if err != nil {
		return append(all, finding{Check: "config", Detail: err.Error(), Hint: "name one with -c, or let `copytaster init` write one"})
	}
	cfg, wrong := config.Load(path, t.env, config.UseRules)
	if wrong != nil {
		all = append(all, finding{Check: "config", Detail: inShort(wrong), Hint: "`copytaster check` shows every mistake"})
		if cfg, err = app.LastGood(ctx, t.logger(slog.LevelError), path, t.env, config.UseRules); err != nil {
			return all // nothing is known of what a daemon would find
		}
		all = append(all, finding{Check: "last good config", OK: true, Detail: "the store keeps one: a daemon that runs follows it, `run --last-good` starts on it"})
	} else {
		all = append(all, finding{Check: "config", OK: true, Detail: fmt.Sprintf("%s: %s, %s", path, plural(len(cfg.Sources), "source"), plural(cfg.Rules.Len(), "rule"))})
	}
	_, running := app.Dial(ctx, cfg, t.env)
	all = append(all, lookAtSecrets(cfg, running), finding{Check: "alerts", OK: true, Detail: "to " + whereTo(cfg)})
	if cfg.Require(config.UseStorage) != nil {
		return append(all, lookAtDaemon(running)) // which store it is hangs on what is missing
	}
	all = append(all, lookAtDisk(cfg), lookAtDaemon(running))
	usable := true
	if !running {
		trials := t.lookAtStart(ctx, cfg)
		usable = !slices.ContainsFunc(trials, func(f finding) bool { return f.Check == "store" })
		all = append(all, trials...)
	}
	if usable {
		all = append(all, t.lookAtStore(ctx, cfg, running && wrong == nil)...)
	}
	return all
}

func (t *tool) lookAtTerminal() finding {
	f := finding{Check: "terminal", OK: true, Detail: "none"}
	if t.outTerminal {
		f.Detail = plural(t.columns, "column")
		if f.Warning = t.columns > 0 && t.columns < leastWidth; f.Warning {
			f.Hint = fmt.Sprintf("%d columns are read with ease", leastWidth)
		}
	}
	return f
}

// lookAtSecrets says what a daemon started from here would miss from outside the
// config. One that runs has it.
func lookAtSecrets(cfg *config.Config, running bool) finding {
	err := cfg.Require()
	switch {
	case err == nil:
		return finding{Check: "secrets", OK: true, Detail: "none is missing"}
	case running:
		return finding{Check: "secrets", OK: true, Detail: "the daemon has them; here " + inShort(err)}
	}
	return finding{Check: "secrets", Detail: inShort(err), Hint: "`run` fails without, and so do `send-test` and `check --online`: set it where they are started"}
}

func lookAtDaemon(running bool) finding {
	if running {
		return finding{Check: "daemon", OK: true, Detail: "running, takes commands"}
	}
	return finding{Check: "daemon", OK: true, Detail: "none takes commands here"}
}

// lookAtDisk says how much is free beside a SQLite store.
func lookAtDisk(cfg *config.Config) finding {
	f := finding{Check: "disk", OK: true, Detail: "the store is a PostgreSQL database"}
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
		return finding{Check: "disk", Detail: fmt.Sprintf("%s: %v", dir, err), Hint: "mend `storage`"}
	}
	free := st.Bavail * uint64(st.Bsize) //nolint:gosec,unconvert // Bsize is positive; its type differs by system
	f.Detail = fmt.Sprintf("%.1f GB free in %s", float64(free)/(1<<30), dir)
	f.OK, f.Warning = free >= leastDisk, free < littleDisk
	if f.Warning {
		f.Hint = "free some space, or shorten `retention`"
	}
	return f
}

// lookAtStart tries what a daemon does when it starts, and lists what would
// fail.
func (t *tool) lookAtStart(ctx context.Context, cfg *config.Config) []finding {
	var all []finding
	for _, wrong := range cfg.CheckStorage(t.env) {
		all = append(all, finding{Check: "store", Detail: wrong.Message, Hint: wrong.Hint})
	}
	if len(all) > 0 {
		return all
	}
	for _, trial := range app.TryStart(ctx, t.logger(slog.LevelError), cfg, t.env) {
		if trial.Err != nil {
			all = append(all, finding{Check: trial.Step, Detail: oneLine(trial.Err.Error()), Hint: trial.Hint})
		}
	}
	return all
}

// lookAtStore reads the store: what its clock says, and what waits for
// somebody. That it cannot be read is no trouble to a daemon, which runs or
// could start. With follows the config in force is compared, too.
func (t *tool) lookAtStore(ctx context.Context, cfg *config.Config, follows bool) []finding {
	r, err := app.OpenReader(ctx, t.logger(slog.LevelError), cfg)
	if errors.Is(err, fs.ErrNotExist) {
		return []finding{{Check: "store", OK: true, Detail: shownStorage(cfg) + " is not there yet: `copytaster run` makes it"}}
	}
	if err != nil {
		return []finding{{Check: "store", OK: true, Warning: true, Detail: "a daemon can use it, but it cannot be read here: " + oneLine(err.Error())}}
	}
	defer r.Close() //nolint:errcheck // read only
	all := []finding{lookAtClock(ctx, r, time.Now())}
	st, err := r.Status(ctx)
	if err != nil {
		return append(all, finding{Check: "store", Detail: oneLine(err.Error())})
	}
	all = append(all, finding{Check: "store", OK: true, Detail: fmt.Sprintf("%s: %d stories, %d alerts", st.Storage, st.Stories, st.Alerts)},
		lookAtSending(st), lookAtSources(st))
	if follows {
		all = append(all, lookAtForce(st, cfg))
	}
	return all
}

// lookAtClock compares the machine's clock with the database server's, or,
// where there is none, with what the store already holds.
func lookAtClock(ctx context.Context, r *app.Reader, now time.Time) finding {
	f := finding{Check: "clock", OK: true, Detail: now.UTC().Format(time.RFC3339)}
	server, ok, err := r.Clock(ctx)
	if err != nil {
		return finding{Check: "clock", Detail: oneLine(err.Error())}
	}
	if ok {
		skew := server.Sub(now).Round(time.Millisecond)
		f.Detail = fmt.Sprintf("%v apart from the database's", skew.Abs())
		if f.OK = skew.Abs() <= clockError; !f.OK {
			f.Hint = "let NTP set the clocks of both machines"
		}
		return f
	}
	st, err := r.Status(ctx)
	if err != nil {
		return finding{Check: "clock", Detail: oneLine(err.Error())}
	}
	for _, src := range st.Sources {
		if src.Crawled != nil && src.Crawled.After(now.Add(clockError)) {
			return finding{Check: "clock", Detail: fmt.Sprintf("it says %s, but %s was crawled at %s", now.UTC().Format(time.RFC3339), src.Name, src.Crawled.Format(time.RFC3339)),
				Hint: "let NTP set the clock"}
		}
	}
	return f
}

func lookAtSending(st app.Status) finding {
	stuck := st.Deliveries["parked"] + st.Deliveries["dead"] + st.Deliveries["in_doubt"]
	switch {
	case st.Paused != "":
		return finding{Check: "sending", Detail: "paused: " + st.Paused, Hint: "mend slack.token"}
	case len(st.Parked) > 0:
		return finding{Check: "sending", Detail: fmt.Sprintf("channel %s: %s", st.Parked[0].Channel, st.Parked[0].Reason), Hint: "invite the bot there: /invite @copytaster"}
	case stuck > 0:
		return finding{Check: "sending", Detail: counts(st.Deliveries), Hint: "`copytaster deliveries --state dead,parked,in_doubt` lists them"}
	}
	return finding{Check: "sending", OK: true, Detail: counts(st.Deliveries)}
}

func lookAtSources(st app.Status) finding {
	var failing []string
	for _, src := range st.Sources {
		if src.Failures > 0 {
			failing = append(failing, src.Name)
		}
	}
	if len(failing) > 0 {
		return finding{Check: "sources", Detail: "failing: " + strings.Join(failing, ", "), Hint: "`copytaster status` says why, `copytaster check --online` asks them again"}
	}
	return finding{Check: "sources", OK: true, Detail: plural(len(st.Sources), "source") + " in the store"}
}

// lookAtForce compares the config on disk with the one that the daemon follows.
func lookAtForce(st app.Status, cfg *config.Config) finding {
	if st.ConfigHash != cfg.Hash {
		return finding{Check: "config in force", Detail: "the daemon follows another one, loaded " + st.ConfigAt,
			Hint: "it reloads within seconds of a change; see its log"}
	}
	return finding{Check: "config in force", OK: true, Detail: "the daemon follows it since " + st.ConfigAt}
}

func isPostgres(storage string) bool {
	return strings.HasPrefix(storage, "postgres://") || strings.HasPrefix(storage, "postgresql://")
}

// shownStorage names the store without the password that its URL may hold.
func shownStorage(cfg *config.Config) string {
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
