package extract

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// treeSize is what the nodes and attributes of a page take, without the texts.
func treeSize(t *testing.T, page []byte) int {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		return 0 // nested too deep: there is no tree
	}
	size := 0
	for n := range root.Descendants() {
		size += 112 + 48*len(n.Attr)
	}
	return size
}

// TestPagesAreWeighed parses small pages of each hostile kind: none takes more
// than was foreseen.
func TestPagesAreWeighed(t *testing.T) {
	for _, h := range hostilePages(20_000) {
		page := h.make()
		c, err := weighPage(page)
		if err != nil {
			continue
		}
		if size := treeSize(t, page); size > c.tree+2000 { // and <html>, <head>, <body>
			t.Errorf("%s: its tree takes %d bytes, foreseen were %d", h.name, size, c.tree)
		}
	}
}

func FuzzWeighPage(f *testing.F) {
	for _, h := range hostilePages(300) {
		f.Add(h.make())
	}
	f.Fuzz(func(t *testing.T, page []byte) {
		page = bytes.Repeat(page, 20)
		c, err := weighPage(page)
		if size := treeSize(t, page); err == nil && size > c.tree*3/2+2000 {
			t.Errorf("its tree takes %d bytes, foreseen were %d", size, c.tree)
		}
	})
}

// TestRealPagesFit: the largest page of the corpus takes a fifth of what a page
// may.
func TestRealPagesFit(t *testing.T) {
	for _, p := range append(articlePages(t), publisherPages(t)...) {
		c, err := weighPage(toUTF8(p.HTML, ""))
		if err != nil || c.tree > maxParsed/5 {
			t.Errorf("%s: %d bytes, %v", p.ID, c.tree, err)
		}
	}
}

// TestJSONIsWeighed reads data of each kind: none of it takes more than was
// foreseen.
func TestJSONIsWeighed(t *testing.T) {
	for name, text := range map[string]string{
		"objects":       "[" + strings.Repeat("{},", 100_000) + "0]",
		"small objects": "[" + strings.Repeat(`{"a":1},`, 50_000) + "0]",
		"objects of 9":  "[" + strings.Repeat(`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9},`, 5_000) + "0]",
		"arrays":        "[" + strings.Repeat("[],", 100_000) + "0]",
		"numbers":       "[" + strings.Repeat("17,", 100_000) + "0]",
		"strings":       "[" + strings.Repeat(`"a",`, 100_000) + `""]`,
		"members":       "{" + many(500_000, `"k%d":0,`) + `"z":0}`,
		"nested":        strings.Repeat("[", 9000) + strings.Repeat("]", 9000),
		"mixed":         "[" + strings.Repeat(`{"a":"x","b":[1,2],"c":{"d":null}},`, 20_000) + "0]",
	} {
		var before, after runtime.MemStats
		var value any
		runtime.GC()
		runtime.ReadMemStats(&before)
		if err := json.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(name, err)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		cost := jsonCost([]byte(text)) + len(text)
		if size := int(after.HeapAlloc) - int(before.HeapAlloc); size > cost {
			t.Errorf("%s: its values take %d bytes, foreseen were %d", name, size, cost)
		}
		runtime.KeepAlive(value)
	}
	v := &values{left: 1000}
	if _, err := v.parse([]byte("[" + strings.Repeat("{},", 100) + "0]")); err == nil {
		t.Error("values beyond the limit are read")
	}
	if value, ok := v.parseWhole(`{"a":[1]};`); !ok || fmt.Sprint(value) != "map[a:[1]]" || v.left >= 1000 {
		t.Errorf("%v, %d left", value, v.left)
	}
}
