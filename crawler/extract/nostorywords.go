package extract

// The titles of pages that are shown instead of a story, in lower case and without
// numbers and the signs around them. Each is the whole of a title: a story may
// have the words among others.
var (
	blockTitles = labels(`just a moment|attention required|attention required!|cloudflare|access denied|
		access to this page has been denied|access blocked|blocked|you have been blocked|
		sorry, you have been blocked|request blocked|request rejected|forbidden|access forbidden|forbidden access|
		unauthorized|authorization required|pardon our interruption|are you a robot|are you a human|are you human|
		robot check|bot check|captcha|human verification|verify you are human|verification required|security check|
		security verification|security challenge|one more step|checking your browser|
		checking your browser before accessing|please verify you are a human|please wait|
		please wait while we verify|please wait while your request is being verified|ddos-guard|
		ddos protection by cloudflare|client challenge|challenge validation|unusual traffic|unusual activity|
		too many requests|rate limited|rate limit exceeded|javascript required|javascript is required|
		javascript is disabled|please enable javascript|enable javascript|enable javascript and cookies to continue|
		enable cookies|cookies required|redirecting|redirecting you|unsupported browser|browser not supported|
		your browser is not supported|ad blocker detected|adblock detected|adblocker detected|
		please disable your ad blocker|log in|login|sign in|log in to continue|sign in to continue|
		register to continue|subscribe to continue reading|unavailable for legal reasons|
		not available in your region|not available in your country|geoblocked|content not available in your region|
		zugriff verweigert|zugriff gesperrt|zugang verweigert|sicherheitsüberprüfung|sicherheitsprüfung|
		bitte warten|sind sie ein roboter|sind sie ein mensch|adblocker erkannt|anmelden|einloggen|accès refusé|
		accès interdit|accès bloqué|vérification de sécurité|un instant|veuillez patienter|êtes-vous un robot|
		acceso denegado|acceso prohibido|un momento|verificación de seguridad|espere un momento|acesso negado|
		acesso bloqueado|um momento|accesso negato|accesso vietato|solo un momento|toegang geweigerd|
		een moment geduld|odmowa dostępu|dostęp zabroniony|proszę czekać|доступ запрещен|доступ запрещён|
		доступ ограничен|доступ заборонено|вы не робот|подтвердите, что вы не робот|проверка браузера|
		erişim engellendi|lütfen bekleyin|robot musunuz|åtkomst nekad|ingen adgang|pääsy estetty|přístup odepřen|
		hozzáférés megtagadva|acces interzis|تم رفض الوصول|هل أنت روبوت|הגישה נדחתה|truy cập bị từ chối|
		akses ditolak|접근이 거부되었습니다|접근 거부|접속이 차단되었습니다|アクセスが拒否されました|アクセス拒否|アクセスできません|访问被拒绝|拒绝访问|訪問被拒|访问受限|安全验证|人机验证|请稍候`)

	consentTitles = labels(`before you continue|before you continue to google|before you continue to youtube|
		we value your privacy|we care about your privacy|your privacy choices|your privacy matters|your privacy|
		privacy settings|privacy preferences|privacy preference center|cookie settings|cookie preferences|
		cookie consent|cookie notice|manage your privacy|manage consent|manage cookies|accept cookies|
		yahoo is part of the yahoo family of brands|bevor sie fortfahren|ihre privatsphäre|
		ihre privatsphäre ist uns wichtig|datenschutz-einstellungen|datenschutzeinstellungen|
		privatsphäre-einstellungen|privatsphäreeinstellungen|cookie-einstellungen|einwilligung|zustimmung|
		zustimmung erforderlich|mit werbung weiterlesen|weiter mit werbung|avant de continuer|votre vie privée|
		nous respectons votre vie privée|paramètres des cookies|gérer les cookies|antes de continuar|tu privacidad|
		valoramos tu privacidad|valoramos su privacidad|configuración de cookies|prima di continuare|la tua privacy|
		rispettiamo la tua privacy|impostazioni dei cookie|valorizamos a sua privacidade|a sua privacidade|
		voordat je verdergaat|voordat je doorgaat|we waarderen je privacy|jouw privacy|cookie-instellingen|
		cookievoorkeuren|zanim przejdziesz dalej|cenimy twoją prywatność|ustawienia prywatności|
		szanujemy twoją prywatność|innan du fortsätter|før du fortsetter|før du fortsætter|
		vi værdsætter dit privatliv`)

	errorTitles = labels(`not found|page not found|the page was not found|the page cannot be found|
		the page you requested was not found|page not available|page unavailable|page no longer available|
		this page isn't available|this page is not available|this page is no longer available|
		this page doesn't exist|this page does not exist|page does not exist|page doesn't exist|content not found|
		content not available|content unavailable|article not found|story not found|file not found|
		file or directory not found|no longer available|oops|oops! page not found|oops! that page can't be found|
		nothing found|we can't find that page|we can't find the page you're looking for|sorry, page not found|
		sorry, we can't find that page|error|an error occurred|an error has occurred|unexpected error|
		application error|server error|internal server error|internal error|bad gateway|service unavailable|
		service temporarily unavailable|temporarily unavailable|site temporarily unavailable|gateway timeout|
		gateway time-out|bad request|invalid request|connection timed out|request timeout|origin is unreachable|
		web server is down|something went wrong|site error|runtime error|fatal error|database error|
		error establishing a database connection|maintenance|under maintenance|site maintenance|
		down for maintenance|site under maintenance|scheduled maintenance|maintenance mode|we'll be right back|
		we'll be back soon|coming soon|under construction|site offline|account suspended|
		this account has been suspended|domain for sale|this domain is for sale|domain parked|welcome to nginx|
		apache2 ubuntu default page|apache2 debian default page|test page for the apache http server|
		iis windows server|index of|default web site page|seite nicht gefunden|die seite wurde nicht gefunden|
		diese seite wurde nicht gefunden|seite nicht verfügbar|artikel nicht gefunden|nicht gefunden|
		inhalt nicht gefunden|fehler|ein fehler ist aufgetreten|interner serverfehler|wartungsarbeiten|
		wartungsmodus|page introuvable|page non trouvée|cette page n'existe pas|article introuvable|erreur|
		une erreur est survenue|site en maintenance|maintenance en cours|página no encontrada|no encontrado|
		no encontrada|la página no existe|error del servidor|ha ocurrido un error|en mantenimiento|
		sitio en mantenimiento|página não encontrada|não encontrado|conteúdo não encontrado|erro|em manutenção|
		pagina non trovata|non trovato|errore|errore del server|sito in manutenzione|pagina niet gevonden|
		niet gevonden|fout|onderhoud|strona nie została znaleziona|nie znaleziono strony|nie znaleziono|
		strona nie istnieje|błąd|przerwa techniczna|страница не найдена|страница не существует|не найдено|ошибка|
		ошибка сервера|технические работы|сторінку не знайдено|сторінка не знайдена|помилка|технічні роботи|
		sayfa bulunamadı|aradığınız sayfa bulunamadı|hata|bakım modu|sidan hittades inte|sidan kunde inte hittas|
		siden blev ikke fundet|siden ble ikke funnet|siden finnes ikke|sivua ei löytynyt|stránka nenalezena|
		stránka nebola nájdená|az oldal nem található|pagina nu a fost găsită|stranica nije pronađena|
		страницата не е намерена|η σελίδα δεν βρέθηκε|الصفحة غير موجودة|הדף לא נמצא|הדף לא קיים|
		halaman tidak ditemukan|không tìm thấy trang|trang không tồn tại|ไม่พบหน้า|페이지를 찾을 수 없습니다|존재하지 않는 페이지입니다|오류|
		ページが見つかりません|お探しのページは見つかりませんでした|エラー|メンテナンス中|页面不存在|找不到页面|未找到页面|頁面不存在|找不到網頁|系统维护`)
)

