package match

import (
	"github.com/copytaster/copytaster/internal/wordindex"
	"github.com/copytaster/copytaster/rules/syntax"
)

// Need returns a condition that every story meets which a rule matches: what an index of words
// can be asked. It is not Known where nothing can be said of such stories: of a rule that is
// only about what is missing, of a regular expression alone, or of a URL.
func (x *Index) Need(rule int) wordindex.Need {
	n := needs{x, map[int]wordindex.Need{}}
	return n.of(x.Compiled(rule).Root)
}

// needs makes the conditions of expressions.
type needs struct {
	index *Index
	made  map[int]wordindex.Need // by the ID of the expression
}

func (n *needs) of(x *Expr) wordindex.Need {
	if known, ok := n.made[x.ID]; ok {
		return known
	}
	need := n.make(x)
	n.made[x.ID] = need
	return need
}

func (n *needs) make(x *Expr) wordindex.Need {
	switch x.Op {
	case OpTerm:
		if x.In.Touches()&syntax.InURL != 0 { // no words of it are kept
			return wordindex.Need{}
		}
		words, look, _ := requiredWords(n.index.Term(x.Term))
		return wordindex.HasPhrase(words, look)
	case OpNone:
		return wordindex.Need{}
	case OpAny:
		return wordindex.HasAny(n.each(x.Children)...)
	case OpAtLeast:
		if x.Least == 0 {
			return wordindex.Need{}
		}
		if x.Least < len(x.Children) {
			return wordindex.HasAny(n.each(x.Children)...)
		}
	}
	return wordindex.HasAll(n.each(x.Children)...)
}

func (n *needs) each(exprs []*Expr) []wordindex.Need {
	all := make([]wordindex.Need, len(exprs))
	for i, x := range exprs {
		all[i] = n.of(x)
	}
	return all
}
