package store

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

// ms returns a time as it is stored: Unix milliseconds, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at returns the time of stored milliseconds, the zero time for 0.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

func integer(b bool) int {
	if b {
		return 1
	}
	return 0
}

// list returns a list of texts as it is stored: JSON, "" for an empty one.
func list(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	b, _ := json.Marshal(texts) //nolint:errchkjson // strings always marshal
	return string(b)
}

// lists reads what list has written. It returns no texts if that is not JSON.
func lists(stored string) (texts []string) {
	if stored != "" {
		_ = json.Unmarshal([]byte(stored), &texts)
	}
	return texts
}

// clean removes what PostgreSQL does not store in a text: NUL and invalid UTF-8.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func cleanList(texts []string) string {
	cleaned := make([]string, len(texts))
	for i, t := range texts {
		cleaned[i] = clean(t)
	}
	return list(cleaned)
}

// placeholders returns "$first, …" for n values.
func placeholders(first, n int) string {
	b := make([]byte, 0, 6*n)
	for i := range n {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(b, '$'), int64(first+i), 10)
	}
	return string(b)
}

// mostKeys is how many keys inList takes; SQLite allows 32,766 values in one
// statement.
const mostKeys = 512

// inList returns the placeholders of a list of 1 to mostKeys keys, and the values of
// a statement: args, then the keys. The last key is repeated up to one of a few
// lengths, so that a few prepared statements serve lists of any length.
func inList[K any](keys []K, args ...any) (list string, values []any) {
	size := mostKeys
	for size >= 2*len(keys) && size > 8 {
		size /= 2
	}
	first := len(args) + 1
	for i := range size {
		args = append(args, keys[min(i, len(keys)-1)])
	}
	return placeholders(first, size), args
}
