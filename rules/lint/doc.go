// Package lint finds what is wrong with a definition. Check returns all mistakes
// at once, each with its path and a hint, for the command check and for every
// start.
//
// A mistake is an error, or a warning, which does not keep the rules from being
// used:
//
//   - Errors are what cannot be compiled, or never says what to look for: unknown
//     concepts, concepts that use themselves, terms that cannot be parsed, empty
//     lists, conditions without what they are about.
//   - Warnings are what can hardly be meant: a term twice in one list, words that
//     every story has, the operators of other search tools, a rule that needs what
//     it forbids, windows that what they are to hold does not fit into.
//
// What follows from a mistake that was reported is not reported again.
package lint
