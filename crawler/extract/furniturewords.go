package extract

// lineWords are whole paragraphs that belong to the page, by language: marks of
// advertising, buttons, headings of lists of other stories. They are written in
// lower case and without the signs and numbers that stand around them.
var lineWords = map[string][]string{
	"any": {"whatsapp", "facebook", "twitter", "x", "linkedin", "telegram", "reddit", "pinterest", "messenger", "flipboard", "instagram", "youtube", "rss", "tl;dr"},
	"en": {
		"ad", "advert", "advertisement", "advertisements", "sponsored", "sponsored content", "promoted", "paid content", "scroll to continue", "article content",
		"story continues below", "story continues below advertisement", "story continues below this advertisement", "article continues below advertisement",
		"share", "share this", "share this article", "share this story", "tweet", "email", "e-mail", "print", "copy link", "save", "bookmark", "listen", "listen to this article",
		"comment", "comments", "post comment", "leave a comment", "add a comment", "view comments", "show comments", "read comments", "join the conversation",
		"read more", "learn more", "find out more", "see more", "show more", "load more", "more", "more about", "more on this", "more on this story", "more from", "read next", "up next", "next article", "previous article",
		"read full story", "read the full story", "continue reading", "skip to content", "skip to main content", "skip advertisement", "back to top", "view all",
		"related", "related articles", "related stories", "related topics", "related content", "related coverage", "recommended", "recommended for you", "you may also like", "you might also like", "most read", "most popular", "trending", "trending now", "editor's picks", "editors' picks", "don't miss", "see also",
		"sign up", "sign up here", "sign up now", "subscribe", "subscribe now", "subscribe here", "log in", "login", "sign in", "register", "watch", "watch now", "watch live", "watch video", "play", "play video", "loading", "close", "tags", "topics", "filed under", "follow us", "about the author", "all rights reserved",
	},
	"de": {
		"anzeige", "anzeigen", "werbung", "teilen", "drucken", "merken", "kommentare", "kommentieren", "zu den kommentaren", "weiterlesen", "mehr lesen", "mehr erfahren", "mehr anzeigen", "mehr", "mehr zum thema", "mehr dazu",
		"lesen sie auch", "lesen sie mehr", "lesen sie hier weiter", "auch interessant", "das könnte sie auch interessieren", "das könnte sie interessieren", "meistgelesen", "meistgelesene artikel", "empfehlungen der redaktion", "empfohlener externer inhalt", "externer inhalt", "themen", "schlagworte", "artikel anhören", "artikel teilen", "artikel merken", "zur startseite", "zum thema", "nach oben", "jetzt abonnieren", "anmelden", "abonnieren", "newsletter", "schließen", "link zum youtube-inhalt", "alle rechte vorbehalten", "quelle",
	},
	"fr": {"publicité", "annonce", "partager", "imprimer", "commenter", "commentaires", "lire aussi", "à lire aussi", "lire plus", "lire la suite", "en savoir plus", "voir plus", "voir aussi", "sur le même sujet", "les plus lus", "abonnez-vous", "s'abonner", "se connecter", "fermer", "écouter l'article", "tous droits réservés"},
	"es": {"publicidad", "anuncio", "compartir", "imprimir", "comentar", "comentarios", "leer más", "ver más", "seguir leyendo", "lee también", "lea también", "leer también", "te puede interesar", "más información", "noticias relacionadas", "lo más leído", "lo más visto", "suscríbete", "suscríbase", "iniciar sesión", "cerrar", "etiquetas", "temas", "todos los derechos reservados"},
	"pt": {"publicidade", "anúncio", "continua após a publicidade", "compartilhar", "compartilhe", "partilhar", "imprimir", "comentar", "comentários", "leia mais", "leia também", "ler mais", "ver mais", "saiba mais", "veja também", "mais lidas", "notícias relacionadas", "assine", "entrar", "fechar", "etiquetas", "todos os direitos reservados"},
	"it": {"pubblicità", "annuncio", "condividi", "stampa", "commenta", "commenti", "leggi anche", "leggi di più", "leggi tutto", "continua a leggere", "vedi anche", "approfondisci", "i più letti", "abbonati", "accedi", "chiudi", "riproduzione riservata", "© riproduzione riservata", "tutti i diritti riservati"},
	"nl": {"advertentie", "delen", "deel", "reageer", "reacties", "lees ook", "lees meer", "lees verder", "meer lezen", "bekijk ook", "meest gelezen", "abonneer", "inloggen", "sluiten"},
	"pl": {"reklama", "udostępnij", "drukuj", "komentarze", "komentuj", "czytaj więcej", "czytaj także", "czytaj też", "czytaj dalej", "zobacz także", "zobacz też", "zobacz więcej", "polecane", "najpopularniejsze", "zaloguj", "zaloguj się", "zamknij"},
	"ru": {"реклама", "поделиться", "комментарии", "комментировать", "читайте также", "читать далее", "читать полностью", "смотрите также", "подробнее", "по теме", "материалы по теме", "самое читаемое", "подписаться", "войти", "закрыть", "теги", "фото", "видео"},
	"uk": {"поділитися", "коментарі", "читайте також", "читати далі", "дивіться також", "докладніше", "за темою", "підписатися", "увійти", "закрити"},
	"tr": {"reklam", "paylaş", "yazdır", "yorumlar", "yorum yap", "devamını oku", "daha fazla", "ilgili haberler", "ilginizi çekebilir", "etiketler", "abone ol", "giriş yap", "kapat"},
	"sv": {"annons", "dela", "skriv ut", "kommentarer", "läs mer", "läs också", "läs även", "se också", "visa mer", "mest läst", "prenumerera", "logga in", "stäng"},
	"da": {"annonce", "del", "artiklen fortsætter efter annoncen", "læs mere", "læs også", "se også", "vis mere", "mest læste", "abonnér", "log ind", "luk"},
	"no": {"annonse", "artikkelen fortsetter under annonsen", "saken fortsetter etter annonsen", "les mer", "les også", "vis mer", "mest lest", "abonner", "logg inn", "lukk"},
	"id": {"iklan", "bagikan", "komentar", "baca juga", "baca selengkapnya", "selengkapnya", "lihat juga", "berita terkait", "terpopuler", "tutup"},
	"ko": {"광고", "공유", "공유하기", "댓글", "더보기", "기사 더보기", "관련기사", "관련 기사", "인기기사", "많이 본 뉴스", "구독", "구독하기", "로그인", "닫기", "무단전재 및 재배포 금지", "무단 전재 및 재배포 금지"},
	"ja": {"広告", "スポンサーリンク", "シェア", "ツイート", "コメント", "もっと見る", "続きを読む", "続きを見る", "関連記事", "関連ニュース", "あわせて読みたい", "おすすめ記事", "おすすめ情報", "ランキング", "ログイン", "閉じる", "無断転載禁止"},
	"zh": {"广告", "廣告", "分享", "评论", "評論", "留言", "阅读更多", "閱讀更多", "查看更多", "更多", "相关新闻", "相關新聞", "相关阅读", "相關閱讀", "推荐阅读", "推薦閱讀", "登录", "登入", "关闭", "關閉"},
}

