package extract

import (
	"bytes"
	"encoding/json"
	"iter"
	"regexp"
	"strings"
)

// The functions of this file find their way in JSON without building values of
// it: what they pass over costs no memory, and a mistake in one value does not
// hide those beside it. They forgive what generators get wrong: commas too many
// or too few, line breaks in strings, an end that is missing.

// jsonMembers yields the members of an object: its keys and the raw values. Of
// an object that breaks off the last value is yielded only when it is an array
// or an object, from which the complete parts can be read.
func jsonMembers(object []byte) iter.Seq2[string, []byte] {
	return func(yield func(key string, value []byte) bool) {
		for at := 1; at < len(object); {
			if object[at] != '"' {
				at++ // space, a comma, the closing bracket, or rubbish
				continue
			}
			end, _ := jsonEnd(object, at)
			key := object[at:end]
			if at = skipJSONSpace(object, end); at >= len(object) || object[at] != ':' {
				continue
			}
			at = skipJSONSpace(object, at+1)
			end, whole := jsonEnd(object, at)
			if !whole && (at == len(object) || object[at] != '{' && object[at] != '[') {
				return
			}
			if end > at && !yield(jsonText(key), object[at:end]) { // else its value was forgotten
				return
			}
			at = end
		}
	}
}

// nextObject is how an object of a feed begins behind another one.
var nextObject = regexp.MustCompile(
	`\}\s*,\s*\{\s*"(?:id|url|external_url|title|content_html|content_text|summary|date_published|authors?)"\s*:`)

// jsonElements yields the raw elements of an array. Where a quote is missing
// and brackets do not tell where an element ends, it ends where another one
// begins like a story; the last element of an array that breaks off is not
// whole.
func jsonElements(array []byte) iter.Seq2[[]byte, bool] {
	return func(yield func(element []byte, whole bool) bool) {
		byLooks := false
		for at := 1; at < len(array) && array[at] != ']'; {
			if c := array[at]; c == ',' || skipJSONSpace(array, at) > at {
				at++
				continue
			}
			end, whole := len(array), false
			if !byLooks {
				end, whole = jsonEnd(array, at)
			}
			if !whole {
				byLooks = true
				if next := nextObject.FindIndex(array[at:]); next != nil {
					end, whole = at+next[0]+1, true
				}
			}
			if !yield(array[at:end], whole) {
				return
			}
			at = max(end, at+1)
		}
	}
}

// jsonEnd returns where the value that begins at a place ends; whole is false
// when the text ends before.
func jsonEnd(text []byte, at int) (end int, whole bool) {
	depth := 0
	for i := at; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '"':
			closing := jsonQuote(text[i:])
			if closing < 0 {
				return len(text), false
			}
			if i += closing; depth == 0 {
				return i + 1, true
			}
		case c == '{' || c == '[':
			depth++
		case depth == 0 && strings.IndexByte(",]} \n\r\t", c) >= 0:
			return i, true // of a number or a name
		case c == '}' || c == ']':
			if depth--; depth == 0 {
				return i + 1, true
			}
		}
	}
	return len(text), false
}

// jsonQuote returns where the quote stands that closes the string at the
// beginning of a text, -1 for nowhere.
func jsonQuote(text []byte) int {
	for i := 1; i < len(text); i++ {
		n := bytes.IndexByte(text[i:], '"')
		if n < 0 {
			return -1
		}
		i += n
		slashes := 0
		for text[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return i
		}
	}
	return -1
}

func skipJSONSpace(text []byte, i int) int {
	for i < len(text) && (text[i] == ' ' || text[i] == '\n' || text[i] == '\r' || text[i] == '\t') {
		i++
	}
	return i
}

// jsonText returns a value as a text: a string, a number as it is written, the
// first text of an array, the name or the like of an object. Null and booleans
// have none.
func jsonText(raw []byte) string { return jsonTextAt(raw, 0) }

func jsonTextAt(raw []byte, depth int) string {
	const deepest = 4
	if len(raw) == 0 || depth > deepest {
		return ""
	}
	switch c := raw[0]; {
	case c == '"':
		return jsonString(raw)
	case c == '[':
		for element := range jsonElements(raw) {
			if s := jsonTextAt(element, depth+1); s != "" {
				return s
			}
		}
	case c == '{':
		for key, value := range jsonMembers(raw) {
			switch key {
			case "name", "value", "text", "title", "rendered", "term", "label", "url", "href", "@value", "#text":
				return jsonTextAt(value, depth+1)
			}
		}
	case c == '-' || isDigit(c):
		return string(raw)
	}
	return ""
}

// jsonString decodes a string. One with characters or escapes that JSON does
// not allow is mended first.
func jsonString(raw []byte) string {
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	mended := make([]byte, 0, len(raw)+16)
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && i+1 < len(raw) && raw[i+1] == '\'': // JavaScript's
		case c == '\\' && i+1 < len(raw) && strings.IndexByte(`"\/bfnrtu`, raw[i+1]) >= 0:
			mended = append(mended, c, raw[i+1])
			i++
		case c == '\\':
			mended = append(mended, `\\`...)
		case c == '\n':
			mended = append(mended, `\n`...)
		case c < ' ':
			mended = append(mended, ' ')
		default:
			mended = append(mended, c)
		}
	}
	if json.Unmarshal(mended, &s) == nil {
		return s
	}
	return strings.ToValidUTF8(strings.Trim(string(raw), `"`), "\uFFFD")
}
