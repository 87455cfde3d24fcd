package main

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/internal/probe"
	"github.com/copytaster/copytaster/internal/text"
)

// leastWidth is how many columns alerts need to be read with ease.
const leastWidth = 60

func doctorVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Look for what keeps copytaster from working on this machine",
		Long: `Look for what keeps copytaster from working on this machine. Where no daemon runs,
what "run" does at its start is tried and undone: let the user do it who runs the
daemon, with the daemon's environment. The answer is no when "run" would fail, or
alerts do not arrive; what only might become trouble is marked with "!".`,
		Args: cobra.NoArgs,
		RunE: t.act(func(ctx context.Context, _ []string) error { return examineMachine(ctx, t) }),
	}
	t.addFormat(cmd)
	return cmd
}

// diagnosis is the JSON form of all findings.
type diagnosis struct {
	OK       bool            `json:"ok"`
	Findings []probe.Finding `json:"checks"`
}

func examineMachine(ctx context.Context, t *tool) error {
	d := diagnosis{OK: true, Findings: []probe.Finding{lookAtTerminal(t.output)}}
	path, err := t.find()
	if err != nil {
		d.Findings = append(d.Findings, probe.Finding{Check: "config", Detail: err.Error(),
			Hint: "name one with -c, or let `copytaster init` write one"})
	} else {
		d.Findings = append(d.Findings, probe.Machine(ctx, t.logger(slog.LevelError), path, t.env)...)
	}
	for _, f := range d.Findings {
		d.OK = d.OK && f.OK
	}
	if t.isJSON() {
		if err := t.json(d); err != nil {
			return err
		}
	} else {
		printFindings(t.output, d.Findings)
	}
	if !d.OK {
		return errNo
	}
	return nil
}

func printFindings(out *output, all []probe.Finding) {
	for _, f := range all {
		out.say("%s %s: %s", out.palette.markOf(f.OK, f.Warning), f.Check, f.Detail)
		if f.Hint != "" {
			out.say("  hint: %s", f.Hint)
		}
	}
}

func lookAtTerminal(out *output) probe.Finding {
	f := probe.Finding{Check: "terminal", OK: true, Detail: "none"}
	if out.outTerminal {
		f.Detail = text.Plural(out.columns, "column")
		if f.Warning = out.columns > 0 && out.columns < leastWidth; f.Warning {
			f.Hint = fmt.Sprintf("%d columns are read with ease", leastWidth)
		}
	}
	return f
}
