package extract

import (
	"testing"
	"time"
)

// fetched is when the pages of the tests were fetched.
var fetched = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// newsPage is the page of a story. %s is what stands in its places.
func newsPage(lang, before, behind, end string) []byte {
	return []byte(`<!doctype html><html lang="` + lang + `"><head><meta charset="utf-8"><title>Ferry stuck in the ice</title></head><body>
<header><a href="/">River Mail</a><p>Saturday 28 November 2026</p></header><main><article>` + before + `<h1>Ferry stuck in the ice</h1>` + behind + `
<p>The ferry between the two banks was stuck in the ice on Monday, the company said in the evening.</p>
<p>Forty passengers were brought ashore with the boats of the fire brigade, and nobody was hurt.</p>
</article></main>` + end + `</body></html>`)
}

// TestOwnDate reads pages whose metadata has no date: what their header says of it.
func TestOwnDate(t *testing.T) {
	const day = "2024-05-03T00:00:00Z"
	for _, c := range []struct{ name, lang, header, want string }{
		{"a line", "en", `<p>3 May 2024</p>`, day},
		{"the month first", "en", `<div>May 3, 2024</div>`, day},
		{"an ordinal", "en", `<div>May 3rd, 2024</div>`, day},
		{"a label", "en", `<p>Published: Friday, 3 May 2024, 10:30 a.m.</p>`, "2024-05-03T10:30:00Z"},
		{"a zone", "en", `<p>Posted on May 3, 2024 at 5:04 PM EDT</p>`, "2024-05-03T17:04:00-04:00"},
		{"behind a name", "en", `<p>By Jo Field | May 3, 2024</p>`, day},
		{"behind a name and a comma", "en", `<p>Jo Field, 3 May 2024</p>`, day},
		{"behind a place", "en", `<p>Written by Jo Field in Riverside on 3 May 2024. 51 Comments</p>`, day},
		{"glued to a name", "en", `<div class="meta"><span>Jo Field</span><span>3 May 2024</span></div>`, day},
		{"label and date in two lines", "en", `<div>Date:</div><div>3 May 2024</div>`, day},
		{"behind the standfirst", "en", `<p class="lead">The ferry had left at dawn, against all warnings of the pilots, as the company admits.</p><p class="date">3 May 2024</p>`, day},
		{"an update and a publication", "en", `<p>Updated 4 May 2024</p><p>Published 3 May 2024</p>`, day},
		{"an update and a publication in one line", "en", `<p>Updated: 5 May 2024, first published: 3 May 2024</p>`, day},
		{"a publication and an update in one line", "en", `<p>Published 3 May 2024, updated 5 May 2024</p>`, day},
		{"a list of definitions", "en", `<dl><dt>Published</dt><dd>3 May 2024</dd></dl>`, day},
		{"a list", "en", `<ul class="meta"><li>Jo Field</li><li>3 May 2024</li><li>12 comments</li></ul>`, day},
		{"behind an agency", "en", `<p>Riverside (AP) | 3 May 2024 | 10:12</p>`, "2024-05-03T10:12:00Z"},
		{"a value for machines", "en", `<span class="timestamp" data-timestamp="1714730400">Friday</span>`, "2024-05-03T10:00:00Z"},
		{"as programs write it", "en", `<p>Fri May 3 10:12:00 UTC 2024</p>`, "2024-05-03T10:12:00Z"},
		{"as mails write it", "en", `<p>Fri, 03 May 2024 10:12:00 +0200</p>`, "2024-05-03T10:12:00+02:00"},
		{"a zone that nobody knows", "en", `<p>May 3, 2024 - 11:28 AMT</p>`, "2024-05-03T11:28:00Z"},
		{"an update alone", "en", `<p>Last updated: 3 May 2024</p>`, day},
		{"a time element", "en", `<time datetime="2024-05-03T08:00:00+02:00">today</time>`, "2024-05-03T08:00:00+02:00"},
		{"a time element behind its label", "en", `<p>Updated <time datetime="2024-05-04">4 May</time> · Published <time datetime="2024-05-03">3 May</time></p>`, day},
		{"a time element without a value", "en", `<time>3 May 2024</time>`, day},
		{"hAtom", "en", `<abbr class="published" title="2024-05-03T08:00:00-05:00">8:00 AM</abbr>`, "2024-05-03T08:00:00-05:00"},
		{"hAtom's value-title", "en", `<span class="published"><span class="value-title" title="2024-05-03T08:00:00Z"></span>Friday</span>`, "2024-05-03T08:00:00Z"},
		{"h-entry", "en", `<time class="dt-published" datetime="2024-05-03">Friday</time>`, day},
		{"entry-date", "en", `<span class="entry-date">May 3, 2024</span>`, day},
		{"RDFa", "en", `<span property="schema:datePublished" content="2024-05-03T08:00:00Z" class="hidden"></span>`, "2024-05-03T08:00:00Z"},
		{"RDFa of Dublin Core", "en", `<span property="dc:date dc:created" content="2024-05-03T08:00:00Z" datatype="xsd:dateTime">Friday</span>`, "2024-05-03T08:00:00Z"},
		{"rNews", "en", `<span itemprop="rnews:datePublished" content="2024-05-03"></span>`, day},
		{"microdata", "en", `<meta itemprop="datePublished" content="2024-05-03">`, day},
		{"microdata in a hidden element", "en", `<div style="display:none"><span itemprop="datePublished">2024-05-03</span></div>`, day},

		{"two figures of a year", "en", `<span class="post-created">28.01.22</span>`, "2022-01-28T00:00:00Z"},
		{"two figures of a year, East Asia", "ko", `<span class="date">24.05.03 15:04</span>`, "2024-05-03T15:04:00Z"},
		{"figures, American", "en-US", `<p class="date">5/3/2024</p>`, day},
		{"figures, British", "en-GB", `<p class="date">3/5/2024</p>`, day},
		{"figures with AM", "en", `<p class="timestamp">10/9/2019 11:05 AM</p>`, "2019-10-09T11:05:00Z"},
		{"figures of which one is no month", "en", `<p class="date">13/5/2024</p>`, "2024-05-13T00:00:00Z"},
		{"figures of which one reading is to come", "en", `<p class="date">12/11/2026</p>`, "2026-11-12T00:00:00Z"},
		{"figures in no known order", "en", `<p class="date">3/5/2024</p>`, ""},
	} {
		wantDate(t, c.name, newsPage(c.lang, "", c.header, ""), c.want)
	}
}

