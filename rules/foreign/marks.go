package foreign

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/copytaster/copytaster/internal/text"
)

var (
	// signed is a sign in front of the term: -kim, +kim, !kim, – kim.
	signed = regexp.MustCompile(`^([-−–—+!¬])\s*([\p{L}"“(=~$].*)$`)
	// signedLater is one in front of a later word.
	signedLater = regexp.MustCompile(`\s([-−+!¬])["“(=~$]?\p{L}`)
)

// prefixed finds the signs that ask for a word or keep it out: kim -film, +kim.
func prefixed(term string) (Form, bool) {
	if m := signed.FindStringSubmatch(term); m != nil {
		switch m[1] {
		case "+":
			return said("all: "+list("…", m[2])+" asks for every one of its list", "a + in front of a word asks for nothing: %s is found like any other", quote(term))
		case "–", "—":
			return said("an element of a list begins with a hyphen and a space: - "+plain(m[2]), "a dash in front of a word is left out: %s finds %s", quote(term), plain(m[2]))
		}
		return said("write none: "+list(m[2])+" beside all: or any:, or never: "+list(m[2])+" in the rule",
			"a %s in front of a word keeps nothing out: %s finds %s", m[1], quote(term), plain(m[2]))
	}
	wanted, unwanted, sign := signedParts(term)
	switch {
	case sign == "":
		return no()
	case unwanted == nil:
		return said("write {all: "+list(wanted...)+"}", "%s is looked for as a phrase: + asks for nothing", quote(term))
	}
	return said("write {all: "+list(wanted...)+", none: "+list(unwanted...)+"}", "%s is looked for as a phrase: %s keeps nothing out", quote(term), sign)
}

// signedParts cuts a term at the signs in front of its later words, and says
// which sign was last; "" when there is none. The hyphens of rock -n- roll are
// no signs.
func signedParts(term string) (wanted, unwanted []string, sign string) {
	from, kept := 0, "+"
	add := func(part string) {
		if kept == "+" {
			wanted = append(wanted, part)
			return
		}
		unwanted = append(unwanted, part)
	}
	for _, at := range signedLater.FindAllStringSubmatchIndex(term, -1) {
		word, _, _ := strings.Cut(term[at[3]:], " ")
		if at[0] < from || strings.HasSuffix(word, "-") {
			continue
		}
		add(term[from:at[0]])
		sign, from = term[at[2]:at[3]], at[3]
		kept = sign
	}
	add(term[from:])
	return wanted, unwanted, sign
}

var (
	withFlags = regexp.MustCompile(`^/(.+)/([gimsuxy]{1,6})$`)
	unclosed  = regexp.MustCompile(`^/[^/]{3,}$`)
)

// flags finds /kim/i, and a regular expression without its last slash.
func flags(term string) (Form, bool) {
	if m := withFlags.FindStringSubmatch(term); m != nil {
		hint := "write '/" + m[1] + "/': case does not count"
		if !strings.Contains(m[2], "i") {
			hint += " unless it says (?-i)"
		}
		return said(hint, "%s is looked for as words: a regular expression has no flags behind it", quote(term))
	}
	if unclosed.MatchString(term) {
		return said("write '"+term+"/' for a regular expression, or leave the slash out", "%s is looked for as words: a regular expression also ends with /", quote(term))
	}
	return no()
}

var (
	bang     = regexp.MustCompile(`([\p{L}\p{M}]+)!(?:[\s)"”]|$)`)
	dollar   = regexp.MustCompile(`([\p{L}\p{M}]*\p{Ll})\$(?:\d|\s|$|\*)`)
	openSign = regexp.MustCompile(`\p{Ll}#\p{Ll}`)
	percent  = regexp.MustCompile(`^%?\p{L}[\p{L}\p{M}\s]*%$|^%\p{L}`)
)

// named with a ! are these, also in small letters.
var bangNames = []string{"yahoo", "jeopardy", "joomla", "wham", "yum", "hello"}

