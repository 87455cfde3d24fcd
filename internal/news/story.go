package news

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Story is one piece of news as one source tells it.
type Story struct {
	ID      int64 // row in the store; 0 before it is stored
	Cluster int64 // the cluster it belongs to; 0 before it is stored
	Key     string
	Origin  Origin

	URL       string // as listed, made absolute
	Canonical string // the page's own canonical URL, "" when it names none that can be believed
	GUID      string // the feed's id, "" when it gives none

	Title   string
	Titles  []string // other titles of the same story (og:title, h1, the feed's), without Title
	Summary string   // the list's summary, as text
	Text    string   // article text, one paragraph a line; "" when it is not known

	Authors   []string
	Published time.Time // zero when it is not known
	Modified  time.Time // zero when it is not known
	Language  string    // BCP 47 primary language, "" when it is not known
	Outlet    string    // name of the publishing site, "" when it is not known
	Section   string
	Keywords  []string // what the outlet files it under, in its own words
	Credit    string   // who else made it, as the page says: "Additional reporting by …"
	Cites     []string // whom the text itself names as its sources, each under one name in all languages
	Paywalled bool

	FirstSeen time.Time // when a crawl first gave it
}

// FieldName names a part of a story that a rule can look in.
type FieldName string

// The fields of a story.
const (
	FieldTitle FieldName = "title"
	FieldLead  FieldName = "lead"
	FieldBody  FieldName = "body"
	FieldURL   FieldName = "url"
)

// Field is one text of a story. Variant counts the texts of one name from 0:
// a story has several titles, and its lead is the summary and the first
// paragraph.
type Field struct {
	Name    FieldName
	Variant int
	Text    string
}

// Fields splits the story into the texts that rules look in: every title, the
// lead (the list's summary, then the first paragraph of the text), the body
// (the rest of the text) and the URL. A text that repeats another field is
// given once; empty ones are left out.
func (s *Story) Fields() []Field { return s.AppendFields(make([]Field, 0, 6)) }

// AppendFields appends the Fields of the story to fields, which must be empty.
func (s *Story) AppendFields(fields []Field) []Field {
	add := func(name FieldName, variant *int, text string) {
		text = strings.TrimSpace(text)
		if text == "" {
			return
		}
		for _, f := range fields {
			if f.Name != FieldURL && sameText(f.Text, text) {
				return
			}
		}
		fields = append(fields, Field{Name: name, Variant: *variant, Text: text})
		*variant++
	}
	var titles, leads, bodies, urls int
	add(FieldTitle, &titles, s.Title)
	for _, t := range s.Titles {
		add(FieldTitle, &titles, t)
	}
	first, rest, _ := strings.Cut(strings.TrimSpace(s.Text), "\n")
	if summary := strings.TrimSpace(s.Summary); !repeats(summary, first, s.Text) {
		add(FieldLead, &leads, summary)
	}
	add(FieldLead, &leads, first)
	add(FieldBody, &bodies, rest)
	add(FieldURL, &urls, s.URL)
	return fields
}

// repeats reports whether a summary only says what the text says anyway: it is
// the beginning of it, whole or cut with an ellipsis. A summary that takes in
// more than the first paragraph still counts as the lead.
func repeats(summary, first, text string) bool {
	cut := strings.TrimRight(squeeze(summary), " .…[]")
	return cut == "" || strings.HasPrefix(squeeze(first), cut) && strings.TrimSpace(text) != ""
}

// sameText reports whether two texts differ in white space at most.
func sameText(a, b string) bool {
	for a != "" && b != "" {
		x, n := utf8.DecodeRuneInString(a)
		y, m := utf8.DecodeRuneInString(b)
		if unicode.IsSpace(x) || unicode.IsSpace(y) {
			spaced := unicode.IsSpace(x) && unicode.IsSpace(y)
			a, b = strings.TrimLeftFunc(a, unicode.IsSpace), strings.TrimLeftFunc(b, unicode.IsSpace)
			if !spaced && a != "" && b != "" {
				return false
			}
			continue
		}
		if a[:n] != b[:m] {
			return false
		}
		a, b = a[n:], b[m:]
	}
	return strings.TrimSpace(a+b) == ""
}

// squeeze makes every run of white space one space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }
