package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/copytaster/copytaster/internal/app"
)

func manVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use: "man FOLDER", Short: "Write the manual pages of all commands", Hidden: true, Args: cobra.ExactArgs(1),
	}
	cmd.RunE = t.act(func(_ context.Context, args []string) error {
		if err := writePages(cmd.Root(), args[0], app.BuildOf(debug.ReadBuildInfo())); err != nil {
			return fmt.Errorf("write manual: %w", err)
		}
		return nil
	})
	return cmd
}

// writePages writes the page of a command and those of the commands below it.
func writePages(cmd *cobra.Command, folder string, b app.Build) error {
	name := filepath.Join(folder, pageName(cmd)+".1")
	if err := os.WriteFile(name, manualPage(cmd, b), 0o644); err != nil { //nolint:gosec // everybody reads manuals
		return err
	}
	for _, below := range documented(cmd) {
		if err := writePages(below, folder, b); err != nil {
			return err
		}
	}
	return nil
}

// documented are the commands below one that have a page. Those below completion, a
// shell each, are cobra's and say little that the shell's user does not know.
func documented(cmd *cobra.Command) (all []*cobra.Command) {
	for _, below := range cmd.Commands() {
		if below.IsAvailableCommand() && below.Name() != "help" && cmd.Name() != "completion" {
			all = append(all, below)
		}
	}
	return all
}

func pageName(cmd *cobra.Command) string { return strings.ReplaceAll(cmd.CommandPath(), " ", "-") }

// manualPage is a page in the macros of man(7). The package cobra/doc takes what
// --help shows for Markdown, which it is not: columns run together and placeholders
// are lost.
func manualPage(cmd *cobra.Command, b app.Build) []byte {
	var page bytes.Buffer
	put := func(format string, args ...any) { fmt.Fprintf(&page, format+"\n", args...) }
	date, _, _ := strings.Cut(strings.TrimPrefix(b.Date, "unknown"), "T")
	put(`.TH %q 1 %q %q "copytaster"`, strings.ToUpper(pageName(cmd)), date, "copytaster "+b.Version)
	put(".nh\n.ad l") // commands and keys are looked for as they are typed
	put(".SH NAME\n%s \\- %s", roff(pageName(cmd)), roff(cmd.Short))
	put(".SH SYNOPSIS")
	if documented(cmd) != nil && !cmd.Runnable() {
		put("\\fB%s\\fR COMMAND [ARGUMENT...] [\\-\\-flags]", roff(cmd.CommandPath()))
	} else {
		_, args, _ := strings.Cut(cmd.Use, " ")
		put("\\fB%s\\fR %s", roff(cmd.CommandPath()), roff(strings.TrimSpace(args+" [--flags]")))
	}
	put(".SH DESCRIPTION")
	page.Write(described(cmd))
	if below := documented(cmd); len(below) > 0 {
		put(".SH COMMANDS")
		for _, c := range below {
			put(".TP\n\\fB%s\\fR(1)\n%s", roff(pageName(c)), roff(c.Short))
		}
	}
	put(".SH OPTIONS")
	cmd.InitDefaultHelpFlag()
	each := func(f *pflag.Flag) { page.WriteString(option(f)) }
	cmd.NonInheritedFlags().VisitAll(each)
	cmd.InheritedFlags().VisitAll(each)
	page.WriteString(closing)
	if cmd.HasParent() {
		put(".SH SEE ALSO\n\\fB%s\\fR(1)", roff(pageName(cmd.Parent())))
	}
	return page.Bytes()
}

// closing is what all pages end with.
const closing = `.SH EXIT STATUS
.TP
\fB0\fR
done
.TP
\fB1\fR
the answer is no: a test failed, the config is wrong, something could not be done
.TP
\fB2\fR
wrong usage
.SH ENVIRONMENT
.TP
\fBCOPYTASTER_CONFIG\fR
the config file, where \fB\-\-config\fR names none
.SH FILES
.TP
\fI/etc/copytaster/copytaster.yaml\fR
the config, where neither of them names one and none is in the working folder
`

// described is what --help says at length. Paragraphs are filled anew, except those
// whose lines are a table or a sample.
func described(cmd *cobra.Command) []byte {
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	var out bytes.Buffer
	for i, paragraph := range strings.Split(strings.Trim(text, "\n"), "\n\n") {
		if i > 0 {
			out.WriteString(".PP\n")
		}
		paragraph = strings.Trim(paragraph, "\n")
		if strings.Contains(paragraph, "  ") || strings.HasPrefix(paragraph, "\t") {
			fmt.Fprintf(&out, ".nf\n%s\n.fi\n", roff(paragraph))
		} else {
			fmt.Fprintf(&out, "%s\n", roff(paragraph))
		}
	}
	return out.Bytes()
}

// option is the entry of a flag, with the placeholder that its usage quotes.
func option(f *pflag.Flag) string {
	if f.Hidden {
		return ""
	}
	placeholder, usage := pflag.UnquoteUsage(f)
	name := `\fB` + roff("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		name = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + name
	}
	if placeholder != "" {
		name += ` \fI` + roff(placeholder) + `\fR`
	}
	switch f.DefValue {
	case "", "false", "0", "0s", "[]":
	default:
		usage += fmt.Sprintf(" (default %s)", f.DefValue)
	}
	return fmt.Sprintf(".TP\n%s\n%s\n", name, roff(usage))
}

// roff quotes a text: nothing in it is a command, a "-" can be searched for, and
// what stands between backquotes is bold.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, ".") || strings.HasPrefix(line, "'") {
			lines[i] = `\&` + line
		}
	}
	spans := strings.Split(strings.Join(lines, "\n"), "`")
	if len(spans)%2 == 0 { // one without its end
		return strings.Join(spans, "`")
	}
	for i := 1; i < len(spans); i += 2 {
		spans[i] = `\fB` + spans[i] + `\fR`
	}
	return strings.Join(spans, "")
}
