package yamlfile

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/copytaster/copytaster/internal/news"
)

// maxExcerpt is the most characters of a source line that a mistake shows.
const maxExcerpt = 160

// maxBlock is the most lines above a line that are searched for the key of a
// block with secrets.
const maxBlock = 500

// masked replaces what is or may be a secret.
const masked = "[hidden]"

var (
	secretKey   = regexp.MustCompile(`(?i)[\w.-]*(?:` + secretWord + `)[\w.-]*["']?\s*[:=]`)
	secretPart  = regexp.MustCompile(`(?i)(?:\bslack\b|[\w.-]*(?:` + secretWord + `)[\w.-]*)["']?(?:\s*[:=]|\s)`)
	secretName  = regexp.MustCompile(`(?i)` + secretWord)
	ruleFile    = regexp.MustCompile(`^(rules|concepts)\s*:`)
	database    = regexp.MustCompile(`(?i)\b(postgres(?:ql)?):.*`)
	userInfo    = regexp.MustCompile(`[^\s"']*[^\s"'\[({,/]@`)
	environment = regexp.MustCompile(`^["']?\$\{\w+\}["']?[\s,}\]]*(?:#.*)?$`)
	variables   = regexp.MustCompile(`\$\{\w+\}`)
	inFlow      = regexp.MustCompile(`^\s*(?:"\$\{\w+\}"|'\$\{\w+\}')\s*[,}]`)
)

// secretWord matches the names of secrets, with common slips.
const secretWord = `toe?k[en]{1,3}|pas+w|passp|secret|auth(?:\b|_|ori[sz]|ent)|cookie|proxy|` +
	`api.?key|credential|heade?r|haeder`

// excerpt returns a line of a file to show. It does not use the tree, because a
// file that is not YAML has none. It masks
//
//  1. whatever stands after or under a key that may name a secret,
//  2. what looks like a Slack token or a password in a URL.
//
// Parts matches the keys with secrets under them: secretKey, or secretPart where
// a slip of the pen may have cut a key.
func excerpt(lines []string, line int, parts *regexp.Regexp) string {
	if line < 1 || line > len(lines) {
		return ""
	}
	text := lines[line-1]
	text = text[:min(len(text), 8*maxExcerpt)]
	if underSecret(lines, line, parts) {
		text = text[:indent(text)] + hide(text[indent(text):])
	} else {
		text = maskLine(text, parts)
	}
	if runes := []rune(text); len(runes) > maxExcerpt {
		text = string(runes[:maxExcerpt]) + "…"
	}
	return Visible(text)
}

// Visible replaces the characters that are not to be shown.
func Visible(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && news.Unseen(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// syntaxExcerpt is excerpt for a file that is not YAML. What follows the column
// where it goes wrong may be anything ("token hunter2" has no key), so the line
// ends there, except among rules and concepts, which hold no secrets.
func syntaxExcerpt(lines []string, line, column int) string {
	if amongRules(lines, line) {
		return excerpt(lines, line, secretKey)
	}
	text := excerpt(lines, line, secretPart)
	if runes := []rune(text); len(runes) > column && !strings.HasSuffix(text, masked) {
		return string(runes[:column]) + "…"
	}
	return text
}

// amongRules reports whether the key at the margin above a line is rules or
// concepts.
func amongRules(lines []string, line int) bool {
	for i := min(line, len(lines)) - 1; i >= 0; i-- {
		if text := lines[i]; strings.TrimSpace(text) != "" && indent(text) == 0 && !strings.HasPrefix(text, "-") {
			return ruleFile.MatchString(text)
		}
	}
	return false
}

// maskLine masks what follows the first key of a line that may name a secret.
func maskLine(text string, parts *regexp.Regexp) string {
	for from := 0; ; {
		at := parts.FindStringIndex(text[from:])
		if at == nil {
			return MaskTokens(text)
		}
		key := text[from+at[0] : from+at[1]]
		from += at[1]
		if at := inFlow.FindStringIndex(text[from:]); at != nil && strings.Contains(text[:from], "{") {
			from += at[1]
			continue
		}
		value := strings.TrimSpace(text[from:])
		if value != "" && !namesFile(key) && !environment.MatchString(value) {
			return strings.TrimRight(MaskTokens(text[:from]), " ") + " " + hide(value)
		}
	}
}

// hide masks a value that may hold a secret. The names of variables in it are
// shown: people have to see which one is meant.
func hide(value string) string {
	if environment.MatchString(value) {
		return value
	}
	if !variables.MatchString(value) {
		return masked
	}
	var b strings.Builder
	at := 0
	between := func(text string) {
		if strings.Trim(text, " \"'{}[],") != "" {
			text = masked
		}
		b.WriteString(text)
	}
	for _, name := range variables.FindAllStringIndex(value, -1) {
		between(value[at:name[0]])
		b.WriteString(value[name[0]:name[1]])
		at = name[1]
	}
	between(value[at:])
	return b.String()
}

// MaskTokens masks what looks like a secret: what news.WithoutSecrets hides, and in a line of a
// config also what may be a user or a password without a URL around it.
func MaskTokens(text string) string {
	if strings.Contains(text, ":") {
		text = database.ReplaceAllStringFunc(text, func(found string) string {
			scheme, rest, _ := strings.Cut(found, ":")
			return scheme + ": " + hide(rest)
		})
	}
	if strings.Contains(text, "@") {
		text = userInfo.ReplaceAllStringFunc(text, func(found string) string {
			scheme, user, isURL := strings.Cut(strings.TrimSuffix(found, "@"), "://")
			if isURL {
				return scheme + "://" + hide(user) + "@"
			}
			return hide(scheme) + "@"
		})
	}
	return news.WithoutSecrets(text)
}

// underSecret reports whether a line belongs to the block of a key that may name
// a secret. Its keys are those of the lines above with less and less indentation.
// A line without a key may also belong to the line right above it.
func underSecret(lines []string, line int, parts *regexp.Regexp) bool {
	depth, next := indent(lines[line-1]), !strings.Contains(lines[line-1], ":")
	for i := line - 2; i >= max(0, line-maxBlock) && (depth > 0 || next); i-- {
		above := lines[i]
		if strings.TrimSpace(above) == "" || indent(above) >= depth && !next {
			continue
		}
		depth, next = min(depth, indent(above)), false
		if slices.ContainsFunc(parts.FindAllString(above, -1), func(key string) bool { return !namesFile(key) }) {
			return true
		}
	}
	return false
}

// namesFile reports whether a key with its colon is one of those whose values
// are paths, which may be shown.
func namesFile(key string) bool {
	return strings.HasSuffix(strings.TrimRight(key, "\"' \t:="), "_file")
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " \t")) }

// NamesSecret reports whether a word may be the key of a secret.
func NamesSecret(word string) bool { return secretName.MatchString(word) }

// OnlyVariables reports whether a text is nothing but variables of the
// environment.
func OnlyVariables(text string) bool {
	return strings.TrimSpace(variables.ReplaceAllString(text, "")) == ""
}