// truncation finds what stands for the rest of a word elsewhere: kidnap!,
// weapon$, wom#n, %kim%.
func truncation(term string) (Form, bool) {
	for _, m := range bang.FindAllStringSubmatch(term, -1) {
		if word := m[1]; truncated(word) {
			return said("write "+word+"* for what begins so; to find the word itself leave the ! out", "! is left out: %s does not find longer words", quote(term))
		}
	}
	if m := dollar.FindStringSubmatch(term); m != nil && utf8.RuneCountInString(m[1]) > 2 { // us$, hk$
		return said("write "+m[1]+"* for what begins so, ~"+m[1]+" for its inflections", "$ stands for no letters: %s finds %s with a $ behind it", quote(term), m[1])
	}
	if openSign.MatchString(term) {
		return said("write "+strings.ReplaceAll(term, "#", "?")+": ? is one letter", "# stands for no letter: %s is two words with a # between", quote(term))
	}
	if percent.MatchString(term) {
		word := strings.Trim(term, "%")
		return said("write "+word+"* for what begins so", "%% stands for no letters in %s", quote(term))
	}
	return no()
}

// truncated reports whether a word before a ! is a beginning and no name: names
// and titles begin with a capital.
func truncated(word string) bool {
	first, _ := utf8.DecodeRuneInString(word)
	lower := strings.ToLower(word)
	switch {
	case slices.Contains(bangNames, lower) || !unicode.Is(unicode.Latin, first):
		return false
	case word == strings.ToUpper(word):
		return utf8.RuneCountInString(word) > 3 // OK!, E!
	}
	return unicode.IsLower(first)
}

var boosted = regexp.MustCompile(`[\p{L}\p{N})"]\^(\d+(?:\.\d+)?)`)

// weight finds kim^2.
func weight(term string) (Form, bool) {
	if m := boosted.FindStringSubmatch(term); m != nil {
		return said("leave it out: a rule matches or it does not; severity: says how much a match matters", "^%s is looked for as a word in %s", m[1], quote(term))
	}
	return no()
}

var (
	regular = regexp.MustCompile(`\\[bBwWdDsS.]|\(\?[:i]|^\^|\p{L}[$]$|\[\p{L}[^\]]*\]\p{L}|\p{L}\[\p{L}[^\]]*\]|\.[+*{]`)
	ranged  = regexp.MustCompile(`\d\.\.\.?\$?\d`)
	dot     = regexp.MustCompile(`^\.\p{L}`)
)

// expression finds regular expressions without slashes, ranges of numbers, and
// a dot without which a word is another one.
func expression(term string) (Form, bool) {
	switch {
	case regular.MatchString(term) && !dollar.MatchString(term) && !upperDollar.MatchString(term):
		return said("write '/"+term+"/'", "%s is looked for as words: a regular expression stands between slashes", quote(term))
	case ranged.MatchString(term):
		return said("list the numbers, or write a regular expression: '/\\b202[0-4]\\b/'", "%s is looked for as two numbers side by side", quote(term))
	case dot.MatchString(term):
		return said("a regular expression asks for it: '/\\"+term+"\\b/'", "the dot is left out: %s finds %s", quote(term), term[1:])
	}
	return no()
}

// upperDollar is US$.
var upperDollar = regexp.MustCompile(`\p{Lu}\$$`)

var signInside = regexp.MustCompile(`\s(?:[=~$]\p{L}|/\S[^/]*/(?:\s|$))`)

// inside finds signs that stand in a phrase: the =US army.
func inside(term string) (Form, bool) {
	if !signInside.MatchString(term) {
		return no()
	}
	var parts []string
	phrase := ""
	for word := range strings.FieldsSeq(term) {
		if len(word) > 1 && strings.ContainsRune("=~$/", rune(word[0])) {
			if phrase != "" {
				parts = append(parts, phrase)
			}
			parts, phrase = append(parts, word), ""
			continue
		}
		phrase = strings.TrimSpace(phrase + " " + word)
	}
	if phrase != "" {
		parts = append(parts, phrase)
	}
	return said("write {all: "+list(parts...)+", ordered: true, within: 0 words}", "a sign inside a phrase is left out: %s; it stands in front of a whole term", quote(term))
}

var (
	asked = regexp.MustCompile(`([\p{L}\p{M}]+)\?+["”')»]*(?:\s|$)`)
	// asking begins a question in English, German, French, Spanish, Italian.
	asking = regexp.MustCompile(`(?i)^\W*(?:who|whom|whose|what|when|where|why|how|which|is|are|was|were|will|would|can|could|should|do|does|did|has|have|had|` +
		`wer|was|wann|wo|warum|wie|wieso|ist|qui|que|quoi|quand|où|pourquoi|comment|est-ce|quién|qué|cuándo|dónde|cómo|por|chi|che|cosa|quando|dove|perché|come)(?:['’]\w+)?\s`)
)

