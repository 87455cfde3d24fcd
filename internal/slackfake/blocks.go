package slackfake

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A check says what is wrong with a JSON value, naming where it stands.
type check func(at string, v any) error

// fields are the checks of an object's fields by name.
type fields map[string]check

// maxBlocks is the most blocks a message may have.
const maxBlocks = 50

// checkBlocks checks the blocks of a message: their number, shapes, limits and
// that no block_id stands twice. nil is no blocks.
func checkBlocks(v any) error {
	if v == nil {
		return nil
	}
	if err := list(0, maxBlocks, block)("blocks", v); err != nil {
		return err
	}
	all, _ := v.([]any)
	return uniqueIDs(all)
}

// uniqueIDs checks that no block_id stands twice among blocks, and no action_id
// twice in one of them.
func uniqueIDs(blocks []any) error {
	seen := map[string]bool{}
	for _, b := range blocks {
		o, _ := b.(map[string]any)
		id, _ := o["block_id"].(string)
		if id != "" && seen[id] {
			return fmt.Errorf("block_id %q is not unique", id)
		}
		seen[id] = true
		elements, _ := o["elements"].([]any)
		if err := uniqueActions(elements); err != nil {
			return err
		}
	}
	return nil
}

func uniqueActions(elements []any) error {
	seen := map[string]bool{}
	for _, e := range elements {
		o, _ := e.(map[string]any)
		id, _ := o["action_id"].(string)
		if id != "" && seen[id] {
			return fmt.Errorf("action_id %q is not unique in its block", id)
		}
		seen[id] = true
	}
	return nil
}

// block checks one block. Types that the documentation knows but copytaster
// does not use are refused as well.
var block = byType(blockTypes)

var blockTypes = map[string]check{
	"section": either("text", "fields", object(nil, fields{
		"text": textObject(3000), "fields": list(1, 10, textObject(2000)), "accessory": interactive, "block_id": text(1, 255), "expand": boolean,
	})),
	"header":  object(fields{"text": plainText(150)}, fields{"block_id": text(1, 255)}),
	"divider": object(nil, fields{"block_id": text(1, 255)}),
	"image": object(fields{"image_url": link, "alt_text": text(1, 2000)}, fields{
		"title": plainText(2000), "block_id": text(1, 255)}),
	"context":   object(fields{"elements": list(1, 10, contextElement)}, fields{"block_id": text(1, 255)}),
	"actions":   object(fields{"elements": list(1, 25, interactive)}, fields{"block_id": text(1, 255)}),
	"rich_text": object(fields{"elements": list(1, 100, richText)}, fields{"block_id": text(1, 255)}),
}

var contextElement = byType(map[string]check{
	"mrkdwn":     object(fields{"text": text(1, 3000)}, fields{"verbatim": boolean}),
	"plain_text": object(fields{"text": text(1, 3000)}, fields{"emoji": boolean}),
	"image":      object(fields{"image_url": link, "alt_text": text(1, 2000)}, nil),
})

var interactive = byType(map[string]check{
	"button": object(fields{"text": plainText(75)}, fields{"action_id": text(1, 255), "url": link, "value": text(1, 2000),
		"style": oneOf("primary", "danger"), "confirm": confirm, "accessibility_label": text(1, 75)}),
	"overflow": object(fields{"options": list(1, 5, option)}, fields{"action_id": text(1, 255), "confirm": confirm}),
	"static_select": either("options", "option_groups", object(nil, fields{
		"options": list(1, 100, option), "option_groups": list(1, 100, optionGroup), "placeholder": plainText(150),
		"action_id": text(1, 255), "initial_option": option, "confirm": confirm, "focus_on_load": boolean})),
	"image": object(fields{"image_url": link, "alt_text": text(1, 2000)}, nil),
})

var (
	option = object(fields{"text": plainText(75), "value": text(1, 150)}, fields{"description": plainText(75), "url": link})

	// Options of radio buttons and checkboxes may have mark-up, and no URL.
	choice = object(fields{"text": textObject(75), "value": text(1, 150)}, fields{"description": textObject(75)})

	optionGroup = object(fields{"label": plainText(75), "options": list(1, 100, option)}, nil)

	confirm = object(fields{"title": plainText(100), "text": textObject(300), "confirm": plainText(30), "deny": plainText(30)},
		fields{"style": oneOf("primary", "danger")})
)

// viewBlock checks a block of a modal or of the App Home.
var viewBlock = func(at string, v any) error {
	if o, _ := v.(map[string]any); o["type"] == "input" {
		return input(at, v)
	}
	return block(at, v)
}

var input = object(fields{"label": plainText(2000), "element": inputElement}, fields{
	"block_id": text(1, 255), "hint": plainText(2000), "optional": boolean, "dispatch_action": boolean})

var inputElement = byType(map[string]check{
	"plain_text_input": object(nil, fields{"action_id": text(1, 255), "initial_value": text(0, 3000), "multiline": boolean,
		"min_length": integer, "max_length": integer, "focus_on_load": boolean, "placeholder": plainText(150)}),
	"radio_buttons": object(fields{"options": list(1, 10, choice)}, fields{
		"action_id": text(1, 255), "initial_option": choice, "confirm": confirm, "focus_on_load": boolean}),
	"checkboxes": object(fields{"options": list(1, 10, choice)}, fields{
		"action_id": text(1, 255), "initial_options": list(1, 10, choice), "confirm": confirm, "focus_on_load": boolean}),
	"static_select": interactive,
})

