package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/text"
)

// tool is one run of the program: its streams and the flags of all verbs.
type tool struct {
	*output
	configFlag string // -c
	begun      bool   // the command line was understood
}

var (
	// errNo ends a run whose answer is no, after it was given.
	errNo = errors.New("the answer is no")
	// errUsage is wrapped by what is wrong with arguments that only the verb
	// itself can judge.
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

// explainUsage adds to a mistake in the command line what was most likely
// meant, or where to read on.
func explainUsage(cmd *cobra.Command, args []string, err error) error {
	if strings.HasPrefix(err.Error(), "unknown command") {
		for _, arg := range args {
			if near := cmd.SuggestionsFor(arg); len(near) > 0 && !strings.HasPrefix(arg, "-") {
				return withHint(err, "did you mean `%s %s`?", cmd.CommandPath(), near[0])
			}
		}
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
	root.SetErr(t.stdio.err)
	root.SetHelpCommand(helpVerb(root))
	root.PersistentFlags().StringVarP(&t.configFlag, "config", "c", "",
		"config `file` (default $COPYTASTER_CONFIG, ./copytaster.yaml, /etc/copytaster/copytaster.yaml)")
	root.AddCommand(demoVerb(t), initVerb(t), checkVerb(t), testVerb(t), schemaVerb(t), runVerb(t), explainVerb(t), extractVerb(t),
		crawlVerb(t), statusVerb(t), sendTestVerb(t), deliveriesVerb(t), backupVerb(t), backtestVerb(t), importVerb(t), discoverVerb(t), importOPMLVerb(t), exportOPMLVerb(t), doctorVerb(t), versionVerb(t))
	return root
}

// helpVerb is cobra's, but for a verb that is not there: that is wrong usage.
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

// act makes a verb of a function.
func (t *tool) act(do func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		t.begun = true
		return do(cmd.Context(), args)
	}
}

// format is the value of --format.
type format struct {
	value string
	known []string
}

// String returns the format chosen.
func (f *format) String() string { return f.value }

// Type is how the value is called in the help.
func (f *format) Type() string { return strings.Join(f.known, "|") }

// Set chooses a format.
func (f *format) Set(value string) error {
	if !slices.Contains(f.known, value) {
		return fmt.Errorf("want %s", strings.Join(f.known, ", "))
	}
	f.value = value
	return nil
}

// addFormat gives a verb the flag --format.
func (t *tool) addFormat(cmd *cobra.Command, more ...string) {
	f := &format{value: "text", known: append([]string{"text", "json"}, more...)}
	cmd.Flags().Var(f, "format", "how to answer")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(f.known, cobra.ShellCompDirectiveNoFileComp))
	run := cmd.RunE
	cmd.RunE = func(c *cobra.Command, args []string) error {
		t.format = *f
		return run(c, args)
	}
}

func (o *output) isJSON() bool { return o.format.value == "json" }

// find says which config file is used, on err too when it was not named.
func (t *tool) find() (string, error) {
	path, err := config.Find(t.configFlag, t.env)
	if err != nil {
		return "", withHint(err, "name one with -c, or let `copytaster init` write one; `copytaster demo` needs none")
	}
	if t.configFlag == "" {
		t.note("config: %s", path)
	}
	return path, nil
}

// load reads the config, of which the parts named are used. Its mistakes are
// written out; the error counts them.
func (t *tool) load(uses ...config.Use) (*config.Config, error) {
	path, err := t.find()
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(path, t.env, uses...)
	if err == nil {
		return cfg, nil
	}
	return nil, t.complain(path, err)
}

// complain writes out the mistakes of a config.
func (t *tool) complain(path string, err error) error {
	var mistakes config.Mistakes
	if !errors.As(err, &mistakes) {
		return err
	}
	t.block(mistakes.Errors().Error())
	return withHint(fmt.Errorf("load config %s: %s", path, text.Plural(len(mistakes.Errors()), "mistake")),
		"`copytaster check` looks at it again")
}

// logger writes what happens below the verbs to err, from a level on.
func (o *output) logger(level slog.Leveler) *slog.Logger {
	if o.errTerminal {
		return slog.New(tint.NewTextHandler(o.stdio.err, &tint.Options{Level: level, NoColor: !o.colourful(), TimeFormat: "15:04:05"}))
	}
	return slog.New(slog.NewTextHandler(o.stdio.err, &slog.HandlerOptions{Level: level}))
}
