package text

import (
	"strconv"
	"strings"
)

// Plural writes a count with its English noun: "1 story", "2 stories".
func Plural(n int, noun string) string { return strconv.Itoa(n) + " " + nounFor(n, noun) }

// Many is Plural with a comma between thousands: "1,234 matches".
func Many(n int, noun string) string { return Thousands(n) + " " + nounFor(n, noun) }

func nounFor(n int, noun string) string {
	stem, isY := strings.CutSuffix(noun, "y")
	switch {
	case n == 1, noun == "news":
		return noun
	case isY && !strings.HasSuffix(stem, "a"): // days
		return stem + "ies"
	case strings.HasSuffix(noun, "ch"):
		return noun + "es"
	}
	return noun + "s"
}

// Thousands writes a number with a comma between thousands.
func Thousands(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0 && digits[at-1] != '-'; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// Bytes writes a size in MB, GB or TB, with a decimal: "10.0 GB".
func Bytes(n int64) string {
	size, unit := float64(n)/1e6, "MB"
	for _, larger := range []string{"GB", "TB"} {
		if size >= 1000 {
			size, unit = size/1000, larger
		}
	}
	return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
}

// OneLine joins the lines of a text with semicolons: joined errors have several,
// and so have drivers that explain themselves at length.
func OneLine(text string) string {
	var parts []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, "; ")
}
