package convert

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/rules/foreign"
)

// SyntaxError is why a query cannot be read.
type SyntaxError struct {
	Column  int // of the place in the query, in characters from 1
	Message string
}

// Error returns the message with its place.
func (e *SyntaxError) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Message) }

// expr is a query, or a part of one.
type expr struct {
	does   action // none: a term, or what label, times and first say of one operand
	op     operation
	kids   []*expr // of not the second is what must not be there, and the first may be nil
	text   string  // a term as written
	quoted bool
	column int

	labelled bool
	label    string
	target   foreign.Meaning
	times    int // atleast
	first    int // the first words
	slop     int // words that may stand between those of a phrase
	length   string
	useless  string // why it is left out
}

const orNot = "a rule cannot say “this or not that”: split it into two queries"

// deepest is how many parentheses may stand inside each other. A rule takes 100 lists.
const deepest = 40

// parser reads the tokens of a query.
type parser struct {
	*dialect
	tokens []token
	end    int // column behind the query
	depth  int
	beside int // column of the first two words without an operator between them; 0: none
	mixed  int // column of the first operator of another kind beside an "or" without parentheses; 0: none

	mixedWord string // that operator
	lost      []Loss
}

func (p *parser) peek() (t token, ok bool) {
	if len(p.tokens) == 0 {
		return token{column: p.end}, false
	}
	return p.tokens[0], true
}

func (p *parser) take() token {
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	if t.kind == operator && t.why != "" {
		p.lost = append(p.lost, Loss{t.column, t.text, t.why})
	}
	return t
}

// sequence reads operands and the operators between them, up to a parenthesis that ends
// them or the end.
func (p *parser) sequence() (*expr, error) {
	var (
		operands []*expr
		between  []token
	)
	for {
		t, ok := p.peek()
		if !ok || t.kind == closed {
			break
		}
		op := token{kind: operator, text: "words side by side", column: t.column, op: operation{does: p.joined}}
		switch {
		case t.kind == operator || p.isBut(t):
			var err error
			if op, err = p.operator(len(operands) == 0); err != nil {
				return nil, err
			}
			if n := len(between); p.minus && op.op.does == or && n > 0 && between[n-1].op.does == not {
				return nil, &SyntaxError{op.column, orNot}
			}
			if len(operands) == 0 {
				operands = append(operands, nil)
			}
		case p.joined == near:
			op.op = operation{does: near, window: words(0), ordered: true}
		case p.beside == 0 && len(operands) > 0:
			p.beside = t.column
		}
		if len(operands) > 0 {
			between = append(between, op)
		}
		operand, err := p.operand()
		if err != nil {
			return nil, err
		}
		operands = append(operands, operand)
	}
	if len(operands) == 0 {
		t, _ := p.peek()
		return nil, &SyntaxError{t.column, "there is nothing to look for here"}
	}
	p.noteMixed(between)
	return p.reduce(operands, between), nil
}

// isBut reports whether a word is the first one of "but not".
func (p *parser) isBut(t token) bool {
	return t.kind == word && strings.EqualFold(t.text, "but") && len(p.tokens) > 1 && p.tokens[1].op.does == not
}

// operator reads an operator of several words: and not, but not, not near.
func (p *parser) operator(leading bool) (token, error) {
	op := p.take()
	if op.kind == word {
		op = p.take() // but not
	}
	if leading && op.op.does != not {
		return op, &SyntaxError{op.column, fmt.Sprintf("there is nothing in front of %s", op.text)}
	}
	next, ok := p.peek()
	switch {
	case !ok || next.kind == closed:
		return op, &SyntaxError{op.column, fmt.Sprintf("there is nothing behind %s", op.text)}
	case next.kind != operator:
	case op.op.does == and && next.op.does == not:
		op = p.take()
	case op.op.does == not && next.op.does == near && !leading:
		op.op = p.take().op
		op.op.does, op.op.ordered = notNear, false
	case op.op.does == or && next.op.does == not:
		return op, &SyntaxError{next.column, orNot}
	}
	if next, ok := p.peek(); !ok || next.kind == operator || next.kind == closed {
		return op, &SyntaxError{op.column, fmt.Sprintf("there is nothing behind %s", op.text)}
	}
	return op, nil
}

