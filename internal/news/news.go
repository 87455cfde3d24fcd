// Package news holds the nouns that every package of copytaster shares: Source,
// Story, Match, Alert, Delivery. It decides what makes two links the same
// story (canonical URL, story key) and which part of a story is its title, its
// lead and its body; everything else belongs to the packages above it.
//
// A Source is where stories are listed. A Story belongs to one cluster (for
// now its own). A Match says that one rule found what it looks for in one
// story. An Alert is the promise to tell one channel of one cluster. A
// Delivery is one message that keeps such a promise.
package news

import (
	"fmt"
	"strings"
	"time"
)

// FullText says when the page of a story is read in addition to the list.
type FullText string

// The values of FullText.
const (
	FullTextAuto   FullText = "auto"   // when the list does not carry the full text
	FullTextAlways FullText = "always" // for every story
	FullTextNever  FullText = "never"  // for none
)

// Source is one configured place that lists stories.
type Source struct {
	Name     string
	Kind     SourceKind
	URL      string
	Links    string // CSS selector of the story links of a KindPage; "" finds them automatically
	Schedule string // cron spec as written; "" is adaptive
	FullText FullText
	Origin   Origin
	Language string         // BCP 47, "" when it is to be detected
	DatesIn  *time.Location // zone of dates that name none; nil is UTC
	Expect   Expectation    // of new stories

	IgnoreRobots bool
	Disabled     bool

	Headers     map[string]Secret // sent with every request to the source's own host
	User        string            // basic auth; "" sends none
	Password    Secret
	CookiesFile string // Netscape cookie file
	Proxy       Secret // proxy URL; may hold a password
}

// Origin is what a rule may ask of the source of a story.
type Origin struct {
	Source  string   `json:"source,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Tier    string   `json:"tier,omitempty"`
	Country string   `json:"country,omitempty"` // ISO 3166-1 alpha-2
	Owner   string   `json:"owner,omitempty"`   // of the outlet; outlets of one owner are one voice
}

// Validators are the HTTP validators of a source's last list, sent back
// verbatim with the next conditional request.
type Validators struct {
	ETag         string
	LastModified string
}

// Listing is what one crawl of a source's list gave.
type Listing struct {
	Title       string
	Stories     []Story // in the order of the list, at most MaxListed
	Validators  Validators
	Skipped     int    // entries of the list that could not be read, and are not among the stories
	NotModified bool   // the server answered 304: there are no stories
	MovedTo     string // URL of a permanent redirect, "" when there was none
	Hub         string // URL of the WebSub hub that pushes what is new in the list, "" when it names none
	Topic       string // URL that the hub knows the list by
}

// LongestFetch is the most that crawl.timeout may allow one document: a crawl
// waits for its host, fetches, and has to end while its claim on the source
// holds.
const LongestFetch = 40 * time.Second

// MaxListed is the most stories of one list; the newest are kept.
const MaxListed = 2000

// Secret is a text that must never be shown. Reveal is the only way to it.
type Secret string

// Reveal returns the secret itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the secret, for fmt and slog alike.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "[secret]"
}

// GoString hides the secret from %#v.
func (s Secret) GoString() string { return fmt.Sprintf("%q", s.String()) }

// MarshalText hides the secret from JSON, YAML and slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Severity is how urgent a rule's author finds its matches.
type Severity int

// The severities, mildest first.
const (
	Info Severity = iota
	Normal
	High
	Urgent
)

var severityNames = [...]string{"info", "normal", "high", "urgent"}

// String returns the severity's name as it is written in YAML.
func (s Severity) String() string {
	if s < Info || s > Urgent {
		return fmt.Sprintf("severity(%d)", int(s))
	}
	return severityNames[s]
}

// MarshalText writes the severity's name.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the severity's name.
func (s *Severity) UnmarshalText(b []byte) error {
	v, ok := ParseSeverity(string(b))
	if !ok {
		return fmt.Errorf("parse severity: %q is none of %s", b, strings.Join(severityNames[:], ", "))
	}
	*s = v
	return nil
}

// ParseSeverity reads a severity's name; ok is false for anything else.
func ParseSeverity(name string) (s Severity, ok bool) {
	for i, n := range severityNames {
		if n == name {
			return Severity(i), true
		}
	}
	return Normal, false
}
