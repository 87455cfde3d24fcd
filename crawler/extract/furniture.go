package extract

import (
	"regexp"
	"slices"
	"strings"
)

var (
	furnitureLines = wholeLines()
	furnitureStart = regexp.MustCompile(`(?i)^(?:` + strings.Join(startPatterns(), "|") + `)`)

	// phrase is furniture with something of the page in it.
	phrase = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
		`(?:story|article) continues (?:below|after)[^.]*`,
		`share (?:this|on|via|with)\b.{0,40}`,
		`(?:click|tap) here to .{0,80}`,
		`the post .{1,300} appeared first on .{1,100}`,
		`(?:copyright\s*)?(?:©|ⓒ|\(c\)|&copy;).{0,100}`, `copyright (?:©|\d{4}).{0,100}`, `.{0,60}\ball rights reserved\b.{0,40}`,
		`(?:\d+ min(?:ute)?s?(?: read)?|(?:reading time|read time|lesezeit|temps de lecture|tiempo de lectura|tempo de leitura|tempo di lettura)\b.{0,30})`,
		`\$\$\w+\$\$|\{\{.*\}\}|\[\[.*\]\]`, // places that a script fills
	}, "|") + `)[\s.:!›»→…]*$`)

	// dateLine says when a page was published or changed.
	dateLine = regexp.MustCompile(`(?i)^(?:first |last |originally )?(?:published|updated|posted|modified|veröffentlicht|aktualisiert|stand|publié|mis à jour|publicado|actualizado|atualizado|pubblicato|aggiornato|gepubliceerd|bijgewerkt|opublikowano|aktualizacja|опубликовано|обновлено|оновлено|yayınlanma|güncelleme|publicerad|uppdaterad|publisert|oppdatert|opdateret|diterbitkan|입력|수정|등록|公開|更新|发布|發布)\b?[\s:,].{0,80}$`)

	// videoCaption is the line under a player: "02:46 Kim inspects missiles".
	videoCaption = regexp.MustCompile(`^\d{1,2}:\d{2}(?::\d{2})?(?:\s+\D|$)`)
	clockWord    = regexp.MustCompile(`(?i)^\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\b|uhr\b|gmt|utc|kst|jst|msk|[–—|-]|:\D|:$|h\b|\()`)
)

// Lengths, in bytes, up to which a paragraph that looks like furniture is
// taken for it.
const (
	maxPointer = 160
	maxCaption = 120
	maxLetter  = 400 // of an invitation to subscribe
)

// around are the signs that stand around the words of a button or a mark.
const around = " \t.,:;!?›»«‹→←↓▶►•·…|+-–—()[]<>#*\"“”0123456789"

// wholeLines returns the words of all languages as a set.
func wholeLines() map[string]struct{} {
	set := map[string]struct{}{}
	for _, lines := range lineWords {
		for _, line := range lines {
			set[line] = struct{}{}
		}
	}
	return set
}

func startPatterns() []string {
	var all []string
	for _, patterns := range startWords {
		all = append(all, patterns...)
	}
	slices.Sort(all)
	return all
}

// withoutFurniture takes out the blocks that belong to the page and not to the
// story: advertising marks, share bars, pointers to other stories, video
// captions. Credit lines and datelines stay.
func withoutFurniture(blocks []block) []block {
	kept := make([]block, 0, len(blocks))
	for _, b := range blocks {
		if !isFurniture(b.text) {
			kept = append(kept, b)
		}
	}
	return kept
}

// isFurniture reports whether a paragraph belongs to the page and not to the
// story.
func isFurniture(text string) bool {
	if len(text) > maxLetter {
		return false
	}
	lower := strings.ToLower(text)
	if isButtons(lower) || isLetter(lower) || len(text) <= 2*maxPointer && (phrase.MatchString(text) || isContact(lower)) {
		return true
	}
	switch {
	case len(text) <= maxPointer && furnitureStart.MatchString(text):
		return true
	case len(text) <= maxCaption && dateLine.MatchString(text):
		return strings.ContainsAny(text, "0123456789") && !strings.HasSuffix(text, ".") || strings.HasSuffix(text, "m.")
	case len(text) <= maxCaption && videoCaption.MatchString(text) && !clockWord.MatchString(text):
		return !strings.ContainsAny(text[len(text)-1:], ".!?:")
	}
	return false
}

// isButtons reports whether a line is one of the known ones, or several of them
// in a row: "Share | Tweet | Email".
func isButtons(lower string) bool {
	const longest = 100 // bytes
	if len(lower) > longest {
		return false
	}
	if _, ok := furnitureLines[strings.Trim(lower, around)]; ok {
		return len(lower) > 1
	}
	words := strings.FieldsFunc(lower, func(r rune) bool { return strings.ContainsRune(" |·,/•", r) })
	for _, w := range words {
		if _, ok := furnitureLines[strings.Trim(w, around)]; !ok {
			return false
		}
	}
	return len(words) > 1
}

// isLetter reports whether a paragraph invites to subscribe to a newsletter or
// a channel.
func isLetter(lower string) bool {
	has := func(w string) bool { return strings.Contains(lower, w) }
	return slices.ContainsFunc(askWords, has) && slices.ContainsFunc(letterWords, has) && !strings.ContainsAny(lower, "“”„«»\"")
}

// isContact reports whether a paragraph says how to reach the reporter: an
// address or a name of a network, and a word for it.
func isContact(lower string) bool {
	if !strings.Contains(lower, "@") || strings.HasPrefix(lower, "—") {
		return false
	}
	return slices.ContainsFunc(reachWords, func(w string) bool { return strings.Contains(lower, w) })
}
