// Package rules decides which stories matter.
//
// Compile turns a Definition, which config reads from YAML, into a Set, and
// reports the mistakes in it. Set.Match returns the rules that match a story,
// Set.Explain says why the others do not, and Set.Test runs the tests that stand
// beside the rules.
//
// This package is the front door. The work is done in the packages below it:
//
//	rules/syntax   the tree of a rule, what it means, and how terms are parsed
//	rules/lint     what is wrong with a definition, and what hardly can be meant
//	rules/match    the engine: rules are indexed, stories are the queries
//	rules/explain  why a rule matches a story or does not, and how near it came
//	rules/foreign  the query languages of other tools, to say what was meant
//
// A new key of a node is a field and a row in rules/syntax, its evaluation in
// rules/match, and a row in the table of config. CONTRIBUTING.md lists the steps.
//
// The meaning of rules is written a second time in the tests of rules/match, as
// plainly as can be. The engine is compared with it on random rules and stories.
package rules
