package extract

import (
	"strconv"
	"strings"
)

// ofScript returns the data in a script: the whole of it when it is JSON,
// else what is assigned or handed to a function as JSON, else its longer texts
// with their names, which is all that can be read of data written as
// JavaScript.
func (v *values) ofScript(s string) []any {
	if whole, ok := v.parseWhole(s); ok {
		return []any{revived(whole)}
	}
	if assigned := v.assigned(s); len(assigned) > 0 {
		return assigned
	}
	return namedTexts(s)
}

// revived undoes what Nuxt does to its data: a flat array in which objects and
// arrays hold the places of their values, and the first value is the outermost.
func revived(v any) any {
	flat, ok := v.([]any)
	if !ok || len(flat) < 2 {
		return v
	}
	switch flat[0].(type) {
	case object, []any:
	default:
		return v
	}
	r := reviver{flat: flat, left: min(10*len(flat), maxRevived)}
	if whole := r.at(0.0, 0); r.places > 0 {
		return whole
	}
	return v
}

// maxRevived is how many values are built of such data: many places may name
// one.
const maxRevived = 200_000

type reviver struct {
	flat   []any
	left   int // values it may still build
	places int // places that were followed
}

func (r *reviver) at(place any, depth int) any {
	n, ok := place.(float64)
	if r.left--; !ok || n < 0 || int(n) >= len(r.flat) || depth > maxStateDepth || r.left < 0 {
		return place
	}
	switch v := r.flat[int(n)].(type) {
	case object:
		whole := make(object, len(v))
		for key, inner := range v {
			whole[key] = r.at(inner, depth+1)
			r.places++
		}
		return whole
	case []any:
		if name, ok := first(texts(v)), len(v) == 2; ok && strings.HasSuffix(name, "eactive") || ok && strings.HasSuffix(name, "Ref") {
			return r.at(v[1], depth+1)
		}
		whole := make([]any, len(v))
		for i, inner := range v {
			whole[i] = r.at(inner, depth+1)
		}
		return whole
	default:
		return v
	}
}

// assigned reads the JSON that stands behind a "=" or a "(": x = {…},
// f({…}), JSON.parse("…"). A few places that only look like data are tried in
// vain.
func (v *values) assigned(s string) []any {
	const (
		tries  = 200
		vain   = 20
		marked = "=(,:"
	)
	var found []any
	failed := 0
	for at, n := 0, 0; at < len(s) && n < tries && failed < vain; n++ {
		i := strings.IndexAny(s[at:], marked)
		if i < 0 {
			break
		}
		at += i + 1
		rest := strings.TrimLeft(s[at:], " \t\r\n")
		if rest == "" || !strings.ContainsRune(`{["`, rune(rest[0])) || rest[0] == '"' && !strings.HasSuffix(s[:at], "parse(") {
			continue
		}
		value, length, err := v.parseFirst(rest)
		if err != nil {
			failed++
			continue
		}
		if at = len(s) - len(rest) + length; length >= minState {
			found = append(found, value)
		}
	}
	return found
}

// namedTexts returns the longer texts of data that is written as JavaScript, as
// the function that Nuxt hands its data to: body:"…".
func namedTexts(s string) []any {
	const most = 500
	var texts []any
	for at := 0; len(texts) < most; {
		i := strings.IndexAny(s[at:], `"'`)
		if i < 0 {
			break
		}
		i += at
		end := closingQuote(s[i:])
		if end < 0 {
			at = i + 1
			continue
		}
		if name := nameBefore(s[:i]); name != "" && end >= minState {
			texts = append(texts, object{name: unquoted(s[i+1 : i+end])})
		}
		at = i + end + 1
	}
	return texts
}

// nameBefore returns the name that a text is given: body in `{body:`.
func nameBefore(s string) string {
	s, ok := strings.CutSuffix(strings.TrimRight(s, " \t"), ":")
	if !ok {
		return ""
	}
	s = strings.TrimRight(s, `"' `)
	i := strings.LastIndexFunc(s, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') })
	return s[i+1:]
}

// closingQuote finds the end of a text that begins with a quote. A line break
// ends the search: it was an apostrophe.
func closingQuote(s string) int {
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case s[0]:
			return i
		case '\n':
			return -1
		}
	}
	return -1
}

// unquoted undoes the escapes of a JavaScript text.
func unquoted(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch size := map[byte]int{'u': 4, 'x': 2}[s[i]]; {
		case size > 0 && i+size < len(s):
			if n, err := strconv.ParseUint(s[i+1:i+1+size], 16, 16); err == nil {
				b.WriteRune(rune(n))
			}
			i += size
		case s[i] == 'n', s[i] == 'r', s[i] == 't':
			b.WriteByte('\n')
		default:
			b.WriteByte(s[i])
		}
	}
	return strings.ToValidUTF8(b.String(), "")
}

// flightMark is the function to which Next.js hands the pieces of its data.
const flightMark = "__next_f.push("

// flightText returns the pieces of Next.js data that a script hands over.
func (v *values) flightText(s string) string {
	var b strings.Builder
	for {
		_, rest, ok := strings.Cut(s, flightMark)
		if !ok {
			return b.String()
		}
		s = rest
		value, length, err := v.parseFirst(rest)
		if push, isArray := value.([]any); err == nil && isArray && len(push) > 1 {
			if piece, ok := push[1].(string); ok {
				b.WriteString(piece)
			}
			s = rest[length:]
		}
	}
}

// ofFlight reads rows of React's flight format: "id:" and JSON, or "id:T",
// a length in hexadecimal, a comma and as many bytes of text. The texts follow
// one another, so that one reader finds a body in them as in an array.
func (v *values) ofFlight(s string) []any {
	var rows, texts []any
	for s != "" {
		id, rest, ok := strings.Cut(s, ":")
		if !ok || len(id) > 8 {
			_, s, _ = strings.Cut(s, "\n")
			continue
		}
		if length, tail, ok := strings.Cut(rest, ","); ok && strings.HasPrefix(length, "T") {
			if n, err := strconv.ParseUint(length[1:], 16, 32); err == nil && int(n) <= len(tail) {
				texts = append(texts, strings.ToValidUTF8(tail[:n], ""))
				s = tail[n:]
				continue
			}
		}
		row, tail, _ := strings.Cut(rest, "\n")
		if value, ok := v.parseWhole(row); ok {
			rows = append(rows, value)
		}
		s = tail
	}
	if len(texts) > 0 {
		rows = append(rows, object{"content": texts})
	}
	return rows
}
