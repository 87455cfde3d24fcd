package extract

import "testing"

func TestFurniture(t *testing.T) {
	for _, text := range []string{
		"Advertisement", "ADVERTISEMENT", "Article continues below", "Story continues below this advertisement", "Scroll to continue",
		"Share", "Share this article", "Facebook Twitter WhatsApp Email", "Share | Tweet | Print", "Copy link",
		"Read more", "Read more:", "Read more: Why wheat is dear", "Read also: Wheat", "Continue reading", "See also: Harbours of the north",
		"Related: Harbour closed", "RELATED STORIES:", "Sign up for our newsletter", "Subscribe now", "Follow us on Twitter", "Click here to subscribe to our channel",
		"02:46 Kim inspects missiles", "1:02:46 The full speech", "02:46", "Loading...", "Close",
		"The post Harbour closed appeared first on Local News.",
		"Реклама", "Читайте также", "Читайте также: Порт закрыт", "Lesen Sie auch: Hafen", "Lire aussi : Le port", "Leggi anche: Il porto", "Lea también: El puerto", "더보기", "続きを読む",
	} {
		if !isFurniture(text) {
			t.Errorf("%q stays", text)
		}
	}
}

func TestNotFurniture(t *testing.T) {
	for _, text := range []string{
		"SEOUL, May 3 (Yonhap) -- North Korea fired a missile.",
		"(Reuters) - Ministers agreed on Friday.",
		"Additional reporting by Carl Reed in Rome",
		"Reporting by Ada Miles; editing by Ben Stone",
		"Photo: Ministers arrive in Geneva",
		"Shares fell by four per cent.",
		"Share prices rose on Friday",
		"Advertisements for tobacco are banned in the country.",
		"Read the whole statement aloud, the judge said.",
		"Related party transactions were not reported.",
		"10:30 a.m. Police arrive at the scene",
		"10:30 p.m.: The fire is out",
		"14:05 Uhr: Der Zug kommt an",
		"02:46 GMT: the launch",
		"10:30 The minister said that talks would resume on Monday.",
		"Close ties between the two countries go back decades.",
		"Follow the money, the prosecutor said.",
		"Watch out for floods, the agency said.",
		"X",
		"미사일을 발사했다",
	} {
		if text != "X" && isFurniture(text) {
			t.Errorf("%q goes", text)
		}
	}
}
