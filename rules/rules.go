package rules

import (
	"github.com/copytaster/copytaster/rules/explain"
	"github.com/copytaster/copytaster/rules/syntax"
)

// What rules are written in: see rules/syntax.
type (
	// Definition is what people write: named nodes, and the rules that use them.
	Definition = syntax.Definition
	// Rule is one watch rule.
	Rule = syntax.Rule
	// Node is one condition on a story.
	Node = syntax.Node
	// Place is a part of a story that a node looks in.
	Place = syntax.Place
	// Window is how close spans lie.
	Window = syntax.Window
	// Unit is what a window is measured in.
	Unit = syntax.Unit
	// Filter is a condition on what is known of a story beside its text.
	Filter = syntax.Filter
	// TestCase is a story in short, and whether the rule beside it must match it.
	TestCase = syntax.TestCase
	// TestStory is a story of a test, field by field.
	TestStory = syntax.TestStory
	// Mistake is something wrong with a definition, for people to correct.
	Mistake = syntax.Mistake
	// Reading is how a term is read, in words.
	Reading = syntax.Reading
)

// The units.
const (
	Anywhere  = syntax.Anywhere
	Words     = syntax.Words
	Sentence  = syntax.Sentence
	Paragraph = syntax.Paragraph
)

// UnknownConcept begins the message of a Mistake about a concept that the
// definition does not have; its name follows.
const UnknownConcept = syntax.UnknownConcept

// What Explain returns: see rules/explain.
type (
	// Explanation says why a rule matches a story, or why it does not.
	Explanation = explain.Explanation
	// Clause is one condition of a rule, and whether it holds.
	Clause = explain.Clause
	// Failed is a condition that does not hold, and why.
	Failed = explain.Failed
)

// Readings returns how every term of a definition is read, for people who wonder
// what it finds. Terms with a mistake are left out.
func Readings(d Definition) []Reading { return syntax.Readings(d) }
