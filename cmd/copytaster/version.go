package main

import (
	"context"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/app"
)

func versionVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Say which version this is",
		Args:  cobra.NoArgs,
		RunE: t.act(func(context.Context, []string) error {
			v := app.BuildOf(debug.ReadBuildInfo())
			if t.isJSON() {
				return t.json(v)
			}
			t.say("copytaster %s (commit %s of %s, %s, %s)", v.Version, v.Commit, v.Date, v.Go, v.Platform)
			return nil
		}),
	}
	t.addFormat(cmd)
	return cmd
}
