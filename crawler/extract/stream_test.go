package extract

import (
	"fmt"
	"strings"
	"testing"
)

// flow is the text of the tests of pages that keep it elsewhere.
const flow = `<p>The ferry between the two banks was stuck in the ice on Monday, the company said in the evening.</p>
<p>Forty passengers were brought ashore with the boats of the fire brigade, and nobody was hurt.</p>
<p>The company wants to wait for warmer days before it tows the ship into the harbour of the town.</p>`

// wantFlow wants the whole text in its order, once, and nothing else that has the
// word unwanted.
func wantFlow(t *testing.T, name, page string) {
	t.Helper()
	s, err := Article([]byte(page), Options{URL: "https://river.example/ferry"})
	if err != nil {
		t.Errorf("%s: %v", name, err)
	}
	at := 0
	for _, part := range []string{"stuck in the ice on Monday", "Forty passengers", "wait for warmer days"} {
		i := strings.Index(s.Text[at:], part)
		if i < 0 || strings.Count(s.Text, part) > 1 {
			t.Errorf("%s: %q is missing, in another place or there twice: %q", name, part, s.Text)
			return
		}
		at += i
	}
	if strings.Contains(s.Text, "unwanted") {
		t.Errorf("%s: got %q", name, s.Text)
	}
}

// streamed is a page whose parts stand at its end.
func streamed(inside, end string) string {
	return fmt.Sprintf(`<html><head><title>Ferry stuck in the ice</title></head><body><main><article><h1>Ferry stuck in the ice</h1><div>%s</div></article></main>%s</body></html>`, inside, end)
}

func TestStreamedText(t *testing.T) {
	const place = `<!--$?--><template id="B:0"></template><div class="skeleton">unwanted: loading this story, please wait a moment.</div><!--/$-->`
	before, forty, _ := strings.Cut(flow, "<p>Forty")
	for _, c := range []struct{ name, inside, end string }{
		{"one part", place, `<div hidden id="S:0">` + flow + `</div><script>$RC("B:0","S:0")</script>`},
		{"with spaces", place, `<div hidden id="S:0">` + flow + `</div><script>$RC( "B:0" , "S:0" )</script>`},
		{"behind its function", place, `<div hidden id="S:0">` + flow + `</div><script>$RC=function(b,c){};$RC("B:0","S:0")</script>`},
		{"with styles", place, `<div hidden id="S:0">` + flow + `</div><script>$RR("B:0","S:0",[["a.css","x"]])</script>`},
		{"a part of a part", place, `<div hidden id="S:0"><template id="P:1"></template></div><div hidden id="S:1">` + flow + `</div>
<script>$RS("S:1","P:1")</script><script>$RC("B:0","S:0")</script>`},
		{"a boundary in what is shown until it comes", `<!--$?--><template id="B:0"></template><!--$-->unwanted<!--/$--><!--/$-->`, `<div hidden id="S:0">` + flow + `</div><script>$RC("B:0","S:0")</script>`},
		{"two parts", strings.Replace(place, "B:0", "B:1", 1) + place, `<div hidden id="S:0">` + "<p>Forty" + forty + `</div><script>$RC("B:0","S:0")</script>
<div hidden id="S:1">` + before + `</div><script>$RC("B:1","S:1")</script>`},
		{"a place that is missing", flow, `<div hidden id="S:0"><p>unwanted</p></div><script>$RC("B:7","S:0")</script>`},
		{"a part that is missing", flow + "<!--/$-->", `<script>$RC("B:0","S:7")</script>`},
		{"a part that holds its place", flow, `<div hidden id="S:0"><template id="B:0"></template><p>unwanted</p></div><script>$RC("B:0","S:0")</script>`},
		{"no script", flow, `<div hidden id="S:0"><p>unwanted: $RC is not called here, and so this text stays hidden.</p></div>`},
	} {
		wantFlow(t, c.name, streamed(c.inside, c.end))
	}
}

// TestSpareText reads what a page keeps for its scripts, or for readers without
// them, where it shows hardly any text.
func TestSpareText(t *testing.T) {
	for _, c := range []struct{ name, inside, end string }{
		{"a script", `<script type="text/template">` + flow + `</script>`, ""},
		{"a script and noscript", `<script type="text/template">` + flow + `</script><noscript>` + flow + `</noscript>`, ""},
		{"noscript", `<noscript>` + flow + `</noscript>`, ""},
		{"HTML in a script", `<script type="text/html">` + flow + `</script>`, ""},
		{"a library's type", `<script type="text/x-template" id="body">` + flow + `</script>`, ""},
		{"another library's type", `<script type="application/x-template">` + flow + `</script>`, ""},
		{"a template", `<template>` + flow + `</template>`, ""},
		{"the inside of an element", `<story-text><template shadowrootmode="open">` + flow + `</template></story-text>`, ""},
		{"a template at the end", "", `<template id="story">` + flow + `</template>`},
		{"a page that shows it", flow, `<noscript><p>unwanted: switch on your scripts to see this page as it was meant to be, with all pictures.</p></noscript>`},
		{"a template of something else", flow, `<template><p>unwanted: this is the box in which the next story will be shown, once it is there.</p></template>`},
		{"one that a script fills", flow, `<script type="text/template">` + strings.ReplaceAll(flow, "ferry", "{{ unwanted }}") + `</script>`},
		{"a picture", flow, `<noscript><img src="unwanted.jpg" alt="unwanted"></noscript>`},
	} {
		wantFlow(t, c.name, streamed(c.inside, c.end))
	}
}

// TestSpareLimits looks into no more than is worth it.
func TestSpareLimits(t *testing.T) {
	huge := `<noscript>` + strings.Repeat("unwanted words that a page keeps for itself. ", maxSpare/40) + `</noscript>`
	wantFlow(t, "huge", streamed(`<noscript>`+flow+`</noscript>`, huge))
	deep := `<script type="text/template">` + strings.Repeat("<div>", 2000) + "unwanted" + `</script>`
	wantFlow(t, "nested too deep", streamed(`<noscript>`+flow+`</noscript>`, deep))
}
