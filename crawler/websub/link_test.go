package websub

import (
	"net/url"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

const document = "https://news.example/feeds/all.xml"

func TestLinks(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/links.txtar")
	if err != nil {
		t.Fatal(err)
	}
	if len(archive.Files) < 28 || len(archive.Files)%2 != 0 {
		t.Fatalf("%d files in the archive: some are missing", len(archive.Files))
	}
	for i := 0; i < len(archive.Files); i += 2 {
		headers, want := archive.Files[i], archive.Files[i+1]
		if want.Name != "want" {
			t.Fatalf("%q is followed by %q", headers.Name, want.Name)
		}
		t.Run(headers.Name, func(t *testing.T) {
			hubs, topic := Links(strings.Split(strings.TrimSuffix(string(headers.Data), "\n"), "\n"), document)
			var got strings.Builder
			for _, hub := range hubs {
				got.WriteString("hub " + hub + "\n")
			}
			if topic != "" {
				got.WriteString("topic " + topic + "\n")
			}
			if got.String() != string(want.Data) {
				t.Errorf("got\n%swant\n%s", &got, want.Data)
			}
		})
	}
}

func TestLongURLsAreNoHubs(t *testing.T) {
	long := "https://hub.example/" + strings.Repeat("a", maxURL)
	if hubs, topic := Links([]string{"<" + long + ">; rel=\"hub self\""}, document); len(hubs) != 0 || topic != "" {
		t.Errorf("got %d hubs, topic of %d bytes", len(hubs), len(topic))
	}
	if got := Choose([]string{long, "http://hub.example/"}); got != "http://hub.example/" {
		t.Errorf("chose %.60s", got)
	}
}

func TestChoose(t *testing.T) {
	for _, c := range []struct {
		hubs []string
		want string
	}{
		{nil, ""},
		{[]string{"http://a.example/"}, "http://a.example/"},
		{[]string{"http://a.example/", "http://b.example/"}, "http://a.example/"},
		{[]string{"http://a.example/", "https://b.example/", "https://c.example/"}, "https://b.example/"},
		{[]string{"mailto:a@b.example", "/hub", "https://", "://"}, ""},
	} {
		if got := Choose(c.hubs); got != c.want {
			t.Errorf("Choose(%q) = %q, want %q", c.hubs, got, c.want)
		}
	}
}

// FuzzLinks: whatever a server sends, what is found are web addresses of a
// bearable length.
func FuzzLinks(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/links.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(string(file.Data), document)
	}
	f.Fuzz(func(t *testing.T, header, base string) {
		hubs, topic := Links(strings.Split(header, "\n"), base)
		for _, found := range append(hubs, topic) {
			if found == "" {
				continue
			}
			u, err := url.Parse(found)
			if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || len(found) > maxURL {
				t.Errorf("found %q", found)
			}
		}
		if hub := Choose(hubs); (hub == "") != (len(hubs) == 0) {
			t.Errorf("chose %q of %q", hub, hubs)
		}
	})
}
