package extract

import (
	"slices"
	"testing"
)

func TestHubsOfAFeed(t *testing.T) {
	for _, c := range []struct {
		name, feed string
		hubs       []string
		topic      string
	}{
		{"RSS", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>W</title>
			<atom:link rel="hub" href="https://hub.example/"/><atom:link rel="hub" href="http://other.example/"/>
			<atom:link rel="self" type="application/rss+xml" href="https://news.example/rss"/>
			<item><title>One</title><link>https://news.example/1</link></item></channel></rss>`,
			[]string{"https://hub.example/", "http://other.example/"}, "https://news.example/rss"},
		{"RSS with a prefix of its own, relative links", `<rss version="2.0" xmlns:a10="http://www.w3.org/2005/Atom"><channel><title>W</title>
			<a10:link rel="hub" href="/hub"/><a10:link rel="self" href="rss?x=1"/>
			<item><title>One</title><link>https://news.example/1</link></item></channel></rss>`,
			[]string{"https://news.example/hub"}, "https://news.example/rss?x=1"},
		{"the links of a story are not the feed's", `<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>W</title>
			<item><title>One</title><link>https://news.example/1</link><atom:link rel="hub" href="https://hub.example/"/></item></channel></rss>`, nil, ""},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><link rel="hub" href="https://hub.example/"/>
			<link rel="self" href="https://news.example/atom"/><link href="https://news.example/"/>
			<entry><title>One</title><id>1</id><link href="https://news.example/1"/></entry></feed>`,
			[]string{"https://hub.example/"}, "https://news.example/atom"},
		{"Atom, no web address", `<feed xmlns="http://www.w3.org/2005/Atom"><title>W</title><link rel="hub" href="mailto:a@b.example"/>
			<entry><title>One</title><id>1</id><link href="https://news.example/1"/></entry></feed>`, nil, ""},
		{"JSON Feed", `{"version":"https://jsonfeed.org/version/1.1","title":"W","feed_url":"https://news.example/feed.json",
			"hubs":[{"type":"rssCloud","url":"https://cloud.example/"},{"type":"WebSub","url":"https://hub.example/"}],
			"items":[{"id":"1","url":"https://news.example/1","title":"One"}]}`,
			[]string{"https://hub.example/"}, "https://news.example/feed.json"},
		{"JSON Feed with hubs of another shape", `{"version":"https://jsonfeed.org/version/1","title":"W","hubs":"https://hub.example/",
			"items":[{"id":"1","url":"https://news.example/1","title":"One"}]}`, nil, ""},
	} {
		list, err := Feed([]byte(c.feed), Options{URL: "https://news.example/feed"})
		if err != nil || len(list.Stories) != 1 {
			t.Errorf("%s: %d stories, %v", c.name, len(list.Stories), err)
		}
		if !slices.Equal(list.Hubs, c.hubs) || list.Topic != c.topic {
			t.Errorf("%s: hubs %q, topic %q", c.name, list.Hubs, list.Topic)
		}
	}
}
