package config

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// form is what a value may look like, in the words of JSON Schema (draft 7).
// Its patterns are those that Go and ECMAScript both read.
type form struct {
	Schema        string     `json:"$schema,omitempty"`
	Title         string     `json:"title,omitempty"`
	Description   string     `json:"description,omitempty"`
	Markdown      string     `json:"markdownDescription,omitempty"`
	AllOf         []form     `json:"allOf,omitempty"`
	Ref           string     `json:"$ref,omitempty"`
	Type          kinds      `json:"type,omitempty"`
	Enum          []string   `json:"enum,omitempty"`
	Pattern       string     `json:"pattern,omitempty"`
	Otherwise     string     `json:"patternErrorMessage,omitempty"` // what editors say of a text that looks otherwise
	Minimum       *int       `json:"minimum,omitempty"`
	Maximum       *int       `json:"maximum,omitempty"`
	Default       any        `json:"default,omitempty"`
	Examples      []string   `json:"examples,omitempty"`
	Elements      *form      `json:"items,omitempty"`
	MinElements   int        `json:"minItems,omitempty"`
	AnyOf         []form     `json:"anyOf,omitempty"`
	OneOf         []form     `json:"oneOf,omitempty"`
	Not           *form      `json:"not,omitempty"`
	Required      []string   `json:"required,omitempty"`
	MinProperties int        `json:"minProperties,omitempty"`
	Dependencies  needs      `json:"dependencies,omitempty"`
	PropertyNames *form      `json:"propertyNames,omitempty"`
	Additional    any        `json:"additionalProperties,omitempty"` // a form, or false
	Properties    properties `json:"properties,omitempty"`
	Definitions   properties `json:"definitions,omitempty"`
}

// needs says which keys a key cannot do without.
type needs map[string][]string

// kinds are JSON's types: string, number, integer, boolean, null, array, object.
type kinds []string

// MarshalJSON writes one kind as a text and several as a list.
func (k kinds) MarshalJSON() ([]byte, error) {
	if len(k) == 1 {
		return json.Marshal(k[0])
	}
	return json.Marshal([]string(k))
}

// properties are named forms in an order for people.
type properties []property

type property struct {
	name string
	form form
}

// MarshalJSON writes an object in the order of the properties.
func (p properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	b.WriteByte('{')
	for i, one := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := e.Encode(one.name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := e.Encode(one.form); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// scalar is a text, with the types that YAML may see in one without quotes.
func scalar() form { return form{Type: kinds{"string", "number", "boolean"}} }

// words is a text with something in it.
func words() form {
	f := scalar()
	f.Pattern = something
	return f.or("nothing is written here")
}

// matching is a text of a certain look.
func matching(pattern string) form { return form{Type: kinds{"string"}, Pattern: pattern} }

// choice is one of some words, which editors offer.
func choice(words ...string) form { return form{Type: kinds{"string"}, Enum: words} }

// whole is a whole number within bounds.
func whole(least, most int) form {
	return form{Type: kinds{"integer", "string"}, Pattern: `^\d+$`, Minimum: &least, Maximum: &most}.
		or(fmt.Sprintf("write a whole number from %d to %d", least, most))
}

// boolean is true or false.
func boolean() form {
	return form{Type: kinds{"boolean", "string"}, Pattern: `^(true|false)$`}.or("write true or false")
}

// env lets a value come from the environment: ${NAME}.
func env(f form) form {
	if len(f.Enum) > 0 {
		return form{AnyOf: []form{f, matching(variableForm)}}
	}
	if f.Pattern != something {
		f.Pattern = "(" + f.Pattern + ")|" + variableForm
	}
	return f
}

const (
	something    = `\S`
	variableForm = `\$\{`
)

// optional lets a value be left empty, its keys or elements commented out.
func optional(f form) form {
	f.Type = append(kinds{}, append(f.Type, "null")...)
	return f
}

// list is a list; it may be empty.
func list(of form) form { return optional(form{Type: kinds{"array"}, Elements: &of}) }

// oneOrMore is one of something, or a list of them.
func oneOrMore(of form) form {
	if len(of.Enum)+len(of.AnyOf) > 0 { // these would have to hold for the list too
		return form{AnyOf: []form{of, {Type: kinds{"array"}, Elements: &of, MinElements: 1}}}
	}
	both := of
	both.Type = append(append(kinds{}, of.Type...), "array")
	both.Elements, both.MinElements = &of, 1
	return both
}

// the is a form that is defined once by name.
func the(name string) form { return form{AllOf: []form{{Ref: "#/definitions/" + name}}} }

// by adds the value that holds when nobody sets one.
func (f form) by(value any) form {
	f.Default = value
	return f
}

// or is what a text should look like, for those that do not.
func (f form) or(say string) form {
	f.Otherwise = say
	return f
}

// like adds examples, which editors offer.
func (f form) like(examples ...string) form {
	f.Examples = examples
	return f
}

// form is that of the maps of a table.
func (t *table[T]) form() form {
	f := t.more
	f.Type, f.Additional, f.Required = kinds{"object"}, false, t.required
	for _, k := range t.keys {
		p := k.form
		p.Description = k.doc
		f.Properties = append(f.Properties, property{k.name, p})
		if k.needs != nil {
			f.need(k.name, k.needs)
		}
	}
	return f
}

func (f *form) need(name string, others []string) {
	if f.Dependencies == nil {
		f.Dependencies = needs{}
	}
	f.Dependencies[name] = others
}