// operand reads a term, what stands in parentheses, or a field with its value.
func (p *parser) operand() (e *expr, err error) {
	switch t := p.take(); t.kind {
	case open:
		if e, err = p.inner(t); err != nil {
			return nil, err
		}
	case label, count:
		next, ok := p.peek()
		if !ok || next.kind == closed || next.kind == operator {
			return nil, &SyntaxError{t.column, fmt.Sprintf("there is nothing behind %s", t.text)}
		}
		of, err := p.labelled(t)
		if err != nil {
			return nil, err
		}
		e = &expr{
			kids: []*expr{of}, column: t.column, text: t.text,
			labelled: t.kind == label, label: t.text, target: t.target, times: t.n,
		}
	case bound:
		e = &expr{column: t.column, text: t.text, length: t.text}
	case useless:
		e = &expr{column: t.column, text: t.text, useless: t.why}
	case word, phrase:
		e = &expr{text: t.text, quoted: t.kind == phrase, column: t.column, slop: t.n}
		if p.joined == near && t.n == 0 { // words side by side are a phrase
			for len(p.tokens) > 0 && p.tokens[0].kind == word && !p.isBut(p.tokens[0]) {
				e.text += " " + p.take().text
			}
		}
	default:
		return nil, &SyntaxError{t.column, fmt.Sprintf("%s has no place here", t.text)}
	}
	if t, ok := p.peek(); ok && t.kind == opening {
		p.take()
		e = &expr{kids: []*expr{e}, first: t.n, column: e.column, text: t.text}
	}
	return e, nil
}

// labelled reads the value of a field: one operand, or all that follows where the field says so.
func (p *parser) labelled(of token) (*expr, error) {
	if !strings.HasPrefix(strings.ToLower(of.text), "allin") {
		return p.operand()
	}
	end, depth := 0, 0
	for ; end < len(p.tokens) && depth >= 0; end++ {
		t := p.tokens[end]
		switch t.kind {
		case open:
			depth++
		case closed:
			depth--
		}
		if depth < 0 || depth == 0 && (t.kind == label || t.op.does == not) {
			break
		}
	}
	for end > 1 && p.tokens[end-1].kind == operator {
		end--
	}
	inside := &parser{dialect: p.dialect, tokens: p.tokens[:end:end], end: p.end, depth: p.depth}
	e, err := inside.sequence()
	p.lost, p.tokens = append(p.lost, inside.lost...), p.tokens[end:]
	p.beside = cmp.Or(p.beside, inside.beside)
	if p.mixed == 0 {
		p.mixed, p.mixedWord = inside.mixed, inside.mixedWord
	}
	return e, err
}

// inner reads what stands between parentheses.
func (p *parser) inner(begin token) (*expr, error) {
	if p.depth++; p.depth > deepest {
		return nil, &SyntaxError{begin.column, fmt.Sprintf("more than %d parentheses stand inside each other", deepest)}
	}
	e, err := p.sequence()
	if err != nil {
		return nil, err
	}
	if _, ok := p.peek(); !ok {
		return nil, &SyntaxError{begin.column, "the parenthesis that begins here never ends"}
	}
	p.take()
	p.depth--
	return e, nil
}

// noteMixed notes an "and" or a "not" that stands beside an "or".
func (p *parser) noteMixed(between []token) {
	other := slices.IndexFunc(between, func(t token) bool { return t.op.does == and || t.op.does == not })
	if p.mixed == 0 && other >= 0 && slices.ContainsFunc(between, func(t token) bool { return t.op.does == or }) {
		p.mixed, p.mixedWord = between[other].column, map[action]string{and: "and", not: "not"}[between[other].op.does]
	}
}

// reduce joins operands in the order in which their operators bind.
func (p *parser) reduce(operands []*expr, between []token) *expr {
	for _, does := range p.order {
		for _, window := range p.windows(does, between) {
			operands, between = joinAll(operands, between, func(t token) bool {
				return t.op.does == does && (window < 0 || rank(t) == window)
			})
		}
	}
	return operands[0]
}

// joinAll joins the operands of the operators that bind now, from the left.
func joinAll(operands []*expr, between []token, binds func(token) bool) ([]*expr, []token) {
	kept, ops := operands[:1:1], []token(nil)
	for i, t := range between {
		if !binds(t) {
			kept, ops = append(kept, operands[i+1]), append(ops, t)
			continue
		}
		last := len(kept) - 1
		kept[last] = join(kept[last], operands[i+1], t)
	}
	return kept, ops
}

// windows are the distances of an action, the smallest first; -1 stands for all at once.
func (p *parser) windows(does action, between []token) []int {
	if !p.nearest || does != near && does != notNear {
		return []int{-1}
	}
	var all []int
	for _, t := range between {
		if t.op.does == does {
			all = append(all, rank(t))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// rank orders distances: those in words, sentences, paragraphs.
func rank(t token) int {
	const wide = 1000
	return int(t.op.window.Unit)*wide + cmp.Or(t.op.window.Words, 0)
}

// join joins two operands; several of and and or are one.
func join(left, right *expr, t token) *expr {
	same := left != nil && left.does == t.op.does && (t.op.does == and || t.op.does == or)
	if same {
		return &expr{does: left.does, kids: append(slices.Clip(left.kids), right), column: left.column}
	}
	column := t.column
	if left != nil {
		column = left.column
	}
	return &expr{does: t.op.does, op: t.op, kids: []*expr{left, right}, column: column, text: t.text}
}
