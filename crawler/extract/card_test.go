package extract

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// cardTitles are the headlines of the pages of TestCards.
var cardTitles = []string{
	"Ferry stranded on a sandbank", "Mayor of the islands resigns", "School reopens after the fire", "Three new wells for the village",
	"Rail strike called off at night", "Orchards suffer from late frost", "Library lends out garden tools", "Old lighthouse gets a new lamp",
}

// cards are the ways in which index pages write a story: {T} is its headline, {U}
// its address, {O} that of its section.
var cards = map[string]string{
	"heading and label":         `<div class="c"><h2>{T}</h2><p>Some words.</p><a href="{U}">Read more</a></div>`,
	"label with an arrow":       `<div class="c"><h3>{T}</h3><a href="{U}">→ Weiterlesen …</a></div>`,
	"label in Korean":           `<div class="c"><h4>{T}</h4><a href="{U}">더보기</a></div>`,
	"time and heading":          `<div class="c"><a href="{U}">10:32</a><h3>{T}</h3></div>`,
	"date and heading":          `<div class="c"><a href="{U}"><time>3 May 2024</time></a><h3>{T}</h3></div>`,
	"relative date and heading": `<div class="c"><h3>{T}</h3><a href="{U}">3 hours ago</a></div>`,
	"overlay":                   `<div class="c"><a class="o" href="{U}"></a><h2>{T}</h2></div>`,
	"overlay behind":            `<div class="c"><div><h2>{T}</h2><p>Some words.</p></div><a href="{U}"><span></span></a></div>`,
	"overlay with a label":      `<div class="c"><a href="{U}" aria-label="{T}"></a><p>Some words.</p></div>`,
	"overlay that reads more":   `<div class="c"><a href="{U}" aria-label="Read more about {T}"></a></div>`,
	"overlay with a tooltip":    `<div class="c"><a href="{U}" title="{T}">Read more</a></div>`,
	"picture and heading":       `<article><a href="{U}"><img src="a.jpg"></a><div><h3>{T}</h3></div></article>`,
	"described picture":         `<article><a href="{U}"><img src="a.jpg" alt="A man on a bridge"></a><div><h3>{T}</h3></div></article>`,
	"picture alone":             `<article><a href="{U}"><img src="a.jpg" alt="{T}"></a></article>`,
	"heading by class":          `<div class="c"><a href="{U}"><img src="a.jpg"></a><div class="card-title">{T}</div><p>Some words.</p></div>`,
	"section and author":        `<div class="c"><a href="{O}">Politics</a><h3>{T}</h3><a href="/author/ada-miles-of-the-paper">Ada Miles</a><a href="{U}">More</a></div>`,
	"section as news":           `<div class="c"><a href="/news/politics">Politics</a><h3>{T}</h3><a href="{U}">More</a></div>`,
	"comments":                  `<div class="c"><h3>{T}</h3><a href="{U}#comments">12 comments</a><a href="{U}">Read more</a></div>`,
	"teaser that is the link":   `<div class="c"><h3>{T}</h3><a href="{U}">Nobody in the whole valley had thought that it would come to this.</a></div>`,
	"rest of a heading":         `<div class="c"><p>Some words. <a href="{U}">Continue reading <span class="sr">{T}</span></a></p></div>`,
	"list of times":             `<ul><li><a href="{U}">10:32</a> {T}</li></ul>`,
	"list of times, spans":      `<ul><li><a href="{U}"><span>10:32</span></a><span>{T}</span></li></ul>`,
	"table of times":            `<table><tr><td><a href="{U}">10.32</a></td><td>{T}</td></tr></table>`,
	"definitions":               `<dl><dt><a href="{U}">10:32</a></dt><dd>{T}</dd></dl>`,
	"no cards":                  `<h3>{T}</h3><p>Some words.</p><a href="{U}">Read more</a>`,
	"no cards, paragraphs":      `<h3>{T}</h3><p>Some words. <a href="{U}">Read more</a></p>`,
	"card that is the link":     `<a class="c" href="{U}"><span>Politics</span><h3>{T}</h3><p>Some words of the story.</p></a>`,
	"blocks in the link":        `<a class="c" href="{U}"><div>Politics</div><div>{T}</div><div>3 hours ago</div></a>`,
	"picture, then heading":     `<div class="c"><a href="{U}"><img alt="A man on a bridge at night"></a><h3><a href="{U}">{T}</a></h3><a href="{U}">Read more</a></div>`,
	"teaser, then heading":      `<div class="c"><p><a href="{U}">Nobody had thought it would come to this.</a></p><h3><a href="{U}">{T}</a></h3></div>`,
	"broken heading":            `<div class="c"><h2><span>{T}</span><br></h2><a href="{U}"><svg></svg></a></div>`,
}

