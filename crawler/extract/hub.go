package extract

import (
	"encoding/json"
	"strings"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
)

// The hubs of a feed push what is new in it; its topic is the name that they
// know it by (WebSub, https://www.w3.org/TR/2018/REC-websub-20180123/, section 4).

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
	case strings.EqualFold(rel, "hub"):
		hubs = append(hubs, target)
	case strings.EqualFold(rel, "self") && topic == "":
		topic = target
	}
	return hubs, topic
}

// jsonHubs reads the hubs of a JSON Feed, but for those of rssCloud, which is
// another protocol. It is read apart from the rest, so that a list of another
// shape costs no story.
func jsonHubs(raw json.RawMessage, o Options) (hubs []string) {
	var listed []struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	}
	if len(raw) == 0 || json.Unmarshal(raw, &listed) != nil {
		return nil
	}
	for _, hub := range listed {
		if target := absolute(baseOf(o), hub.URL); target != "" && !strings.EqualFold(hub.Type, "rssCloud") {
			hubs = append(hubs, target)
		}
	}
	return hubs
}
