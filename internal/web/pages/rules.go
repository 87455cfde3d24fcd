package pages

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/app"
	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules"
)

// ruleList is what the page of rules shows.
type ruleList struct {
	All  []listedRule
	More int // rules that are left out
	Days int
}

// listedRule is a rule with how often it matched.
type listedRule struct {
	rules.Rule
	Link string
	bars
}

// rules lists the rules, with how often each matched of late.
func (s *site) rules(r *http.Request) (sheet, error) {
	all := s.Config().Definition.Rules
	v := ruleList{Days: app.RuleDays}
	if more := len(all) - mostRules; more > 0 {
		all, v.More = all[:mostRules], more
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	matched, err := s.RuleMatches(r.Context(), names)
	if err != nil {
		return sheet{}, err
	}
	for i := range all {
		v.All = append(v.All, listed(s, all[i], matched))
	}
	return sheet{Frame: "rules", Title: "Rules", At: "/rules", Data: v}, nil
}

// ruleLink is the page of a rule.
func ruleLink(name string) string { return "/rule?" + url.Values{"name": {name}}.Encode() }

func listed(s *site, r rules.Rule, matched map[string][]int64) listedRule {
	days := matched[r.Name]
	if days == nil {
		days = make([]int64, app.RuleDays)
	}
	return listedRule{Rule: withoutSecrets(r), Link: ruleLink(r.Name), bars: barsOf(days, s.FirstDay())}
}

// withoutSecrets hides what is a secret by its form in the texts of a rule.
func withoutSecrets(r rules.Rule) rules.Rule {
	for _, text := range []*string{&r.Note, &r.Instruction, &r.Topic} {
		*text = news.WithoutSecrets(*text)
	}
	return r
}

// ruleSheet is what the page of one rule shows.
type ruleSheet struct {
	listedRule
	app.RuleRecord
	TryLink string
	Tests   rules.Report
	Tried   []triedTest
	Texts   []config.RuleText // as its editor wrote it
	Snoozed []app.Snoozed     // of it, that hold
	Snooze  string            // the page that snoozes it
}

// triedTest is a test beside a rule, and how it went.
type triedTest struct {
	Want   bool
	Text   string
	Reason string // why it failed; "" when it passed
}

// mostTests is how many tests of a rule are listed.
const mostTests = 50

// triedTests lists the first tests of a rule, those that failed first.
func triedTests(r *rules.Rule, report *rules.Report) (all []triedTest) {
	for j := range r.Tests {
		t := &r.Tests[j]
		said := cmp.Or(t.Text, t.Story.Title, t.Story.Lead, t.Story.Body, t.Story.URL)
		tried := triedTest{Want: t.Want, Text: news.WithoutSecrets(said)}
		for _, f := range report.Failures {
			if f.Path == t.Path || t.Path == "" && strings.HasSuffix(f.Path, fmt.Sprintf(".tests[%d]", j)) {
				tried.Reason = f.Reason
			}
		}
		all = append(all, tried)
	}
	slices.SortStableFunc(all, func(a, b triedTest) int { return number(b.Reason != "") - number(a.Reason != "") })
	return all[:min(len(all), mostTests)]
}

// rule shows one rule: how often it matches, what people said, and what it could leave out.
func (s *site) rule(r *http.Request) (sheet, error) {
	name := r.URL.Query().Get("name")
	found, ok := s.RuleNamed(name)
	if !ok {
		return sheet{}, notFoundError("There is no rule of this name.")
	}
	matched, err := s.RuleMatches(r.Context(), []string{name})
	if err != nil {
		return sheet{}, err
	}
	v := ruleSheet{listedRule: listed(s, found, matched), TryLink: "/try?" + url.Values{"rule": {name}}.Encode()}
	v.Tests, v.Texts = s.Config().Rules.Test(name), s.Config().RuleTexts(name)
	v.Tried, v.Snooze = triedTests(&found, &v.Tests), snoozeLink(name)
	all, err := s.Snoozes(r.Context())
	if err != nil {
		return sheet{}, err
	}
	v.Snoozed = slices.DeleteFunc(all, func(z app.Snoozed) bool { return z.Rule != name })
	if v.RuleRecord, err = s.RuleRecord(r.Context(), name); err != nil {
		return sheet{}, err
	}
	return sheet{Frame: "rule", Title: strings.TrimSpace("Rule " + name), At: "/rules", Data: v}, nil
}
