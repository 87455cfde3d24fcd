package extract

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// TestNoStory takes no page for a story that is shown instead of one.
func TestNoStory(t *testing.T) {
	const partners = "We and our partners store and/or access information on a device, such as unique identifiers in cookies. "
	for _, c := range []struct{ name, title, body string }{
		{"Cloudflare", "Just a moment...", `<h1>river.example</h1><p>Verifying you are human. This may take a few seconds.</p><p>river.example needs to review the security of your connection before proceeding.</p>`},
		{"Cloudflare's block", "Attention Required! | Cloudflare", `<h1>Sorry, you have been blocked</h1><h2>You are unable to access river.example</h2><p>This website is using a security service to protect itself from online attacks.</p>`},
		{"Akamai", "Access Denied", `<h1>Access Denied</h1><p>You don't have permission to access "http://river.example/ferry" on this server.</p><p>Reference #18.2f3a</p>`},
		{"an application's firewall", "Request Rejected", `<p>The requested URL was rejected. Please consult with your administrator.</p>`},
		{"Imperva", "Pardon Our Interruption", `<h1>Pardon Our Interruption</h1><p>As you were browsing something about your browser made us think you were a bot. There are a few reasons this might happen.</p>`},
		{"Bloomberg's", "River Mail - Are you a robot?", `<h3>We've detected unusual activity from your computer network</h3><p>To continue, please click the box below to let us know you're not a robot.</p>`},
		{"the site's name in the title", "River Mail", `<h1>Are you a robot?</h1><p>Please show that you are a person, and the story will be shown to you at once.</p>`},
		{"only the text says it", "River Mail", `<p>Please enable JS and disable any ad blocker to read on in our paper.</p>`},
		{"a captcha in German", "River Mail", `<h1>Sicherheitsüberprüfung</h1><p>Bitte bestätigen Sie, dass Sie kein Roboter sind, dann geht es gleich weiter.</p>`},
		{"a captcha in Russian", "Вы не робот?", `<p>Подтвердите, что запросы отправляли вы, а не робот, и нажмите на кнопку ниже.</p>`},
		{"a legal reason", "Unavailable for legal reasons", `<p>We recognise you are attempting to access this website from a country belonging to the European Economic Area.</p>`},
		{"a number", "403 Forbidden", `<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>`},

		{"Google's consent", "Before you continue to Google", `<p>We use cookies and data to deliver and maintain our services, and to track outages.</p>`},
		{"a consent wall", "River Mail", `<h1>We value your privacy</h1><p>` + partners + `You may accept or manage your choices by clicking below.</p>`},
		{"a long consent wall", "River Mail", `<p>` + partners + `</p><p>Precise geolocation data and identification through device scanning are among their aims.</p>` + strings.Repeat("<p>A company of the list of companies that want to know what you read in this paper, and when you do so.</p>", 40)},
		{"a German one", "Mit Werbung weiterlesen", `<p>Besuchen Sie uns wie gewohnt mit Werbung und Tracking. Wir und unsere Partner speichern dazu Daten.</p>`},

		{"not found", "Page not found - River Mail", `<h1>Page not found</h1><p>We looked everywhere on the river for the page that you asked for, and it is not there.</p>`},
		{"a number of its own", "404", `<p>The page that you asked for is not there, and it has perhaps never been there.</p>`},
		{"an error with a number", "Error 404 (Not Found)!!1", `<p>The requested URL was not found on this server. That is all we know.</p>`},
		{"a WordPress page", "Page not found - River Mail", `<h1>Oops! That page can’t be found.</h1><p>It looks like nothing was found at this location. Maybe try a search?</p>`},
		{"a server's error", "502 Bad Gateway", `<h1>502 Bad Gateway</h1><p>The server returned an invalid or incomplete response to the request.</p>`},
		{"maintenance", "River Mail", `<h1>We’ll be back soon!</h1><p>Sorry for the inconvenience, we are performing some maintenance at the moment.</p>`},
		{"German", "Seite nicht gefunden | River Mail", `<p>Die Seite, die Sie aufgerufen haben, gibt es nicht oder nicht mehr in dieser Zeitung.</p>`},
		{"French", "Erreur 404", `<h1>Page introuvable</h1><p>La page que vous cherchez n'existe pas ou n'existe plus dans ce journal.</p>`},
		{"Japanese", "ページが見つかりません", `<p>お探しのページは一時的にアクセスできない状況にあるか、移動もしくは削除された可能性があります。</p>`},
		{"Korean", "오류", `<p>요청하신 페이지를 찾을 수 없습니다. 주소를 다시 확인해 주시기 바랍니다.</p>`},
	} {
		page := `<!doctype html><html><head><title>` + c.title + `</title></head><body>` + c.body + `</body></html>`
		s, err := Article([]byte(page), Options{URL: "https://rivermail.example/2024/05/03/ferry"})
		if !errors.Is(err, ErrNoStory) {
			t.Errorf("%s: got %q, %q, %v", c.name, s.Title, s.Text, err)
		}
	}
}

// TestIsStory reads stories about blocks, consent and errors.
func TestIsStory(t *testing.T) {
	for _, c := range []struct{ name, head, body string }{
		{"a headline with such words", `<title>Access denied: the ferry turns back</title>`, `<h1>Access denied: the ferry turns back</h1>` + flow},
		{"a headline of such words, with a date", `<title>Access denied</title><meta property="article:published_time" content="2024-05-03T10:00:00Z">`, `<h1>Access denied</h1>` + flow},
		{"a headline of such words, as an article", `<title>Not found</title><script type="application/ld+json">{"@type":"NewsArticle","headline":"Not found"}</script>`, `<h1>Not found</h1>` + flow},
		{"a headline of such words over a long text", `<title>Maintenance</title>`, `<h1>Maintenance</h1>` + flow + longText()},
		{"a headline with a number", `<title>404 passengers were on the ferry</title>`, `<h1>404 passengers were on the ferry</h1>` + flow},
		{"a box that asks for consent", `<title>Ferry stuck</title>`, `<h1>Ferry stuck</h1>` + flow + `<div class="cookie-banner"><p>We and our partners store and/or access information on a device.</p></div>`},
		{"the heading of a box", `<title>Ferry stuck</title>`, `<div id="banner"><h1>We value your privacy</h1></div><h1>Ferry stuck</h1>` + flow},
		{"the heading of a hidden box", `<title>Ferry stuck</title>`, `<h1>Ferry stuck</h1>` + flow + `<div hidden><h1>Page not found</h1></div>`},
		{"a story about robots", `<title>Ferry stuck</title>`, `<h1>Ferry stuck</h1>` + flow + `<p>The pilots had to show that they were no robots before they could read the warning.</p>`},
	} {
		s, err := Article([]byte(`<!doctype html><html lang="en"><head>`+c.head+`</head><body>`+c.body+`</body></html>`), Options{URL: "https://rivermail.example/ferry"})
		if err != nil || !strings.Contains(s.Text, "Forty passengers") {
			t.Errorf("%s: got %q, %v", c.name, s.Text, err)
		}
	}
}

// longText is a text in which nothing is said twice.
func longText() string {
	var b strings.Builder
	for day := range strings.FieldsSeq("Monday Tuesday Wednesday Thursday Friday Saturday Sunday") {
		for boat := range strings.FieldsSeq("ferry tug barge") {
			fmt.Fprintf(&b, "<p>On %s the %s lay in the ice, and on the %s nobody knew how long it would last after %s.</p>", day, boat, boat, day)
		}
	}
	return b.String()
}
