package extract

import (
	"regexp"
	"slices"
	"strings"
)

// paywallBox is what a page says where it stops and asks for money or an
// account: that one must do something to read on. Asking for a subscription is
// not enough, every page does.
var paywallBox = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`\b(?:subscribe|sign up|sign in|log in|register|create an? (?:free )?account)\b.{0,60}\bto (?:continue|keep|read (?:on|more|the (?:rest|full|whole))|unlock|access (?:this|the full))`,
	`\bto (?:continue|keep) reading\b.{0,60}\b(?:subscri|sign|log|register|account|member)`, `\b(?:continue|keep) reading\b.{0,40}\bwith (?:a|an|your) .{0,20}(?:subscription|account|trial)`,
	`\bthis (?:article|story|content) is (?:only |exclusively )?(?:available (?:only )?(?:to|for)|for|reserved for) (?:our )?(?:\S+ )?(?:subscribers|members)\b`, `\bunlock (?:this|the full) (?:article|story)\b`, `\balready (?:a|an) (?:subscriber|member)\?`, `\byou have (?:reached|read|used) .{0,30}(?:free|article) `,
	`\b(?:weiterlesen|artikel lesen|vollständig lesen)\b.{0,60}(?:abo\b|abonn|anmeld|registr|\+)`, `(?:abo\b|abonn|anmeld|registrier).{0,60}\b(?:weiterlesen|weiterzulesen|um den (?:ganzen |vollständigen )?artikel)`, `\b(?:nur für abonnent|exklusiv für abonnent|bereits abonnent)`,
	`\b(?:abonnez-vous|connectez-vous|inscrivez-vous)\b.{0,60}\b(?:lire la suite|poursuivre|continuer|accéder)`, `\b(?:réservé|réservée) (?:aux|à nos) abonnés\b`, `\bil vous reste .{0,30}à lire\b`,
	`\b(?:suscríb|suscrib|regístr|inicia sesión).{0,60}\b(?:seguir|continuar) leyendo\b`, `\bpara (?:seguir|continuar) leyendo\b`, `\b(?:exclusivo|contenido) (?:solo )?para suscriptores\b`,
	`\b(?:assine|cadastre-se|faça login).{0,60}\b(?:continuar lendo|continuar a ler|ler na íntegra)`, `\b(?:exclusivo|conteúdo) para (?:os )?assinantes\b`,
	`\b(?:abbonati|accedi|registrati)\b.{0,60}\b(?:per continuare|continuare a leggere|leggere l)`, `\b(?:riservato|contenuto) (?:agli|per gli) abbonati\b`,
	`\b(?:abonneer|log in|inloggen)\b.{0,60}\b(?:verder lezen|verder te lezen|lees verder)`, `\balleen voor abonnees\b`,
	`(?:zaloguj|wykup|kup dostęp|subskryb|prenumer).{0,60}(?:czytać dalej|dalej czytać|cały artykuł|pozostało)`, `pozostało \d+ ?% (?:artykułu|tekstu)`, `\btylko dla (?:subskrybentów|prenumeratorów)`,
	`(?:подпишитесь|оформите подписку|войдите).{0,60}(?:чтобы (?:читать|продолжить)|дочитать)`, `только для подписчиков`,
	`\b(?:logga in|prenumerera|bli prenumerant)\b.{0,60}\b(?:läsa vidare|fortsätta läsa|läs hela)`, `\b(?:log ind|bliv abonnent|køb abonnement)\b.{0,60}\blæse? videre`, `\b(?:logg inn|bli abonnent|kjøp abonnement)\b.{0,60}\blese? videre`, `\b(?:abone ol|giriş yap).{0,60}(?:devamını|okumaya devam)`,
	`この記事は(?:有料)?会員限定`, `(?:残り|あと)[:：]?\s*\d+文字`, `(?:ログイン|会員登録|登録)(?:して|すると).{0,20}(?:続き|全文)`, `(?:구독|로그인).{0,20}(?:계속 읽|전체 기사|전문)`, `(?:订阅|訂閱|登录|登入).{0,20}(?:继续阅读|繼續閱讀|阅读全文|閱讀全文)`,
}, "|"))

// paywallStems are stems of which every box has one, in lower case: looking for
// them is a hundred times faster than for the boxes.
var paywallStems = []string{
	"subscri", "sign", "log", "register", "account", "member", "unlock", "reading", "free", "abo", "anmeld", "registr", "inscrivez", "connectez", "abonn", "abbon", "il vous reste",
	"suscri", "suscrí", "regístr", "inicia", "leyendo", "assin", "cadastr", "faça", "accedi", "zaloguj", "wykup", "dostęp", "subskr", "prenumer", "pozostało",
	"подпис", "войдите", "giriş", "会員", "残り", "あと", "登録", "ログイン", "구독", "로그인", "订阅", "訂閱", "登录", "登入",
}

// isPaywall reports whether a block is the box of a paywall.
func isPaywall(text string) bool {
	const longest = 400 // bytes
	if len(text) > longest {
		return false
	}
	lower := strings.ToLower(text)
	return slices.ContainsFunc(paywallStems, func(stem string) bool { return strings.Contains(lower, stem) }) &&
		paywallBox.MatchString(text)
}

// cut reports whether the text ends at the box of a paywall, and drops the box.
// It is the last of a short text or stands among the next blocks of the page;
// the boxes of pages that show everything stand in dialogues far from the text.
func (e *election) cut() bool {
	const (
		most   = 3000 // bytes of text; a longer one is hardly cut
		before = 3    // blocks of the text
		behind = 6    // blocks of the page
	)
	var elected []int
	size := 0
	for i, b := range e.votes {
		if b.dropped == "" {
			elected = append(elected, i)
			size += len(b.text)
		}
	}
	if len(elected) == 0 || size > most {
		return false
	}
	found := false
	end := elected[len(elected)-1] + 1
	for _, i := range elected[max(0, len(elected)-before):] {
		if isPaywall(e.votes[i].text) {
			e.votes[i].dropped = "the box of a paywall"
			found = true
		}
	}
	for _, b := range e.votes[end:min(len(e.votes), end+behind)] {
		found = found || isPaywall(b.text)
	}
	return found
}