// richText checks an element of a rich_text block.
var richText = byType(map[string]check{
	"rich_text_section": object(fields{"elements": list(1, 200, inline)}, nil),
	"rich_text_quote":   object(fields{"elements": list(1, 200, inline)}, fields{"border": integer}),
	"rich_text_preformatted": object(fields{"elements": list(1, 200, inline)}, fields{
		"border": integer, "language": text(1, 50)}),
	"rich_text_list": object(fields{"style": oneOf("bullet", "ordered"), "elements": list(1, 100, byType(map[string]check{
		"rich_text_section": object(fields{"elements": list(1, 200, inline)}, nil),
	}))}, fields{"indent": integer, "offset": integer, "border": integer}),
})

// inline checks what stands within a rich text section.
var inline = byType(map[string]check{
	"text":  object(fields{"text": text(1, 3000)}, fields{"style": style}),
	"link":  object(fields{"url": link}, fields{"text": text(1, 3000), "unsafe": boolean, "style": style}),
	"emoji": object(fields{"name": text(1, 100)}, fields{"unicode": text(1, 100), "skin_tone": integer, "style": style}),
	"date": object(fields{"timestamp": integer, "format": text(1, 300)},
		fields{"url": link, "fallback": text(1, 300), "timezone": text(1, 100), "style": style}),
	"broadcast": object(fields{"range": oneOf("here", "channel", "everyone")}, fields{"style": style}),
	"user":      object(fields{"user_id": id("UW")}, fields{"style": style}),
	"usergroup": object(fields{"usergroup_id": id("S")}, fields{"style": style}),
	"channel":   object(fields{"channel_id": id("CGD")}, fields{"style": style}),
})

var style = object(nil, fields{"bold": boolean, "italic": boolean, "strike": boolean, "code": boolean, "underline": boolean,
	"highlight": boolean, "client_highlight": boolean, "unlink": boolean})

// object checks that an object has the required fields and no unknown ones.
func object(required, optional fields) check {
	return func(at string, v any) error {
		o, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: must be an object", at)
		}
		for name := range required {
			if _, ok := o[name]; !ok {
				return fmt.Errorf("%s: missing %s", at, name)
			}
		}
		for name, value := range o {
			c := required[name]
			if c == nil {
				c = optional[name]
			}
			if name == "type" {
				continue
			}
			if c == nil {
				return fmt.Errorf("%s: unknown field %s", at, name)
			}
			if err := c(at+"/"+name, value); err != nil {
				return err
			}
		}
		return nil
	}
}

// either checks that one of two fields is there, too.
func either(a, b string, c check) check {
	return func(at string, v any) error {
		o, _ := v.(map[string]any)
		if o[a] == nil && o[b] == nil {
			return fmt.Errorf("%s: missing %s or %s", at, a, b)
		}
		return c(at, v)
	}
}

// byType checks an object as its type wants it.
func byType(types map[string]check) check {
	return func(at string, v any) error {
		o, _ := v.(map[string]any)
		name, _ := o["type"].(string)
		c, ok := types[name]
		if !ok {
			return fmt.Errorf("%s: unsupported type: %s", at, name)
		}
		return c(at, v)
	}
}

func list(least, most int, item check) check {
	return func(at string, v any) error {
		l, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%s: must be a list", at)
		}
		if len(l) < least || len(l) > most {
			return fmt.Errorf("%s: %d items, must be %d to %d", at, len(l), least, most)
		}
		for i, v := range l {
			if err := item(fmt.Sprintf("%s/%d", at, i), v); err != nil {
				return err
			}
		}
		return nil
	}
}

func textObject(most int) check {
	return byType(map[string]check{
		"mrkdwn":     object(fields{"text": text(1, most)}, fields{"verbatim": boolean}),
		"plain_text": object(fields{"text": text(1, most)}, fields{"emoji": boolean}),
	})
}

func plainText(most int) check {
	return byType(map[string]check{"plain_text": object(fields{"text": text(1, most)}, fields{"emoji": boolean})})
}

func text(least, most int) check {
	return func(at string, v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("%s: must be a text", at)
		}
		if n := utf8.RuneCountInString(s); n < least || n > most {
			return fmt.Errorf("%s: %d characters, must be %d to %d", at, n, least, most)
		}
		return literal(at, s)
	}
}

// literal refuses characters that no message should carry: controls, and those
// that reverse the direction of what follows.
func literal(at, s string) error {
	for _, r := range s {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return fmt.Errorf("%s: forbidden character %U", at, r)
		}
	}
	return nil
}

func link(at string, v any) error {
	if err := text(1, 3000)(at, v); err != nil {
		return err
	}
	s, _ := v.(string)
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return fmt.Errorf("%s: invalid URL", at)
	}
	return nil
}

func id(prefixes string) check {
	return func(at string, v any) error {
		s, _ := v.(string)
		if len(s) < 3 || !slices.Contains([]byte(prefixes), s[0]) {
			return fmt.Errorf("%s: must be an ID that begins with one of %s", at, prefixes)
		}
		return nil
	}
}

func oneOf(values ...string) check {
	return func(at string, v any) error {
		if s, ok := v.(string); !ok || !slices.Contains(values, s) {
			return fmt.Errorf("%s: must be one of %v", at, values)
		}
		return nil
	}
}

func boolean(at string, v any) error {
	if _, ok := v.(bool); !ok {
		return errors.New(at + ": must be a boolean")
	}
	return nil
}

func integer(at string, v any) error {
	n, ok := v.(json.Number)
	if _, err := n.Int64(); !ok || err != nil {
		return errors.New(at + ": must be a whole number")
	}
	return nil
}
