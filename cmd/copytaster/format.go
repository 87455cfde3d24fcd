package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

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

// addFormat adds the flag --format to a verb.
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
