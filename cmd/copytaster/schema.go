package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
)

func schemaVerb(t *tool) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of the config, for editors",
		Long: `Print the JSON Schema (draft 7) of every file that a config is made of. An editor
with a YAML language server then completes the keys, says what they are for and
marks what is misspelt, when a file begins with

    # yaml-language-server: $schema=copytaster.schema.json

` + "`copytaster init`" + ` writes the same schema beside the starter.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(context.Context, []string) error {
			_, err := t.Write(config.Schema())
			return err
		}),
	}
}
