package cluster

import "strings"

// withoutNotices returns a text without the lines and sentences that pages show
// beside every story: of cookies, consent, scripts, subscriptions and rights. A
// sentence is one of them when it holds a sign of theirs. When hardly anything is
// left, the page was shown instead of a story, and has no text.
func withoutNotices(s string) string {
	lower := strings.ToLower(s)
	if len(lower) != len(s) { // a letter that grows: places would not fit
		lower = s
	}
	if !hasSign(lower) {
		return s
	}
	var kept strings.Builder
	for from := 0; from < len(s); {
		end := sentenceEnd(lower, from)
		if !hasSign(lower[from:end]) {
			kept.WriteString(s[from:end])
		}
		from = end
	}
	if kept.Len() < leastKept {
		return ""
	}
	return kept.String()
}

// leastKept is how many bytes have to be left of a text of which something was
// taken for a notice.
const leastKept = 160

func hasSign(lower string) bool {
	for _, sign := range noticeSigns {
		if strings.Contains(lower, sign) {
			return true
		}
	}
	return false
}

// sentenceEnd returns where the sentence or line that begins at a place ends.
func sentenceEnd(s string, from int) int {
	for i := from; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\n':
			return i + 1
		case (c == '.' || c == '!' || c == '?') && i+1 < len(s) && s[i+1] <= ' ':
			return i + 1
		case c == 0xE3 && strings.HasPrefix(s[i:], "。"):
			return i + len("。")
		}
	}
	return len(s)
}

// noticeSigns are what notices say and stories do not, in lower case.
var noticeSigns = []string{
	"use of cookies", "uses cookies", "use cookies", "cookie policy", "cookie settings", "accept cookies",
	"accept all cookies", "cookies und andere", "cookies einverstanden", "einsatz von cookies", "verwendet cookies",
	"verwenden cookies", "cookies auf", "cookie-einstellungen", "unserer datenschutzerklärung",
	"siehe datenschutzerklärung", "datenschutzeinstellungen", "technische anonymisierte", "\"akzeptieren",
	"akzeptieren und schließen", "des cookies", "de cookies", "uso de cookies", "utilizza cookie", "utilizzo dei cookie",
	"plików cookie", "pliki cookie", "polityce prywatności", "politykę prywatności", "zaakceptuj i zamknij",
	"używać cookies", "файлы cookie", "файлов cookie", "çerez politika", "çerezleri", "cookie をご", "cookieを使用",
	"使用 cookie", "使用cookie", "쿠키를 사용", "ملفات تعريف الارتباط",
	"enable javascript", "javascript is disabled", "does not support the audio element",
	"does not support the video", "javascript aktivieren", "activer javascript", "activar javascript",
	"privacy policy and terms", "terms of use and privacy", "subscribe to our newsletter", "sign up for our newsletter",
	"sign up to our newsletter", "already a subscriber", "to continue reading", "subscribe to continue",
	"this content is for subscribers", "jetzt abonnieren", "melden sie sich an, um", "diesen artikel weiterlesen",
	"abonnez-vous", "réservé aux abonnés", "reservado para suscriptores", "suscríbete para", "hazte suscriptor",
	"riservato agli abbonati", "оформите подписку", "подпишитесь на", "订阅后", "有料会員", "会員限定",
	"all rights reserved", "alle rechte vorbehalten", "tous droits réservés", "todos los derechos reservados",
	"tutti i diritti riservati", "все права защищены", "may not be published, broadcast", "无断转载", "無断転載",
	"무단전재", "무단 전재", "verify you are human", "are you a robot", "checking your browser", "access denied",
	"unusual traffic", "you have been blocked",
}
