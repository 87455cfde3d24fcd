// Package rules decides which stories matter. Compile turns a Definition,
// which config reads from YAML, into a Set; Set.Match gives the rules that find
// what they look for in a story, Set.Explain says why the others do not, and
// Set.Test runs the tests written beside the rules.
//
// A rule is a tree of nodes. A term is words as people write them, with at most
// one sigil: =US in this case only, ~weapon in all its inflections, missile*
// and what begins so; organi?ation leaves a letter open (but none of capitals
// with dots: U.?. does not find U.N.), and /re2/ is a regular expression on the
// text as it is written, for which case does not count unless it says (?-i).
// The signs + # % $ right behind a word are looked for with it: C++ does not find
// C, and C finds C++. All other marks, ! among them, only part words.
// What counts as the same word is decided in internal/text. A concept is a node
// with a name. Every story is read once, however many rules there are; a rule is
// looked at only when one of the terms that it cannot do without was found.
//
// # Mentions
//
// A mention is one place in a field where what a node looks for stands, from
// its first token to its last. A term is mentioned wherever it stands, a list
// of alternatives wherever one of them is, a concept where its definition is,
// none nowhere. All is mentioned by combinations of one mention of each of its
// nodes in one field (a title variant is a field of its own): of the
// combinations that end with a mention, the one with the last before it of
// every other node, which are as close as can be. At least N of a list is
// mentioned likewise by N of its nodes. Of one term only the first 100,000
// mentions in a field are looked at together; whether it is there at all does
// not depend on that.
//
// # What a level asks of its mentions
//
//   - within N words: so many words at most lie between the end of the first
//     mention of a combination and the start of the last one; what overlaps has
//     none between. A Han or kana character is half a word, one of Thai, Lao,
//     Khmer or Burmese a quarter, a Korean word with its particles one. The
//     parts of a level are the nodes of All, Any together, and Of together; of
//     one part alone each mention is a combination. A combination is spoilt when
//     a mention of a None node fits into the window with it.
//   - within sentence, within paragraph: everything lies in the same one. A
//     paragraph is a line.
//   - ordered: each node of All starts after the one before ends. Of the chains
//     that begin with a mention there is one, which is as close as can be:
//     between the first node and the last it takes the mention that ends first,
//     for the last node the one whose last term starts first. Without within the
//     window is the field.
//   - times N: so many mentions, of which those that overlap count once, over
//     all fields; of the title variants the one with most counts. With within,
//     those that do not fit by themselves are left out first, and N in a row fit
//     into one window. None is then about the whole story.
//   - near, not near, with within: a mention of the level's nodes, those of None
//     included, counts only when a mention of one of these fits into the window
//     with it, or when none does. Combinations are made of what counts.
//   - not part of: a mention inside a longer one of these does not count.
//
// A level that asks nothing of this is plain: its nodes may hold in different
// fields. With not part of alone, a node holds when it has a mention that
// counts.
//
// In binds a level and all below it that say nothing themselves; what it does
// not name is not looked at. The first N words are those of each lead, and
// those of the body counted on from the last lead, the first paragraph. Without
// it a node looks in title, lead and body; never always does.
//
// The evidence of a match is the first combination that made a level hold, in
// the order title, lead, body, URL, or else the first finds of each node.
package rules
