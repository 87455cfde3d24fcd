package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/copytaster/copytaster/internal/news"
)

// line is a story as a line of a file has it: what `extract` prints of a page
// is one. Other keys are passed over.
type line struct {
	URL       string `json:"url"`
	Canonical string `json:"canonical_url"`
	ID        string `json:"id"`
	Title     string `json:"title"`
	Titles    texts  `json:"titles"`
	Summary   string `json:"summary"`
	Text      string `json:"text"`
	Authors   texts  `json:"authors"`
	Published string `json:"published"`
	Modified  string `json:"modified"`
	Language  string `json:"language"`
	Outlet    string `json:"outlet"`
	Section   string `json:"section"`
	Cites     texts  `json:"cites"`
	Source    string `json:"source"`
	Tags      texts  `json:"tags"`
	Tier      string `json:"tier"`
	Country   string `json:"country"`
}

// texts is a list of texts, or one alone.
type texts []string

// UnmarshalJSON reads either.
func (t *texts) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		*t = make(texts, 1)
		return json.Unmarshal(b, &(*t)[0])
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// readStory reads the story of one line.
func readStory(text []byte) (*news.Story, error) {
	var l line
	if !l.quick(text) {
		l = line{}
		if err := json.Unmarshal(text, &l); err != nil {
			return nil, unreadable(text, err)
		}
	}
	return l.story()
}

// unreadable says what is wrong with a line in words.
func unreadable(text []byte, err error) error {
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return fmt.Errorf("%q is of the wrong kind: %s", wrong.Field, wrong.Value)
	case text[0] == '[':
		return errors.New("it is a list: write each story on a line of its own (jq -c '.[]' does)")
	case bytes.Equal(text, []byte("{")):
		return errors.New("a story stands on one line (jq -c . puts it there)")
	case errors.As(err, &wrong):
		return fmt.Errorf("it is no object: %s", wrong.Value)
	default:
		return fmt.Errorf("not JSON: %w", err)
	}
}

func (l *line) story() (*news.Story, error) {
	if l.URL == "" && blank(l.Title) && blank(l.Text) && blank(l.Summary) {
		return nil, errors.New("it has neither url nor title nor text")
	}
	published, err := readTime("published", l.Published)
	if err != nil {
		return nil, err
	}
	modified, err := readTime("modified", l.Modified)
	if err != nil {
		return nil, err
	}
	return &news.Story{
		Origin: news.Origin{Source: l.Source, Tags: l.Tags, Tier: l.Tier, Country: l.Country},
		URL:    strings.TrimSpace(l.URL), Canonical: l.Canonical, GUID: l.ID,
		Title: oneLine(l.Title), Titles: oneLines(l.Titles), Summary: Unwrap(l.Summary), Text: Unwrap(l.Text),
		Authors:   oneLines(l.Authors),
		Published: published, Modified: modified, Language: l.Language, Outlet: oneLine(l.Outlet),
		Section: oneLine(l.Section), Cites: oneLines(l.Cites),
	}, nil
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

// oneLine makes one line of a title that was broken into several.
func oneLine(s string) string {
	if s = visible(s); strings.ContainsAny(s, "\n\t") {
		return strings.Join(strings.Fields(s), " ")
	}
	return strings.TrimSpace(s)
}

func oneLines(texts []string) []string {
	for i := range texts {
		texts[i] = oneLine(texts[i])
	}
	return texts
}

// timeForms are how times are written: RFC 3339, and what databases export. A
// time without a zone is UTC.
var timeForms = [...]string{time.RFC3339, "2006-01-02T15:04:05", time.DateTime, time.DateOnly}

// readTime reads a time, the zero time of "".
func readTime(key, text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is %q, which is no time such as 2006-01-02T15:04:05Z", key, text)
}
