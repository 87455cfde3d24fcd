package extract

import "testing"

// TestLook compares the looks and homes of the first two blocks of a page.
func TestLook(t *testing.T) {
	w := newWords()
	for _, c := range []struct {
		name, page         string
		sameLook, sameHome bool
	}{
		{"paragraphs", "<div><p>a</p><p>b</p></div>", true, true},
		{"other class", "<div><p class=x>a</p><p>b</p></div>", false, true},
		{"other tag", "<div><p>a</p><h2>b</h2></div>", false, true},
		{"other container", "<div class=x><p>a</p></div><div><p>b</p></div>", false, false},
		{"same kind of container", "<div class=x><p>a</p></div><div class=x><p>b</p></div>", true, false},
		{"other container far out", "<i-a class=x><div><div><p>a</p></div></div></i-a><div><div><p>b</p></div></div>", true, false},
		{"item of a list", "<div><p>a</p><ul><li>b</li></ul></div>", false, true},
		{"item of a list in a list", "<div><p>a</p><ol><li><ul><li>b</ul></ol></div>", false, true},
		{"cell", "<div><p>a</p><table><tr><td>b</table></div>", false, true},
		{"paragraph in a cell", "<div><p>a</p><table><tr><td><p>b</p></table></div>", false, false},
		{"bare text", "<div>a<p>b</p></div>", false, false},
	} {
		blocks := pageBlocks(t, c.page)
		a, b := blocks[0].in, blocks[1].in
		if got := w.lookOf(a) == w.lookOf(b); got != c.sameLook {
			t.Errorf("%s: same look %t", c.name, got)
		}
		if got := homeOf(a) == homeOf(b); got != c.sameHome {
			t.Errorf("%s: same home %t", c.name, got)
		}
	}
	if homeOf(nil) != nil || isCaption(nil) {
		t.Error("a block of no tree has a home")
	}
}

func TestIsCaption(t *testing.T) {
	for page, want := range map[string]bool{
		"<figure><figcaption>a": true,
		"<figure><div><p><b>a":  true,
		"<p>a":                  false,
		"<figure></figure><p>a": false,
		"<figure><div><div><div><div><div><div>a": false,
	} {
		if got := isCaption(pageBlocks(t, page)[0].in); got != want {
			t.Errorf("%s: %t", page, got)
		}
	}
}
