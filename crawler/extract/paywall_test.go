package extract

import (
	"strings"
	"testing"
)

func TestIsPaywall(t *testing.T) {
	for text, want := range map[string]bool{
		"Subscribe to continue reading":                                 true,
		"To continue reading this article, please log in or subscribe.": true,
		"Create a free account to unlock this story":                    true,
		"This article is available only to our subscribers":             true,
		"Already a subscriber? Log in":                                  true,
		"Jetzt weiterlesen mit dem Digital-Abo":                         true,
		"Nur für Abonnenten":                                            true,
		"Abonnez-vous pour lire la suite de cet article":                true,
		"Cet article est réservé aux abonnés":                           true,
		"Suscríbete para seguir leyendo":                                true,
		"Assine para continuar lendo":                                   true,
		"Contenuto riservato agli abbonati":                             true,
		"Pozostało 80% artykułu":                                        true,
		"Оформите подписку, чтобы продолжить чтение":                    true,
		"この記事は会員限定です":                                                   true,
		"Logga in för att läsa vidare":                                  true,
		"Subscribe to our newsletter":                                   false,
		"Readers subscribe to the paper because they like it.":          false,
		"He continued reading from the letter, the court was told.":     false,
		"Log in": false,
		"Members of the union voted to continue the strike, it said.":     false,
		"Die Zahl der Abonnenten stieg um vier Prozent.":                  false,
		strings.Repeat("a long paragraph ", 30) + "subscribe to continue": false,
	} {
		if got := isPaywall(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// TestCutPage takes a page for cut when the box stands where the text ends, and
// never takes the box for text.
func TestCutPage(t *testing.T) {
	const box = "<div class=wall><p>Subscribe to continue reading this story</p></div>"
	few, many := marked("p", "", 0, 4), marked("p", "", 0, 60)
	far := strings.Repeat("<div class=card><p>"+para(900)+"</p></div>", 12)
	for name, c := range map[string]struct {
		page string
		want bool
	}{
		"at the end":     {"<article>" + few + "</article>" + box, true},
		"the last of it": {"<article>" + few + "<p>Subscribe to continue reading this story</p></article>", true},
		"behind it all":  {"<article>" + many + "</article>" + box, false},
		"in a dialogue":  {"<article>" + few + "</article>" + far + box, false},
		"no box":         {"<article>" + few + "</article>", false},
		"says it is not": {`<meta property="article:content_tier" content="locked"><article>` + many + "</article>", true},
	} {
		s, err := Article([]byte("<title>Harbour closed</title>"+c.page), Options{})
		if err != nil || s.Paywalled != c.want {
			t.Errorf("%s: %t, %v", name, s.Paywalled, err)
		}
		if strings.Contains(s.Text, "Subscribe") || !strings.Contains(s.Text, para(3)) {
			t.Errorf("%s: %s", name, s.Text)
		}
	}
}
