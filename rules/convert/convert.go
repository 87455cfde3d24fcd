package convert

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/rules/foreign"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Query is a query of another tool, as rules say it.
type Query struct {
	Node         syntax.Node // a list or a map
	Only, Except syntax.Filter
	Lost         []Loss // by their columns
}

// Loss is what a rule does not say as the query did.
type Loss struct {
	Column int    // in characters, from 1
	Text   string // of the query
	Why    string // and what to do about it
}

// Convert reads a query of a tool. What has no counterpart is left out, and is among
// what was lost. The error is a *SyntaxError when the query cannot be read, or when
// nothing of it is left to look for.
func Convert(tool Tool, query string) (Query, error) {
	if len(query) > longestQuery {
		return Query{}, &SyntaxError{1, fmt.Sprintf("the query is longer than %d KiB", longestQuery>>10)}
	}
	d := dialectOf(tool)
	tokens, err := d.tokens(query)
	if err != nil {
		return Query{}, err
	}
	p := &parser{dialect: d, tokens: tokens, end: len([]rune(query)) + 1}
	e, err := p.sequence()
	if err != nil {
		return Query{}, err
	}
	if t, more := p.peek(); more {
		return Query{}, &SyntaxError{t.column, "no parenthesis is open that this one could end"}
	}
	w := &writer{dialect: d}
	w.Lost = p.lost
	if p.unsure && p.beside > 0 {
		w.lose(p.beside, "words side by side", "they were read as and: write quotes around a phrase, and convert again, if that is wrong")
	}
	if p.unsure && p.mixed > 0 {
		w.lose(p.mixed, p.mixedWord, "it stands beside an or without parentheses, and was read first: write parentheses, and convert again, if that is wrong")
	}
	n := w.whole(e)
	slices.SortStableFunc(w.Lost, func(a, b Loss) int { return a.Column - b.Column })
	if n == nil {
		why := "it only says what must not be there: a rule looks for something"
		if len(w.Lost) > 0 {
			why = fmt.Sprintf("nothing is left to look for: %s: %s", w.Lost[0].Text, w.Lost[0].Why)
		} else if !w.Only.IsZero() {
			why = "it looks for no words: a rule needs some beside what it asks of the source"
		}
		return Query{}, &SyntaxError{1, why}
	}
	w.Node = *list1(n)
	return w.Query, nil
}

// list1 returns a node that a rule can be: a term stands in a list.
func list1(n *syntax.Node) *syntax.Node {
	if n.Term != "" {
		return &syntax.Node{Any: []syntax.Node{*n}}
	}
	return n
}

// writer turns a query into nodes.
type writer struct {
	*dialect
	Query

	limit   limit  // of what is written now
	changed effect // of what was lost of it so far
}

func (w *writer) lose(column int, text, why string) {
	w.Lost = append(w.Lost, Loss{column, text, why})
}

// whole turns a whole query into a node. What it asks of the source and the like holds
// for the whole rule. It returns nil when nothing is left to look for.
func (w *writer) whole(e *expr) *syntax.Node {
	var all, none []syntax.Node
	var walk func(e *expr, wanted bool)
	walk = func(e *expr, wanted bool) {
		switch {
		case e == nil:
		case e.does == and && wanted:
			for _, kid := range e.kids {
				walk(kid, true)
			}
		case e.does == not && wanted:
			walk(e.kids[0], true)
			walk(e.kids[1], false)
		case w.fact(e, wanted):
		default:
			if !wanted {
				none = append(none, nodes(w.excluded(e))...)
			} else {
				all = append(all, nodes(w.node(e))...)
			}
		}
	}
	walk(e, true)
	if len(none) == 1 && none[0].IsList() {
		none = none[0].Any
	}
	switch {
	case len(all) == 0:
		return nil
	case len(all) == 1 && len(none) == 0:
		return &all[0]
	case len(all) == 1 && all[0].IsList():
		return &syntax.Node{Any: all[0].Any, None: none}
	}
	return &syntax.Node{All: all, None: none}
}

// nodes are the node that there is, or none.
func nodes(n *syntax.Node) []syntax.Node {
	if n == nil {
		return nil
	}
	return []syntax.Node{*n}
}

// node turns a part of a query into a node; nil when nothing of it is left, or when what is left
// would have the rule keep away more than the query does.
func (w *writer) node(e *expr) *syntax.Node {
	if e == nil {
		return nil
	}
	before := w.changed
	defer func() { w.changed = before }()
	w.changed = 0
	n := w.turned(e)
	if n != nil && (w.limit == noMore && w.changed&wider != 0 || w.limit == noLess && w.changed&narrower != 0) {
		w.lose(e.column, written(e), "what is left of it would keep away more than the query does: it was left out, and the rule finds more")
		return nil
	}
	return n
}

// turned is node, whatever came of what it lost.
func (w *writer) turned(e *expr) *syntax.Node {
	switch {
	case e.does == or:
		return w.alternatives(e)
	case e.does == and:
		return w.together(e, operation{})
	case e.does == near:
		return w.together(e, e.op)
	case e.does == not:
		return w.without(e)
	case e.does == notNear:
		return w.apart(e)
	case e.labelled:
		return w.placed(e)
	case e.useless != "":
		w.lose(e.column, e.text, e.useless)
		return nil
	case e.slop > 0:
		return w.sloppyPhrase(e)
	case e.length != "":
		w.lose(e.column, e.text, "rules ask for the length of the whole story: it has no place inside an or, or beside what must not be there")
		return nil
	case e.times > 0:
		n := w.node(e.kids[0])
		if n != nil {
			n = &syntax.Node{Any: listed(n), Times: e.times}
		}
		return n
	case e.first > 0:
		return within(w.node(e.kids[0]), syntax.Place{Words: e.first})
	}
	return w.term(e)
}

