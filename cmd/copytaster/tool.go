package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/text"
)

// tool is one run of the program: its streams and the flags of all verbs.
type tool struct {
	*output
	configFlag string // -c
	begun      bool   // the command line was understood
}

var (
	// errNo ends a run whose answer is no. The answer has been printed by then.
	errNo = errors.New("the answer is no")
	// errUsage is wrapped by mistakes in arguments that only the verb can find.
	errUsage = errors.New("wrong usage")
)

// run does what the arguments say and returns the exit code.
func run(ctx context.Context, args []string, s stdio) int {
	t := &tool{output: newOutput(s)}
	root := t.root()
	root.SetArgs(args)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		err = t.broken
	}
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	case t.begun && !errors.Is(err, errUsage):
		t.fail(err)
		return 1
	}
	if !t.begun {
		err = explainUsage(cmd, args, err)
	}
	t.fail(err)
	return 2
}

// explainUsage adds a hint to a mistake in the command line: the command that was
// most likely meant, or where to read on.
func explainUsage(cmd *cobra.Command, args []string, err error) error {
	if strings.HasPrefix(err.Error(), "unknown command") {
		for _, arg := range args {
			if near := cmd.SuggestionsFor(arg); len(near) > 0 && !strings.HasPrefix(arg, "-") {
				return withHint(err, "did you mean `%s %s`?", cmd.CommandPath(), near[0])
			}
		}
	}
	if is := err.Error(); strings.HasPrefix(is, "accepts ") || strings.HasPrefix(is, "requires at least ") { // cobra's
		_, takes, _ := strings.Cut(cmd.Use, " ")
		err = fmt.Errorf("`%s` takes %s, and was given %s", cmd.CommandPath(), takes, text.Plural(cmd.Flags().NArg(), "argument"))
	}
	return withHint(err, "`%s --help` says what there is", cmd.CommandPath())
}

// usage is a mistake in the arguments of a verb.
func usage(format string, args ...any) error { return usageError{fmt.Sprintf(format, args...)} }

type usageError struct{ text string }

// Error says what is wrong.
func (e usageError) Error() string { return e.text }

// Unwrap makes it wrong usage.
func (usageError) Unwrap() error { return errUsage }

// verbs are the commands: a new one is a file with its function, and a row here.
var verbs = []func(*tool) *cobra.Command{
	demoVerb, initVerb, checkVerb, testVerb, schemaVerb, runVerb, explainVerb, extractVerb, crawlVerb, statusVerb,
	hashPasswordVerb, sendTestVerb, deliveriesVerb, backupVerb, restoreVerb, backtestVerb, importVerb,
	discoverVerb, importOPMLVerb, exportOPMLVerb, convertVerb, whyVerb, apartVerb, snoozeVerb, unsnoozeVerb,
	recallVerb, pauseVerb, resumeVerb, moveVerb, doctorVerb, versionVerb, manVerb,
}

func (t *tool) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "copytaster",
		Short: "Watches news sources and alerts people in Slack on the stories that match their rules",
		Long: `copytaster crawls news sources, matches every story against watch rules written
in YAML, remembers what it has seen, and alerts people in Slack.

Begin with: copytaster demo     the whole of it on a sample site, without any setup
            copytaster init     a commented config to start from`,
		SilenceErrors: true, SilenceUsage: true, DisableSuggestions: true, SuggestionsMinimumDistance: 2,
	}
	root.SetOut(t.output)
	root.SetErr(t.err)
	root.SetHelpCommand(helpVerb(root))
	root.PersistentFlags().StringVarP(&t.configFlag, "config", "c", "",
		"config `file` (default $COPYTASTER_CONFIG, ./copytaster.yaml, /etc/copytaster/copytaster.yaml)")
	for _, verb := range verbs {
		root.AddCommand(verb(t))
	}
	return root
}

// helpVerb is cobra's help command, except that an unknown verb is wrong usage.
func helpVerb(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Say more about a command",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			if err != nil {
				return err
			}
			if len(rest) > 0 {
				return fmt.Errorf("unknown command %q for %q", rest[0], cmd.CommandPath())
			}
			return cmd.Help()
		},
	}
}

// act turns a function into a verb's RunE. From then on the command line counts
// as understood.
func (t *tool) act(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		t.begun = true
		return do(cmd.Context(), args)
	}
}