// question finds the question mark of a sentence, which here asks for one more
// letter: Who killed Kim?
func question(term string) (Form, bool) {
	m := asked.FindStringSubmatch(term)
	if m == nil {
		return no()
	}
	word := strings.ToLower(m[1])
	if !asking.MatchString(term) && text.Frequency(word) <= 1 && utf8.RuneCountInString(word) > 3 {
		return no() // Zelensk? is meant so
	}
	without := strings.ReplaceAll(term, "?", "")
	return said("leave the ? out: "+plain(without), "? stands for one letter more: %s does not find %s", quote(term), quote(strings.Trim(without, "¿ ")))
}

var (
	quoted      = regexp.MustCompile(`"[^"]+"|“[^”]+”`)
	rowOfQuoted = regexp.MustCompile(`^(?:"[^"]+"|“[^”]+”)(?:\s+(?:"[^"]+"|“[^”]+”))+$`)
)

// quotes finds a quotation mark without its other one: YAML cut the text at a
// comma, for only straight quotes hold it together.
func quotes(term string) (Form, bool) {
	straight, curly := 0, 0
	runes := []rune(term)
	var before, next rune
	for i, r := range runes {
		if next = 0; i+1 < len(runes) {
			next = runes[i+1]
		}
		switch {
		case unicode.IsDigit(before) || unicode.Is(unicode.Hebrew, before) && unicode.Is(unicode.Hebrew, next):
		case r == '"':
			straight++
		case strings.ContainsRune("“”„‟«»", r):
			curly++
		}
		before = r
	}
	if rowOfQuoted.MatchString(term) {
		return said("write {all: "+list(quoted.FindAllString(term, -1)...)+"}", "quotes inside a term are left out: %s is looked for as a phrase", quote(term))
	}
	if straight%2+curly%2 == 0 {
		return no()
	}
	return said("only straight quotes around a whole text hold it together at a comma: \"Smith, John\"", "a quotation mark stands alone in %s", quote(term))
}

// parentheses finds (kim moon), and one without its other.
func parentheses(term string) (Form, bool) {
	if !strings.ContainsAny(term, "()") {
		return no()
	}
	if strings.Count(term, "(") != strings.Count(term, ")") {
		return said("write lists in brackets, and quote a text that holds a comma: [kim, \"Smith, John\"]", "a parenthesis stands alone in %s", quote(term))
	}
	if inner := strings.Trim(term, "()"); term[0] == '(' && term[len(term)-1] == ')' && !strings.ContainsAny(inner, "()") {
		return said("write "+list(strings.FieldsFunc(inner, func(r rune) bool { return r == ',' })...)+": lists stand in brackets", "parentheses are left out: %s is looked for as a phrase", quote(term))
	}
	return no()
}

var semicolon = regexp.MustCompile(`[\p{L}\p{N}];`)

// separators finds what other tools write between words, and around comments:
// kim|putin, kim; putin, {US}, <<<…>>>.
func separators(term string) (Form, bool) {
	cut := func(sep string) string {
		return "write " + list(strings.FieldsFunc(term, func(r rune) bool { return strings.ContainsRune(sep, r) })...)
	}
	switch {
	case strings.Contains(term, "<<<"), strings.Contains(term, "/*"):
		return said("a comment begins with # and a space", "%s is looked for as words", quote(term))
	case strings.Contains(term, "|"):
		return said(cut("|")+": a list is any of it", "| is left out: %s is looked for as a phrase", quote(term))
	case semicolon.MatchString(term):
		return said(cut(";")+": a list is any of it", "; does not part terms: %s is looked for as a phrase", quote(term))
	case strings.HasPrefix(term, "{") && strings.HasSuffix(term, "}"):
		return said("write ="+strings.Trim(term, "{}")+" for a word in this case only", "braces are left out: %s is found in any case", quote(term))
	}
	return no()
}

var entities = regexp.MustCompile(`&(?:amp|quot|apos|lt|gt|nbsp|#\d{2,5});`)

// entity finds AT&amp;T.
func entity(term string) (Form, bool) {
	if !entities.MatchString(term) {
		return no()
	}
	decoded := strings.NewReplacer("&amp;", "&", "&quot;", `"`, "&apos;", "'", "&#39;", "'", "&lt;", "<", "&gt;", ">", "&nbsp;", " ").Replace(term)
	return said("write "+plain(decoded), "%s holds the code of a character, whose letters are looked for", quote(term))
}
