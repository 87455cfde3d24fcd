// Package syntax is the language of watch rules: the tree that config reads from
// YAML, and its terms. A Definition holds rules and concepts; a rule is a tree of
// Nodes; Terms parses what the nodes look for.
//
// # Terms
//
// A term is words as people write them, with at most one sign:
//
//	missile         the word, however it is capitalised or accented
//	Kim Jong-un     the words next to each other; marks only part them
//	=US             in this case only
//	~weapon         in all its English inflections
//	missile*        and every word that begins so
//	organi?ation    one letter is left open
//	/mi+ssile/      an RE2 regular expression on the text as it is written
//
// The signs + # % $ right behind a word are looked for with it: C++ does not find
// C, and C finds C++. An open letter is none of an abbreviation with dots: U.?.
// does not find U.N. Case does not count in a regular expression, unless it says
// (?-i). What counts as the same word is decided in internal/text.
//
// # Spans
//
// A span is one place in a field where what a node looks for stands, from its
// first token to its last. (Messages call it a mention.)
//
//   - A term has a span wherever it stands.
//   - Any has the spans of all its nodes; a concept those of its definition; none
//     has no span.
//   - All has the combinations of one span of each of its nodes in one field. Each
//     title variant is a field of its own. Of the combinations that end with one
//     span only the closest counts: it takes the last span before of every other
//     node.
//   - Of has combinations, too, of as many of its nodes as it asks for.
//
// Of one term only the first 100,000 spans in a field are combined. Whether the
// term is there does not depend on that.
//
// # Levels
//
// Everything that stands on one level of the tree must hold. A level that has no
// conditions on spans is plain logic, and its nodes may hold in different fields.
// The conditions are:
//
//   - within N words: at most so many words lie between the end of the first span
//     of a combination and the start of the last one. Spans that overlap have none
//     between them. A Han or kana character is half a word, one of Thai, Lao,
//     Khmer or Burmese a quarter, a Korean word with its particles one. The
//     operands of a level are the nodes of All, Any taken together, and Of taken
//     together; of a single operand each span is a combination. A combination does
//     not count when a span of a None node fits into the window with it.
//   - within sentence, within paragraph: everything lies in the same one. A
//     paragraph is a line.
//   - ordered: each node of All starts after the one before it ends. Of the chains
//     that begin with one span only the closest counts: between the first node and
//     the last it takes the span that ends first, for the last node the one whose
//     last term starts first. Without within the window is the field.
//   - times N: so many spans, over all fields. Spans that overlap count once; of the
//     title variants the one with most spans counts. With within, the spans that
//     do not fit a window themselves are left out first, and N in a row must fit
//     into one. None is then about the whole story.
//   - near, not near, with within: a span of the level's nodes, those of None
//     included, counts only when a span of one of these fits into the window with
//     it, or only when none does. Combinations are made of the spans that count.
//   - not part of: a span inside a longer one of these does not count. Where this
//     is the only condition, a node holds when it has a span that counts.
//
// # Places
//
// In binds its level, and all levels below it that have none themselves. What it
// does not name is not looked at. Without it a node looks in title, lead and body;
// never always does. The first N words are those of each lead, and those of the
// body, counted on from the last lead, which is the first paragraph.
package syntax
