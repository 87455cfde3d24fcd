package extract

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestStrip(t *testing.T) {
	root, err := html.Parse(strings.NewReader(`<html><head><title>T</title><script>in head</script><style>p{}</style></head><body><!-- c -->
<nav><a>Home</a><script>in nav</script></nav><p>One <b>two</b><script src="x.js"></script></p><script type="application/ld+json">{}</script>
<script type="application/json">data</script><script type="text/x-template">no</script><svg><title>drawing</title></svg><button>Press</button>
<iframe>not closed`))
	if err != nil {
		t.Fatal(err)
	}
	scripts := strip(root)
	if got := strings.Join(scripts, "|"); got != "in head|in nav|data" {
		t.Errorf("scripts %q", got)
	}
	if got := lines(nodeBlocks(root)); got != "One two\nnot closed" {
		t.Errorf("text %q", got)
	}
}

// TestStrippedPage shows that the readers find in a stripped page what they
// found in it before.
func TestStrippedPage(t *testing.T) {
	root, err := html.Parse(strings.NewReader("<head><title>T</title></head><body><nav><a href=/>Home</a></nav><article>" + marked("p", "", 0, 6) + "<img src=x></article>"))
	if err != nil {
		t.Fatal(err)
	}
	strip(root)
	if got := lines(trafilaturaBlocks(root, nil)); got != paras(0, 6) {
		t.Errorf("got %q", got)
	}
	if got := lines(readabilityBlocks(root, nil)); got != paras(0, 6) {
		t.Errorf("got %q", got)
	}
}
