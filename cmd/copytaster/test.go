package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/rules"
)

func testVerb(t *tool) *cobra.Command {
	cmd := &cobra.Command{
		Use:               "test [RULE...]",
		Short:             "Run the tests written beside the rules",
		RunE:              t.act(func(_ context.Context, args []string) error { return testRules(t, args) }),
		ValidArgsFunction: t.completeRules,
	}
	t.addFormat(cmd, "github", "junit")
	return cmd
}

// tested is the JSON form of a test run.
type tested struct {
	Passed   int           `json:"passed"`
	Failed   int           `json:"failed"`
	Failures []failureJSON `json:"failures"`
}

// failureJSON is one test that did not go as it wants.
type failureJSON struct {
	Rule   string `json:"rule"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Want   string `json:"want"` // "match" or "no match"
	Text   string `json:"text"`
	Reason string `json:"reason"`

	Clauses []rules.Clause `json:"clauses"`

	failure rules.Failure
}

func testRules(t *tool, names []string) error {
	cfg, err := t.load(config.UseRules)
	if err != nil {
		return err
	}
	if err := knownRules(cfg, names); err != nil {
		return err
	}
	result := tested{Failures: []failureJSON{}}
	report := cfg.Rules.Test(names...)
	result.Passed, result.Failed = report.Passed, report.Failed
	for _, f := range report.Failures {
		file, line, _ := cfg.Position(f.Path)
		result.Failures = append(result.Failures, failureJSON{
			Rule: f.Rule, File: file, Line: line, Want: wanted(f.Want), Text: f.Text, Reason: f.Reason,
			Clauses: f.Explanation.Clauses, failure: f,
		})
	}
	switch t.format.value {
	case "json":
		err = t.json(result)
	case "github":
		githubFailures(t.output, result)
	case "junit":
		err = t.junit("test", testCases(cfg, names, result))
	default:
		printTests(t.output, result)
		printUntested(t.output, cfg, names)
	}
	if err == nil && result.Failed > 0 {
		err = errNo
	}
	return err
}

func wanted(match bool) string {
	if match {
		return "match"
	}
	return "no match"
}

// listsRules says where the names of rules are found.
const listsRules = "`copytaster check --verbose` lists the rules"

func ruleNames(all []rules.Rule) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return names
}

// knownRules refuses names that no rule has.
func knownRules(cfg *config.Config, names []string) error {
	for _, name := range names {
		if !slices.ContainsFunc(cfg.Rules.Rules(), func(r rules.Rule) bool { return r.Name == name }) {
			return unknownName("rule", name, ruleNames(cfg.Rules.Rules()), listsRules)
		}
	}
	return nil
}

func printTests(out *output, result tested) {
	for _, f := range result.Failures {
		out.say("%s %s:%d: %s", out.palette.mark(false), f.File, f.Line, f.Rule)
		out.say("  want %s: %s", f.Want, f.Text)
		printFailure(out, &f.failure)
	}
	out.say("%s %d passed, %d failed", out.palette.mark(result.Failed == 0), result.Passed, result.Failed)
}

// mostUntested is how many rules without tests are named.
const mostUntested = 5

// printUntested names rules without tests: that none failed says nothing of them.
func printUntested(out *output, cfg *config.Config, names []string) {
	var untested []string
	for _, r := range cfg.Rules.Rules() {
		if len(r.Tests) == 0 && (len(names) == 0 || slices.Contains(names, r.Name)) {
			untested = append(untested, r.Name)
		}
	}
	if n := len(untested); n > mostUntested {
		untested = append(untested[:mostUntested], fmt.Sprintf("and %d more", n-mostUntested))
	}
	if len(untested) > 0 {
		out.say("rules without tests: %s", strings.Join(untested, ", "))
	}
}

// printFailure shows what a test that failed found, a sentence that stands in
// several fields once, and how the rule came to its answer.
func printFailure(out *output, f *rules.Failure) {
	seen := map[string]bool{}
	for _, line := range rules.MarkedSentences(f.Explanation.Evidence, f.Fields, out.palette.found) {
		if _, sentence, _ := strings.Cut(line, ": "); !seen[sentence] {
			seen[sentence] = true
			out.say("  %s", line)
		}
	}
	printClauses(out, f.Explanation.Clauses, "  ")
}

func githubFailures(out *output, result tested) {
	for _, f := range result.Failures {
		out.github("error", f.File, f.Line, 0, fmt.Sprintf("%s: want %s: %s: %s", f.Rule, f.Want, f.Text, f.Reason))
	}
	out.say("%d passed, %d failed", result.Passed, result.Failed)
}

// testCases lists the tests that were run, those that failed with their reason.
func testCases(cfg *config.Config, names []string, result tested) []junitCase {
	failures := map[string]failureJSON{}
	for _, f := range result.Failures {
		failures[f.failure.Path] = f
	}
	cases := []junitCase{}
	for _, r := range cfg.Rules.Rules() {
		if len(names) > 0 && !slices.Contains(names, r.Name) {
			continue
		}
		for i, test := range r.Tests {
			c := junitCase{Class: r.Name, Name: fmt.Sprintf("%d: %s", i+1, wanted(test.Want))}
			if f, failed := failures[test.Path]; failed {
				c.Failure = &junitFailure{Message: f.Reason, Text: fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Text)}
			}
			cases = append(cases, c)
		}
	}
	return cases
}
