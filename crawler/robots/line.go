package robots

import "strings"

// withoutBOM drops a UTF-8 byte order mark, or what is left of one.
func withoutBOM(text string) string {
	for _, b := range []byte{0xEF, 0xBB, 0xBF} {
		if text == "" || text[0] != b {
			break
		}
		text = text[1:]
	}
	return text
}

// lines yields the lines of a text that end in LF, CR or CR LF.
func lines(text string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for text != "" {
			end := strings.IndexAny(text, "\r\n")
			if end < 0 {
				yield(text)
				return
			}
			if !yield(text[:end]) {
				return
			}
			text = text[end+1:]
		}
	}
}

// splitLine takes a line apart: comment off, key in lower case. A line of two
// words without a colon counts as key and value.
func splitLine(line string) (key, value string, ok bool) {
	line, _, _ = strings.Cut(line, "#")
	line = strings.TrimSpace(line)
	key, value, ok = strings.Cut(line, ":")
	if !ok {
		words := strings.Fields(line)
		if len(words) != 2 {
			return "", "", false
		}
		key, value = words[0], words[1]
	}
	return strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value), true
}
