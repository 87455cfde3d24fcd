package revision_test

import (
	"strings"
	"testing"

	"github.com/copytaster/copytaster/internal/news"
	"github.com/copytaster/copytaster/internal/revision"
)

const talks = "The leaders of the two countries met on Wednesday.\nThey talked for more than four hours."

// noticed are versions of a story with one notice.
type noticed struct {
	want     news.RevisionKind
	versions []news.Story
}

// TestNotice: in a headline, in place of the text, in front of it and behind it.
func TestNotice(t *testing.T) {
	type version struct{ Title, Text string }
	var data struct {
		Before  string
		Notices map[news.RevisionKind][]version
		Others  []version
	}
	load(t, "testdata/notices.yaml", &data)
	was := news.Story{Title: data.Before, Text: talks}
	versions := func(v version) (all []news.Story) {
		if v.Title != "" {
			return []news.Story{{Title: v.Title, Text: talks}, {Title: v.Title}}
		}
		for _, text := range []string{v.Text, v.Text + "\n" + talks, talks + "\n" + v.Text} {
			all = append(all, news.Story{Title: data.Before, Text: text})
		}
		return append(all, news.Story{Title: data.Before, Summary: v.Text})
	}
	var cases []noticed
	for want, all := range data.Notices {
		for _, v := range all {
			cases = append(cases, noticed{want, versions(v)})
		}
	}
	for _, c := range cases {
		for _, is := range c.versions {
			kind, notice := revision.Notice(&was, &is)
			if kind != c.want || notice == "" || !strings.Contains(is.Title+"\n"+is.Text+is.Summary, notice) {
				t.Errorf("%q %q is %q (%q), want %q", is.Title, is.Text+is.Summary, kind, notice, c.want)
			}
			if kind, _ := revision.Notice(&is, &is); kind != "" {
				t.Errorf("%q %q was that before, and is %q again", is.Title, is.Text, kind)
			}
		}
	}
	for _, v := range data.Others {
		for _, is := range versions(v) {
			if kind, notice := revision.Notice(&was, &is); kind != "" {
				t.Errorf("%q %q is %q, because of %q", is.Title, is.Text, kind, notice)
			}
		}
	}
}

// TestQuotedNotice: what a story says in its midst is said of others.
func TestQuotedNotice(t *testing.T) {
	was := news.Story{Title: "Leaders meet", Text: strings.Repeat(talks+"\n", 4)}
	is := was
	is.Text = strings.Repeat(talks+"\n", 2) + "“This story has been withdrawn,” the rival wrote.\n" + strings.Repeat(talks+"\n", 2)
	if kind, notice := revision.Notice(&was, &is); kind != "" {
		t.Errorf("it is %q, because of %q", kind, notice)
	}
}

// TestNoticeOf: a story of its own is a notice of the story that it names, and of no other.
func TestNoticeOf(t *testing.T) {
	was := news.Story{Title: "Leaders meet at the spaceport", Text: talks}
	for _, tt := range []struct {
		title, text string
		want        news.RevisionKind
	}{
		{"KILL: Leaders meet at the spaceport", "A kill is mandatory.", news.RevisedKilled},
		{"KILL: Leaders met at spaceport", "", news.RevisedKilled},
		{"MANDATORY KILL", "Please kill the story headlined “Leaders meet at the spaceport”.", news.RevisedKilled},
		{"KILL: Russia-Talks", "Please kill “Leaders meet at the spaceport”.", news.RevisedKilled},
		{"This story has been withdrawn: “Leaders meet at the spaceport”", "", news.RevisedRetracted},
		{"KILL: Minister resigns", "Please kill the story on the minister. Do not use this story.", ""},
		{"KILL: Leaders", "", ""},
		{"KILL: Party leaders quarrel", "The leaders meet again tomorrow.", ""},
		{"MANDATORY KILL", "Please kill the story that said that a minister resigned. This story has been withdrawn.", ""},
		{"MANDATORY KILL", strings.Repeat("This story has been withdrawn. ", 200) + was.Title, ""},
		{"Leaders meet at the spaceport again", "This story has been withdrawn.", ""},
	} {
		if kind := revision.NoticeOf(&was, &news.Story{Title: tt.title, Text: tt.text}); kind != tt.want {
			t.Errorf("%q %.80q is %q, want %q", tt.title, tt.text, kind, tt.want)
		}
	}
	kill := news.Story{Title: "KILL: Leaders meet at the spaceport"}
	if kind := revision.NoticeOf(&kill, &kill); kind != "" {
		t.Errorf("a notice is withdrawn by another one: %q", kind)
	}
}