// TestOwnDateLanguages reads the same in the languages that feeds are read in.
func TestOwnDateLanguages(t *testing.T) {
	const day = "2024-05-03T00:00:00Z"
	for _, c := range []struct{ name, lang, header, want string }{
		{"German", "de", `<p>Von Eva Klein – 3. Mai 2024, 17:47 Uhr</p>`, "2024-05-03T17:47:00Z"},
		{"German status", "de", `<p>Stand: 03.05.2024 17:47 Uhr</p>`, "2024-05-03T17:47:00Z"},
		{"French", "fr", `<p>Publié le 3 mai 2024 à 17h47</p>`, "2024-05-03T17:47:00Z"},
		{"Spanish", "es", `<p>Publicado el viernes 3 de mayo de 2024</p>`, day},
		{"Portuguese", "pt", `<p>03/05/2024 às 17h47</p>`, "2024-05-03T17:47:00Z"},
		{"Italian", "it", `<p>3 maggio 2024 alle 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Dutch", "nl", `<p>Gepubliceerd op 3 mei 2024 om 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Polish", "pl", `<p>Opublikowano: 3 maja 2024, godz. 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Russian", "ru", `<p>3 мая 2024, 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Russian, the time first", "ru", `<p>17:47, 3 мая 2024</p>`, "2024-05-03T17:47:00Z"},
		{"Ukrainian", "uk", `<p>3 травня 2024, 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Turkish", "tr", `<p>Yayınlanma: 3 Mayıs 2024 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Swedish", "sv", `<p>Publicerad 3 maj 2024 kl 17.47</p>`, "2024-05-03T17:47:00Z"},
		{"Danish", "da", `<p>3. maj 2024</p>`, day},
		{"Finnish", "fi", `<p>Julkaistu 3. toukokuuta 2024</p>`, day},
		{"Czech", "cs", `<p>3. května 2024 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Hungarian", "hu", `<span class="date">2019. április 4. 15:12</span>`, "2019-04-04T15:12:00Z"},
		{"Romanian", "ro", `<p>Publicat la 3 iunie 2024</p>`, "2024-06-03T00:00:00Z"},
		{"Croatian", "hr", `<p>3. svibnja 2024. u 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Bulgarian", "bg", `<p>3 май 2024</p>`, day},
		{"Lithuanian", "lt", `<p>2024 m. gegužės 3 d.</p>`, day},
		{"Latvian", "lv", `<p>2024. gada 3. maijs</p>`, day},
		{"Greek", "el", `<span class="date">4 Απριλίου 2019</span>`, "2019-04-04T00:00:00Z"},
		{"Arabic", "ar", `<span class="date">٤ أبريل ٢٠١٩</span>`, "2019-04-04T00:00:00Z"},
		{"Hebrew", "he", `<p>3 במאי 2024, 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Hindi", "hi", `<p>३ मई २०२४</p>`, day},
		{"Vietnamese", "vi", `<p>3 tháng 5, 2024</p>`, day},
		{"Indonesian", "id", `<p>Jumat, 3 Mei 2024 17:47 WIB</p>`, "2024-05-03T17:47:00+07:00"},
		{"Korean", "ko", `<p>입력 2024.05.03 17:47</p>`, "2024-05-03T17:47:00Z"},
		{"Korean behind a name", "ko", `<p>홍길동 기자 2024년 5월 3일 오후 5:47</p>`, "2024-05-03T17:47:00Z"},
		{"Japanese", "ja", `<p>2024年5月3日 17時47分</p>`, "2024-05-03T17:47:00Z"},
		{"Chinese behind the source", "zh", `<p>来源：河流邮报 2024-05-03 17:47</p>`, "2024-05-03T17:47:00Z"},
	} {
		wantDate(t, c.name, newsPage(c.lang, "", c.header, ""), c.want)
	}
}

// wantDate reads a page and wants its date, in RFC 3339; "" is none.
func wantDate(t *testing.T, name string, page []byte, want string) {
	t.Helper()
	s, err := Article(page, Options{URL: "https://river.example/news/ferry", Now: fetched})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	got := ""
	if !s.Published.IsZero() {
		got = s.Published.Format(time.RFC3339)
	}
	if got != want {
		t.Errorf("%s: got %q, want %q", name, got, want)
	}
}

// TestRelativeDate reckons dates from the fetch, which is 12:00 on the 28th.
func TestRelativeDate(t *testing.T) {
	const (
		threeHours = "2026-11-28T09:00:00Z"
		oneHour    = "2026-11-28T11:00:00Z"
		twoDays    = "2026-11-26T12:00:00Z"
		tenMinutes = "2026-11-28T11:50:00Z"
	)
	for line, want := range map[string]string{
		"3 hours ago": threeHours, "3 hrs ago": threeHours, "3h ago": threeHours, "Published 3 hours ago": threeHours, "By Jo Field, 3 hours ago": threeHours,
		"an hour ago": oneHour, "1 hour ago": oneHour, "10 min ago": tenMinutes, "10 minutes ago": tenMinutes, "2 days ago": twoDays, "just now": "2026-11-28T12:00:00Z",
		"3 months ago": "2026-08-28T12:00:00Z", "1 week ago": "2026-11-21T12:00:00Z",
		"vor 3 Stunden": threeHours, "vor einer Stunde": oneHour, "vor 2 Tagen": twoDays, "il y a 3 heures": threeHours, "il y a une heure": oneHour, "il y a 2 jours": twoDays,
		"hace 3 horas": threeHours, "hace 2 días": twoDays, "há 3 horas": threeHours, "3 horas atrás": threeHours, "3 ore fa": threeHours, "un'ora fa": oneHour, "2 giorni fa": twoDays,
		"3 uur geleden": threeHours, "2 dagen geleden": twoDays, "3 godziny temu": threeHours, "2 dni temu": twoDays, "3 часа назад": threeHours, "час назад": oneHour, "2 дня назад": twoDays,
		"3 години тому": threeHours, "3 saat önce": threeHours, "2 gün önce": twoDays, "för 3 timmar sedan": threeHours, "3 timer siden": threeHours, "for 2 dager siden": twoDays,
		"3 tuntia sitten": threeHours, "před 3 hodinami": threeHours, "3 órája": threeHours, "3 órával ezelőtt": threeHours, "acum 3 ore": threeHours, "πριν από 3 ώρες": threeHours,
		"منذ 3 ساعات": threeHours, "منذ ٣ ساعات": threeHours, "לפני 3 שעות": threeHours, "3 jam yang lalu": threeHours, "3 giờ trước": threeHours, "3 घंटे पहले": threeHours,
		"3시간 전": threeHours, "3時間前": threeHours, "3小时前": threeHours, "10分钟前": tenMinutes, "2天前": twoDays, "2日前": twoDays,
		"Today, 10:15": "2026-11-28T10:15:00Z", "heute um 10:15 Uhr": "2026-11-28T10:15:00Z", "yesterday at 5:04 pm": "2026-11-27T17:04:00Z", "вчера в 17:04": "2026-11-27T17:04:00Z",
		"hier à 17h04": "2026-11-27T17:04:00Z",
		"5 min read":   "", "3 hours": "", "Today": "", "The ferry left 3 hours ago with forty passengers": "",
	} {
		wantDate(t, line, newsPage("", "", "<p>"+line+"</p>", ""), want)
	}
	s, err := Article(newsPage("en", "", "<p>3 hours ago</p>", ""), Options{})
	if err != nil || !s.Published.IsZero() {
		t.Errorf("without the time of the fetch: %s, %v", s.Published, err)
	}
}

// TestDateOfSomethingElse reads pages without a date of their own: those that
// stand on them are of something else.
func TestDateOfSomethingElse(t *testing.T) {
	const card = `<div class="box"><h3><a href="/x">Bridge painted red again</a></h3><time datetime="2020-01-01">1 Jan 2020</time></div>`
	for _, c := range []struct{ name, before, behind, end string }{
		{"in the text", "", "<p>The company was founded on 3 March 1999 by two fishermen.</p>", ""},
		{"at the beginning of the text", "", "<p>On 3 March 1999 the company bought the ferry from two fishermen.</p>", ""},
		{"a short sentence", "", "<p>It sank on 3 March 1999.</p>", ""},
		{"a sentence about a publication", "", "<p>A study that was published on 3 March 1999 had warned of it.</p>", ""},
		{"a time element in the text", "", `<p>The company was founded on <time datetime="1999-03-03">3 March 1999</time> by two fishermen.</p>`, ""},
		{"a timeline", "", `<h3>3 March 1999</h3><p>The ferry makes its first journey, with the king on board.</p>`, ""},
		{"a caption", "", `<figure><img src="x.jpg"><figcaption>The ferry on 12 May 2012. Photo: J. D.</figcaption></figure>`, ""},
		{"a caption by its class", "", `<div class="image-caption">12 May 2012</div>`, ""},
		{"a photo's credit", "", `<p>Photo: Jo Field, 12 May 2012</p>`, ""},
		{"a bio", "", `<div class="author-bio">Jo Field, since 3 March 2009 at the River Mail</div>`, ""},
		{"a portrait below the text", "", "", `<div class="author-box"><p>Jo Field joined the paper on 3 March 2009.</p></div>`},
		{"the footer", "", "", `<footer><p>© River Mail, 12 May 2012</p></footer>`},
		{"a time in the footer", "", "", `<footer><time datetime="2012-05-12" class="published">12 May 2012</time></footer>`},
		{"an aside", "", `<aside><p>3 May 2012</p></aside>`, ""},
		{"a time in an aside", "", `<aside class="related"><a href="/x">Other</a> <time datetime="2020-01-01">1 Jan 2020</time></aside>`, ""},
		{"another story's card", "", card, card},
		{"a card before the headline", card, "", ""},
		{"a list of stories", "", "", `<ul class="latest"><li><a href="/x">Bridge painted red again</a> <time datetime="2020-01-01">1 Jan 2020</time></li></ul>`},
		{"another article", "", "", `<article><h2><a href="/x">Bridge painted</a></h2><time class="published" datetime="2020-01-01">1 Jan</time></article>`},
		{"readers' comments", "", "", `<section class="comments"><p class="date">3 May 2020</p><time datetime="2020-05-03" itemprop="datePublished">3 May</time></section>`},
		{"an event", "", `<div class="event"><p class="date">3 May 2020</p></div>`, ""},
		{"a term", "", `<p>Deadline: 3 May 2020</p>`, ""},
		{"a birth", "", `<p>Born 3 May 1970</p>`, ""},
		{"a copyright", "", `<p>Copyright 3 May 2012 River Mail</p>`, ""},
		{"a quotation", "", `<blockquote class="twitter-tweet">The ice! — Jo Field (@jo) <a href="/s">May 3, 2012</a></blockquote>`, ""},
		{"a list of events", "", `<p>Until 3 May 2012</p>`, ""},
		{"a table", "", `<table><tr><td>12 May 2012</td><td>First journey</td></tr></table>`, ""},
		{"a photo", "", `<div class="photo">12 May 2012 / J. D.</div>`, ""},
		{"a video", "", `<div class="video"><span class="date">12 May 2012</span></div>`, ""},
		{"today", `<div class="today">28 November 2026</div>`, "", ""},
		{"the weather", `<div class="weather">12 May 2012, 14°</div>`, "", ""},
		{"a footer by its class", "", "", `<div class="footer">Last updated 12 May 2012</div>`},
		{"a correction", "", "", `<p>Correction, 12 May 2012: an earlier version of this story named another river.</p>`},
		{"a box", "", `<div class="infobox"><b>Founded</b> 12 May 1962</div>`, ""},
		{"a story before or after", "", "", `<div class="post-navigation"><a href="/x">Bridge painted</a> <span class="date">12 May 2012</span></div>`},
		{"another story in microdata", "", "", `<div itemscope itemtype="https://schema.org/NewsArticle"><h3><a href="/x">Bridge painted red again</a></h3>
<meta itemprop="datePublished" content="2012-05-12"></div>`},
		{"a person", "", `<div itemscope itemtype="https://schema.org/Person"><span itemprop="birthDate">1970-05-03</span></div>`, ""},
		{"Japanese text", "", `<p>写真は2012年5月12日の港</p>`, ""},
	} {
		wantDate(t, c.name, newsPage("en", c.before, c.behind, c.end), "")
	}
}

// TestOwnDateBesideOthers reads pages that have a date of their own and others.
func TestOwnDateBesideOthers(t *testing.T) {
	const own = "2024-05-03T00:00:00Z"
	aside := `<aside><h2>More</h2><a href="/x">Other</a> <time datetime="2020-12-03">3 Dec 2020</time></aside>`
	for _, c := range []struct{ name, before, behind, end, want string }{
		{"an aside before it", aside, `<p>By <span>jf</span> &middot; <span class="published">3. Mai 2024</span></p>`, aside, own},
		{"a caption before it", "", `<figure><figcaption>The ferry on 12 May 2012</figcaption></figure><p>3 May 2024</p>`, "", own},
		{"a relative date beside an old one", "", `<span class="date">3 hours ago</span><p>It follows the pact of 3 March 1999.</p>`, "", "2026-11-28T09:00:00Z"},
		{"comments below", "", `<time datetime="2024-05-03">Friday</time>`, `<ol class="commentlist"><li><time datetime="2024-06-01">1 June</time></li></ol>`, own},
		{"the date of the day above", "", `<p class="date">3 May 2024</p>`, "", own},
	} {
		wantDate(t, c.name, newsPage("en", c.before, c.behind, c.end), c.want)
	}
}

// TestMetadataDate holds the order of the places: metadata, then what is marked,
// then the header, then the URL.
func TestMetadataDate(t *testing.T) {
	const body = `<h1>Ferry stuck</h1><time datetime="2024-05-05">5 May</time><p>The ferry was stuck in the ice on Monday, the company said in the evening.</p>`
	const marked = `<h1>Ferry stuck</h1><span class="published">2024-05-04</span><time datetime="2024-05-05">5 May</time><p>Text.</p>`
	const url = "https://river.example/2024/05/06/ferry"
	for _, c := range []struct{ name, page, want string }{
		{"a meta element", `<meta name="publish-date" content="2024-05-03">` + marked, "2024-05-03"},
		{"parsely", `<meta name="parsely-page" content='{"title":"Ferry","pub_date":"2024-05-03T00:00:00Z"}'>` + marked, "2024-05-03"},
		{"rNews", `<meta property="rnews:datePublished" content="2024-05-03">` + marked, "2024-05-03"},
		{"a broken parsely", `<meta name="parsely-page" content='{"pub_date'>` + marked, "2024-05-04"},
		{"what is marked", marked, "2024-05-04"},
		{"the header", body, "2024-05-05"},
		{"the URL", `<h1>Ferry stuck</h1><p>Text.</p>`, "2024-05-06"},
	} {
		s, err := Article([]byte("<title>Ferry stuck</title>"+c.page), Options{URL: url, Now: fetched})
		if got := s.Published.Format(time.DateOnly); err != nil || got != c.want {
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
	}
}
