// Package explain says why a rule matches a story or does not, and how near it
// came. Open reads a story; Explainer.Rule explains one rule for it.
//
// An Explanation tells the rule three times:
//
//   - Evidence is where the conditions that hold were found.
//   - Failed lists the conditions that do not hold, the innermost first, each with
//     its reason.
//   - Clauses is the whole rule as a tree, each condition with whether it holds.
//
// The reason of a condition is the first of these that applies:
//
//  1. What a part of it lacks, when it has parts.
//  2. Where its terms stand, when they had to stand elsewhere.
//  3. What comes near to a term that is missing: another form of the word, another
//     case, the beginning of the phrase, a word with a similar spelling.
//  4. That none of its terms was found.
//
// It asks the engine for everything that holds, and decides nothing itself: an
// explanation cannot contradict a match.
package explain
