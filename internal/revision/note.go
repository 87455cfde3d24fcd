package revision

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// openings begin a note of correction, in brackets or not; a mark must follow
// (a colon, a dash, a bracket) or nothing else in the line, so that "Correction
// officers" begin none. By language: English; German; French; Spanish;
// Portuguese; Italian; Dutch; Polish; Russian; Ukrainian; Turkish; Arabic;
// Korean; Japanese; Chinese. They are the words that press codes and style
// books use, in lower case.
var openings = []string{
	"correction", "corrections", "corrected", "corrected version", "clarification", "retraction", "erratum",
	"berichtigung", "korrektur", "richtigstellung", "korrigiert", "anmerkung der redaktion: korrektur",
	"rectificatif", "rectification", "précision", "corrigé",
	"corrección", "fe de errores", "fe de erratas", "rectificación", "aclaración",
	"correção", "errata", "erramos", "retificação",
	"correzione", "errata corrige", "rettifica",
	"correctie", "rectificatie",
	"sprostowanie", "korekta", "erratum",
	"исправление", "исправлено", "исправленная версия", "уточнение", "уточнено", "поправка",
	"виправлення", "виправлено", "уточнення", "спростування",
	"düzeltme",
	"تصحيح", "تصويب",
	"정정", "정정보도", "정정보도문", "바로잡습니다", "바로잡음",
	"訂正", "訂正とおわび", "おわびと訂正",
	"更正", "更正启事", "勘误", "勘誤",
}

// sayings are what a note of correction says wherever it stands, in
// lower case and by language.
var sayings = []string{
	"this story has been corrected", "this article has been corrected", "this report has been corrected", "has been corrected to",
	"this article was corrected", "this story was corrected", "this article was amended", "updated to correct", "this version corrects", "(corrects ",
	"an earlier version of this", "a previous version of this", "this story has been retracted", "this article has been retracted",
	"in einer früheren version", "in einer ersten version", "artikel wurde korrigiert", "text wurde korrigiert",
	"une version précédente de cet article", "une première version de cet article", "cet article a été corrigé", "cet article a été rectifié",
	"una versión anterior de est", "esta noticia ha sido corregida", "este artículo ha sido corregido",
	"uma versão anterior dest", "este texto foi corrigido", "esta reportagem foi corrigida",
	"una versione precedente di quest", "questo articolo è stato corretto",
	"in een eerdere versie", "dit artikel is gecorrigeerd",
	"w poprzedniej wersji", "artykuł został poprawiony",
	"в более ранней версии", "в предыдущей версии", "в текст внесены исправления", "новость исправлена", "текст исправлен",
	"у попередній версії", "текст виправлено",
	"bu haber düzeltil", "haberin önceki",
	"تم تصحيح هذا", "نسخة سابقة من هذا",
	"기사를 바로잡", "바로잡습니다", "정정합니다", "정정 보도",
	"訂正しました", "訂正します", "おわびして訂正", "お詫びして訂正",
	"特此更正", "现予更正", "現予更正",
}

// newNote finds the first sentence of a version that is a note of correction
// and is not in the one before.
func newNote(before, after version) (note string, ok bool) {
	held := make(map[string]bool, len(before.sentences))
	for _, s := range before.sentences {
		held[s.folded] = true
	}
	for _, s := range after.sentences {
		if !held[s.folded] && isNote(s.text) {
			return s.text, true
		}
	}
	return "", false
}

// isNote reports whether a sentence or a headline is a note of correction.
func isNote(s string) bool {
	s = strings.ToLower(s)
	if slices.ContainsFunc(sayings, func(note string) bool { return strings.Contains(s, note) }) {
		return true
	}
	s = strings.TrimLeftFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	return slices.ContainsFunc(openings, func(opening string) bool {
		rest, ok := strings.CutPrefix(s, opening)
		if !ok {
			return false
		}
		rest = strings.TrimLeft(rest, " *")
		next, _ := utf8.DecodeRuneInString(rest)
		return rest == "" || next != ',' && next != '\'' && next != '’' && unicode.IsPunct(next) || next == '|'
	})
}
