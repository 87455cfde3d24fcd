package extract

import "testing"

func TestReadName(t *testing.T) {
	for _, c := range []struct {
		name      string
		want, not naming
	}{
		{"comments", saysComment, saysConsent}, {"PostComments-list_2", saysComment, saysBeside}, {"comments-open", 0, saysComment}, {"no-comments", 0, saysComment},
		{"tone-comment", 0, saysComment}, {"leserKommentare", saysComment, 0}, {"comentários", saysComment, 0},
		{"commentform", saysComment, 0}, {"graphcomment", saysComment, 0}, {"commentary", 0, saysComment}, {"commentator-name", 0, saysComment},
		{"cmt-body", saysComment, 0}, {"remark42", saysComment, 0},
		{"cookie-banner", saysConsent, 0}, {"cookies", 0, saysConsent}, {"banner", 0, saysConsent}, {"sp_message_container_12", saysConsent, 0},
		{"qc-cmp2-main", saysConsent, 0}, {"didomi-host", saysConsent, 0}, {"cookies-accepted", 0, saysConsent},
		{"related-stories", saysBeside, saysAbout}, {"sidebar", saysBeside, 0}, {"has-sidebar", 0, saysBeside}, {"author-bio", saysAbout | saysByline, 0},
		{"published", saysPublished | saysDate, saysModified}, {"entry-date", saysPublished, 0}, {"entry_date", saysPublished, 0},
		{"dt-updated", saysModified, saysPublished},
		{"update-date", saysModified, 0}, {"post-date", saysDate, saysPublished}, {"datum", saysDate, 0},
		{"siteLogo", saysLogo, 0}, {"entry-title", saysHeadline, 0}, {"job-title", saysRole, 0}, {"", 0, ^naming(0)}, {"row", 0, ^naming(0)},
	} {
		if got := readName(c.name); got&c.want != c.want || got&c.not != 0 {
			t.Errorf("%q: got %b", c.name, got)
		}
	}
}

// TestNamer reads each name of a list, once.
func TestNamer(t *testing.T) {
	k := namer{}
	const list = "post  comments\tsidebar"
	for range 2 {
		if got := k.read(list); got&saysComment == 0 || got&saysBeside == 0 {
			t.Errorf("got %b", got)
		}
	}
	if len(k) != 1 {
		t.Errorf("%d names are kept, want 1", len(k))
	}
	if got := k.read(string(make([]byte, 1000))); got != 0 || len(k) != 1 {
		t.Errorf("a long list: got %b", got)
	}
}
