package cluster

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/copytaster/copytaster/internal/news"
)

func TestEncode(t *testing.T) {
	var k Sketcher
	for _, s := range []*Sketch{
		sketchOf("UPDATE 3-Quake kills 14 in Alto Verde", quake),
		k.Sketch(&news.Story{FirstSeen: noon}),
		k.Sketch(&news.Story{Title: "北海道沖で漁船転覆", Text: "第八豊栄丸が転覆していると通報があった。", Language: "ja", FirstSeen: noon.Add(time.Microsecond)}),
	} {
		raw := s.Append([]byte("before"))[len("before"):]
		got, err := DecodeSketch(raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s, got, cmp.AllowUnexported(Sketch{}), cmpopts.EquateEmpty()); diff != "" {
			t.Error(diff)
		}
		for n := range raw {
			if _, err := DecodeSketch(raw[:n]); err == nil {
				t.Fatalf("%d of %d bytes are read without error", n, len(raw))
			}
		}
	}
	first := sketchOf("Quake kills 14 in Alto Verde", quake)
	r := wholeHistory(first, []tale{{Title: "x", Text: quake[:90]}})
	got, err := DecodeRarity(r.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, got, cmp.AllowUnexported(Rarity{})); diff != "" {
		t.Error(diff)
	}
	for _, raw := range [][]byte{{99}, append([]byte{99}, first.Append(nil)[1:]...)} {
		if _, err := DecodeSketch(raw); !errors.Is(err, ErrVersion) {
			t.Errorf("error %v, want that of another version", err)
		}
		if _, err := DecodeRarity(raw); !errors.Is(err, ErrVersion) {
			t.Errorf("error %v, want that of another version", err)
		}
	}
}

// FuzzDecode wants damaged rows to be refused or to make sketches that can be
// compared without panic.
func FuzzDecode(f *testing.F) {
	good := sketchOf("Quake kills 14 in Alto Verde", quake)
	f.Add(good.Append(nil))
	f.Add([]byte{sketchVersion})
	f.Fuzz(func(_ *testing.T, raw []byte) {
		if s, err := DecodeSketch(raw); err == nil {
			Join(good, []*Sketch{s}, s)
			Similarity(good, s)
		}
		if r, err := DecodeRarity(raw); err == nil {
			first := *good
			first.Rarity = r
			Join(&first, nil, good)
		}
	})
}

// FuzzSketch wants a sketch of any story, the same each time.
func FuzzSketch(f *testing.F) {
	f.Add("Quake kills 14", quake, "en")
	f.Add("UPDATE 1-(종합)", "\u202e \xff 北海道 ٣٤ l'Iran", "ar")
	f.Fuzz(func(t *testing.T, title, body, language string) {
		var k Sketcher
		s := &news.Story{Title: title, Text: body, Language: language, FirstSeen: noon}
		first := k.Sketch(s)
		if diff := cmp.Diff(first.Append(nil), k.Sketch(s).Append(nil)); diff != "" {
			t.Error(diff)
		}
		if got, err := DecodeSketch(first.Append(nil)); err != nil || cmp.Diff(got.Append(nil), first.Append(nil)) != "" {
			t.Errorf("it changes by its row: %v", err)
		}
		TellOf(s)
		KindOf(s)
		Credits(s)
	})
}
