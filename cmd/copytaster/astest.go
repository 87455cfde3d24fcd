package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// printAsTest prints a test for each rule that matches, and of rules that were
// asked for also for those that do not. Every test was tried: it passes.
func printAsTest(out *output, set *rules.Set, story *news.Story, explained []rules.Explanation, asked bool) error {
	found := false
	for _, e := range explained {
		if !e.Matched && !asked {
			continue
		}
		test, ok := rules.ShortestTest(set, story, e)
		if !ok {
			return fmt.Errorf("write test of %s: no test says what this story does: %s", e.Rule, reasons(e))
		}
		found = true
		out.say("# beside the rule %s:\ntests:\n%s", e.Rule, config.WriteTest(test))
	}
	if !found {
		return withHint(errors.New("write test: no rule matches the story"), "name a rule with --rule to keep it from matching")
	}
	return nil
}

func reasons(e rules.Explanation) string {
	all := make([]string, len(e.Failed))
	for i, f := range e.Failed {
		all[i] = f.String()
	}
	return strings.Join(all, "; ")
}
