// Command bench measures what crawling costs the daemon, on a world of its own:
// feeds and pages on fifty addresses of loopback, a strict fake Slack, and the
// daemon as a child process, so that its CPU and memory are counted alone.
//
//	go run ./internal/bench                          all tables, in about six minutes
//	go run ./internal/bench -quick                   a small world, in half a minute
//	go run ./internal/bench -tables passes,pages     only these; -h lists the rest
//	go run ./internal/bench -sources 5000 -for 10m   many sources on one machine, for long
//	go run ./internal/bench -tables latency -every 3m -rules 1000   10,000 stories an hour
//
// Beside the daemon, in the same run and on the same bytes, net/http and
// colly with gofeed fetch alone: they store, match and remember nothing. Their
// processes count from main on, the daemon's from its start.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

func main() {
	std := stdio{os.Stdin, os.Stdout, os.Stderr}
	do := func() error { return run(os.Args[1:], std) }
	if task := os.Getenv(taskEnv); task != "" {
		do = func() error { return runTask(task, os.Getenv(taskFileEnv), std) }
	}
	if err := do(); err != nil {
		_, _ = fmt.Fprintln(std.err, "bench: error:", err)
		os.Exit(1)
	}
}

// stdio are the streams of a process.
type stdio struct {
	in       io.Reader
	out, err io.Writer
}

// options are what the flags say.
type options struct {
	tables   []string
	feeds    int           // of the passes and of the latency
	stories  int           // of a feed
	every    time.Duration // of the latency and of the long run
	pages    int           // invented, where there is no corpus
	rounds   int           // of the passes; the least CPU counts
	rules    int           // that look for two things each, beside those of the desks
	postgres string        // URL of an empty database that two daemons share; "": one daemon, on SQLite
	sources  int           // of the long run
	lasts    time.Duration // the long run
	profile  string        // file for the daemon's CPU profile
}

// table is one part of what is printed.
type table struct {
	name  string
	print func(*bench) error
}

func tables() []table {
	return []table{
		{"passes", (*bench).printPasses},
		{"latency", (*bench).printLatency},
		{"pages", (*bench).printPages},
	}
}

// bench is one run of the command.
type bench struct {
	options
	stdio
	dir string // for stores, configs and logs; removed at the end
}

// printf writes a part of the answer.
func (b *bench) printf(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format, args...) }

func run(args []string, std stdio) (err error) {
	o, err := parseFlags(args, std.err)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "copytaster-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{options: o, stdio: std, dir: dir}
	b.printf("%s, %d cores, %s/%s\n\n", runtime.Version(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	if o.sources > 0 {
		return b.printLong()
	}
	for _, t := range tables() {
		if len(o.tables) > 0 && !slices.Contains(o.tables, t.name) {
			continue
		}
		if err := t.print(b); err != nil {
			return fmt.Errorf("measure %s: %w", t.name, err)
		}
	}
	return nil
}

func parseFlags(args []string, help io.Writer) (options, error) {
	names := make([]string, 0, len(tables()))
	for _, t := range tables() {
		names = append(names, t.name)
	}
	o := options{}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(help)
	only := flags.String("tables", "", "tables to print, with commas between: "+strings.Join(names, ", "))
	quick := flags.Bool("quick", false, "a small world and short intervals, to see that all works")
	flags.IntVar(&o.feeds, "feeds", 500, "feeds of the world")
	flags.IntVar(&o.stories, "stories", 20, "stories of a feed")
	flags.DurationVar(&o.every, "every", time.Minute, "interval of the latency and of the long run")
	flags.IntVar(&o.pages, "pages", 200, "pages to invent where there is no corpus")
	flags.IntVar(&o.rounds, "rounds", 3, "worlds to measure the passes on, one after the other; medians are printed")
	flags.IntVar(&o.rules, "rules", 100, "rules that look for two things each, beside one for each channel")
	flags.StringVar(&o.postgres, "postgres", "", "URL of an empty database, on which two daemons run instead of one on SQLite")
	flags.IntVar(&o.sources, "sources", 0, "crawl so many sources for long, and print nothing else")
	flags.DurationVar(&o.lasts, "for", 10*time.Minute, "how long to crawl with -sources")
	flags.StringVar(&o.profile, "profile", "", "write the daemon's CPU profile of the last passes to this file")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if *quick {
		o.feeds, o.every, o.pages, o.rounds = min(o.feeds, 50), min(o.every, 10*time.Second), min(o.pages, 20), 1
	}
	if *only != "" {
		o.tables = strings.Split(*only, ",")
	}
	for _, name := range o.tables {
		if !slices.Contains(names, name) {
			return o, fmt.Errorf("no table %q: want %s", name, strings.Join(names, ", "))
		}
	}
	return o, nil
}
