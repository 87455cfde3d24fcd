// Command copytaster watches news sources and alerts people in Slack when a
// story matches one of their rules. `copytaster demo` shows it at work,
// README.md says how to start, docs/operations.md how to install it.
//
// There is one file a verb; tool.go holds what they share, output.go is the
// only place that prints. Exit codes: 0 done, 1 the answer is no, 2 wrong usage.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // containers may have no zone data

	"golang.org/x/term"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // the second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], streams()))
}

// streams are those of the process.
func streams() stdio {
	s := stdio{in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.LookupEnv}
	s.outTerminal = term.IsTerminal(int(os.Stdout.Fd()))
	s.errTerminal = term.IsTerminal(int(os.Stderr.Fd()))
	if columns, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		s.columns = columns
	}
	return s
}
