package slackfake

import (
	"regexp"
	"unicode/utf8"
)

// Mentions in a text's mark-up, and names that a text with parse or link_names
// turns into mentions.
var (
	marked = regexp.MustCompile(`<(?:@([UW][A-Z0-9]+)|!(here|channel|everyone|group)|!subteam\^(S[A-Z0-9]+))(?:[|^][^>]*)?>`)
	named  = regexp.MustCompile(`@(\w+)`)
)

// mentionsInText finds who would be notified by a text.
func mentionsInText(text string, a args) []string {
	var found []string
	for _, groups := range marked.FindAllStringSubmatch(text, -1) {
		found = append(found, groups[1]+groups[2]+groups[3])
	}
	if a.text("parse") == "full" || a.flag("link_names", false) {
		for _, groups := range named.FindAllStringSubmatch(text, -1) {
			found = append(found, groups[1])
		}
	}
	return found
}

// mentionsInBlocks finds who would be notified by checked blocks: by the elements of
// rich text, and by the mark-up of mrkdwn texts.
func mentionsInBlocks(v any) []string {
	var found []string
	walk(v, func(o map[string]any) {
		value := func(name string) string { s, _ := o[name].(string); return s }
		switch value("type") {
		case "broadcast":
			found = append(found, value("range"))
		case "user":
			found = append(found, value("user_id"))
		case "usergroup":
			found = append(found, value("usergroup_id"))
		case "mrkdwn":
			found = append(found, mentionsInText(value("text"), nil)...)
		}
	})
	return found
}

// weight is the number of characters in all texts of blocks.
func weight(v any) int {
	n := 0
	walk(v, func(o map[string]any) {
		for _, v := range o {
			if s, ok := v.(string); ok {
				n += utf8.RuneCountInString(s)
			}
		}
	})
	return n
}

// walk visits every object of a JSON value, lists in their order.
func walk(v any, visit func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	case map[string]any:
		visit(v)
		for _, name := range []string{"text", "fields", "elements", "accessory", "options", "confirm", "title"} {
			walk(v[name], visit)
		}
	}
}
