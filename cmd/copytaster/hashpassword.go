package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/copytaster/copytaster/internal/login"
)

func hashPasswordVerb(t *tool) *cobra.Command {
	return &cobra.Command{
		Use:   "hash-password",
		Short: "Make the hash of a password for `auth` of the config",
		Long: `Make the hash of a password, which auth.users of the config takes as password_hash.
The password is asked for, or it is the first line of standard input.`,
		Args: cobra.NoArgs,
		RunE: t.act(func(context.Context, []string) error { return hashPassword(t.output) }),
	}
}

func hashPassword(out *output) error {
	password, err := askPassword(out)
	if err != nil {
		return fmt.Errorf("read password: %w", err)
	}
	hash, err := login.Hash(password)
	if err != nil {
		return err
	}
	out.say("%s", hash)
	return nil
}

// askPassword reads a password, without showing it where a terminal would.
func askPassword(out *output) (string, error) {
	if f, is := out.in.(*os.File); is && term.IsTerminal(int(f.Fd())) {
		out.note("Password:")
		typed, err := term.ReadPassword(int(f.Fd()))
		return string(typed), err
	}
	line, err := bufio.NewReader(io.LimitReader(out.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}
