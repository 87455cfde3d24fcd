package lint

import (
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/rules/foreign"
	"github.com/copytaster/copytaster/rules/syntax"
)

// term checks a term, and returns its key.
func (c *inspection) term(written string, v visit) (key string) {
	t := c.terms.At(c.terms.ID(written))
	form, isForeign := foreign.Find(t.Written)
	if t.Mistake != nil {
		m := *t.Mistake
		m.Path = v.at.String()
		if isForeign {
			m.Hint = form.Hint
		}
		c.mistakes = append(c.mistakes, m)
		c.errors++
		return ""
	}
	if isForeign {
		c.warn(v.at, form.Message, form.Hint)
		return t.Key
	}
	if _, known := c.d.Concepts[t.Written]; known && t.Written != v.concept {
		c.warn(v.at, syntax.Quote(t.Written)+" is looked for as a word, and is the name of a concept too",
			fmt.Sprintf("did you mean $%s?", t.Written))
	} else if name := c.lookalikes.of(t); name != "" && name != v.concept {
		c.warn(v.at, syntax.Quote(t.Written)+" is looked for as a word, and nothing uses the concept $"+name,
			fmt.Sprintf("did you mean $%s?", name))
	}
	if t.Length == 1 && !t.Look.Exact && !t.Look.Prefix && t.Indexed() && frequent[strings.TrimPrefix(t.Key, "~")] {
		hint := "look for a longer phrase"
		if t.Words == strings.ToUpper(t.Words) && t.Words != strings.ToLower(t.Words) {
			hint = "=" + t.Words + " finds it in capitals only"
		}
		c.warn(v.at, syntax.Quote(t.Written)+" is found in nearly every story", hint)
	}
	return t.Key
}

// suggestedNames bounds for how many unknown names a likely one is looked for.
const suggestedNames = 100

// reference checks that a concept is defined.
func (c *inspection) reference(name string, at *syntax.Path) {
	if _, ok := c.d.Concepts[name]; ok {
		return
	}
	hint, known := c.unknown[name]
	if !known {
		hint = "define it under concepts:"
		if len(c.unknown) < suggestedNames {
			hint = suggest(name, c.names, "$", hint)
		}
		c.unknown[name] = hint
	}
	c.add(at, syntax.UnknownConcept+name, hint)
}
