package opml

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/copytaster/copytaster/config"
	"github.com/copytaster/copytaster/internal/news"
)

// Remark is something that people are told of a feed when it becomes a source.
type Remark struct {
	Feed    Feed
	LeftOut bool // it became none
	Text    string
}

// Drafts makes sources of feeds, beside those that a config has already. A feed that
// comes twice, or cannot be a source, is left out, with a remark.
func Drafts(feeds []Feed, have []news.Source) (drafts []config.Draft, remarks []Remark) {
	names, seen := config.Names{}, map[string]string{}
	for _, src := range have {
		names.Take(src.Name)
		seen[news.CanonicalURL(src.URL)] = "the config has it already: " + src.Name
	}
	for _, f := range feeds {
		d := config.Draft{Source: news.Source{
			Name: "feed", Kind: news.KindFeed, URL: f.URL, FullText: news.FullTextAuto, Origin: news.Origin{Tags: f.Tags},
		}}
		if strings.TrimSpace(f.Site) != "" {
			d.Remarks = []string{f.Site}
		}
		reason := seen[news.CanonicalURL(f.URL)]
		if err := d.Check(); err != nil {
			reason = err.Error()
		}
		if reason != "" {
			remarks = append(remarks, Remark{Feed: f, LeftOut: true, Text: reason})
			continue
		}
		d.Source.Name = names.Pick(cmp.Or(f.Name, news.ShownHost(f.URL)))
		if err := addLanguage(&d, f.Language); err != nil {
			remarks = append(remarks, Remark{Feed: f, Text: fmt.Sprintf("%s: %v", d.Source.Name, err)})
		}
		seen[news.CanonicalURL(f.URL)] = "it comes twice: " + d.Source.Name
		drafts = append(drafts, d)
	}
	return drafts, remarks
}

// addLanguage takes over what the list says of the language, as far as a config
// knows it: readers write "en-us" and "English" too.
func addLanguage(d *config.Draft, language string) error {
	primary, _, _ := strings.Cut(strings.ToLower(language), "-")
	if primary == "" || primary == "unknown" {
		return nil
	}
	with := *d
	with.Source.Language = primary
	if err := with.Check(); err != nil {
		return errors.New("its language is left out: " + err.Error())
	}
	*d = with
	return nil
}
