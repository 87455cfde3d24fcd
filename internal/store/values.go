package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// ms is a time as it is stored: unix milliseconds, 0 for the zero time.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at is the time of stored milliseconds, the zero time for 0.
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

// list is a list of texts as it is stored: JSON, "" for none.
func list(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	b, _ := json.Marshal(texts) // strings always marshal
	return string(b)
}

// lists reads what list wrote; a text that is no JSON gives none.
func lists(stored string) (texts []string) {
	if stored != "" {
		_ = json.Unmarshal([]byte(stored), &texts)
	}
	return texts
}

// placeholders returns "$first, …" for n values.
func placeholders(first, n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", first+i)
	}
	return b.String()
}
