package cluster

import (
	"regexp"
	"strconv"
	"strings"
)

// Marker is how an outlet marks one more version of its own story.
type Marker struct {
	Kind   MarkerKind `json:"kind,omitempty"`
	Number int        `json:"number,omitempty"` // of an update; 0 when it has none
}

// MarkerKind says what a marked version is.
type MarkerKind uint8

// The kinds of marker.
const (
	NoMarker    MarkerKind = iota
	MarkUpdate             // UPDATE 3
	MarkCorrect            // CORRECTED
	MarkRepeat             // RPT, REFILE: the same again
	MarkKill               // KILL, WITHDRAWN: it is not to be used
)

var markerNames = [...]string{"", "update", "correction", "repeat", "kill"}

// String returns the word for a kind, "" for no marker.
func (k MarkerKind) String() string {
	if int(k) >= len(markerNames) {
		return ""
	}
	return markerNames[k]
}

// markers are what stands in front of a headline, or in brackets behind it. What
// stands first in the list counts.
var markers = []struct {
	kind  MarkerKind
	front *regexp.Regexp
}{
	{MarkKill, front(`(?:mandatory |story |news )?kill(?:ed)?|withdrawn|retracted|retraction|advisory kill|annul[ée]e?|` +
		`rétracté|zurückgezogen|anulad[oa]|retirad[oa]|ritirat[oa]|отозвано|аннулировано|全文取消|記事取り消し|기사 ?취소|撤稿|سحب`)},
	{MarkCorrect, front(`correct(?:ed|ion|s)?|clarifi(?:ed|cation)|korrektur|berichtigung|korrigiert|richtigstellung|` +
		`rectificatif|correctif|corrigé|correcci[óo]n|corregid[oa]|rettifica|corre[çc][ãa]o|rectificatie|correctie|` +
		`korekta|sprostowanie|исправлено|исправление|уточнение|поправка|виправлено|düzeltme|تصحيح|訂正|更正|정정`)},
	{MarkRepeat, front(`rpt|repeat|refile|refiled|resend|wiederholung|再送|재송`)},
	{MarkUpdate, front(`(?:update|updated|lead|aktualisiert|aktualisierung|zusammenfassung|actualisé|actualité mise à jour|` +
		`mise à jour|actualización|actualiza|aggiornamento|atualização|обновлено|дополнено|оновлено|güncelleme|تحديث|` +
		`更新|続報|종합|[2-9]보|종합[2-9]보)`)},
}

// front compiles the words of a marker: in front of a headline, before a colon or
// a dash, or in brackets.
func front(words string) *regexp.Regexp {
	return regexp.MustCompile(`(?i)^\s*(?:[\[(（【]\s*(?:` + words + `)(?:\s*#?(\d{1,2}))?\s*[\])）】]|` +
		`(?:` + words + `)(?:\s*#?(\d{1,2}))?\s*(?:[:：–—]|-\s*|\s-\s))\s*`)
}

// behind finds a marker in brackets at the end of a headline.
var behind = regexp.MustCompile(`^(.*\S)\s*([\[(（【][^\[\]()（）【】]{2,24}[\])）】])\s*$`)

// readMarker returns the markers of a headline, the gravest of them, and the
// headline without them.
func readMarker(title string) (Marker, string) {
	var found Marker
	for again := true; again; {
		again = false
		for _, m := range markers {
			at := m.front.FindStringSubmatchIndex(title)
			if at == nil || at[1] >= len(title) {
				continue
			}
			found = found.with(m.kind, numberAt(title, at))
			title, again = strings.TrimLeft(title[at[1]:], " -–—:"), true
		}
	}
	if parts := behind.FindStringSubmatch(title); parts != nil {
		for _, m := range markers {
			if at := m.front.FindStringSubmatchIndex(parts[2]); at != nil && at[1] == len(parts[2]) {
				return found.with(m.kind, numberAt(parts[2], at)), parts[1]
			}
		}
	}
	return found, strings.TrimSpace(title)
}

// with returns the graver of a marker and another one, and keeps the number of an update.
func (m Marker) with(kind MarkerKind, number int) Marker {
	gravity := [...]int{NoMarker: 0, MarkRepeat: 1, MarkUpdate: 2, MarkCorrect: 3, MarkKill: 4}
	if gravity[kind] > gravity[m.Kind] {
		m.Kind = kind
	}
	m.Number = max(m.Number, number)
	return m
}

// numberAt reads the number of a marker that was found.
func numberAt(s string, at []int) int {
	for i := 2; i+1 < len(at); i += 2 {
		if at[i] >= 0 {
			n, err := strconv.Atoi(s[at[i]:at[i+1]])
			if err == nil {
				return n
			}
		}
	}
	return 0
}