func cardPage(card string, titles []string) string {
	var b strings.Builder
	b.WriteString(`<html lang="en"><head><title>Valley Post</title></head><body><nav><a href="/">Home</a></nav><h1>Latest</h1><main>`)
	for i, t := range titles {
		u := fmt.Sprintf("/n/2024/05/%s-%d", strings.ReplaceAll(strings.ToLower(t), " ", "-"), 1000+i)
		b.WriteString(strings.NewReplacer("{T}", t, "{U}", u, "{O}", fmt.Sprintf("/section-%d", i)).Replace(card))
	}
	return b.String() + "</main><footer><a href=/imprint>Imprint</a></footer></body></html>"
}

// Whatever a link says, the headline of its card is the story's title.
func TestCards(t *testing.T) {
	for name, card := range cards {
		page := []byte(cardPage(card, cardTitles))
		if kind := Sniff(page); kind != KindIndex {
			t.Errorf("%s: taken for a %s", name, kind)
		}
		list, err := Index(page, "", Options{URL: "https://valley.example/"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range list.Stories {
			got = append(got, s.Title)
		}
		if strings.Join(got, "|") != strings.Join(cardTitles, "|") {
			t.Errorf("%s: %q", name, got)
		}
		one, err := Index([]byte(cardPage(card, cardTitles[:1])), "main a", Options{URL: "https://valley.example/"})
		if err != nil {
			t.Fatal(err)
		}
		if len(one.Stories) == 0 || one.Stories[len(one.Stories)-1].Title != cardTitles[0] &&
			one.Stories[0].Title != cardTitles[0] && !strings.Contains(card, "{O}") && !strings.Contains(card, "/news/") {
			t.Errorf("%s, selected: %+v", name, one.Stories)
		}
	}
}

// What stands in a card and is no headline makes no story, and a heading over
// several stories is the title of none.
func TestNoCards(t *testing.T) {
	for name, page := range map[string]string{
		"section heading":       `<h2>All the news from the valley</h2><ul><li><a href="/n/2024/05/a-b-c-d-1">10:32</a></li><li><a href="/n/2024/05/a-b-c-d-2">10:33</a></li></ul>`,
		"sections of a card":    `<div><h3>Ferry stranded on a sandbank</h3><a href="/news/politics">Politics</a><a href="/topics/ferries">More</a></div>`,
		"share links":           `<div><h3>Ferry stranded on a sandbank</h3><div class="share"><a href="/share/2024/05/a-b-c-d-1"></a></div></div>`,
		"heading without links": `<div><h3>Ferry stranded on a sandbank</h3></div>`,
		"anchors":               `<div><h3>Ferry stranded on a sandbank</h3><a href="#top">Read more</a><a name="x"></a><a href="javascript:;">Read more</a></div>`,
	} {
		list, err := Index([]byte("<html><body><main>"+page), "", Options{URL: "https://valley.example/"})
		if err != nil || len(list.Stories) != 0 {
			t.Errorf("%s: %+v, %v", name, list.Stories, err)
		}
	}
}

// A label is not the title of a story whose page says no better: its own page
// will.
func TestLabelIsNoTitle(t *testing.T) {
	list, err := Index([]byte(`<main><a href="/n/1">Read more</a><a href="/n/2">10:32</a>`), "a", Options{URL: "https://valley.example/"})
	if err != nil || len(list.Stories) != 2 || list.Stories[0].Title+list.Stories[1].Title != "" {
		t.Errorf("%+v, %v", list.Stories, err)
	}
}

// Cards without a machine's date are dated by what they show, reckoned from the
// fetch.
func TestDatesOfCards(t *testing.T) {
	now := time.Date(2024, 5, 3, 12, 0, 0, 0, time.UTC)
	for shown, want := range map[string]string{
		"<time>3 hours ago</time>":                                 "2024-05-03T09:00:00Z",
		"<time>2 May 2024, 18:04</time>":                           "2024-05-02T18:04:00Z",
		`<time datetime="2024-05-01T10:00:00Z">3 hours ago</time>`: "2024-05-01T10:00:00Z",
		`<time datetime="">vor 3 Stunden</time>`:                   "2024-05-03T09:00:00Z",
		"<time>soon</time>":                                        "0001-01-01T00:00:00Z",
		"<time>2 May 2024</time><time>1 May 2024</time>":           "0001-01-01T00:00:00Z",
	} {
		page := cardPage(`<div class="card"><h3><a href="{U}">{T}</a></h3>`+shown+`</div>`, cardTitles)
		list, err := Index([]byte(page), "", Options{URL: "https://valley.example/", Now: now})
		if err != nil || len(list.Stories) != len(cardTitles) || list.Stories[3].Published.Format(time.RFC3339) != want {
			t.Errorf("%s: %+v, %v", shown, list.Stories, err)
		}
	}
}

func TestIsLabel(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "…": true, "Read more": true, "READ MORE »": true, "[Read more]": true, "more…": true, "10:32": true, "10.32": true, "10h32": true, "10:32 Uhr": true,
		"10:32 AM": true, "3 May 2024": true, "Fri, 3 May 2024, 10:32": true, "3. Mai": false, "03.05.2024": true, "3 hours ago": true, "vor 3 Stunden": true, "12": true,
		"12 comments": true, "5 min read": true, "続きを読む": true, "더 보기": true, "Читать далее": true, "اقرأ المزيد": true, "selengkapnya": true,
		"Read more books, says minister": false, "Kim": false, "North Korea": false, "10:32 Bridge closed": false, "Bridge closed on 3 May 2024": false,
		"12 dead in flood": false, "More money for schools": false, "9/11": true, "F-35": false, "May resigns": false,
	} {
		if got := isLabel(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

// Pages that are no index, however many links they have.
func TestSniffNoIndex(t *testing.T) {
	related := cardPage(`<div class="c"><h3>{T}</h3><a href="{U}">Read more</a></div>`, cardTitles)
	var linked, gallery, shop, listing strings.Builder
	for i, title := range cardTitles {
		fmt.Fprintf(&linked, `<li><a href="/n/%d">%s</a></li>`, i, title)
		fmt.Fprintf(&gallery, `<figure><a href="/img/%d.jpg" title="%s"><img src="s%d.jpg" alt="%s"></a><figcaption>%s</figcaption></figure>`, i, title, i, title, title)
		fmt.Fprintf(&shop, `<div><a href="/p/%d">Garden hose, %d metres, green or blue</a><span>€ %d.50</span><a href="/cart/%d">Add to cart</a></div>`, i, i, i, i)
		fmt.Fprintf(&listing, `<div><h3>Garden hose, %d metres, green</h3><b>1%d,90 zł</b><a href="/p/%d"></a></div>`, i, i, i)
	}
	prose := strings.Repeat("<p>The river had risen by two metres within a night, and nobody slept in the lower town.</p>", 9)
	for name, page := range map[string]string{
		"article with related cards": "<h1>Ferry stranded on a sandbank again</h1>" + strings.Repeat(prose, 3) + related,
		"short article that says so": `<meta property="article:published_time" content="2024-05-03">` + prose + linked.String(),
		"article by its markup":      `<div itemprop="articleBody">` + prose + "</div>" + linked.String() + linked.String(),
		"gallery":                    "<h1>The flood in pictures</h1>" + gallery.String(),
		"gallery by its data":        `<script type="application/ld+json">{"@type":"ImageGallery"}</script>` + linked.String(),
		"shop":                       shop.String(),
		"shop of cards":              listing.String(),
		"product":                    `<meta property="og:type" content="product">` + linked.String(),
	} {
		if kind := Sniff([]byte("<html><body>" + page)); kind != KindArticle {
			t.Errorf("%s: taken for a %s", name, kind)
		}
	}
	if kind := Sniff([]byte("<html><body>" + linked.String())); kind != KindIndex {
		t.Errorf("the links alone: taken for a %s", kind)
	}
}
