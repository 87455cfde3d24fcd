package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
)

func backupVerb(t *tool) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Write a whole copy of the SQLite store, beside a running daemon",
		Args:  cobra.ExactArgs(1),
		RunE:  t.act(func(ctx context.Context, args []string) error { return backUp(ctx, t, args[0]) }),
	}
}

func backUp(ctx context.Context, t *tool, file string) (err error) {
	_, r, err := t.reader(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := r.Backup(ctx, file); err != nil {
		return err
	}
	t.say("%s", file)
	return nil
}
