// Package match is the engine: a search engine the other way round. Rules are
// indexed, and each story is a query that finds the rules that match it. A Builder
// makes an Index of a definition; Index.Match returns the rules that match a
// story, with evidence.
//
// # The index
//
// Every rule is reduced to a condition that all stories that match it meet: a
// conjunction of clauses, each a list of keys of which one at least is found. A
// key is the ID of a phrase (the words of one or more terms, as internal/text
// compares them), or the ID of a group (a clause of a concept, which all rules
// that use the concept share). The rule is posted under the keys of its rarest
// clause alone, by the frequencies of words in news.
//
//	rule 7: all: [$arms, Putin, [visit, talks]]     concept arms: [missile, weapon]
//
//	conjunction      (group 90) AND (putin) AND (visit OR talks)
//	rarest first     (putin) AND (group 90) AND (visit OR talks)
//	posted under     putin
//
// All numbers are uint32. A table is rows of numbers laid one after the other:
//
//	groups   by phrase   missile → 90     weapon → 90
//	lists    by key      putin   → posting of rule 7, posting of rule 12, …
//	rest     by rule     7       → visit, talks|last
//	always   rules without a clause (their terms are regular expressions)
//
// A posting holds the rule and its second clause, so that most postings are
// dismissed where they are read. The last key of a clause has the top bit:
//
//	┌──────────┬──────────┬───┬────────────┐
//	│ rule<<1  │ key      │ … │ key | last │   a rule with a second clause
//	├──────────┼──────────┴───┴────────────┘
//	│ rule<<1|1│                               a rule with one clause
//	└──────────┘
//
// The keys are numbered so that what is read often lies together:
//
//	0 no phrase │ phrases with a posting list │ groups │ other phrases
//	            │ the frequent ones first     │        │ the frequent ones first
//
// Beside the tables stand two bitmaps: the terms that stand wherever their phrase
// is found, and the rules that match wherever their clauses are. The second spares
// most matches of plain rules their evaluation.
//
// The rules themselves are kept encoded, a few bytes each, and compiled to
// expressions when they first become candidates.
//
// # Evaluation
//
// A story is matched in steps, of which each leaves less to the next:
//
//  1. Find phrases: one pass over the text finds the phrases of all terms and marks
//     them in a bitmap (text.Finder). The cost grows with the text, and hardly with
//     the rules.
//  2. Mark groups: each phrase found marks its groups. The cost is the length of
//     their rows.
//  3. Read posting lists: of each key found, every posting whose second clause is
//     marked makes its rule a candidate. The cost is the length of the lists,
//     and a fetch from memory for each list.
//  4. Check the rest: a candidate whose other clauses are marked stays. The cost is
//     one fetch from memory for each candidate, and its clauses.
//  5. Filter: what the rule says of source, language and the like is compared. The
//     cost is a few comparisons of strings; the length of the text is counted last.
//  6. Evaluate: the expression is walked. A term whose phrase is conclusive costs a
//     bit; any other is looked for in the tokens of the story, which are cut once,
//     when the first rule needs them. Concepts are evaluated once for all rules.
//  7. Combine spans: only levels with conditions on spans come here. Combinations,
//     chains and windows cost the spans of the operands, sorted, times the number
//     of operands; never their product. near and not part of cost a binary search
//     for each span.
//  8. Collect evidence: only Match does so, and only for rules that match. It takes
//     the spans apart again into the terms that they were made of.
//
// Rules whose conjunction is conclusive skip steps 5 to 7. One Evaluation holds
// what is known of one story, and serves one goroutine; its memory is used again
// for the next story.
package match
