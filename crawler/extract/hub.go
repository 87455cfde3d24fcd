package extract

import (
	"strings"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
)

// The hubs of a feed push what is new in it; its topic is the name that they
// know it by (WebSub, https://www.w3.org/TR/2018/REC-websub-20180123/, section 4).

// maxHubs is how many hubs of a feed are kept.
const maxHubs = 20

// rssHubs finds them among the Atom links of an RSS channel.
func (c *feedContext) rssHubs(e ext.Extensions) (hubs []string, topic string) {
	for _, prefix := range []string{"atom", "atom03", "atom10"} {
		for _, link := range e[prefix]["link"] {
			hubs, topic = c.hubLink(hubs, topic, link.Attrs["rel"], link.Attrs["href"])
		}
	}
	return hubs, topic
}

func (c *feedContext) atomHubs(links []*atom.Link) (hubs []string, topic string) {
	for _, link := range links {
		hubs, topic = c.hubLink(hubs, topic, link.Rel, link.Href)
	}
	return hubs, topic
}

func (c *feedContext) hubLink(hubs []string, topic, rel, href string) ([]string, string) {
	target := absolute(c.base, href)
	switch {
	case target == "":
	case strings.EqualFold(rel, "hub") && len(hubs) < maxHubs:
		hubs = append(hubs, target)
	case strings.EqualFold(rel, "self") && topic == "":
		topic = target
	}
	return hubs, topic
}
