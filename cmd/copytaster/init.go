package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
)

func initVerb(t *tool) *cobra.Command {
	return &cobra.Command{
		Use:   "init [DIR]",
		Short: "Write a commented config to start from; nothing is ever overwritten",
		Args:  cobra.MaximumNArgs(1),
		RunE: t.act(func(_ context.Context, args []string) error {
			return writeStarter(t.output, append(args, ".")[0])
		}),
	}
}

// writeStarter writes the starter files into a folder, all or none.
func writeStarter(out *output, dir string) error {
	names, err := fs.Glob(config.Starter(), "*")
	if err != nil {
		return fmt.Errorf("write starter: %w", err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("write starter: %w", err)
	}
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); !errors.Is(err, fs.ErrNotExist) {
			return withHint(fmt.Errorf("write starter: %s is there already", filepath.Join(dir, name)),
				"nothing was written: give init a folder without one")
		}
	}
	for _, name := range names {
		if err := writeNew(dir, name); err != nil {
			return fmt.Errorf("write starter: %w", err)
		}
		out.say("%s", filepath.Join(dir, name))
	}
	out.note("next: `copytaster check`, then `copytaster run`%s", in(dir))
	return nil
}

func writeNew(dir, name string) error {
	whole, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	text, err := config.StarterFor(whole, name)
	if err != nil {
		return err
	}
	//nolint:gosec // the daemon's group may read it
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// in says where to type a command, unless that is here.
func in(dir string) string {
	if filepath.Clean(dir) == "." {
		return ""
	}
	return ", in " + dir
}
