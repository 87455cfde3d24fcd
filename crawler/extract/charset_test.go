package extract

import (
	"testing"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// TestToUTF8 writes a text in a charset and declares another, or none.
func TestToUTF8(t *testing.T) {
	const (
		korean   = "북한이 동해상으로 미사일을 발사했다고 합동참모본부가 밝혔다"
		japanese = "北朝鮮が日本海に向けてミサイルを発射したと防衛省が発表した"
		chinese  = "朝鲜向东海发射导弹,韩国联合参谋本部说"
		russian  = "Президент встретился с министром обороны, чтобы обсудить поставки и новую встречу"
		german   = "Über die Brücke führt künftig kein Weg für Fußgänger"
		french   = "L’été a été très chaud à l’île d’Oléron"
	)
	for _, c := range []struct{ name, text, written, header, declared string }{
		{"UTF-8, nothing said", korean, "utf-8", "", ""},
		{"UTF-8 declared as Latin-1", german, "utf-8", "iso-8859-1", "iso-8859-1"},
		{"UTF-8 declared as EUC-KR", korean, "utf-8", "euc-kr", ""},
		{"EUC-KR declared", korean, "euc-kr", "", "euc-kr"},
		{"EUC-KR in the header", korean, "euc-kr", "EUC-KR", ""},
		{"EUC-KR under a default header", korean, "euc-kr", "ISO-8859-1", "ks_c_5601-1987"},
		{"EUC-KR under a wrong UTF-8", korean, "euc-kr", "utf-8", "utf-8"},
		{"EUC-KR, nothing said", korean, "euc-kr", "", ""},
		{"Shift_JIS declared", japanese, "shift_jis", "", "Shift_JIS"},
		{"Shift_JIS, nothing said", japanese, "shift_jis", "", ""},
		{"EUC-JP in quotes", japanese, "euc-jp", `"euc-jp"`, ""},
		{"ISO-2022-JP declared", japanese, "iso-2022-jp", "", "iso-2022-jp"},
		{"GB18030 as gb2312", chinese, "gb18030", "", "gb2312"},
		{"Big5 in the header", "朝鮮向東海發射導彈", "big5", "big5", ""},
		{"windows-1251 declared", russian, "windows-1251", "", "windows-1251"},
		{"windows-1251, nothing said", russian, "windows-1251", "", ""},
		{"KOI8-R in the header", russian, "koi8-r", "koi8-r", ""},
		{"windows-1252 as Latin-1", french, "windows-1252", "", "iso-8859-1"},
		{"windows-1252, nothing said", "Der Weg über die Brücke", "windows-1252", "", ""},
		{"bogus charset", german, "utf-8", "x-none", "x-none"},
		{"a lie about UTF-16", german, "utf-8", "", "utf-16"},
		{"ASCII", "plain text", "utf-8", "us-ascii", "us-ascii"},
	} {
		for _, form := range []struct{ before, after string }{
			{`<?xml version="1.0" encoding="` + c.declared + `"?><a>`, "</a>"},
			{`<html><head><meta name="x"><meta http-equiv=Content-Type content="text/html; charset=` + c.declared + `"><body>`, ""},
		} {
			doc := form.before + c.text + form.after
			enc, _ := charset.Lookup(c.written)
			written, err := enc.NewEncoder().String(doc)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			if got := string(toUTF8([]byte(written), c.header)); got != doc {
				t.Errorf("%s: got %q, want %q", c.name, got, doc)
			}
		}
	}
}

func TestUnicodeForms(t *testing.T) {
	const doc = `<rss version="2.0">북한</rss>`
	for name, enc := range map[string]encoding.Encoding{
		"UTF-8 with a mark":     unicode.UTF8BOM,
		"UTF-16 BE with a mark": unicode.UTF16(unicode.BigEndian, unicode.UseBOM),
		"UTF-16 LE with a mark": unicode.UTF16(unicode.LittleEndian, unicode.UseBOM),
		"UTF-16 BE":             unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
		"UTF-16 LE":             unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
		"UTF-32 BE with a mark": utf32.UTF32(utf32.BigEndian, utf32.UseBOM),
		"UTF-32 LE with a mark": utf32.UTF32(utf32.LittleEndian, utf32.UseBOM),
		"UTF-32 BE":             utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM),
		"UTF-32 LE":             utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM),
	} {
		written, err := enc.NewEncoder().Bytes([]byte(doc))
		if err != nil {
			t.Fatal(err)
		}
		if got := string(toUTF8(written, "windows-1252")); got != doc {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

// TestBrokenUTF8 keeps the text around a few bytes that are not UTF-8.
func TestBrokenUTF8(t *testing.T) {
	got := string(toUTF8([]byte("북한이 동해상으로 \xff 미사일을 발사했다"), ""))
	if want := "북한이 동해상으로 \uFFFD 미사일을 발사했다"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
