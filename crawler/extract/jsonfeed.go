package extract

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/copytaster/copytaster/internal/news"
)

// readJSONFeed reads JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/).
// It goes from value to value, so that neither a field of another shape nor a
// document that breaks off costs more than the story it stands in.
func (c *feedContext) readJSONFeed(text []byte) (List, error) {
	var stories storyList
	var authors []string
	version, found := "", false
	for key, value := range jsonMembers(text) {
		switch key {
		case "version":
			version = jsonText(value)
		case "title":
			c.list.Title = title(jsonText(value))
		case "language":
			c.language = jsonText(value)
		case "feed_url":
			c.list.Topic = absolute(c.base, jsonText(value))
		case "author", "authors":
			authors = append(authors, jsonAuthors(value)...)
		case "hubs":
			c.list.Hubs = c.jsonHubs(value)
		case "items":
			found = true
			if err := c.jsonStories(value, &stories); err != nil {
				return List{}, err
			}
		}
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(text, new(struct{})); len(stories.kept) == 0 && errors.As(err, &syntax) {
		return List{}, fmt.Errorf("%w: broken JSON: %w", errNotAFeed, err)
	}
	if !found && !strings.Contains(version, "jsonfeed") {
		return List{}, fmt.Errorf("%w: JSON without items", errNotAFeed)
	}
	c.authors = cleanAuthors(authors)
	return c.finish(&stories)
}

// jsonStories adds the stories of an array, or of an object, which is what PHP
// makes of an array with gaps.
func (c *feedContext) jsonStories(raw []byte, to *storyList) error {
	if raw[0] == '{' {
		for _, value := range jsonMembers(raw) {
			if err := c.jsonStory(value, true, to); err != nil {
				return err
			}
		}
		return nil
	}
	for element, whole := range jsonElements(raw) {
		if err := c.jsonStory(element, whole, to); err != nil {
			return err
		}
	}
	return nil
}

// jsonStory adds the story of one element.
func (c *feedContext) jsonStory(raw []byte, whole bool, to *storyList) error {
	if !whole || len(raw) == 0 || raw[0] != '{' {
		return to.lose()
	}
	var s news.Story
	var outside, html, plain, published, modified string
	var authors []string
	for key, value := range jsonMembers(raw) {
		switch key {
		case "id":
			s.GUID = strings.TrimSpace(jsonText(value))
		case "url":
			s.URL = absolute(c.base, jsonText(value))
		case "external_url":
			outside = absolute(c.base, jsonText(value))
		case "title":
			s.Title = title(jsonText(value))
		case "summary":
			s.Summary = teaser(jsonText(value))
		case "content_html":
			html = jsonText(value)
		case "content_text":
			plain = jsonText(value)
		case "date_published":
			published = jsonText(value)
		case "date_modified":
			modified = jsonText(value)
		case "language":
			s.Language = jsonText(value)
		case "author", "authors":
			authors = append(authors, jsonAuthors(value)...)
		case "tags":
			s.Section = jsonText(value)
		}
	}
	s.URL = cmp.Or(s.URL, outside, absolute(nil, s.GUID))
	s.Text = paragraphs(cmp.Or(html, plain))
	s.Authors = cleanAuthors(authors)
	s.Published, s.Modified = c.date(published, modified), c.date(modified)
	return to.add(s)
}

// jsonAuthors returns the names of one or several authors: objects with a name,
// or the names themselves.
func jsonAuthors(raw []byte) (names []string) {
	if len(raw) == 0 || raw[0] != '[' {
		return []string{jsonName(raw)}
	}
	for element := range jsonElements(raw) {
		if names = append(names, jsonName(element)); len(names) >= maxAuthors {
			break
		}
	}
	return names
}

func jsonName(raw []byte) string {
	if len(raw) > 0 && raw[0] == '"' {
		return jsonString(raw)
	}
	for key, value := range jsonMembers(raw) {
		if key == "name" {
			return jsonText(value)
		}
	}
	return ""
}

// jsonHubs reads the hubs of a JSON Feed, except those of rssCloud, which is
// another protocol.
func (c *feedContext) jsonHubs(raw []byte) (hubs []string) {
	if len(raw) == 0 || raw[0] != '[' {
		return nil
	}
	for element := range jsonElements(raw) {
		var kind, target string
		for key, value := range jsonMembers(element) {
			switch key {
			case "type":
				kind = jsonText(value)
			case "url":
				target = absolute(c.base, jsonText(value))
			}
		}
		if target != "" && !strings.EqualFold(kind, "rssCloud") && len(hubs) < maxHubs {
			hubs = append(hubs, target)
		}
	}
	return slices.Clip(hubs)
}
