package opml

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// list is an OPML file.
type list struct {
	XMLName xml.Name  `xml:"opml"`
	Version string    `xml:"version,attr"`
	Title   string    `xml:"head>title"`
	Body    []outline `xml:"body>outline"`
}

// outline is a folder or a feed.
type outline struct {
	Text     string    `xml:"text,attr"`
	Title    string    `xml:"title,attr,omitempty"`
	Type     string    `xml:"type,attr,omitempty"`
	XMLURL   string    `xml:"xmlUrl,attr,omitempty"`
	HTMLURL  string    `xml:"htmlUrl,attr,omitempty"`
	Language string    `xml:"language,attr,omitempty"`
	Category string    `xml:"category,attr,omitempty"`
	Outlines []outline `xml:"outline"`
}

// Write writes feeds as an OPML file: each in the folder of its first tag, with
// all its tags as categories. Read returns the same feeds, those of one folder
// together.
func Write(w io.Writer, title string, feeds []Feed) error {
	doc := list{Version: "2.0", Title: title}
	folders := map[string]int{}
	for _, f := range feeds {
		o := outline{
			Text: f.Name, Title: f.Name, Type: "rss", XMLURL: f.URL, HTMLURL: f.Site,
			Language: f.Language, Category: categories(f.Tags),
		}
		if len(f.Tags) == 0 {
			doc.Body = append(doc.Body, o)
			continue
		}
		at, known := folders[f.Tags[0]]
		if !known {
			at = len(doc.Body)
			folders[f.Tags[0]] = at
			doc.Body = append(doc.Body, outline{Text: f.Tags[0], Title: f.Tags[0]})
		}
		doc.Body[at].Outlines = append(doc.Body[at].Outlines, o)
	}
	text, err := xml.MarshalIndent(doc, "", "  ")
	if err == nil {
		_, err = io.WriteString(w, xml.Header+string(text)+"\n")
	}
	if err != nil {
		return fmt.Errorf("write OPML: %w", err)
	}
	return nil
}

// categories joins tags. One with a comma would be two, so it is left out: it may
// still be the folder.
func categories(tags []string) string {
	var all []string
	for _, tag := range tags {
		if !strings.Contains(tag, ",") {
			all = append(all, tag)
		}
	}
	return strings.Join(all, ",")
}