// The phrases of such pages in their text, in lower case. None of them is what a
// story says of anything.
var (
	blockPhrases = []string{
		"you don't have permission to access", "you do not have permission to access this",
		"enable javascript and cookies to continue", "please enable js and disable any ad blocker",
		"verifying you are human", "verify you are human by", "verify that you are not a robot",
		"confirm you are not a robot", "confirm that you are not a robot", "confirm you're not a robot",
		"confirm that you are human", "confirm you are human", "complete the security check to access",
		"needs to review the security of your connection",
		"checking if the site connection is secure", "checking your browser before accessing",
		"unusual traffic from your computer network", "unusual activity from your computer network",
		"something about your browser made us think you were a bot", "made us think that you are a robot",
		"you have been blocked from", "you are unable to access",
		"this website is using a security service to protect itself", "the requested url was rejected",
		"your request has been blocked", "your access to this site has been limited",
		"your ip address has been blocked", "performance & security by cloudflare", "cloudflare ray id",
		"request unsuccessful. incapsula incident", "you need to enable javascript to run this app",
		"javascript is disabled in your browser", "please turn javascript on and reload the page",
		"press & hold to confirm", "unavailable due to legal reasons", "unavailable in your region due to",
		"unavailable in most european countries", "bestätigen sie, dass sie kein roboter sind",
		"ungewöhnlichen datenverkehr", "vous n'êtes pas un robot", "trafic inhabituel", "no eres un robot",
		"tráfico inusual", "não é um robô", "non sei un robot", "geen robot bent", "nie jesteś robotem", "вы не робот",
		"підтвердьте, що ви не робот", "robot olmadığınızı",
	}
	consentPhrases = []string{
		"store and/or access information on a device", "we and our partners", "we use cookies and data to",
		"we use cookies and similar technologies", "if you choose to accept all", "by clicking \"accept all\"",
		"by clicking “accept all”", "by clicking accept all", "personalised ads and content",
		"personalized ads and content", "precise geolocation data and identification through device scanning",
		"wir und unsere partner", "informationen auf einem gerät speichern", "wir verwenden cookies und daten",
		"klicken sie auf „alle akzeptieren", "personalisierte werbung und inhalte",
		"mit werbung und tracking", "nous et nos partenaires", "stocker et/ou accéder à des informations",
		"nous utilisons des cookies et des données", "nosotros y nuestros socios", "nosotros y nuestros partners",
		"almacenar o acceder a información en un dispositivo", "utilizamos cookies y datos", "noi e i nostri partner",
		"archiviare informazioni su dispositivo", "utilizziamo cookie e dati", "nós e os nossos parceiros",
		"armazenar e/ou aceder a informações", "wij en onze partners", "informatie op een apparaat opslaan",
		"we gebruiken cookies en gegevens", "my i nasi partnerzy", "przechowywać informacje na urządzeniu",
		"vi och våra partner", "vi og våre partnere", "vi og vores partnere",
	}
)