// startWords begin a short paragraph that points elsewhere, by language. A sign
// or a space follows.
var startWords = map[string][]string{
	"en": {`(?:read|see|watch|listen|also read|related|more|don[’']t miss|see also)(?: (?:more|also|next|here|on this|posts?|stor(?:y|ies)|articles?|coverage|content|topics|reading))*\s*[:|»>]`, `read (?:more|also|next)\b`, `continue reading\b`, `sign up (?:for|to)\b`, `subscribe to\b`, `subscribe for\b`, `follow (?:us|bbc|cnn)\b`, `don[’']t miss\b`, `you may also like`, `recommended for you`, `get the latest\b`, `get access to\b`, `click here\b`, `share this story\b`, `join our\b`, `download (?:the|our) \S+ app\b`, `have a (?:news )?tip\?`, `got a (?:news )?tip\?`, `do you have a (?:news )?tip`},
	"de": {`lesen sie (?:auch|hier|mehr|dazu)`, `mehr zum thema`, `auch interessant\b`, `mehr themen auf\b`, `hier (?:finden|geht|lesen) sie\b`, `abonnieren sie\b`, `fehler gefunden\b`, `dieser (?:text|artikel) erschien zuerst\b`},
	"fr": {`lire aussi`, `à lire aussi`, `voir aussi`, `abonnez-vous\b`, `inscrivez-vous\b`},
	"es": {`le[ae] también`, `leer también`, `te puede interesar`, `suscríbete\b`, `síguenos\b`, `sigue leyendo`},
	"pt": {`leia (?:mais|também)`, `veja (?:mais|também)`, `assine\b`, `inscreva-se\b`, `siga o\b`},
	"it": {`leggi anche`, `vedi anche`, `iscriviti\b`, `abbonati\b`},
	"nl": {`lees ook`, `lees meer`, `bekijk ook`}, "pl": {`czytaj (?:także|też|więcej)`, `zobacz (?:także|też)`},
	"ru": {`читайте также`, `смотрите также`, `подписывайтесь`, `подпишитесь`}, "uk": {`читайте також`, `підписуйтесь`, `підпишіться`},
	"tr": {`ilgili haber`, `abone olun`}, "sv": {`läs (?:också|även|mer)\b`}, "da": {`læs også`}, "no": {`les også`}, "id": {`baca juga`},
	"ko": {`관련\s?기사`}, "ja": {`【関連記事】`, `関連記事[：:]`}, "zh": {`延伸(?:阅读|閱讀)`},
}

// A paragraph that asks to subscribe has one of askWords and one of letterWords,
// which say where it is delivered, anywhere in it. Stems stand for the forms of
// a word.
var (
	askWords = []string{
		"sign up", "subscribe", "bookmark", "delivered", "register", "anmeld", "abonnier", "registrier", "abonnez", "inscrivez", "suscríb", "suscrib", "inscreva", "assine", "iscriviti", "abonneer", "zapisz się", "подпис", "підпис", "abone ol", "prenumerera", "tilmeld", "meld deg", "berlangganan", "구독", "登録", "订阅", "訂閱",
	}
	letterWords = []string{
		"newsletter", "inbox", "letterbox", "mailbox", "briefing", "whatsapp", "telegram", "e-mail", "by email", "postfach", "kanal", "channel", "boîte mail", "boletín", "correo", "push", "рассылк", "розсилк", "телеграм", "e-posta", "nyhetsbrev", "nyhedsbrev", "뉴스레터", "メールマガジン", "ニュースレター", "邮件", "郵件",
	}
	// reachWords are of paragraphs that say how to reach the reporter.
	reachWords = []string{"follow ", "reach", "contact", "email", "e-mail", "tip?", "tips"}
)
