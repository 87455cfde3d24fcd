// Command bench measures the rule engine of copytaster beside its peers: a
// sketch that finds nothing but phrases, which is the time to beat,
// strings.Contains, Aho–Corasick automata, bleve and Hyperscan.
//
//	go run .                          all tables, in about three minutes
//	go run . -tables yardstick -engines sketch,copytaster -rules 1000,10000
//	go run -tags hyperscan .          with Hyperscan, see hyperscan.go
//
// It is a module of its own, so that the peers never become dependencies of
// the product. README.md says what the numbers mean.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench: error:", err)
		os.Exit(1)
	}
}

// options are what the flags say.
type options struct {
	tables, engines []string
	sizes           []int
	seed            uint64
	time            time.Duration
	profile         string
}

// table is one part of what is printed.
type table struct {
	name  string
	print func(*bench) error
}

func tables() []table {
	return []table{
		{"yardstick", (*bench).printYardstick},
		{"growth", (*bench).printGrowth},
		{"length", (*bench).printLengths},
		{"languages", (*bench).printLanguages},
		{"kinds", (*bench).printKinds},
	}
}

func run(args []string, out io.Writer) error {
	o, err := parseFlags(args)
	if err != nil {
		return err
	}
	runtime.GOMAXPROCS(1)
	b, err := newBench(o, out)
	if err != nil {
		return err
	}
	stop, err := profile(o.profile)
	if err != nil {
		return err
	}
	defer stop()
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

func parseFlags(args []string) (options, error) {
	var names []string
	for _, t := range tables() {
		names = append(names, t.name)
	}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	only := flags.String("tables", "", "only these, of "+strings.Join(names, ","))
	engines := flags.String("engines", "", "only these, of "+strings.Join(engineNames(), ","))
	sizes := flags.String("rules", "1000,10000,100000", "numbers of rules of the yardstick")
	million := flags.Bool("million", false, "the yardstick with 1,000,000 rules too")
	seed := flags.Uint64("seed", 7, "of the generator")
	budget := flags.Duration("time", 2*time.Second, "to measure one row; a slow engine takes three passes, however long")
	cpu := flags.String("cpuprofile", "", "write a profile to this file")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	o := options{tables: split(*only), engines: split(*engines), seed: *seed, time: *budget, profile: *cpu}
	for _, s := range split(*sizes) {
		n, err := strconv.Atoi(s)
		if err != nil {
			return options{}, fmt.Errorf("read -rules: %w", err)
		}
		o.sizes = append(o.sizes, n)
	}
	if *million {
		o.sizes = append(o.sizes, 1_000_000)
	}
	for _, name := range o.tables {
		if !slices.Contains(names, name) {
			return options{}, fmt.Errorf("read -tables: there is no %q", name)
		}
	}
	for _, name := range o.engines {
		if !slices.Contains(engineNames(), name) {
			return options{}, fmt.Errorf("read -engines: there is no %q (hyperscan: build with -tags hyperscan)", name)
		}
	}
	return o, nil
}

func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
}

func profile(name string) (stop func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	f, err := os.Create(name)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, err
	}
	return func() {
		pprof.StopCPUProfile()
		f.Close()
	}, nil
}