// listed are the nodes of a list, or the one node that is none.
func listed(n *syntax.Node) []syntax.Node {
	if n.IsList() {
		return n.Any
	}
	return []syntax.Node{*n}
}

func (w *writer) alternatives(e *expr) *syntax.Node {
	var either []syntax.Node
	for _, kid := range e.kids {
		if n := w.node(kid); n != nil {
			either = append(either, listed(n)...)
		} else {
			w.changed |= narrower
		}
	}
	switch len(either) {
	case 0:
		return nil
	case 1:
		return &either[0]
	}
	return &syntax.Node{Any: either}
}

// together is what must be there at once, within a distance or anywhere.
func (w *writer) together(e *expr, op operation) *syntax.Node {
	all := make([]syntax.Node, 0, len(e.kids))
	for _, kid := range e.kids {
		all = append(all, nodes(w.node(kid))...)
	}
	if len(all) < len(e.kids) {
		w.changed |= wider
	}
	switch {
	case len(all) == 0:
		return nil
	case len(all) == 1:
		return &all[0]
	case op.ordered && op.window == words(0) && all[0].Term != "" && all[1].Term != "":
		if phrase, ok := adjoined(all[0].Term, all[1].Term); ok {
			return &syntax.Node{Term: phrase}
		}
	}
	return &syntax.Node{All: all, Within: op.window, Ordered: op.ordered}
}

// adjoined joins two terms without signs to a phrase.
func adjoined(one, two string) (string, bool) {
	const signs = "=~/*?"
	if strings.ContainsAny(one, signs) || strings.ContainsAny(two, signs) {
		return "", false
	}
	return one + " " + two, true
}

// within looks for a node in some places alone.
func within(n *syntax.Node, in ...syntax.Place) *syntax.Node {
	if n == nil {
		return nil
	}
	if n.Term != "" || n.In != nil {
		n = &syntax.Node{Any: []syntax.Node{*n}}
	}
	n.In = in
	return n
}

// placed is what a field asks for where it is a part of the text.
func (w *writer) placed(e *expr) *syntax.Node {
	of := e.kids[0]
	field := func(names ...news.FieldName) *syntax.Node {
		places := make([]syntax.Place, len(names))
		for i, name := range names {
			places[i].Field = name
		}
		return within(w.node(of), places...)
	}
	switch e.target {
	case foreign.InTitle:
		return field(news.FieldTitle)
	case foreign.InLead:
		return field(news.FieldLead)
	case foreign.InTitleAndLead:
		return field(news.FieldTitle, news.FieldLead)
	case foreign.InBody:
		return field(news.FieldBody)
	case foreign.InURL, foreign.OfSite:
		return field(news.FieldURL)
	case foreign.ExactCase:
		return w.exact(e)
	}
	if isFact(e.target) {
		w.lose(e.column, written(e), "rules ask for it of the whole story: it has no place inside an or, a distance, a count or beside what must not be there")
		return nil
	}
	if name := strings.ToLower(e.label); name == "singular" || name == "plural" {
		w.lose(e.column, e.label, "both forms are found: write the word without ~ to find it alone")
		w.changed |= wider
		return w.node(of)
	}
	why := e.target.Hint("")
	if !isField(strings.TrimRight(e.label, ":=")) {
		why = "rules have no such field: it was left out"
	}
	w.lose(e.column, written(e), why)
	return nil
}

// exact writes terms that are looked for in one case alone: ALLCAPS in capitals, NOCAPS
// in small letters, CAPS with a capital in front, and any other as they are written.
func (w *writer) exact(e *expr) *syntax.Node {
	n := w.node(e.kids[0])
	if n == nil {
		return nil
	}
	n.Walk(nil, func(n *syntax.Node, _ *syntax.Path) {
		term := strings.TrimLeft(n.Term, "=~")
		if term == "" || strings.ContainsAny(term, "*/") {
			if term != "" {
				w.lose(e.column, term, "it is found in any case: = goes with whole words")
				w.changed |= wider
			}
			return
		}
		switch strings.ToLower(e.label) {
		case "allcaps":
			term = strings.ToUpper(term)
		case "nocaps":
			term = strings.ToLower(term)
		case "caps":
			_, size := firstRune(term)
			term = strings.ToUpper(term[:size]) + term[size:]
		}
		n.Term = "=" + term
	})
	return n
}

// written returns a part of a query as far as its words go.
func written(e *expr) string {
	if e == nil {
		return ""
	}
	text := strings.TrimSpace(e.text)
	if len(e.kids) > 0 {
		parts := make([]string, 0, len(e.kids))
		for _, kid := range e.kids {
			if part := written(kid); part != "" {
				parts = append(parts, part)
			}
		}
		text = strings.Join(parts, " ")
		if label := strings.TrimSpace(e.label); strings.ContainsAny(label, ":=") {
			text = label + text
		} else if label != "" {
			text = label + "(" + text + ")"
		}
	}
	return text
}

// Name returns a few words of what a query looks for, to name its rule.
func (q *Query) Name() string { return strings.Join(wanted(&q.Node, nil), " ") }

// wanted appends the first words of a node that a story must hold, three terms at most.
func wanted(n *syntax.Node, words []string) []string {
	if n.Term != "" && len(words) < 3 {
		return append(words, strings.Trim(n.Term, "=~*"))
	}
	for _, list := range [][]syntax.Node{n.All, n.Any, n.Of} {
		for i := range list {
			words = wanted(&list[i], words)
		}
	}
	return words
}
