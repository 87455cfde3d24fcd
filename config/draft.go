package config

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"github.com/copytaster/copytaster/internal/news"
)

// Draft is a source to paste into a config.
type Draft struct {
	Source  news.Source // Name, Kind, URL, Links, Origin, Language, FullText and Disabled are written
	Remarks []string    // what people may want to know, a comment line each
}

// WriteSources returns drafts as a config file that begins with "sources:". Load
// reads the same sources from it.
func WriteSources(drafts []Draft) []byte {
	list := &yaml.Node{Kind: yaml.SequenceNode}
	for _, d := range drafts {
		list.Content = append(list.Content, d.node())
	}
	return dumped("sources", list)
}

// node returns the map of a draft.
func (d Draft) node() *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	set := func(key, text string) {
		if text != "" {
			n.Content = append(n.Content, plainText(key), written(text))
		}
	}
	s := d.Source
	set("name", s.Name)
	set(string(s.Kind), s.URL)
	set("links", s.Links)
	if s.FullText != news.FullTextAuto {
		set("full_text", string(s.FullText))
	}
	if len(s.Origin.Tags) > 0 {
		tags := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
		for _, tag := range s.Origin.Tags {
			tags.Content = append(tags.Content, written(tag))
		}
		n.Content = append(n.Content, plainText("tags"), tags)
	}
	set("tier", s.Origin.Tier)
	set("country", s.Origin.Country)
	set("language", s.Language)
	if s.Disabled {
		n.Content = append(n.Content, plainText("enabled"), &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "false"})
	}
	var remarks []string
	for _, r := range d.Remarks {
		remarks = append(remarks, "# "+oneLine(r))
	}
	n.HeadComment = strings.Join(remarks, "\n")
	return n
}

func plainText(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text}
}

// written returns a text as a config file holds it, where ${ begins a variable
// and $$ is one $.
func written(text string) *yaml.Node {
	return plainText(strings.NewReplacer("$$", "$$$$", "${", "$${").Replace(text))
}

// oneLine returns a text from outside in a form that is safe in a comment.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(text, ""), func(r rune) bool {
		return unicode.IsSpace(r) || news.Unseen(r)
	}), " ")
}

// Check returns why Load would refuse a draft.
func (d Draft) Check() error { return loadable(WriteSources([]Draft{d})) }

// loadable returns why Load would refuse a file, its first mistake.
func loadable(text []byte) error {
	const name = "draft.yaml"
	_, err := LoadFiles(name, map[string][]byte{name: text}, func(string) (string, bool) { return "", false })
	var mistakes Mistakes
	if errors.As(err, &mistakes) && len(mistakes.Errors()) > 0 {
		m := mistakes.Errors()[0]
		if m.Hint != "" {
			return fmt.Errorf("%s (%s)", m.Message, m.Hint)
		}
		return errors.New(m.Message)
	}
	return err
}

// Names are the names of sources that are taken, in lower case: people mix up
// names that differ in nothing else.
type Names map[string]bool

// Take marks a name as taken.
func (n Names) Take(name string) { n[strings.ToLower(name)] = true }

// longestName is the most characters that nameForm lets a name have.
const longestName = 64

// Pick turns a text into a valid name that is not taken, and takes it. A text that
// is such a name stays as it is.
func (n Names) Pick(text string) string {
	if nameForm.MatchString(text) && !n[strings.ToLower(text)] {
		n.Take(text)
		return text
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	name := clipName(strings.Join(words, "-"), longestName)
	if name == "" {
		name = "source"
	}
	picked := name
	for i := 2; n[picked]; i++ {
		suffix := fmt.Sprintf("-%d", i)
		picked = clipName(name, longestName-len(suffix)) + suffix
	}
	n.Take(picked)
	return picked
}

// clipName cuts a name down to so many characters.
func clipName(name string, most int) string {
	if utf8.RuneCountInString(name) > most {
		name = string([]rune(name)[:most])
	}
	return strings.Trim(name, "-")
}
