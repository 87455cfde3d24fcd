package opml_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/copytaster/copytaster/config/opml"
)

const nested = `<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="Wires"><outline text="Asia" title="ignored">
<outline type="rss" text="NK  News" title="other" xmlUrl=" https://www.nknews.org/feed/ " htmlUrl="https://www.nknews.org" language="en" category="/korea/north, daily,Asia"/>
</outline><outline><outline title="Only a title" XMLURL="feed:https://b.example/f"/></outline></outline>
<outline text="Holds others" xmlUrl="https://c.example/f"><outline text="Inside" xmlUrl="feed://d.example/f"/></outline>
<outline text="Empty folder"/>
</body></opml>`

var nestedFeeds = []opml.Feed{
	{Name: "NK News", URL: "https://www.nknews.org/feed/", Site: "https://www.nknews.org", Language: "en", Tags: []string{"korea/north", "daily", "Asia", "Wires"}, Line: 4},
	{Name: "Only a title", URL: "https://b.example/f", Tags: []string{"Wires"}, Line: 5},
	{Name: "Holds others", URL: "https://c.example/f", Line: 6},
	{Name: "Inside", URL: "http://d.example/f", Line: 6},
}

func TestRead(t *testing.T) {
	got, err := opml.Read(strings.NewReader(nested))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(nestedFeeds, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestEncodings: a file declares its encoding, except for UTF-16, which its first
// bytes tell.
func TestEncodings(t *testing.T) {
	const list = `<opml version="1.0"><body><outline text="%s" xmlUrl="https://a.example/"/></body></opml>`
	text := fmt.Sprintf(list, "Тасс 조선")
	wide := utf16.Encode([]rune("\ufeff<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + text))
	var little, big bytes.Buffer
	for _, u := range wide {
		little.Write([]byte{byte(u), byte(u >> 8)})
		big.Write([]byte{byte(u >> 8), byte(u)})
	}
	for name, c := range map[string]struct{ file, want string }{
		"UTF-8":                     {text, "Тасс 조선"},
		"UTF-8 with its mark":       {"\ufeff" + text, "Тасс 조선"},
		"UTF-16, little":            {little.String(), "Тасс 조선"},
		"UTF-16, big":               {big.String(), "Тасс 조선"},
		"windows-1251":              {`<?xml version="1.0" encoding="windows-1251"?>` + fmt.Sprintf(list, "\xd2\xe0\xf1\xf1"), "Тасс"},
		"Latin-1":                   {`<?xml version='1.0' encoding='ISO-8859-1'?>` + fmt.Sprintf(list, "Le Monde d\xe9j\xe0"), "Le Monde déjà"},
		"entities and a bare &":     {fmt.Sprintf(list, "A &amp; B &eacute; C & D"), "A & B é C & D"},
		"a doctype and a comment":   {"<!DOCTYPE opml [<!ENTITY x 'y'>]><!-- mine -->" + fmt.Sprintf(list, "a"), "a"},
		"a bomb that nobody lights": {`<!DOCTYPE opml [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>` + fmt.Sprintf(list, "&b;"), "&b;"},
	} {
		got, err := opml.Read(strings.NewReader(c.file))
		if err != nil || len(got) != 1 || got[0].Name != c.want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestNoOPML: what is no OPML is said to be what it is, with its line.
func TestNoOPML(t *testing.T) {
	for text, want := range map[string]string{
		"":                               "line 1: the file is empty",
		"  \n":                           "line 2: the file is empty",
		"TASS https://tass.com/":         "line 1: this is plain text, no OPML",
		"{\"feeds\": []}":                "line 1: this is plain text, no OPML",
		"\n<!DOCTYPE html><html><body/>": "line 2: this is an HTML page, no OPML",
		"<rss version='2.0'/>":           "line 1: this is a feed, no list of feeds: it can be a source itself",
		"<feed xmlns='x'/>":              "line 1: this is a feed, no list of feeds: it can be a source itself",
		"<urlset/>":                      "line 1: this is no OPML: it begins with <urlset>",
		"<opml><body>\n<outline text='a' xmlUrl='https://a.example/'/>": "line 2: unexpected EOF",
		"<opml>\n" + strings.Repeat("<outline text='a'>", 200):          "line 2: more than 100 folders lie within each other",
		"<opml>" + strings.Repeat("<outline xmlUrl='x'/>", 20_001):      "line 1: more than 20000 feeds",
		"<opml>" + strings.Repeat("<a/>      ", 17<<20/10):              "line 1: more than 16 MB",
		"<opml>" + strings.Repeat(" ", 17<<20):                          "line 1: a tag or a text is longer than 256 KB",
		"<opml><body " + strings.Repeat("a ", 1<<20):                    "line 1: a tag or a text is longer than 256 KB",
		"<opml>" + strings.Repeat("<a>", 1<<20):                         "line 1: more than 1000 elements lie within each other",
	} {
		_, err := opml.Read(strings.NewReader(text))
		if err == nil || err.Error() != "read OPML: "+want {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
}

// TestRoundTrip: what is written is read back, the feeds of a folder together.
func TestRoundTrip(t *testing.T) {
	feeds := []opml.Feed{
		{Name: "NK.News_1", URL: "https://www.nknews.org/feed/?a=1&b=%22", Site: "https://www.nknews.org", Language: "en", Tags: []string{"korea", "daily"}},
		{Name: "조선일보", URL: "https://www.chosun.com/", Tags: []string{"korea", "a/b"}},
		{Name: "a <b> & \"c\"", URL: "https://a.example/", Tags: []string{"x, y"}},
		{Name: "plain", URL: "https://b.example/"},
	}
	var text bytes.Buffer
	if err := opml.Write(&text, "copytaster", feeds); err != nil {
		t.Fatal(err)
	}
	got, err := opml.Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(feeds, got, cmpopts.IgnoreFields(opml.Feed{}, "Line")); diff != "" {
		t.Errorf("-written +read:\n%s", diff)
	}
	text.Reset()
	if err := opml.Write(&text, "empty", nil); err != nil {
		t.Fatal(err)
	}
	if got, err := opml.Read(&text); err != nil || len(got) > 0 {
		t.Errorf("without feeds: %v, %v", got, err)
	}
}

// fullDisk takes nothing.
type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestWriteFails(t *testing.T) {
	if err := opml.Write(fullDisk{}, "a", nil); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

// FuzzRead holds that nothing makes reading panic, and that what was read can
// be written and read again.
func FuzzRead(f *testing.F) {
	f.Add([]byte(nested))
	f.Add([]byte("<opml><outline category=',/,' text='a\x01' xmlUrl='\xff'/></opml>"))
	f.Add([]byte("\xff\xfe<\x00o\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		feeds, err := opml.Read(bytes.NewReader(text))
		if err != nil {
			return
		}
		var again bytes.Buffer
		if err := opml.Write(&again, "again", feeds); err != nil {
			t.Fatal(err)
		}
		back, err := opml.Read(&again)
		if err != nil || len(back) != len(feeds) {
			t.Fatalf("%d feeds are read back as %d: %v", len(feeds), len(back), err)
		}
	})
}
