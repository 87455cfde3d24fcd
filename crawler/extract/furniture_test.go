package extract

import (
	"strings"
	"testing"
)

func TestFurniture(t *testing.T) {
	for _, text := range []string{
		"Advertisement", "ADVERTISEMENT", "Article continues below", "Story continues below this advertisement", "Scroll to continue",
		"Share", "Share this article", "Facebook Twitter WhatsApp Email", "Share | Tweet | Print", "Copy link",
		"Read more", "Read more:", "Read more: Why wheat is dear", "Read also: Wheat", "Continue reading", "See also: Harbours of the north",
		"Related: Harbour closed", "RELATED STORIES:", "Sign up for our newsletter", "Subscribe now", "Follow us on Twitter", "Click here to subscribe to our channel",
		"02:46 Kim inspects missiles", "1:02:46 The full speech", "02:46", "Loading...", "Close",
		"The post Harbour closed appeared first on Local News.",
		"Реклама", "Читайте также", "Читайте также: Порт закрыт", "Lesen Sie auch: Hafen", "Lire aussi : Le port", "Leggi anche: Il porto", "Lea también: El puerto", "더보기", "続きを読む",
		"Werbung", "Mehr zum Thema:", "Publicité", "Lees ook: Haven dicht", "Czytaj więcej", "Etiketler :", "Läs mer", "Les også: Havnen er stengt", "Baca juga: Pelabuhan ditutup", "관련 기사", "広告", "相关阅读", "© 2024 Westmole Post. All rights reserved.", "©2019 Ascom", "Copyright ⓒ 서쪽일보. 무단전재 및 재배포 금지",
		"Updated at 1:23 p.m.", "First Published: Tuesday, November 19, 2019 08:38 AM", "Aktualisiert: 3.5.2024, 12:10 Uhr", "Опубликовано: 3 мая 2024", "Stand: 22.04.2024, 06:00 Uhr",
		"5 min read", "Lesezeit: 3 Minuten", "Post Comment (+)", "Comments (12)", "$$ARTICLEAD$$",
		"Abonniere den Whatsapp-Kanal und du bekommst die besten Storys direkt auf dein Handy.",
		"Our website is the place for the latest news. Please bookmark it and sign up for our daily newsletter, here.",
		"Iscriviti alla newsletter per ricevere le notizie del giorno.", "Подписывайтесь на наш канал в Телеграм",
		"Email Ada Miles at ada@westmole.test or follow her @adamiles.", "Have a tip? Ada Miles may be reached at ada@westmole.test.",
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
		"More than 40 people were hurt.",
		"Updated figures show that 40 people were hurt.",
		"Published in 1987, the novel sold 40,000 copies.",
		"“Subscribe to my newsletter,” he told the crowd by email.",
		"The company's newsletter said that profits rose.",
		"— Ada Miles (@adamiles) May 3, 2024",
		"Она подписала письмо и ушла.",
		"Das Abkommen wurde am Freitag veröffentlicht.",
		"Fox News’ Ada Miles contributed to this report.",
		"Top 10", "2:1", "5,040", "More or less",
	} {
		if isFurniture(text) {
			t.Errorf("%q goes", text)
		}
	}
}

// TestLineWords holds that every known line can be met: lines are compared in
// lower case and without what stands around them.
func TestLineWords(t *testing.T) {
	for language, lines := range lineWords {
		for _, line := range lines {
			if line != strings.Trim(strings.ToLower(line), around) {
				t.Errorf("%s: %q is never met", language, line)
			}
		}
	}
	for _, words := range [][]string{askWords, letterWords, reachWords, paywallStems} {
		for _, w := range words {
			if w != strings.ToLower(w) {
				t.Errorf("%q is never met", w)
			}
		}
	}
}
