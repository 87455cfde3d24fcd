package lint

import "github.com/copytaster/copytaster/rules/syntax"

// inspection is what the checks of one definition share: the analysis, and the
// mistakes found so far.
type inspection struct {
	analysis
	names      []string // of the concepts, sorted
	lookalikes lookalikes
	unknown    map[string]string // the hints for names of concepts that are not known

	mistakes []syntax.Mistake
	errors   int // how many of the mistakes are no warnings
}

func (c *inspection) add(at *syntax.Path, message, hint string) {
	c.errors++
	c.mistakes = append(c.mistakes, syntax.Mistake{Path: at.String(), Message: message, Hint: hint})
}

func (c *inspection) warn(at *syntax.Path, message, hint string) {
	c.mistakes = append(c.mistakes, syntax.Mistake{Path: at.String(), Message: message, Hint: hint, Warning: true})
}

// addOn adds a mistake about a key of a level.
func (c *inspection) addOn(level *syntax.Path, key, message, hint string) {
	c.add(level.Key(key), message, hint)
}

// warnOn warns about a key of a level.
func (c *inspection) warnOn(level *syntax.Path, key, message, hint string) {
	c.warn(level.Key(key), message, hint)
}

// visit is a node being checked.
type visit struct {
	at      *syntax.Path
	in      syntax.Scope // where its level looks
	depth   int          // in lists
	concept string       // that it is a part of, or ""
}
