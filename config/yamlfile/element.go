package yamlfile

import "strings"

// Element returns the element of a list that begins in a line, as it is written, with its comments
// and without the indentation of the list; tokens are masked. It is "" where the element does not
// stand in lines of its own.
func (f *File) Element(line int) string {
	lines := New(f.Path, f.Text).lines
	begin := line - 1
	for ; begin >= 0 && begin < len(lines) && !beginsElement(lines[begin]); begin-- {
		if text := strings.TrimSpace(lines[begin]); begin < line-1 && text != "" && text[0] != '#' {
			return ""
		}
	}
	if begin < 0 || begin >= len(lines) {
		return ""
	}
	dash, end := indent(lines[begin]), begin+1
	for i := end; i < len(lines); i++ {
		text, inside := strings.TrimSpace(lines[i]), indent(lines[i]) > dash
		if text != "" && text[0] != '#' && !inside {
			break
		}
		if text != "" && inside { // a comment further left is the element's where more of it follows
			end = i + 1
		}
	}
	own := make([]string, end-begin)
	for i, l := range lines[begin:end] {
		own[i] = MaskTokens(l[min(dash, indent(l)):])
	}
	return strings.Join(own, "\n")
}

// beginsElement reports whether a line begins an element of a list.
func beginsElement(line string) bool {
	text := strings.TrimSpace(line)
	return text == "-" || strings.HasPrefix(text, "- ")
}
