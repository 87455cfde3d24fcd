package extract

import (
	"encoding/json"
	"errors"
	"strings"
)

// maxValues is what the values of a page's data may take in memory, in bytes:
// all its linked data together, and all the data of its scripts.
const maxValues = 32 << 20

// What encoding/json takes for values of any type on a 64-bit machine, in
// bytes, beside the text of strings.
const (
	objectSize = 48  // an empty map
	groupSize  = 300 // the first members of a map
	memberSize = 72  // a member of a map that has grown
	valueSize  = 40  // a value in a slice that has grown
	stringSize = 24
)

var errManyValues = errors.New("its values take too much memory")

// jsonCost returns how many bytes the values of a JSON text take, at most.
func jsonCost(text []byte) (size int) {
	size = valueSize
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			size += stringSize
			end := jsonQuote(text[i:])
			if end < 0 {
				return size
			}
			i += end
		case '{':
			size += objectSize + valueSize
			if next := skipJSONSpace(text, i+1); next < len(text) && text[next] != '}' {
				size += groupSize
			}
		case '[':
			size += 2 * valueSize
		case ',':
			size += valueSize
		case ':':
			size += memberSize
		}
	}
	return size
}

// values reads the JSON of a page as long as the values do not take more memory
// than is left.
type values struct{ left int }

func newValues() *values { return &values{left: maxValues} }

func (v *values) parse(text []byte) (value any, err error) {
	cost := jsonCost(text)
	if cost > v.left {
		return nil, errManyValues
	}
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, err
	}
	v.left -= cost
	return value, nil
}

// parseFirst reads the value that a text begins with, and returns its length.
func (v *values) parseFirst(text string) (value any, length int, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		return nil, 0, err
	}
	value, err = v.parse(raw)
	return value, int(d.InputOffset()), err
}

// parseWhole reads a text that is an object or an array and nothing else.
func (v *values) parseWhole(s string) (value any, ok bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), ";")
	if !strings.HasPrefix(s, "{") && !strings.HasPrefix(s, "[") {
		return nil, false
	}
	value, err := v.parse([]byte(s))
	return value, err == nil
}
