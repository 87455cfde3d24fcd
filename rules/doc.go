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
// A new key of a rule is a field and a row of the table of lists in
// rules/syntax, an effect in rules/match, and a row in the decoder of config.
// Lint and explain go through that table, and know what to say of a key that
// they have no words of their own for.
//
// The meaning of rules is written a second time in the tests of rules/match, as
// plainly as can be. What the engine finds is held against it for random rules
// and stories.
package rules
